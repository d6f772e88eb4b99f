"""Who covers each area in each lot, and the two ways in which nobody is named.

`none` means that the commissioning table puts the cell in the hands of the round's own
commissioner, and that the record shows no contract there. `not in this record` means that
somebody else commissions the cell, or that the table says nothing of it: a provider may well be
at work there. The two never share a sign.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.graph.store import Store
from rehabgraph.queries.citing import thing_iri
from rehabgraph.queries.facts import PREFIXES, contract_iri, read_market, read_sources
from rehabgraph.queries.market import Contract, Filters, Market, select_contracts
from rehabgraph.queries.report import Column, Report

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

NONE = "none"
NOT_HERE = "not in this record"
OTHER = "led by another"
NOT_RUNNING = "term over or not begun"
BY = ("area", "cell")

COMMISSIONING = (
    PREFIXES
    + """
SELECT ?row ?lot ?region ?area ?commissioner ?name ?partner ?partner_name ?arrangement WHERE {
  ?row a rg:Commissioning ; rg:region ?region ; rg:commissioner ?commissioner ; rg:arrangement ?a .
  ?commissioner rdfs:label ?name .
  ?a skos:prefLabel ?arrangement .
  OPTIONAL { ?row rg:lot ?lot }
  OPTIONAL { ?row rg:area ?area }
  OPTIONAL { ?row rg:coCommissioner ?partner . ?partner rdfs:label ?partner_name }
} ORDER BY ?row"""
)
ROUNDS = (
    PREFIXES
    + """
SELECT ?round ?commissioner ?partner WHERE {
  ?round a rg:Round ; rg:commissioner ?commissioner .
  OPTIONAL { ?round rg:coCommissioner ?partner }
} ORDER BY ?round"""
)
UNCOMMISSIONED = (
    PREFIXES + "SELECT ?area ?name ?why WHERE { ?area a rg:PoliceArea ; rg:commissionedArea false ;"
    " rdfs:label ?name . OPTIONAL { ?area rdfs:comment ?why } } ORDER BY ?name"
)
METHOD = (
    "A cell is one lot in one area; a contract for a whole region covers every area of it. "
    "“none”: the commissioning table puts the cell with the round's commissioner and the record "
    "has no contract there. “not in this record”: somebody else commissions the cell, or the table "
    "says nothing of it."
)


@dataclass(frozen=True, slots=True)
class Commissioning:
    """Who commissions a lot in a region or area; no lot means every lot."""

    iri: str
    region: str
    commissioner: str
    partner: str | None
    words: str
    lot: str | None = None
    area: str | None = None

    def covers(self, lot: str, region: str, area: str) -> bool:
        """Say whether the row speaks of a cell."""
        return self.region == region and self.lot in (None, lot) and self.area in (None, area)


@dataclass(frozen=True, slots=True)
class Scope:
    """The commissioners of the rounds asked for: alone, or with a partner."""

    pairs: frozenset[tuple[str, str | None]]

    def takes_in(self, row: Commissioning) -> bool:
        """Say whether a commissioning row is in the hands of one of the rounds."""
        if row.partner is None:
            return (row.commissioner, None) in self.pairs
        hands = {row.commissioner, row.partner}
        return any(partner is not None and hands & {c, partner} for c, partner in self.pairs)


def report_coverage(graph: "Graph", filters: Filters, by: str = "area") -> Report:
    """Return who leads each lot in each area.

    Args:
        graph: the graph.
        filters: the part of the market asked for; `--round all` takes later rounds in.
        by: `area`, one row an area with a column a lot; or `cell`, one row an area and lot with
            the reason.

    Returns:
        Cells hold names of lead providers, `none`, or `not in this record`.

    Raises:
        BadParameter: `by` is neither.
        EmptyMarket: the rounds hold no contract.
    """
    if by not in BY:
        raise BadParameter(f"--by {by}: choose one of {', '.join(BY)}")
    store = graph.store
    market = read_market(store, filters.rounds)
    wide = replace(filters, providers=(), kinds=(), areas=(), regions=(), as_of=None)
    lots = sorted(
        set(filters.lots) or {c.lot for c in select_contracts(market, wide)},
        key=lambda lot: market.label("lot", lot),
    )
    if not lots:
        raise EmptyMarket("these rounds hold no contract; name another --round, or all")
    cells = measure_coverage(
        market, filters, lots, read_commissioning(store), read_scope(store, filters)
    )
    rows, columns = (_by_area(cells), _area_columns(market, lots)) if by == "area" else (
        cells, CELL_COLUMNS,
    )  # fmt: skip
    return Report(
        name="coverage",
        title="Who covers each lot in each area",
        columns=columns,
        rows=tuple(rows),
        method=METHOD,
        as_of=filters.as_of,
        filters={"by": by, **filters.to_dict()},
        notes=tuple(_notes(store, cells, filters)),
        sources=read_sources(store, [i for row in rows for i in row["ids"]]),
    )


def measure_coverage(
    market: Market,
    filters: Filters,
    lots: Iterable[str],
    commissioning: Iterable[Commissioning],
    scope: Scope,
) -> list[dict[str, Any]]:
    """Return one row a cell of lot and area, by region and area.

    Args:
        market: contracts of the rounds, and the areas of each region.
        filters: areas and regions narrow the cells; providers, kinds and the day narrow who is
            named in them.
        lots: ids of the lots, in the order of the columns.
        commissioning: who commissions what where.
        scope: the commissioners of the rounds.
    """
    lots, commissioning = list(lots), list(commissioning)
    held: dict[tuple[str, str], list[Contract]] = {}
    anyone: dict[tuple[str, str], list[Contract]] = {}
    ever: dict[tuple[str, str], list[Contract]] = {}
    all_filters = replace(filters, providers=(), kinds=())
    any_day = replace(all_filters, as_of=None)
    for chosen, where in ((filters, held), (all_filters, anyone), (any_day, ever)):
        for contract in select_contracts(market, chosen):
            for area in contract.areas:
                where.setdefault((contract.lot, area), []).append(contract)
    rows = []
    for region, areas in sorted(
        market.region_areas.items(), key=lambda r: market.label("region", r[0])
    ):
        for area in sorted(areas, key=lambda a: market.label("area", a)):
            if (filters.regions and region not in filters.regions) or (
                filters.areas and area not in filters.areas
            ):
                continue
            for lot in lots:
                said = [c for c in commissioning if c.covers(lot, region, area)]
                mine = held.get((lot, area), [])
                others = anyone.get((lot, area), []), ever.get((lot, area), [])
                cell, why = _sign(market, mine, others, said, scope)
                shown = mine or others[0] or others[1]
                rows.append(
                    {
                        "name": f"{market.label('area', area)}, {market.label('lot', lot)}",
                        "area": market.label("area", area),
                        "region": market.label("region", region),
                        "lot": market.label("lot", lot),
                        "cell": cell,
                        "why": why,
                        "contracts": ", ".join(c.reference for c in shown) or NONE,
                        "commissioned": "; ".join(c.words for c in said) or "not stated",
                        "area_id": area,
                        "lot_id": lot,
                        "id": f"{area}/{lot}",
                        "ids": [contract_iri(c.reference) for c in shown] + [c.iri for c in said]
                        + [thing_iri(f"area/{area}")],
                    }
                )  # fmt: skip
    return rows


def read_commissioning(store: Store) -> list[Commissioning]:
    """Return who commissions what where."""
    return [
        Commissioning(
            iri=str(r["row"]),
            region=r["region"].id,
            commissioner=r["commissioner"].id,
            partner=r["partner"].id if r["partner"] else None,
            words=str(r["name"])
            + (f" with {r['partner_name']}" if r["partner"] else "")
            + f" ({str(r['arrangement']).lower()})",
            lot=r["lot"].id if r["lot"] else None,
            area=r["area"].id if r["area"] else None,
        )
        for r in store.select(COMMISSIONING)
    ]


def read_scope(store: Store, filters: Filters) -> Scope:
    """Return the commissioners of the rounds asked for."""
    return Scope(
        frozenset(
            (r["commissioner"].id, r["partner"].id if r["partner"] else None)
            for r in store.select(ROUNDS)
            if not filters.rounds or r["round"].id in filters.rounds
        )
    )


def _sign(
    market: Market,
    mine: list[Contract],
    others: tuple[list[Contract], list[Contract]],
    said: list[Commissioning],
    scope: Scope,
) -> tuple[str, str]:
    anyone, ever = others
    if mine:
        names = sorted({market.label("organisation", c.lead) for c in mine})
        sign, why = ", ".join(names), "A contract of the record names the lead."
    elif anyone:
        sign, why = OTHER, "A contract is there, but its lead is not among those asked for."
    elif ever:
        terms = "; ".join(
            f"{c.reference} from {c.start or 'unknown'} to {c.end or 'unknown'}" for c in ever
        )
        sign, why = NOT_RUNNING, f"By its announced term nothing runs on that day: {terms}."
    elif any(scope.takes_in(c) for c in said) and not any(c.partner for c in said):
        sign, why = NONE, "The round's commissioner lets the lot here; the record has no contract."
    elif said:
        sign, why = NOT_HERE, f"Commissioned by {' and '.join(c.words for c in said)}."
    else:
        sign, why = NOT_HERE, "The commissioning table says nothing of this lot here."
    return sign, why


CELL_COLUMNS = (
    Column("name", "Cell"),
    Column("cell", "Lead provider"),
    Column("why", "Why"),
    Column("commissioned", "Commissioned by"),
    Column("contracts", "Contracts"),
    Column("area", "Area"),
    Column("lot", "Lot"),
    Column("region", "Region"),
    Column("id", "Id"),
)


def _area_columns(market: Market, lots: Iterable[str]) -> tuple[Column, ...]:
    return (
        Column("name", "Area"),
        Column("region", "Region"),
        *(Column(lot.replace("-", "_"), market.label("lot", lot)) for lot in lots),
    )


def _by_area(cells: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for cell in cells:
        row = rows.setdefault(
            cell["area_id"],
            {"name": cell["area"], "region": cell["region"], "id": cell["area_id"], "ids": []},
        )
        row[cell["lot_id"].replace("-", "_")] = cell["cell"]
        row["ids"] = list(dict.fromkeys([*row["ids"], *cell["ids"]]))
    return list(rows.values())


def _notes(store: Store, cells: list[dict[str, Any]], filters: Filters) -> Iterable[str]:
    signs = [cell["cell"] for cell in cells]
    missing = [cell for cell in cells if cell["cell"] == NOT_HERE]
    counts = {s: signs.count(s) for s in (NONE, NOT_HERE, OTHER, NOT_RUNNING)}
    named = len(cells) - sum(counts.values())
    words = [f"{n} {sign}" for sign, n in counts.items() if n or sign in (NONE, NOT_HERE)]
    yield f"{len(cells)} cells: {named} with a lead, {', '.join(words)}."
    if missing and len(missing) <= 8:
        yield f"Not in this record: {'; '.join(c['name'] for c in missing)}."
    for row in store.select(UNCOMMISSIONED):
        yield f"{row['name']} has no row: {row['why'] or 'it is not a commissioned area.'}"
    if filters.as_of:
        yield (
            "Contracts run from their start to their end as announced, most ends being derived "
            "from the standard term; extensions are not in the record, and a contract without an "
            "end counts as running."
        )
    else:
        yield "Every contract of the rounds counts, whenever it runs; as-of asks for one day."

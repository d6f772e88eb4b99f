"""The report `layers`: shares of the lead alone, of consortium members, and of all who deliver."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.facts import award_iri, contract_iri, read_market
from rehabgraph.queries.layers import (
    LAYERS,
    TWO_THIRDS,
    LayerShare,
    Work,
    measure_class_share,
    measure_layer_shares,
)
from rehabgraph.queries.market import (
    NOTHING_INSIDE,
    Contract,
    Filters,
    Market,
    select_contracts,
    select_lines,
    to_amount,
)
from rehabgraph.queries.market_reports.frame import build_report
from rehabgraph.queries.parts import LEAD, MEMBER, ContractPart, read_parts
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.slices import areas_of, check_bases, check_choice

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

READINGS = {
    "charity": "charities alone",
    "voluntary": "charities and social enterprises",
}
METHOD = (
    "Lead: each contract is its lead's. Consortium: where members are named, the contract is "
    "theirs, split in no known way, so each has from nothing to all of it. Delivery: any part of a "
    "contract may be the lead's (or its members') or a listed subcontractor's or partner's; on "
    "contracts and cells only, since no money to them is published."
)


def report_layers(
    graph: "Graph",
    filters: Filters,
    of: str = "provider",
    layer: str = "all",
    basis: str = "all",
) -> Report:
    """Return shares at each layer: lead, consortium, delivery.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        of: `provider` or `kind` for their shares; `voluntary` for the share of the voluntary
            sector, in two readings, held against two-thirds.
        layer: `lead`, `consortium`, `delivery` or `all`.
        basis: `value`, `contracts`, `areas` or `all`.

    Raises:
        BadParameter: a choice that is none, or value asked of delivery alone.
        EmptyMarket: no contract lies inside the filters.
    """
    check_choice("--of", of, ("provider", "kind", "voluntary"))
    check_choice("--layer", layer, (*LAYERS, "all"))
    bases = check_bases(basis)
    if layer == "delivery" and bases == ("value",):
        raise BadParameter("--layer delivery has no value: no money to subcontractors is published")
    market = read_market(graph.store, filters.rounds)
    parts = read_parts(graph.store, filters.rounds)
    contracts = select_contracts(market, filters)
    if not contracts:
        raise EmptyMarket(NOTHING_INSIDE)
    who = {name: _who(contracts, parts, name) for name in LAYERS}
    rows: list[dict[str, Any]] = []
    for name in LAYERS if layer == "all" else (layer,):
        for on in bases:
            if name == "delivery" and on == "value":
                continue
            work = _find_work(market, filters, contracts, who[name], on)
            if not any(piece.amount for piece, _ in work):
                continue
            if of == "voluntary":
                rows += _test_rows(name, on, work, parts)
            else:
                rows += _share_rows(market, name, on, work, parts, of=of)
    partly = any(not s.whole for s in select_lines(market, filters))
    return build_report(
        graph,
        market,
        filters,
        name="layers",
        title="The voluntary sector's share at each layer"
        if of == "voluntary"
        else f"Share at each layer, by {of}",
        columns=_TEST if of == "voluntary" else _SHARES,
        rows=rows,
        method=METHOD,
        own={"of": of, "layer": layer, "basis": basis},
        notes=_notes(of, parts, contracts, partly=partly),
    )


Piece = tuple[Work, list[str]]


def _who(
    contracts: Iterable[Contract], parts: Iterable[ContractPart], layer: str
) -> dict[str, frozenset[str]]:
    """Return contract → who may have part of it at a layer."""
    listed: dict[str, list[ContractPart]] = {}
    for part in parts:
        listed.setdefault(part.contract, []).append(part)
    found = {}
    for c in contracts:
        of = listed.get(c.reference, [])
        members = frozenset(p.organisation for p in of if p.role == MEMBER)
        own = members if members and layer != "lead" else frozenset({c.lead})
        if layer == "delivery":
            own |= {p.organisation for p in of if p.role not in (LEAD, MEMBER)}
        found[c.reference] = own
    return found


def _find_work(
    market: Market,
    filters: Filters,
    contracts: Iterable[Contract],
    who: dict[str, frozenset[str]],
    basis: str,
) -> list[Piece]:
    """Return pieces of work with the addresses that each rests on."""
    if basis == "value":
        return [
            (
                Work(
                    to_amount(s.line.value),
                    frozenset().union(*(who[c.reference] for c in s.contracts)),
                ),
                [award_iri(s.line.id), *(contract_iri(c.reference) for c in s.contracts)],
            )
            for s in select_lines(market, filters)
            if s.whole
        ]
    if basis == "contracts":
        return [(Work(1.0, who[c.reference]), [contract_iri(c.reference)]) for c in contracts]
    cells: dict[tuple[str, str, str], tuple[set[str], list[str]]] = {}
    for c in contracts:
        for area in areas_of(c, filters.areas):
            names, ids = cells.setdefault((c.lot, area, c.lead), (set(), []))
            names |= who[c.reference]
            ids.append(contract_iri(c.reference))
    return [(Work(1.0, frozenset(names)), ids) for names, ids in cells.values()]


def _share_rows(
    market: Market,
    layer: str,
    basis: str,
    work: list[Piece],
    parts: Iterable[ContractPart],
    *,
    of: str,
) -> list[dict[str, Any]]:
    names = {p.organisation: p.name for p in parts}
    kinds = {p.organisation: p.kind for p in parts}
    if of == "kind":
        work = [
            (Work(piece.amount, frozenset(kinds.get(n, "unknown") for n in piece.by)), ids)
            for piece, ids in work
        ]
        names = {kind: market.label("organisation-kind", kind) for kind in kinds.values()}
    shares = measure_layer_shares([piece for piece, _ in work])
    rows: list[dict[str, Any]] = []
    for holder, share in shares.items():
        ids = [i for piece, of_piece in work if holder in piece.by for i in of_piece]
        rows.append(
            {
                "id": f"{holder}:{layer}:{basis}",
                "name": names.get(holder) or market.label("organisation", holder),
                "layer": layer,
                "basis": basis,
                **_ends(share),
                "ids": list(dict.fromkeys(ids)),
            }
        )
    rows.sort(key=lambda r: (-r["high"], -r["low"], r["name"]))
    return rows


def _test_rows(
    layer: str, basis: str, work: list[Piece], parts: Iterable[ContractPart]
) -> list[dict[str, Any]]:
    listed = list(parts)
    rows: list[dict[str, Any]] = []
    for reading, words in READINGS.items():
        counts: dict[str, bool | None] = {p.organisation: getattr(p, reading) for p in listed}
        share = measure_class_share([piece for piece, _ in work], counts)
        rows.append(
            {
                "id": f"{reading}:{layer}:{basis}",
                "name": words,
                "layer": layer,
                "basis": basis,
                **_ends(share),
                "two_thirds": {
                    "below": "below all of the interval",
                    "above": "above all of the interval",
                    "within": "within the interval",
                }[share.compare(TWO_THIRDS)],
                "ids": list(dict.fromkeys(i for _, of in work for i in of)),
            }
        )
    return rows


def _ends(share: LayerShare) -> dict[str, float | None]:
    exact = share.low if share.low == share.high else None
    return {"share": exact, "low": share.low, "high": share.high}


_FIRST = (Column("layer", "Layer"), Column("basis", "Basis"))
_LAST = (
    Column("share", "Share", "number", "percent"),
    Column("low", "Share, least", "number", "percent"),
    Column("high", "Share, most", "number", "percent"),
)
_SHARES = (Column("name", "Organisation or kind"), *_FIRST, *_LAST)
_TEST = (
    Column("name", "Voluntary sector read as"),
    *_FIRST,
    *_LAST,
    Column("two_thirds", "Two-thirds, kinds as held"),
)


def _notes(
    of: str, parts: Iterable[ContractPart], contracts: Iterable[Contract], *, partly: bool
) -> Iterable[str]:
    references = {c.reference for c in contracts}
    here = [p for p in parts if p.contract in references]
    unknown = {p.organisation for p in here if p.kind == "unknown"}
    listed = {p.contract for p in here if p.role not in (LEAD, MEMBER)}
    yield (
        f"{len(listed)} of {len(references)} contracts list a subcontractor or partner; no list is "
        "known to be complete, and one that lists none is counted as its lead's alone."
    )
    if unknown and of != "provider":
        yield (
            f"{len(unknown)} of the organisations are of unknown kind: they are neither counted in "
            "nor left out, so they widen the interval."
        )
    if of == "voluntary":
        yield (
            "The ministry speaks of registered charities and of money, Clinks of the voluntary "
            "sector and of value: two claims (moj-charities-two-thirds, "
            "clinks-voluntary-two-thirds). Neither is corrected here. Kinds are taken as held, "
            "though some are believed, not stated: the intervals are over unknown splits and "
            "unknown kinds alone. The report reconcile lets believed kinds vary too, so its "
            "intervals differ."
        )
    if partly:
        yield "Prices that lie only partly inside the filters are left out of the basis of value."

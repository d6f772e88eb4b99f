"""What the matrix shows: lead providers × regions, with the gaps of the list kept as gaps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.pictures.items import (
    NOT_LISTED,
    Evidence,
    Item,
    Totals,
    build_items,
    find_coverage,
    find_sources,
    measure_totals,
    name_thing,
)
from rehabgraph.queries.report import Coverage, SourceRef

__all__ = [
    "NOT_LISTED",
    "Evidence",
    "Item",
    "Matrix",
    "MatrixRow",
    "SortKey",
    "Totals",
    "build_items",
    "build_matrix",
    "find_gaps",
    "measure_totals",
    "name_thing",
]

SortKey = Literal["value", "name"]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A lead provider: its items by region, and what they add up to."""

    lead: str
    name: str
    cells: Mapping[str, tuple[Item, ...]]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Matrix:
    """Lead providers × regions.

    Attributes:
        columns: id and name of each region, in the order of the market.
        column_totals: what each region adds up to.
        lots: id and label of the lots shown.
        gaps: region → lots that have no line there; drawn as *not in this list*.
        empty_regions: regions without any line.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[MatrixRow, ...]
    column_totals: Mapping[str, Totals]
    totals: Totals
    lots: tuple[tuple[str, str], ...]
    gaps: Mapping[str, tuple[str, ...]]
    empty_regions: tuple[str, ...]
    items: tuple[Item, ...]
    market: Market
    filters: Filters
    coverage: Coverage
    sources: tuple[SourceRef, ...]


def find_gaps(market: Market, filters: Filters) -> dict[str, tuple[str, ...]]:
    """Return for each region the lots of the rounds asked for that have no contract there.

    Only rounds, lots and regions of the filters count: a gap is a hole in the list itself,
    not in what a date or a provider leaves of it.
    """
    scope = Filters(rounds=filters.rounds, lots=filters.lots)
    covered = {(c.region, c.lot) for c in select_contracts(market, scope)}
    lots = _in_order(market, "lot", (lot for _, lot in covered))
    gaps = {
        region: tuple(lot for lot in lots if (region, lot) not in covered)
        for region in _find_regions(market, filters)
    }
    return {region: missing for region, missing in gaps.items() if missing}


def build_matrix(
    market: Market,
    filters: Filters,
    evidence: Mapping[str, Evidence] | None = None,
    *,
    sort: SortKey = "value",
    sources: Sequence[SourceRef] = (),
) -> Matrix:
    """Return lead providers × regions under the filters.

    Args:
        market: all lines and contracts.
        filters: what part of it is asked for.
        evidence: `award/<id>` or `contract/<reference>` → its evidence.
        sort: `value` puts the largest known sum first, `name` follows the alphabet.
        sources: fuller records of the sources that the evidence names, for the caption.
    """
    items = build_items(market, filters, evidence or {})
    columns = tuple((r, name_thing(market, "region", r)) for r in _find_regions(market, filters))
    rows = []
    for lead in dict.fromkeys(i.lead for i in items):
        own = [i for i in items if i.lead == lead]
        cells = {r: tuple(i for i in own if i.region == r) for r, _ in columns}
        rows.append(
            MatrixRow(lead, name_thing(market, "organisation", lead), cells, measure_totals(own))
        )
    rows.sort(key=lambda r: (r.name.casefold(), r.lead))
    if sort == "value":
        rows.sort(key=lambda r: (-r.totals.pounds, -r.totals.parts_at_most))
    gaps = find_gaps(market, filters)
    lots = _in_order(market, "lot", (i.lot for i in items))
    lots += tuple(lot for lots_ in gaps.values() for lot in lots_ if lot not in lots)
    lots = tuple(dict.fromkeys(lots))
    listed = {c.region for c in select_contracts(market, Filters(filters.rounds, filters.lots))}
    return Matrix(
        columns=columns,
        rows=tuple(rows),
        column_totals={r: measure_totals(i for i in items if i.region == r) for r, _ in columns},
        totals=measure_totals(items),
        lots=tuple((lot, name_thing(market, "lot", lot)) for lot in lots),
        gaps=gaps,
        empty_regions=tuple(r for r, _ in columns if r not in listed),
        items=items,
        market=market,
        filters=filters,
        coverage=find_coverage(items, sources),
        sources=find_sources(items, sources),
    )


def _find_regions(market: Market, filters: Filters) -> tuple[str, ...]:
    named = (c.region for c in market.contracts)
    regions = _in_order(market, "region", (*market.region_areas, *named))
    return tuple(r for r in regions if not filters.regions or r in filters.regions)


def _in_order(market: Market, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return ids once each, in the order in which the market's labels name them."""
    place = {key: n for n, key in enumerate(market.labels)}
    return tuple(
        sorted(dict.fromkeys(ids), key=lambda i: (place.get(f"{kind}/{i}", len(place)), i))
    )

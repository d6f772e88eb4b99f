"""What the pages show, prepared from the market: rows, totals, the matrix and networks.

The pages only draw. Every sum they open with comes from `measure_totals`, under the rule of
`select_lines`: a line that lies wholly inside counts with its price, a line that lies partly
inside is worth anything between nothing and its price, a contract without a price stays
unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rehabgraph.queries.market import (
    Contract,
    Filters,
    Market,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.report import Coverage, SourceRef

SortKey = Literal["value", "name"]
NOT_LISTED = "not in this list"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a line stands in its source, and what we decided when we read it.

    Attributes:
        printed: figures, names and dates exactly as they stand there.
        judgements: our decisions that touched the line, in our words.
    """

    source: str
    title: str
    url: str
    locator: str
    printed: tuple[str, ...] = ()
    judgements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a page's table: a priced line, or a contract without a published price.

    Attributes:
        id: `award/<id>` or `contract/<reference>`, the key of its evidence.
        value: pounds for all its contracts together; None where no price is published.
        contracts: those that the filters let through.
        records: the evidence of each of these contracts, in the same order.
        all_contracts: how many contracts the price covers, inside the filters or not.
        whole: whether all of it lies inside the filters.
    """

    id: str
    lead: str
    region: str
    lot: str
    value: int | None
    value_kind: str
    status: str
    name_as_printed: str
    contracts: tuple[Contract, ...]
    records: tuple[Evidence | None, ...]
    all_contracts: int
    whole: bool
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of items adds up to, with the unknown kept apart.

    Attributes:
        pounds: sum of the lines that lie wholly inside.
        parts: lines partly inside; together worth between nothing and `parts_at_most`.
        unpriced: contracts without a published price.
    """

    lines: int
    contracts: int
    pounds: int
    parts: int
    parts_at_most: int
    unpriced: int
    leads: int
    regions: int


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


def name_thing(market: Market, kind: str, id_: str) -> str:
    """Return the label of a thing, or words where it has none: a page never shows a blank.

    >>> name_thing(Market((), (), {}, {"area/a": " "}), "area", "a")
    '(no name)'
    """
    return market.label(kind, id_).strip() or "(no name)"


def build_items(
    market: Market, filters: Filters, evidence: Mapping[str, Evidence]
) -> tuple[Item, ...]:
    """Return the priced lines, then the contracts without a price, inside the filters."""
    lines = [
        Item(
            id=f"award/{s.line.id}",
            lead=s.line.lead,
            region=s.line.region,
            lot=s.line.lot,
            value=s.line.value,
            value_kind=s.line.value_kind,
            status=s.line.status,
            name_as_printed=s.line.name_as_printed,
            contracts=s.contracts,
            records=_find_records(s.contracts, evidence),
            all_contracts=len(s.line.contracts),
            whole=s.whole,
            evidence=evidence.get(f"award/{s.line.id}"),
        )
        for s in select_lines(market, filters)
    ]
    unpriced = [
        Item(
            id=f"contract/{c.reference}",
            lead=c.lead,
            region=c.region,
            lot=c.lot,
            value=None,
            value_kind="",
            status="",
            name_as_printed="",
            contracts=(c,),
            records=_find_records((c,), evidence),
            all_contracts=1,
            whole=not filters.areas or all(a in filters.areas for a in c.areas),
            evidence=evidence.get(f"contract/{c.reference}"),
        )
        for c in select_contracts(market, filters)
        if c.award is None
    ]
    return (*lines, *unpriced)


def measure_totals(items: Iterable[Item]) -> Totals:
    """Return what items add up to; a part of a line is never given a value of its own.

    >>> measure_totals([]).pounds
    0
    """
    found = tuple(items)
    priced = [(i.value, i.whole) for i in found if i.value is not None]
    return Totals(
        lines=len(priced),
        contracts=sum(len(i.contracts) for i in found),
        pounds=sum(value for value, whole in priced if whole),
        parts=sum(not whole for _, whole in priced),
        parts_at_most=sum(value for value, whole in priced if not whole),
        unpriced=sum(i.value is None for i in found),
        leads=len({i.lead for i in found}),
        regions=len({i.region for i in found}),
    )


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


def find_sources(items: Iterable[Item], known: Sequence[SourceRef] = ()) -> tuple[SourceRef, ...]:
    """Return the sources that the items' evidence names, each once, in order of first use."""
    by_id = {s.id: s for s in known}
    found: dict[str, SourceRef] = {}
    for item in items:
        for one in (item.evidence, *item.records):
            if one is not None and one.source not in found:
                plain = SourceRef(one.source, one.title, one.url)
                found[one.source] = by_id.get(one.source, plain)
    return tuple(found.values())


def find_coverage(items: Iterable[Item], known: Sequence[SourceRef] = ()) -> Coverage:
    """Return how many of the items have a published price, and what those add up to."""
    found = tuple(items)
    dates = [s.issued for s in find_sources(found, known) if s.issued is not None]
    return Coverage(
        rows_known=sum(i.value is not None for i in found),
        rows_all=len(found),
        pounds_known=sum(i.value for i in found if i.value is not None),
        newest_source=max(dates, default=None),
    )


def find_dates(market: Market, items: Iterable[Item]) -> tuple[date, ...]:
    """Return the days a date slider stops at: the first start, then the first of each month.

    The last stop is the month after the last known end, so that the slider can be moved
    past it.
    """
    del market
    contracts = [c for i in items for c in i.contracts]
    starts = [c.start for c in contracts if c.start is not None]
    ends = [c.end for c in contracts if c.end is not None]
    if not starts or not ends:
        return ()
    stops = [min(starts)]
    last = _next_month(max(ends))
    while (following := _next_month(stops[-1])) <= last:
        stops.append(following)
    return tuple(stops)


def without_date(filters: Filters) -> Filters:
    """Return the same filters for all dates: a page with a slider holds every contract."""
    return replace(filters, as_of=None)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _find_records(
    contracts: Iterable[Contract], evidence: Mapping[str, Evidence]
) -> tuple[Evidence | None, ...]:
    return tuple(evidence.get(f"contract/{c.reference}") for c in contracts)


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

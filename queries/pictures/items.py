"""What the pages show, prepared from the market: rows, totals, the matrix and networks.

The pages only draw. Every sum they open with comes from `measure_totals`, under the rule of
`select_lines`: a line that lies wholly inside counts with its price, a line that lies partly
inside is worth anything between nothing and its price, a contract without a price stays
unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rehabgraph.queries.market import (
    Contract,
    Filters,
    Market,
    Money,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.report import Coverage, SourceRef

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
    value: Money | None
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
    pounds: Money
    parts: int
    parts_at_most: Money
    unpriced: int
    leads: int
    regions: int


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


def find_dates(items: Iterable[Item]) -> tuple[date, ...]:
    """Return the days a date slider stops at: the first start, then the first of each month.

    The last stop is the month after the last known end, so that the slider can be moved
    past it.
    """
    contracts = [c for i in items for c in i.contracts]
    starts = [c.start for c in contracts if c.start is not None]
    ends = [c.end for c in contracts if c.end is not None]
    return list_months(min(starts), max(ends)) if starts and ends else ()


def list_months(first: date, last: date) -> tuple[date, ...]:
    """Return a day and the first of each month after it, up to the month after the last day.

    >>> [d.isoformat() for d in list_months(date(2021, 6, 26), date(2021, 7, 5))]
    ['2021-06-26', '2021-07-01', '2021-08-01']
    """
    stops = [first]
    while (following := _next_month(stops[-1])) <= _next_month(last):
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

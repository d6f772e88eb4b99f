"""What the timeline shows: contracts as bars by lot and region, policies, and events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rehabgraph.queries.market import Contract, Filters, Market, select_contracts
from rehabgraph.queries.pictures.items import (
    Evidence,
    Item,
    Totals,
    build_items,
    find_coverage,
    find_dates,
    find_sources,
    measure_totals,
    without_date,
)
from rehabgraph.queries.report import Coverage, SourceRef


@dataclass(frozen=True, slots=True)
class Span:
    """A policy, framework, agreement or programme over time; None where no day is published.

    Attributes:
        precision: of its days: `day`, `month`, `quarter`, `year`.
    """

    id: str
    kind: str
    label: str
    issued: date | None = None
    start: date | None = None
    end: date | None = None
    precision: str = "day"
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An event on a day, no more exact than its precision."""

    id: str
    kind: str
    label: str
    day: date
    precision: str = "day"
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """Contracts of one lot and region that run over the same days, their ends known alike."""

    lot: str
    region: str
    start: date | None
    end: date | None
    end_precision: str
    is_derived: bool
    contracts: tuple[Contract, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when.

    Attributes:
        window: first and last day of the time in which expiring contracts are marked.
        expiring: references of the contracts whose end falls into the window.
        items: those of all dates; `totals` are those of the day asked for.
        dates: where the date slider of its page stops.
        shown: references of the contracts of the day asked for; all without a day.
    """

    bars: tuple[Bar, ...]
    spans: tuple[Span, ...]
    moments: tuple[Moment, ...]
    window: tuple[date, date] | None
    expiring: frozenset[str]
    items: tuple[Item, ...]
    totals: Totals
    market: Market
    filters: Filters
    coverage: Coverage
    sources: tuple[SourceRef, ...]
    dates: tuple[date, ...] = ()
    shown: frozenset[str] = frozenset()


def build_timeline(
    market: Market,
    filters: Filters,
    evidence: Mapping[str, Evidence] | None = None,
    *,
    spans: Sequence[Span] = (),
    moments: Sequence[Moment] = (),
    window: tuple[date, date] | None = None,
    sources: Sequence[SourceRef] = (),
) -> Timeline:
    """Return contracts, policies and events in the order of their days.

    Args:
        market: all lines and contracts.
        filters: what contracts are asked for; policies and events are not filtered.
        evidence: `award/<id>` or `contract/<reference>` → its evidence.
        spans: policies to show above the contracts.
        moments: events to show as marks.
        window: first and last day in which an ending contract counts as expiring.
        sources: fuller records of the sources that the evidence names, for the caption.
    """
    items = build_items(market, without_date(filters), evidence or {})
    contracts = select_contracts(market, without_date(filters))
    inside = build_items(market, filters, evidence or {})
    shown = frozenset(c.reference for c in select_contracts(market, filters))
    grouped: dict[tuple[object, ...], list[Contract]] = {}
    for c in contracts:
        derived = c.end_basis.startswith("derived")
        key = (c.lot, c.region, c.start, c.end, c.end_precision, derived)
        grouped.setdefault(key, []).append(c)
    bars = [
        Bar(
            found[0].lot,
            found[0].region,
            found[0].start,
            found[0].end,
            found[0].end_precision,
            found[0].end_basis.startswith("derived"),
            tuple(found),
        )
        for found in grouped.values()
    ]
    bars.sort(key=lambda b: (b.lot, b.region, b.start or date.max, b.end or date.max))
    return Timeline(
        bars=tuple(bars),
        spans=tuple(sorted(spans, key=lambda s: (_first_day(s) or date.max, s.id))),
        moments=tuple(sorted(moments, key=lambda m: (m.day, m.id))),
        window=window,
        expiring=frozenset(
            c.reference for c in contracts if is_expiring(c, window) and c.reference in shown
        ),
        items=items,
        totals=measure_totals(inside),
        market=market,
        filters=filters,
        coverage=find_coverage(inside, sources),
        sources=find_sources(items, sources),
        dates=find_dates(items),
        shown=shown,
    )


def is_expiring(contract: Contract, window: tuple[date, date] | None) -> bool:
    """Say whether a contract's end is known and lies inside a window, both days included.

    >>> is_expiring(Contract("r", "o", "l", "n", (), "", "", "x"), (date.min, date.max))
    False
    """
    return (
        window is not None and contract.end is not None and (window[0] <= contract.end <= window[1])
    )


def _first_day(span: Span) -> date | None:
    return span.start or span.issued or span.end

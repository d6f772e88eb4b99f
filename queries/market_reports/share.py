"""Market share on three bases side by side: announced value, contracts, lot × area cells.

They differ, and none is *the* share. A line that lies only partly inside the filters is worth
something between nothing and its whole price there, so its holder's value is an interval.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.facts import (
    award_iri,
    contract_iri,
    cover_lines,
    read_market,
    read_sources,
)
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.market import (
    NOTHING_INSIDE,
    Contract,
    Filters,
    Market,
    Money,
    PartTotals,
    Selected,
    count_cells,
    count_part,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.report import Column, Report, SourceRef, count_things, format_pounds

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

BY = ("provider", "group", "kind", "lot", "region")
_KIND_OF = {
    "provider": "organisation",
    "group": "organisation",
    "kind": "organisation-kind",
    "lot": "lot",
    "region": "region",
}
TITLES = {
    "provider": "lead provider",
    "group": "corporate group of the lead",
    "kind": "kind of lead provider",
    "lot": "lot",
    "region": "probation region",
}
METHOD = (
    "Value is the announced price of the lines led, for the standard term; share of contracts "
    "counts each reference once; cells are lot × area pairs, a region-wide contract covering "
    "every area of its region. Prices are never divided."
)


def report_market_share(graph: "Graph", filters: Filters, by: str = "provider") -> Report:
    """Return who holds how much of the market, on three bases.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        by: `provider`, `group`, `kind`, `lot` or `region`.

    Returns:
        One row a holder: value in pounds (known part, and the most it may be), shares 0–100.

    Raises:
        BadParameter: `by` is none of the five.
        EmptyMarket: no contract lies inside the filters.
    """
    if by not in BY:
        raise BadParameter(f"--by {by}: choose one of {', '.join(BY)}")
    found = read_holdings(graph.store, filters, by)
    sources, totals = found.sources, found.totals
    return Report(
        name="market-share",
        title=f"Market share by {TITLES[by]}",
        columns=name_columns(by, uncertain=totals.partly > 0),
        rows=tuple(list_shares(found, by)),
        method=METHOD,
        as_of=filters.as_of,
        filters={"by": by, **filters.to_dict()},
        coverage=cover_lines(graph.store, totals.known, totals.known_value, sources),
        notes=tuple(note_totals(totals, filters, {"by": by})),
        sources=sources,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """What one holder has inside the filters.

    Attributes:
        key: id of the holder.
        low: value of the lines that lie wholly inside, in pounds.
        open: whole prices of those that lie only partly inside.
        lines: number of both.
        contracts: number of contracts.
        areas: number of areas.
        cells: number of lot × area cells.
        providers: number of leads.
        ids: addresses of the lines and contracts.
    """

    key: str
    low: Money
    open: Money
    lines: int
    contracts: int
    areas: int
    cells: int
    providers: int
    ids: list[str]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What all holders have, with the totals, the sources and the labels that go with it."""

    held: tuple[Held, ...]
    totals: PartTotals
    sources: tuple[SourceRef, ...]
    market: Market


def read_holdings(store: "Store", filters: Filters, by: str) -> Holdings:
    """Return what each holder has inside the filters, from the facts of a large store or its rows.

    Raises:
        EmptyMarket: no contract lies inside the filters.
    """
    if (facts := choose_facts(store).facts) is not None:
        from rehabgraph.queries.large.shares import read_large_holdings

        return read_large_holdings(store, facts, filters, by)
    market = read_market(store, filters.rounds)
    contracts = select_contracts(market, filters)
    if not contracts:
        raise EmptyMarket(NOTHING_INSIDE)
    lines = select_lines(market, filters)
    held = measure_holdings(market, lines, contracts, by, filters)
    sources = read_sources(store, [i for one in held for i in one.ids])
    return Holdings(held, count_part(lines, contracts), sources, market)


def measure_holdings(
    market: Market,
    lines: Iterable[Selected],
    contracts: Iterable[Contract],
    by: str,
    filters: Filters,
) -> tuple[Held, ...]:
    """Return what each holder has, from plain lines and contracts."""
    line_key, contract_key = _keys(market, by)
    low: dict[str, Money] = defaultdict(int)
    open_: dict[str, Money] = defaultdict(int)
    held_lines: dict[str, list[Selected]] = defaultdict(list)
    held: dict[str, list[Contract]] = defaultdict(list)
    for selected in lines:
        key = line_key(selected)
        held_lines[key].append(selected)
        (low if selected.whole else open_)[key] += selected.line.value
    for contract in contracts:
        held[contract_key(contract)].append(contract)
    return tuple(
        Held(
            key=key,
            low=low[key],
            open=open_[key],
            lines=len(held_lines[key]),
            contracts=len(of),
            areas=len({a for c in of for a in c.areas if _wanted(a, filters)}),
            cells=count_cells(of, filters.areas),
            providers=len({c.lead for c in of}),
            ids=[award_iri(s.line.id) for s in held_lines[key]]
            + [contract_iri(c.reference) for c in of],
        )
        for key, of in held.items()
    )


def list_shares(found: Holdings, by: str) -> list[dict[str, Any]]:
    """Return one row a holder, largest value first."""
    all_low, all_open = found.totals.known_value, found.totals.partly_value
    all_contracts = sum(h.contracts for h in found.held)
    all_cells = sum(h.cells for h in found.held)
    rows: list[dict[str, Any]] = []
    for h in found.held:
        share_low, share_high = share_interval(h.low, h.open, all_low, all_open)
        exact = not all_open
        rows.append(
            {
                "id": h.key,
                "name": found.market.label(_KIND_OF[by], h.key),
                "value": h.low if h.lines else None,
                "value_most": h.low + h.open if h.lines else None,
                "share_value": share_low if exact and h.lines else None,
                "share_value_low": share_low if h.lines else None,
                "share_value_high": share_high if h.lines else None,
                "lines": h.lines,
                "contracts": h.contracts,
                "share_contracts": 100 * h.contracts / all_contracts,
                "areas": h.areas,
                "cells": h.cells,
                "share_cells": 100 * h.cells / all_cells if all_cells else None,
                "providers": h.providers,
                "ids": h.ids,
            }
        )
    rows.sort(key=lambda r: (-(r["value"] or 0), -(r["value_most"] or 0), str(r["name"])))
    return rows


def share_interval(
    low: Money, open_: Money, all_low: Money, all_open: Money
) -> tuple[float, float] | tuple[None, None]:
    """Return the least and the most that a holder's share can be, 0–100.

    The holder's own open lines are worth 0 to `open_`, those of others 0 to the rest, each
    independently; the share grows with the first and falls with the second.

    >>> share_interval(5, 0, 10, 10)
    (25.0, 50.0)
    """
    others_low, others_open = all_low - low, all_open - open_
    least_all, most_all = low + others_low + others_open, low + open_ + others_low
    least = float(100 * low / least_all) if least_all else None
    most = float(100 * (low + open_) / most_all) if most_all else None
    if least is None and most is None:
        return None, None
    # alone in the market a holder has all of it, and a holder of nothing has none of it
    return 100.0 if least is None else least, 0.0 if most is None else most


def _keys(market: Market, by: str) -> tuple[Callable[[Selected], str], Callable[[Contract], str]]:
    if by in ("lot", "region"):
        return (lambda s: str(getattr(s.line, by))), (lambda c: str(getattr(c, by)))
    attribute = {"provider": "id", "group": "group", "kind": "kind"}[by]

    def of(lead: str) -> str:
        holder = market.holders.get(lead)
        return str(getattr(holder, attribute)) if holder else lead

    return (lambda s: of(s.line.lead)), (lambda c: of(c.lead))


def _wanted(area: str, filters: Filters) -> bool:
    return not filters.areas or area in filters.areas


def name_columns(by: str, *, uncertain: bool) -> tuple[Column, ...]:
    """Return the columns of the report; where prices are cut, the least and the most of each."""
    value = [Column("value", "Value", "integer", "GBP")]
    share = [Column("share_value", "Share of value", "number", "percent")]
    if uncertain:
        value = [
            Column("value", "Value, known", "integer", "GBP"),
            Column("value_most", "Value, at most", "integer", "GBP"),
        ]
        share = [
            Column("share_value_low", "Share of value, least", "number", "percent"),
            Column("share_value_high", "Share of value, most", "number", "percent"),
        ]
    last = [] if by == "provider" else [Column("providers", "Providers", "integer")]
    return (
        Column("name", TITLES[by].capitalize()),
        *value,
        *share,
        Column("lines", "Lines", "integer"),
        Column("contracts", "Contracts", "integer"),
        Column("share_contracts", "Share of contracts", "number", "percent"),
        Column("areas", "Areas", "integer"),
        Column("cells", "Cells", "integer"),
        Column("share_cells", "Share of cells", "number", "percent"),
        *last,
    )


def note_totals(totals: PartTotals, filters: Filters, own: Mapping[str, Any]) -> Iterable[str]:
    """Yield what any answer about a part of the market with these totals must say of itself.

    Args:
        totals: what the part adds up to.
        filters: the part.
        own: the report's own options; `kind` among their values counts by kind of organisation.
    """
    yield (
        "Shares of awards under one dominant buyer are not shares of supply: the Ministry of "
        "Justice sets the lots, the areas and the prices it accepts."
    )
    if totals.predicted:
        of = count_things(totals.lines, "value")
        are = "is a prediction" if totals.predicted == 1 else "are predictions"
        yield f"{totals.predicted} of {of} {are}, as the announcement says."
    if filters.kinds or "kind" in own.values():
        yield (
            "Kinds are as the record holds them: some are believed or in conflict, not stated by "
            "a source. The report quality counts them."
        )
    if totals.partly:
        yield (
            f"Only partly inside: {count_things(totals.partly, 'line')}, of "
            f"{format_pounds(totals.partly_value)} in all. Such prices are not split in any "
            "source, so values and shares are shown as the least and the most they can be."
        )
    if totals.unpriced:
        has = "contract has" if totals.unpriced == 1 else "contracts have"
        yield f"{totals.unpriced} {has} no published price: a value is unknown, not nil."
    if filters.as_of:
        yield (
            f"{count_things(totals.contracts, 'contract')} on that day by the announced terms: "
            f"{totals.derived} with an end worked out from the standard term, {totals.undated} "
            "without a known first or last day, counted as running on that side. Extensions are "
            "not in the record."
        )
    if filters.rounds == ("day-one",):
        yield (
            "Greater Manchester and London's women's services are not in this list: they were "
            "commissioned with partners, which is not the same as having no provider."
        )

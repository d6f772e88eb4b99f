"""Market share on three bases side by side: announced value, contracts, lot × area cells.

They differ, and none is *the* share. A line that lies only partly inside the filters is worth
something between nothing and its whole price there, so its holder's value is an interval.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.facts import (
    award_iri,
    contract_iri,
    read_coverage,
    read_market,
    read_sources,
)
from rehabgraph.queries.market import (
    NOTHING_INSIDE,
    Contract,
    Filters,
    Market,
    Selected,
    count_cells,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.report import Column, Report, count_things

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

BY = ("provider", "group", "kind", "lot", "region")
_KIND_OF = {
    "provider": "organisation",
    "group": "organisation",
    "kind": "organisation-kind",
    "lot": "lot",
    "region": "region",
}
_TITLES = {
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
    store = graph.store
    market = read_market(store, filters.rounds)
    contracts = select_contracts(market, filters)
    if not contracts:
        raise EmptyMarket(NOTHING_INSIDE)
    lines = select_lines(market, filters)
    rows = measure_market_share(market, lines, contracts, by, filters)
    sources = read_sources(store, [i for row in rows for i in row["ids"]])
    known = [s.line.value for s in lines if s.whole]
    return Report(
        name="market-share",
        title=f"Market share by {_TITLES[by]}",
        columns=_columns(by, uncertain=any(not s.whole for s in lines)),
        rows=tuple(rows),
        method=METHOD,
        as_of=filters.as_of,
        filters={"by": by, **filters.to_dict()},
        coverage=read_coverage(store, known, sources),
        notes=tuple(note_market(lines, contracts, filters)),
        sources=sources,
    )


def measure_market_share(
    market: Market,
    lines: Iterable[Selected],
    contracts: Iterable[Contract],
    by: str,
    filters: Filters,
) -> list[dict[str, Any]]:
    """Return one row a holder from plain lines and contracts, largest value first."""
    line_key, contract_key = _keys(market, by)
    low: dict[str, int] = defaultdict(int)
    open_: dict[str, int] = defaultdict(int)
    held_lines: dict[str, list[Selected]] = defaultdict(list)
    held: dict[str, list[Contract]] = defaultdict(list)
    for selected in lines:
        key = line_key(selected)
        held_lines[key].append(selected)
        (low if selected.whole else open_)[key] += selected.line.value
    for contract in contracts:
        held[contract_key(contract)].append(contract)
    all_low, all_open = sum(low.values()), sum(open_.values())
    all_contracts = sum(len(c) for c in held.values())
    cells = {key: count_cells(of, filters.areas) for key, of in held.items()}
    all_cells = sum(cells.values())
    rows: list[dict[str, Any]] = []
    for key, of in held.items():
        mine = held_lines[key]
        share_low, share_high = share_interval(low[key], open_[key], all_low, all_open)
        exact = not all_open
        rows.append(
            {
                "id": key,
                "name": market.label(_KIND_OF[by], key),
                "value": low[key] if mine else None,
                "value_most": low[key] + open_[key] if mine else None,
                "share_value": share_low if exact and mine else None,
                "share_value_low": share_low if mine else None,
                "share_value_high": share_high if mine else None,
                "lines": len(mine),
                "contracts": len(of),
                "share_contracts": 100 * len(of) / all_contracts,
                "areas": len({a for c in of for a in c.areas if _wanted(a, filters)}),
                "cells": cells[key],
                "share_cells": 100 * cells[key] / all_cells if all_cells else None,
                "providers": len({c.lead for c in of}),
                "ids": [award_iri(s.line.id) for s in mine]
                + [contract_iri(c.reference) for c in of],
            }
        )
    rows.sort(key=lambda r: (-(r["value"] or 0), -(r["value_most"] or 0), str(r["name"])))
    return rows


def share_interval(
    low: int, open_: int, all_low: int, all_open: int
) -> tuple[float, float] | tuple[None, None]:
    """Return the least and the most that a holder's share can be, 0–100.

    The holder's own open lines are worth 0 to `open_`, those of others 0 to the rest, each
    independently; the share grows with the first and falls with the second.

    >>> share_interval(5, 0, 10, 10)
    (25.0, 50.0)
    """
    others_low, others_open = all_low - low, all_open - open_
    least_all, most_all = low + others_low + others_open, low + open_ + others_low
    least = 100 * low / least_all if least_all else None
    most = 100 * (low + open_) / most_all if most_all else None
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


def _columns(by: str, *, uncertain: bool) -> tuple[Column, ...]:
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
        Column("name", _TITLES[by].capitalize()),
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


def note_market(
    lines: tuple[Selected, ...], contracts: tuple[Contract, ...], filters: Filters
) -> Iterable[str]:
    """Yield what any answer about these lines and contracts must say of itself."""
    yield (
        "Shares of awards under one dominant buyer are not shares of supply: the Ministry of "
        "Justice sets the lots, the areas and the prices it accepts."
    )
    predicted = sum(1 for s in lines if s.line.value_kind == "predicted")
    if predicted:
        of = count_things(len(lines), "value")
        are = "is a prediction" if predicted == 1 else "are predictions"
        yield f"{predicted} of {of} {are}, as the announcement says."
    partly = [s for s in lines if not s.whole]
    if partly:
        yield (
            f"Only partly inside: {count_things(len(partly), 'line')}, of "
            f"£{sum(s.line.value for s in partly):,} in all. Such prices are not split in any "
            "source, so values and shares are shown as the least and the most they can be."
        )
    priced = {s.line.id for s in lines}
    unpriced = sum(1 for c in contracts if c.award not in priced)
    if unpriced:
        has = "contract has" if unpriced == 1 else "contracts have"
        yield f"{unpriced} {has} no published price: a value is unknown, not nil."
    if filters.as_of:
        derived = sum(1 for c in contracts if c.end_basis == "derived")
        unknown = sum(1 for c in contracts if c.start is None or c.end is None)
        yield (
            f"{count_things(len(contracts), 'contract')} on that day by the announced terms: "
            f"{derived} with an end worked out from the standard term, {unknown} without a known "
            "first or last day, counted as running on that side. Extensions are not in the record."
        )
    if filters.rounds == ("day-one",):
        yield (
            "Greater Manchester and London's women's services are not in this list: they were "
            "commissioned with partners, which is not the same as having no provider."
        )

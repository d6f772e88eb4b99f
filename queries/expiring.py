"""Contracts whose end lies in a window, and what the record knows of what follows them.

An end is the one that a source states, or the one that the standard term gives; extensions are
not in the record. That a later contract is known says that one is known, and no more.
"""

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.citing import show_date
from rehabgraph.queries.facts import (
    award_iri,
    contract_iri,
    read_coverage,
    read_market,
    read_sources,
)
from rehabgraph.queries.market import Contract, Filters, Line, Market, select_contracts
from rehabgraph.queries.report import Column, Report

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

WITHIN = "12m"
NONE_KNOWN = "none known"
METHOD = (
    "Contracts whose last day lies from the day asked for to the same day so many months later, "
    "both included. An end is stated by a source, or derived: start plus standard term, held as "
    "the last day of the month. A follow-on is a contract of any round for the same lot in a "
    "common area that starts later."
)
COLUMNS = (
    Column("reference", "Contract"),
    Column("provider", "Lead provider"),
    Column("lot", "Lot"),
    Column("region", "Region"),
    Column("areas", "Areas"),
    Column("end", "Last day", "date"),
    Column("precision", "Exact to the"),
    Column("basis", "End is"),
    Column("value", "Value, if priced alone", "integer", "GBP"),
    Column("follow_on_start", "Follow-on from", "date"),
    Column("follow_on", "Follow-on known"),
    Column("line_value", "Value of the whole line", "integer", "GBP"),
    Column("line_contracts", "Contracts in the line", "integer"),
    Column("round", "Round"),
    Column("start", "First day", "date"),
    Column("referrals_closed", "Referrals closed", "date"),
)


def report_expiring(graph: "Graph", filters: Filters, within: str = WITHIN) -> Report:
    """Return the contracts that end in a window.

    Args:
        graph: the graph.
        filters: the part of the market asked for; `as_of` is the first day of the window, today
            when left out.
        within: length of the window: `12m`, `2y` or `90d`.

    Returns:
        One row a contract, the earliest end first. `value` is None where the line prices other
        contracts too.

    Raises:
        BadParameter: `within` is no length of time.
    """
    first = filters.as_of or date.today()
    last = add_time(first, within)
    market = read_market(graph.store)
    chosen = select_contracts(market, replace(filters, as_of=None))
    rows = measure_expiring(market, chosen, first, last)
    sources = read_sources(graph.store, [i for row in rows for i in row["ids"]])
    return Report(
        name="expiring",
        title=f"Contracts that end from {first} to {last}",
        columns=COLUMNS,
        rows=tuple(rows),
        method=METHOD,
        as_of=first,
        filters={"within": within, **filters.to_dict(), "as_of": first.isoformat()},
        coverage=read_coverage(
            graph.store, [r["value"] for r in rows if r["value"] is not None], sources
        ),
        notes=tuple(_notes(chosen, rows, first, given=filters.as_of is not None)),
        sources=sources,
    )


def measure_expiring(
    market: Market, contracts: Iterable[Contract], first: date, last: date
) -> list[dict[str, Any]]:
    """Return one row a contract that ends in the window, the earliest end first."""
    lines = {line.id: line for line in market.lines}
    ending = [c for c in contracts if c.end is not None and first <= c.end <= last]
    ending.sort(key=lambda c: (c.end or last, c.lot, c.region, c.reference))
    cells: dict[tuple[str, str], list[Contract]] = defaultdict(list)
    for c in market.contracts:
        for area in c.areas:
            cells[c.lot, area].append(c)
    return [_row(market, c, lines.get(c.award or ""), cells) for c in ending]


def find_follow_ons(
    cells: Mapping[tuple[str, str], Sequence[Contract]], contract: Contract
) -> list[Contract]:
    """Return the contracts of the same lot in a common area that start later, in order.

    Args:
        cells: lot and area → the contracts there.
        contract: the contract that ends.
    """
    if contract.start is None:
        return []
    found = {
        c.reference: c
        for area in contract.areas
        for c in cells.get((contract.lot, area), ())
        if c.start is not None and c.start > contract.start
    }
    return sorted(found.values(), key=lambda c: (c.start or date.max, c.reference))


def add_time(day: date, length: str) -> date:
    """Return the day that lies so many days, months or years after a day.

    A month that is too short gives its last day.

    >>> add_time(date(2023, 7, 1), "12m"), add_time(date(2024, 1, 31), "1m")
    (datetime.date(2024, 7, 1), datetime.date(2024, 2, 29))

    Raises:
        BadParameter: the text is no length of time, or leads past the calendar.
    """
    found = re.fullmatch(r"(\d{1,4})\s*([dmy])", length.strip().lower(), re.ASCII)
    if not found or not int(found[1]):
        raise BadParameter(f"--within {length}: write it as 12m, 2y or 90d")
    number, unit = int(found[1]), found[2]
    try:
        if unit == "d":
            return day + timedelta(days=number)
        months = day.year * 12 + day.month - 1 + number * (12 if unit == "y" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    except (OverflowError, ValueError) as e:
        raise BadParameter(f"--within {length}: leads past the calendar; give less") from e


def _row(
    market: Market,
    contract: Contract,
    line: Line | None,
    cells: Mapping[tuple[str, str], Sequence[Contract]],
) -> dict[str, Any]:
    later = find_follow_ons(cells, contract)
    names = [
        f"{c.reference} ({market.label('organisation', c.lead)}, from {c.start})" for c in later
    ]
    number = len(line.contracts) if line else None
    return {
        "id": contract.reference,
        "reference": contract.reference,
        "provider": market.label("organisation", contract.lead),
        "lot": market.label("lot", contract.lot),
        "region": market.label("region", contract.region),
        "areas": ", ".join(market.label("area", a) for a in contract.areas),
        "end": contract.end,
        "precision": contract.end_precision or "day",
        "basis": contract.end_basis or "unknown",
        "value": line.value if line and number == 1 else None,
        "follow_on": "; ".join(names) or NONE_KNOWN,
        "follow_on_start": later[0].start if later else None,
        "line_value": line.value if line else None,
        "line_contracts": number,
        "round": market.label("round", contract.round),
        "start": contract.start,
        "referrals_closed": contract.referrals_closed,
        "ids": [
            contract_iri(contract.reference),
            *([award_iri(line.id)] if line else []),
            *(contract_iri(c.reference) for c in later),
        ],
    }


def _notes(
    chosen: tuple[Contract, ...], rows: list[dict[str, Any]], first: date, *, given: bool
) -> Iterable[str]:
    if not given:
        yield f"The window begins today, {first}, as no day is given (as-of)."
    derived = sum(1 for r in rows if r["basis"] == "derived")
    yield (
        f"{len(rows)} of {len(chosen)} contracts end in the window: {derived} by the standard "
        f"term, {len(rows) - derived} as a source states. Extensions are not in the record."
    )
    shared = sum(1 for r in rows if r["value"] is None and r["line_value"] is not None)
    if shared:
        yield f"{shared} are priced together with others; their part of the price is unknown."
    unknown = [c for c in chosen if c.end is None]
    if unknown:
        yield f"{len(unknown)} contracts have no end in the record and are not shown."
    ends = sorted(c.end for c in chosen if c.end)
    if not rows and ends:
        latest = show_date(ends[-1], "day")
        yield f"The ends of these contracts run from {ends[0]} to {latest}; as-of asks from a day."
    yield f"“{NONE_KNOWN}” says that the record knows of no later contract, not that there is none."

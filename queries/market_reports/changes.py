"""The report `changes`: which contracts moved the shares and the HHI between two dates."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.attribution import Attribution, ContractChange, measure_attribution
from rehabgraph.queries.facts import award_iri, contract_iri, read_market
from rehabgraph.queries.market import Contract, Filters, Line, Market, select_contracts
from rehabgraph.queries.market_reports.frame import build_report
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.slices import (
    HOLDERS,
    LABELS,
    areas_of,
    check_bases,
    check_choice,
)

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

METHOD = (
    "Amounts move along the straight line from the first date to the second, and each contract is "
    "given what its own movement adds on the way (Aumann and Shapley): no order of contracts is "
    "chosen, and the parts sum to the change."
)


def report_changes(
    graph: "Graph",
    filters: Filters,
    *,
    from_: str | date | None = None,
    to: str | date | None = None,
    of: str = "provider",
    basis: str = "all",
    show: str = "contracts",
) -> Report:
    """Return what each contract that started or ended did to shares and HHI.

    Args:
        graph: the graph.
        filters: the part of the market asked for, without a date.
        from_: the first day, such as 2023-06-30.
        to: the second day, after it.
        of: who holds: `provider`, `group` or `kind`.
        basis: `value`, `contracts`, `areas` or `all`.
        show: `contracts`, or `holders` for their shares at both dates.

    Returns:
        One row a basis and contract that moved, and one a basis with the whole change, which is
        their sum.

    Raises:
        BadParameter: a date is missing, or they are in the wrong order, or `--as-of` is given.
        EmptyMarket: no contract runs inside the filters on one of the days.
    """
    from rehabgraph.queries.graph import parse_date

    first, last = parse_date(from_), parse_date(to)
    if first is None or last is None or filters.as_of is not None:
        raise BadParameter("changes needs --from DATE and --to DATE, and no --as-of")
    if first >= last:
        raise BadParameter(f"--from {first} must lie before --to {last}")
    check_choice("--of", of, HOLDERS)
    check_choice("--show", show, ("contracts", "holders"))
    bases = check_bases(basis)
    market = read_market(graph.store, filters.rounds)
    rows: list[dict[str, Any]] = []
    left_out: list[Line] = []
    counted: list[Line] | None = None
    for name in bases:
        if name == "value":
            changes, left_out = line_changes(market, filters, of, first, last)
            compared = {change.contract for change in changes}
            counted = [line for line in market.lines if line.id in compared]
        else:
            changes = contract_changes(market, filters, of, first, last, basis=name)
        try:
            found = measure_attribution(changes)
        except EmptyMarket as e:
            if name == "value" and len(bases) > 1:
                continue
            raise EmptyMarket(f"no {name} to compare from {first} to {last}: {e}") from e
        rows += (_contract_rows if show == "contracts" else _holder_rows)(market, found, name, of)
    return build_report(
        graph,
        market,
        filters,
        name="changes",
        title=f"What changed from {first} to {last}, by {LABELS[of][1].lower()}",
        columns=_CONTRACTS if show == "contracts" else _HOLDERS,
        rows=rows,
        method=METHOD,
        own={"from": str(first), "to": str(last), "of": of, "basis": basis, "show": show},
        notes=_notes(market, filters, bases, left_out),
        counted=counted,
    )


def contract_changes(
    market: Market, filters: Filters, of: str, first: date, last: date, *, basis: str = "contracts"
) -> list[ContractChange]:
    """Return the contracts at two dates, each worth 1, or its cells on the basis of areas.

    A cell that a holder serves by several contracts at once is shared equally among them, so
    that it counts once.
    """
    contracts = select_contracts(market, filters)
    holder_of = name_holders(market, of)
    amounts = [_amounts(contracts, holder_of, filters, day, basis=basis) for day in (first, last)]
    return [
        ContractChange(c.reference, holder_of[c.lead], *(a.get(c.reference, 0.0) for a in amounts))
        for c in contracts
        if any(c.reference in a for a in amounts)
    ]


def line_changes(
    market: Market, filters: Filters, of: str, first: date, last: date
) -> tuple[list[ContractChange], list[Line]]:
    """Return the priced lines at two dates, and those left out because their price is split.

    A line counts with its whole price when all its contracts run and lie inside the filters,
    and with nothing when none does. Between the two its worth is unknown at that date, and it is
    left out at both.
    """
    inside = {c.reference for c in select_contracts(market, filters)}
    holder_of = name_holders(market, of)
    changes, left_out = [], []
    for line in market.lines:
        worth: list[float] = []
        for day in (first, last):
            running = [c for c in line.contracts if c.reference in inside and c.is_active(day)]
            cut = filters.areas and any(set(c.areas) - set(filters.areas) for c in running)
            if running and (cut or len(running) < len(line.contracts)):
                break
            worth.append(float(line.value) if running else 0.0)
        if len(worth) < 2:
            left_out.append(line)
        elif any(worth):
            changes.append(ContractChange(line.id, holder_of[line.lead], *worth))
    return changes, left_out


def name_holders(market: Market, of: str) -> dict[str, str]:
    """Return lead → the holder that it counts as."""
    leads = {c.lead for c in market.contracts} | {line.lead for line in market.lines}
    holders = market.holders
    if of == "provider":
        return {lead: lead for lead in leads}
    return {lead: str(getattr(holders[lead], of)) if lead in holders else lead for lead in leads}


def _amounts(
    contracts: Iterable[Contract],
    holder_of: dict[str, str],
    filters: Filters,
    day: date,
    *,
    basis: str,
) -> dict[str, float]:
    running = [c for c in contracts if c.is_active(day)]
    if basis == "contracts":
        return {c.reference: 1.0 for c in running}
    sharing: dict[tuple[str, str, str], int] = defaultdict(int)
    cells = {
        c.reference: [(holder_of[c.lead], c.lot, a) for a in areas_of(c, filters.areas)]
        for c in running
    }
    for of in cells.values():
        for cell in of:
            sharing[cell] += 1
    return {reference: sum(1 / sharing[cell] for cell in of) for reference, of in cells.items()}


def _contract_rows(market: Market, found: Attribution, basis: str, of: str) -> list[dict[str, Any]]:
    moved = [part for part in found.parts if part.effect != "unchanged"]
    moved.sort(key=lambda part: (-abs(part.hhi), part.contract))
    contracts = {c.reference: c for c in market.contracts}
    lines = {line.id: line for line in market.lines}
    rows: list[dict[str, Any]] = []
    for part in moved:
        thing = lines[part.contract] if basis == "value" else contracts[part.contract]
        rows.append(
            {
                "id": f"{part.contract}:{basis}",
                "name": part.contract,
                "basis": basis,
                "effect": part.effect,
                "holder": market.label(LABELS[of][0], part.holder),
                "lot": market.label("lot", thing.lot),
                "region": market.label("region", thing.region),
                "hhi": part.hhi,
                "share": part.shares[part.holder],
                "ids": [award_iri(part.contract)]
                + [contract_iri(c.reference) for c in lines[part.contract].contracts]
                if basis == "value"
                else [contract_iri(part.contract)],
            }
        )
    total = {
        "id": f"all:{basis}",
        "name": "whole change",
        "basis": basis,
        "effect": f"HHI {found.hhi_before:,.2f} to {found.hhi_after:,.2f}",
        "holder": "all",
        "lot": "all",
        "region": "all",
        "hhi": found.hhi_after - found.hhi_before,
        "share": 0.0,
        "ids": [i for row in rows for i in row["ids"]],
    }
    return [total, *rows]


def _holder_rows(market: Market, found: Attribution, basis: str, of: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for holder, before in found.shares_before.items():
        after = found.shares_after[holder]
        mine = [p for p in found.parts if p.shares[holder] and p.effect != "unchanged"]
        own = [p for p in found.parts if p.holder == holder]
        ids = [(award_iri if basis == "value" else contract_iri)(p.contract) for p in own]
        rows.append(
            {
                "id": f"{holder}:{basis}",
                "name": market.label(LABELS[of][0], holder),
                "basis": basis,
                "before": before,
                "after": after,
                "change": after - before,
                "own": sum(p.shares[holder] for p in mine if p.holder == holder),
                "others": sum(p.shares[holder] for p in mine if p.holder != holder),
                "started": sum(1 for p in own if p.effect == "started"),
                "ended": sum(1 for p in own if p.effect == "ended"),
                "ids": ids,
            }
        )
    rows.sort(key=lambda r: (-abs(r["change"]), r["name"]))
    return rows


_CONTRACTS = (
    Column("name", "Contract or line"),
    Column("basis", "Basis"),
    Column("effect", "What happened"),
    Column("hhi", "Part of the change of HHI", "number"),
    Column("share", "Of its holder's share, points", "number"),
    Column("holder", "Holder"),
    Column("lot", "Lot"),
    Column("region", "Probation region"),
)
_HOLDERS = (
    Column("name", "Holder"),
    Column("basis", "Basis"),
    Column("before", "Share before", "number", "percent"),
    Column("after", "Share after", "number", "percent"),
    Column("change", "Change, points", "number"),
    Column("own", "By its own contracts", "number"),
    Column("others", "By those of others", "number"),
    Column("started", "Started", "integer"),
    Column("ended", "Ended", "integer"),
)


def _notes(
    market: Market, filters: Filters, bases: tuple[str, ...], left_out: list[Line]
) -> Iterable[str]:
    yield "Not a cause: a contract that ended may have ended because its term was over."
    contracts = select_contracts(market, filters)
    derived = sum(1 for c in contracts if c.end_basis == "derived")
    if derived:
        yield f"{derived} of {len(contracts)} ends are derived from the standard term, not stated."
    open_ = sum(1 for c in contracts if c.start is None or c.end is None)
    if open_:
        yield f"{open_} contracts lack a published start or end and are taken as running there."
    if "value" in bases and left_out:
        total = sum(line.value for line in left_out)
        yield (
            f"On the basis of value, {len(left_out)} priced lines ({format_pounds(total)}) are "
            "left out at both dates: on one of them only some of their contracts run, and no "
            "source splits the price."
        )
    if "value" in bases:
        yield "Contracts without a published price are in the other two bases alone."

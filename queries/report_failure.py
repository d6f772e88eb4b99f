"""The report `failure`: what a provider's failure would leave. Arithmetic, not a forecast."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.loss import Loss, measure_loss, measure_reallocation, name_group, widen
from rehabgraph.queries.market import Filters, Market, select_contracts, select_lines
from rehabgraph.queries.parts import ContractPart, read_parts
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.report_frame import build_report, name_ids
from rehabgraph.queries.slices import BASES, areas_of, check_choice

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

SHOWS = ("summary", "contracts", "cells", "subcontractors")
METHOD = (
    "What the contracts led would leave if their lead stopped, counted from public records. A "
    "cell is a lot in an area. With s the share that fails, the others must grow by s/(1 − s). In "
    "proportion, all others take over by their size; in the region, only those who already lead "
    "there."
)
NEUTRAL = (
    "Arithmetic on public contracts: no view on any organisation, on whether it could fail, or on "
    "who would take over."
)


@dataclass(frozen=True, slots=True)
class _Case:
    """All that a table of one failure is made from."""

    market: Market
    filters: Filters
    loss: Loss
    names: dict[str, str]
    of: str

    def name(self, id_: str) -> str:
        return self.names.get(id_, id_)


def report_failure(
    graph: "Graph",
    filters: Filters,
    *,
    provider: str | Sequence[str] = (),
    group: bool = False,
    joint: str | None = None,
    top: int | None = None,
    show: str = "summary",
) -> Report:
    """Return what the failure of a provider, or of several together, would leave.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        provider: the organisation that fails, by name or id.
        group: the whole corporate group of each fails with it.
        joint: organisations that fail together, joined by commas.
        top: instead of one, rank so many leads by the cells that their failure would leave.
        show: `summary`, or the `contracts`, `cells` or `subcontractors` behind it.

    Raises:
        BadParameter: nobody is named, both one and a ranking are asked for, or bad choices.
        UnknownName: no organisation has that name, or it has no part in these contracts.
        EmptyMarket: no contract lies inside the filters.
    """
    check_choice("--show", show, SHOWS)
    named = [provider] if isinstance(provider, str) else list(provider)
    named += [name.strip() for name in (joint or "").split(",") if name.strip()]
    if top is not None and (named or top < 1 or show != "summary"):
        raise BadParameter("--top N ranks all leads: give a number from 1, and no name with it")
    if top is None and not named:
        raise BadParameter("failure needs --provider NAME, --joint A,B or --top N")
    market = read_market(graph.store, filters.rounds)
    parts = read_parts(graph.store, filters.rounds)
    own = {"provider": named, "group": group, "top": top, "show": show}
    rows: list[dict[str, Any]]
    columns: tuple[Column, ...]
    if top is not None:
        rows = rank_failures(market, filters, parts, group=group)[:top]
        what, columns = "group" if group else "provider", _TOP
        title = f"Leads ranked by the cells that the failure of the {what} would leave"
        notes = [NEUTRAL]
    else:
        ids = [graph.resolve(name, ("organisation",)).rsplit("/", 1)[-1] for name in named]
        failed = widen(ids, market, parts) if group else tuple(dict.fromkeys(ids))
        loss = measure_loss(market, filters, parts, failed)
        names = {p.organisation: p.name for p in parts} | {
            id_: holder.name for id_, holder in market.holders.items()
        }
        case = _Case(market, filters, loss, names, "group" if group else "provider")
        rows, columns = _SHOWN[show](case)
        who = " and ".join(names.get(i, i) for i in dict.fromkeys(ids))
        title = f"What the failure of {who}{' with its group' if group else ''} would leave"
        notes = [NEUTRAL, *_notes(loss, names)]
    return build_report(
        graph,
        market,
        filters,
        name="failure",
        title=title,
        columns=columns,
        rows=rows,
        method=METHOD,
        own=own,
        notes=notes,
    )


def rank_failures(
    market: Market, filters: Filters, parts: Sequence[ContractPart], *, group: bool = False
) -> list[dict[str, Any]]:
    """Return a row for each lead (or its group), by the cells, then the value, that it leaves."""
    sets: dict[str, tuple[str, ...]] = {}
    for lead in dict.fromkeys(c.lead for c in select_contracts(market, filters)):
        if group:
            sets[name_group(market, lead)] = widen([lead], market, parts)
        else:
            sets[lead] = (lead,)
    rows = []
    for name, failed in sets.items():
        loss = measure_loss(market, filters, parts, failed)
        of = "group" if group else "provider"
        value = measure_reallocation(market, filters, failed, "value", of)
        contracts = measure_reallocation(market, filters, failed, "contracts", of)
        known, most = _worth(loss)
        rows.append(
            {
                "id": name,
                "name": market.label("organisation", name),
                "cells": len(loss.cells),
                "no_lot_region": len(loss.no_lot_region),
                "no_region": len(loss.no_region),
                "no_lot": len(loss.no_lot),
                "contracts": len(loss.contracts),
                "value": known,
                "value_most": most,
                "exposed": len(loss.exposed),
                "uplift_value": value["uplift"],
                "uplift_contracts": contracts["uplift"],
                "hhi_before": value["hhi_before"],
                "hhi_after": value["hhi_after"],
                "hhi_after_region": value["hhi_after_region"],
                "ids": name_ids([s.line for s in loss.lines], loss.contracts),
            }
        )
    rows.sort(key=lambda r: (-r["cells"], -(r["value"] or 0), -r["contracts"], r["name"]))
    return rows


def _worth(loss: Loss) -> tuple[int | None, int | None]:
    """Return the value that is known to fail, and the most that it may be, in pounds."""
    if not loss.lines:
        return None, None
    known = sum(s.line.value for s in loss.lines if s.whole)
    return known, sum(s.line.value for s in loss.lines)


def _show_summary(case: _Case) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    loss = case.loss
    led = name_ids((), loss.contracts)
    lines = name_ids([s.line for s in loss.lines], loss.contracts)
    known, most = _worth(loss)
    unpriced = sum(1 for c in loss.contracts if c.award is None)
    under = name_ids((), loss.under) or led
    exposed = [c for of, _ in loss.exposed.values() for c in of]
    exposed_ids = name_ids((), [c for c in loss.contracts if c.reference in set(exposed)]) or led
    alone = [n for n, (of, every) in loss.exposed.items() if len(of) == len(every)]
    rows = [
        _row("Contracts that lose their lead", len(loss.contracts), "contracts", led),
        _row("Value of their priced lines", known, "pounds", lines, most=most),
        _row("Contracts among them without a published price", unpriced, "contracts", led),
        _row("Cells left without a lead", len(loss.cells), "cells", led),
        _row("Cells that keep another lead", len(loss.weakened), "cells", led),
        _row(
            "Cells with no other lead in the lot and region", len(loss.no_lot_region), "cells", led
        ),
        _row("Cells with no other lead in the region", len(loss.no_region), "cells", led),
        _row("Cells with no other lead in the lot", len(loss.no_lot), "cells", led),
        _row(
            "Partners and subcontractors exposed", len(loss.exposed), "organisations", exposed_ids
        ),
        _row("Exposed in all their listed work", len(alone), "organisations", exposed_ids),
        _row("Consortia that lose their lead", len(loss.consortia), "consortia", led),
        _row(
            "Consortia of others that lose a member", len(loss.weaker_consortia), "consortia", under
        ),
        _row("Contracts of others that lose a partner", len(loss.under), "contracts", under),
    ]
    inside = select_contracts(case.market, case.filters) if led else ()
    every = {
        basis: name_ids(
            [s.line for s in select_lines(case.market, case.filters)] if money else (), inside
        )
        for basis, money in zip(BASES, (True, False, False), strict=True)
    }
    unit_of = {"value": "pounds", "contracts": "contracts", "areas": "cells"}
    for basis in BASES if led else ():
        everyone = every[basis]
        r = measure_reallocation(case.market, case.filters, loss.failed, basis, case.of)
        ids = lines if basis == "value" else led
        for name, key, low, high, unit, on in (
            ("Share that fails", "share", "share_low", "share_high", "%", ids),
            ("Uplift for the rest, s/(1 − s)", "uplift", "uplift_low", "uplift_high", "times", ids),
            ("HHI before", "hhi_before", "before_low", "before_high", "HHI", everyone),
            ("HHI after, in proportion", "hhi_after", "after_low", "after_high", "HHI", everyone),
            ("HHI after, in the region", "hhi_after_region", "", "", "HHI", everyone),
            ("Nobody in the region to take over", "stranded", "", "", unit_of[basis], ids),
        ):
            row = _row(f"{name} ({basis})", r[key], unit, on)
            if r[key] is None:
                row |= {"least": r.get(low), "most": r.get(high)}
            rows.append(row)
    columns = [Column("name", "What"), Column("figure", "Figure", "number"), Column("unit", "Unit")]
    if any(r["most"] != r["figure"] for r in rows):
        columns[2:2] = [Column("least", "Least", "number"), Column("most", "Most", "number")]
    return [r for r in rows if led or r["ids"]], tuple(columns)


def _row(
    name: str,
    figure: float | None,
    unit: str,
    ids: list[str],
    *,
    most: float | None = None,
) -> dict[str, Any]:
    top = figure if most is None else most
    exact = figure if top == figure else None
    return {"name": name, "figure": exact, "least": figure, "most": top, "unit": unit, "ids": ids}


def _show_contracts(case: _Case) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    loss = case.loss
    values = {c.reference: s for s in loss.lines for c in s.line.contracts}
    rows = []
    for c, what in [(c, "lead") for c in loss.contracts] + [(c, "partner") for c in loss.under]:
        s = values.get(c.reference) if what == "lead" else None
        alone = s is not None and len(s.line.contracts) == 1
        rows.append(
            {
                "name": c.reference,
                "loses": what,
                "lead": case.name(c.lead),
                "lot": case.market.label("lot", c.lot),
                "region": case.market.label("region", c.region),
                "area": case.market.label("area", c.area) if c.area else "whole region",
                "end": c.end,
                "value": s.line.value if s and alone and s.whole else None,
                "value_most": s.line.value if s else None,
                "ids": name_ids([s.line] if s else (), [c]),
            }
        )
    return rows, (
        Column("name", "Contract"),
        Column("loses", "Loses its"),
        Column("lead", "Lead provider"),
        Column("lot", "Lot"),
        Column("region", "Probation region"),
        Column("area", "Police area"),
        Column("end", "End", "date"),
        Column("value", "Value", "integer", "GBP"),
        Column("value_most", "Value, at most", "integer", "GBP"),
    )


def _show_cells(case: _Case) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    loss = case.loss
    regions = {a: c.region for c in loss.contracts for a in areas_of(c)}
    rows: list[dict[str, Any]] = []
    for lot, area in sorted((*loss.cells, *loss.weakened)):
        lost = (lot, area) in loss.cells
        of = [c for c in loss.contracts if c.lot == lot and area in areas_of(c)]
        rows.append(
            {
                "name": f"{case.market.label('lot', lot)}, {case.market.label('area', area)}",
                "region": case.market.label("region", regions[area]),
                "keeps": not lost,
                "lot_region": (lot, area) not in loss.no_lot_region if lost else True,
                "in_region": (lot, area) not in loss.no_region if lost else True,
                "in_lot": (lot, area) not in loss.no_lot if lost else True,
                "ids": name_ids((), of),
            }
        )
    return rows, (
        Column("name", "Cell"),
        Column("region", "Probation region"),
        Column("keeps", "Keeps a lead", "boolean"),
        Column("lot_region", "Other lead in lot and region", "boolean"),
        Column("in_region", "Other lead in region", "boolean"),
        Column("in_lot", "Other lead in lot", "boolean"),
    )


def _show_subcontractors(case: _Case) -> tuple[list[dict[str, Any]], tuple[Column, ...]]:
    loss = case.loss
    members = {name for of in loss.consortia.values() for name in of}
    by_reference = {c.reference: c for c in loss.contracts}
    rows: list[dict[str, Any]] = [
        {
            "id": name,
            "name": case.name(name),
            "member": name in members,
            "contracts": len(of),
            "all": len(every),
            "share": 100 * len(of) / len(every),
            "ids": name_ids((), [by_reference[r] for r in of]),
        }
        for name, (of, every) in loss.exposed.items()
    ]
    rows.sort(key=lambda r: (-r["share"], -r["contracts"], r["name"]))
    return rows, (
        Column("name", "Partner or subcontractor"),
        Column("contracts", "Contracts exposed", "integer"),
        Column("all", "All that list it", "integer"),
        Column("share", "Share of its listed work", "number", "percent"),
        Column("member", "Member of the consortium", "boolean"),
    )


_SHOWN = {
    "summary": _show_summary,
    "contracts": _show_contracts,
    "cells": _show_cells,
    "subcontractors": _show_subcontractors,
}
_TOP = (
    Column("name", "Fails"),
    Column("cells", "Cells left without a lead", "integer"),
    Column("no_lot_region", "No other in lot and region", "integer"),
    Column("contracts", "Contracts", "integer"),
    Column("value", "Value, known", "integer", "GBP"),
    Column("exposed", "Partners exposed", "integer"),
    Column("uplift_value", "Uplift (value)", "number"),
    Column("hhi_after", "HHI after (value)", "number"),
    Column("uplift_contracts", "Uplift (contracts)", "number"),
    Column("value_most", "Value, at most", "integer", "GBP"),
    Column("hhi_before", "HHI before (value)", "number"),
    Column("hhi_after_region", "HHI after, in the region (value)", "number"),
    Column("no_region", "No other in region", "integer"),
    Column("no_lot", "No other in lot", "integer"),
)


def _notes(loss: Loss, names: dict[str, str]) -> Iterable[str]:
    def say(of: Iterable[str]) -> str:
        return ", ".join(names.get(i, i) for i in of)

    if len(loss.failed) > 1:
        yield f"Failing together: {say(loss.failed)}."
    if not loss.contracts:
        yield "It leads none of these contracts: no cell loses its lead and no price is touched."
    for lead, members in loss.consortia.items():
        yield f"{say([lead])} is a consortium; its members {say(members)} lose their lead."
    for lead, members in loss.weaker_consortia.items():
        yield f"The consortium {say([lead])} would lose its member {say(members)}."
    if loss.exposed:
        yield (
            "Subcontractors are those that the records list; no list is known to be complete, and "
            "no money to subcontractors is published. A contract that names an organisation in "
            "two parts counts once."
        )

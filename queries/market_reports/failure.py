"""The report `failure`: what a provider's failure would leave. Arithmetic, not a forecast."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.loss import Loss, measure_loss, measure_reallocation, name_group, widen
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.market_reports.failure_tables import TABLES, Case, measure_worth
from rehabgraph.queries.market_reports.frame import build_report, name_ids
from rehabgraph.queries.parts import ContractPart, read_parts
from rehabgraph.queries.report import Column, Report, join_names
from rehabgraph.queries.slices import check_choice

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

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
    check_choice("--show", show, TABLES)
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
        case = Case(market, filters, loss, names, "group" if group else "provider")
        rows, columns = TABLES[show](case)
        who = join_names(names.get(i, i) for i in dict.fromkeys(ids))
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
        known, most = measure_worth(loss)
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

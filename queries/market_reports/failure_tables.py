"""The tables of one failure: in sum, and the contracts, cells and subcontractors behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehabgraph.queries.loss import Loss, measure_reallocation
from rehabgraph.queries.market import Filters, Market, Money, select_contracts, select_lines
from rehabgraph.queries.market_reports.frame import name_ids
from rehabgraph.queries.report import Column
from rehabgraph.queries.slices import BASES, areas_of

Table = tuple[list[dict[str, Any]], tuple[Column, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """All that a table of one failure is made from."""

    market: Market
    filters: Filters
    loss: Loss
    names: dict[str, str]
    of: str

    def name(self, id_: str) -> str:
        """Return the name of an organisation."""
        return self.names.get(id_, id_)


def measure_worth(loss: Loss) -> tuple[Money | None, Money | None]:
    """Return the value that is known to fail, and the most that it may be, in pounds."""
    if not loss.lines:
        return None, None
    known = sum(s.line.value for s in loss.lines if s.whole)
    return known, sum(s.line.value for s in loss.lines)


def table_summary(case: Case) -> Table:
    """Return what the failure leaves in sum, on each basis."""
    loss = case.loss
    led = name_ids((), loss.contracts)
    lines = name_ids([s.line for s in loss.lines], loss.contracts)
    known, most = measure_worth(loss)
    priced = {s.line.id for s in loss.lines}
    unpriced = sum(1 for c in loss.contracts if c.award not in priced)
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
    figure: float | Money | None,
    unit: str,
    ids: list[str],
    *,
    most: float | Money | None = None,
) -> dict[str, Any]:
    top = figure if most is None else most
    exact = figure if top == figure else None
    return {"name": name, "figure": exact, "least": figure, "most": top, "unit": unit, "ids": ids}


def table_contracts(case: Case) -> Table:
    """Return the contracts that lose their lead or a partner."""
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


def table_cells(case: Case) -> Table:
    """Return the cells that lose a lead, and who else leads nearby."""
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


def table_subcontractors(case: Case) -> Table:
    """Return the partners and subcontractors exposed, and how much of their listed work is."""
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


TABLES: Mapping[str, Callable[[Case], Table]] = {
    "summary": table_summary,
    "contracts": table_contracts,
    "cells": table_cells,
    "subcontractors": table_subcontractors,
}

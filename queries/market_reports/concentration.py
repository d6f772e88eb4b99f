"""The report `concentration`: how concentrated each slice of the market is, on three bases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import EmptyMarket
from rehabgraph.queries.bands import Bands, read_bands
from rehabgraph.queries.concentration import measure_concentration, measure_granularity
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.intervals import Interval, SharedPrice, measure_hhi_interval
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.frame import (
    build_report,
    note_split,
    read_populations,
)
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.slices import (
    HOLDERS,
    LABELS,
    Slice,
    build_slices,
    check_bases,
    check_choice,
    check_sides,
    label_key,
)

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.large.slices import LargeSlice
    from rehabgraph.queries.market import PartTotals
    from rehabgraph.queries.report import SourceRef

SIDES = ("lot", "region", "area", "cohort", "round")
METHOD = (
    "HHI is the sum of squared percentage shares (10,000 for one holder). Value takes the "
    "announced prices of the lines, contracts counts each reference once, areas counts lot × area "
    "cells. The floor is the HHI if every priced line (or contract) had a holder of its own; the "
    "excess is what lies above it, from 0 to 1."
)


def report_concentration(
    graph: "Graph",
    filters: Filters,
    *,
    by: str = "lot",
    of: str = "provider",
    basis: str = "all",
    bands: str | None = None,
    split: str | None = None,
) -> Report:
    """Return how concentrated each slice of the market is.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        by: what the slices are: `all`, `lot`, `region`, `area`, `cohort`, `round`, or several
            joined by commas, such as `lot,region`.
        of: who holds: `provider`, `group` or `kind`.
        basis: `value`, `contracts`, `areas`, or `all` three side by side.
        bands: `us-2023`, `eu-2004` or the path of a TOML file; no band is named without it.
        split: `equal` or `population` to divide prices by that rule; they stay whole without it.

    Returns:
        One row a slice and basis. Where a price lies partly in a slice the HHI is an interval,
        and what cannot be known of it is None.

    Raises:
        BadParameter: an option has no such value.
        EmptyMarket: no contract lies inside the filters.
    """
    sides = check_sides(by, SIDES)
    check_choice("--of", of, HOLDERS)
    bases = check_bases(basis)
    screen = read_bands(bands) if bands else None
    slices: Sequence[Slice | LargeSlice]
    part: tuple[PartTotals, tuple[SourceRef, ...]] | None = None
    if (facts := choose_facts(graph.store).facts) is not None and split is None:
        from rehabgraph.queries.large.slices import read_large_slices

        slices, market, part = read_large_slices(graph.store, facts, filters, sides, of)
    else:
        market = read_market(graph.store, filters.rounds)
        people = read_populations(graph.store) if split == "population" else None
        slices = build_slices(market, filters, sides, of, split=split, populations=people)
    rows = [
        {
            "id": f"{'/'.join(one.key) or 'all'}:{name}",
            "name": label_key(market, sides, one.key),
            "basis": name,
            **measure_slice(one, name, screen),
            "ids": one.ids(name),
        }
        for one in slices
        for name in bases
    ]
    title = f"Concentration by {' and '.join(LABELS[s][1].lower() for s in sides) or 'all'}"
    return build_report(
        graph,
        market,
        filters,
        name="concentration",
        title=f"{title}, among holders: {LABELS[of][1].lower()}",
        columns=name_slice_columns(rows, bands=screen is not None),
        rows=rows,
        method=METHOD,
        own={"by": by, "of": of, "basis": basis, "bands": bands, "split": split},
        notes=[*note_split(split), *note_slices(rows, slices, screen, filters)],
        split=split,
        part=part,
    )


def measure_slice(
    part: "Slice | LargeSlice", basis: str, bands: Bands | None = None
) -> dict[str, Any]:
    """Return the figures of one slice on one basis; None for what cannot be known."""
    amounts = part.amounts(basis)
    shared = part.shared if basis == "value" else ()
    sizes = part.sizes
    found: dict[str, Any] = {
        "value": part.worth if sizes.lines else None,
        "value_most": part.worth_most if sizes.lines else None,
        "contracts": sizes.contracts,
        "unpriced": part.unpriced,
        "cells": sizes.cells,
        "holders": len({*amounts, *(p.holder for p in shared)}) or None,
        "exact": None,
    }
    names = ("hhi", "equivalent", "cr1", "cr3", "cr5", "entropy", "effective", "gini")
    found |= dict.fromkeys([*names, "floor", "excess"])
    found |= dict.fromkeys(["hhi_low", "hhi_high", "cr1_low", "cr1_high", "band", "robust"])
    if not any(amounts.values()) and not any(p.amount for p in shared):
        return found
    if not shared:
        c = measure_concentration(amounts)
        g = measure_granularity(part.blocks(basis))
        figures = [c.hhi, c.equivalent_holders, c.cr1, c.cr3, c.cr5]
        figures += [c.entropy, c.effective_entropy, c.gini]
        found |= dict(zip(names, figures, strict=True))
        found |= {"hhi_low": c.hhi, "hhi_high": c.hhi, "cr1_low": c.cr1, "cr1_high": c.cr1}
        found |= {"floor": g.floor, "excess": g.excess, "exact": True}
    elif found["holders"] == 1:
        alone = {"hhi": 10_000.0, "equivalent": 1.0, "entropy": 0.0, "effective": 1.0, "gini": 0.0}
        found |= alone | {"hhi_low": 10_000.0, "hhi_high": 10_000.0, "exact": True}
        found |= dict.fromkeys(["cr1", "cr1_low", "cr1_high", "cr3", "cr5"], 100.0)
    else:
        interval = measure_hhi_interval(amounts, shared)
        low, high = measure_largest_share(amounts, shared)
        found |= {"hhi_low": interval.low, "hhi_high": interval.high, "exact": interval.exact}
        found |= {"cr1_low": low, "cr1_high": high}
    if bands is not None:
        band = name_band(bands, Interval(found["hhi_low"], found["hhi_high"]))
        found |= dict(zip(("band", "robust"), band, strict=True))
    return found


def measure_largest_share(
    known: dict[str, float], shared: tuple[SharedPrice, ...]
) -> tuple[float, float]:
    """Return the least and the most that the largest share can be, in percent.

    The most is the largest of the holders' upper ends. For the least all holders are pulled to
    one level, and the best level is the largest amount that is known for certain: above it the
    largest share only grows, below it nothing is gained.

    Args:
        known: holder → amount that lies in the slice for certain.
        shared: prices that lie in it to an unknown part.

    Raises:
        EmptyMarket: no amount can lie in the slice.

    >>> measure_largest_share({"a": 6, "b": 4}, (SharedPrice("c", 10),))
    (37.5, 60.0)
    """
    high = dict(known)
    for holder, amount in shared:
        high[holder] = high.get(holder, 0.0) + amount
    if not any(high.values()):
        raise EmptyMarket("no amount can lie in this slice: it has no shares")
    level = max(known.values(), default=0.0)
    if level:
        least = 100 * level / sum(min(most, level) for most in high.values())
    else:
        least = 100 / sum(1 for most in high.values() if most)
    total = sum(known.values())
    most = max(
        100 * upper / (total - known.get(holder, 0.0) + upper)
        for holder, upper in high.items()
        if upper
    )
    return least, most


def name_band(bands: Bands, hhi: Interval) -> tuple[str, bool]:
    """Return the band of an HHI with its authority's name, and whether it holds throughout.

    >>> from rehabgraph.queries.bands import BANDS
    >>> name_band(BANDS["eu-2004"], Interval(900, 1_500))[1]
    False
    """
    low, high = bands.name_level(hhi.low), bands.name_level(hhi.high)
    if low == high:
        return low, True
    authority = f" ({bands.authority}, {bands.published})"
    return f"from {low.removesuffix(authority)} to {high.removesuffix(authority)}{authority}", False


def name_slice_columns(rows: list[dict[str, Any]], *, bands: bool) -> list[Column]:
    """Return the columns of the report; where prices are cut, the least and the most of each."""
    uncertain = any(r["hhi"] is None and r["hhi_low"] is not None for r in rows)
    columns = [Column("name", "Market"), Column("basis", "Basis")]
    columns.append(Column("holders", "Holders", "integer"))
    columns.append(Column("hhi", "HHI", "number"))
    if uncertain:
        columns.append(Column("hhi_low", "HHI, least", "number"))
        columns.append(Column("hhi_high", "HHI, most", "number"))
    if bands:
        columns.append(Column("band", "Band of the authority"))
        columns.append(Column("robust", "Robust", "boolean"))
    columns.append(Column("equivalent", "10,000/HHI", "number"))
    columns.append(Column("cr1", "CR1", "number", "percent"))
    if uncertain:
        columns.append(Column("cr1_low", "CR1, least", "number", "percent"))
        columns.append(Column("cr1_high", "CR1, most", "number", "percent"))
    open_value = any(r["value"] != r["value_most"] for r in rows)
    worth = [Column("value", "Value, known" if open_value else "Value", "integer", "GBP")]
    if open_value:
        worth.append(Column("value_most", "Value, at most", "integer", "GBP"))
    return [
        *columns,
        Column("cr3", "CR3", "number", "percent"),
        Column("cr5", "CR5", "number", "percent"),
        Column("floor", "Floor", "number"),
        Column("excess", "Excess", "number"),
        Column("entropy", "Entropy", "number"),
        Column("effective", "exp(entropy)", "number"),
        Column("gini", "Gini", "number"),
        *worth,
        Column("contracts", "Contracts", "integer"),
        Column("unpriced", "Unpriced", "integer"),
        Column("cells", "Cells", "integer"),
    ]


def note_slices(
    rows: list[dict[str, Any]],
    slices: "Sequence[Slice | LargeSlice]",
    bands: Bands | None,
    filters: Filters,
) -> list[str]:
    """Return what an answer about slices must say of itself."""
    notes = []
    if any(r["hhi"] is None and r["hhi_low"] is not None for r in rows):
        notes.append(
            "Where a price lies only partly in a market, HHI and CR1 are the least and the most "
            "over all its possible splits, each market by itself; what else depends on the split "
            "is unknown."
        )
    if any(part.unpriced and part.sizes.lines for part in slices):
        notes.append("On the basis of value a market holds its priced lines alone: see Unpriced.")
    if any(r["exact"] is False for r in rows):
        notes.append("An upper end was not searched to its end: it is a proven bound.")
    if bands is not None:
        notes.append(
            f"Bands: {bands.authority}, {bands.document} ({bands.published}). {bands.words} They "
            "are screens for mergers of sellers; robust means that the whole interval agrees."
        )
    if filters.providers or filters.kinds:
        notes.append("Only the providers or kinds asked for are counted; others are left out.")
    return notes

"""Who rests on whom, and what would change if a holder failed: arithmetic, not a forecast."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rehabgraph.graph.errors import EmptyMarket
from rehabgraph.queries.amounts import (
    check_amount,
    check_amounts,
    check_names,
    compute_hhi,
    compute_shares,
)
from rehabgraph.queries.merger import Merger, measure_merger, measure_mergers

__all__ = [
    "Dependency",
    "Failure",
    "Holding",
    "Lead",
    "LostCells",
    "Merger",
    "RegionalFailure",
    "measure_dependency",
    "measure_failure",
    "measure_lost_cells",
    "measure_merger",
    "measure_mergers",
    "measure_regional_failure",
]


class Holding(NamedTuple):
    """An amount that a holder has in a region; an unknown amount has no row."""

    holder: str
    region: str
    amount: float


class Lead(NamedTuple):
    """A holder that leads in a cell, that is in one lot in one area."""

    holder: str
    lot: str
    area: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A market after some of its holders have failed.

    Attributes:
        failed: the holders that fail, together.
        share: what they held, in percent.
        uplift: s/(1 − s): by so much of its own amount each other holder must grow.
        hhi_before: HHI with them.
        hhi_after: HHI when the others take their amounts over in proportion to their own.
        shares_after: holder → percent after that.
    """

    failed: tuple[str, ...]
    share: float
    uplift: float
    hhi_before: float
    hhi_after: float
    shares_after: dict[str, float]


@dataclass(frozen=True, slots=True)
class RegionalFailure:
    """A market after a failure in which only holders of the same region can take over.

    Attributes:
        failed: the holders that fail, together.
        share: what they held, in percent.
        uplifts: region → s/(1 − s) there; None where nobody else is left.
        stranded: region → amount that nobody there can take over, in the unit given.
        hhi_before: HHI over all regions with them.
        hhi_after: HHI over all regions after; stranded amounts are left out of it.
        shares_after: holder → percent after that.
    """

    failed: tuple[str, ...]
    share: float
    uplifts: dict[str, float | None]
    stranded: dict[str, float]
    hhi_before: float
    hhi_after: float
    shares_after: dict[str, float]


@dataclass(frozen=True, slots=True)
class LostCells:
    """Cells (lot, area) that a failure leaves without a lead.

    Attributes:
        lost: cells in which all leads fail, sorted.
        weakened: cells in which some leads fail and at least one stays, sorted.
        cells: number of all cells.
    """

    lost: tuple[tuple[str, str], ...]
    weakened: tuple[tuple[str, str], ...]
    cells: int


@dataclass(frozen=True, slots=True)
class Dependency:
    """How much one side rests on its largest counterpart.

    Attributes:
        dependent: who depends: a region, or a holder.
        largest: its largest counterparts; more than one when they tie.
        share: share of each of them in what the dependent has, in percent.
        counterparts: number of counterparts with more than zero.
    """

    dependent: str
    largest: tuple[str, ...]
    share: float
    counterparts: int


def measure_failure(amounts: Mapping[str, float], failed: Collection[str] | str) -> Failure:
    """Return the market after holders fail and all others grow in proportion.

    Args:
        amounts: holder → amount, in any one unit.
        failed: the holder that fails, or several that fail together.

    Returns:
        Uplift, shares and HHI.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing, or nobody is left.
        UnknownName: a holder that fails is not in the market.

    >>> f = measure_failure({"a": 30, "b": 30, "c": 20, "d": 20}, "a")
    >>> round(f.uplift, 4), round(f.hhi_after, 2)
    (0.4286, 3469.39)
    """
    gone = check_names(failed, amounts)
    positive = check_amounts(amounts)
    left = {holder: amount for holder, amount in positive.items() if holder not in gone}
    if not left:
        raise EmptyMarket("nobody is left in this market: its amounts cannot be taken over")
    share, uplift = _compute_uplift(positive, gone)
    return Failure(
        failed=gone,
        share=100 * share,
        uplift=uplift,
        hhi_before=compute_hhi(positive.values()),
        hhi_after=compute_hhi(left.values()),
        shares_after=compute_shares(left),
    )


def measure_regional_failure(
    holdings: Sequence[Holding], failed: Collection[str] | str
) -> RegionalFailure:
    """Return the market after holders fail and only others of the same region take over.

    Args:
        holdings: what each holder has in each region; rows of one pair add up.
        failed: the holder that fails, or several that fail together.

    Returns:
        Uplift of each region in which a failed holder has something; HHI over all regions.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing, or nobody is left in any region.
        UnknownName: a holder that fails is not in the market.

    >>> rows = [Holding("a", "n", 1), Holding("b", "n", 1), Holding("a", "s", 1)]
    >>> f = measure_regional_failure(rows, "a")
    >>> f.uplifts, f.stranded
    ({'n': 1.0, 's': None}, {'s': 1.0})
    """
    gone = check_names(failed, {row.holder for row in holdings})
    regions = _group((row.region, row.holder, row.amount) for row in holdings)
    if not (everyone := _add_up(regions.values())):
        raise EmptyMarket("the amounts add up to nothing: a market without amounts has no shares")
    share, _ = _compute_uplift(everyone, gone)
    uplifts: dict[str, float | None] = {}
    stranded: dict[str, float] = {}
    after: list[dict[str, float]] = []
    for region, amounts in regions.items():
        left = {holder: amount for holder, amount in amounts.items() if holder not in gone}
        lost = math.fsum(amount for holder, amount in amounts.items() if holder in gone)
        if lost and not left:
            uplifts[region], stranded[region] = None, lost
            continue
        uplift = _compute_uplift(amounts, gone)[1] if lost else 0.0
        if lost:
            uplifts[region] = uplift
        after.append({holder: amount * (1 + uplift) for holder, amount in left.items()})
    if not (remaining := _add_up(after)):
        raise EmptyMarket("nobody is left in any region: the amounts cannot be taken over")
    return RegionalFailure(
        failed=gone,
        share=100 * share,
        uplifts=uplifts,
        stranded=stranded,
        hhi_before=compute_hhi(everyone.values()),
        hhi_after=compute_hhi(remaining.values()),
        shares_after=compute_shares(remaining),
    )


def measure_lost_cells(leads: Iterable[Lead], failed: Collection[str] | str) -> LostCells:
    """Return the cells (lot, area) that a failure leaves without a lead.

    It needs no amounts, so a contract without a known price counts like any other.

    Args:
        leads: who leads in which cell.
        failed: the holder that fails, or several that fail together.

    Returns:
        Cells lost, and cells that keep a lead.

    Raises:
        UnknownName: a holder that fails leads nowhere.

    >>> leads = [Lead("a", "ETE", "Kent"), Lead("a", "ACC", "Kent"), Lead("b", "ACC", "Kent")]
    >>> measure_lost_cells(leads, "a").lost
    (('ETE', 'Kent'),)
    """
    cells: dict[tuple[str, str], set[str]] = {}
    for lead in leads:
        cells.setdefault((lead.lot, lead.area), set()).add(lead.holder)
    gone = set(check_names(failed, set().union(*cells.values())))
    return LostCells(
        lost=tuple(sorted(cell for cell, holders in cells.items() if holders <= gone)),
        weakened=tuple(
            sorted(cell for cell, held in cells.items() if held & gone and not held <= gone)
        ),
        cells=len(cells),
    )


def measure_dependency(rows: Iterable[tuple[str, str, float]]) -> tuple[Dependency, ...]:
    """Return for each dependent its largest counterpart and that one's share.

    Give (region, holder, amount) to see which region rests on one holder, and
    (holder, region, amount) to see which holder rests on one region.

    Args:
        rows: dependent, counterpart, amount; rows of one pair add up.

    Returns:
        One row a dependent, largest share first, then by name; a dependent whose amounts are
        all zero has no row.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.

    >>> measure_dependency([("Kent", "a", 3), ("Kent", "b", 1)])
    (Dependency(dependent='Kent', largest=('a',), share=75.0, counterparts=2),)
    """
    found = []
    for dependent, amounts in _group(rows).items():
        if amounts:
            shares = compute_shares(amounts)
            most = max(shares.values())
            largest = tuple(sorted(name for name, share in shares.items() if share == most))
            found.append(Dependency(dependent, largest, most, len(shares)))
    return tuple(sorted(found, key=lambda row: (-row.share, row.dependent)))


def _compute_uplift(positive: Mapping[str, float], gone: Collection[str]) -> tuple[float, float]:
    """Return the failed share s, from 0 to 1, and s/(1 − s)."""
    lost = math.fsum(amount for holder, amount in positive.items() if holder in gone)
    left = math.fsum(amount for holder, amount in positive.items() if holder not in gone)
    return lost / (lost + left), lost / left if left else math.inf


def _group(rows: Iterable[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    """Add up the amounts above zero of each pair."""
    parts: dict[str, dict[str, list[float]]] = {}
    for outer, inner, amount in rows:
        checked = check_amount(amount, f"{inner} in {outer}")
        held = parts.setdefault(outer, {})
        if checked > 0:
            held.setdefault(inner, []).append(checked)
    return {
        outer: {inner: math.fsum(held) for inner, held in inners.items()}
        for outer, inners in parts.items()
    }


def _add_up(markets: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Add the amounts of each holder over several markets."""
    parts: dict[str, list[float]] = {}
    for amounts in markets:
        for holder, amount in amounts.items():
            parts.setdefault(holder, []).append(amount)
    return {holder: math.fsum(held) for holder, held in parts.items()}

"""What can be said of a cell when a price covers several cells and its split is unknown.

A cell is one lot in one area or region. A price that lies partly inside it gives the cell some
x between 0 and the whole price. Nothing else is known of x, so every figure of the cell is an
interval. Within one cell each price is free of the others, so the possible splits form a box;
a holder's prices add up, so the box has one side a holder.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.amounts import check_amount, check_amounts, compute_hhi

TOLERANCE = 1e-12
MOST_STEPS = 20_000
NOTHING = 1e-20  # of the largest amount: less than that changes no double-precision share


class SharedPrice(NamedTuple):
    """A price that lies only partly in the cell: its holder, and the whole amount."""

    holder: str
    amount: float


@dataclass(frozen=True, slots=True)
class Interval:
    """All that a figure can be.

    Attributes:
        low: smallest value over the possible splits.
        high: largest value over the possible splits.
        exact: True when both ends are reached by a split (or approached without limit); False
            when `high` is only a proven bound.
        may_be_empty: True when one of the possible splits leaves the cell empty; it has no
            shares then, and the interval is over all other splits.
    """

    low: float
    high: float
    exact: bool = True
    may_be_empty: bool = False


def measure_share_intervals(
    known: Mapping[str, float], shared: Sequence[tuple[str, float]]
) -> dict[str, Interval]:
    """Return the interval of each holder's share of a cell, in percent.

    A share is smallest when its own prices lie elsewhere and all others here, and largest the
    other way round.

    Args:
        known: holder → amount that lies in the cell for certain.
        shared: (holder, amount) for each price that lies in it to an unknown part.

    Returns:
        Holder → interval, known holders first.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: no amount can lie in the cell.

    >>> measure_share_intervals({"a": 5, "b": 5}, [("c", 10)])["c"]
    Interval(low=0.0, high=50.0, exact=True, may_be_empty=False)
    """
    box = _build_box(known, shared)
    empty = not any(known.values())
    intervals = {}
    for holder, (low, high) in box.items():
        others_low = math.fsum(side[0] for name, side in box.items() if name != holder)
        others_high = math.fsum(side[1] for name, side in box.items() if name != holder)
        intervals[holder] = Interval(
            _percent(low, others_high) if others_high or not high else 100.0,
            _percent(high, others_low),
            may_be_empty=empty,
        )
    return intervals


def measure_hhi_interval(
    known: Mapping[str, float],
    shared: Sequence[tuple[str, float]],
    *,
    most_steps: int = MOST_STEPS,
) -> Interval:
    """Return the interval of a cell's HHI over all splits of its shared prices.

    The root of the HHI is the length of the vector of amounts over its sum. That is a
    quasi-convex function, so a local minimum is the minimum and the maximum is at a corner of
    the box. The minimum is found in closed form, the maximum by branch and bound.

    Args:
        known: holder → amount that lies in the cell for certain.
        shared: (holder, amount) for each price that lies in it to an unknown part.
        most_steps: corners are searched in at most so many steps.

    Returns:
        The interval; `exact` is False, and `high` a bound above the maximum, only when the
        search did not end within its steps.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: no amount can lie in the cell.

    >>> i = measure_hhi_interval({"a": 5, "b": 5}, [("c", 6)])
    >>> round(i.low, 2), round(i.high, 2)
    (3333.33, 5000.0)

    Source: Boyd and Vandenberghe, Convex Optimization (2004), section 3.4, for quasi-convexity.
    """
    box = [side for side in _build_box(known, shared).values() if side[1] > 0]
    low = _find_minimum(box)
    if math.fsum(least for least, _ in box) < NOTHING * max(
        most for _, most in box
    ):  # one holder can be all there is
        return Interval(low, 10_000.0, may_be_empty=not any(known.values()))
    high, exact = _find_maximum(box, most_steps)
    return Interval(min(low, high), high, exact)


def is_robust(interval: Interval, threshold: float) -> bool:
    """Return whether "above the threshold" has one answer over the whole interval.

    Args:
        interval: the interval of a figure.
        threshold: the value that the statement compares it with.

    Returns:
        True when every possible value is above it, or none is.

    Raises:
        BadParameter: the threshold is NaN.

    >>> is_robust(Interval(3333.33, 5000), 1_800), is_robust(Interval(1_500, 2_000), 1_800)
    (True, False)
    """
    if math.isnan(threshold):
        raise BadParameter("the threshold must be a number, not NaN")
    return interval.low > threshold or interval.high <= threshold


def split_amount(
    amount: float, cells: Sequence[str], mode: str, populations: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Split a price over its cells by a rule that somebody asked for by its name.

    There is no default: no document says how a price splits, so each rule is an assumption.

    Args:
        amount: the whole price.
        cells: the cells that it covers.
        mode: "equal" or "population".
        populations: cell → people, for the mode "population".

    Returns:
        Cell → part of the price.

    Raises:
        BadParameter: no such mode, no cells, a cell given twice, or a population is missing.
        InvalidAmount: the amount or a population is negative, infinite or no number.
        EmptyMarket: the populations add up to nothing.

    >>> split_amount(6, ["north", "south"], "population", {"north": 1, "south": 2})
    {'north': 2.0, 'south': 4.0}
    """
    whole = check_amount(amount, "the price")
    if not cells or len(set(cells)) < len(cells):
        raise BadParameter("give the cells that the price covers, each once")
    if mode == "equal":
        weights = dict.fromkeys(cells, 1.0)
    elif mode == "population":
        if missing := [cell for cell in cells if cell not in (populations or {})]:
            raise BadParameter(f"no population for {missing[0]!r}: the split needs one a cell")
        weights = {cell: (populations or {})[cell] for cell in cells}
    else:
        raise BadParameter(f"no split {mode!r}: use equal or population")
    positive = check_amounts(weights)
    total = math.fsum(positive.values())
    return {cell: whole * (positive.get(cell, 0.0) / total) for cell in cells}


def _build_box(
    known: Mapping[str, float], shared: Sequence[tuple[str, float]]
) -> dict[str, tuple[float, float]]:
    """Return holder → least and most that it can have in the cell."""
    box = {}
    for holder, amount in known.items():
        low = check_amount(amount, holder)
        box[holder] = (low, low)
    for holder, amount in shared:
        low, high = box.get(holder, (0.0, 0.0))
        box[holder] = (low, high + check_amount(amount, f"a price of {holder}"))
    if not any(high for _, high in box.values()):
        raise EmptyMarket("no amount can lie in this cell: it has no shares")
    return box


def _percent(own: float, others: float) -> float:
    return 100 * own / (own + others) if own else 0.0


def _find_minimum(box: list[tuple[float, float]]) -> float:
    """Return the least HHI over a box.

    For any given total the sum of squares is least when all amounts are pulled to one level and
    stop at their own ends. Between two ends the level with the least HHI is G/F, where F and G
    are the sum and the sum of squares of the amounts that are stopped.
    """
    ends = sorted({end for side in box for end in side})
    levels = [end for end in ends if end > 0]
    for below, above in pairwise(ends):
        stopped = [
            low if low >= above else high for low, high in box if low >= above or high <= below
        ]
        if total := math.fsum(stopped):
            level = math.fsum(s * (s / total) for s in stopped)
            if below < level < above:
                levels.append(level)
    return min(compute_hhi([min(max(level, low), high) for low, high in box]) for level in levels)


def _find_maximum(box: list[tuple[float, float]], most_steps: int) -> tuple[float, bool]:
    """Return the largest HHI over the corners of a box whose total is never zero.

    Best-first branch and bound. Raising a holder from `low` to `high` adds w = high − low to the
    total T and w·(high + low) to the sum of squares Q. If parts of w were allowed, Q would be
    largest for each T by raising the holders in falling order of high + low: this gives the
    bound, which at most one holder in part keeps from being a corner.
    """
    items = tuple(
        sorted(((high + low, high - low) for low, high in box if high > low), reverse=True)
    )
    total = math.fsum(low for low, _ in box)
    squares = math.fsum(low * low for low, _ in box)
    best, bound, partly = _find_bound(total, squares, items)
    queue = [(-bound, 0, total, squares, items, partly)]
    seen = set()
    steps = 0
    while queue and -queue[0][0] > best * (1 + TOLERANCE):
        if steps >= most_steps:
            return min(10_000.0, -10_000 * queue[0][0]), False
        _, _, total, squares, items, partly = heapq.heappop(queue)
        (slope, width), rest = items[partly], items[:partly] + items[partly + 1 :]
        for node in ((total + width, squares + slope * width, rest), (total, squares, rest)):
            if node in seen:
                continue
            seen.add(node)
            steps += 1
            corner, bound, part = _find_bound(*node)
            best = max(best, corner)
            if part >= 0:
                heapq.heappush(queue, (-bound, steps, *node, part))
    return min(10_000.0, 10_000 * best), True


def _find_bound(
    total: float, squares: float, items: tuple[tuple[float, float], ...]
) -> tuple[float, float, int]:
    """Return the best corner on the greedy path, the bound, and the holder in part (or −1)."""
    corner = squares / (total * total)
    bound, partly = corner, -1
    for index, (slope, width) in enumerate(items):
        step = total - 2 * squares / slope
        if 0 < step < width:
            peak = (squares + slope * step) / ((total + step) * (total + step))
            if peak > bound:
                bound, partly = peak, index
        total += width
        squares += slope * width
        reached = squares / (total * total)
        corner = max(corner, reached)
        if reached > bound:
            bound, partly = reached, -1
    return corner, bound, partly

"""What the HHI would be if holders became one: arithmetic, not a forecast."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.amounts import check_amount, check_amounts, check_names, compute_hhi


@dataclass(frozen=True, slots=True)
class Merger:
    """A market before and after some of its holders become one.

    Attributes:
        parties: the holders that merge.
        share: their combined share, in percent.
        before: HHI before.
        after: HHI after.
        change: rise of the HHI: twice the product of the shares, summed over each pair.
    """

    parties: tuple[str, ...]
    share: float
    before: float
    after: float
    change: float


def measure_merger(amounts: Mapping[str, float], parties: Collection[str]) -> Merger:
    """Return the HHI before and after some holders become one.

    Args:
        amounts: holder → amount, in any one unit; amounts are normalised to their sum.
        parties: two holders or more.

    Returns:
        HHI before, after, and the rise.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing.
        UnknownName: a party is not in the market.
        BadParameter: fewer than two different parties.

    >>> m = measure_merger({"a": 30, "b": 30, "c": 20, "d": 20}, ["c", "d"])
    >>> m.before, m.after, m.change
    (2600.0, 3400.0, 800.0)

    Source: US DOJ and FTC, Merger Guidelines (2023), guideline 1.
    """
    merging = check_names(parties, amounts)
    if len(merging) < 2:
        raise BadParameter("a merger has two different parties or more")
    positive = check_amounts(amounts)
    total = math.fsum(positive.values())
    parts = [positive.get(party, 0.0) for party in merging]
    others = [amount for holder, amount in positive.items() if holder not in merging]
    pairs = math.fsum(a * b for a, b in combinations(parts, 2))
    return Merger(
        parties=merging,
        share=min(100.0, 100 * math.fsum(parts) / total),
        before=compute_hhi(positive.values()),
        after=compute_hhi([*others, math.fsum(parts)]),
        change=10_000 * 2 * pairs / (total * total),
    )


def measure_mergers(
    cells: Mapping[str, Mapping[str, float]], parties: Collection[str]
) -> dict[str, Merger]:
    """Return the merger in each cell in which two or more of the parties hold something.

    Args:
        cells: cell (a lot in a region) → holder → amount.
        parties: two holders or more.

    Returns:
        Cell → merger, in the order given; empty when the parties meet nowhere.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        UnknownName: a party is in none of the cells.
        BadParameter: fewer than two different parties.

    >>> cells = {"north": {"a": 1, "b": 1}, "south": {"a": 1, "c": 1}}
    >>> list(measure_mergers(cells, ["a", "b"]))
    ['north']
    """
    merging = check_names(parties, {holder for amounts in cells.values() for holder in amounts})
    if len(merging) < 2:
        raise BadParameter("a merger has two different parties or more")
    mergers = {}
    for cell, amounts in cells.items():
        checked = {holder: check_amount(amount, holder) for holder, amount in amounts.items()}
        if len(meeting := [party for party in merging if checked.get(party, 0) > 0]) > 1:
            mergers[cell] = measure_merger(checked, meeting)
    return mergers

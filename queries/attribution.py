"""Which contracts moved the shares and the HHI between two dates.

The amounts move together along the straight line from the first date to the second, and each
contract is given what its own movement adds on the way (Aumann and Shapley's method). So no
order of contracts is chosen, a contract that did not change is given nothing, a contract cut in
two is given the same in sum, and everything adds up to the change. The market is never empty on
the way when it is not empty at the two dates; "take one contract away" has no such guarantee.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from rehabgraph.graph.errors import EmptyMarket
from rehabgraph.queries.amounts import check_amount, compute_hhi

NODES = 16


class ContractChange(NamedTuple):
    """A contract at two dates; its amount is 0 at a date on which it is not active.

    A contract that passed from one holder to another is two rows: one ends, one starts.
    """

    contract: str
    holder: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one contract did.

    Attributes:
        contract: the contract.
        holder: its holder.
        effect: "started", "ended", "changed" or "unchanged".
        hhi: its part of the change of the HHI, in points.
        shares: holder → its part of the change of that holder's share, in percentage points;
            they sum to zero.
    """

    contract: str
    holder: str
    effect: str
    hhi: float
    shares: dict[str, float]


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of a market between two dates, given to its contracts.

    Attributes:
        hhi_before: HHI at the first date.
        hhi_after: HHI at the second date.
        shares_before: holder → percent at the first date, for every holder at either date.
        shares_after: holder → percent at the second date.
        parts: one a row, in the order given; they sum to the change.
    """

    hhi_before: float
    hhi_after: float
    shares_before: dict[str, float]
    shares_after: dict[str, float]
    parts: tuple[Part, ...]


def measure_attribution(rows: Sequence[ContractChange]) -> Attribution:
    """Return what each contract did to the shares and to the HHI between two dates.

    Args:
        rows: contracts with their amounts at both dates, in any one unit.

    Returns:
        Shares and HHI at both dates, and the part of each contract.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the market is empty at one of the dates.

    >>> rows = [ContractChange("1", "a", 1, 1), ContractChange("2", "b", 0, 1)]
    >>> [(part.effect, part.hhi) for part in measure_attribution(rows).parts]
    [('unchanged', 0.0), ('started', -5000.0)]

    Source: Aumann and Shapley, Values of Non-Atomic Games (1974); Billera and Heath,
    "Allocation of shared costs" (1982).
    """
    start, end = _read_amounts(rows)
    holders = sorted({row.holder for row in rows})
    before = _sum_by_holder(rows, start, holders)
    after = _sum_by_holder(rows, end, holders)
    inverse, levels, rate = _integrate(before, after)
    shares_before, shares_after = _percent(before), _percent(after)
    hhi_before, hhi_after = compute_hhi(before), compute_hhi(after)
    moves = [b - a for a, b in zip(start, end, strict=True)]
    place = {holder: index for index, holder in enumerate(holders)}
    hhi = _balance(
        [
            10_000 * move * 2 * (levels[place[row.holder]] - rate)
            for row, move in zip(rows, moves, strict=True)
        ],
        hhi_after - hhi_before,
    )
    shares = [
        _balance(
            [
                100 * move * ((inverse if row.holder == holder else 0.0) - levels[index])
                for row, move in zip(rows, moves, strict=True)
            ],
            shares_after[index] - shares_before[index],
        )
        for index, holder in enumerate(holders)
    ]
    return Attribution(
        hhi_before=hhi_before,
        hhi_after=hhi_after,
        shares_before=dict(zip(holders, shares_before, strict=True)),
        shares_after=dict(zip(holders, shares_after, strict=True)),
        parts=tuple(
            Part(
                contract=row.contract,
                holder=row.holder,
                effect=_name_effect(start[number], end[number]),
                hhi=hhi[number],
                shares={holder: shares[index][number] for index, holder in enumerate(holders)},
            )
            for number, row in enumerate(rows)
        ),
    )


def _read_amounts(rows: Sequence[ContractChange]) -> tuple[list[float], list[float]]:
    """Return the checked amounts at both dates."""
    start = [check_amount(row.before, f"contract {row.contract} at the first date") for row in rows]
    end = [check_amount(row.after, f"contract {row.contract} at the second date") for row in rows]
    for amounts, date in ((start, "first"), (end, "second")):
        if not any(amounts):
            raise EmptyMarket(f"the market is empty at the {date} date: it has no shares there")
    return start, end


def _sum_by_holder(
    rows: Sequence[ContractChange], amounts: Sequence[float], holders: Sequence[str]
) -> list[float]:
    held: dict[str, list[float]] = {holder: [] for holder in holders}
    for row, amount in zip(rows, amounts, strict=True):
        held[row.holder].append(amount)
    return [math.fsum(held[holder]) for holder in holders]


def _integrate(before: list[float], after: list[float]) -> tuple[float, list[float], float]:
    """Integrate along the straight line: 1/T, v/T² for each holder, and Q/T³.

    v are the holders' amounts, T is their sum and Q the sum of their squares. The gradient of
    a holder's share is (own ? 1/T : 0) − v/T², that of the HHI is 2·v/T² − 2·Q/T³.
    """
    if math.fsum(before) > math.fsum(after):  # the same line, walked from its small end: t is
        before, after = after, before  # then precise where the total is small
    inverse: list[float] = []
    levels: list[list[float]] = [[] for _ in before]
    rate: list[float] = []
    for at, weight in _find_nodes(math.fsum(before), math.fsum(after)):
        amounts = [(1 - at) * a + at * b for a, b in zip(before, after, strict=True)]
        total = math.fsum(amounts)
        shares = [amount / total for amount in amounts]
        inverse.append(weight / total)
        rate.append(weight * math.fsum(s * s for s in shares) / total)
        for level, share in zip(levels, shares, strict=True):
            level.append(weight * share / total)
    return math.fsum(inverse), [math.fsum(level) for level in levels], math.fsum(rate)


def _find_nodes(first: float, last: float) -> Iterator[tuple[float, float]]:
    """Yield Gauss–Legendre nodes and weights on panels over which the total at most doubles.

    The total must not fall from first to last.

    The functions have one pole, where the total is zero. On such a panel 16 nodes leave an
    error of about 5.8 to the power of −32, which is below double precision.
    """
    rule = _find_rule(NODES)
    panels = max(1, math.ceil(math.log2(last / first)))
    ratio = (last / first) ** (1 / panels)
    cuts = [
        (ratio**number - 1) / (ratio**panels - 1) if number else 0.0 for number in range(panels)
    ]
    for left, right in zip(cuts, [*cuts[1:], 1.0], strict=True):
        half = (right - left) / 2
        for point, weight in rule:
            yield left + half * (1 + point), half * weight


@cache
def _find_rule(number: int) -> tuple[tuple[float, float], ...]:
    """Return the Gauss–Legendre points and weights on [−1, 1], by Newton's method.

    Written out because loading NumPy for them takes longer than all the rest.
    """
    rule = []
    for index in range(number):
        x = math.cos(math.pi * (index + 0.75) / (number + 0.5))
        for _ in range(8):
            before, value = 1.0, x
            for k in range(2, number + 1):
                before, value = value, ((2 * k - 1) * x * value - (k - 1) * before) / k
            slope = number * (x * value - before) / (x * x - 1)
            x -= value / slope
        rule.append((x, 2 / ((1 - x * x) * slope * slope)))
    return tuple(rule)


def _percent(amounts: list[float]) -> list[float]:
    total = math.fsum(amounts)
    return [100 * amount / total for amount in amounts]


def _balance(parts: list[float], change: float) -> list[float]:
    """Spread what rounding left over the parts by their size, so that they sum to the change."""
    rest = change - math.fsum(parts)
    size = math.fsum(abs(part) for part in parts)
    return [part + rest * abs(part) / size for part in parts] if size else parts


def _name_effect(before: float, after: float) -> str:
    if before == after:
        return "unchanged"
    return "started" if before == 0 else "ended" if after == 0 else "changed"

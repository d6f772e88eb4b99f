"""How concentrated a market is: shares, indices, and what contract sizes alone force."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehabgraph.graph.errors import EmptyMarket
from rehabgraph.queries.amounts import check_amount, check_amounts, compute_hhi, compute_shares
from rehabgraph.queries.bands import BANDS, Bands, read_bands

__all__ = [
    "BANDS",
    "Bands",
    "Concentration",
    "Granularity",
    "measure_concentration",
    "measure_granularity",
    "measure_shares",
    "read_bands",
]


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated a market is.

    Attributes:
        hhi: Herfindahl–Hirschman index, above 0 and at most 10,000.
        equivalent_holders: 10,000 / HHI: so many equal holders would give the same HHI.
        cr1: share of the largest holder, in percent.
        cr3: share of the three largest, in percent.
        cr5: share of the five largest, in percent.
        entropy: Shannon entropy in nats (natural logarithm).
        effective_entropy: exp(entropy): so many equal holders would give the same entropy.
        gini: Gini coefficient among the holders, from 0 (all equal) to below 1.
        holders: number of holders of more than zero.
    """

    hhi: float
    equivalent_holders: float
    cr1: float
    cr3: float
    cr5: float
    entropy: float
    effective_entropy: float
    gini: float
    holders: int


@dataclass(frozen=True, slots=True)
class Granularity:
    """How much of an HHI the sizes of the contracts force.

    Attributes:
        hhi: the HHI of the market as it is.
        floor: the HHI if each contract had a holder of its own.
        excess: (hhi − floor) / (10,000 − floor), from 0 to 1; None for a market of one
            contract, where no other holding is possible.
        contracts: number of contracts of more than zero.
    """

    hhi: float
    floor: float
    excess: float | None
    contracts: int


def measure_shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each holder, in percent.

    Args:
        amounts: holder → amount, in any one unit.

    Returns:
        Holder → percent, in the order given; a holder of zero keeps its share of zero.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing.

    >>> measure_shares({"a": 3, "b": 1})
    {'a': 75.0, 'b': 25.0}
    """
    shares = compute_shares(check_amounts(amounts))
    return {holder: shares.get(holder, 0.0) for holder in amounts}


def measure_concentration(amounts: Mapping[str, float]) -> Concentration:
    """Return how concentrated a market is.

    Args:
        amounts: holder → amount, in any one unit; amounts are normalised to their sum.

    Returns:
        The indices; holders of zero change nothing and are not counted.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing.

    >>> measure_concentration({"a": 30, "b": 30, "c": 20, "d": 20}).hhi
    2600.0

    Source: US DOJ and FTC, Merger Guidelines (2023), guideline 1, for the HHI; Hill, "Diversity
    and evenness" (1973), for 10,000/HHI and exp(entropy).
    """
    positive = check_amounts(amounts)
    ranked = sorted(positive.values(), reverse=True)
    total = math.fsum(ranked)
    shares = [amount / total for amount in ranked]
    hhi = compute_hhi(ranked)
    entropy = max(0.0, -math.fsum(share * math.log(share) for share in shares if share > 0))
    return Concentration(
        hhi=hhi,
        equivalent_holders=10_000 / hhi,
        cr1=_largest(ranked, total, 1),
        cr3=_largest(ranked, total, 3),
        cr5=_largest(ranked, total, 5),
        entropy=entropy,
        effective_entropy=math.exp(entropy),
        gini=_gini(shares),
        holders=len(positive),
    )


def measure_granularity(blocks: Mapping[str, Sequence[float]]) -> Granularity:
    """Return the HHI that contract sizes alone force, and the excess over it.

    Large contracts make a market look concentrated even when nobody holds two of them.

    Args:
        blocks: holder → the amounts of its contracts.

    Returns:
        HHI, floor and excess.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the amounts add up to nothing.

    >>> g = measure_granularity({"A": [10, 10], "B": [30], "C": [25, 25]})
    >>> g.hhi, g.floor, round(g.excess, 4)
    (3800.0, 2350.0, 0.1895)

    Source: our own measure, of the family of normalised Herfindahl indices.
    """
    held = {
        holder: [check_amount(amount, f"a contract of {holder}") for amount in contracts]
        for holder, contracts in blocks.items()
    }
    contracts = [amount for amounts in held.values() for amount in amounts if amount > 0]
    if not contracts:
        raise EmptyMarket("the contracts add up to nothing: there is no market to measure")
    floor = compute_hhi(contracts)
    hhi = max(floor, compute_hhi(math.fsum(amounts) for amounts in held.values()))
    excess = (hhi - floor) / (10_000 - floor) if len(contracts) > 1 and floor < 10_000 else None
    return Granularity(hhi=hhi, floor=floor, excess=excess, contracts=len(contracts))


def _largest(ranked: list[float], total: float, number: int) -> float:
    """Share of the largest few, in percent; the amounts come largest first."""
    return min(100.0, 100 * math.fsum(ranked[:number]) / total)


def _gini(shares: list[float]) -> float:
    """Mean absolute difference over twice the mean; the shares come largest first."""
    holders = len(shares)
    ranks = range(holders - 1, -holders, -2)
    return max(0.0, math.fsum(r * s for r, s in zip(ranks, shares, strict=True)) / holders)

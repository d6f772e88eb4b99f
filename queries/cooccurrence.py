"""Do two providers serve the same areas more often than chance alone would have it?

Under the chance model each provider keeps its number of areas and the areas are drawn blindly.
The number of areas two providers share then follows the hypergeometric distribution.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from numbers import Real

from rehabgraph.graph.errors import BadParameter, NetworkShapeError

CORRECTION = "Benjamini–Hochberg (false discovery rate)"


@dataclass(frozen=True, slots=True)
class PairOverlap:
    """Two providers, the areas they share, and what chance would give.

    `smallest_alone` is the smallest overlap with a p-value at or below alpha, and
    `smallest_corrected` the smallest at or below alpha divided by the number of pairs: an overlap
    found even if it is the only one. Both are None where not even full overlap suffices.
    """

    first: str
    second: str
    first_areas: int
    second_areas: int
    shared: tuple[str, ...]
    expected: float
    p_value: float
    adjusted: float
    significant: bool
    smallest_alone: int | None
    smallest_corrected: int | None

    @property
    def observed(self) -> int:
        """Number of areas that both serve."""
        return len(self.shared)


@dataclass(frozen=True, slots=True)
class Cooccurrence:
    """All pairs of providers, with how far the test could see at this size."""

    areas: int
    alpha: float
    correction: str
    pairs: tuple[PairOverlap, ...]
    significant: int
    never_significant: int
    power: str


def measure_cooccurrence(
    served: Mapping[str, Collection[str]], areas: Collection[str], *, alpha: float = 0.05
) -> Cooccurrence:
    """Return, for every pair of providers, the areas shared and the chance of as many or more.

    Args:
        served: provider → areas it serves; a provider without areas has no pair.
        areas: all areas that could have been served.
        alpha: the level of the test, between 0 and 1.

    Returns:
        Pairs by p-value, then by name; p-values are one-sided (as many or more), `adjusted` holds
        them after the Benjamini–Hochberg correction, and `power` says in words what could have
        been seen.

    Raises:
        BadParameter: alpha is not between 0 and 1.
        NetworkShapeError: there are no areas, or a provider serves one that is not among them.

    Example:
        >>> found = measure_cooccurrence(
        ...     {"Ash": "abcd", "Birch": "abcd", "Cedar": "ae"}, areas="abcdefgh"
        ... )
        >>> pair = found.pairs[0]
        >>> pair.observed, pair.expected, round(pair.p_value, 4), round(pair.adjusted, 4)
        (4, 2.0, 0.0143, 0.0429)

    Source:
        Veech, A probabilistic model for analysing species co-occurrence, Global Ecology and
        Biogeography 22 (2013) 252–260; Benjamini and Hochberg, Controlling the false discovery
        rate, Journal of the Royal Statistical Society B 57 (1995) 289–300.
    """
    if isinstance(alpha, bool) or not isinstance(alpha, Real) or not 0 < alpha < 1:
        raise BadParameter(f"alpha is {alpha}: give a level between 0 and 1, such as 0.05")
    every = set(areas)
    held = {name: set(places) for name, places in sorted(served.items()) if places}
    _check_areas(held, every)
    names = list(combinations(held, 2))
    tails = [_tail(len(every), *sorted((len(held[a]), len(held[b])))) for a, b in names]
    shared = [tuple(sorted(held[a] & held[b])) for a, b in names]
    chances = [tail[len(both)] for tail, both in zip(tails, shared, strict=True)]
    pairs = [
        PairOverlap(
            first=a,
            second=b,
            first_areas=len(held[a]),
            second_areas=len(held[b]),
            shared=both,
            expected=len(held[a]) * len(held[b]) / len(every),
            p_value=tail[len(both)],
            adjusted=adjusted,
            significant=adjusted <= alpha,
            smallest_alone=_first_at_most(tail, alpha),
            smallest_corrected=_first_at_most(tail, alpha / len(names)),
        )
        for (a, b), tail, both, adjusted in zip(
            names, tails, shared, adjust_for_many(chances), strict=True
        )
    ]
    pairs.sort(key=lambda pair: (pair.p_value, pair.first, pair.second))
    return Cooccurrence(
        areas=len(every),
        alpha=alpha,
        correction=CORRECTION,
        pairs=tuple(pairs),
        significant=sum(pair.significant for pair in pairs),
        never_significant=sum(pair.smallest_alone is None for pair in pairs),
        power=_power_note(pairs, len(every), alpha),
    )


def adjust_for_many(chances: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number by the Benjamini–Hochberg step-up rule.

    Args:
        chances: p-values of one family of tests.

    Returns:
        Adjusted p-values in the order given; comparing them with alpha keeps the expected share
        of false findings at or below alpha.

    Raises:
        BadParameter: a p-value does not lie from 0 to 1.

    Example:
        >>> adjust_for_many([0.01, 0.04, 0.03, 0.5])
        [0.04, 0.05333333333333334, 0.05333333333333334, 0.5]

    Source:
        Benjamini and Hochberg (1995), as in `measure_cooccurrence`.
    """
    if wrong := [p for p in chances if not 0 <= p <= 1]:
        raise BadParameter(f"a p-value lies from 0 to 1, not at {wrong[0]}")
    adjusted = [1.0] * len(chances)
    lowest = 1.0
    ranked = sorted(range(len(chances)), key=lambda i: chances[i])
    for rank in range(len(ranked), 0, -1):
        i = ranked[rank - 1]
        lowest = min(lowest, chances[i] * len(chances) / rank)
        adjusted[i] = max(lowest, chances[i])  # p · m / m can round below p
    return adjusted


@lru_cache(maxsize=4096)
def _tail(areas: int, small: int, large: int) -> tuple[float, ...]:
    """Return, for each overlap from 0 to `small`, the chance of that overlap or more."""
    ways = [comb(large, k) * comb(areas - large, small - k) for k in range(small + 1)]
    every = comb(areas, small)
    return tuple(sum(ways[k:]) / every for k in range(small + 1))


def _first_at_most(tail: Sequence[float], level: float) -> int | None:
    return next((k for k, chance in enumerate(tail) if chance <= level), None)


def _check_areas(held: Mapping[str, set[str]], every: set[str]) -> None:
    if not every:
        raise NetworkShapeError("there are no areas: give all areas that could have been served")
    for name, places in held.items():
        if stray := sorted(places - every):
            raise NetworkShapeError(
                f"{name} serves {stray[0]}, which is not among the {len(every)} areas: "
                "add it to the areas or mend the name"
            )


def _power_note(pairs: Sequence[PairOverlap], areas: int, alpha: float) -> str:
    """Say in words what overlap would have been seen at the sizes at hand."""
    if not pairs:
        return "No pair to test: fewer than two providers have a known area."
    found = sum(pair.significant for pair in pairs)
    never = sum(pair.smallest_alone is None for pair in pairs)
    alone_only = sum(pair.smallest_corrected is None for pair in pairs) - never
    ranked = sorted(
        pairs, key=lambda p: (p.expected, min(p.first_areas, p.second_areas), p.first, p.second)
    )
    middle = ranked[(len(ranked) - 1) // 2]
    sizes = sorted((middle.first_areas, middle.second_areas))
    return (
        f"{len(pairs)} pairs tested in {areas} areas at {alpha:.3g}; {found} significant after "
        f"correction. {never} could not have been significant with any overlap, and {alone_only} "
        f"more only if others were significant too. The middle pair (providers in {sizes[0]} and "
        f"{sizes[1]} areas) shares {middle.expected:.2g} by chance: significant alone "
        f"{_needed(middle, middle.smallest_alone)}, and if the only one among {len(pairs)} pairs "
        f"{_needed(middle, middle.smallest_corrected)}. {_least_effect(pairs)}"
        "A weaker pattern would not be seen: a pair not listed as significant is not shown to "
        "be unrelated."
    )


def _needed(pair: PairOverlap, overlap: int | None) -> str:
    if overlap is None:
        return "with no overlap whatever"
    return f"from {overlap} shared on ({overlap / pair.expected:.2g} times chance)"


def _least_effect(pairs: Sequence[PairOverlap]) -> str:
    """Say how strong a pattern must be, at best, to be significant by itself."""
    needed = [
        (pair.smallest_alone / pair.expected, *sorted((pair.first_areas, pair.second_areas)))
        for pair in pairs
        if pair.smallest_alone is not None
    ]
    if not needed:
        return ""
    ratio, small, large = min(needed)
    return (
        f"The smallest effect that any pair could show alone is {ratio:.2g} times chance "
        f"(providers in {small} and {large} areas). "
    )

"""Layers of share: the lead alone, a consortium's members, all who deliver.

A contract has one lead on paper. Behind it a consortium may stand, whose members split it in a
way that no source states, and subcontractors, of whose pay no source says anything. So each layer
gives every organisation an interval: from what is its own for certain to what may be its own.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.amounts import check_amount

LAYERS = ("lead", "consortium", "delivery")
TWO_THIRDS = 200 / 3


class Work(NamedTuple):
    """An amount of work, and the organisations that may have any part of it between them."""

    amount: float
    by: frozenset[str]


@dataclass(frozen=True, slots=True)
class LayerShare:
    """A share in percent: the least and the most over all splits of the work."""

    low: float
    high: float

    def compare(self, figure: float) -> str:
        """Say where a figure lies: `below`, `above` or `within` what the share can be.

        >>> LayerShare(60, 65).compare(200 / 3)
        'above'
        """
        if figure < self.low:
            return "below"
        return "above" if figure > self.high else "within"


def measure_layer_shares(work: Iterable[Work]) -> dict[str, LayerShare]:
    """Return the share of each organisation when work is split among those who may have it.

    The whole is fixed: a piece of work goes to somebody of those named, in unknown parts. So an
    organisation has at least the work that it alone may have, and at most all that it may have.

    Args:
        work: pieces of work, each with one organisation or more.

    Returns:
        Organisation → share, in order of name.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        BadParameter: a piece of work is nobody's.
        EmptyMarket: the work adds up to nothing.

    >>> measure_layer_shares([Work(3, frozenset("a")), Work(1, frozenset("ab"))])["a"]
    LayerShare(low=75.0, high=100.0)

    Source: this project's own measure; bounds of a sum over unknown splits.
    """
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    total = 0.0
    for amount, by in work:
        if not by:
            raise BadParameter("a piece of work is nobody's: name who may have it")
        checked = check_amount(amount, "a piece of work")
        total += checked
        for name in by:
            high[name] = high.get(name, 0.0) + checked
            low[name] = low.get(name, 0.0) + (checked if len(by) == 1 else 0.0)
    if not total:
        raise EmptyMarket("the work adds up to nothing: it has no shares")
    return {
        name: LayerShare(100 * low[name] / total, 100 * high[name] / total) for name in sorted(high)
    }


def measure_class_share(work: Iterable[Work], counts: Mapping[str, bool | None]) -> LayerShare:
    """Return the share of a class of organisations, such as charities.

    A piece of work is theirs for certain when all who may have it are known to be of the class,
    and may be theirs when one of them is, or is not known not to be.

    Args:
        work: pieces of work, each with one organisation or more.
        counts: organisation → whether it is of the class; None or missing where unknown.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: the work adds up to nothing.

    >>> measure_class_share([Work(1, frozenset("ab")), Work(1, frozenset("a"))], {"a": True})
    LayerShare(low=50.0, high=100.0)

    Source: this project's own measure; bounds of a sum over unknown splits.
    """
    least = most = total = 0.0
    for amount, by in work:
        checked = check_amount(amount, "a piece of work")
        known: Collection[bool | None] = [counts.get(name) for name in by]
        total += checked
        least += checked if known and all(known) else 0.0
        most += checked if any(of is not False for of in known) else 0.0
    if not total:
        raise EmptyMarket("the work adds up to nothing: it has no shares")
    return LayerShare(100 * least / total, 100 * most / total)

"""Amounts of a market: checked once, then turned into shares and an index.

Every measure of shares starts here, so that bad input is refused in one place and in one way.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from numbers import Real

from rehabgraph.graph.errors import EmptyMarket, InvalidAmount, UnknownName

SMALLEST, LARGEST = 1e-100, 1e100  # their squares neither vanish nor overflow


def check_amount(amount: object, of: str) -> float:
    """Return an amount as a float, or refuse it.

    Args:
        amount: any real number in any unit; None is not an amount.
        of: whose amount it is, for the message.

    Returns:
        The same amount: zero, or from 1e-100 to 1e100.

    Raises:
        InvalidAmount: the amount is negative, infinite, no number, or out of that range.

    >>> check_amount(30, "Ingeus")
    30.0
    """
    if isinstance(amount, bool) or not isinstance(amount, Real | Decimal):
        raise InvalidAmount(
            f"amount of {of} is {amount!r}: give a number, and leave an unknown amount out"
        )
    try:
        number = float(amount)
    except (OverflowError, ValueError):
        number = math.inf
    if not math.isfinite(number):
        raise InvalidAmount(f"amount of {of} is {amount!r}: give a finite number")
    if number < 0:
        raise InvalidAmount(f"amount of {of} is {amount!r}: give zero or more")
    if number and not SMALLEST <= number <= LARGEST:
        raise InvalidAmount(f"amount of {of} is {amount!r}: give it in another unit")
    return number + 0.0  # -0.0 becomes 0.0


def check_amounts(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the amounts above zero; a holder of zero is no holder.

    Args:
        amounts: holder → amount, in any one unit.

    Returns:
        Holder → amount for the holders of more than zero, in the order given.

    Raises:
        InvalidAmount: an amount is negative, infinite or no number.
        EmptyMarket: nothing is left.

    >>> check_amounts({"a": 30, "b": 0})
    {'a': 30.0}
    """
    checked = {holder: check_amount(amount, holder) for holder, amount in amounts.items()}
    if positive := {holder: amount for holder, amount in checked.items() if amount > 0}:
        return positive
    raise EmptyMarket("the amounts add up to nothing: a market without amounts has no shares")


def compute_hhi(amounts: Iterable[float]) -> float:
    """Return the Herfindahl–Hirschman index of checked amounts, on the scale to 10,000.

    Args:
        amounts: one amount a holder, at least one above zero.

    Returns:
        The sum of squared percentage shares.

    >>> compute_hhi([30.0, 30.0, 20.0, 20.0])
    2600.0
    """
    positive = [amount for amount in amounts if amount > 0]
    if len(positive) == 1:
        return 10_000.0
    total = math.fsum(positive)
    return min(10_000.0, 10_000 * math.fsum(a * a for a in positive) / (total * total))


def compute_shares(amounts: Mapping[str, float]) -> dict[str, float]:
    """Return the shares of checked amounts, in percent.

    Args:
        amounts: holder → amount, at least one above zero.

    Returns:
        Holder → percent, in the same order.

    >>> compute_shares({"a": 3.0, "b": 1.0})
    {'a': 75.0, 'b': 25.0}
    """
    total = math.fsum(amounts.values())
    return {holder: 100 * amount / total for holder, amount in amounts.items()}


def check_names(names: Collection[str] | str, known: Collection[str]) -> tuple[str, ...]:
    """Return the distinct names, sorted, or refuse those that are not in the market.

    Args:
        names: one name or several.
        known: the holders of the market.

    Returns:
        The names, each once, in alphabetical order.

    Raises:
        UnknownName: a name holds nothing in this market; the message gives the nearest ones.

    >>> check_names("b", ["a", "b"])
    ('b',)
    """
    wanted = sorted({names} if isinstance(names, str) else set(names))
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known) or sorted(known)[:3] or ["none, it is empty"]
            raise UnknownName(
                f"{name!r} is not a holder in this market; nearest: {', '.join(near)}"
            )
    return tuple(wanted)

"""Change attribution: everything adds up, and no order is chosen."""

import math
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import EmptyMarket, InvalidAmount
from rehabgraph.queries.attribution import (
    NODES,
    Attribution,
    ContractChange,
    _find_rule,
    measure_attribution,
)
from rehabgraph.queries.concentration import measure_concentration, measure_shares

amount = st.one_of(st.just(0.0), st.floats(0.01, 1e6))
change = st.builds(ContractChange, st.text(max_size=3), st.sampled_from("abcd"), amount, amount)
changes = st.lists(change, min_size=1, max_size=12).filter(
    lambda rows: any(row.before for row in rows) and any(row.after for row in rows)
)


def sum_up(rows: list[ContractChange], date: int) -> dict[str, float]:
    """Amounts of each holder at the first (2) or second (3) date."""
    amounts: dict[str, float] = {}
    for row in rows:
        amounts[row.holder] = amounts.get(row.holder, 0) + row[date]
    return amounts


def walk(rows: list[ContractChange], steps: int) -> list[float]:
    """HHI parts by brute force: all contracts move in small steps, one nudged at a time."""
    parts = [0.0] * len(rows)

    def hhi(amounts: list[float]) -> float:
        held: dict[str, float] = {}
        for row, value in zip(rows, amounts, strict=True):
            held[row.holder] = held.get(row.holder, 0) + value
        return 1e4 * sum(v * v for v in held.values()) / sum(held.values()) ** 2

    for step in range(steps):
        at = (step + 0.5) / steps
        middle = [row.before + at * (row.after - row.before) for row in rows]
        for index, row in enumerate(rows):
            half = (row.after - row.before) / steps / 2
            up, down = middle.copy(), middle.copy()
            up[index] += half
            down[index] -= half
            parts[index] += hhi(up) - hhi(down)
    return parts


def check_sums(found: Attribution) -> None:
    """Parts sum to the change of the HHI and of each share; the shares of each part to zero."""
    total = math.fsum(part.hhi for part in found.parts)
    assert total == pytest.approx(found.hhi_after - found.hhi_before, abs=1e-8)
    for holder, before in found.shares_before.items():
        moved = math.fsum(part.shares[holder] for part in found.parts)
        assert moved == pytest.approx(found.shares_after[holder] - before, abs=1e-10)
    for part in found.parts:
        assert math.fsum(part.shares.values()) == pytest.approx(0, abs=1e-9)


def test_a_contract_that_passes_from_b_to_c_by_hand() -> None:
    """A 1 stays; B's 1 ends and C's 1 starts, so the total stays 2 and v = (1, 1 − t, t).

    The end gives A ∫1/4, B −∫(1 + t)/4, C ∫t/4: 25, −37.5 and 12.5 points. The start gives A
    −∫1/4, B −∫(1 − t)/4, C ∫(2 − t)/4: −25, −12.5 and 37.5.
    HHI: −(2/8 − 2·(5/3)/8) = +1/6 of 10,000 for the end, −1/6 for the start.
    """
    rows = [
        ContractChange("1", "A", 1, 1),
        ContractChange("2", "B", 1, 0),
        ContractChange("3", "C", 0, 1),
    ]
    found = measure_attribution(rows)
    stayed, ended, started = found.parts
    assert [part.effect for part in found.parts] == ["unchanged", "ended", "started"]
    assert (stayed.hhi, set(stayed.shares.values())) == (0, {0})
    assert ended.hhi == pytest.approx(10_000 / 6)
    assert started.hhi == pytest.approx(-10_000 / 6)
    assert ended.shares == pytest.approx({"A": 25, "B": -37.5, "C": 12.5})
    assert started.shares == pytest.approx({"A": -25, "B": -12.5, "C": 37.5})
    assert found.shares_after == {"A": 50, "B": 0, "C": 50}


def test_growth_by_a_factor_that_differs_by_hand() -> None:
    """A goes from 1 to 2 while B goes from 1 to 3: T = 2 + 3t, v_A = 1 + t.

    A's own part of its share is ∫(T − v_A)/T² = ∫(1 + 2t)/(2 + 3t)² dt = (2/9)·ln(5/2) −
    (1/3)·(1/2 − 1/5)/3 by the substitution u = 2 + 3t, (1 + 2t) = (2u − 1)/3.
    """
    rows = [ContractChange("1", "A", 1, 2), ContractChange("2", "B", 1, 3)]
    own = (2 * math.log(2.5) - (1 / 2 - 1 / 5)) / 9
    parts = measure_attribution(rows).parts
    assert parts[0].shares["A"] == pytest.approx(100 * own, rel=1e-12)
    assert parts[1].shares["A"] == pytest.approx(100 * (0.4 - 0.5 - own), rel=1e-12)


@settings(deadline=None)
@given(changes)
def test_the_parts_sum_to_the_change(rows: list[ContractChange]) -> None:
    """Both ends agree with measuring the two dates, and nothing is left over."""
    found = measure_attribution(rows)
    check_sums(found)
    before, after = sum_up(rows, 2), sum_up(rows, 3)
    assert found.hhi_before == pytest.approx(measure_concentration(before).hhi)
    assert found.hhi_after == pytest.approx(measure_concentration(after).hhi)
    assert found.shares_before == pytest.approx(measure_shares(before))
    assert found.shares_after == pytest.approx(measure_shares(after))


step = st.one_of(st.just(0.0), st.floats(0.01, 10))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.builds(
            ContractChange,
            st.just("c"), st.sampled_from("abc"), step, step,
        ),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_the_parts_agree_with_small_steps(rows: list[ContractChange]) -> None:
    """An independent walk along the line in 1,000 steps gives the same parts of the HHI."""
    rows = [*rows, ContractChange("base", "z", 20, 30)]
    found = [part.hhi for part in measure_attribution(rows).parts]
    assert found == pytest.approx(walk(rows, 1_000), abs=0.05)


@settings(deadline=None)
@given(changes, st.randoms(), st.floats(1e-3, 1e3))
def test_order_names_and_unit_do_not_matter(
    rows: list[ContractChange], rng: random.Random, factor: float
) -> None:
    """A contract keeps its part wherever it stands in the list."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    moved = [
        ContractChange(
            f"x{i}", f"x{rows[i].holder}", factor * rows[i].before, factor * rows[i].after
        )
        for i in order
    ]
    one, two = measure_attribution(rows), measure_attribution(moved)
    for place, i in enumerate(order):
        assert two.parts[place].hhi == pytest.approx(one.parts[i].hhi, abs=1e-6)
        for holder, share in one.parts[i].shares.items():
            assert two.parts[place].shares[f"x{holder}"] == pytest.approx(share, abs=1e-8)


@settings(deadline=None)
@given(changes)
def test_unchanged_and_absent_contracts_change_nothing(rows: list[ContractChange]) -> None:
    """A contract that did not change, or was never active, is given exactly nothing."""
    found = measure_attribution([*rows, ContractChange("0", "zero", 0, 0)])
    for part in found.parts:
        if part.effect == "unchanged":
            assert part.hhi == 0
            assert not any(part.shares.values())
    for part, alone in zip(found.parts, measure_attribution(rows).parts, strict=False):
        assert part.hhi == pytest.approx(alone.hhi, abs=1e-7)


@settings(deadline=None)
@given(changes)
def test_a_contract_cut_in_two_is_given_the_same(rows: list[ContractChange]) -> None:
    """Two lines of half the amount get what one line gets."""
    first = rows[0]
    half = first._replace(before=first.before / 2, after=first.after / 2)
    whole, cut = measure_attribution(rows), measure_attribution([half, half, *rows[1:]])
    assert cut.parts[0].hhi + cut.parts[1].hhi == pytest.approx(whole.parts[0].hhi, abs=1e-6)


@pytest.mark.parametrize("ratio", [1e-12, 1e-3, 1 - 1e-15, 1, 1 + 1e-15, 1e3, 1e12, 1e60])
def test_the_size_of_the_change_does_not_matter(ratio: float) -> None:
    """From a change of nothing to one of sixty orders, the sums hold; B ends, C starts."""
    rows = [
        ContractChange("1", "A", 1, ratio),
        ContractChange("2", "B", 1, 0),
        ContractChange("3", "C", 0, ratio),
    ]
    check_sums(measure_attribution(rows))


def test_a_closed_form_over_twelve_orders() -> None:
    """A stays at 1 while B starts with 10¹² − 1: that one change gets all that A loses."""
    rows = [ContractChange("1", "A", 1, 1), ContractChange("2", "B", 0, 1e12 - 1)]
    part = measure_attribution(rows).parts[1]
    assert part.shares["A"] == pytest.approx(1e-10 - 100, rel=1e-14)


@pytest.mark.parametrize(("before", "after", "date"), [(0, 1, "first"), (1, 0, "second")])
def test_a_market_empty_at_one_date_is_an_error(before: float, after: float, date: str) -> None:
    """It has no shares at that date, so there is no change to give out."""
    with pytest.raises(EmptyMarket, match=f"empty at the {date} date"):
        measure_attribution([ContractChange("1", "A", before, after)])
    with pytest.raises(EmptyMarket):
        measure_attribution([])


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, None, "1", True])
def test_a_bad_amount_is_an_error(value: float) -> None:
    """The message names the contract and the date."""
    with pytest.raises(InvalidAmount, match="contract 2 at the second date"):
        measure_attribution([ContractChange("1", "A", 1, 1), ContractChange("2", "B", 1, value)])


def test_the_integration_rule_is_that_of_numpy() -> None:
    """Points and weights agree with an independent implementation."""
    from numpy.polynomial.legendre import leggauss

    points, weights = leggauss(NODES)
    rule = sorted(_find_rule(NODES))
    assert [point for point, _ in rule] == pytest.approx(points.tolist(), abs=1e-15)
    assert [weight for _, weight in rule] == pytest.approx(weights.tolist(), abs=1e-14)


def test_two_hundred_contracts_take_no_time() -> None:
    """Far more contracts than there are cost well under a second of work."""
    rng = random.Random(3)  # noqa: S311
    rows = [
        ContractChange(str(i), str(i % 40), rng.choice([0, rng.random()]), rng.random())
        for i in range(200)
    ]
    start = time.process_time()
    check_sums(measure_attribution(rows))
    assert time.process_time() - start < 2

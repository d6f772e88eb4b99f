"""Unknown splits: every possible split lies in the interval, and its ends are reached."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket, InvalidAmount
from rehabgraph.queries.concentration import measure_concentration
from rehabgraph.queries.intervals import (
    Interval,
    SharedPrice,
    is_robust,
    measure_hhi_interval,
    measure_share_intervals,
    split_amount,
)

Known = dict[str, float]
Shared = list[tuple[str, float]]
holder = st.sampled_from("abcdefg")
amount = st.one_of(st.just(0.0), st.integers(1, 20).map(float), st.floats(0.01, 1e4))
known_amounts = st.dictionaries(holder, amount, max_size=7)
shared_amounts = st.lists(st.tuples(holder, amount), max_size=8)


def hhi(vectors: np.ndarray) -> np.ndarray:
    """HHI of each row, written out."""
    return 1e4 * (vectors**2).sum(axis=1) / vectors.sum(axis=1) ** 2


def split(known: Known, shared: Shared, parts: np.ndarray) -> np.ndarray:
    """Amounts of each holder when the shared prices lie in the cell to these parts."""
    names = sorted(known.keys() | {name for name, _ in shared})
    vectors = np.zeros((len(parts), len(names))) + [known.get(name, 0.0) for name in names]
    for column, (name, price) in enumerate(shared):
        vectors[:, names.index(name)] += parts[:, column] * price
    return vectors


def descend(known: Known, shared: Shared) -> float:
    """Least HHI by SciPy's bounded minimiser on its root, from several starts."""
    from scipy.optimize import minimize

    size = max([*known.values(), *(price for _, price in shared)])
    none = split(known, shared, np.zeros((1, len(shared))))[0] / size
    sides = split(known, shared, np.eye(len(shared))) / size - none
    least = 0.0 if none.any() else 1e-2 * min(price for _, price in shared if price) / size

    def root(x: np.ndarray) -> tuple[float, np.ndarray]:
        v = none + x @ sides
        length, total = np.linalg.norm(v), v.sum()
        return length / total, sides @ (v / (length * total) - length / total**2)

    options = {"ftol": 1e-16, "gtol": 1e-12, "maxiter": 10_000, "maxfun": 100_000}
    found = [
        minimize(
            root,
            np.full(len(shared), start),
            jac=True,
            bounds=[(least, 1)] * len(shared),
            method="L-BFGS-B",
            options=options,
        ).fun
        for start in (0.05, 0.5, 0.95)
    ]
    return 1e4 * float(min(found)) ** 2


def test_the_worked_example_in_the_first_region() -> None:
    """£6m over two regions, two others have 5 and 5 here: [3,333.33, 5,000] by hand.

    With x of it here the HHI is 10,000·(50 + x²)/(10 + x)²: 5,000 at 0, least at x = 5
    (75/225), 3,359.4 at 6.
    """
    found = measure_hhi_interval({"b": 5, "c": 5}, [SharedPrice("a", 6)])
    assert (found.low, found.high) == pytest.approx((10_000 / 3, 5_000), rel=1e-12)
    assert found.exact
    assert not found.may_be_empty


def test_the_worked_example_in_the_second_region() -> None:
    """There its holder has 4 and another 4: [5,000, 5,918.37] by hand (116/196 at x = 6)."""
    found = measure_hhi_interval({"a": 4, "b": 4}, [("a", 6)])
    assert (found.low, found.high) == pytest.approx((5_000, 1_160_000 / 196), rel=1e-12)


def test_shares_of_the_worked_example() -> None:
    """By hand: a from 4/8 to 10/14, and b the rest."""
    found = measure_share_intervals({"a": 4, "b": 4}, [("a", 6)])
    assert (found["a"].low, found["a"].high) == pytest.approx((50, 1_000 / 14))
    assert (found["b"].low, found["b"].high) == pytest.approx((400 / 14, 50))


@given(known_amounts.filter(lambda known: any(known.values())))
def test_without_shared_prices_the_interval_is_the_figure(known: Known) -> None:
    """When all is known both ends are the HHI of the cell."""
    found = measure_hhi_interval(known, [])
    assert (found.low, found.high) == pytest.approx((measure_concentration(known).hhi,) * 2)


@settings(max_examples=60, deadline=None)
@given(known_amounts, shared_amounts, st.integers(0, 2**32 - 1))
def test_every_split_lies_inside_and_the_ends_are_reached(
    known: Known, shared: Shared, seed: int
) -> None:
    """10,000 random splits and all corners; ends against SciPy and against all corners."""
    if not any(known.values()) and not any(price for _, price in shared):
        return
    rng = np.random.default_rng(seed)
    inner = rng.beta(*rng.choice([0.3, 1, 3], 2), (10_000, len(shared)))
    corners = np.array(list(product((0, 1), repeat=len(shared))), dtype=float)
    sampled = split(known, shared, np.vstack([inner, corners]))
    sampled = sampled[sampled.sum(axis=1) > 0]
    found, values = measure_hhi_interval(known, shared), hhi(sampled)
    assert found.exact
    assert found.low * (1 - 1e-9) <= values.min()
    assert values.max() <= found.high * (1 + 1e-9)
    assert found.high == pytest.approx(values.max(), rel=1e-9)
    reached = min(descend(known, shared), values.min()) if shared else values.min()
    assert found.low == pytest.approx(reached, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(known_amounts, shared_amounts, st.integers(0, 2**32 - 1))
def test_every_share_lies_inside_and_the_ends_are_reached(
    known: Known, shared: Shared, seed: int
) -> None:
    """Ends of shares against all corners, and 10,000 random splits inside."""
    if not any(known.values()) and not any(price for _, price in shared):
        return
    inner = np.random.default_rng(seed).random((10_000, len(shared)))
    corners = np.array(list(product((0, 1), repeat=len(shared))), dtype=float)
    vectors = split(known, shared, np.vstack([inner, corners]))
    vectors = vectors[vectors.sum(axis=1) > 0]
    shares = 100 * vectors / vectors.sum(axis=1)[:, None]
    found = measure_share_intervals(known, shared)
    for column, name in enumerate(sorted(found)):
        assert found[name].low == pytest.approx(shares[:, column].min(), abs=1e-9)
        assert found[name].high == pytest.approx(shares[:, column].max(), abs=1e-9)
        assert found[name].may_be_empty is not any(known.values())


def test_a_cell_that_may_be_empty_says_so() -> None:
    """Nothing known: the empty split has no shares; over all others one may have everything.

    By hand: with 3 and 1 shared the most equal split is 1 and 1, or any equal part: 5,000.
    """
    found = measure_hhi_interval({"c": 0}, [("a", 3), ("b", 1)])
    assert found == Interval(pytest.approx(5_000), 10_000, exact=True, may_be_empty=True)
    alone = measure_hhi_interval({}, [("a", 3)])
    assert alone == Interval(10_000, 10_000, exact=True, may_be_empty=True)
    assert measure_share_intervals({}, [("a", 3)])["a"] == Interval(100, 100, may_be_empty=True)


def test_forty_holders_are_exact() -> None:
    """2⁴⁰ corners are searched without listing them.

    Equal holders of 1 with up to 2 more each: with k raised the HHI is
    10,000·(40 + 8k)/(40 + 2k)², largest at k = 10 by hand: 120/3,600.
    """
    names = [str(i) for i in range(40)]
    found = measure_hhi_interval(dict.fromkeys(names, 1), [(name, 2) for name in names])
    assert found.exact
    assert (found.low, found.high) == pytest.approx((250, 10_000 * 120 / 3_600))


def test_a_search_cut_short_gives_a_bound_and_says_so() -> None:
    """With too few steps the upper end is still above every corner, and `exact` is False."""
    rng = np.random.default_rng(7)
    known = {str(i): float(x) for i, x in enumerate(rng.random(14))}
    shared = [(str(i), float(x)) for i, x in enumerate(3 * rng.random(14))]
    full, cut = (
        measure_hhi_interval(known, shared),
        measure_hhi_interval(known, shared, most_steps=0),
    )
    assert full.exact
    assert not cut.exact
    assert cut.low == full.low
    corners = np.array(list(product((0, 1), repeat=14)), dtype=float)
    assert full.high == pytest.approx(hhi(split(known, shared, corners)).max(), rel=1e-9)
    assert full.high < cut.high < 1.1 * full.high


@given(known_amounts, shared_amounts, st.floats(1e-3, 1e3))
def test_unit_order_names_and_zero_holders_do_not_matter(
    known: Known, shared: Shared, factor: float
) -> None:
    """The interval is that of the amounts alone."""
    if not any(known.values()) and not any(price for _, price in shared):
        return
    other = {f"x{name}": factor * value for name, value in reversed(known.items())} | {"zero": 0.0}
    prices = [(f"x{name}", factor * price) for name, price in reversed(shared)] + [("none", 0.0)]
    one, two = measure_hhi_interval(known, shared), measure_hhi_interval(other, prices)
    assert (two.low, two.high) == pytest.approx((one.low, one.high), rel=1e-9)
    assert (two.exact, two.may_be_empty) == (one.exact, one.may_be_empty)


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, None, "6", True])
def test_a_bad_amount_is_an_error(value: float) -> None:
    """Known or shared, it is refused."""
    for measure in (measure_hhi_interval, measure_share_intervals):
        with pytest.raises(InvalidAmount):
            measure({"a": value}, [("b", 1)])
        with pytest.raises(InvalidAmount):
            measure({"a": 1}, [("b", value)])


def test_an_empty_cell_is_an_error() -> None:
    """Nothing known and nothing shared has no interval."""
    for measure in (measure_hhi_interval, measure_share_intervals):
        with pytest.raises(EmptyMarket):
            measure({"a": 0}, [("b", 0)])


def test_tiny_known_amounts_do_not_break_the_arithmetic() -> None:
    """Against a price 10⁹⁰ times larger what is known counts for nothing: up to 10,000."""
    found = measure_hhi_interval({"a": 1e-80, "b": 2e-80}, [("c", 1e10)])
    assert found.high == 10_000
    assert found.low == pytest.approx(10_000 * 70 / 196)  # by hand: c = 5/3, (5 + 25/9)/(14/3)²
    assert not found.may_be_empty


@pytest.mark.parametrize(
    ("low", "high", "robust"),
    [(1_900, 2_500, True), (1_000, 1_800, True), (1_800, 1_801, False), (1_000, 2_000, False)],
)
def test_a_statement_is_robust_only_when_the_whole_interval_agrees(
    low: float, high: float, robust: bool
) -> None:
    """The statement "above 1,800" is false at 1,800 itself."""
    assert is_robust(Interval(low, high), 1_800) is robust


def test_robust_against_nothing_is_an_error() -> None:
    """NaN is no threshold."""
    with pytest.raises(BadParameter):
        is_robust(Interval(1, 2), math.nan)


def test_splits_are_made_only_by_name() -> None:
    """Equal and population by hand; any other name is refused with those two."""
    assert split_amount(9, ["n", "s", "w"], "equal") == {"n": 3, "s": 3, "w": 3}
    people = {"n": 100, "s": 200, "elsewhere": 5}
    assert split_amount(9, ["n", "s"], "population", people) == pytest.approx({"n": 3, "s": 6})
    with pytest.raises(BadParameter, match="use equal or population"):
        split_amount(9, ["n"], "")
    with pytest.raises(BadParameter, match="no population for 'w'"):
        split_amount(9, ["n", "w"], "population", people)
    for cells in ([], ["n", "n"]):
        with pytest.raises(BadParameter, match="each once"):
            split_amount(9, cells, "equal")
    with pytest.raises(EmptyMarket):
        split_amount(9, ["n"], "population", {"n": 0})
    with pytest.raises(InvalidAmount):
        split_amount(math.nan, ["n"], "equal")

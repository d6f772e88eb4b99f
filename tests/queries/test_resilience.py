"""Failure, merger, dependency and cells without a lead."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket, InvalidAmount, UnknownName
from rehabgraph.queries.concentration import measure_concentration, measure_shares
from rehabgraph.queries.resilience import (
    Dependency,
    Holding,
    Lead,
    measure_dependency,
    measure_failure,
    measure_lost_cells,
    measure_merger,
    measure_mergers,
    measure_regional_failure,
)

FOUR = {"a": 30, "b": 30, "c": 20, "d": 20}
NINE = dict(zip("abcdefghi", [25, 20, 15, 10, 8, 7, 6, 5, 4], strict=True))
amount = st.floats(0.01, 1e9)
market = st.dictionaries(st.integers(0, 50).map(str), amount, min_size=3, max_size=20)
holdings = st.lists(
    st.builds(Holding, st.sampled_from("abcd"), st.sampled_from("nsew"), amount), min_size=1
)


def hhi_of(amounts: dict[str, float]) -> float:
    """HHI from scratch."""
    return measure_concentration(amounts).hhi


def test_failure_of_the_worked_example() -> None:
    """30/30/20/20 without one 30: by hand 42.857, 28.571, 28.571, so 3,469.39; uplift 3/7."""
    found = measure_failure(FOUR, "a")
    assert found.uplift == pytest.approx(3 / 7)
    assert found.hhi_before == 2_600
    assert found.hhi_after == pytest.approx(170_000 / 49)
    assert found.shares_after == pytest.approx({"b": 300 / 7, "c": 200 / 7, "d": 200 / 7})
    assert (found.failed, found.share) == (("a",), 30)


def test_joint_failure_is_one_event() -> None:
    """Both 30s: the rest must grow by 60/40, and two equal holders are left (by hand)."""
    found = measure_failure(FOUR, ["b", "a", "a"])
    assert (found.failed, found.share) == (("a", "b"), 60)
    assert (found.uplift, found.hhi_after) == (pytest.approx(1.5), 5_000)


@given(market, st.data())
def test_failure_agrees_with_recomputation(amounts: dict[str, float], data: st.DataObject) -> None:
    """Handing the failed amounts out and measuring the new market gives the same figures."""
    names = sorted(amounts)
    gone = data.draw(st.sets(st.sampled_from(names), max_size=len(names) - 1))
    found = measure_failure(amounts, gone)
    lost = sum(amounts[name] for name in gone)
    left = {name: value for name, value in amounts.items() if name not in gone}
    stays = sum(left.values())
    grown = {name: value + lost * value / stays for name, value in left.items()}
    assert found.hhi_after == pytest.approx(hhi_of(grown))
    assert found.hhi_before == hhi_of(amounts)
    assert found.uplift == pytest.approx(lost / stays)
    assert found.share == pytest.approx(100 * lost / (lost + stays))
    assert found.shares_after == pytest.approx(measure_shares(grown))


@given(market)
def test_a_holder_of_zero_fails_without_effect(amounts: dict[str, float]) -> None:
    """Nothing is lost, and the market stays."""
    found = measure_failure({**amounts, "zero": 0}, "zero")
    assert (found.uplift, found.share, found.hhi_after) == (0, 0, found.hhi_before)


def test_a_failure_that_leaves_nobody_is_an_error() -> None:
    """The amounts cannot be taken over, so there is no HHI afterwards."""
    with pytest.raises(EmptyMarket, match="nobody is left"):
        measure_failure({"a": 1, "b": 0}, "a")
    with pytest.raises(EmptyMarket, match="nobody is left"):
        measure_regional_failure([Holding("a", "n", 1)], "a")
    with pytest.raises(EmptyMarket, match="add up to nothing"):
        measure_regional_failure([Holding("a", "n", 0)], "a")


def test_regional_failure_by_hand() -> None:
    """A 6 and B 2 in the north, A 2 and C 6 in the south, A alone in the east with 4.

    A fails: B takes 6 (uplift 3), C takes 2 (uplift 1/3), the east's 4 are stranded. After: B 8,
    C 8, HHI 5,000. Before: A 12, B 2, C 6 of 20: 3,600 + 100 + 900 = 4,600.
    """
    rows = [
        Holding("A", "north", 6), Holding("B", "north", 2), Holding("A", "south", 2),
        Holding("C", "south", 4), Holding("C", "south", 2), Holding("A", "east", 4),
    ]  # fmt: skip
    found = measure_regional_failure(rows, "A")
    assert found.uplifts == {"north": 3, "south": pytest.approx(1 / 3), "east": None}
    assert found.stranded == {"east": 4}
    assert found.share == 60
    assert (found.hhi_before, found.hhi_after) == pytest.approx((4_600, 5_000))
    assert found.shares_after == pytest.approx({"B": 50, "C": 50})


@given(holdings, st.sets(st.sampled_from("abcd"), min_size=1))
def test_regional_failure_agrees_with_recomputation(rows: list[Holding], gone: set[str]) -> None:
    """Region by region, row by row, the same amounts come out; nothing vanishes."""
    present = {row.holder for row in rows}
    gone &= present
    if not gone or gone == present:
        return
    after: dict[str, float] = {}
    stranded = 0.0
    for region in {row.region for row in rows}:
        here = [row for row in rows if row.region == region]
        lost = sum(row.amount for row in here if row.holder in gone)
        stays = sum(row.amount for row in here if row.holder not in gone)
        stranded += lost if not stays else 0
        for row in here:
            if row.holder not in gone:
                more = lost * row.amount / stays
                after[row.holder] = after.get(row.holder, 0) + row.amount + more
    found = measure_regional_failure(rows, gone)
    assert found.hhi_after == pytest.approx(hhi_of(after))
    assert found.shares_after == pytest.approx(measure_shares(after))
    assert sum(found.stranded.values()) == pytest.approx(stranded)
    assert sum(after.values()) + stranded == pytest.approx(sum(row.amount for row in rows))


@given(market)
def test_in_one_region_both_ways_of_taking_over_agree(amounts: dict[str, float]) -> None:
    """A market of one region is a market."""
    first = min(amounts)
    regional = measure_regional_failure([Holding(h, "here", a) for h, a in amounts.items()], first)
    whole = measure_failure(amounts, first)
    assert regional.hhi_after == pytest.approx(whole.hhi_after)
    assert regional.uplifts == {"here": pytest.approx(whole.uplift)}


def test_lost_cells_by_eye() -> None:
    """Two leads in one cell: it is lost only when both fail. Two rows of one lead are one lead."""
    leads = [
        Lead("a", "ETE", "Kent"), Lead("a", "ETE", "Kent"), Lead("a", "ACC", "Kent"),
        Lead("b", "ACC", "Kent"), Lead("c", "ACC", "Essex"),
    ]  # fmt: skip
    alone = measure_lost_cells(leads, "a")
    assert (alone.lost, alone.weakened, alone.cells) == ((("ETE", "Kent"),), (("ACC", "Kent"),), 3)
    both = measure_lost_cells(leads, {"a", "b"})
    assert (both.lost, both.weakened) == ((("ACC", "Kent"), ("ETE", "Kent")), ())


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    """A misspelt holder is no failure of nobody."""
    for call in (
        lambda: measure_failure({"Ingeus": 1, "Nacro": 1}, "Ingeuss"),
        lambda: measure_merger({"Ingeus": 1, "Nacro": 1}, ["Ingeuss", "Nacro"]),
        lambda: measure_lost_cells([Lead("Ingeus", "ETE", "Kent")], "Ingeuss"),
        lambda: measure_regional_failure([Holding("Ingeus", "north", 1)], "Ingeuss"),
        lambda: measure_mergers({"x": {"Ingeus": 1, "Nacro": 1}}, ["Ingeuss", "Nacro"]),
    ):
        with pytest.raises(UnknownName, match="nearest: Ingeus"):
            call()
    with pytest.raises(UnknownName):
        measure_lost_cells([], "a")


@pytest.mark.parametrize(("parties", "after"), [(["h", "i"], 1_580), (["a", "b"], 2_540)])
def test_mergers_of_the_nine_firm_market(parties: list[str], after: float) -> None:
    """25, 20, 15, 10, 8, 7, 6, 5, 4: 5 and 4 take 1,540 to 1,580, 25 and 20 to 2,540.

    Both as in the teaching text named in test_concentration, and by hand (2·5·4 and 2·25·20).
    """
    found = measure_merger(NINE, parties)
    assert (found.before, found.after) == pytest.approx((1_540, after))
    assert found.change == pytest.approx(after - 1_540)


def test_merger_in_a_market_that_does_not_sum_to_a_hundred() -> None:
    """70, 15, 5 stand for 77.8, 16.7, 5.6 percent: 6,358.02 before, not 5,150 (by hand)."""
    found = measure_merger({"a": 70, "b": 15, "c": 5}, ["b", "c"])
    assert found.before == pytest.approx(51_500_000 / 8_100)
    assert found.change == pytest.approx(1_500_000 / 8_100)
    assert found.share == pytest.approx(2_000 / 90)


@given(market, st.data())
def test_a_merger_agrees_with_recomputation(amounts: dict[str, float], data: st.DataObject) -> None:
    """Any number of parties: adding their amounts and measuring again gives `after`."""
    parties = data.draw(st.sets(st.sampled_from(sorted(amounts)), min_size=2))
    found = measure_merger(amounts, parties)
    joint = sum(amounts[party] for party in parties)
    rest = {name: value for name, value in amounts.items() if name not in parties}
    assert found.after == pytest.approx(hhi_of({**rest, "joint": joint}))
    assert found.before == hhi_of(amounts)
    assert found.change == pytest.approx(found.after - found.before, abs=1e-7)
    assert found.change > 0


def test_a_merger_needs_two() -> None:
    """One party twice is no merger."""
    with pytest.raises(BadParameter):
        measure_merger(FOUR, ["a", "a"])
    with pytest.raises(BadParameter):
        measure_mergers({"x": {"a": 1, "b": 1}}, ["a"])


def test_mergers_cell_by_cell() -> None:
    """Only cells in which parties meet are listed; a zero is no meeting (by hand: 1,250)."""
    cells = {
        "met": {"a": 1, "b": 1, "c": 2},
        "zero": {"a": 1, "b": 0, "c": 1},
        "apart": {"a": 1, "c": 1},
        "empty": {"c": 0},
    }
    found = measure_mergers(cells, ["a", "b"])
    assert list(found) == ["met"]
    assert found["met"].change == pytest.approx(1_250)


def test_dependency_both_ways() -> None:
    """Which region rests on one holder, and which holder on one region; ties name all."""
    rows = [
        ("Kent", "a", 1),
        ("Kent", "a", 2),
        ("Kent", "b", 1),
        ("Essex", "a", 1),
        ("Hull", "b", 0),
    ]
    assert measure_dependency([*rows, ("Essex", "b", 1)]) == (
        Dependency("Kent", ("a",), 75, 2),
        Dependency("Essex", ("a", "b"), 50, 2),
    )
    assert measure_dependency((holder, region, x) for region, holder, x in rows) == (
        Dependency("b", ("Kent",), 100, 1),
        Dependency("a", ("Kent",), 75, 2),
    )
    assert measure_dependency([]) == ()


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, None, "1", False])
def test_a_bad_amount_is_an_error(value: float) -> None:
    """No measure turns it into a number."""
    for call in (
        lambda: measure_failure({"a": 1, "b": value}, "a"),
        lambda: measure_merger({"a": 1, "b": 1, "c": value}, ["a", "b"]),
        lambda: measure_mergers({"x": {"a": 1, "b": 1, "c": value}}, ["a", "b"]),
        lambda: measure_regional_failure([Holding("a", "n", 1), Holding("b", "n", value)], "a"),
        lambda: measure_dependency([("n", "a", value)]),
    ):
        with pytest.raises(InvalidAmount):
            call()


def test_an_empty_market_is_an_error() -> None:
    """Holders of nothing neither fail nor merge."""
    with pytest.raises(EmptyMarket):
        measure_failure({"a": 0, "b": 0}, "a")
    with pytest.raises(EmptyMarket):
        measure_merger({"a": 0, "b": 0}, ["a", "b"])


def test_nobody_leads_in_an_empty_market() -> None:
    """The message says so, and lists no nearest name."""
    with pytest.raises(UnknownName, match="it is empty"):
        measure_lost_cells([], "a")

"""Tests of the rules by which a computed figure meets a claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.queries.claims.rules import (
    Claim,
    Computed,
    bounds_of,
    judge_claim,
    read_precision,
    show_figure,
)


def claim(comparator: str, value: float, unit: str = "gbp", *printed: str) -> Claim:
    """Return a claim of a figure."""
    return Claim("a", "A claim", "total-value", comparator, value, unit, printed=printed)


def judge(stated: Claim, low: float, high: float | None = None, *, spread: bool = False) -> str:
    """Return the result for a computed figure or interval."""
    return judge_claim(stated, Computed(low, low if high is None else high, "", spread=spread))[0]


@pytest.mark.parametrize(
    ("printed", "value", "unit"),
    [
        ("initial £195 million", 195e6, 1e6),
        ("£70m", 70e6, 1e6),
        ("$3.46 billion", 3.46e9, 1e7),
        ("34,300 employees", 34300, 1),
        ("£6,021,064", 6021064, 1),
        ("2 years and 9 months", 2.75, 0.01),
        ("twelve probation regions", 12, 1),
    ],
)
def test_precision_is_that_of_the_last_place_printed(
    printed: str, value: float, unit: float
) -> None:
    """The word million or the decimals printed give the last place; by hand."""
    assert read_precision(claim("equals", value, "gbp", printed)) == pytest.approx(unit)


@pytest.mark.parametrize(
    ("comparator", "stated", "computed", "result"),
    [
        ("equals", 195e6, 195_499_999, "match"),
        ("equals", 195e6, 195_500_001, "differs"),
        ("none", 195e6, 194_500_000, "match"),
        ("about", 200e6, 190e6, "match"),
        ("about", 200e6, 189_999_999, "differs"),
        ("almost", 46e6, 45.9e6, "match"),
        ("almost", 46e6, 46e6 + 1, "differs"),
        ("almost", 46e6, 43e6, "differs"),
        ("over", 45e6, 45e6 + 1, "match"),
        ("more-than", 25, 24, "differs"),
        ("up-to", 118e6, 81e6, "not comparable"),
        ("up-to", 118e6, 119e6, "differs"),
    ],
)
def test_rules_at_their_edges(comparator: str, stated: float, computed: float, result: str) -> None:
    """Each rule of the module's docstring holds just inside and fails just outside; by hand."""
    assert (
        judge(claim(comparator, stated, "gbp", f"£{stated / 1e6:.0f} million"), computed) == result
    )


def test_count_must_be_the_same() -> None:
    """A count of 110 is met by 110 alone."""
    stated = claim("equals", 110, "count", "110 contracts")
    assert [judge(stated, n) for n in (109, 110, 111)] == ["differs", "match", "differs"]


def test_interval_is_judged_by_both_ends() -> None:
    """A claim inside a doubt cannot be told; one outside it, or one that spans it, can."""
    stated = claim("about", 100, "count")
    assert judge(stated, 96, 104) == "match"
    assert judge(stated, 50, 98) == "not comparable"
    assert judge(stated, 50, 150) == "not comparable"
    assert judge(stated, 10, 90) == "differs"
    assert judge(stated, 96, 150, spread=True) == "differs"


@given(
    st.sampled_from(["equals", "about", "almost", "over"]),
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)
def test_wider_doubt_never_settles_a_claim(
    comparator: str, stated: int, one: int, other: int
) -> None:
    """What an interval settles, every point inside it settles alike."""
    low, high = sorted((one, other))
    asked = claim(comparator, stated, "count")
    result = judge(asked, low, high)
    if result != "not comparable":
        for point in (low, (low + high) // 2, high):
            assert judge(asked, point) == result


def test_bounds_hold_the_figure_stated() -> None:
    """The bounds of a claim take in its own figure."""
    for comparator in ("equals", "none", "about", "almost", "over", "up-to"):
        least, most = bounds_of(claim(comparator, 100, "count"))
        assert least <= 100 <= most


def test_figures_read_as_people_write_them() -> None:
    """Pounds, shares and years carry their units."""
    shown = [show_figure(1, "years"), show_figure(0.5, "ratio"), show_figure(3.46e9, "usd")]
    assert shown == ["1 year", "50.0 %", "US$3,460,000,000"]

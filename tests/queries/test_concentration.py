"""Shares, concentration, granularity and bands."""

import math
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket, InvalidAmount
from rehabgraph.queries.amounts import check_names
from rehabgraph.queries.concentration import (
    BANDS,
    Concentration,
    measure_concentration,
    measure_granularity,
    measure_shares,
    read_bands,
)

amount = st.floats(0.01, 1e9)
market = st.dictionaries(st.text(min_size=1, max_size=4), amount, min_size=1, max_size=30)
bad = st.sampled_from(
    [-1, -1e-300, math.nan, math.inf, -math.inf, None, "5", True, 10**400, 1e200, 1e-200, 1j,
     Decimal("sNaN")]
)  # fmt: skip


def figures(c: Concentration) -> list[float]:
    """All figures of a result, for comparing two results."""
    return [getattr(c, name) for name in Concentration.__slots__]


@pytest.mark.parametrize(
    ("shares", "hhi"),
    [
        ([30, 30, 20, 20], 2_600),
        ([25, 20, 15, 10, 8, 7, 6, 5, 4], 1_540),
        ([100], 10_000),
        ([1] * 10, 1_000),
    ],
)
def test_hhi_equals_the_published_value(shares: list[float], hhi: float) -> None:
    """The HHI is the sum of squared percentage shares.

    2,600: the example of the US Department of Justice's page on the index. 1,540: a nine-firm
    market in a teaching text (industrialorganization.blogspot.com, March 2006). The rest by hand.
    """
    measured = measure_concentration({str(i): share for i, share in enumerate(shares)})
    assert measured.hhi == pytest.approx(hhi, rel=1e-14)
    assert measured.equivalent_holders == pytest.approx(10_000 / hhi)


def test_shares_that_do_not_sum_to_a_hundred_are_normalised() -> None:
    """70, 15 and 5 are 6,358.02 by hand (5,150 / 8,100 × 10,000), never 5,150."""
    assert measure_concentration({"a": 70, "b": 15, "c": 5}).hhi == pytest.approx(
        6358.0247, abs=1e-4
    )


def test_every_figure_of_a_small_market_is_right_by_hand() -> None:
    """Amounts 4, 2, 1, 1: shares 50, 25, 12.5, 12.5 percent.

    By hand: HHI 2,500 + 625 + 2 × 156.25 = 3,437.5; entropy ½·ln 2 + ¼·2·ln 2 + ¼·3·ln 2 =
    1.75·ln 2 nats; Gini from pairs: mean difference (2+3+3+1+1+0)·2/16 = 1.25, mean 2, so 0.3125.
    """
    c = measure_concentration({"a": 4, "b": 2, "c": 1, "d": 1})
    assert (c.hhi, c.cr1, c.cr3, c.cr5, c.holders) == (3437.5, 50, 87.5, 100, 4)
    assert c.entropy == pytest.approx(1.75 * math.log(2))
    assert c.effective_entropy == pytest.approx(2**1.75)
    assert c.gini == pytest.approx(0.3125)


def test_one_holder_is_fully_concentrated_and_fully_equal() -> None:
    """A market of one has HHI 10,000, entropy 0 and Gini 0: nobody to be unequal with."""
    assert figures(measure_concentration({"a": 0.1})) == [10_000, 1, 100, 100, 100, 0, 1, 0, 1]


@given(market)
def test_figures_agree_with_definitions_written_out(amounts: dict[str, float]) -> None:
    """An independent plain computation, Gini by all pairs, gives the same figures."""
    values = list(amounts.values())
    total, n = sum(values), len(values)
    shares = sorted((v / total for v in values), reverse=True)
    pairs = sum(abs(x - y) for x in values for y in values)
    entropy = -sum(s * math.log(s) for s in shares)
    c = measure_concentration(amounts)
    assert c.hhi == pytest.approx(sum((100 * s) ** 2 for s in shares))
    assert (c.cr1, c.cr3, c.cr5) == pytest.approx([100 * sum(shares[:k]) for k in (1, 3, 5)])
    assert c.entropy == pytest.approx(entropy, abs=1e-9)
    assert c.effective_entropy == pytest.approx(math.exp(entropy))
    assert c.gini == pytest.approx(pairs / (2 * n * total), abs=1e-9)


@given(market)
def test_figures_stay_in_their_bounds(amounts: dict[str, float]) -> None:
    """HHI lies from 10,000/n to 10,000, and no effective number passes the number of holders."""
    c, n = measure_concentration(amounts), len(amounts)
    assert 10_000 / n * (1 - 1e-9) <= c.hhi <= 10_000
    assert c.cr1 <= c.cr3 <= c.cr5 <= 100
    assert 1 <= c.equivalent_holders <= c.effective_entropy * (1 + 1e-9) <= n * (1 + 1e-8)
    assert 0 <= c.gini < 1


@given(market, st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(amounts: dict[str, float], factor: float) -> None:
    """Pounds and thousands of pounds give the same figures."""
    scaled = {holder: factor * value for holder, value in amounts.items()}
    assert figures(measure_concentration(scaled)) == pytest.approx(
        figures(measure_concentration(amounts)), abs=1e-9
    )


@given(market, st.randoms())
def test_order_and_names_do_not_matter(amounts: dict[str, float], rng: random.Random) -> None:
    """Other names in another order give exactly the same figures."""
    values = list(amounts.values())
    rng.shuffle(values)
    renamed = {f"holder {i}": value for i, value in enumerate(values)}
    assert measure_concentration(renamed) == measure_concentration(amounts)


@given(market)
def test_a_holder_of_zero_changes_nothing(amounts: dict[str, float]) -> None:
    """It is not counted as a holder, and its share is zero."""
    more = {"nobody at all": 0.0, **amounts, "nor here": -0.0}
    assert measure_concentration(more) == measure_concentration(amounts)
    assert measure_shares(more) == {"nobody at all": 0, **measure_shares(amounts), "nor here": 0}


@given(market)
def test_shares_sum_to_a_hundred(amounts: dict[str, float]) -> None:
    """Shares are in percent."""
    assert math.fsum(measure_shares(amounts).values()) == pytest.approx(100)


@pytest.mark.parametrize("measure", [measure_shares, measure_concentration])
@given(value=bad)
def test_a_bad_amount_is_an_error(
    measure: Callable[[dict[str, object]], object], value: object
) -> None:
    """Negative, infinite, NaN, None, text and amounts beyond all money are refused by name."""
    with pytest.raises(InvalidAmount, match="Ingeus"):
        measure({"Nacro": 5.0, "Ingeus": value})


@pytest.mark.parametrize("amounts", [{}, {"a": 0.0}, {"a": 0, "b": -0.0}])
def test_an_empty_market_is_an_error(amounts: dict[str, float]) -> None:
    """Nothing, and nothing but zeros, have no shares."""
    for measure in (measure_shares, measure_concentration):
        with pytest.raises(EmptyMarket):
            measure(amounts)
    with pytest.raises(EmptyMarket):
        measure_granularity({holder: [value] for holder, value in amounts.items()})


def test_granularity_of_the_worked_example() -> None:
    """A 10 + 10, B 30, C 25 + 25: floor 2,350 and HHI 3,800 by hand, excess 1,450/7,650."""
    g = measure_granularity({"A": [10, 10], "B": [30], "C": [25, 25]})
    assert (g.floor, g.hhi, g.contracts) == (2_350, 3_800, 5)
    assert g.excess == pytest.approx(0.1895, abs=5e-5)


def test_granularity_of_one_contract_has_no_excess() -> None:
    """With one contract no other holding is possible: the excess is unknown, not 0 or 1."""
    assert measure_granularity({"A": [7, 0]}).excess is None


@given(st.dictionaries(st.text(max_size=3), st.lists(amount, min_size=1, max_size=5), min_size=1))
def test_the_floor_never_passes_the_hhi(blocks: dict[str, list[float]]) -> None:
    """Floor and HHI agree with the concentration of contracts and of holders."""
    g = measure_granularity(blocks)
    each = {f"{h}/{i}": a for h, held in blocks.items() for i, a in enumerate(held)}
    assert g.floor == measure_concentration(dict(enumerate(each.values()))).hhi  # type: ignore[arg-type]
    assert g.hhi == pytest.approx(measure_concentration({h: sum(x) for h, x in blocks.items()}).hhi)
    assert g.floor <= g.hhi
    assert g.excess is None or 0 <= g.excess <= 1


@given(bad)
def test_a_bad_contract_is_an_error(value: float) -> None:
    """The message says whose contract it is."""
    with pytest.raises(InvalidAmount, match="a contract of B"):
        measure_granularity({"A": [1], "B": [2, value]})


@pytest.mark.parametrize(
    ("name", "hhi", "label"),
    [
        ("us-2023", 999, "HHI below 1,000"),
        ("us-2023", 1_000, "moderately concentrated"),
        ("us-2023", 1_800, "moderately concentrated"),
        ("us-2023", 1_801, "highly concentrated"),
        ("eu-2004", 1_900, "HHI from 1,000 to 2,000"),
        ("eu-2004", 2_001, "HHI above 2,000"),
    ],
)
def test_a_band_carries_its_authority(name: str, hhi: float, label: str) -> None:
    """The limits are those of the two guidelines; "above 1,800" is not 1,800 itself."""
    bands = BANDS[name]
    assert bands.name_level(hhi) == f"{label} ({bands.authority}, {bands.published})"


@pytest.mark.parametrize(
    ("name", "after", "change", "share", "flagged"),
    [
        ("us-2023", 1_900, 101, None, True),
        ("us-2023", 1_900, 100, None, False),
        ("us-2023", 1_500, 500, None, False),
        ("us-2023", 1_500, 101, 31, True),
        ("us-2023", 1_500, 101, 30, False),
        ("eu-2004", 900, 900, None, False),
        ("eu-2004", 1_500, 249, None, False),
        ("eu-2004", 1_500, 250, None, True),
        ("eu-2004", 2_500, 149, None, False),
        ("eu-2004", 2_500, 150, None, True),
    ],
)
def test_the_screens_for_a_change(
    name: str, after: float, change: float, share: float | None, flagged: bool
) -> None:
    """US: more than 100 above 1,800, or with a share above 30 %. EU: 250 and 150 count already."""
    assert BANDS[name].flags_change(after, change, share) is flagged


@pytest.mark.parametrize("hhi", [-1, 10_001, math.nan])
def test_an_impossible_hhi_has_no_band(hhi: float) -> None:
    """It is an error of our own."""
    with pytest.raises(BadParameter):
        BANDS["us-2023"].name_level(hhi)
    with pytest.raises(BadParameter):
        BANDS["us-2023"].flags_change(2_000, math.nan)


GOOD = """
name = "ours"
authority = "An Office"
document = "A note"
published = 2020
words = "Look again above 1,500."
moderate = 500
high = 1_500.5
labels = ["low", "middle", "high"]
"""


def test_bands_from_a_file(tmp_path: Path) -> None:
    """A TOML file with the same fields works like a name."""
    path = tmp_path / "ours.toml"
    path.write_text(GOOD + "change_high = 50\nlimit_counts = true\n", encoding="utf-8")
    bands = read_bands(path)
    assert bands.name_level(1_600) == "high (An Office, 2020)"
    assert bands.flags_change(1_600, 50)
    assert read_bands("us-2023") is BANDS["us-2023"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('authority = "An Office"', "", "'authority' is missing"),
        ('"An Office"', '" "', "'authority' must be text"),
        ("moderate = 500", "moderate = 5000", "'moderate' must be below 'high'"),
        ("moderate = 500", "moderate = nan", "'moderate' must be a number"),
        ("moderate = 500", "moderate = true", "'moderate' must be a number"),
        ("2020", '"2020"', "'published' must be a year"),
        (', "high"]', "]", "'labels' must be"),
        ('"middle"', '" "', "'labels' must be"),
        ("words", "word", "unknown field 'word'"),
        ("words =", "words", "ours.toml"),
        ("high = 1_500.5", "high = 1_500\nlimit_counts = 1", "'limit_counts'"),
    ],
)
def test_a_broken_band_file_is_one_clear_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    """The message names the file and the field."""
    path = tmp_path / "ours.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadParameter, match=says) as caught:
        read_bands(path)
    assert "\n" not in str(caught.value)


def test_unknown_bands_name_the_known_ones(tmp_path: Path) -> None:
    """A name that is neither bands nor a file is answered with what there is."""
    for name in ("cma", tmp_path, "a\0b"):
        with pytest.raises(BadParameter, match="us-2023, eu-2004"):
            read_bands(name)


def test_names_are_sorted_and_distinct() -> None:
    """One name or several, each once."""
    assert check_names(["b", "a", "b"], ["a", "b", "c"]) == ("a", "b")


@pytest.mark.parametrize(
    ("amounts", "hhi", "gini", "effective"),
    [
        ([15] * 6 + [1] * 10, 1_360, None, None),
        ([1, 1, 1, 97], None, 0.72, None),
        ([1, 2, 3, 4, 5], None, 4 / 15, None),
        ([4, 2, 1, 1], 10_000 * 11 / 32, None, 2**1.75),
    ],
)
def test_textbook_figures(
    amounts: list[int], hhi: float | None, gini: float | None, effective: float | None
) -> None:
    """Figures that textbooks print, or that a hand can check.

    Six of 15 and ten of 1 per cent: H = 0.136 (Wikipedia, Herfindahl index). 1, 1, 1, 97:
    six ordered pairs differ by 96, so Gini is 576 / (2·16·25) = 0.72. 1 to 5: 4/15. Shares
    1/2, 1/4, 1/8, 1/8 have 1.75 bits (Cover and Thomas, Elements of Information Theory, 2.1).
    """
    found = measure_concentration({str(i): amount for i, amount in enumerate(amounts)})
    for want, have in ((hhi, found.hhi), (gini, found.gini), (effective, found.effective_entropy)):
        assert want is None or have == pytest.approx(want)

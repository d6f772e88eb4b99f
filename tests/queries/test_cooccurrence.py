"""Tests of the co-occurrence of providers in areas."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, NetworkShapeError
from rehabgraph.queries.cooccurrence import adjust_for_many, measure_cooccurrence

served_maps = st.dictionaries(
    st.sampled_from("PQRST"), st.frozensets(st.sampled_from("abcdefg"), max_size=7), max_size=5
)


def test_tea_tasting() -> None:
    """Two providers in 4 of 8 areas each: chances 1/70 for 4 shared and 17/70 for 3 or more.

    R. A. Fisher, The Design of Experiments (1935), chapter 2, has these figures for eight cups.
    """
    four = measure_cooccurrence({"P": "abcd", "Q": "abcd"}, "abcdefgh").pairs[0]
    assert four.p_value == pytest.approx(1 / 70)
    assert (four.observed, four.expected, four.significant) == (4, 2.0, True)
    assert (four.smallest_alone, four.smallest_corrected) == (4, 4)
    three = measure_cooccurrence({"P": "abcd", "Q": "bcde"}, "abcdefgh").pairs[0]
    assert three.p_value == pytest.approx(17 / 70)
    assert three.significant is False


def test_benjamini_hochberg_published_example() -> None:
    """The rule rejects the first 4 of 15 p-values at 0.05.

    Benjamini and Hochberg (1995), section 3.2, p. 296; 0.0095 × 15 / 4 = 0.035625 is the largest
    adjusted value at or below 0.05.
    """
    chances = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    adjusted = adjust_for_many(chances)
    assert sum(value <= 0.05 for value in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.035625)


@settings(deadline=None)  # the first example imports scipy
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjustment_equals_scipy(chances: list[float]) -> None:
    """Adjusted p-values equal those of scipy.stats.false_discovery_control."""
    from scipy.stats import false_discovery_control

    assert adjust_for_many(chances) == pytest.approx(list(false_discovery_control(chances)))


@settings(deadline=None)  # the first example imports scipy
@given(served_maps)
def test_chances_equal_scipy(served: dict[str, frozenset[str]]) -> None:
    """The p-value and the smallest significant overlap equal those from scipy.stats.hypergeom."""
    from scipy.stats import hypergeom

    for pair in measure_cooccurrence(served, "abcdefg").pairs:
        law = hypergeom(7, pair.first_areas, pair.second_areas)
        assert pair.p_value == pytest.approx(float(law.sf(pair.observed - 1)))
        assert pair.expected == pytest.approx(sum(k * float(law.pmf(k)) for k in range(8)))
        full = min(pair.first_areas, pair.second_areas)
        enough = [k for k in range(full + 1) if law.sf(k - 1) <= 0.05]
        assert pair.smallest_alone == (enough[0] if enough else None)


def test_chance_by_listing_every_draw() -> None:
    """With 6 areas the p-value equals a count over all ways to draw the second provider's areas."""
    pair = measure_cooccurrence({"P": "abc", "Q": "bcde"}, "abcdef").pairs[0]
    draws = list(combinations("abcdef", 4))
    as_many = sum(len(set(draw) & set("abc")) >= 2 for draw in draws)
    assert pair.p_value == pytest.approx(as_many / len(draws))


def test_power_by_hand() -> None:
    """Of 42 areas, providers in 2 and 3 need 2 shared: 3/861 alone, too much among 15 pairs.

    P(2 shared) = C(3,2)/C(42,2) = 3/861 = 0.00348; 0.05/15 = 0.00333. Six providers give 15 pairs;
    the other ones have one area each, where the chance of 1 shared is at least 1/42 = 0.024.
    """
    areas = [f"area {i:02}" for i in range(42)]
    served = {"P": areas[:2], "Q": areas[:3]} | {f"R{i}": [areas[20 + i]] for i in range(4)}
    found = measure_cooccurrence(served, areas)
    first = found.pairs[0]
    assert (first.first, first.second, first.smallest_alone) == ("P", "Q", 2)
    assert first.smallest_corrected is None
    assert first.p_value == pytest.approx(3 / 861)
    assert first.adjusted == pytest.approx(15 * 3 / 861)
    assert found.significant == 0
    # Of 2 and 3 areas, 2 shared beside 6/42 expected is 14 times chance; 1 beside 2/42 is 21.
    # One area beside three: 3/42 = 0.071 is above 0.05, so four pairs can never be significant.
    assert found.never_significant == 4
    assert found.power == (
        "15 pairs tested in 42 areas at 0.05; 0 significant after correction. 4 could not have "
        "been significant with any overlap, and 11 more only if others were significant too. The "
        "middle pair (providers in 1 and 2 areas) shares 0.048 by chance: significant alone from 1 "
        "shared on (21 times chance), and if the only one among 15 pairs with no overlap "
        "whatever. The smallest effect that any pair could show alone is 14 times chance "
        "(providers in 2 and 3 areas). A weaker pattern would not be seen: a pair not listed "
        "as significant is not shown to be unrelated."
    )


def test_nothing_to_test() -> None:
    """One provider, or providers without areas, give no pair and say so."""
    found = measure_cooccurrence({"P": "ab", "Q": ""}, "abc")
    assert found.pairs == ()
    assert found.power.startswith("No pair to test")


def test_wrong_input_is_named() -> None:
    """A stray area, no areas, or a level outside 0 to 1 is an error that names the fault."""
    with pytest.raises(NetworkShapeError, match="P serves z"):
        measure_cooccurrence({"P": "az"}, "abc")
    with pytest.raises(NetworkShapeError, match="no areas"):
        measure_cooccurrence({}, "")
    with pytest.raises(BadParameter, match=r"alpha is 1\.5"):
        measure_cooccurrence({"P": "a"}, "abc", alpha=1.5)
    for wrong in (None, "0.05", True, float("nan")):
        with pytest.raises(BadParameter, match="alpha is"):
            measure_cooccurrence({"P": "a"}, "abc", alpha=wrong)  # type: ignore[arg-type]
    for chance in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadParameter, match="from 0 to 1"):
            adjust_for_many([0.5, chance])


@settings(max_examples=50)
@given(served_maps)
def test_relabelling_and_bounds(served: dict[str, frozenset[str]]) -> None:
    """Renamed areas and providers change no figure, and each figure stays in its bounds."""
    areas = dict(zip("abcdefg", "tuvwxyz", strict=True))
    renamed = {f"n{name}": [areas[a] for a in places] for name, places in served.items()}
    found, other = (
        measure_cooccurrence(served, "abcdefg"),
        measure_cooccurrence(renamed, "tuvwxyz"),
    )
    assert [(p.observed, p.p_value, p.adjusted) for p in found.pairs] == [
        (p.observed, p.p_value, p.adjusted) for p in other.pairs
    ]
    assert found.power == other.power
    for pair in found.pairs:
        assert 0 <= pair.p_value <= pair.adjusted <= 1
        assert pair.observed <= min(pair.first_areas, pair.second_areas)

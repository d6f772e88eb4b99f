"""The report `layers`: bounds of shares at each layer, by hand and against all splits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket, InvalidAmount
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.layers import Work, measure_class_share, measure_layer_shares

TOTAL = 196_074_277
SGW = 13_305_674
"""St Giles Wise: lines 60, 98, 101, 150 and 174 of the award list."""


def rows_of(graph: Graph, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report by id."""
    return {str(r["id"]): dict(r) for r in graph.report("layers", **options).rows}


def test_members_split_the_consortium_in_no_known_way(world: Graph) -> None:
    """Each member has from nothing to all of £13,305,674; the lead layer knows the whole alone."""
    found = rows_of(world, basis="value")
    assert found["st-giles-wise:lead:value"]["share"] == pytest.approx(100 * SGW / TOTAL)
    assert "st-giles-wise:consortium:value" not in found
    for member in ("st-giles-trust", "wise-group"):
        row = found[f"{member}:consortium:value"]
        assert row["share"] is None
        assert (row["low"], row["high"]) == (0, pytest.approx(100 * SGW / TOTAL))
    assert found["ingeus:consortium:value"]["share"] == pytest.approx(100 * 33_585_120 / TOTAL)


def test_delivery_has_no_value(world: Graph) -> None:
    """No money to subcontractors is published, so delivery is in contracts and cells alone."""
    found = rows_of(world)
    assert not any(key.endswith(":delivery:value") for key in found)
    assert any(key.endswith(":delivery:contracts") for key in found)
    with pytest.raises(BadParameter, match="no value"):
        world.report("layers", layer="delivery", basis="value")


def test_two_thirds_by_hand(world: Graph) -> None:
    """At the lead's layer what cannot be a charity for certain is the companies' part.

    Companies: Ingeus 33,585,120, Seetec 22,203,074, Maximus 14,738,358, Willowdene 1,014,080 and
    Women's Work 1,509,887. So charities have 62.7 percent at most, and at least that without The
    Growth Company (12,460,391), Thirteen (2,740,568) and the partnership, whose kinds are open.
    """
    companies = 33_585_120 + 22_203_074 + 14_738_358 + 1_014_080 + 1_509_887
    row = rows_of(world, of="voluntary", basis="value")["charity:lead:value"]
    most = 100 * (TOTAL - companies) / TOTAL
    assert row["high"] == pytest.approx(most)
    least = TOTAL - companies - 12_460_391 - 2_740_568 - SGW
    assert row["low"] == pytest.approx(100 * least / TOTAL)
    assert row["two_thirds"] == "above all of the interval"


def test_tiny_delivery_by_hand(tiny: Graph) -> None:
    """Elm is listed in three of five contracts: 0 to 60 percent; Alder's one is its own: 20."""
    found = rows_of(tiny, layer="delivery", basis="contracts")
    assert (found["elm:delivery:contracts"]["low"], found["elm:delivery:contracts"]["high"]) == (
        0,
        60,
    )
    assert found["alder:delivery:contracts"]["share"] == pytest.approx(20)


def test_claims_are_named_not_corrected(world: Graph) -> None:
    """The two claims of two-thirds are named as two, and neither is corrected."""
    notes = " ".join(world.report("layers", of="voluntary").notes)
    assert "moj-charities-two-thirds" in notes
    assert "Neither is corrected" in notes


def test_bad_choices_and_empty_input() -> None:
    """Nothing, less than nothing and nobody are our own errors."""
    with pytest.raises(EmptyMarket):
        measure_layer_shares([])
    with pytest.raises(EmptyMarket):
        measure_class_share([Work(0, frozenset("a"))], {"a": True})
    with pytest.raises(InvalidAmount):
        measure_layer_shares([Work(-1, frozenset("a"))])
    with pytest.raises(BadParameter):
        measure_layer_shares([Work(1, frozenset())])


@given(
    work=st.lists(
        st.tuples(st.integers(1, 9), st.sets(st.sampled_from("abcd"), min_size=1)), min_size=1
    ),
    cuts=st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_every_split_lies_inside(work: list[tuple[int, set[str]]], cuts: list[float]) -> None:
    """However each piece is split among those named, all shares lie in their intervals."""
    pieces = [Work(amount, frozenset(by)) for amount, by in work]
    weights = dict(zip("abcd", (c + 1e-9 for c in cuts), strict=True))
    held = dict.fromkeys("abcd", 0.0)
    for amount, by in pieces:
        total = sum(weights[name] for name in by)
        for name in by:
            held[name] += amount * weights[name] / total
    whole = sum(held.values())
    for name, share in measure_layer_shares(pieces).items():
        assert share.low - 1e-9 <= 100 * held[name] / whole <= share.high + 1e-9
    own = measure_class_share(pieces, {"a": True, "b": True, "c": False, "d": None})
    for counted in ({"a", "b"}, {"a", "b", "d"}):
        assert own.low - 1e-9 <= 100 * sum(held[n] for n in counted) / whole <= own.high + 1e-9


def test_why_opens_a_row(world: Graph) -> None:
    """A member's interval opens to the five lines of the consortium."""
    found = world.why("layers", "The Wise Group", layer="consortium", basis="value")
    lines = [r for r in found.rows if str(r["thing"]).startswith("award/")]
    assert sum(int(r["value"]) for r in lines) == SGW

"""Tests of what is left of a network as nodes go."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, NetworkShapeError
from rehabgraph.queries.structure_robustness import (
    Step,
    measure_robustness,
    measure_service_robustness,
)

graphs = st.sets(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")).filter(lambda e: e[0] < e[1])
).map(lambda edges: nx.Graph([("a", "b"), *sorted(edges)]))

cell_maps = st.dictionaries(
    st.sampled_from("12345"), st.frozensets(st.sampled_from("PQRS")), min_size=1
)


def test_star_by_hand() -> None:
    """The hub of a star goes first and leaves single nodes: mean share 4/5 of 1/5."""
    found = measure_robustness(nx.Graph([("hub", leaf) for leaf in "abcd"]))
    assert found.steps[1] == Step("hub", 1, 0.2)
    assert [step.share for step in found.steps] == [1, 0.2, 0.2, 0.2, 0.2, 0]
    assert found.mean == pytest.approx(0.16)


@pytest.mark.parametrize("size", [2, 5, 20])
def test_complete_network_has_the_highest_mean(size: int) -> None:
    """A complete network loses one node at a time: R = (n - 1) / 2n, close to 1/2.

    The limit 1/2 is the upper end that Schneider and others (2011) give for R.
    """
    net = nx.relabel_nodes(nx.complete_graph(size), str)
    assert measure_robustness(net).mean == pytest.approx((size - 1) / (2 * size))


def test_degree_is_counted_again() -> None:
    """Once the hub is gone its neighbours have fewer ties, and the order follows that."""
    net = nx.Graph(["ab", "ac", "ad", "ae", "bc", "bd", "fg", "fh"])
    removed = [step.removed for step in measure_robustness(net).steps]
    assert removed[:3] == [None, "a", "b"]
    assert removed[3] == "f"  # b and f both had 2 left; b goes first by name


def test_value_order_and_removable_nodes() -> None:
    """By value only providers go, the dearest first; areas stay."""
    net = nx.Graph([("Ash", "Kent"), ("Birch", "Kent"), ("Birch", "Essex")])
    values = {"Ash": 10.0, "Birch": 20.0}
    found = measure_robustness(net, by="value", values=values, removable=values)
    assert found.steps == (Step(None, 0, 1.0), Step("Birch", 1, 0.5), Step("Ash", 2, 0.25))
    assert (found.order, found.mean) == ("value", 0.375)


def test_unknown_values_are_not_guessed() -> None:
    """A node without a value, or with not-a-number, has no known turn: an error names it."""
    net = nx.Graph([("Ash", "Birch")])
    with pytest.raises(BadParameter, match="Birch has no known value"):
        measure_robustness(net, by="value", values={"Ash": 1.0})
    with pytest.raises(BadParameter, match="Ash has no known value"):
        measure_robustness(net, by="value", values={"Ash": float("nan"), "Birch": 1.0})
    for wrong in (-1, float("inf"), "5", True):
        with pytest.raises(BadParameter, match="Ash has no known value"):
            measure_robustness(net, by="value", values={"Ash": wrong, "Birch": 1.0})  # type: ignore[dict-item]
    with pytest.raises(BadParameter, match="no removal by size"):
        measure_robustness(net, by="size")
    with pytest.raises(BadParameter, match="no removal by size"):
        measure_service_robustness({"1": ["Ash"]}, by="size")


def test_wrong_networks_are_refused() -> None:
    """An empty network, a self-loop, a stranger among the removable and no cells are errors."""
    with pytest.raises(NetworkShapeError, match="no nodes"):
        measure_robustness(nx.Graph())
    with pytest.raises(NetworkShapeError, match="tied to itself"):
        measure_robustness(nx.Graph([("a", "a")]))
    with pytest.raises(NetworkShapeError, match="z cannot be removed"):
        measure_robustness(nx.Graph([("a", "b")]), removable={"z"})
    with pytest.raises(NetworkShapeError, match="no demand cells"):
        measure_service_robustness({})


def test_nothing_removable_leaves_the_whole() -> None:
    """Without removals the curve is its first step and the mean is that share."""
    found = measure_robustness(nx.Graph([("a", "b"), ("c", "d")]), removable=[])
    assert (found.steps, found.mean) == ((Step(None, 0, 0.5),), 0.5)


def test_service_by_hand() -> None:
    """Ash serves two cells; one has Birch too and lives on. The unserved cell counts throughout."""
    cells = {"1": ["Ash"], "2": ["Ash", "Birch"], "3": ["Cedar"], "4": []}
    found = measure_service_robustness(cells)
    assert found.steps == (
        Step(None, 0, 0.75),
        Step("Ash", 1, 0.5),
        Step("Birch", 2, 0.25),
        Step("Cedar", 3, 0.0),
    )
    assert found.mean == 0.25
    by_value = measure_service_robustness(
        cells, by="value", values={"Ash": 1, "Birch": 2, "Cedar": 3}
    )
    assert [step.share for step in by_value.steps] == [0.75, 0.5, 0.5, 0.0]


@settings(deadline=None)
@given(graphs)
def test_curve_equals_recomputing_each_step(net: nx.Graph) -> None:
    """Each step removes a node of most ties left, and its share equals a fresh count of parts."""
    left, whole = net.copy(), len(net)
    for step in measure_robustness(net).steps:
        if step.removed is not None:
            most = max(degree for _, degree in left.degree)
            assert step.removed == min(node for node, degree in left.degree if degree == most)
            left.remove_node(step.removed)
        largest = max((len(part) for part in nx.connected_components(left)), default=0)
        assert step.share == largest / whole
    assert len(left) == 0


@given(cell_maps)
def test_service_equals_recomputing_each_step(cells: dict[str, frozenset[str]]) -> None:
    """Each share equals a fresh count of cells that still have a provider."""
    gone: set[str | None] = set()
    found = measure_service_robustness(cells)
    for step in found.steps:
        gone.add(step.removed)
        assert step.share == sum(bool(who - gone) for who in cells.values()) / len(cells)
    shares = [step.share for step in found.steps]
    assert shares == sorted(shares, reverse=True)


@given(graphs, st.permutations("abcdefg"))
def test_relabelling_with_values(net: nx.Graph, names: list[str]) -> None:
    """With distinct values, renamed nodes give the same curve."""
    new = dict(zip("abcdefg", names, strict=True))
    values = {node: float(ord(node)) for node in net}
    one = measure_robustness(net, by="value", values=values)
    other = measure_robustness(
        nx.relabel_nodes(net, {node: new[node] for node in net}),
        by="value",
        values={new[node]: value for node, value in values.items()},
    )
    assert [step.share for step in one.steps] == [step.share for step in other.steps]
    assert [new.get(str(step.removed)) for step in one.steps[1:]] == [
        step.removed for step in other.steps[1:]
    ]

"""Tests of the measures of a network: shape, centrality, communities and the whole."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise, permutations
from math import isclose

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, NetworkShapeError
from rehabgraph.queries.structure import measure_network
from rehabgraph.queries.structure_centrality import (
    measure_betweenness,
    measure_brokerage,
    measure_cores,
    measure_prominence,
)
from rehabgraph.queries.structure_communities import (
    measure_communities,
    measure_cut_points,
    measure_modularity,
)
from rehabgraph.queries.structure_shape import nodes_of_kind, simple_graph

PAIRS = list(combinations("abcdef", 2))


@st.composite
def small_graphs(draw: st.DrawFn) -> nx.Graph:
    """Draw a graph of 1 to 6 nodes with some ties, each of weight 1 to 3."""
    nodes = "abcdef"[: draw(st.integers(1, 6))]
    net = nx.Graph()
    net.add_nodes_from(nodes)
    for first, second in draw(st.sets(st.sampled_from(PAIRS))):
        if first in nodes and second in nodes:
            net.add_edge(first, second, weight=draw(st.integers(1, 3)))
    return net


def parts_of(nodes: set[str], edges: set[frozenset[str]]) -> int:
    """Count connected parts by merging sets."""
    parts = [{node} for node in nodes]
    for edge in edges:
        touched = [part for part in parts if part & edge]
        parts = [part for part in parts if not part & edge] + [set().union(*touched)]
    return len(parts)


def edges_of(net: nx.Graph) -> set[frozenset[str]]:
    """Return the ties as sets of two."""
    return {frozenset(edge) for edge in net.edges}


def shortest_paths(net: nx.Graph, first: str, last: str) -> list[tuple[str, ...]]:
    """List all shortest paths by trying every order of every set of nodes between."""
    rest = [node for node in net if node not in (first, last)]
    for length in range(len(rest) + 1):
        tried = [(first, *between, last) for between in permutations(rest, length)]
        if found := [p for p in tried if all(net.has_edge(*e) for e in pairwise(p))]:
            return found
    return []


@settings(deadline=None, max_examples=40)
@given(small_graphs())
def test_betweenness_equals_listed_paths(net: nx.Graph) -> None:
    """Betweenness equals the figure from listing all shortest paths of all pairs."""
    found = measure_betweenness(net)
    pairs = (len(net) - 1) * (len(net) - 2) / 2
    for node in net:
        total = 0.0
        for first, last in combinations([other for other in net if other != node], 2):
            if paths := shortest_paths(net, first, last):
                total += sum(node in path for path in paths) / len(paths)
        assert found[node] == pytest.approx(total / pairs if pairs else 0.0)


def borgatti() -> nx.Graph:
    """Return the example network of Borgatti, Connections 20 (1997) 35–38."""
    return nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])


def test_brokerage_published_example() -> None:
    """Constraint and effective size of the example of Borgatti (1997).

    Figures for G, A and C as in networkx/algorithms/tests/test_structuralholes.py, there computed
    with UCINET and igraph and by hand. D by hand: neighbours B and G, so (1/2 + 1/2·1/6)² +
    (1/2 + 1/2·1/3)² = 113/144.
    """
    found = measure_brokerage(borgatti())
    for node, constraint, size in (("G", 0.400, 4.67), ("A", 0.595, 2.50), ("C", 1.0, 1.0)):
        assert found[node].constraint == pytest.approx(constraint, abs=1e-3)
        assert found[node].effective_size == pytest.approx(size, abs=1e-2)
    assert found["D"].constraint == pytest.approx(113 / 144)


def test_weighted_brokerage_published_example() -> None:
    """With weights: constraint of G 0.299 and A 0.795, effective size 5.47 and 2.47.

    Figures as in networkx/algorithms/tests/test_structuralholes.py.
    """
    weights = {"AB": 2, "AF": 3, "AG": 5, "AE": 2, "EG": 8, "FG": 3, "BG": 4, "BD": 1}
    weights |= {"DG": 3, "GC": 10}
    net = nx.Graph()
    net.add_weighted_edges_from((*tie, weight) for tie, weight in weights.items())
    found = measure_brokerage(net, weighted=True)
    for node, constraint, size in (("G", 0.299, 5.47), ("A", 0.795, 2.47), ("C", 1.0, 1.0)):
        assert found[node].constraint == pytest.approx(constraint, abs=1e-3)
        assert found[node].effective_size == pytest.approx(size, abs=1e-2)


@settings(deadline=None)
@given(small_graphs())
def test_brokerage_equals_its_formula(net: nx.Graph) -> None:
    """Constraint and effective size equal Burt's sums written out; None without ties."""
    found = measure_brokerage(net)
    for i in net:
        ties = set(net[i])
        if not ties:
            assert (found[i].constraint, found[i].effective_size) == (None, None)
            continue
        constraint = sum(
            (1 / len(ties) + sum(1 / len(ties) / len(net[q]) for q in ties if j in net[q])) ** 2
            for j in ties
        )
        inside = sum(net.has_edge(q, j) for q, j in combinations(ties, 2))
        assert found[i].constraint == pytest.approx(constraint)
        assert found[i].effective_size == pytest.approx(len(ties) - 2 * inside / len(ties))


@settings(deadline=None)
@given(small_graphs())
def test_weighted_brokerage_equals_the_slow_way(net: nx.Graph) -> None:
    """With weights both figures equal those that networkx gets node by node, without matrices."""
    found = measure_brokerage(net, weighted=True)
    tied = [node for node in net if net[node]]
    assert {n: found[n].constraint for n in tied} == pytest.approx(
        nx.constraint(net, nodes=tied, weight="weight")
    )
    assert {n: found[n].effective_size for n in tied} == pytest.approx(
        nx.effective_size(net, nodes=tied, weight="weight")
    )


@settings(deadline=None)
@given(small_graphs())
def test_cores_equal_a_search_of_all_groups(net: nx.Graph) -> None:
    """The core number is the best smallest degree of any group that holds the node."""
    best = dict.fromkeys(net, 0)
    for size in range(1, len(net) + 1):
        for group in combinations(net, size):
            least = min(sum(other in net[node] for other in group) for node in group)
            for node in group:
                best[node] = max(best[node], least)
    assert measure_cores(net) == best


@settings(deadline=None)
@given(small_graphs())
def test_prominence_solves_its_equation(net: nx.Graph) -> None:
    """A connected network gives the leading eigenvector, others PageRank, each by its equation."""
    found = measure_prominence(net)
    scores = found.scores
    assert min(scores.values()) >= 0
    if parts_of(set(net), edges_of(net)) == 1 and len(net) > 1:
        assert found.method == "eigenvector"
        assert min(scores.values()) > 0  # Perron–Frobenius: only the leading one is positive
        around = {node: sum(scores[other] for other in net[node]) for node in net}
        top = sum(around[node] * scores[node] for node in net)
        for node in net:
            assert around[node] == pytest.approx(top * scores[node], abs=1e-6)
    elif len(net) > 1:
        assert found.method == "PageRank"
        assert "separate parts" in found.why
        loose = sum(scores[node] for node in net if not net[node]) / len(net)
        for node in net:
            given_by = sum(scores[other] / len(net[other]) for other in net[node])
            assert scores[node] == pytest.approx(0.15 / len(net) + 0.85 * (given_by + loose))


@settings(deadline=None)
@given(small_graphs())
def test_cut_points_equal_taking_each_away(net: nx.Graph) -> None:
    """A node or tie is listed exactly when its loss leaves more parts than before."""
    found = measure_cut_points(net)
    edges, nodes = edges_of(net), set(net)
    before = parts_of(nodes, edges)
    points = [
        node
        for node in sorted(nodes)
        if parts_of(nodes - {node}, {e for e in edges if node not in e}) > before
    ]
    bridges = sorted(tuple(sorted(e)) for e in edges if parts_of(nodes, edges - {e}) > before)
    assert list(found.articulation_points) == points
    assert list(found.bridges) == bridges


@settings(deadline=None)
@given(small_graphs())
def test_modularity_equals_its_double_sum(net: nx.Graph) -> None:
    """Modularity equals the double sum over nodes; the groups found hold each node once."""
    found = measure_communities(net, runs=3)
    assert sorted(node for group in found.groups for node in group) == sorted(net)
    if not net.edges:
        assert found.modularity is None
        return
    strength = dict(net.degree(weight="weight"))
    twice = sum(strength.values())
    total = sum(
        net.get_edge_data(i, j, {}).get("weight", 0) - strength[i] * strength[j] / twice
        for group in found.groups
        for i in group
        for j in group
    )
    assert found.modularity == pytest.approx(total / twice)
    assert measure_modularity(net, found.groups) == found.modularity
    assert found.modularity >= -1e-12


def test_karate_club_reaches_the_known_optimum() -> None:
    """Twenty runs reach modularity 0.4198 in four groups, the optimum for Zachary's club.

    Aloise and others, Column generation algorithms for exact modularity maximization in
    networks, Physical Review E 82 (2010) 046112, prove 0.41979 with four groups to be the best.
    """
    club = nx.Graph(tuple(map(str, tie)) for tie in nx.karate_club_graph().edges)
    found = measure_communities(club, runs=20)
    assert round(found.modularity or 0, 4) == 0.4198
    assert len(found.groups) == 4
    assert 1 <= found.agreeing <= found.runs == 20


def test_communities_do_not_depend_on_the_order_of_building() -> None:
    """The same network put together backwards gives the same groups for the same seed."""
    ties = list(nx.davis_southern_women_graph().edges)
    backwards = [(b, a) for a, b in reversed(ties)]
    assert measure_communities(nx.Graph(ties)) == measure_communities(nx.Graph(backwards))
    assert measure_network(nx.Graph(ties)) == measure_network(nx.Graph(backwards))


def test_communities_refuse_what_makes_no_sense() -> None:
    """No runs, or groups that are not a partition, are errors."""
    net = nx.Graph([("a", "b")])
    with pytest.raises(BadParameter, match="at least 1"):
        measure_communities(net, runs=0)
    with pytest.raises(BadParameter, match="exactly once"):
        measure_modularity(net, (("a",),))
    lone = nx.Graph()
    lone.add_node("a")
    with pytest.raises(BadParameter, match="at least one tie"):
        measure_modularity(lone, (("a",),))


@pytest.mark.parametrize(
    "measure",
    [
        measure_network,
        measure_betweenness,
        measure_prominence,
        measure_brokerage,
        measure_cores,
        measure_communities,
        measure_cut_points,
    ],
)
def test_empty_networks_and_self_loops_are_refused(measure: object) -> None:
    """Every measure refuses an empty network and a node tied to itself, naming it."""
    assert callable(measure)
    with pytest.raises(NetworkShapeError, match="no nodes"):
        measure(nx.Graph())
    with pytest.raises(NetworkShapeError, match="Ash is tied to itself"):
        measure(nx.Graph([("Ash", "Ash"), ("Ash", "Birch")]))


@pytest.mark.parametrize("weight", [0, -1, None, "2", float("nan"), float("inf"), True, 1e200])
def test_weights_must_be_numbers_above_nothing(weight: object) -> None:
    """A weight that is not a number above 0 is refused with its tie."""
    net = nx.Graph()
    net.add_edge("Ash", "Birch", weight=weight)
    with pytest.raises(NetworkShapeError, match="Ash to Birch weighs"):
        simple_graph(net)


@pytest.mark.parametrize("weight", [Decimal(3), Fraction(3), np.int64(3), np.float32(3)])
def test_weights_may_be_numbers_of_any_make(weight: object) -> None:
    """A weight from a table or an array is as good as one typed in."""
    net = nx.Graph()
    net.add_edge("Ash", "Birch", weight=weight)
    assert measure_network(net).nodes[0].strength == 3.0


def test_florentine_families() -> None:
    """Betweenness of the marriages of Florence, as networkx's and igraph's pages give it.

    Medici 0.522, Strozzi 0.103. By hand, on the drawing: five bridges, four articulation points.
    """
    net = nx.florentine_families_graph()
    found = measure_betweenness(net)
    assert (round(found["Medici"], 3), round(found["Strozzi"], 3)) == (0.522, 0.103)
    cuts = measure_cut_points(net)
    assert cuts.articulation_points == ("Albizzi", "Guadagni", "Medici", "Salviati")
    assert len(cuts.bridges) == 5


def test_directed_and_parallel_ties_become_one() -> None:
    """Ties in both directions and parallel ties add up; the caller's network stays as it was."""
    net = nx.MultiDiGraph()
    net.add_edge("Ash", "Birch", weight=2)
    net.add_edge("Birch", "Ash", weight=3)
    net.add_edge("Ash", "Birch")
    assert list(simple_graph(net).edges(data="weight")) == [("Ash", "Birch", 6)]
    assert net.number_of_edges() == 3


def test_nodes_of_kind() -> None:
    """One side is picked by kind; a kind that is not there lists those that are."""
    net = nx.Graph()
    net.add_node("Ash", kind="provider")
    net.add_node("Kent", kind="area")
    assert nodes_of_kind(net, "area") == {"Kent"}
    with pytest.raises(NetworkShapeError, match="there are area, provider"):
        nodes_of_kind(net, "lot")


def test_whole_network_by_hand() -> None:
    """A triangle with a tail and one node apart: every figure can be checked by eye."""
    net = nx.Graph([("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")])
    net["c"]["d"]["weight"] = 5
    net.add_node("e")
    found = measure_network(net)
    rows = {row.node: row for row in found.nodes}
    assert [row.degree for row in found.nodes] == [2, 2, 3, 1, 0]
    assert [row.strength for row in found.nodes] == [2.0, 2.0, 7.0, 5.0, 0.0]
    assert [row.core for row in found.nodes] == [2, 2, 2, 1, 0]
    assert [row.articulation_point for row in found.nodes] == [False, False, True, False, False]
    assert rows["c"].betweenness == pytest.approx(2 / 6)  # paths a–d and b–d of the 6 pairs
    assert (rows["e"].constraint, rows["e"].effective_size) == (None, None)
    assert (found.node_count, found.tie_count, found.components) == (5, 4, 2)
    assert (found.density, found.largest_component) == (0.4, 0.8)
    assert found.prominence_method == "PageRank"
    assert found.bridges == (("c", "d"),)
    assert found.communities == (("a", "b"), ("c", "d"), ("e",))


@settings(deadline=None)
@given(small_graphs(), st.permutations("abcdef"))
def test_relabelling_changes_names_only(net: nx.Graph, names: list[str]) -> None:
    """Renamed nodes keep their figures (the community search apart, which is only seeded)."""
    new = dict(zip("abcdef", names, strict=True))
    before = {new[row.node]: row for row in measure_network(net).nodes}
    for row in measure_network(nx.relabel_nodes(net, {n: new[n] for n in net})).nodes:
        old = before[row.node]
        assert (row.degree, row.strength, row.core) == (old.degree, old.strength, old.core)
        assert row.articulation_point == old.articulation_point
        assert isclose(row.betweenness, old.betweenness, abs_tol=1e-12)
        assert isclose(row.prominence, old.prominence, abs_tol=1e-6)
        assert (row.constraint is None) == (old.constraint is None)
        assert row.constraint == pytest.approx(old.constraint)
        assert row.effective_size == pytest.approx(old.effective_size)

"""Shortest paths counted in three ways, and projections in two, against networkx."""

import random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph import projection
from rehabgraph.graph.projection import count_shared
from rehabgraph.queries import structure_paths
from rehabgraph.queries.structure_bipartite import measure_sides, project_onto
from rehabgraph.queries.structure_centrality import measure_betweenness
from rehabgraph.queries.structure_paths import count_paths, estimate_paths, note_sample

names = st.sampled_from("abcdefghij")
networks = st.lists(st.tuples(names, names).filter(lambda e: e[0] != e[1]), min_size=1)


def of_size(nodes: int, seed: int = 1) -> "nx.Graph[str]":
    """Return a made-up network of several parts with hubs, bridges and nodes without ties."""
    net = nx.relabel_nodes(nx.barabasi_albert_graph(nodes, 3, seed=seed), str)
    net.add_edges_from([("x", "y"), ("y", "z")])
    net.add_node("alone")
    return net


@given(networks)
def test_all_three_ways_agree(ties: list[tuple[str, str]]) -> None:
    """On any small network rustworkx, and an estimate from every node, count as networkx does."""
    net = nx.Graph(ties)
    expected = nx.betweenness_centrality(net, normalized=False)
    rustworkx = pytest.importorskip("rustworkx")
    assert structure_paths._count_in_rust(rustworkx, net) == pytest.approx(expected)
    assert estimate_paths(net, len(net)) == pytest.approx(expected)
    assert count_paths(net) == pytest.approx(expected)


def test_large_is_networkx_by_other_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit rustworkx answers as networkx does, and without it networkx itself."""
    net = of_size(1_000)
    expected = nx.betweenness_centrality(net)
    assert measure_betweenness(net) == pytest.approx(expected, rel=1e-9, abs=1e-15)
    monkeypatch.setattr(structure_paths, "_import_rustworkx", lambda: None)
    assert measure_betweenness(net) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_weights_do_not_count() -> None:
    """Each tie is one step, whatever its weight, in every way of counting."""
    net, heavy = of_size(60), of_size(60)
    nx.set_edge_attributes(heavy, 7, "weight")
    rustworkx = pytest.importorskip("rustworkx")
    assert estimate_paths(heavy, 100) == estimate_paths(net, 100)
    counted = structure_paths._count_in_rust
    assert counted(rustworkx, heavy) == pytest.approx(counted(rustworkx, net))


def test_sample_is_drawn_from_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sampled figure is the same each time, near the true one, and the note says it is one."""
    net = of_size(400)
    exact = nx.betweenness_centrality(net, normalized=False)
    monkeypatch.setattr(structure_paths, "SAMPLED_ABOVE", 300)
    monkeypatch.setattr(structure_paths, "SAMPLE", 200)
    found = count_paths(net)
    assert found == count_paths(net)
    most = max(exact.values())
    assert max(abs(found[node] - exact[node]) for node in net) < 0.15 * most
    assert max(found, key=found.__getitem__) == max(exact, key=exact.__getitem__)
    (note,) = note_sample(len(net))
    assert "200 of 404 nodes" in note
    assert note_sample(300) == ()


def test_mean_of_all_draws_is_the_true_number() -> None:
    """The estimate is right on average: over many seeds its mean comes near the true number."""
    net = of_size(30)
    exact = nx.betweenness_centrality(net, normalized=False)
    runs = [estimate_paths(net, 10, seed) for seed in range(400)]
    hub = max(exact, key=exact.__getitem__)
    assert sum(run[hub] for run in runs) / len(runs) == pytest.approx(exact[hub], rel=0.03)


@given(st.dictionaries(names, st.lists(st.integers(0, 6)), max_size=9))
def test_projections_agree(held: dict[str, list[int]]) -> None:
    """The sparse product and plain sets count the same, in the same order, and nobody twice."""
    of = {name: [str(n) for n in places] for name, places in held.items()}
    assert list(projection._count_sparse(of)) == list(projection._count_plain(of))


def test_large_projection_is_networkx_by_other_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit, over several blocks, the projection is that of networkx."""
    draw = random.Random(3)  # noqa: S311 - made up
    held = {
        f"p{n}": {f"a{draw.randrange(90)}" for _ in range(draw.randrange(1, 5))}
        for n in range(1_200)
    }
    monkeypatch.setattr(projection, "ROWS_A_BLOCK", 500)
    net = nx.Graph((name, area) for name, areas in held.items() for area in areas)
    expected = nx.bipartite.weighted_projected_graph(net, list(held))
    found = project_onto(net, list(held))
    assert list(found.edges(data="weight")) == list(count_shared(held))
    assert nx.utils.graphs_equal(nx.Graph(found.edges), nx.Graph(expected.edges))
    assert all(expected[a][b]["weight"] == weight for a, b, weight in found.edges(data="weight"))


def test_two_sided_betweenness_at_size() -> None:
    """The measures of a large two-sided network are those of networkx.bipartite."""
    draw = random.Random(5)  # noqa: S311 - made up
    ties = [(f"p{n}", f"a{draw.randrange(40)}") for n in range(980) for _ in range(2)]
    net = nx.Graph(ties)
    side = {name for name, _ in ties}
    expected = nx.bipartite.betweenness_centrality(net, side)
    found = {row.node: row.betweenness for row in measure_sides(net, side)}
    assert len(net) >= structure_paths.RUSTWORKX_FROM
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-15)

"""Projection and betweenness of made-up networks, beside networkx, as ratios in one run.

`python benchmarks/large_networks.py --sizes 300,1000,5000,20000`. Providers serve areas by a
power law; a network of N nodes has two ties a node. networkx is left out where it would take
longer than `--limit` seconds, judged by its time at the size before.

A projection is measured in three parts, each beside that of networkx: the sparse product alone,
which leaves all pairs in arrays; every pair handed to Python with its names; and a networkx graph
made of them, which takes far longer than to count them. They take turns; the best of three counts.
"""

import argparse
import random
import time
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import networkx as nx

from rehabgraph.graph.projection import (
    _build_incidence,
    _count_plain,
    _count_sparse,
    _multiply_incidence,
)
from rehabgraph.queries.structure_bipartite import project_onto
from rehabgraph.queries.structure_paths import SAMPLED_ABOVE, count_paths

SIZES = "300,1000,5000,20000"
PLAIN_UP_TO = 5_000


def make_network(nodes: int, seed: int = 1) -> "nx.Graph[str]":
    """Return a two-sided network: nine in ten nodes are providers, the others their contracts."""
    draw = random.Random(seed)  # noqa: S311 - nothing secret: the same seed, the same network
    providers = [f"provider-{n:05}" for n in range(nodes * 9 // 10)]
    weights = list(accumulate((n + 1) ** -0.6 for n in range(len(providers))))
    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(providers)
    for n in range(nodes - len(providers)):
        for provider in draw.choices(providers, cum_weights=weights, k=20):
            net.add_edge(provider, f"contract-{n:05}")
    return net


def take(what: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that something took, and what it returned."""
    begin = time.perf_counter()
    found = what()
    return time.perf_counter() - begin, found


class Peer:
    """networkx, asked for as long as its time is expected to stay within the limit."""

    def __init__(self, limit: float, growth: float) -> None:
        self.limit, self.growth = limit, growth
        self.last = (1, 0.0)

    def take(self, size: int, what: Callable[[], Any]) -> tuple[float, Any] | None:
        """Return seconds and answer, or None where it would take too long."""
        before, seconds = self.last
        if seconds * (size / before) ** self.growth > self.limit:
            return None
        found = take(what)
        self.last = (size, found[0])
        return found


def show(name: str, ours: float, peer: tuple[float, Any] | None, more: str = "") -> None:
    """Print one line: how many times faster ours is."""
    beside = f"{peer[0] / ours:8.1f}× ({peer[0]:.3f} s)" if peer else "       – (left out)"
    print(f"  {name:34}{ours:9.3f} s   networkx takes {beside}  {more}")


def measure_projections(net: "nx.Graph[str]") -> None:
    """Print how long each way to project a network takes: the best of three turns."""
    providers = [node for node in net if node.startswith("provider")]
    held = {name: list(net[name]) for name in providers}
    incidence = _build_incidence(held, sorted(held))

    def take_turn() -> tuple[tuple[float, Any], ...]:
        return (
            take(lambda: nx.bipartite.weighted_projected_graph(net, providers)),
            take(lambda: list(_multiply_incidence(incidence))),
            take(lambda: list(_count_sparse(held))),
            take(lambda: project_onto(net, providers)),
            take(lambda: list(_count_plain(held)) if len(net) <= PLAIN_UP_TO else None),
        )

    turns = [take_turn() for _ in range(3)]
    peer, product, pairs, graph, sets = (
        (min(seconds for seconds, _ in each), each[0][1]) for each in zip(*turns, strict=True)
    )
    ties = peer[1].number_of_edges()
    found = sum(len(rows) for rows, _, _ in product[1])
    same = ties == found == len(pairs[1]) == graph[1].number_of_edges()
    more = f"{ties:,} pairs" if same else "ANSWERS DIFFER"
    show("projection, the product alone", product[0], peer, more)
    show("projection, pairs in Python", pairs[0], peer)
    show("projection, as a networkx graph", graph[0], peer)
    if sets[1]:
        show("projection, plain sets", sets[0], peer)


def main() -> None:
    """Read the command line and print the table of each size."""
    parser = argparse.ArgumentParser(description="Large networks beside networkx.")
    parser.add_argument("--sizes", default=SIZES, help="numbers of nodes, by comma")
    parser.add_argument("--limit", type=float, default=60, help="seconds for networkx, each time")
    given = parser.parse_args()
    list(_count_sparse({"a": ["x"]})), count_paths(nx.path_graph(1_000))  # load the libraries
    paths = Peer(given.limit, 2.0)
    for size in map(int, given.sizes.split(",")):
        net = make_network(size)
        print(f"{len(net):,} nodes, {net.number_of_edges():,} ties")
        measure_projections(net)
        exact = paths.take(size, lambda net=net: nx.betweenness_centrality(net, normalized=False))
        ours, found = take(lambda net=net: count_paths(net))
        sampled = len(net) > SAMPLED_ABOVE
        wrong = exact and not sampled and any(_far(found[n], exact[1][n]) for n in net)
        name = f"betweenness{', sampled' if sampled else ''}"
        show(name, ours, exact, "ANSWERS DIFFER" if wrong else "")


def _far(one: float, other: float) -> bool:
    return abs(one - other) > 1e-6 * (1 + other)


if __name__ == "__main__":
    main()

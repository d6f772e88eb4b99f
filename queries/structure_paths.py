"""How many shortest paths run through each node, whatever the size of the network.

networkx counts them in small networks; past about a thousand nodes rustworkx does, some forty
times faster and with the same figures; past five thousand they are estimated from some of the
nodes, drawn at random from a fixed seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

RUSTWORKX_FROM = 1_000
SAMPLED_ABOVE = 5_000
SAMPLE = 500
"""So many nodes are drawn: each figure is then as a rule within a few hundredths of the largest."""
SEED = 0
AT_ONCE = 50


def count_paths(simple: nx.Graph[str]) -> dict[str, float]:
    """Return the number of shortest paths between two other nodes through each node.

    Args:
        simple: an undirected network without parallel ties; each tie is one step.

    Returns:
        Node → paths; where several join two nodes, each counts in part. Estimated where the
        network has more nodes than `SAMPLED_ABOVE`.

    Example:
        >>> import networkx as nx
        >>> count_paths(nx.path_graph(["Ash", "Birch", "Cedar"]))
        {'Ash': 0.0, 'Birch': 1.0, 'Cedar': 0.0}

    Source:
        Brandes, A faster algorithm for betweenness centrality, Journal of Mathematical Sociology
        25 (2001) 163–177; Brandes and Pich, Centrality estimation in large networks,
        International Journal of Bifurcation and Chaos 17 (2007) 2303–2318, for the sample.
    """
    import networkx as nx

    if len(simple) > SAMPLED_ABOVE:
        return estimate_paths(simple, SAMPLE)
    if len(simple) >= RUSTWORKX_FROM and (rustworkx := _import_rustworkx()):
        return _count_in_rust(rustworkx, simple)
    found = nx.betweenness_centrality(simple, normalized=False)
    return {node: float(value) for node, value in found.items()}


def note_sample(nodes: int) -> tuple[str, ...]:
    """Return what a report says of the betweenness of a network of so many nodes, if anything.

    >>> note_sample(5_000)
    ()
    """
    if nodes <= SAMPLED_ABOVE:
        return ()
    return (
        f"Betweenness is estimated: shortest paths from {SAMPLE} of {nodes:,} nodes, drawn at "
        f"random from the fixed seed {SEED}; small figures are the least certain.",
    )


def _import_rustworkx() -> Any:  # noqa: ANN401 - it has types of its own, and may be missing
    try:
        import rustworkx
    except ImportError:
        return None
    return rustworkx


def _count_in_rust(rustworkx: Any, simple: nx.Graph[str]) -> dict[str, float]:  # noqa: ANN401
    place = {node: n for n, node in enumerate(simple)}
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(list(place))
    graph.add_edges_from_no_data([(place[a], place[b]) for a, b in simple.edges()])
    found = rustworkx.graph_betweenness_centrality(graph, normalized=False)
    return {node: float(found[n]) for node, n in place.items()}


def estimate_paths(simple: nx.Graph[str], sample: int, seed: int = SEED) -> dict[str, float]:
    """Return the number of shortest paths through each node, estimated from some of the nodes.

    The paths from the drawn nodes are counted, many nodes at once by sparse matrix products, and
    scaled to all nodes: the mean over all draws is the true number, and with all nodes drawn it
    is exact.

    Args:
        simple: an undirected network without parallel ties.
        sample: how many nodes to draw; all when there are no more.
        seed: of the draw.

    Example:
        >>> import networkx as nx
        >>> estimate_paths(nx.path_graph(["Ash", "Birch", "Cedar"]), 3)
        {'Ash': 0.0, 'Birch': 1.0, 'Cedar': 0.0}
    """
    import random

    import networkx as nx
    import numpy as np

    count = len(simple)
    drawn = random.Random(seed).sample(range(count), min(sample, count))  # noqa: S311 - no secret
    ties = nx.to_scipy_sparse_array(simple, weight=None, dtype="float64", format="csr")
    through = np.zeros(count)
    for start in range(0, len(drawn), AT_ONCE):
        through += _paths_from(ties, drawn[start : start + AT_ONCE])
    through *= count / len(drawn) / 2  # each path is found from both of its ends
    return dict(zip(simple, through.tolist(), strict=True))


def _paths_from(ties: Any, sources: list[int]) -> Any:  # noqa: ANN401 - scipy has no types
    """Return, for each node, the paths from some sources that run through it (Brandes)."""
    import numpy as np

    columns = np.arange(len(sources))
    paths = np.zeros((ties.shape[0], len(sources)))
    paths[sources, columns] = 1.0
    seen = paths > 0
    levels = [seen.copy()]
    while True:
        reached = ties @ np.where(levels[-1], paths, 0.0)
        new = (reached > 0) & ~seen
        if not new.any():
            break
        paths[new] = reached[new]
        seen |= new
        levels.append(new)
    depends = np.zeros_like(paths)
    for nearer, further in zip(levels[-2::-1], levels[:0:-1], strict=True):
        share = np.divide(1.0 + depends, paths, out=np.zeros_like(paths), where=further)
        depends += np.where(nearer, paths * (ties @ share), 0.0)
    depends[sources, columns] = 0.0  # a source lies between nobody in its own paths
    return depends.sum(axis=1)

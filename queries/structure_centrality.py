"""Where each node of a network stands: centrality, brokerage and core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.queries.structure_paths import count_paths
from rehabgraph.queries.structure_shape import simple_graph

if TYPE_CHECKING:
    import networkx as nx

EIGENVECTOR = "eigenvector"
PAGERANK = "PageRank"
DAMPING = 0.85


@dataclass(frozen=True, slots=True)
class Prominence:
    """A score of each node, and the method it comes from (`eigenvector` or `PageRank`)."""

    method: str
    why: str
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Brokerage:
    """Burt's measures of one node; None where it has no tie and they are not defined."""

    constraint: float | None
    effective_size: float | None


def measure_betweenness(net: nx.Graph[str]) -> dict[str, float]:
    """Return the share of shortest paths between two other nodes that run through each node.

    Args:
        net: a network; each tie counts as one step, whatever its weight.

    Returns:
        Node → betweenness, divided by the number of pairs of other nodes: from 0 to 1. Estimated
        in networks of more than 5,000 nodes, see `structure_paths`.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> measure_betweenness(nx.Graph([("Ash", "Birch"), ("Birch", "Cedar")]))
        {'Ash': 0.0, 'Birch': 1.0, 'Cedar': 0.0}

    Source:
        Freeman, A set of measures of centrality based on betweenness, Sociometry 40 (1977) 35–41.
    """
    found = count_paths(simple_graph(net))
    pairs = (len(found) - 1) * (len(found) - 2) / 2
    return {node: value / pairs if pairs else 0.0 for node, value in found.items()}


def measure_prominence(net: nx.Graph[str]) -> Prominence:
    """Return a score of each node that is high when its neighbours score high.

    This is eigenvector centrality where it is defined. In a network of several parts it is not:
    PageRank (damping 0.85) stands in and the result says so.

    Args:
        net: a network; each tie counts once, whatever its weight.

    Returns:
        The scores with their method. Eigenvector scores have Euclidean length 1, PageRank scores
        add up to 1: do not compare one with the other.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> measure_prominence(nx.Graph([("Ash", "Birch"), ("Cedar", "Dogwood")])).method
        'PageRank'

    Source:
        Bonacich, Power and centrality, American Journal of Sociology 92 (1987) 1170–1182; Brin
        and Page, Computer Networks and ISDN Systems 30 (1998) 107–117.
    """
    import networkx as nx

    simple = simple_graph(net)
    if nx.is_connected(simple):
        try:
            scores = nx.eigenvector_centrality(simple, max_iter=5000, tol=1e-10)
        except nx.PowerIterationFailedConvergence:
            why = "the eigenvector did not settle in 5,000 rounds"
        else:
            return Prominence(EIGENVECTOR, "the network is connected", _plain(scores))
    else:
        why = f"the network has {nx.number_connected_components(simple)} separate parts"
    scores = nx.pagerank(simple, alpha=DAMPING, weight=None, tol=1e-12, max_iter=1000)
    return Prominence(PAGERANK, why, _plain(scores))


def measure_brokerage(net: nx.Graph[str], *, weighted: bool = False) -> dict[str, Brokerage]:
    """Return Burt's constraint and effective size of each node.

    A low constraint and a large effective size mean contacts that are not tied to each other.

    Args:
        net: a network.
        weighted: whether a tie counts by its `weight`; each tie counts once otherwise.

    Returns:
        Node → its two measures.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> measure_brokerage(nx.Graph([("Ash", "Birch"), ("Birch", "Cedar")]))["Birch"]
        Brokerage(constraint=0.5, effective_size=2.0)

    Source:
        Burt, Structural Holes (1992), chapter 2; Borgatti, Structural holes: unpacking Burt's
        redundancy measures, Connections 20 (1997) 35–38. Written out here: networkx is slow node
        by node, and its matrix form gives other effective sizes when ties have weights.
    """
    simple = simple_graph(net)
    held = {
        i: {j: data["weight"] if weighted else 1.0 for j, data in simple[i].items()} for i in simple
    }
    total = {i: sum(ties.values()) for i, ties in held.items()}
    most = {i: max(ties.values(), default=0.0) for i, ties in held.items()}
    found = {}
    for i, ties in held.items():
        constraint, size = 0.0, 0.0
        for j in ties:
            both = [q for q in held[j] if q in ties]
            by_others = sum(ties[q] / total[i] * held[q][j] / total[q] for q in both)
            constraint += (ties[j] / total[i] + by_others) ** 2
            size += 1 - sum(ties[q] / total[i] * held[j][q] / most[j] for q in both)
        found[i] = Brokerage(constraint, size) if ties else Brokerage(None, None)
    return found


def measure_cores(net: nx.Graph[str]) -> dict[str, int]:
    """Return the core number of each node.

    A node has core number k when it lies in a group whose members all have k ties or more inside
    the group, and in no such group for k + 1.

    Args:
        net: a network; weights do not matter.

    Returns:
        Node → core number; 0 for a node without ties.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> ring = [("Ash", "Birch"), ("Birch", "Cedar"), ("Cedar", "Ash"), ("Ash", "Dogwood")]
        >>> measure_cores(nx.Graph(ring))
        {'Ash': 2, 'Birch': 2, 'Cedar': 2, 'Dogwood': 1}

    Source:
        Seidman, Network structure and minimum degree, Social Networks 5 (1983) 269–287.
    """
    import networkx as nx

    return {node: int(core) for node, core in nx.core_number(simple_graph(net)).items()}


def _plain(scores: dict[str, float]) -> dict[str, float]:
    return {node: float(score) for node, score in scores.items()}

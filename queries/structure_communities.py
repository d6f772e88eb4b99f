"""How a network holds together: communities, and the nodes and ties whose loss splits it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.structure_shape import simple_graph

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Communities:
    """The best partition found, its modularity, and how often the runs agreed on it.

    Modularity is None for a network without ties.
    """

    groups: tuple[tuple[str, ...], ...]
    modularity: float | None
    runs: int
    agreeing: int
    seed: int


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Nodes and ties whose loss would split a connected part of the network."""

    articulation_points: tuple[str, ...]
    bridges: tuple[tuple[str, str], ...]


def measure_communities(net: nx.Graph[str], *, seed: int = 0, runs: int = 10) -> Communities:
    """Return groups with many ties inside and few between, by the Louvain method.

    The method starts from a random order. It is run several times with seeds that follow each
    other and the partition with the highest modularity is kept; `agreeing` counts the runs that
    gave that very partition. When few agree, other groupings are about as good.

    Args:
        net: a network; a tie counts by its `weight` (1 without).
        seed: the first seed; the same seed and network give the same answer.
        runs: how many runs, at least 1.

    Returns:
        The groups, largest first, then by name, each in order of name.

    Raises:
        BadParameter: `runs` is below 1.
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> two = ["ab", "bc", "ac", "cd", "de", "ef", "df"]
        >>> measure_communities(nx.Graph(tuple(pair) for pair in two)).groups
        (('a', 'b', 'c'), ('d', 'e', 'f'))

    Source:
        Blondel, Guillaume, Lambiotte and Lefebvre, Fast unfolding of communities in large
        networks, Journal of Statistical Mechanics (2008) P10008.
    """
    import networkx as nx

    if runs < 1:
        raise BadParameter(f"{runs} runs asked for: ask for at least 1")
    simple = simple_graph(net)
    if not simple.number_of_edges():
        return Communities(tuple((node,) for node in simple), None, runs, runs, seed)
    found = Counter(
        _in_order(nx.community.louvain_communities(simple, seed=seed + run)) for run in range(runs)
    )
    scores = {groups: round(measure_modularity(simple, groups), 12) for groups in found}
    best = min(found, key=lambda groups: (-scores[groups], groups))
    return Communities(best, measure_modularity(simple, best), runs, found[best], seed)


def measure_modularity(net: nx.Graph[str], groups: tuple[tuple[str, ...], ...]) -> float:
    """Return how much more weight lies inside the groups than chance would put there.

    Args:
        net: a network with at least one tie.
        groups: a partition of its nodes.

    Returns:
        Modularity, from -1/2 to below 1; 0 for one group of all.

    Raises:
        BadParameter: the groups do not hold each node exactly once.
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> measure_modularity(nx.Graph([("a", "b"), ("c", "d")]), (("a", "b"), ("c", "d")))
        0.5

    Source:
        Newman and Girvan, Finding and evaluating community structure in networks, Physical
        Review E 69 (2004) 026113.
    """
    import networkx as nx

    simple = simple_graph(net)
    if Counter(node for group in groups for node in group) != Counter(simple):
        raise BadParameter("the groups must hold each node of the network exactly once")
    if not simple.number_of_edges():
        raise BadParameter("modularity needs a network with at least one tie")
    return float(nx.community.modularity(simple, groups))


def measure_cut_points(net: nx.Graph[str]) -> CutPoints:
    """Return the articulation points and bridges of a network.

    Args:
        net: a network; parallel ties between two nodes count as one.

    Returns:
        Nodes (articulation points) and ties (bridges) whose loss raises the number of separate
        parts, in order of name.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop.

    Example:
        >>> import networkx as nx
        >>> measure_cut_points(nx.Graph([("Ash", "Birch"), ("Birch", "Cedar")]))
        CutPoints(articulation_points=('Birch',), bridges=(('Ash', 'Birch'), ('Birch', 'Cedar')))

    Source:
        Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972)
        146–160.
    """
    import networkx as nx

    simple = simple_graph(net)
    points = tuple(sorted(nx.articulation_points(simple)))
    ends = (sorted(edge) for edge in nx.bridges(simple))
    return CutPoints(points, tuple(sorted((a, b) for a, b in ends)))


def _in_order(groups: list[set[str]]) -> tuple[tuple[str, ...], ...]:
    named = (tuple(sorted(group)) for group in groups)
    return tuple(sorted(named, key=lambda group: (-len(group), group)))

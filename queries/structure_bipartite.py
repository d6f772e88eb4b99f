"""Measures of a two-sided network: providers on one side, areas (or contracts) on the other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.graph.projection import count_shared
from rehabgraph.queries.structure_paths import count_paths
from rehabgraph.queries.structure_shape import simple_graph, split_sides

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class SideCentrality:
    """How central one node of a two-sided network is; each figure lies between 0 and 1."""

    node: str
    on_given_side: bool
    degree: float
    closeness: float
    betweenness: float


def project_onto(net: nx.Graph[str], nodes: Collection[str]) -> nx.Graph[str]:
    """Join nodes of one side that share neighbours; the weight is the number they share.

    Args:
        net: a two-sided network; parallel edges and directions do not matter.
        nodes: all nodes of the side to keep.

    Returns:
        A new graph on that side, node attributes kept, nodes and edges in order of name.

    Raises:
        NetworkShapeError: the network is not two-sided or `nodes` is not one of its sides.

    Example:
        >>> import networkx as nx
        >>> net = nx.Graph([("Ash", "Kent"), ("Ash", "Essex"), ("Birch", "Kent")])
        >>> list(project_onto(net, {"Ash", "Birch"}).edges(data="weight"))
        [('Ash', 'Birch', 1)]

    Source:
        Breiger, The duality of persons and groups, Social Forces 53 (1974) 181–190.
    """
    import networkx as nx

    side, _ = split_sides(net, nodes)
    projected = nx.Graph()
    projected.add_nodes_from((node, net.nodes[node]) for node in side)
    held = {node: list(nx.all_neighbors(net, node)) for node in side}
    projected.add_weighted_edges_from(count_shared(held))
    return projected


def measure_sides(net: nx.Graph[str], nodes: Collection[str]) -> tuple[SideCentrality, ...]:
    """Return the centralities of every node of a two-sided network, scaled for its sides.

    Degree is divided by the size of the other side, closeness by the shortest distances that two
    sides allow (and by the share of the network that the node can reach), betweenness by the most
    that sides of these sizes allow; where that most is nothing, betweenness is 0.

    Args:
        net: a two-sided network.
        nodes: all nodes of one side.

    Returns:
        One row for each node of both sides: first the side given, each in order of name.

    Raises:
        NetworkShapeError: the network is not two-sided or `nodes` is not one of its sides.

    Example:
        >>> import networkx as nx
        >>> net = nx.Graph([("Ash", "Kent"), ("Birch", "Kent"), ("Birch", "Essex")])
        >>> for row in measure_sides(net, {"Ash", "Birch"}):
        ...     print(row.node, row.degree, round(row.closeness, 3), row.betweenness)
        Ash 0.5 0.667 0.0
        Birch 1.0 1.0 1.0
        Essex 0.5 0.667 0.0
        Kent 1.0 1.0 1.0

    Source:
        Borgatti and Halgin, Analyzing affiliation networks, The SAGE Handbook of Social Network
        Analysis (2011), chapter 28; as in networkx.bipartite.
    """
    import networkx as nx

    side, other = split_sides(net, nodes)
    simple = simple_graph(net)
    degree = nx.bipartite.degree_centrality(simple, side)
    closeness = nx.bipartite.closeness_centrality(simple, side)
    between = count_paths(simple)
    rows = []
    for own, across in ((side, other), (other, side)):
        most = most_betweenness(len(own), len(across))
        rows += [
            SideCentrality(
                node=node,
                on_given_side=own is side,
                degree=float(degree[node]),
                closeness=float(closeness[node]),
                betweenness=float(between[node] / most) if most else 0.0,
            )
            for node in own
        ]
    return tuple(rows)


def most_betweenness(own: int, across: int) -> float:
    """Return the largest betweenness a node can have, given the sizes of its side and the other.

    networkx divides by this figure without asking whether it is 0, which it is for the many side
    of a star; so it is computed here.

    Args:
        own: number of nodes on the node's own side.
        across: number of nodes on the other side.

    Returns:
        The number of pairs of other nodes that can need the node on their shortest path.

    Example:
        >>> most_betweenness(1, 4)
        6.0

    Source:
        Borgatti and Halgin (2011), as in `measure_sides`.
    """
    s, t = divmod(own - 1, across)
    return (across**2 * (s + 1) ** 2 + across * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2

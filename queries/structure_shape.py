"""What a network must look like before it is measured.

networkx does not check that a node set is one complete side of a two-sided network: on a wrong
set its projections and centralities are wrong without a word. These checks come first.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import InvalidAmount, NetworkShapeError
from rehabgraph.queries.amounts import check_amount

if TYPE_CHECKING:
    import networkx as nx


def simple_graph(net: nx.Graph[str]) -> nx.Graph[str]:
    """Return a network as an undirected graph with one edge a pair, its weights added up.

    Nodes and edges are put in order of name, so that a measure gives the same figures whatever
    order the network was built in.

    Args:
        net: any networkx graph, directed or not, with parallel edges or not; an edge without
            `weight` weighs 1.

    Returns:
        A new graph; the caller's is left as it is.

    Raises:
        NetworkShapeError: the network is empty, has a self-loop or a weight that is not a number
            above 0.

    Example:
        >>> import networkx as nx
        >>> net = nx.MultiDiGraph([("b", "a"), ("a", "b"), ("a", "c")])
        >>> list(simple_graph(net).edges(data="weight"))
        [('a', 'b', 2), ('a', 'c', 1)]

    Source:
        Wasserman and Faust, Social Network Analysis (1994), chapter 4 (simple graphs).
    """
    import networkx as nx

    if not len(net):
        raise NetworkShapeError("the network has no nodes: widen the filters")
    weights: dict[tuple[str, str], float] = {}
    for source, target, weight in net.edges(data="weight", default=1):
        if source == target:
            raise NetworkShapeError(f"{source} is tied to itself: remove the self-loop")
        first, second = sorted((source, target))
        number = _check_weight(weight, f"the tie {source} to {target}")
        weights[first, second] = weights.get((first, second), 0) + number
    simple = nx.Graph()
    simple.add_nodes_from((node, net.nodes[node]) for node in sorted(net))
    for (first, second), weight in sorted(weights.items()):
        simple.add_edge(first, second, weight=weight)
    return simple


def _check_weight(weight: object, of: str) -> float:
    """Return a weight as it is (an int stays one), or refuse it."""
    try:
        number = check_amount(weight, of)
    except InvalidAmount:
        number = 0.0
    if not number:
        raise NetworkShapeError(f"{of} weighs {weight}: a weight is a number above 0")
    return weight if isinstance(weight, int) else number


def nodes_of_kind(net: nx.Graph[str], kind: str) -> set[str]:
    """Return the nodes whose attribute `kind` has a value: one side of a two-sided network.

    Args:
        net: a network whose nodes carry `kind`.
        kind: the value to look for.

    Returns:
        The nodes of that kind.

    Raises:
        NetworkShapeError: no node is of that kind; the message lists the kinds there are.

    Example:
        >>> import networkx as nx
        >>> net = nx.Graph()
        >>> net.add_node("Ash", kind="provider")
        >>> net.add_node("Kent", kind="area")
        >>> nodes_of_kind(net, "provider")
        {'Ash'}

    Source:
        This project's own convention.
    """
    found = {node for node, of in net.nodes(data="kind") if of == kind}
    if not found:
        kinds = sorted({str(of) for _, of in net.nodes(data="kind")})
        raise NetworkShapeError(f"no node is of the kind {kind}: there are {', '.join(kinds)}")
    return found


def split_sides(net: nx.Graph[str], nodes: Collection[str]) -> tuple[list[str], list[str]]:
    """Return both sides of a two-sided network, after checking that they are sides.

    Args:
        net: a network without self-loops.
        nodes: all nodes of one side. A node left out counts to the other side; that is an error
            as soon as it has a tie.

    Returns:
        The nodes of the side given and those of the other side, each in order of name.

    Raises:
        NetworkShapeError: the network is empty or has a self-loop, a side is empty, a node is
            not in the network, or a tie joins two nodes of one side.

    Example:
        >>> import networkx as nx
        >>> split_sides(nx.Graph([("Ash", "Kent"), ("Birch", "Kent")]), {"Ash", "Birch"})
        (['Ash', 'Birch'], ['Kent'])

    Source:
        Borgatti and Halgin, Analyzing affiliation networks, The SAGE Handbook of Social Network
        Analysis (2011), chapter 28.
    """
    if not len(net):
        raise NetworkShapeError("the network has no nodes: widen the filters")
    side = set(nodes)
    if unknown := sorted(side - set(net)):
        raise NetworkShapeError(
            f"{len(unknown)} of the nodes given are not in the network, first {unknown[0]}"
        )
    other = set(net) - side
    if not side or not other:
        raise NetworkShapeError(
            "one side of the network is empty: give all nodes of one side, and only those"
        )
    for source, target in net.edges():
        if source == target:
            raise NetworkShapeError(f"{source} is tied to itself: remove the self-loop")
        if (source in side) == (target in side):
            first, second = sorted((source, target))
            raise NetworkShapeError(
                f"{first} and {second} are tied but stand on one side: "
                "give all nodes of one side, and only those"
            )
    return sorted(side), sorted(other)

"""All measures of one network in one pass: a row for each node and the figures of the whole.

The measures themselves stand in files of their own: `structure_centrality`,
`structure_communities`, and for two-sided networks `structure_bipartite` and
`structure_nestedness`; `structure_robustness` removes nodes one by one; `structure_shape` checks
what is about to be measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.queries.structure_centrality import (
    measure_betweenness,
    measure_brokerage,
    measure_cores,
    measure_prominence,
)
from rehabgraph.queries.structure_communities import measure_communities, measure_cut_points
from rehabgraph.queries.structure_shape import simple_graph

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """Where one node stands.

    `degree` counts its neighbours, `strength` adds the weights of its ties, `community` is the
    number of its group (0 is the largest). Constraint and effective size are None for a node
    without ties.
    """

    node: str
    degree: int
    strength: float
    betweenness: float
    prominence: float
    constraint: float | None
    effective_size: float | None
    core: int
    community: int
    articulation_point: bool


@dataclass(frozen=True, slots=True)
class NetworkMeasures:
    """A network measured: a row for each node, in order of name, and figures of the whole.

    `density` is None for one node alone, `modularity` for a network without ties. `agreeing` of
    `runs` runs found these very communities.
    """

    nodes: tuple[NodeMeasures, ...]
    node_count: int
    tie_count: int
    density: float | None
    components: int
    largest_component: float
    prominence_method: str
    prominence_why: str
    communities: tuple[tuple[str, ...], ...]
    modularity: float | None
    runs: int
    agreeing: int
    bridges: tuple[tuple[str, str], ...]


def measure_network(net: nx.Graph[str], *, seed: int = 0) -> NetworkMeasures:
    """Return the measures of every node of a network and of the network as a whole.

    Directions are dropped and parallel ties become one tie with their weights added. Only
    strength and communities use the weights.

    Args:
        net: a network, for instance of ties between providers, or one side of a two-sided
            network joined by `project_onto`.
        seed: first seed of the community search.

    Returns:
        One frozen result; the same network gives the same figures, however it was put together.

    Raises:
        NetworkShapeError: the network is empty, has a self-loop or a weight that is not a number
            above 0.

    Example:
        >>> import networkx as nx
        >>> found = measure_network(nx.Graph([("Ash", "Birch"), ("Birch", "Cedar")]))
        >>> found.nodes[1].node, found.nodes[1].degree, found.nodes[1].articulation_point
        ('Birch', 2, True)
        >>> found.tie_count, round(found.density, 3), found.prominence_method
        (2, 0.667, 'eigenvector')

    Source:
        Named in each measure's own function.
    """
    import networkx as nx

    simple = simple_graph(net)
    strength = dict(simple.degree(weight="weight"))
    betweenness = measure_betweenness(simple)
    prominence = measure_prominence(simple)
    brokerage = measure_brokerage(simple)
    cores = measure_cores(simple)
    communities = measure_communities(simple, seed=seed)
    cuts = measure_cut_points(simple)
    group = {node: i for i, members in enumerate(communities.groups) for node in members}
    points = set(cuts.articulation_points)
    parts = [len(part) for part in nx.connected_components(simple)]
    count = len(simple)
    return NetworkMeasures(
        nodes=tuple(
            NodeMeasures(
                node=node,
                degree=int(simple.degree[node]),
                strength=float(strength[node]),
                betweenness=betweenness[node],
                prominence=prominence.scores[node],
                constraint=brokerage[node].constraint,
                effective_size=brokerage[node].effective_size,
                core=cores[node],
                community=group[node],
                articulation_point=node in points,
            )
            for node in simple
        ),
        node_count=count,
        tie_count=int(simple.number_of_edges()),
        density=float(nx.density(simple)) if count > 1 else None,
        components=len(parts),
        largest_component=max(parts) / count,
        prominence_method=prominence.method,
        prominence_why=prominence.why,
        communities=communities.groups,
        modularity=communities.modularity,
        runs=communities.runs,
        agreeing=communities.agreeing,
        bridges=cuts.bridges,
    )

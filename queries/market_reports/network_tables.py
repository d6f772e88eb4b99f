"""The tables of the report `network`: nodes, the whole, and what is left as nodes go."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.report import Column
from rehabgraph.queries.structure import NetworkMeasures
from rehabgraph.queries.structure_bipartite import measure_sides
from rehabgraph.queries.structure_nestedness import measure_nestedness
from rehabgraph.queries.structure_robustness import Robustness

if TYPE_CHECKING:
    import networkx as nx


def ids_behind(behind: dict[str, list[str]], nodes: Iterable[str]) -> list[str]:
    """Return the addresses behind some nodes, each once."""
    return list(dict.fromkeys(i for node in nodes for i in behind.get(node, ())))


def list_nodes(
    net: "nx.Graph[str]",
    measured: NetworkMeasures,
    of: str,
    labels: dict[str, str],
    behind: dict[str, list[str]],
) -> list[dict[str, Any]]:
    """Return a row for each node, those with most ties first."""
    sides = {}
    if of == "provider-area":
        leads = {node for node, kind in net.nodes(data="kind") if kind == "organisation"}
        sides = {row.node: row for row in measure_sides(net, leads)}
    rows: list[dict[str, Any]] = []
    for n in measured.nodes:
        row: dict[str, Any] = {
            "id": n.node,
            "name": labels[n.node],
            "kind": n.node.split("/", 1)[0],
            "degree": n.degree,
            "strength": n.strength,
            "betweenness": n.betweenness,
            "prominence": n.prominence,
            "constraint": n.constraint,
            "effective_size": n.effective_size,
            "core": n.core,
            "community": n.community,
            "articulation": n.articulation_point,
            "ids": ids_behind(behind, [n.node]),
        }
        if side := sides.get(n.node):
            row |= {"side_degree": side.degree, "side_closeness": side.closeness}
            row["side_betweenness"] = side.betweenness
        rows.append(row)
    rows.sort(key=lambda r: (-r["degree"], -r["strength"], r["name"]))
    return rows


def name_node_columns(of: str, measured: NetworkMeasures) -> list[Column]:
    """Return the columns of the nodes; a two-sided network has three more."""
    columns = [
        Column("name", "Node"),
        Column("kind", "Kind"),
        Column("degree", "Degree", "integer"),
        Column("strength", "Strength", "number"),
        Column("betweenness", "Betweenness", "number"),
        Column("prominence", measured.prominence_method.capitalize()
               if measured.prominence_method.islower() else measured.prominence_method, "number"),
        Column("constraint", "Constraint", "number"),
        Column("effective_size", "Effective size", "number"),
        Column("core", "Core", "integer"),
        Column("community", "Community", "integer"),
        Column("articulation", "Articulation point", "boolean"),
    ]  # fmt: skip
    if of == "provider-area":
        columns += [
            Column("side_degree", "Degree, two-sided", "number"),
            Column("side_closeness", "Closeness, two-sided", "number"),
            Column("side_betweenness", "Betweenness, two-sided", "number"),
        ]
    return columns


def list_whole(
    net: "nx.Graph[str]",
    m: NetworkMeasures,
    of: str,
    curves: Iterable[Robustness],
    behind: dict[str, list[str]],
) -> list[dict[str, Any]]:
    """Return a row for each figure of the whole network."""
    points = sum(1 for n in m.nodes if n.articulation_point)
    found: list[tuple[str, float | None, str]] = [
        ("Nodes", m.node_count, ""),
        ("Ties", m.tie_count, ""),
        ("Density", m.density, "of all possible ties"),
        ("Separate parts", m.components, ""),
        ("Largest part", 100 * m.largest_component, "percent of nodes"),
        ("Articulation points", points, "nodes"),
        ("Bridges", len(m.bridges), "ties"),
        ("Communities", len(m.communities), ""),
        ("Modularity", m.modularity, ""),
        ("Runs that found these communities", m.agreeing, f"of {m.runs}"),
    ]
    if of == "provider-area":
        leads = {node for node, kind in net.nodes(data="kind") if kind == "organisation"}
        nested = measure_nestedness(net, leads)
        found += [
            ("NODF", nested.total, "of 100"),
            ("NODF, among providers", nested.rows, "of 100"),
            ("NODF, among areas", nested.columns, "of 100"),
        ]
    for curve in curves:
        found.append(
            (f"Robustness by {curve.order}, {curve.counts}", curve.mean, "mean share left")
        )
    ids = ids_behind(behind, sorted(behind))
    return [{"name": name, "figure": x, "of": unit, "ids": ids} for name, x, unit in found]


def list_steps(
    curves: Iterable[Robustness], labels: dict[str, str], behind: dict[str, list[str]]
) -> list[dict[str, Any]]:
    """Return a row for each step of each robustness curve."""
    rows: list[dict[str, Any]] = []
    for curve in curves:
        for step in curve.steps:
            node = step.removed
            rows.append(
                {
                    "id": f"{node or 'none'}:{curve.order}:{curve.counts}",
                    "name": labels.get(node, node) if node else "nobody yet",
                    "order": f"by {curve.order}",
                    "counts": curve.counts,
                    "gone": step.gone,
                    "share": 100 * step.share,
                    "ids": ids_behind(behind, [node] if node else sorted(behind)),
                }
            )
    return rows

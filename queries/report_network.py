"""The report `network`: where each node stands, and how the network as a whole is built."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import NetworkShapeError
from rehabgraph.graph.network import build_network
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.parts import read_parts
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.report_frame import build_report
from rehabgraph.queries.slices import areas_of, build_slices, check_choice
from rehabgraph.queries.structure import NetworkMeasures, measure_network
from rehabgraph.queries.structure_bipartite import measure_sides, project_onto
from rehabgraph.queries.structure_nestedness import measure_nestedness
from rehabgraph.queries.structure_robustness import (
    Robustness,
    measure_robustness,
    measure_service_robustness,
)

if TYPE_CHECKING:
    import networkx as nx
    from rehabgraph.queries.graph import Graph

NETWORKS = ("provider-area", "provider-provider", "lead-subcontractor")
SHOWS = ("nodes", "whole", "communities", "bridges", "robustness")
METHOD = (
    "Directions are dropped and parallel ties become one tie with their weights added; strength "
    "and communities use the weights, all else counts a tie once. Communities are Louvain's, from "
    "fixed seeds."
)
_WHAT = {
    "provider-area": "lead providers and the areas of their contracts",
    "provider-provider": "lead providers joined by the areas that both serve",
    "lead-subcontractor": "leads and the subcontractors that their contracts list",
}


def report_network(
    graph: "Graph", filters: Filters, of: str = "provider-area", show: str = "nodes"
) -> Report:
    """Return the measures of a network's nodes, or of the network as a whole.

    Args:
        graph: the graph.
        filters: only contracts inside them make ties.
        of: `provider-area`, `provider-provider` or `lead-subcontractor`.
        show: `nodes`; `whole`; `communities`; `bridges`; or `robustness`, what is left as nodes
            are removed one by one, by degree and by value.

    Raises:
        BadParameter: a choice that is none.
        NetworkShapeError: no tie lies inside the filters, or the network is not of the shape
            that a measure needs.
    """
    check_choice("--of", of, NETWORKS)
    check_choice("--show", show, SHOWS)
    market = read_market(graph.store, filters.rounds)
    net, behind = read_ties(graph, market, filters, of)
    measured = measure_network(net)
    labels = {node: str(data.get("label", node)) for node, data in net.nodes(data=True)}
    values = _values(market, filters)
    wanted = show in ("whole", "robustness")
    curves = _curves(net, of, market, filters, values) if wanted else []
    if show == "nodes":
        rows, columns = _node_rows(net, measured, of, labels, behind), _node_columns(of, measured)
    elif show == "whole":
        rows = _whole_rows(net, measured, of, curves, behind)
        columns = [Column("name", "What"), Column("figure", "Figure", "number"), Column("of", "Of")]
    elif show == "communities":
        rows = [
            {
                "id": str(number),
                "name": f"community {number}",
                "members": len(group),
                "which": ", ".join(sorted(labels[node] for node in group)),
                "ids": _ids(behind, group),
            }
            for number, group in enumerate(measured.communities)
        ]
        columns = [
            Column("name", "Community"),
            Column("members", "Members", "integer"),
            Column("which", "Which"),
        ]
    elif show == "bridges":
        rows = [
            {"id": f"{a}~{b}", "name": f"{labels[a]} – {labels[b]}", "ids": _ids(behind, [a, b])}
            for a, b in measured.bridges
        ]
        columns = [Column("name", "Tie without which the network falls apart")]
    else:
        rows = _robustness_rows(curves, labels, behind)
        columns = [
            Column("name", "Removed"),
            Column("order", "Order"),
            Column("counts", "Share of"),
            Column("gone", "Gone", "integer"),
            Column("share", "Left", "number", "percent"),
        ]
    return build_report(
        graph,
        market,
        filters,
        name="network",
        title=f"Network of {_WHAT[of]}",
        columns=columns,
        rows=rows,
        method=METHOD,
        own={"of": of, "show": show},
        notes=_notes(measured, of, values),
    )


def read_ties(
    graph: "Graph", market: Market, filters: Filters, of: str
) -> "tuple[nx.Graph[str], dict[str, list[str]]]":
    """Return the network of the contracts inside the filters, and node → addresses behind it.

    Raises:
        NetworkShapeError: no tie lies inside the filters.
    """
    inside = {c.reference for c in select_contracts(market, filters)}
    subcontracts = of == "lead-subcontractor"
    built = build_network(graph.store, of if subcontracts else "provider-area", None)
    if subcontracts:
        parts = read_parts(graph.store, filters.rounds)
        keys = {f"participation/{p.id}" for p in parts if p.contract in inside}
    else:
        keys = {f"contract/{reference}" for reference in inside}
    wanted = {f"area/{area}" for area in filters.areas}
    gone = [
        (a, b, key)
        for a, b, key in built.edges(keys=True)
        if key not in keys or (wanted and not subcontracts and b not in wanted)
    ]
    built.remove_edges_from(gone)
    built.remove_nodes_from([node for node, degree in dict(built.degree()).items() if not degree])
    if not len(built):
        raise NetworkShapeError(f"no tie of {of} lies inside these filters; widen them")
    behind: dict[str, list[str]] = defaultdict(list)
    for a, b, key in sorted(built.edges(keys=True)):
        behind[a].append(ID + key)
        behind[b].append(ID + key)
    if of == "provider-provider":
        leads = {node for node, kind in built.nodes(data="kind") if kind == "organisation"}
        return project_onto(built, leads), dict(behind)
    return built, dict(behind)


def _values(market: Market, filters: Filters) -> dict[str, float]:
    """Return `organisation/id` → value of the lines led; empty where one of them is unknown."""
    whole = build_slices(market, filters, ())[0]
    if whole.shared or whole.unpriced:
        return {}
    return {f"organisation/{name}": value for name, value in whole.amounts("value").items()}


def _ids(behind: dict[str, list[str]], nodes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(i for node in nodes for i in behind.get(node, ())))


def _node_rows(
    net: "nx.Graph[str]",
    measured: NetworkMeasures,
    of: str,
    labels: dict[str, str],
    behind: dict[str, list[str]],
) -> list[dict[str, Any]]:
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
            "ids": _ids(behind, [n.node]),
        }
        if side := sides.get(n.node):
            row |= {"side_degree": side.degree, "side_closeness": side.closeness}
            row["side_betweenness"] = side.betweenness
        rows.append(row)
    rows.sort(key=lambda r: (-r["degree"], -r["strength"], r["name"]))
    return rows


def _node_columns(of: str, measured: NetworkMeasures) -> list[Column]:
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


def _whole_rows(
    net: "nx.Graph[str]",
    m: NetworkMeasures,
    of: str,
    curves: Iterable[Robustness],
    behind: dict[str, list[str]],
) -> list[dict[str, Any]]:
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
    ids = _ids(behind, sorted(behind))
    return [{"name": name, "figure": x, "of": unit, "ids": ids} for name, x, unit in found]


def _curves(
    net: "nx.Graph[str]", of: str, market: Market, filters: Filters, values: dict[str, float]
) -> list[Robustness]:
    """Return the robustness curves: providers go, by degree and, where all are known, by value."""
    leads = {node for node, kind in net.nodes(data="kind") if kind == "organisation"}
    orders = ["degree"]
    if values and leads <= set(values):
        orders.append("value")
    curves = [measure_robustness(net, by=by, values=values, removable=leads) for by in orders]
    if of != "lead-subcontractor":
        served: dict[str, set[str]] = defaultdict(set)
        for c in select_contracts(market, filters):
            for area in areas_of(c, filters.areas):
                served[f"{c.lot}/{area}"].add(f"organisation/{c.lead}")
        curves += [measure_service_robustness(served, by=by, values=values) for by in orders]
    return curves


def _robustness_rows(
    curves: Iterable[Robustness], labels: dict[str, str], behind: dict[str, list[str]]
) -> list[dict[str, Any]]:
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
                    "ids": _ids(behind, [node] if node else sorted(behind)),
                }
            )
    return rows


def _notes(measured: NetworkMeasures, of: str, values: dict[str, float]) -> Iterable[str]:
    modularity = "unknown" if measured.modularity is None else f"{measured.modularity:.3f}"
    yield (
        f"{measured.node_count} nodes, {measured.tie_count} ties, {measured.components} separate "
        f"parts; {len(measured.communities)} communities, modularity {modularity}, found by "
        f"{measured.agreeing} of {measured.runs} runs."
    )
    yield f"Prominence is by {measured.prominence_method}: {measured.prominence_why}."
    if not values and of != "lead-subcontractor":
        yield "Removal by value is left out: the value of at least one provider is unknown here."
    if of == "lead-subcontractor":
        yield (
            "Subcontractors have no published value, so removal is by degree alone; no list of "
            "subcontractors is known to be complete."
        )
    yield (
        "A place in a network of contracts is arithmetic on public records: no measure of size, "
        "quality or influence."
    )

"""The report `network`: where each node stands, and how the network as a whole is built."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import NetworkShapeError
from rehabgraph.graph.network import build_network
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.market_reports.frame import build_report
from rehabgraph.queries.market_reports.network_tables import (
    ids_behind,
    list_nodes,
    list_steps,
    list_whole,
    name_node_columns,
)
from rehabgraph.queries.parts import read_parts
from rehabgraph.queries.report import Column, Report, count_things
from rehabgraph.queries.slices import areas_of, build_slices, check_choice
from rehabgraph.queries.structure import NetworkMeasures, measure_network
from rehabgraph.queries.structure_bipartite import project_onto
from rehabgraph.queries.structure_paths import note_sample
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
        rows, columns = (
            list_nodes(net, measured, of, labels, behind),
            name_node_columns(of, measured),
        )
    elif show == "whole":
        rows = list_whole(net, measured, of, curves, behind)
        columns = [Column("name", "What"), Column("figure", "Figure", "number"), Column("of", "Of")]
    elif show == "communities":
        rows = [
            {
                "id": str(number),
                "name": f"community {number}",
                "members": len(group),
                "which": ", ".join(sorted(labels[node] for node in group)),
                "ids": ids_behind(behind, group),
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
            {
                "id": f"{a}~{b}",
                "name": f"{labels[a]} – {labels[b]}",
                "ids": ids_behind(behind, [a, b]),
            }
            for a, b in measured.bridges
        ]
        columns = [Column("name", "Tie without which the network falls apart")]
    else:
        rows = list_steps(curves, labels, behind)
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


def _notes(measured: NetworkMeasures, of: str, values: dict[str, float]) -> Iterable[str]:
    modularity = "unknown" if measured.modularity is None else f"{measured.modularity:.3f}"
    yield (
        f"{count_things(measured.node_count, 'node')}, {count_things(measured.tie_count, 'tie')}, "
        f"{count_things(measured.components, 'separate part')}; "
        f"{count_things(len(measured.communities), 'community', 'communities')}, "
        f"modularity {modularity}, found by "
        f"{measured.agreeing} of {measured.runs} runs."
    )
    yield from note_sample(measured.node_count)
    yield f"Prominence is by {measured.prominence_method}: {measured.prominence_why}."
    if not values and of != "lead-subcontractor":
        yield "Removal by value is left out: the value of at least one provider is unknown here."
    if of == "lead-subcontractor":
        yield (
            "Subcontractors have no published value, so removal is by degree alone; no list of "
            "subcontractors is known to be complete."
        )
    if of == "provider-area":
        yield (
            "The network has two sides and no two neighbours are tied: constraint is 1 over the "
            "degree and effective size is the degree. Modularity does not allow for the sides."
        )
    yield (
        "A place in a network of contracts is arithmetic on public records: no measure of size, "
        "quality or influence."
    )

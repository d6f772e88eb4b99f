"""The dataset as networkx graphs, built once from the ontology's edge declarations.

A class with `rg:edgeSource` and `rg:edgeTarget` is an edge: its rows join what the two
properties name. So one description drives every projection and every export.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.projection import count_shared
from rehabgraph.graph.store import Iri, Store
from rehabgraph.ontology import ID, RG

if TYPE_CHECKING:
    import networkx as nx

_PREFIXES = (
    f"PREFIX rg: <{RG}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX geo: <http://www.opengis.net/ont/geosparql#> "
    "PREFIX schema: <https://schema.org/> "
)
EDGE_CLASSES = (
    _PREFIXES
    + """SELECT ?class ?source ?target ?label WHERE {
  ?class rg:edgeSource ?source ; rg:edgeTarget ?target . OPTIONAL { ?class rg:edgeLabel ?label }
} ORDER BY ?class ?source ?target ?label"""
)
PROVIDER_AREA = (
    _PREFIXES
    + """SELECT ?edge ?source ?target ?lot ?round ?start ?end WHERE {
  ?edge a rg:Contract ; rg:lead ?source ; rg:lot ?lot ; rg:round ?round .
  { ?edge rg:area ?target }
  UNION { ?edge rg:region ?r . FILTER NOT EXISTS { ?edge rg:area ?any }
          ?target geo:sfWithin ?r ; a rg:PoliceArea ; rg:commissionedArea true . }
  OPTIONAL { ?edge schema:startDate ?start } OPTIONAL { ?edge schema:endDate ?end }
} ORDER BY ?edge ?target"""
)
LEAD_SUBCONTRACTOR = (
    _PREFIXES
    + """SELECT ?edge ?source ?target ?lot ?round WHERE {
  ?edge a rg:Participation ; rg:organisation ?target ; rg:contract ?c ;
    rg:role <https://w3id.org/rehabgraph/id/participation-role/subcontractor> .
  ?c rg:lead ?source ; rg:lot ?lot ; rg:round ?round .
} ORDER BY ?edge"""
)
NETWORKS: Mapping[str, str] = {
    "provider-area": "lead providers and the police areas of their contracts, an edge a contract "
    "and area",
    "provider-provider": "lead providers joined by the number of areas that both serve",
    "lead-subcontractor": "leads and the subcontractors listed in their contracts",
    "all": "every thing that an edge of the ontology names",
}


def build_network(
    store: Store, kind: str, round_: str | None = "day-one"
) -> "nx.MultiDiGraph[str]":
    """Return a network whose nodes are `kind/id` and whose edges keep the row behind each.

    Nodes carry `label` and `kind`; edges are keyed by the row's `kind/id`.

    Args:
        store: the graph.
        kind: one of `NETWORKS`.
        round_: only contracts of this round; None for all (`all` always takes every round).

    Raises:
        BadParameter: no such network.
    """
    import networkx as nx

    if kind not in NETWORKS:
        raise BadParameter(f"no network {kind!r}; there are: {', '.join(NETWORKS)}")
    net: nx.MultiDiGraph[str] = nx.MultiDiGraph(kind=kind)
    if kind == "all":
        _add_declared_edges(store, net)
    else:
        text = LEAD_SUBCONTRACTOR if kind == "lead-subcontractor" else PROVIDER_AREA
        for row in store.select(text):
            if round_ and row["round"].id != round_:
                continue
            extra = {
                key: value.id if isinstance(value, Iri) else value.isoformat()
                for key in ("lot", "start", "end")
                if (value := row.get(key)) is not None
            }
            net.add_edge(row["source"].short, row["target"].short, key=row["edge"].short, **extra)
    if kind == "provider-provider":
        net = _project_providers(net)
    _label_nodes(store, net)
    return net


def _add_declared_edges(store: Store, net: "nx.MultiDiGraph[str]") -> None:
    for edge in store.select(EDGE_CLASSES):
        label = f"OPTIONAL {{ ?edge <{edge['label']}> ?label }}" if edge["label"] else ""
        rows = store.select(
            f"SELECT ?edge ?source ?target ?label WHERE {{ ?edge a <{edge['class']}> ; "
            f"<{edge['source']}> ?source ; <{edge['target']}> ?target . {label} }} ORDER BY ?edge"
        )
        kind = edge["class"].rsplit("#", 1)[-1]
        for row in rows:
            name = row.get("label")
            net.add_edge(
                row["source"].short,
                row["target"].short,
                key=row["edge"].short,
                kind=kind,
                label=name.id if isinstance(name, Iri) else str(name or kind),
            )


def _project_providers(net: "nx.MultiDiGraph[str]") -> "nx.MultiDiGraph[str]":
    """Join providers that serve a common area; the weight is the number of common areas."""
    import networkx as nx

    areas: dict[str, set[str]] = {}
    for provider, area in net.edges():
        areas.setdefault(provider, set()).add(area)
    joined: nx.MultiDiGraph[str] = nx.MultiDiGraph(kind="provider-provider")
    joined.add_nodes_from(sorted(areas))
    for one, other, common in count_shared(areas):
        joined.add_edge(one, other, key=f"{one}~{other}", weight=common)
    return joined


def _label_nodes(store: Store, net: "nx.MultiDiGraph[str]") -> None:
    labels = store.select(
        _PREFIXES + "SELECT ?thing ?label WHERE { ?thing rdfs:label|skos:prefLabel|rg:reference "
        "?label } ORDER BY ?thing DESC(?label)"
    )
    by_id = {r["thing"].short: str(r["label"]) for r in labels if r["thing"].startswith(ID)}
    for node in net.nodes:
        net.nodes[node]["label"] = by_id.get(node, node)
        net.nodes[node]["kind"] = node.split("/", 1)[0]

"""What is loaded, what there is of a kind, what a name finds, and all that is said of a thing."""

from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Iri
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.resolve import kind_of

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

LISTS = {
    "providers": ("Lead providers", "?thing a rg:Provider . FILTER EXISTS { ?c rg:lead ?thing }"),
    "subcontractors": (
        "Subcontractors",
        "FILTER EXISTS { ?p rg:organisation ?thing ; "
        "rg:role <https://w3id.org/rehabgraph/id/participation-role/subcontractor> } "
        "?thing a rg:Organisation .",
    ),
    "organisations": ("Organisations", "?thing a rg:Organisation ."),
    "regions": ("Probation regions", "?thing a rg:ProbationRegion ."),
    "areas": ("Police areas", "?thing a rg:PoliceArea ."),
    "lots": ("Lots", "?thing a rg:Lot ."),
    "rounds": ("Commissioning rounds", "?thing a rg:Round ."),
    "contracts": ("Contracts", "?thing a rg:Contract ."),
    "awards": ("Priced lines", "?thing a rg:Award ."),
    "policies": ("Policies", "?thing a rg:Policy ."),
    "people": ("People in published roles", "?thing a rg:Person ."),
    "sites": ("Sites", "?thing a rg:Site ."),
    "events": ("Events", "?thing a rg:Event ."),
    "claims": ("Claims", "?thing a rg:Claim ."),
    "judgements": ("Judgements", "?thing a rg:Judgement ."),
    "sources": ("Sources", "?thing a rg:Source ."),
}
"""Kind of list → its title and the pattern that finds its things."""

COUNTS = (
    PREFIXES
    + """
SELECT ?class ?label (COUNT(DISTINCT ?thing) AS ?count) WHERE {
  ?class rdfs:isDefinedBy ?o ; rdfs:label ?label . ?thing a ?class .
  FILTER (?class != rg:Citation && STRSTARTS(STR(?thing), "https://w3id.org/rehabgraph/id/"))
} GROUP BY ?class ?label ORDER BY DESC(?count) ?label"""
)

STATEMENTS = (
    PREFIXES
    + """
SELECT ?direction ?property ?value ?label WHERE {{
  {{ <{thing}> ?property ?value . BIND("out" AS ?direction) }}
  UNION
  {{ ?value ?property <{thing}> . BIND("in" AS ?direction)
     FILTER (STRSTARTS(STR(?value), "https://w3id.org/rehabgraph/id/")) }}
  FILTER (?property NOT IN (rdf:type, rg:citation, prov:wasDerivedFrom))
  OPTIONAL {{ ?value rdfs:label|skos:prefLabel|rg:reference ?label }}
}} ORDER BY DESC(?direction) ?property ?label ?value"""
)

GAPS = (
    "Greater Manchester and London's women's services: not in the day-one list "
    "(commissioned with partners); their contracts have rounds of their own, unpriced.",
    "How a price that covers several areas divides between them is published nowhere.",
    "What subcontractors are paid is published nowhere.",
    "Contracts let after day one have no published price in this record.",
)


def report_status(graph: "Graph") -> Report:
    """Return what is loaded: counts by kind, the span of the sources, known gaps."""
    rows = [
        {"what": r["label"], "count": r["count"], "ids": [str(r["class"])]}
        for r in graph.store.select(COUNTS)
    ]
    span = graph.store.select(
        PREFIXES
        + "SELECT (MIN(?d) AS ?first) (MAX(?d) AS ?last) (COUNT(DISTINCT ?s) AS ?n) WHERE "
        "{ ?s a rg:Source . OPTIONAL { ?s dcterms:issued ?d } }"
    )[0]
    return Report(
        name="status",
        title="What is in the graph",
        columns=(Column("what", "Kind of thing"), Column("count", "Number", "integer")),
        rows=tuple(rows),
        method=f"{graph.store.size():,} statements, counted by class.",
        notes=(
            f"{span['n']} sources, dated {span['first']} to {span['last']}.",
            *(f"Known gap: {gap}" for gap in GAPS),
        ),
    )


def report_list(graph: "Graph", kind: str) -> Report:
    """Return the things of a kind with their ids and labels.

    Raises:
        BadParameter: no such list.
    """
    if kind not in LISTS:
        raise BadParameter(f"no list {kind!r}; there are: {', '.join(LISTS)}")
    title, pattern = LISTS[kind]
    found = graph.store.select(
        PREFIXES
        + "SELECT DISTINCT ?thing ?label WHERE { "
        + pattern
        + " OPTIONAL { ?thing rdfs:label ?l } OPTIONAL { ?thing skos:prefLabel ?p }"
        " OPTIONAL { ?thing rg:reference ?r } OPTIONAL { ?thing rg:nameAsPrinted ?n }"
        " OPTIONAL { ?thing rdfs:comment ?c }"
        ' BIND(COALESCE(?l, ?p, ?r, ?n, ?c, "") AS ?label) } ORDER BY ?label ?thing'
    )
    return Report(
        name=f"list/{kind}",
        title=title,
        columns=(Column("name", "Name"), Column("id", "Id")),
        rows=tuple(
            {"name": r["label"], "id": r["thing"].id, "ids": [str(r["thing"])]} for r in found
        ),
        method="Every thing of that kind in the graph, by name.",
    )


def report_find(graph: "Graph", text: str, limit: int = 10) -> Report:
    """Return the things whose names come nearest to a text."""
    return Report(
        name="find",
        title=f"Names near {text!r}",
        columns=(
            Column("name", "Name"),
            Column("kind", "Kind"),
            Column("id", "Id"),
            Column("matched", "Name that matched"),
            Column("score", "Match", "integer"),
        ),
        rows=tuple(
            {
                "name": f.label,
                "kind": f.kind,
                "id": f.iri.removeprefix(ID),
                "matched": f.name,
                "score": round(f.score),
                "ids": [f.iri],
            }
            for f in graph.find(text, limit)
        ),
        method="Names and aliases compared with rapidfuzz's WRatio, 100 for an equal name.",
    )


def report_show(graph: "Graph", name: str) -> Report:
    """Return all that the graph says of one thing, and where each part stands.

    Raises:
        UnknownName: nothing, or more than one thing, bears the name.
    """
    thing = graph.resolve(name)
    labels = {
        str(r["p"]): str(r["l"])
        for r in graph.store.select(
            PREFIXES + "SELECT ?p ?l WHERE { ?p rdfs:isDefinedBy ?o ; rdfs:label ?l }"
        )
    }
    rows = []
    for r in graph.store.select(STATEMENTS.format(thing=thing)):
        prop = str(r["property"])
        text = labels.get(prop, prop.rsplit("/", 1)[-1].rsplit("#", 1)[-1])
        value = r["value"]
        is_thing = isinstance(value, Iri)
        kind = f"{kind_of(value)}: " if r["direction"] == "in" else ""
        rows.append(
            {
                "property": text if r["direction"] == "out" else f"{text} of",
                "value": f"{kind}{r['label'] or value.short}" if is_thing else str(value),
                "id": value.short if is_thing else "",
                "ids": [str(value)] if is_thing else [],
            }
        )
    return Report(
        name="show",
        title=f"{graph.names.labels[thing]} ({thing.removeprefix(ID)})",
        columns=(Column("property", "Statement"), Column("value", "Value"), Column("id", "Id")),
        rows=tuple(rows),
        method="Every statement about the thing, then every statement that names it.",
        sources=read_sources(graph.store, [thing]),
    )

"""What is loaded, what there is of a kind, what a name finds, and all that is said of a thing."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Iri, Solution, Store
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.large.engine import describe_engine
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.resolve import Found, kind_of
from rehabgraph.queries.why import CITATIONS

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

LISTS = {
    "providers": ("Lead providers, of any round", "?contract rg:lead ?thing ."),
    "subcontractors": (
        "Subcontractors",
        "?part rg:organisation ?thing ; "
        "rg:role <https://w3id.org/rehabgraph/id/participation-role/subcontractor> .",
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
SELECT ?direction ?property ?value ?label ?lot ?region ?contract ?role WHERE {{
  {{ <{thing}> ?property ?value . BIND("out" AS ?direction) }}
  UNION
  {{ ?value ?property <{thing}> . BIND("in" AS ?direction)
     FILTER (STRSTARTS(STR(?value), "https://w3id.org/rehabgraph/id/")) }}
  FILTER (?property NOT IN (rdf:type, rg:citation, rg:supports, prov:wasDerivedFrom))
  FILTER (?value != <{thing}>)
  OPTIONAL {{ ?value rdfs:label|skos:prefLabel|rg:reference ?label }}
  OPTIONAL {{ ?value rg:lot ?l ; rg:region ?r . ?l skos:prefLabel ?lot . ?r rdfs:label ?region }}
  OPTIONAL {{ ?value rg:contract ?c ; rg:role ?o . ?c rg:reference ?contract .
              ?o skos:prefLabel ?role }}
}} ORDER BY DESC(?direction) ?property ?label ?value"""
)

PLAIN = {
    "label": "name", "comment": "note", "issued": "dated", "type": "kind",
    "sfWithin": "lies within", "startDate": "first day", "endDate": "last day", "lat": "latitude",
    "long": "longitude", "isPartOf": "is part of",
}  # fmt: skip
"""Terms of other vocabularies → words for them; our own carry a label."""

TURNED = {
    "awardedTo": "was awarded", "nameOf": "also named", "isPartOf": "has as part",
    "sfWithin": "takes in", "organisation": "is named in", "person": "is named in",
    "subject": "is the subject of", "object": "is the object of",
}  # fmt: skip
"""Terms → words for the same statement read from its other end; else `… of`."""

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
        PREFIXES + "SELECT * WHERE { { SELECT (COUNT(?s) AS ?all) WHERE { ?s a rg:Source } } "
        "{ SELECT (MIN(STR(?d)) AS ?first) (MAX(STR(?d)) AS ?last) (COUNT(?d) AS ?dated) WHERE "
        "{ ?s a rg:Source ; dcterms:issued ?d } } }"
    )[0]
    return Report(
        name="status",
        title="What is in the graph",
        columns=(Column("what", "Kind of thing"), Column("count", "Number", "integer")),
        rows=tuple(rows),
        method=f"{graph.store.size():,} statements, counted by class.",
        notes=(
            _describe_sources(span),
            describe_engine(graph.store),
            *_describe_server(graph.store),
            "A thing can be of several kinds: a provider is an organisation too.",
            *(f"Known gap: {gap}" for gap in GAPS),
        ),
    )


def _describe_server(store: Store) -> tuple[str, ...]:
    """Return which server is asked, and what it is not trusted with; nothing for a store here."""
    if store.path is not None:
        return ()
    from rehabgraph.graph.endpoint.store import EndpointStore

    return (store.describe(),) if isinstance(store, EndpointStore) else ()


def _describe_sources(span: Solution) -> str:
    """Return how many sources there are and when they were issued, in a sentence."""
    if not span["dated"]:
        return f"{span['all']} sources, none of them dated."
    return (
        f"{span['all']} sources; {span['dated']} of them are dated, from {span['first']} to "
        f"{span['last']}."
    )


def report_list(graph: "Graph", kind: str) -> Report:
    """Return the things of a kind with their ids and labels.

    Raises:
        BadParameter: no such list.
    """
    if kind not in LISTS:
        wrong = f"no list {kind!r}" if kind else "name a list"
        raise BadParameter(f"{wrong}; there are: {', '.join(LISTS)}")
    title, pattern = LISTS[kind]
    found = graph.store.select(
        PREFIXES
        + "SELECT DISTINCT ?thing ?label WHERE { { SELECT DISTINCT ?thing WHERE { "
        + pattern  # by itself, so that no variable of it meets one of the names
        + " } } OPTIONAL { ?thing rdfs:label ?l } OPTIONAL { ?thing skos:prefLabel ?p }"
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


FIGURES = (
    PREFIXES
    + """
SELECT ?thing ?lot ?region ?name WHERE {{
  ?thing rg:value ?value . FILTER(?value = {value})
  FILTER NOT EXISTS {{ ?thing rg:currency ?currency . FILTER(?currency != "GBP") }}
  OPTIONAL {{ ?thing rg:lot ?l ; rg:region ?r ; rg:awardedTo ?o . ?l skos:prefLabel ?lot .
             ?r rdfs:label ?region . ?o rdfs:label ?name }}
}} ORDER BY ?thing ?name LIMIT {limit}"""
)
_FIGURE = re.compile(
    r"(?:£ ?(?=\d)|(?=\d{1,3},|[1-9]\d{4}))(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d\d?)?"
)
"""A sum: with a pound sign, with commas, or of five figures and more, as four may be a year."""


def report_find(graph: "Graph", text: str, limit: int = 10) -> Report:
    """Return the things whose names come nearest to a text, or that state a sum of money.

    Args:
        graph: the graph.
        text: a name, or a sum such as £6,021,064.
        limit: rows at most.
    """
    figure = _FIGURE.fullmatch(text.strip())
    none = "No name is near; try one word of it, or rehabgraph list KIND."
    if figure:
        found = _find_figure(graph, f"{figure[1].replace(',', '')}{figure[2] or ''}", limit)
        none = "No line states this sum; one that is added up opens by rehabgraph why REPORT ROW."
    else:
        found = graph.find(text, limit)
    return Report(
        name="find",
        title=f"Names near {text!r}" if not figure else f"Where {text.strip()} is stated",
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
            for f in found
        ),
        notes=() if found else (none,),
        method="Names and aliases compared with rapidfuzz's WRatio, 100 for an equal name.",
    )


def _find_figure(graph: "Graph", value: str, limit: int) -> list[Found]:
    """Return the priced lines and stated sums of exactly so many pounds."""
    found: dict[str, Found] = {}
    for row in graph.store.select(FIGURES.format(value=value, limit=limit)):
        iri = str(row["thing"])
        label = ", ".join(str(row[n]) for n in ("lot", "region", "name") if row[n])
        label = label or graph.names.labels.get(iri, iri.removeprefix(ID))
        found.setdefault(iri, Found(iri, value, label, 100))
    return list(found.values())


def report_show(graph: "Graph", name: str) -> Report:
    """Return all that the graph says of one thing, and where each part stands.

    Raises:
        UnknownName: nothing, or more than one thing, bears the name.
    """
    from rehabgraph.queries.identity.same import read_identity

    thing = graph.resolve(name)
    identity = read_identity(graph.store)
    members = (thing, *(m for m in identity.members(thing) if m != thing))
    labels = {
        str(r["p"]): str(r["l"])
        for r in graph.store.select(
            PREFIXES + "SELECT ?p ?l WHERE { ?p rdfs:isDefinedBy ?o ; rdfs:label ?l }"
        )
    }
    places = {
        f"{c['source'].id} {c['locator']}" + (f": {c['printed']}" if c["printed"] else ""): c
        for c in graph.store.select(CITATIONS.format(things=" ".join(f"<{m}>" for m in members)))
    }
    rows = [
        {
            "property": "stands in",
            "value": place,
            "id": c["source"].short,
            "ids": [str(c["source"])],
        }
        for place, c in places.items()
    ]
    for member in members:
        if member != thing:
            what = {"property": "is one with, by judgement", "value": member.removeprefix(ID)}
            rows.append({**what, "id": member.removeprefix(ID), "ids": [member]})
        rows += _read_statements(graph, member, labels)
    label, short = graph.names.labels[thing], thing.removeprefix(ID)
    return Report(
        name="show",
        title=label if label == short else f"{label} ({short})",
        columns=(Column("property", "Statement"), Column("value", "Value"), Column("id", "Id")),
        rows=tuple(rows),
        method=(
            "Where the thing stands, every statement about it, then every statement that names it."
        ),
        notes=identity.notes([thing]) if len(members) > 1 else (),
        sources=read_sources(graph.store, list(members)),
    )


def _read_statements(
    graph: "Graph", thing: str, labels: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return every statement about a thing, its own first, with words for their terms."""
    rows: list[dict[str, object]] = []
    for r in sorted(graph.store.select(STATEMENTS.format(thing=thing)), key=_by_number):
        prop = str(r["property"])
        own = prop.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
        text = labels.get(prop) or PLAIN.get(own, own)
        value = r["value"]
        is_thing = isinstance(value, Iri)
        rows.append(
            {
                "property": text if r["direction"] == "out" else TURNED.get(own, f"{text} of"),
                "value": _describe_thing(r) if is_thing else str(value),
                "id": value.short if is_thing else "",
                "ids": [str(value)] if is_thing else [],
            }
        )
    return rows


def _by_number(row: Solution) -> tuple[bool, str, list[tuple[int, str]]]:
    """Return a statement's place in the order: its own first, and line 9 before line 10."""
    value = row["label"] or row["value"]
    parts = [(int(n or 0), text) for text, n in re.findall(r"([^0-9]*)([0-9]*)", str(value))]
    return row["direction"] == "in", str(row["property"]), parts


def _describe_thing(row: Solution) -> str:
    """Return the value of a statement as words; the other end says of what kind it is."""
    value = row["value"]
    name = str(row["label"] or "")
    if row["contract"]:
        name = f"{row['contract']}, as {str(row['role']).lower()}"
    elif row["lot"]:
        where = f"{row['lot']}, {row['region']}"
        name = f"{name} ({where})" if name else where
    kind = f"{kind_of(value)}: " if row["direction"] == "in" else ""
    return f"{kind}{name or value.id}"

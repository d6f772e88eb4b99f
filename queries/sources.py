"""Every source, and how many rows of the record stand on it."""

from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import ID
from rehabgraph.queries.citing import show_date
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.report import Column, Report, SourceRef

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

SOURCES = (
    PREFIXES
    + """
SELECT ?source ?title ?kind ?publisher ?issued ?precision ?retrieved ?url ?licence ?lines ?note
WHERE {
  ?source a rg:Source ; rdfs:label ?title ; dcterms:rights ?licence ; schema:url ?url .
  OPTIONAL { ?source dcterms:type ?k . ?k skos:prefLabel ?kind }
  OPTIONAL { ?source rg:publisherName ?publisher }
  OPTIONAL { ?source dcterms:issued ?issued }
  OPTIONAL { ?source rg:datePrecision ?precision }
  OPTIONAL { ?source rg:retrieved ?retrieved }
  OPTIONAL { ?source rg:lineCount ?lines }
  OPTIONAL { ?source rdfs:comment ?note }
} ORDER BY ?source"""
)
COUNTS = (
    PREFIXES
    + """
SELECT ?source ?further (COUNT(DISTINCT ?thing) AS ?rows) WHERE {
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source .
  BIND (EXISTS { ?thing a rg:FurtherEvidence } AS ?further)
} GROUP BY ?source ?further ORDER BY ?source ?further"""
)
EXAMPLES = (
    PREFIXES
    + """
SELECT ?source ?further (MIN(STR(?thing)) AS ?first) WHERE {
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source .
  BIND (EXISTS { ?thing a rg:FurtherEvidence } AS ?further)
} GROUP BY ?source ?further ORDER BY ?source DESC(?further)"""
)
COLUMNS = (
    Column("name", "Source"),
    Column("publisher", "Publisher"),
    Column("issued", "Dated"),
    Column("rows", "Rows that cite it", "integer"),
    Column("further", "Further evidence", "integer"),
    Column("licence", "Licence"),
    Column("kind", "Kind"),
    Column("id", "Id"),
    Column("url", "Address"),
    Column("retrieved", "Retrieved", "date"),
    Column("lines", "Lines held", "integer"),
    Column("note", "Note"),
)


def report_sources(graph: "Graph") -> Report:
    """Return each source with the number of rows that cite it.

    Args:
        graph: the graph.

    Returns:
        One row a source, the most cited first. `rows` counts things that name it as their place;
        `further` counts second places that support a thing.
    """
    store = graph.store
    counts: dict[tuple[str, bool], int] = {
        (str(r["source"]), bool(r["further"])): int(r["rows"]) for r in store.select(COUNTS)
    }
    found = store.select(SOURCES)
    examples = {str(r["source"]): str(r["first"]) for r in store.select(EXAMPLES)}
    rows: list[dict[str, Any]] = []
    for r in found:
        iri = str(r["source"])
        rows.append(
            {
                "id": r["source"].id,
                "name": str(r["title"]),
                "publisher": str(r["publisher"] or "unknown"),
                "issued": show_date(r["issued"], str(r["precision"] or "day")),
                "rows": counts.get((iri, False), 0),
                "further": counts.get((iri, True), 0),
                "licence": str(r["licence"]),
                "kind": str(r["kind"] or "unknown"),
                "url": str(r["url"]),
                "retrieved": r["retrieved"],
                "lines": r["lines"],
                "note": str(r["note"] or ""),
                "ids": [iri, *([examples[iri]] if iri in examples else [])],
            }
        )
    rows.sort(key=lambda r: (-r["rows"], -r["further"], r["id"]))
    undated = sum(1 for r in rows if r["issued"] == "unknown")
    unused = [r["id"] for r in rows if not r["rows"] and not r["further"]]
    notes = [
        f"{len(rows)} sources, {undated} without a date; {sum(r['rows'] for r in rows):,} rows and "
        f"{sum(r['further'] for r in rows):,} further places cite them."
    ]
    if unused:
        notes.append(f"Cited by no row: {', '.join(unused)}.")
    return Report(
        name="sources",
        title="Sources and the rows that stand on them",
        columns=COLUMNS,
        rows=tuple(rows),
        method=(
            "Rows are counted by their own citation; one that cites two sources counts in both."
        ),
        notes=tuple(notes),
        sources=tuple(
            SourceRef(
                str(r["source"]).removeprefix(f"{ID}source/"),
                str(r["title"]),
                str(r["url"]),
                str(r["licence"]),
                r["issued"],
            )
            for r in found
        ),
    )

"""Why a figure is what it is: the lines, places in the sources and judgements behind it."""

from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.resolve import fold, kind_of

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Row

CITATIONS = (
    PREFIXES
    + """
SELECT ?thing ?value ?as_printed ?name ?source ?title ?locator
       (GROUP_CONCAT(DISTINCT ?p; SEPARATOR=" | ") AS ?printed) WHERE {{
  VALUES ?thing {{ {things} }}
  {{ ?thing rg:citation ?c }} UNION {{ ?more rg:supports ?thing ; rg:citation ?c }}
  ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  ?source rdfs:label ?title .
  OPTIONAL {{ ?c rg:printed ?p }}
  OPTIONAL {{ ?thing rg:value ?value }}
  OPTIONAL {{ ?thing rg:valueAsPrinted ?as_printed }}
  OPTIONAL {{ ?thing rdfs:label|skos:prefLabel|rg:reference ?name }}
}} GROUP BY ?thing ?value ?as_printed ?name ?source ?title ?locator
ORDER BY ?source ?thing ?locator"""
)

JUDGEMENTS = (
    PREFIXES
    + """
SELECT DISTINCT ?thing ?judgement ?kind ?as_printed ?read_as ?reason WHERE {{
  VALUES ?thing {{ {things} }}
  {{ ?judgement rg:subject ?thing }} UNION {{ ?judgement rg:object ?thing }}
  ?judgement a rg:Judgement ; rg:judgementKind ?k ; rdfs:comment ?reason .
  ?k skos:notation ?kind .
  OPTIONAL {{ ?judgement rg:asPrinted ?as_printed }}
  OPTIONAL {{ ?judgement rg:readAs ?read_as }}
}} ORDER BY ?thing ?judgement"""
)

COLUMNS = (
    Column("thing", "Thing"),
    Column("what", "What it says"),
    Column("source_title", "Source"),
    Column("locator", "Place"),
    Column("printed", "As printed"),
    Column("value", "Value as read", "integer", "GBP"),
    Column("judgements", "Judgements that touched it"),
)


def report_why(graph: "Graph", report: Report, row: str) -> Report:
    """Return what stands behind one row of a report.

    Args:
        graph: the graph.
        report: any report whose rows carry ids.
        row: the row's name, the id of its thing, or its number from 1.

    Raises:
        BadParameter: the report has no such row, or several.
    """
    chosen = find_row(graph, report, row)
    things = list(dict.fromkeys(str(i) for i in chosen.get("ids", [])))
    rows = explain_things(graph, things)
    if not rows:
        raise BadParameter(f"{report.name}: row {row!r} rests on nothing that has a citation")
    name = chosen.get("name") or chosen.get(report.columns[0].name)
    known = [
        f"{c.label} {value}"
        for c in report.columns[1:]
        if (value := chosen.get(c.name)) is not None and c.unit == "GBP"
    ]
    awards = [r for r in rows if str(r["thing"]).startswith("award/")]
    total = sum(int(r["value"] or 0) for r in awards)
    notes = [f"{len(awards)} priced lines add up to £{total:,}."] if awards else []
    return Report(
        name=f"why/{report.name}",
        title=f"What stands behind {name} in {report.title.lower()}",
        columns=COLUMNS,
        rows=tuple(rows),
        method="Every line and record that the row was made from, and every judgement about it.",
        as_of=report.as_of,
        filters={**report.filters, "row": row},
        notes=(*notes, *(f"{k}" for k in known[:0])),
        sources=read_sources(graph.store, things),
    )


def find_row(graph: "Graph", report: Report, row: str) -> "Row":
    """Return the one row of a report that a text names; see `report_why`."""
    texts = [c.name for c in report.columns if c.type == "text"]
    wanted = fold(row)
    matches = [r for r in report.rows if any(fold(str(r.get(t) or "")) == wanted for t in texts)]
    if not matches:
        matches = [r for r in report.rows if row in (r.get("id"), *r.get("ids", ()))]
    if not matches and row.isascii() and row.isdigit() and 1 <= int(row) <= len(report.rows):
        matches = [report.rows[int(row) - 1]]
    if not matches:
        from rehabgraph.graph.errors import UnknownName

        try:
            iri = graph.resolve(row)
        except UnknownName:
            iri = ""
        matches = [r for r in report.rows if iri and r.get("id") == iri.rsplit("/", 1)[-1]]
    if not matches:
        from difflib import get_close_matches

        names = [str(r.get(texts[0])) for r in report.rows] if texts else []
        near = get_close_matches(row, names, n=3, cutoff=0.3)
        hint = f"; rows near it: {', '.join(near)}" if near else ""
        raise BadParameter(f"{report.name} has no row {row!r}{hint}")
    if len(matches) > 1:
        raise BadParameter(
            f"{report.name} has {len(matches)} rows called {row!r}; give the row's number instead"
        )
    return matches[0]


def explain_things(graph: "Graph", things: list[str]) -> list[dict[str, object]]:
    """Return one row for each citation of the given things, with judgements about them."""
    inside = [t for t in things if t.startswith(ID)]
    if not inside:
        return []
    values = " ".join(f"<{t}>" for t in inside)
    touched: dict[str, list[str]] = {}
    judged_ids: dict[str, list[str]] = {}
    for j in graph.store.select(JUDGEMENTS.format(things=values)):
        read = f": “{j['as_printed']}” read as “{j['read_as']}”" if j["read_as"] else ""
        text = f"{j['kind']}{read} — {j['reason']}"
        touched.setdefault(str(j["thing"]), []).append(text)
        judged_ids.setdefault(str(j["thing"]), []).append(str(j["judgement"]))
    rows: list[dict[str, object]] = []
    for c in graph.store.select(CITATIONS.format(things=values)):
        iri = str(c["thing"])
        rows.append(
            {
                "thing": iri.removeprefix(ID),
                "what": c["name"] or c["as_printed"] or iri.removeprefix(ID),
                "source": c["source"].id,
                "source_title": c["title"],
                "locator": c["locator"],
                "printed": c["printed"] or "",
                "value": c["value"] if kind_of(iri) in ("award", "amount") else "",
                "judgements": "; ".join(touched.get(iri, [])),
                "ids": [iri, *judged_ids.get(iri, [])],
            }
        )
    order = {iri: n for n, iri in enumerate(inside)}
    rows.sort(key=lambda r: (order[r["ids"][0]], str(r["source"]), str(r["locator"])))  # type: ignore[index]
    return rows

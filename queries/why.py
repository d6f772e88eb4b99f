"""Why a figure is what it is: the lines, places in the sources and judgements behind it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Solution
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES, read_sources
from rehabgraph.queries.report import Column, Report, format_pounds
from rehabgraph.queries.resolve import fold, kind_of

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Row

CITATIONS = (
    PREFIXES
    + """
SELECT ?thing ?value ?currency ?lot ?region ?name ?source ?locator ?printed ?own WHERE {{
  VALUES ?thing {{ {things} }}
  {{ ?thing rg:citation ?c . BIND(true AS ?own) }}
  UNION {{ ?more rg:supports ?thing ; rg:citation ?c . BIND(false AS ?own) }}
  ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  OPTIONAL {{ ?c rg:printed ?printed }}
  OPTIONAL {{ ?thing rg:value ?value . OPTIONAL {{ ?thing rg:currency ?currency }} }}
  OPTIONAL {{ ?thing rg:lot ?l ; rg:region ?r . ?l skos:prefLabel ?lot . ?r rdfs:label ?region }}
  OPTIONAL {{ ?thing rdfs:label|skos:prefLabel|rg:reference ?name }}
}} ORDER BY ?thing DESC(?own) ?source ?locator ?printed"""
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
    Column("what", "What it is"),
    Column("place", "Source and place"),
    Column("printed", "As printed"),
    Column("value", "Value as read", "integer", "GBP"),
    Column("thing", "Thing"),
    Column("judgements", "Judgements"),
    Column("also", "Further places"),
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
    title = report.title[:1].lower() + report.title[1:]
    awards = [
        r for r in rows if str(r["thing"]).startswith("award/") and ":" not in str(r["thing"])
    ]
    prices = [r["value"] for r in awards if isinstance(r["value"], int | Decimal)]
    notes = []
    if len(prices) == len(awards) > 1:
        notes.append(f"{len(awards)} priced lines add up to {format_pounds(sum(prices))}.")
    notes += [f"Judgement {j}" for j in judge_things(graph, things)]
    return Report(
        name=f"why/{report.name}",
        title=f"What stands behind {name} in {title}",
        columns=COLUMNS,
        rows=tuple(rows),
        method="Every line and record that the row was made from, and every judgement about it.",
        as_of=report.as_of,
        filters={**report.filters, "row": row},
        notes=tuple(notes),
        sources=read_sources(graph.store, things),
    )


def find_row(graph: "Graph", report: Report, row: str) -> "Row":
    """Return the one row of a report that a text names; see `report_why`."""
    texts = [c.name for c in report.columns if c.type == "text"]
    wanted = fold(row)
    is_number = row.isascii() and row.isdigit() and 1 <= int(row) <= len(report.rows)
    matches = [report.rows[int(row) - 1]] if is_number else []
    if not matches:
        matches = [
            r for r in report.rows if any(fold(str(r.get(t) or "")) == wanted for t in texts)
        ]
    if not matches:
        matches = [r for r in report.rows if row in (r.get("id"), *r.get("ids", ()))]
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
        near = get_close_matches(row, list(dict.fromkeys(names)), n=3, cutoff=0.3)
        hint = f"; rows near it: {', '.join(near)}" if near else ""
        raise BadParameter(f"{report.name} has no row {row!r}{hint}")
    if len({tuple(r.get("ids", ())) for r in matches}) > 1:
        numbers = [str(n) for n, r in enumerate(report.rows, 1) if any(r is m for m in matches)]
        raise BadParameter(
            f"{report.name} has {len(matches)} rows called {row!r}; give the number of one "
            f"instead: {', '.join(numbers[:20])}{' …' if len(numbers) > 20 else ''}"
        )
    return matches[0]


def explain_things(graph: "Graph", things: list[str]) -> list[dict[str, object]]:
    """Return one row for each of the given things: where it stands, and what was judged of it."""
    inside = [t for t in things if t.startswith(ID)]
    if not inside:
        return []
    judged: dict[str, list[str]] = {}
    for j in _judgements(graph, inside):
        judged.setdefault(str(j["thing"]), []).append(j["judgement"].id)
    rows: dict[str, dict[str, object]] = {}
    places: dict[str, dict[str, None]] = {}
    printed: dict[str, dict[str, None]] = {}
    for c in graph.store.select(CITATIONS.format(things=" ".join(f"<{t}>" for t in inside))):
        iri = str(c["thing"])
        places.setdefault(iri, {})[f"{c['source'].id} {c['locator']}"] = None
        if c["printed"]:
            printed.setdefault(iri, {})[str(c["printed"])] = None
        is_sum = kind_of(iri) in ("award", "amount")
        what = f"{c['lot']}, {c['region']}" if c["lot"] else str(c["name"] or iri.removeprefix(ID))
        rows[iri] = {
            "thing": iri.removeprefix(ID),
            "what": what,
            "value": show_sum(c["value"], c["currency"]) if is_sum else "",
            "judgements": ", ".join(judged.get(iri, [])),
            "ids": [iri, *(f"{ID}judgement/{j}" for j in judged.get(iri, []))],
        }
    for iri, row in rows.items():
        first, *others = places[iri]
        row |= {"place": first, "also": "; ".join(others)}
        figures_first = sorted(printed.get(iri, {}), key=lambda t: (not t.startswith("£"), t))
        row["printed"] = " | ".join(figures_first)
    return [rows[iri] for iri in inside if iri in rows]


def show_sum(value: object, currency: object) -> object:
    """Return a sum as it is shown: pounds as they are, another currency with its code.

    >>> show_sum(500, "GBP"), show_sum(500, "EUR")
    (500, '500 EUR')
    """
    return value if value is None or currency in (None, "GBP") else f"{value} {currency}"


def judge_things(graph: "Graph", things: list[str]) -> list[str]:
    """Return every judgement that touched one of the things, each in one sentence."""
    found = {}
    for j in _judgements(graph, [t for t in things if t.startswith(ID)]):
        printed, read_as = str(j["as_printed"] or ""), str(j["read_as"] or "")
        read = f" “{printed}” read as “{read_as}”:" if printed and read_as else ""
        read = read or (f" held as “{read_as}”:" if read_as else "")
        found[j["judgement"].id] = f"{j['judgement'].id} ({j['kind']}):{read} {j['reason']}"
    return [found[key] for key in sorted(found)]


def _judgements(graph: "Graph", things: list[str]) -> list[Solution]:
    if not things:
        return []
    return graph.store.select(JUDGEMENTS.format(things=" ".join(f"<{t}>" for t in things)))

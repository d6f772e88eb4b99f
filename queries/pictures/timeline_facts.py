"""Policies and events with their evidence, read from the graph for the timeline page."""

from datetime import date
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.timeline import Moment, Span

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

CITED = """
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  ?source rdfs:label ?title ; schema:url ?url .
  OPTIONAL { ?thing rg:datePrecision ?precision }
"""
POLICIES = (
    PREFIXES
    + "SELECT ?thing ?label ?kind ?issued ?start ?end ?precision ?source ?title ?url ?locator {"
    + """
  ?thing a rg:Policy ; rdfs:label ?label ; rg:policyKind ?k . ?k skos:prefLabel ?kind .
  OPTIONAL { ?thing dcterms:issued ?issued }
  OPTIONAL { ?thing schema:startDate ?start }
  OPTIONAL { ?thing schema:endDate ?end }"""
    + CITED
    + "} ORDER BY ?thing"
)
EVENTS = (
    PREFIXES
    + "SELECT ?thing ?label ?kind ?day ?precision ?source ?title ?url ?locator {"
    + """
  ?thing a rg:Event ; schema:startDate ?day ; rdfs:label ?label ; rg:eventKind ?k .
  ?k skos:prefLabel ?kind ."""
    + CITED
    + "} ORDER BY ?day ?thing"
)


def read_spans(graph: "Graph") -> tuple[Span, ...]:
    """Return every policy, framework, agreement and programme, each once."""
    found: dict[str, Span] = {}
    for row in graph.store.select(POLICIES):
        span = Span(
            row["thing"].short,
            str(row["kind"]),
            str(row["label"]),
            _read_day(row["issued"]),
            _read_day(row["start"]),
            _read_day(row["end"]),
            str(row["precision"] or "day"),
            _read_evidence(row),
        )
        found.setdefault(span.id, span)
    return tuple(found.values())


def read_moments(graph: "Graph") -> tuple[Moment, ...]:
    """Return every dated event, each once."""
    found: dict[str, Moment] = {}
    for row in graph.store.select(EVENTS):
        day = _read_day(row["day"])
        if day is None:
            continue
        precision = str(row["precision"] or "day")
        moment = Moment(
            row["thing"].short,
            str(row["kind"]),
            str(row["label"]),
            day,
            precision,
            _read_evidence(row),
        )
        found.setdefault(moment.id, moment)
    return tuple(found.values())


def _read_day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def _read_evidence(row: Any) -> Evidence:  # noqa: ANN401 - a row of the store
    return Evidence(row["source"].id, str(row["title"]), str(row["url"]), str(row["locator"]))

"""What networks of ties need of the graph: evidence, names, kinds and days of any thing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.citing import ask_about
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.pictures.items import Evidence

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store

CITED = (
    PREFIXES
    + """
SELECT ?thing ?source ?title ?url ?locator ?printed WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  ?source rdfs:label ?title ; schema:url ?url .
  OPTIONAL {{ ?c rg:printed ?printed }}
}} ORDER BY ?thing ?source ?locator ?printed"""
)
JUDGED = (
    PREFIXES
    + """
SELECT DISTINCT ?thing ?judgement ?reason WHERE {{
  VALUES ?thing {{ {things} }}
  ?judgement a rg:Judgement ; rg:subject ?thing ; rdfs:comment ?reason .
}} ORDER BY ?thing ?judgement"""
)
DAYS = (
    PREFIXES
    + """
SELECT ?thing ?start ?end ?precision ?note WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing rg:citation ?any .
  OPTIONAL {{ ?thing schema:startDate ?start }}
  OPTIONAL {{ ?thing schema:endDate ?end }}
  OPTIONAL {{ ?thing rg:datePrecision ?precision }}
  OPTIONAL {{ ?thing rdfs:comment ?note }}
}} ORDER BY ?thing ?start ?end ?precision ?note"""
)
KINDS = (
    PREFIXES
    + """
SELECT ?thing ?kind ?label WHERE {
  ?thing a rg:Organisation ; rg:kind ?kind . ?kind skos:prefLabel ?label
} ORDER BY ?thing"""
)


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when a row holds, how exactly that is known, and its remark."""

    start: date | None = None
    end: date | None = None
    precision: str = "day"
    note: str = ""


def read_proofs(store: "Store", things: Iterable[str]) -> dict[str, tuple[Evidence, ...]]:
    """Return where each thing stands, by its address, one piece of evidence a place.

    Args:
        store: the graph.
        things: addresses; those without a citation are left out of the answer.
    """
    wanted = sorted(set(things))
    judged: dict[str, list[str]] = defaultdict(list)
    for row in ask_about(store, JUDGED, wanted):
        judged[str(row["thing"])].append(str(row["reason"]))
    places: dict[str, dict[tuple[str, str], Evidence]] = defaultdict(dict)
    for row in ask_about(store, CITED, wanted):
        thing, key = str(row["thing"]), (row["source"].id, str(row["locator"]))
        old = places[thing].get(key)
        printed = [
            *(old.printed if old else ()),
            *([str(row["printed"])] if row["printed"] else []),
        ]
        reasons = tuple(judged.get(thing, ()))
        places[thing][key] = Evidence(
            key[0], str(row["title"]), str(row["url"]), key[1], tuple(printed), reasons
        )
    return {thing: tuple(found.values()) for thing, found in places.items()}


def read_terms(store: "Store", things: Iterable[str]) -> dict[str, Term]:
    """Return from when to when each thing holds, by its address."""
    found: dict[str, Term] = {}
    for row in ask_about(store, DAYS, things):
        term = Term(
            _read_day(row["start"]),
            _read_day(row["end"]),
            str(row["precision"] or "day"),
            str(row["note"] or ""),
        )
        found.setdefault(str(row["thing"]), term)
    return found


def read_organisation_kinds(store: "Store") -> dict[str, tuple[str, str]]:
    """Return `organisation/<id>` → id and label of the kind of organisation that it is."""
    return {row["thing"].short: (row["kind"].id, str(row["label"])) for row in store.select(KINDS)}


def shorten(iri: str) -> str:
    """Return `kind/id` of a thing's address.

    >>> shorten("https://w3id.org/rehabgraph/id/area/kent")
    'area/kent'
    """
    return iri.removeprefix(ID)


def _read_day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))

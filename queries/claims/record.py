"""The parts of the graph that claims can be held against, read once as plain rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Store
from rehabgraph.queries.claims.readings import Lead, read_leads
from rehabgraph.queries.facts import PREFIXES, read_market
from rehabgraph.queries.market import Contract, Line, Market

ROUND = "day-one"
"""The round that the claims are about: the one whose lines are priced."""

PARTS = (
    PREFIXES
    + """
SELECT ?part ?contract ?organisation ?role WHERE {
  ?part a rg:Participation ; rg:contract ?contract ; rg:organisation ?organisation ; rg:role ?role .
  ?contract rg:round <https://w3id.org/rehabgraph/id/round/day-one> .
} ORDER BY ?part"""
)
REGIONS = (
    PREFIXES
    + "SELECT ?region ?label ?country WHERE { ?region a rg:ProbationRegion ; rdfs:label ?label ;"
    " rg:country ?country } ORDER BY ?region"
)
TERMS = (
    PREFIXES + "SELECT ?term ?lot ?length WHERE { ?term a rg:Term ; rg:lot ?lot ; rg:term ?length ;"
    " rg:round <https://w3id.org/rehabgraph/id/round/day-one> } ORDER BY ?term"
)
DATES = (
    PREFIXES
    + "SELECT ?policy ?issued ?start WHERE { ?policy a rg:Policy ; dcterms:issued ?issued ;"
    " schema:startDate ?start } ORDER BY ?policy"
)
SUMS = (
    PREFIXES + "SELECT ?amount ?subject ?value WHERE { ?amount a rg:Amount ; rg:subject ?subject ;"
    ' rg:value ?value ; rg:currency "GBP" } ORDER BY ?amount'
)


@dataclass(frozen=True, slots=True)
class Part:
    """What one organisation does in one contract of the round."""

    iri: str
    contract: str
    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Place:
    """A probation region as a claim may speak of it."""

    id: str
    label: str
    country: str


@dataclass(frozen=True, slots=True)
class Record:
    """The parts of the graph that claims can be held against, as plain rows."""

    market: Market
    lines: tuple[Line, ...] = ()
    contracts: tuple[Contract, ...] = ()
    leads: Mapping[str, Lead] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    regions: tuple[Place, ...] = ()
    terms: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    """Lot → address of its standard term and its length in years."""
    policies: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    sums: tuple[tuple[str, str, float], ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    """Organisation → the top of its corporate group."""


def read_record(store: Store) -> Record:
    """Return what claims can be held against."""
    market = read_market(store)
    groups = store.select(
        PREFIXES + "SELECT ?o ?group WHERE { ?o rg:group ?group } ORDER BY ?o ?group"
    )
    return Record(
        market=market,
        lines=tuple(line for line in market.lines if line.round == ROUND),
        contracts=tuple(c for c in market.contracts if c.round == ROUND),
        leads=read_leads(store),
        parts=tuple(
            Part(str(r["part"]), r["contract"].id, r["organisation"].id, r["role"].id)
            for r in store.select(PARTS)
        ),
        regions=tuple(
            Place(r["region"].id, str(r["label"]), str(r["country"])) for r in store.select(REGIONS)
        ),
        terms={
            r["lot"].id: (str(r["term"]), read_years(str(r["length"]))) for r in store.select(TERMS)
        },
        policies={r["policy"].short: (r["issued"], r["start"]) for r in store.select(DATES)},
        sums=tuple(
            (str(r["amount"]), r["subject"].short, float(r["value"])) for r in store.select(SUMS)
        ),
        groups={r["o"].id: r["group"].id for r in groups},
    )


def read_years(term: str) -> float:
    """Return the length of a term in years.

    >>> read_years("P2Y9M")
    2.75

    Raises:
        BadParameter: the term is not written in years and months.
    """
    found = re.fullmatch(r"P(?:(\d+)Y)?(?:(\d+)M)?", term)
    if not found:
        raise BadParameter(f"term {term!r}: write it in years and months, as P2Y9M")
    return int(found[1] or 0) + int(found[2] or 0) / 12

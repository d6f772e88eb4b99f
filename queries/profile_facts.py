"""The questions behind a profile: each gives an item, a value and the row that says so."""

import re
from typing import Any

from rehabgraph.graph.store import Store
from rehabgraph.queries.citing import show_date
from rehabgraph.queries.facts import PREFIXES

Facts = tuple[tuple[str, str], ...]
"""Section, and a pattern that binds ?item, ?value and ?row, and may bind ?day and ?precision."""

_DATED = (
    " OPTIONAL {{ ?row schema:startDate ?day }} OPTIONAL {{ ?row rg:datePrecision ?precision }}"
)

_WHO: Facts = (
    ("What it is", '<{thing}> rdfs:label ?value . BIND ("name" AS ?item) BIND (<{thing}> AS ?row)'),
    (
        "What it is",
        '<{thing}> rg:legalName ?value . BIND ("legal name" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        "<{thing}> rg:kind ?k ; rg:kindBasis ?b ."
        " ?k skos:prefLabel ?kind . ?b skos:notation ?basis ."
        ' BIND ("kind" AS ?item) BIND (CONCAT(?kind, " (", ?basis, ")") AS ?value)'
        " BIND (<{thing}> AS ?row)",
    ),
    (
        "What it is",
        '<{thing}> rg:identifier ?value . BIND ("identifier" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        "?row rg:nameOf <{thing}> ; rdfs:label ?value ; rg:nameKind ?k . ?k skos:prefLabel ?kind ."
        ' BIND (CONCAT("name: ", ?kind) AS ?item)',
    ),
    (
        "What it is",
        '<{thing}> rdfs:comment ?value . BIND ("note" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "Tied to",
        "?row a rg:Relation ; rg:subject <{thing}> ; rg:object ?o ; rg:relationKind ?k ."
        " ?k skos:prefLabel ?item . ?o rdfs:label ?value ." + _DATED,
    ),
    (
        "Tied to",
        "?row a rg:Relation ; rg:object <{thing}> ; rg:subject ?o ; rg:relationKind ?k ."
        " ?k skos:prefLabel ?kind . ?o rdfs:label ?value ."
        ' BIND (CONCAT(?kind, ", the other way") AS ?item)' + _DATED,
    ),
)
_BESIDE: Facts = (
    (
        "Policies and agreements",
        "?row a rg:Party ; rg:organisation <{thing}> ; rg:agreement ?o ; rg:role ?k ."
        " ?k skos:prefLabel ?item . ?o rdfs:label ?value .",
    ),
    (
        "Policies and agreements",
        "?row a rg:PolicyLink ; rg:object <{thing}> ; rg:policy ?o ; rg:effect ?k ."
        ' ?k skos:prefLabel ?kind . ?o rdfs:label ?value . BIND (CONCAT(?kind, " it") AS ?item)'
        + _DATED,
    ),
    (
        "Companies of 2015 to 2021",
        "?row a rg:CrcOwnership ; rg:organisation <{thing}> ; rg:crcArea ?o ; rg:role ?k ."
        " ?k skos:prefLabel ?item . ?o rdfs:label ?value ." + _DATED,
    ),
    ("Sites", "?row a rg:Site ; rg:operator <{thing}> ; rdfs:label ?item ; rg:town ?value ."),
    (
        "People in published roles",
        "?row a rg:Role ; rg:organisation <{thing}> ; rdfs:label ?value ; rg:person ?o ."
        " ?o rdfs:label ?item . OPTIONAL {{ ?row rg:statedOn ?day }}"
        " OPTIONAL {{ ?row rg:datePrecision ?precision }}",
    ),
    (
        "Events",
        "?row a rg:Event ; rg:subject <{thing}> ; rdfs:label ?value ; schema:startDate ?day ;"
        " rg:eventKind ?k . ?k skos:prefLabel ?item ."
        " OPTIONAL {{ ?row rg:datePrecision ?precision }}",
    ),
    (
        "Claims about it",
        "?row a rg:Claim ; rg:subject <{thing}> ; rdfs:label ?value ; rg:measure ?k ."
        " ?k skos:prefLabel ?item .",
    ),
    (
        "Claims by it",
        "?row a rg:Claim ; prov:wasAttributedTo <{thing}> ; rdfs:label ?value ; rg:measure ?k ."
        " ?k skos:prefLabel ?item .",
    ),
)
_AREA: Facts = (
    (
        "What it is",
        '<{thing}> rdfs:label ?value . BIND ("name" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        "<{thing}> geo:sfWithin ?o . ?o rdfs:label ?value ."
        ' BIND ("probation region" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        "<{thing}> rg:population ?n ; rg:populationYear ?y . BIND (<{thing}> AS ?row)"
        ' BIND (CONCAT("population, ", STR(?y)) AS ?item) BIND (STR(?n) AS ?value)',
    ),
    (
        "What it is",
        '<{thing}> rg:gssCode ?value . BIND ("GSS code" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        '<{thing}> rdfs:comment ?value . BIND ("note" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "Commissioning",
        "<{thing}> geo:sfWithin ?region . ?row a rg:Commissioning ; rg:region ?region ;"
        " rg:commissioner ?c ; rg:arrangement ?k . ?c rdfs:label ?name . ?k skos:prefLabel ?how ."
        " FILTER NOT EXISTS {{ ?row rg:area ?other . FILTER (?other != <{thing}>) }}"
        " OPTIONAL {{ ?row rg:coCommissioner ?p . ?p rdfs:label ?partner }}"
        " OPTIONAL {{ ?row rg:lot ?l . ?l skos:prefLabel ?lot }}"
        ' BIND (COALESCE(?lot, "all lots") AS ?item)'
        ' BIND (CONCAT(?name, COALESCE(CONCAT(" with ", ?partner), ""), " (", LCASE(?how), ")")'
        " AS ?value)",
    ),
)
_AREA_BESIDE: Facts = (
    (
        "Delivery units",
        '?row a rg:DeliveryUnit ; geo:sfWithin <{thing}> ; rdfs:label ?item . BIND ("" AS ?value)',
    ),
    (
        "Companies of 2015 to 2021",
        "?row a rg:CrcCoverage ; rg:area <{thing}> ; rg:crcArea ?o . ?o rdfs:label ?value ."
        ' BIND ("company\'s area" AS ?item)',
    ),
    ("Sites", "?row a rg:Site ; rg:area <{thing}> ; rdfs:label ?item ; rg:town ?value ."),
)
_REGION: Facts = (
    (
        "What it is",
        '<{thing}> rdfs:label ?value . BIND ("name" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        '<{thing}> rg:country ?value . BIND ("country" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "What it is",
        '<{thing}> rdfs:comment ?value . BIND ("note" AS ?item) BIND (<{thing}> AS ?row)',
    ),
    (
        "Areas",
        "?row a rg:PoliceArea ; geo:sfWithin <{thing}> ; rdfs:label ?item ; rg:population ?n ."
        ' BIND (CONCAT("population ", STR(?n)) AS ?value)',
    ),
    (
        "Commissioning",
        "?row a rg:Commissioning ; rg:region <{thing}> ; rg:commissioner ?c ; rg:arrangement ?k ."
        " ?c rdfs:label ?name . ?k skos:prefLabel ?how ."
        " OPTIONAL {{ ?row rg:coCommissioner ?p . ?p rdfs:label ?partner }}"
        " OPTIONAL {{ ?row rg:lot ?l . ?l skos:prefLabel ?lot }}"
        ' BIND (COALESCE(?lot, "all lots") AS ?item)'
        ' BIND (CONCAT(?name, COALESCE(CONCAT(" with ", ?partner), ""), " (", LCASE(?how), ")")'
        " AS ?value)",
    ),
)
_REGION_BESIDE: Facts = (
    (
        "Claims about it",
        "?row a rg:Claim ; rg:subject <{thing}> ; rdfs:label ?value ; rg:measure ?k ."
        " ?k skos:prefLabel ?item .",
    ),
)
TURNED = {
    f"{kind}, the other way": turned
    for kind, turned in (
        ("Agency of", "Has as agency"), ("Brand of", "Has as brand"),
        ("Member of", "Has as member"), ("Owned by", "Owner of"), ("Part of", "Has as part"),
        ("Related to", "Related to"), ("Succeeded by", "Successor of"),
    )
}  # fmt: skip
"""A relation read from its other end → words for it."""
ORGANISATION_FACTS = (_WHO, _BESIDE)
AREA_FACTS = (_AREA, _AREA_BESIDE)
REGION_FACTS = (_REGION, _REGION_BESIDE)


def read_facts(store: Store, thing: str, facts: Facts) -> list[dict[str, Any]]:
    """Return the rows of a profile that some questions give, in their order.

    Args:
        store: the graph.
        thing: address of the organisation, area or region.
        facts: section and pattern of each question.
    """
    rows = []
    for section, pattern in facts:
        query = "SELECT DISTINCT ?item ?value ?row ?day ?precision WHERE {{ " + pattern + " }}"
        query = query.format(thing=thing) + " ORDER BY ?day ?item ?value ?row"
        for r in store.select(PREFIXES + query):
            day = f" ({show_date(r['day'], str(r['precision'] or 'day'))})" if r["day"] else ""
            item, value = str(r["item"]), str(r["value"])
            if "population" in f"{item} {value}":
                value = re.sub(r"\d+", lambda n: f"{int(n[0]):,}", value)
            rows.append(
                {
                    "section": section,
                    "item": TURNED.get(item, item),
                    "value": f"{value}{day}",
                    "ids": [str(r["row"])],
                }
            )
    return rows

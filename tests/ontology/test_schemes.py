"""The concepts: complete, addressed by scheme and notation, and enough for the tables."""

from __future__ import annotations

import csv
from typing import Any

import pytest
from rdflib import RDF, SKOS, Graph, Literal, URIRef

from rehabgraph.ontology import FOLDER, ID, RG

CHARITY, VOLUNTARY = URIRef(RG + "countsAsCharity"), URIRef(RG + "countsAsVoluntary")


def concepts(schemes: Graph) -> list[URIRef]:
    """Return every concept."""
    return [c for c in schemes.subjects(RDF.type, SKOS.Concept) if isinstance(c, URIRef)]


def concept_columns(tables: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Return table, column and scheme of every column whose values are concepts.

    A value that leads to a row is a foreign key or is written kind/id; any other is a concept.
    """
    found = []
    for table in tables:
        schema = table["tableSchema"]
        foreign = {key["columnReference"] for key in schema.get("foreignKeys", [])}
        for column in schema["columns"]:
            value = column.get("valueUrl", "").removeprefix(ID)
            is_row = column.get("virtual") or column["name"] in foreign or value.startswith("{")
            if value and not is_row:
                found.append((table["url"], column["name"], value.split("/")[0]))
    return found


def test_every_concept_is_described(schemes: Graph) -> None:
    """A concept has one label, one definition, one notation and one scheme, which it tops."""
    assert len(concepts(schemes)) > 100
    for concept in concepts(schemes):
        for predicate in (
            SKOS.prefLabel,
            SKOS.definition,
            SKOS.notation,
            SKOS.inScheme,
            SKOS.topConceptOf,
        ):
            assert len(list(schemes.objects(concept, predicate))) == 1, (concept, predicate)
        assert str(schemes.value(concept, SKOS.definition)).endswith("."), concept


def test_a_concept_is_addressed_by_scheme_and_notation(schemes: Graph) -> None:
    """The address of a concept is id/{scheme}/{notation}, and its scheme is declared."""
    for concept in concepts(schemes):
        scheme = schemes.value(concept, SKOS.inScheme)
        assert (scheme, RDF.type, SKOS.ConceptScheme) in schemes, concept
        name = str(scheme).removeprefix(ID + "scheme/")
        assert str(concept) == f"{ID}{name}/{schemes.value(concept, SKOS.notation)}"


def test_every_scheme_is_described(schemes: Graph) -> None:
    """A scheme has a label and a definition."""
    for scheme in schemes.subjects(RDF.type, SKOS.ConceptScheme):
        assert schemes.value(scheme, SKOS.prefLabel), scheme
        assert schemes.value(scheme, SKOS.definition), scheme


def test_every_column_of_concepts_has_its_scheme(
    schemes: Graph, tables: list[dict[str, Any]]
) -> None:
    """Every scheme that the table description points to is declared."""
    declared = {
        str(s).removeprefix(ID + "scheme/") for s in schemes.subjects(RDF.type, SKOS.ConceptScheme)
    }
    named = {scheme for _, _, scheme in concept_columns(tables)}
    assert named | {"sector", "lot"} == declared


def test_every_value_in_the_tables_has_its_concept(
    schemes: Graph, tables: list[dict[str, Any]]
) -> None:
    """A notation in a table is that of a concept; add the concept, or mend the row."""
    known = {str(c).removeprefix(ID) for c in concepts(schemes)}
    missing = set()
    for url, column, scheme in concept_columns(tables):
        path = FOLDER.parent / "data" / url
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                values = {row[column] for row in csv.DictReader(file)} - {""}
            missing |= {(url, column, v) for v in values if f"{scheme}/{v}" not in known}
    assert not missing


def test_every_organisation_kind_has_one_sector(schemes: Graph) -> None:
    """The broader concept of an organisation kind is a sector, and there is one."""
    sector = URIRef(ID + "scheme/sector")
    for kind in schemes.subjects(SKOS.inScheme, URIRef(ID + "scheme/organisation-kind")):
        [broader] = schemes.objects(kind, SKOS.broader)
        assert (broader, SKOS.inScheme, sector) in schemes, kind


@pytest.mark.parametrize(
    ("kind", "charity", "voluntary"),
    [
        ("charity", True, True),
        ("community-interest-company", False, True),
        ("housing-association", None, True),
        ("company", False, False),
        ("ministry", False, False),
        ("partnership", None, None),
        ("unknown", None, None),
    ],
)
def test_readings_of_voluntary_sector(
    schemes: Graph, kind: str, charity: bool | None, voluntary: bool | None
) -> None:
    """Narrow reading: charities. Wide: social enterprises too. What is unknown stays so."""
    concept = URIRef(f"{ID}organisation-kind/{kind}")
    for predicate, expected in ((CHARITY, charity), (VOLUNTARY, voluntary)):
        stated = schemes.value(concept, predicate)
        assert stated == (None if expected is None else Literal(expected)), predicate


def test_a_charity_is_voluntary_under_both_readings(schemes: Graph) -> None:
    """The wide reading takes in the narrow one."""
    for kind in schemes.subjects(CHARITY, Literal(True)):
        assert (kind, VOLUNTARY, Literal(True)) in schemes, kind

"""The classes and properties: complete, consistent with the tables, and within OWL 2 DL."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection

from rehabgraph.ontology import BASE, FOLDER, ID, RG, VERSION

FIRST = "0.1.0"
"""The first version of the ontology, which has none before it."""
IS_PROPERTY = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
EDGE_SOURCE, EDGE_TARGET, EDGE_LABEL = (
    URIRef(RG + f"edge{end}") for end in ("Source", "Target", "Label")
)
EDGES = {
    "Relation",
    "Role",
    "InterventionPartner",
    "Award",
    "Participation",
    "Commissioning",
    "PolicyLink",
    "Party",
    "CrcCoverage",
    "CrcOwnership",
    "Lineage",
}


def own(ontology: Graph, *kinds: URIRef) -> set[URIRef]:
    """Return the rg: terms of some kinds."""
    return {
        term
        for kind in kinds
        for term in ontology.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(RG)
    }


def named(ontology: Graph, term: URIRef, predicate: URIRef) -> set[URIRef]:
    """Return the classes that a domain or range names, those of a union one by one."""
    found: set[URIRef] = set()
    for value in ontology.objects(term, predicate):
        union = ontology.value(value, OWL.unionOf)
        found |= {value} if union is None else set(Collection(ontology, union))  # type: ignore[arg-type]
    return found


def uses(tables: list[dict[str, Any]]) -> list[tuple[URIRef, URIRef, dict[str, Any]]]:
    """Return class, property and column for every rg: property of a table's rows."""
    found = []
    for table in tables:
        columns = table["tableSchema"]["columns"]
        [cls, *_] = [c["valueUrl"] for c in columns if c["name"].startswith("type_")]
        for column in columns:
            prop = column.get("propertyUrl", "")
            if prop.startswith(RG):
                about_row = "aboutUrl" not in column
                found.append((URIRef(cls if about_row else RG + "Citation"), URIRef(prop), column))
    return found


@pytest.mark.parametrize("name", ["rehab.ttl", "schemes.ttl", "shapes.ttl", "alignment.ttl"])
def test_both_engines_read_the_same_triples(name: str) -> None:
    """Each Turtle file parses in rdflib and in pyoxigraph, to as many triples."""
    import pyoxigraph

    path = FOLDER / name
    assert len(Graph().parse(path)) == len(set(pyoxigraph.parse(path=str(path))))


def test_ontology_has_a_header(ontology: Graph) -> None:
    """The ontology says its name, version, prefix, licence, maker and dates; no person's name."""
    this = URIRef(RG.rstrip("#"))
    assert (this, RDF.type, OWL.Ontology) in ontology
    assert ontology.value(this, OWL.versionIRI) == URIRef(f"{this}/{VERSION}")
    assert str(ontology.value(this, VANN.preferredNamespacePrefix)) == "rg"
    assert str(ontology.value(this, VANN.preferredNamespaceUri)) == RG
    for wanted in (DCTERMS.title, DCTERMS.description, DCTERMS.license):
        assert ontology.value(this, wanted), wanted
    maker = ontology.value(this, DCTERMS.creator)
    assert str(maker) == BASE
    assert str(ontology.value(maker, RDFS.label)) == "the rehabgraph project"
    created, modified = (
        date.fromisoformat(str(ontology.value(this, p)))
        for p in (DCTERMS.created, DCTERMS.modified)
    )
    assert created <= modified


@pytest.mark.parametrize("name", ["rehab.ttl", "alignment.ttl", "shapes.ttl"])
def test_versions_are_those_of_the_package(name: str) -> None:
    """A file names the version of the package it comes with, and an earlier one from the second."""
    graph = Graph().parse(FOLDER / name)
    [this] = graph.subjects(RDF.type, OWL.Ontology)
    assert str(graph.value(this, OWL.versionInfo)) == VERSION
    earlier = graph.value(this, OWL.priorVersion)
    assert (earlier is None) == (VERSION == FIRST), "name the version before in owl:priorVersion"
    assert earlier != graph.value(this, OWL.versionIRI) or earlier is None


def test_every_term_is_described(ontology: Graph) -> None:
    """Every term has one label, one definition of one sentence, an example and its ontology."""
    terms = own(ontology, OWL.Class, *IS_PROPERTY)
    assert len(terms) > 100
    for term in terms:
        for predicate in (RDFS.label, SKOS.definition, SKOS.example, RDFS.isDefinedBy):
            assert len(list(ontology.objects(term, predicate))) == 1, (term, predicate)
        definition = str(ontology.value(term, SKOS.definition))
        assert definition.endswith(".") and ". " not in definition, term  # noqa: PT018
        assert ontology.value(term, RDFS.isDefinedBy) == URIRef(RG.rstrip("#")), term


def test_every_property_has_domain_and_range_or_says_why_not(ontology: Graph) -> None:
    """A property without a domain or range has a note that it is so on purpose."""
    for term in own(ontology, *IS_PROPERTY):
        notes = " ".join(str(note) for note in ontology.objects(term, SKOS.scopeNote))
        for predicate, word in ((RDFS.domain, "domain"), (RDFS.range, "range")):
            stated = bool(named(ontology, term, predicate))
            assert stated != (f"No {word} on purpose:" in notes), (term, word)


def test_every_class_stands_on_another(ontology: Graph) -> None:
    """Each class is below a class of another vocabulary, directly or through one of ours."""
    for cls in own(ontology, OWL.Class):
        above = set(ontology.transitive_objects(cls, RDFS.subClassOf))
        assert any(not str(one).startswith(RG) for one in above), cls


def test_every_term_of_tables_rules_and_shapes_is_defined(
    ontology: Graph, tables: list[dict[str, Any]]
) -> None:
    """No file may use a rg: term that the ontology does not define."""
    terms = own(ontology, OWL.Class, *IS_PROPERTY)
    used = {
        URIRef(c[key])
        for t in tables
        for c in t["tableSchema"]["columns"]
        for key in ("propertyUrl", "valueUrl")
        if c.get(key, "").startswith(RG)
    }
    for path in [*FOLDER.glob("rules/*.rq"), FOLDER / "shapes.ttl", FOLDER / "schemes.ttl"]:
        used |= {
            URIRef(RG + name)
            for name in re.findall(r"\brg:(\w+)", path.read_text(encoding="utf-8"))
        }
    assert used <= terms, used - terms


def test_domains_and_ranges_fit_the_tables(ontology: Graph, tables: list[dict[str, Any]]) -> None:
    """A table's class is in the domain of its properties, and what a column holds in the range."""
    class_of_table = {
        t["url"]: URIRef(
            next(
                c["valueUrl"] for c in t["tableSchema"]["columns"] if c["name"].startswith("type_")
            )
        )
        for t in tables
    }
    referred = {
        (class_of_table[t["url"]], key["columnReference"]): class_of_table[
            key["reference"]["resource"]
        ]
        for t in tables
        for key in t["tableSchema"].get("foreignKeys", [])
    }
    for cls, prop, column in uses(tables):
        domain, allowed = named(ontology, prop, RDFS.domain), named(ontology, prop, RDFS.range)
        assert not domain or cls in domain, (cls, prop)
        if "valueUrl" not in column:
            assert (prop, RDF.type, OWL.DatatypeProperty) in ontology, prop
            kind = (
                column["datatype"]
                if isinstance(column["datatype"], str)
                else column["datatype"]["base"]
            )
            assert allowed in ({XSD[kind]}, {RDFS.Literal}), (prop, kind)
            continue
        assert (prop, RDF.type, OWL.ObjectProperty) in ontology, prop
        if column["name"] == "citation":
            assert allowed == {URIRef(RG + "Citation")}
        elif not column["valueUrl"].startswith(ID + "{"):
            expected = referred.get((cls, column["name"]), SKOS.Concept)
            assert not allowed or allowed == {expected}, (prop, expected)


def test_edges_name_defined_properties_of_their_class(
    ontology: Graph, tables: list[dict[str, Any]]
) -> None:
    """An edge-bearing class names its ends and label by properties that its table fills."""
    given: dict[URIRef, set[URIRef]] = {}
    for cls, prop, _ in uses(tables):
        given.setdefault(cls, {RDFS.label}).add(prop)
    edges = set(ontology.subjects(EDGE_SOURCE, None)) | set(ontology.subjects(EDGE_TARGET, None))
    assert edges == {URIRef(RG + name) for name in EDGES}
    for cls in edges:
        source, target = (set(ontology.objects(cls, end)) for end in (EDGE_SOURCE, EDGE_TARGET))
        label = set(ontology.objects(cls, EDGE_LABEL))
        assert len(source) == 1, cls
        assert target, cls
        assert len(label) <= 1, cls
        assert source | target | label <= given[cls], cls  # type: ignore[index]
        for end in source | target:
            assert (end, RDF.type, OWL.ObjectProperty) in ontology, end


def test_no_term_is_of_two_kinds(ontology: Graph) -> None:
    """OWL 2 DL: nothing is at once a class and a property, or a property of two kinds."""
    kinds = Counter(
        s for kind in (OWL.Class, *IS_PROPERTY) for s in ontology.subjects(RDF.type, kind)
    )
    assert not [term for term, count in kinds.items() if count > 1]


def test_terms_of_others_are_declared(ontology: Graph) -> None:
    """OWL 2 DL: every class and property in use is declared, save those built into OWL."""
    built_in = (str(RDF), str(RDFS), str(OWL), str(XSD))
    classes = set(ontology.subjects(RDF.type, OWL.Class))
    for predicate in (RDFS.subClassOf, RDFS.domain):
        assert set(ontology.objects(None, predicate)) <= classes
    for value in ontology.objects(None, RDFS.range):
        assert value in classes or str(value).startswith(built_in), value
    declared = {p for kind in IS_PROPERTY for p in ontology.subjects(RDF.type, kind)}
    for predicate in set(ontology.predicates()) | set(ontology.objects(None, RDFS.subPropertyOf)):
        assert predicate in declared or str(predicate).startswith(built_in), predicate


def test_ranges_are_datatypes_that_owl_knows(ontology: Graph) -> None:
    """OWL 2 DL has no xsd:date, xsd:gYear or durations; ranges keep to its datatype map.

    Source: W3C, OWL 2 Structural Specification (second edition), section 4.
    """
    known = {XSD.string, XSD.decimal, XSD.integer, XSD.boolean, XSD.anyURI, RDFS.Literal}
    for prop in own(ontology, OWL.DatatypeProperty):
        assert named(ontology, prop, RDFS.range) <= known, prop


def test_literals_have_datatypes_that_owl_knows(ontology: Graph) -> None:
    """OWL 2 DL: the rule holds for annotations too, so dates of the header are plain text.

    Source: W3C, OWL 2 Structural Specification (second edition), sections 4 and 5.2.
    """
    literals = [o for o in ontology.objects() if isinstance(o, Literal)]
    assert {o.datatype for o in literals} <= {None, XSD.string}


def test_every_property_is_simple(ontology: Graph) -> None:
    """OWL 2 DL counts only simple properties; with none transitive and no chain, all are.

    Source: W3C, OWL 2 Structural Specification (second edition), sections 11.1 and 11.2.
    """
    assert not list(ontology.subjects(RDF.type, OWL.TransitiveProperty))
    assert not list(ontology.subjects(OWL.propertyChainAxiom, None))


def test_disjoint_classes_are_our_own_and_not_one_above_the_other(ontology: Graph) -> None:
    """No class excludes one that it is below; every member is one that we define."""
    classes = own(ontology, OWL.Class)
    for group in ontology.subjects(RDF.type, OWL.AllDisjointClasses):
        members = set(Collection(ontology, ontology.value(group, OWL.members)))  # type: ignore[arg-type]
        assert members <= classes
        for member in members:
            above = set(ontology.transitive_objects(member, RDFS.subClassOf)) - {member}
            assert not above & members, member

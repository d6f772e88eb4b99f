"""The JSON-LD context: every term by its plain name, and nothing lost on the way."""

from __future__ import annotations

import json

import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, URIRef
from rdflib.compare import isomorphic

from rehabgraph.ontology import FOLDER, ID, RG

# rdflib's own JSON-LD reader still makes a ConjunctiveGraph, which rdflib calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*ConjunctiveGraph.*:DeprecationWarning")


def test_context_names_every_term(ontology: Graph) -> None:
    """Each rg: term has its own name as its key."""
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    for kind in kinds:
        for term in ontology.subjects(RDF.type, kind):
            name = str(term).removeprefix(RG)
            if name != str(term):
                entry = context[name]
                assert (entry["@id"] if isinstance(entry, dict) else entry) == f"rg:{name}"


def test_context_types_fit_the_ontology(ontology: Graph) -> None:
    """A key stands for a term that is there; links are `@id`, numbers have the term's range."""
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    for name, entry in context.items():
        address = entry["@id"] if isinstance(entry, dict) else str(entry)
        if not address.startswith("rg:"):
            continue
        term = URIRef(RG + address.removeprefix("rg:"))
        kinds = set(ontology.objects(term, RDF.type))
        assert kinds, name
        given = entry.get("@type") if isinstance(entry, dict) else None
        if OWL.DatatypeProperty not in kinds:
            is_class = OWL.Class in kinds
            assert given == (None if is_class else "@id"), name
            continue
        allowed = ontology.value(term, RDFS.range)
        if allowed != RDFS.Literal:  # dates and the like, which OWL 2 does not know
            wanted = None if allowed == XSD.string else f"xsd:{str(allowed).rpartition('#')[2]}"
            assert given == wanted, name


def test_tiny_survives_json_ld(tiny: Graph) -> None:
    """The tiny dataset written with the context reads back as the same graph."""
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    text = tiny.serialize(format="json-ld", context=context)
    assert isomorphic(Graph().parse(data=text, format="json-ld"), tiny)


def test_context_gives_types_to_plain_json() -> None:
    """A hand-written record gets its addresses and datatypes from the context alone.

    The expected triples were written by hand.
    """
    context = json.loads((FOLDER / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    record = {
        "@context": context,
        "id": ID + "round/x",
        "type": "Round",
        "announced": "2021-05-21",
        "commissioner": ID + "organisation/moj",
    }
    by_hand = """
        @prefix rg: <https://w3id.org/rehabgraph/ontology#> .
        <https://w3id.org/rehabgraph/id/round/x> a rg:Round ;
            rg:announced "2021-05-21"^^<http://www.w3.org/2001/XMLSchema#date> ;
            rg:commissioner <https://w3id.org/rehabgraph/id/organisation/moj> .
    """
    read = Graph().parse(data=json.dumps(record), format="json-ld")
    assert isomorphic(read, Graph().parse(data=by_hand, format="turtle"))

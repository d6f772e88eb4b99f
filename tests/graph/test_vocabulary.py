"""The terms as they are read from the files of the ontology."""

import pytest

from rehabgraph.graph.vocabulary import (
    FILES,
    MORE_PREFIXES,
    expand_term,
    read_vocabulary,
)
from rehabgraph.ontology import FOLDER, RG, shorten_term


def test_every_term_and_list_is_read() -> None:
    """As many terms, lists, concepts and matches as rdflib finds in the files."""
    from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

    graph = Graph()
    for name in FILES:
        graph.parse(FOLDER / name)
    vocabulary = read_vocabulary()
    defined = {str(s) for s in graph.subjects(RDFS.isDefinedBy, None) if str(s).startswith(RG)}
    assert {t.iri for t in vocabulary.terms} == defined
    assert len(vocabulary.schemes) == len(set(graph.subjects(RDF.type, SKOS.ConceptScheme)))
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert sum(len(s.concepts) for s in vocabulary.schemes) == len(concepts)
    matches = set(graph.subjects(RDF.type, OWL.Axiom))
    assert sum(len(t.matches) for t in vocabulary.terms) == len(matches)
    assert all(m.why for t in vocabulary.terms for m in t.matches)
    assert {expand_term(o) for o in vocabulary.others} == {
        str(s)
        for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
        for s in graph.subjects(RDF.type, kind)
        if isinstance(s, URIRef) and not str(s).startswith(RG)
    }


def test_a_term_is_read_whole() -> None:
    """What the files say of three terms, copied from them by hand."""
    charity = read_vocabulary().find("Charity")
    assert charity.kind == "class"
    assert charity.above == ("org:FormalOrganization", "rg:Organisation", "schema:NGO")
    kind = "https://w3id.org/rehabgraph/id/organisation-kind/charity"
    assert charity.known_by == ("rg:kind", kind)
    comparator = read_vocabulary().find("comparator")
    assert set(comparator.domains) == {"rg:Amount", "rg:Claim"}
    assert comparator.ranges == ("skos:Concept",)
    assert comparator.notes[0].startswith("No counterpart on purpose: ")
    commissioning = read_vocabulary().find("Commissioning")
    assert commissioning.edge == (
        ("edgeSource", "rg:commissioner"), ("edgeTarget", "rg:area"),
        ("edgeTarget", "rg:region"), ("edgeLabel", "rg:arrangement"),
    )  # fmt: skip
    [match] = commissioning.matches
    assert (match.how, match.other) == ("related to", "epo:Buyer")


def test_an_unknown_term_is_no_term() -> None:
    """A name that no term has is an error, not nothing."""
    with pytest.raises(KeyError):
        read_vocabulary().find("Nothing")


@pytest.mark.parametrize("prefix", MORE_PREFIXES)
def test_short_names_go_there_and_back(prefix: str) -> None:
    """Every prefix shortens and expands."""
    assert expand_term(f"{prefix}:Thing") == f"{MORE_PREFIXES[prefix]}Thing"
    assert shorten_term(f"{MORE_PREFIXES[prefix]}Thing", MORE_PREFIXES) == f"{prefix}:Thing"


def test_the_examples_run() -> None:
    """The examples in the docstrings are true."""
    import doctest

    from rehabgraph.graph import vocabulary
    from rehabgraph.views import ontology_picture

    for module in (vocabulary, ontology_picture):
        result = doctest.testmod(module)
        assert (result.attempted > 0, result.failed) == (True, 0)

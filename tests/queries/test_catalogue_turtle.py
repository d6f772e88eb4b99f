"""The catalogue as RDF."""

import pytest

from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.queries.catalogue_turtle import QUESTIONS, write_catalogue


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by its own parser
def test_the_catalogue_holds_every_question_whole() -> None:
    """Each question has its title, words, text and parameters, as rdflib reads them."""
    from rdflib import RDF, RDFS, SDO, SH, Graph, URIRef

    graph = Graph().parse(data=write_catalogue(), format="turtle")
    assert len(set(graph.subjects(RDF.type, SDO.Question))) == len(question_files())
    for name in question_files():
        question = read_question(name)
        node = URIRef(f"{QUESTIONS}#{name}")
        assert str(graph.value(node, RDFS.label)) == question.title
        assert str(graph.value(node, RDFS.comment)) == question.question
        assert str(graph.value(node, SH.select)) == question.sparql
        slots = sorted(graph.objects(node, SH.parameter), key=lambda s: graph.value(s, SH.order))
        assert [str(graph.value(s, SH.name)) for s in slots] == [p.name for p in question.params]
        optional = [bool(graph.value(s, SH.optional)) for s in slots]
        assert optional == [not p.required for p in question.params]


def test_the_catalogue_is_written_the_same_each_time() -> None:
    """Two writings are the same bytes."""
    assert write_catalogue.__wrapped__() == write_catalogue.__wrapped__()

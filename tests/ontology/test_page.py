"""The page of documentation on the ontology: its example holds, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib import RDF, RDFS, Graph, URIRef

from rehabgraph.graph.vocabulary import read_vocabulary
from rehabgraph.ontology import RG
from rehabgraph.views.ontology_picture import BOXES

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph as World

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "ontology.md").read_text(encoding="utf-8")


def test_the_example_uses_terms_that_are_there(ontology: Graph, world: World) -> None:
    """The Turtle parses, its rg: terms are defined, and what it names of ours is in the record."""
    [turtle] = re.findall(r"```turtle\n(.*?)```", TEXT, re.DOTALL)
    example = Graph().parse(data=turtle, format="turtle")
    used = {p for p in example.predicates() if p.startswith(RG)}  # type: ignore[attr-defined]
    used |= set(example.objects(None, RDF.type))  # type: ignore[arg-type]
    assert used
    for term in used:
        assert (term, RDFS.label, None) in ontology, term
    things = {o for o in example.objects() if str(o).startswith("https://w3id.org/rehabgraph/id/")}
    assert len(things) == 2
    for thing in things:
        assert isinstance(thing, URIRef)
        assert world.store.ask(f"ASK {{ <{thing}> ?p ?o }}"), thing


def test_every_term_it_names_is_there() -> None:
    """A term in the prose is one of the ontology."""
    names = {term.name for term in read_vocabulary().terms}
    found = set(re.findall(r"\brg:(\w+)", TEXT))
    assert found
    assert found <= names


def test_links_and_picture_are_there() -> None:
    """Every link to a file of the project leads to one; the picture has words beside it."""
    targets = [t for t in re.findall(r"\]\(([^)\s]+)\)", TEXT) if "://" not in t]
    assert "ontology.svg" in targets
    assert all((DOCS / t).exists() for t in targets), targets
    words = re.findall(r"!\[([^\]]+)\]", TEXT)[0]
    assert len(BOXES) == 19
    assert words.startswith("Nineteen boxes")

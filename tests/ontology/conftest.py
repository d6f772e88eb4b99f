"""Fixtures for the tests of the ontology: its files as graphs, and the table description."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rehabgraph.ontology import FOLDER

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

TINY = Path(__file__).parents[1] / "data" / "tiny.ttl"


@pytest.fixture(scope="session")
def ontology() -> Graph:
    """Return the classes and properties."""
    from rdflib import Graph

    return Graph().parse(FOLDER / "rehab.ttl")


@pytest.fixture(scope="session")
def schemes() -> Graph:
    """Return the concepts."""
    from rdflib import Graph

    return Graph().parse(FOLDER / "schemes.ttl")


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """Return the shapes."""
    from rdflib import Graph

    return Graph().parse(FOLDER / "shapes.ttl")


@pytest.fixture(scope="session")
def tiny_triples() -> list[tuple[Node, Node, Node]]:
    """Return the triples of the tiny dataset and of the concepts, read once."""
    from rdflib import Graph

    return list(Graph().parse(TINY).parse(FOLDER / "schemes.ttl"))


@pytest.fixture
def tiny(tiny_triples: list[tuple[Node, Node, Node]]) -> Graph:
    """Return the tiny dataset with the concepts that it uses, free to be changed."""
    from rdflib import Graph

    graph = Graph()
    for triple in tiny_triples:
        graph.add(triple)
    return graph


@pytest.fixture(scope="session")
def tables() -> list[dict[str, Any]]:
    """Return the description of every table."""
    path = FOLDER.parent / "data" / "csv-metadata.json"
    described: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["tables"]
    return described

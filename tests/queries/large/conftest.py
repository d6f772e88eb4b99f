"""Fixtures of large markets: graphs with facts beside them, whatever their size."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rehabgraph
from rehabgraph.graph.errors import RehabError
from rehabgraph.graph.large.facts import write_facts
from rehabgraph.graph.store import open_directory, open_memory
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report import Report

GENERATE = Path(__file__).resolve().parents[3] / "benchmarks" / "generate.py"
Both = Callable[[Callable[[], Report]], tuple[Any, Any]]


@pytest.fixture(scope="session")
def packaged(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Return the graph of the packaged tables, opened anew, with facts beside it."""
    assert world.store.path is not None
    store = open_directory(world.store.path)
    store.facts = tmp_path_factory.mktemp("packaged") / "facts"
    write_facts(store, store.facts)
    return Graph(store)


@pytest.fixture(scope="session")
def tiny_facts(tiny_quads: list[str], tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Return the tiny graph with facts beside it."""
    store = open_memory(tiny_quads)
    store.facts = tmp_path_factory.mktemp("tiny") / "facts"
    write_facts(store, store.facts)
    return Graph(store)


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Return a made-up world of some hundred contracts, with facts beside it."""
    folder = tmp_path_factory.mktemp("made-up")
    command = [sys.executable, str(GENERATE), "25000", str(folder), "--seed", "7"]
    subprocess.run(command, check=True, capture_output=True)
    graph = rehabgraph.open(data=folder)
    assert graph.store.path is not None
    store = open_directory(graph.store.path)
    store.facts = folder / "facts"
    write_facts(store, store.facts)
    return Graph(store)


@pytest.fixture
def both() -> Both:
    """Return a function that asks twice, the store and the facts, and returns both answers whole.

    An error is an answer too: its kind and its words.
    """

    def ask(question: Callable[[], Report]) -> tuple[Any, Any]:
        answers = []
        for mode in ("never", "always"):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("REHABGRAPH_FACTS", mode)
                try:
                    answers.append(question().to_json())
                except RehabError as e:
                    answers.append((type(e).__name__, str(e)))
        return answers[0], answers[1]

    return ask

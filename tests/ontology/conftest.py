"""Fixtures for the tests of the ontology: its files as graphs, tables, and two reasoners."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rehabgraph.ontology import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

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
def alignment() -> Graph:
    """Return the matches with terms of others."""
    from rdflib import Graph

    return Graph().parse(FOLDER / "alignment.ttl")


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


@dataclass(frozen=True)
class Reasoners:
    """HermiT and Pellet as they ship in owlready2, each in a process of its own.

    Attributes:
        java: path of the Java runtime.
        folder: folder of the installed owlready2.
    """

    java: str
    folder: Path

    def find_profile(self, path: Path) -> str:
        """Return the smallest OWL 2 profile of an ontology, as the OWL API's checker says."""
        [found] = re.findall(r"^OWL Profile = (.+)$", self._run_pellet("info", path), re.MULTILINE)
        return str(found)

    def find_fault(self, reasoner: str, path: Path) -> str:
        """Return why an ontology is inconsistent, or nothing when it has a model."""
        if reasoner == "pellet":
            said = self._run_pellet("consistency", path)
            return "" if "Consistent: Yes" in said else said
        said = self._run_hermit("--consistency", path.as_uri())
        return "" if "Thing is satisfiable" in said else said

    def find_impossible(self, reasoner: str, path: Path) -> set[str]:
        """Return the local names of the classes that nothing can be in."""
        if reasoner == "pellet":
            said = self._run_pellet("unsat", path)
            if "Found no unsatisfiable concepts" in said:
                return set()
            [names] = re.findall(r"unsatisfiable concept\(s\):\s(.*)", said, re.DOTALL)
        else:
            said = self._run_hermit("--unsatisfiable", path.as_uri())
            [names] = re.findall(r"Classes equivalent to 'owl:Nothing':\s(.*)", said, re.DOTALL)
        return {re.split(r"[:#/>]", name)[-1] for name in names.split()} - {"Nothing"}

    def list_instances(self, path: Path) -> set[tuple[str, str]]:
        """Return each thing with each of its most special classes, as HermiT finds them."""
        said = self._run_hermit("--classifyIs", "--no-prefixes", path.as_uri())
        return set(re.findall(r"Type\( <([^>]+)> <([^>]+)> \)", said))

    def _run_pellet(self, command: str, path: Path) -> str:
        jars = [*sorted((self.folder / "pellet").glob("*.jar")), self.folder / "pellet"]
        return self._run(jars, "pellet.Pellet", command, path.as_uri())

    def _run_hermit(self, *options: str) -> str:
        folder = self.folder / "hermit"
        name = "org.semanticweb.HermiT.cli.CommandLine"
        return self._run([folder, folder / "HermiT.jar"], name, *options)

    def _run(self, places: list[Path], *command: str) -> str:
        joined = os.pathsep.join(map(str, places))
        done = subprocess.run(
            [self.java, "-Xmx1g", "-cp", joined, *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture(scope="session")
def reasoners(skip_or_fail: Callable[[str, str], NoReturn]) -> Reasoners:
    """Return the reasoners, or skip with one line where Java or owlready2 is missing."""
    java, found = shutil.which("java"), find_spec("owlready2")
    if java is None:
        skip_or_fail("java", "no java found: install a Java runtime, 17 or newer")
    if found is None or found.origin is None:
        skip_or_fail("java", "no owlready2 found: pip install 'rehabgraph[owl]'")
    return Reasoners(java, Path(found.origin).parent)


def _make_safe(statement: str) -> str:
    """Return a statement whose literal has a datatype that OWL 2 knows."""
    for name, end, known in (
        ("date", "T00:00:00", "^^<http://www.w3.org/2001/XMLSchema#dateTime>"),
        ("gYear", "", "^^<http://www.w3.org/2001/XMLSchema#integer>"),
        ("yearMonthDuration", "", ""),
    ):
        ending = f'"^^<http://www.w3.org/2001/XMLSchema#{name}>'
        if statement.endswith(ending):
            return f'{statement.removesuffix(ending)}{end}"{known}'
    return statement


@pytest.fixture(scope="session")
def write_ontology(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that writes the ontology with more Turtle after it.

    With `data` it also holds the tables' rows and the concepts, as a reasoner may read them: a
    date becomes the dateTime of its midnight, a year an integer, a duration its text, because
    OWL 2 knows none of the three. Nothing that the rules derive is in it.
    """
    from rehabgraph.graph.build import build_quads
    from rehabgraph.ontology import BASE

    folder = tmp_path_factory.mktemp("ontology")
    kept = (f" <{BASE}dataset/curated> .", f" <{BASE}dataset/schemes> .")
    rows: list[str] = []

    def write(more: str = "", *, data: bool = False) -> Path:
        if data and not rows:
            for line in build_quads():
                statement = line.rstrip("\n")
                if statement.endswith(kept):
                    rows.append(_make_safe(statement.rpartition(" <")[0]) + " .")
        path = folder / f"{len(list(folder.iterdir()))}.ttl"
        text = (FOLDER / "rehab.ttl").read_text(encoding="utf-8") + more
        path.write_text("\n".join([text, *(rows if data else ())]), encoding="utf-8")
        return path

    return write

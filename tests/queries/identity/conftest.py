"""A store of imports whose suppliers may be one another, and tables to decide in."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.imports.judged import StoreJudgements
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.judgement_rows import TableJudgements
from rehabgraph.ontology import DATA
from rehabgraph.queries.graph import Graph, open_graph
from rehabgraph.queries.identity.decisions import Decision, keep_decisions, name_party

Award = dict[str, Any]
INGEUS = {
    "id": "INGEUS UK LTD",
    "name": "INGEUS UK LTD",
    "identifier": {"scheme": "GB-COH", "id": "4320853"},
}


def award(id_: str, amount: int, *names: str) -> Award:
    """Return an award to suppliers, each called and numbered in its process by its name."""
    return {
        "id": id_,
        "suppliers": [{"id": name, "name": name} for name in names],
        "value": {"amount": amount, "currency": "GBP"},
    }


def release(number: int, *awards: Award, parties: tuple[Award, ...] = ()) -> Award:
    """Return a release of one process."""
    whole = {"ocid": f"ocds-m-{number}", "id": "1", "date": "2021-05-01T00:00:00Z"}
    return {**whole, "awards": list(awards), "parties": list(parties)}


FILES = {
    "first.json": [
        release(1, award("1", 1000, "INGEUS UK LTD"), parties=(INGEUS,)),
        release(2, award("1", 500, "Ingeus UK", "Foundation 92"), award("2", 50, "Foundation")),
        release(3, award("1", 70, "Birch Homes", "Birch Homes Ltd")),
    ],
    "second.json": [release(4, award("1", 8, "Ingeus"))],
}
"""Ingeus stands in three processes, and Birch twice in one award."""

Put = Callable[[str], None]


def _put(folder: Path, name: str) -> None:
    file = folder / name
    file.write_text(json.dumps({"releases": FILES[name]}))
    import_ocds(Workspace(folder / "mine"), [(file, name)], How())


@pytest.fixture(scope="session")
def first_import(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Return a folder with a store that has the first file in it, to be copied."""
    assert cache.is_dir()
    folder = tmp_path_factory.mktemp("first")
    _put(folder, "first.json")
    return folder / "mine"


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Return a function that imports one of the files into the store."""
    return lambda name: _put(tmp_path, name)


@pytest.fixture
def workspace(tmp_path: Path, first_import: Path) -> Workspace:
    """Return a store with the first file in it."""
    shutil.copytree(first_import, tmp_path / "mine")
    return Workspace(tmp_path / "mine")


@pytest.fixture
def keeper(workspace: Workspace) -> StoreJudgements:
    """Return where decisions of the store are kept."""
    return StoreJudgements(workspace)


@pytest.fixture
def graph(workspace: Workspace) -> Callable[[], Graph]:
    """Return a function that opens the store as people would."""
    return lambda: open_graph(workspace.folder)


@pytest.fixture
def tables(tmp_path: Path) -> TableJudgements:
    """Return where decisions are kept in a copy of the packaged tables."""
    folder = tmp_path / "tables"
    shutil.copytree(DATA, folder)
    return TableJudgements(folder)


Decide = Callable[..., list[str]]


@pytest.fixture
def decide() -> Decide:
    """Return a function that decides about two organisations and lets it take effect."""

    def run(
        graph: Graph,
        keeper: StoreJudgements | TableJudgements,
        one: str,
        other: str,
        *,
        same: bool = True,
        settle: bool = True,
    ) -> list[str]:
        pair = (name_party(graph, one), name_party(graph, other))
        rows = keep_decisions(graph, keeper, [Decision(*pair, same, "Said by a test.")])
        if settle:
            keeper.settle()
        return [row.id for row in rows]

    return run

"""Fixtures of imports: a workspace, and releases made by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.imports.findings import ImportResult
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.queries.graph import Graph, open_graph

Release = dict[str, Any]
Make = Callable[..., Release]


@pytest.fixture
def make() -> Make:
    """Return a function that makes a release: one award of £100 to Alder, more as told."""

    def release(number: int = 1, **more: Any) -> Release:  # noqa: ANN401
        whole: Release = {
            "ocid": f"ocds-test-{number}",
            "id": f"r{number}",
            "date": "2021-05-01T00:00:00Z",
            "tag": ["award"],
            "buyer": {"id": "buyer", "name": "Ministry of Tests"},
            "awards": [
                {
                    "id": "1",
                    "suppliers": [{"id": "s1", "name": "Alder"}],
                    "value": {"amount": 100, "currency": "GBP"},
                }
            ],
        }
        return {**whole, **more}

    return release


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an empty workspace."""
    return Workspace(tmp_path / "mine")


Read = Callable[..., ImportResult]


@pytest.fixture
def read(workspace: Workspace, tmp_path: Path) -> Read:
    """Return a function that imports releases, text or bytes into the workspace."""

    def run(content: Any, name: str = "a.json", **how: Any) -> ImportResult:  # noqa: ANN401
        if isinstance(content, list) and content and isinstance(content[0], dict):
            content = {"releases": content}
        if isinstance(content, dict):
            content = json.dumps(content)
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_ocds(workspace, [(path, name)], How(**how))

    return run


@pytest.fixture
def graph(workspace: Workspace) -> Callable[[], Graph]:
    """Return a function that opens the workspace as people would."""
    return lambda: open_graph(workspace.folder)

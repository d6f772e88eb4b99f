"""The site of the packaged data, built once for all its tests."""

from pathlib import Path

import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.views.site.build import build_site


@pytest.fixture(scope="session")
def built(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the packaged data as plain files."""
    folder = tmp_path_factory.mktemp("site")
    build_site(world, folder)
    return folder

"""Fixtures of all tests: the real world, the tiny one, and the command in two ways.

No test touches the user's own cache: the whole session builds into a folder of its own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

import rehabgraph
from rehabgraph.graph.build import SCHEMES, _read_terms, run_rules
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.ontology import BASE, CURATED, FOLDER
from rehabgraph.queries.graph import Graph

TESTS = Path(__file__).parent
ROOT = TESTS.parent
INSTALL_SECONDS, LEAST_NODE = 240, 18
settings.register_profile("rehabgraph", deadline=None)
settings.load_profile("rehabgraph")


def pytest_configure(config: pytest.Config) -> None:
    """Let one warning pass that is not ours: rdflib's N-Quads reader uses its own old name."""
    config.addinivalue_line(
        "filterwarnings", "ignore:Dataset.default_context is deprecated:DeprecationWarning"
    )


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Put the cache of the whole session, and of every process it starts, into its own folder."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REHABGRAPH_CACHE", str(folder))
        for name in ("REHABGRAPH_STORE", "REHABGRAPH_DATA", "PYTHONIOENCODING", "NO_COLOR"):
            patch.delenv(name, raising=False)
        yield folder


@pytest.fixture(scope="session")
def world(cache: Path) -> Graph:
    """Return the graph of the packaged tables."""
    assert cache.is_dir()
    return rehabgraph.open()


@pytest.fixture(scope="session")
def tiny_quads() -> list[str]:
    """Return the tiny world as N-Quads lines, with the schemes, the terms and what rules derive."""
    lines = {
        *_read_terms(TESTS / "data" / "tiny.ttl", CURATED),
        *_read_terms(FOLDER / "schemes.ttl", SCHEMES),
        *_read_terms(FOLDER / "rehab.ttl", BASE + "ontology"),
    }
    derived = run_rules(open_memory(lines).raw)
    return sorted(lines | derived)


@pytest.fixture(scope="session")
def tiny(tiny_quads: list[str]) -> Graph:
    """Return the tiny graph, in memory."""
    return Graph(open_memory(tiny_quads))


@pytest.fixture(scope="session")
def tiny_store(tiny: Graph) -> OxigraphStore:
    """Return the store of the tiny graph."""
    return tiny.store


@pytest.fixture
def cli(cache: Path) -> Callable[..., Result]:
    """Return a function that runs the command in this process; a bug's exception is raised."""
    assert cache.is_dir()

    def run(*args: str, stdin: str | bytes | None = None) -> Result:
        from rehabgraph.cli import main

        return CliRunner().invoke(main, list(args), input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def shell(cache: Path) -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Return a function that runs the command in a process of its own, as a person would."""
    assert cache.is_dir()

    def run(
        *args: str, stdin: bytes = b"", cwd: Path | None = None, **env: str
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [sys.executable, "-m", "rehabgraph", *args],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=120,
            cwd=cwd,
            env={**os.environ, **env},
        )

    return run


def shared_folder() -> Path:
    """Return where the source texts folder would be."""
    return Path(os.environ.get("REHABGRAPH_SHARED") or ROOT.parent / "shared")


def need_shared() -> Path:
    """Return the source texts folder; skip where there is none, fail where it is required."""
    folder = shared_folder()
    if not (folder / "sources").is_dir():
        if os.environ.get("REHABGRAPH_REQUIRE_SHARED") == "1":
            pytest.fail(f"{folder.name}: the source texts folder is required and not there")
        pytest.skip("the source texts folder is not here; name it with REHABGRAPH_SHARED")
    return folder


def skip_or_fail(what: str, reason: str) -> NoReturn:
    """Skip a test for want of a tool; fail where `REHABGRAPH_REQUIRE` names that tool.

    Args:
        what: `servers` (Oxigraph server, Virtuoso), `java` (reasoners, Spark) or `node`.
        reason: what is not there and how to get it.
    """
    if what in os.environ.get("REHABGRAPH_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Return a function that runs a script of Node with packages of npm; skip where there is none.

    It is called with the script, the names of its packages (installed once) and its arguments,
    and returns what the script prints.
    """
    binary, npm = shutil.which("node"), shutil.which("npm")
    if binary is None or npm is None:
        skip_or_fail("node", "node and npm are not installed")
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.lstrip("v").partition(".")[0]) < LEAST_NODE:
        skip_or_fail("node", f"Node {LEAST_NODE} or newer is needed; here is {said.strip()}")
    root = tmp_path_factory.mktemp("node")
    folders: dict[tuple[str, ...], Path] = {}

    def install(packages: tuple[str, ...]) -> Path:
        folder = root / str(len(folders))
        folder.mkdir()
        command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", *packages]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, check=False,
                timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            skip_or_fail("node", f"npm did not install {packages} in {INSTALL_SECONDS} seconds")
        if done.returncode != 0:
            skip_or_fail("node", f"npm cannot install {packages}: {done.stderr.strip()[-200:]}")
        return folder

    def run(script: str, packages: tuple[str, ...], *arguments: str) -> str:
        if packages not in folders:
            folders[packages] = install(packages)
        file = folders[packages] / "run.mjs"
        file.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [binary, file.name, *arguments], cwd=file.parent, capture_output=True, text=True,
            check=False, timeout=60, env={**os.environ, "NODE_NO_WARNINGS": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    yield run
    shutil.rmtree(root, ignore_errors=True)  # what npm installs is large


@pytest.fixture(scope="session", name="skip_or_fail")
def give_skip_or_fail() -> Callable[[str, str], NoReturn]:
    """Return `skip_or_fail`, for fixtures in folders below."""
    return skip_or_fail


@pytest.fixture(scope="session")
def spark(cache: Path) -> Iterator[Any]:
    """Return Spark on a small cluster of this machine: two workers, each a process of its own."""
    from importlib.util import find_spec
    from shutil import which

    assert cache.is_dir()
    if find_spec("pyspark") is None or which("java") is None:
        skip_or_fail("java", "Spark is not here; pip install 'rehabgraph[spark]', and Java 17")
    from rehabgraph.graph.cluster.session import open_spark

    few = {"spark.sql.shuffle.partitions": "4", "spark.default.parallelism": "4"}
    with open_spark("local-cluster[2,1,1024]", few) as session:
        yield session


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test that needs the source texts run, or pass, without them."""
    if item.get_closest_marker("shared"):
        need_shared()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the source texts folder, or skip where there is none."""
    return need_shared()

"""The large build makes the very bytes of the plain one, and a killed one goes on."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.graph import build
from rehabgraph.graph.build import NQUADS, STORE, build_quads, open_built
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.store import open_directory
from rehabgraph.ontology import DATA

pytest.importorskip("polars")
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tables of a made-up world of ten thousand quads."""
    folder = tmp_path_factory.mktemp("made")
    command = [sys.executable, ROOT / "benchmarks" / "generate.py", "10000", folder, "--seed", "7"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Take every table for large; return an empty cache of this test alone."""
    monkeypatch.setattr(build, "LARGE_BYTES", 0)
    monkeypatch.setenv("REHABGRAPH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def assert_whole(folder: Path, lines: list[str]) -> None:
    """Hold a built dataset, file and store, against the lines of the plain path."""
    assert (folder / NQUADS).read_text(encoding="utf-8") == "".join(lines)
    assert open_directory(folder / STORE).size() == len(lines)


def test_the_packaged_tables_make_the_same_bytes(large: Path) -> None:
    """The dataset of the packaged tables is the plain path's, byte for byte; nothing is left."""
    folder = open_built(DATA)
    assert_whole(folder, build_quads(DATA))
    assert [p.name for p in large.iterdir()] == [folder.name]
    assert {p.name for p in folder.iterdir()} == {NQUADS, STORE}


def test_a_made_world_makes_the_same_bytes(
    made: Path, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is that of a made-up world, in many small runs too."""
    from rehabgraph.graph.large import sorted_runs

    lines = build_quads(made)
    assert_whole(open_built(made), lines)
    shutil.rmtree(large)
    monkeypatch.setattr(sorted_runs, "RUN", 700)
    monkeypatch.setattr(sorted_runs, "SAMPLE", 10)
    assert_whole(open_built(made), lines)


def test_a_damaged_table_is_refused_and_leaves_nothing(large: Path, tmp_path: Path) -> None:
    """A bad cell is refused by file, row and column; the cache is as it was."""
    folder = tmp_path / "tables"
    shutil.copytree(DATA, folder)
    path = folder / "contracts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2021-06-26", "2021-06-31", 1))
    with pytest.raises(InvalidData, match=r"contracts.csv: row 2, column start: '2021-06-31'"):
        open_built(folder)
    assert list(large.iterdir()) == []


def test_a_stopped_build_goes_on_from_the_stage_it_was_at(
    made: Path, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the rules, the next build reads no table again and makes the same."""
    from rehabgraph.graph.large.polars_build import LargeBuild

    def stop(_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LargeBuild, "_run_rules", stop)
        with pytest.raises(KeyboardInterrupt):
            open_built(made)
    assert all(p.name.startswith(".") for p in large.iterdir())
    monkeypatch.setattr(LargeBuild, "_write_runs", stop)
    monkeypatch.setattr(LargeBuild, "_load_store", stop)
    assert_whole(open_built(made), build_quads(made))


def start(made: Path) -> "subprocess.Popen[bytes]":
    """Start a large build in a process of its own."""
    code = "import sys; from pathlib import Path; from rehabgraph.graph import build; "
    code += "build.LARGE_BYTES = 0; print(build.open_built(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(made)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_builds_are_whole_or_not_there(made: Path, large: Path) -> None:
    """Killed again and again at random moments, the build ends whole, and never shows half."""
    chance = random.Random(20210626)  # noqa: S311 - moments to kill at, no secret
    lines = build_quads(made)
    began = time.monotonic()
    start(made).communicate()
    whole = time.monotonic() - began
    for _ in range(6):
        shutil.rmtree(large)
        for _ in range(2):  # the second goes on from what the first left
            child = start(made)
            time.sleep(chance.uniform(0.2, 0.9) * whole)
            child.send_signal(signal.SIGKILL)
            child.communicate()
            for folder in large.glob("[!.]*") if large.is_dir() else ():
                assert_whole(folder, lines)
        assert_whole(open_built(made), lines)


def test_builds_at_once_end_well(made: Path, large: Path) -> None:
    """Three builds started together give the same dataset, and leave nothing else."""
    children = [start(made) for _ in range(3)]
    done = [child.communicate(timeout=300) for child in children]
    assert [child.returncode for child in children] == [0] * 3, done
    (folder,) = large.iterdir()
    assert_whole(folder, build_quads(made))


def test_without_polars_the_plain_path_builds(
    made: Path, large: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where Polars is not installed, one line says so and the dataset is the same."""
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "polars" else find(name)
    )
    assert_whole(open_built(made), build_quads(made))
    assert capsys.readouterr().err.splitlines() == [
        "Large tables build slowly without polars: pip install 'rehabgraph[large]'"
    ]
    assert len(list(large.iterdir())) == 1


def test_a_cache_that_cannot_be_written(made: Path, large: Path) -> None:
    """A cache that is a file is refused in one line that names it."""
    from rehabgraph.graph.errors import StoreError

    large.write_text("in the way")
    with pytest.raises(StoreError, match="REHABGRAPH_CACHE"):
        open_built(made)
    assert os.listdir(large.parent) == ["cache"]  # noqa: PTH208


@pytest.mark.parametrize("engine", ["sparql", "pyshacl"])
def test_validate_holds_a_large_store_against_the_shapes(
    engine: str, large: Path, tmp_path: Path, cli: Callable[..., Result]
) -> None:
    """Tables that break a shape and no rule of a table: one line names the thing, either way."""
    folder = tmp_path / "tables"
    shutil.copytree(DATA, folder)
    assert cli("--data", str(folder), "validate").exit_code == 0
    path = folder / "regions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",England,", ",France,", 1))
    done = cli("--data", str(folder), "validate", "--engine", engine)
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "region/north-east: Column country needs England or Wales" in line
    assert len(list(large.iterdir())) == 2

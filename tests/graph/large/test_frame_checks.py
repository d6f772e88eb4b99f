"""Frames and plain rows say the same: the same quads of good tables, the same problems of bad."""

import importlib.util
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.csv2rdf import write_quads
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.tables import Table, open_metadata, read_tables
from rehabgraph.ontology import CURATED, DATA, METADATA

pl = pytest.importorskip("polars")
TESTS = Path(__file__).parents[2]
FEW = ("sources", "organisations", "names", "relations", "people", "roles", "judgements")


def load_module(path: Path) -> ModuleType:
    """Return a module of a file that stands in no package."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


BAD = load_module(TESTS / "graph" / "test_tables.py").BAD


def read_plain(folder: Path) -> tuple[list[str], list[str]]:
    """Return the quads and the problems of tables by the plain path."""
    try:
        return sorted(set(write_quads(read_tables(folder), CURATED))), []
    except InvalidData as e:
        return [], e.problems


def read_framed(folder: Path) -> tuple[list[str], list[str]]:
    """Return the quads and the problems of tables by way of frames."""
    from rehabgraph.graph.large.frame_checks import check_tables
    from rehabgraph.graph.large.frame_quads import write_lines

    found: set[str] = set()

    def take(table: Table, frames: "Iterator[pl.DataFrame]") -> None:
        for frame in frames:
            for lines in write_lines(table.spec, frame, CURATED):
                found.update(f"{line}\n" for line in lines)

    try:
        check_tables(folder, list(open_metadata(folder).tables), take)
    except InvalidData as e:
        return [], e.problems
    return sorted(found), []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the packaged tables."""
    target = tmp_path / "tables"
    shutil.copytree(DATA, target)
    return target


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the first rows of a few tables that refer to one another only."""
    target = tmp_path_factory.mktemp("few")
    group = json.loads((DATA / METADATA).read_text(encoding="utf-8"))
    group["tables"] = [t for t in group["tables"] if t["url"].removesuffix(".csv") in FEW]
    (target / METADATA).write_text(json.dumps(group), encoding="utf-8")
    for name in FEW:
        lines = (DATA / f"{name}.csv").read_bytes().splitlines(keepends=True)
        kept = len(lines) if name == "sources" else 400 if name == "organisations" else 7
        (target / f"{name}.csv").write_bytes(b"".join(lines[: kept if name != "judgements" else 1]))
    assert read_plain(target)[1] == []
    return target


def test_packaged_tables_make_the_same_quads() -> None:
    """Every line of the packaged dataset is the same by both ways."""
    assert read_framed(DATA) == read_plain(DATA)


@pytest.mark.parametrize("case", [name for name in BAD if "metadata" not in name])
def test_each_damage_is_found_in_the_same_words(case: str, folder: Path) -> None:
    """What the plain path refuses, frames refuse with the same lines in the same order."""
    BAD[case][0](folder)
    _, problems = read_plain(folder)
    assert problems
    assert read_framed(folder) == ([], problems)


def test_windows_line_ends_make_the_same_quads(folder: Path) -> None:
    """A file that only the plain reader can read makes the same quads."""
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    found = read_framed(folder)
    assert found[1] == []
    assert found == read_plain(DATA)


def test_odd_cells_are_written_alike(folder: Path) -> None:
    """Quotes, backslashes and non-Latin letters in cells make the same quads."""
    path = folder / "regions.csv"
    text = path.read_text(encoding="utf-8")
    odd = '"a ""b"" \\ c, д🙂"'
    path.write_text(text.replace(",North East,", f",{odd},"), encoding="utf-8")
    found = read_framed(folder)
    assert found == read_plain(folder)
    assert any(r"\"b\" \\ c, д🙂" in line for line in found[0])


def test_small_blocks_make_no_difference(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a kilobyte at a time, tables make the same quads, and damage has the same row."""
    from rehabgraph.graph.large import frames

    monkeypatch.setattr(frames, "BLOCK", 1024)
    monkeypatch.setattr(frames, "ROWS", 3)
    assert read_framed(folder) == read_plain(folder)
    lines = (folder / "participations.csv").read_text(encoding="utf-8").split("\n")
    lines[500] = lines[500].replace(",lead,", ",leed,").replace(",subcontractor,", ",leed,")
    lines[501] = lines[2]
    (folder / "participations.csv").write_text("\n".join(lines), encoding="utf-8")
    _, problems = read_plain(folder)
    assert problems
    assert read_framed(folder) == ([], problems)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32), cuts=st.integers(1, 4))
def test_random_damage_is_found_in_the_same_words(few: Path, seed: int, cuts: int) -> None:
    """Whatever letters are put into, or cut out of, a table: both ways say the same."""
    chance = random.Random(seed)  # noqa: S311 - places of damage, no secret
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "tables"
        shutil.copytree(few, folder)
        path = folder / f"{chance.choice(FEW)}.csv"
        raw = path.read_bytes()
        for _ in range(cuts):
            at = chance.randrange(len(raw) + 1)
            put = chance.choice(PIECES)
            raw = raw[:at] + put + raw[at + chance.choice((0, 0, 1, 5, 40)) :]
        path.write_bytes(raw)
        assert read_framed(folder) == read_plain(folder)


PIECES = [
    p.encode() for p in ("", "", ",", '"', '""', "|", " ", "\n", "\r\n", "\t", "=", "-", "x", "0")
] + [b"\xc2\xa0", b"\xe2\x80\xa8", b"\xff", b"\x00", b"\xef\xbb\xbf", b"\x1c", "é🙂".encode()]

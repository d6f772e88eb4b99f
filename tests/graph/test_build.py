"""The build: the same bytes everywhere, and a cache that is whole or not there."""

import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rehabgraph.graph.build import (
    NQUADS,
    STORE,
    build_quads,
    cache_folder,
    content_key,
    open_built,
    write_built,
    write_file,
)
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.store import open_directory, open_memory
from rehabgraph.ontology import DATA, METADATA
from rehabgraph.queries.graph import Graph

Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Return the packaged dataset."""
    return build_quads()


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty cache folder of this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("REHABGRAPH_CACHE", str(folder))
    return folder


def test_lines_are_sorted_and_none_stands_twice(lines: list[str]) -> None:
    """The dataset is strictly sorted, one quad a line, and ends with a line feed."""
    assert all(a < b for a, b in itertools.pairwise(lines))
    assert all(line.endswith(" .\n") and line.count("\n") == 1 for line in lines)


def test_no_blank_node_is_left_unnamed_by_chance(lines: list[str]) -> None:
    """Blank nodes, if any, carry canonical names: c14n and a number."""
    names = {name for line in lines for name in re.findall(r"(?:^| )_:(\w+)", line)}
    assert all(re.fullmatch(r"c14n\d+", name) for name in names), sorted(names)[:5]


def test_every_thing_named_is_described(lines: list[str]) -> None:
    """No statement points at a thing of ours about which nothing is said."""
    thing = "<https://w3id.org/rehabgraph/id/"
    subjects = {line.split(" ", 1)[0] for line in lines}
    named = {
        part[2]
        for line in lines
        if (part := line.split(" ", 3))[2].startswith(thing) and "#evidence" not in part[2]
    }
    assert named <= subjects, sorted(named - subjects)[:5]


def test_the_same_bytes_in_two_processes(tmp_path: Path, shell: Shell) -> None:
    """Hash seed, folder, locale and time zone leave no trace in the dataset."""
    made = []
    for number, env in enumerate(
        (
            {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
            {"PYTHONHASHSEED": "4321", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"},
        )
    ):
        cwd = tmp_path / f"cwd{number}"
        cwd.mkdir()
        cache = str(tmp_path / f"cache{number}")
        done = shell("build", "-o", "out.nq", cwd=cwd, REHABGRAPH_CACHE=cache, **env)
        assert done.returncode == 0, done.stderr
        made.append((cwd / "out.nq").read_bytes())
    assert made[0] == made[1]


def test_the_store_holds_the_very_lines(lines: list[str], own_cache: Path) -> None:
    """The built store and the N-Quads file beside it say the same."""
    folder = open_built()
    assert (folder / NQUADS).read_text(encoding="utf-8") == "".join(lines)
    assert sorted(map(unnamed, open_directory(folder / STORE).quads())) == sorted(
        map(unnamed, lines)
    )
    assert own_cache in folder.parents


def unnamed(line: str) -> str:
    """Return a quad with its blank nodes' names left out: an engine gives them its own."""
    return re.sub(r"_:\w+", "_:", line)


def test_the_key_changes_with_each_thing_that_makes_the_dataset(tmp_path: Path) -> None:
    """One byte in any table or in its description gives another key; the same bytes the same."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    assert content_key(copy) == content_key(DATA)
    seen = {content_key(copy)}
    for path in sorted(copy.iterdir()):
        kept = path.read_bytes()
        path.write_bytes(kept + b"\n")
        seen.add(content_key(copy))
        path.write_bytes(kept)
    assert len(seen) == 1 + len(list(copy.iterdir()))
    (copy / "notes.txt").write_text("not a table")
    assert content_key(copy) == content_key(DATA)


def test_a_changed_table_is_built_anew(tmp_path: Path, own_cache: Path) -> None:
    """After an edit the answer is that of the edited table, and the old dataset is untouched."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    first = open_built(copy)
    regions = copy / "regions.csv"
    regions.write_text(regions.read_text(encoding="utf-8").replace(",North East,", ",Far North,"))
    second = open_built(copy)
    assert first != second
    assert sorted(p.name for p in own_cache.iterdir()) == sorted([first.name, second.name])
    assert "Far North" in (second / NQUADS).read_text(encoding="utf-8")
    assert "Far North" not in (first / NQUADS).read_text(encoding="utf-8")


@pytest.fixture
def headers(tmp_path: Path) -> Path:
    """Return a folder of tables without rows, which builds fast."""
    folder = tmp_path / "headers"
    folder.mkdir()
    shutil.copy(DATA / METADATA, folder)
    for path in DATA.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    return folder


def start_build(data: Path) -> "subprocess.Popen[bytes]":
    """Start a build in a process of its own."""
    code = "import sys; from pathlib import Path; from rehabgraph.graph.build import open_built; "
    code += "print(open_built(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(data)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_killed_builds_leave_no_half_dataset(own_cache: Path, headers: Path) -> None:
    """Killed at ten moments, a build leaves a whole dataset or none, and the next one succeeds."""
    chance = random.Random(20210626)  # noqa: S311 - moments to kill at, no secret
    size = len(build_quads(headers))
    started = time.monotonic()
    start_build(headers).communicate()
    whole = time.monotonic() - started
    for attempt in range(10):
        shutil.rmtree(own_cache)
        child = start_build(headers)
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        left = list(own_cache.iterdir()) if own_cache.is_dir() else []
        for folder in left:
            if not folder.name.startswith("."):
                assert open_directory(folder / STORE).size() == size, attempt
        own_cache.mkdir(exist_ok=True)
    assert open_directory(open_built(headers) / STORE).size() == size


def test_builds_at_once(own_cache: Path, headers: Path) -> None:
    """Four builds started together all end well with the same folder, and leave nothing else."""
    children = [start_build(headers) for _ in range(4)]
    done = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0] * 4, done
    assert len({out for out, _ in done}) == 1
    (folder,) = own_cache.iterdir()
    assert open_directory(folder / STORE).size() == len(build_quads(headers))


@pytest.mark.parametrize("place", ["file", "under a file", "no such device"])
def test_a_cache_that_cannot_be_written(
    place: str, tmp_path: Path, headers: Path, shell: Shell
) -> None:
    """The command says in one line which folder it is and what to set instead."""
    (tmp_path / "file").write_text("in the way")
    cache = {
        "file": tmp_path / "file",
        "under a file": tmp_path / "file" / "cache",
        "no such device": Path("/proc/no-such-folder/cache"),
    }[place]
    done = shell("--data", str(headers), "list", "regions", REHABGRAPH_CACHE=str(cache))
    assert done.returncode == 1
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"Error: {cache}")
    assert "REHABGRAPH_CACHE" in line


def test_a_damaged_dataset_is_built_again(own_cache: Path, headers: Path) -> None:
    """A dataset folder that has lost its store is replaced, not stumbled over."""
    folder = open_built(headers)
    size = open_directory(folder / STORE).size()
    shutil.rmtree(folder / STORE)
    assert open_built(headers) == folder
    assert open_directory(folder / STORE).size() == size > 0
    assert [p.name for p in own_cache.iterdir()] == [folder.name]


@pytest.mark.parametrize("damage", ["remove", "empty", "rubbish"])
def test_a_damaged_store_is_one_line(
    damage: str, own_cache: Path, headers: Path, shell: Shell
) -> None:
    """A store that cannot be read gives one line that names it, never a traceback."""
    current = open_built(headers) / STORE / "CURRENT"
    if damage == "remove":
        current.unlink()
    else:
        current.write_bytes(b"" if damage == "empty" else b"rubbish\n")
    done = shell("--data", str(headers), "list", "regions")
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"Error: {own_cache}")


def test_a_rename_by_another_build_is_no_fault(own_cache: Path) -> None:
    """Where another build came first, its dataset stays and ours goes without a word."""
    quads = ["<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n"]
    final = own_cache / ("0" * 32)
    write_built(quads, final)
    write_built([*quads, "<http://e.org/a> <http://e.org/b> <http://e.org/d> .\n"], final)
    assert open_directory(final / STORE).size() == 1
    assert list(own_cache.iterdir()) == [final]


def test_old_datasets_are_removed_and_young_ones_kept(own_cache: Path) -> None:
    """Past the four newest, a dataset older than a day goes; strangers' folders stay."""
    quads = ["<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n"]
    own_cache.mkdir()
    (own_cache / "somebody-elses").mkdir()
    for number in range(8):
        folder = own_cache / f"{number:032x}"
        (folder / STORE).mkdir(parents=True)
        age = time.time() - 86400 * (2 if number >= 4 else 0) - number
        os.utime(folder, (age, age))
    stale = own_cache / f".{'a' * 32}-left"
    stale.mkdir()
    os.utime(stale, (0, 0))
    write_built(quads, own_cache / ("f" * 32))
    kept = {p.name for p in own_cache.iterdir()}
    assert kept == {"somebody-elses", "f" * 32, *(f"{n:032x}" for n in range(4))}


def test_write_file_leaves_the_old_content_when_it_fails(tmp_path: Path) -> None:
    """A write that cannot end leaves the file as it was and nothing beside it."""
    target = tmp_path / "out.txt"
    target.write_text("before")
    with pytest.raises(TypeError):
        write_file(target, "text, not bytes")  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]
    assert target.read_text() == "before"


def test_cache_folder_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`REHABGRAPH_CACHE` names the folder; without it the platform's own one is used."""
    monkeypatch.setenv("REHABGRAPH_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("REHABGRAPH_CACHE")
    assert cache_folder().name == "rehabgraph"


def test_a_description_that_is_not_there(tmp_path: Path) -> None:
    """A folder without its description is refused before anything is written."""
    from rehabgraph.graph.errors import InvalidData

    with pytest.raises(InvalidData, match=METADATA):
        open_built(tmp_path)


def test_remembered_answers_survive_rubbish(own_cache: Path) -> None:
    """A remembered answer that cannot be read is asked for again, and mended."""
    import rehabgraph

    first = rehabgraph.open().report("market-share").to_json()
    answers = sorted(own_cache.glob("*/answers/*.json"))
    assert answers
    for rubbish in (b"", b"null", b"[1]", b'{"names":["a"],"rows":[[{"n":"x"}]]}', b'{"names":1}'):
        for file in answers:
            file.write_bytes(rubbish)
        assert rehabgraph.open().report("market-share").to_json() == first
    assert all(len(file.read_bytes()) > 30 for file in answers)


def test_remembered_answers_are_those_of_the_store(own_cache: Path) -> None:
    """Asked twice, a report is equal to itself and to that of the same quads in memory."""
    import rehabgraph

    fresh = Graph(open_memory(build_quads())).report("market-share").to_json()
    assert rehabgraph.open().report("market-share").to_json() == fresh
    assert rehabgraph.open().report("market-share").to_json() == fresh
    assert own_cache.is_dir()


def test_the_built_dataset_cannot_be_changed(own_cache: Path) -> None:
    """Loading into the packaged graph is refused; a store on disk opens read-only."""
    import rehabgraph

    quad = "<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n"
    graph = rehabgraph.open()
    before = graph.store.size()
    with pytest.raises(StoreError, match="read-only"):
        graph.store.load([quad])
    folder = next(own_cache.glob("*")) / STORE
    with pytest.raises(StoreError):
        open_directory(folder).load([quad])
    assert open_directory(folder).size() == before

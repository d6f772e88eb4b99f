"""Where an answer goes: files written whole, pipes, and the same bytes under every locale."""

import io
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rehabgraph.graph.errors import OutputError
from rehabgraph.queries.graph import Graph
from rehabgraph.views.output import choose_format, write_content


@pytest.mark.parametrize(
    ("wanted", "target", "form"),
    [
        ("json", "out.csv", "json"),
        (None, "out.csv", "csv"),
        (None, "OUT.XLSX", "xlsx"),
        (None, "a.b/out.htm", "html"),
        (None, "out.txt", "table"),
        (None, "out.markdown", "md"),
        (None, "out.ndjson", "jsonl"),
        (None, "-", "tsv"),
        (None, None, "tsv"),
    ],
)
def test_the_form_follows_the_ending(
    wanted: str | None, target: str | None, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked for counts, then the file's ending, then tsv in a pipe."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert choose_format(wanted, target) == form


@pytest.mark.parametrize("target", ["out", "out.pdf", ".csv.", "a.csv/out"])
def test_an_unknown_ending_is_refused(target: str) -> None:
    """A file whose ending says nothing is refused with the endings that there are."""
    with pytest.raises(OutputError, match=r"--format"):
        choose_format(None, target)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The folder is made, the old file is replaced at once, and nothing is left beside it."""
    target = tmp_path / "new" / "out.txt"
    write_content("one", str(target))
    write_content("two £", str(target))
    assert target.read_bytes() == "two £".encode()
    assert [p.name for p in target.parent.iterdir()] == ["out.txt"]
    assert stat.S_IMODE(target.stat().st_mode) & 0o111 == 0


def test_a_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    """Written through a link, the file behind it changes and the link stays."""
    real = tmp_path / "real.txt"
    real.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    write_content("new", str(link))
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_pipe_is_written_into_not_replaced(tmp_path: Path) -> None:
    """`-o /dev/stdout`, a device or a named pipe is written into and stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_content("through", str(pipe))
    reader.join(5)
    assert got == [b"through"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("target", ["folder", "file/out.csv", "", "x" * 300])
def test_a_target_that_cannot_be_written(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a path through a file, an empty or endless name: one line, nothing left behind."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("in the way")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        write_content("x", target)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "plain C", "ascii", "latin-1"],
)
@pytest.mark.parametrize(
    "args",
    [
        ("report", "market-share", "--format", "table"),
        ("why", "market-share", "The Growth Company", "--format", "table"),
        ("query", "--list"),
        ("report", "--list"),
        ("list", "--help"),
    ],
    ids=" ".join,
)
def test_utf8_whatever_the_locale(args: tuple[str, ...], env: dict[str, str], shell: Shell) -> None:
    """The same UTF-8 bytes come out under every locale and encoding."""
    plain = shell(*args, PYTHONUTF8="1", COLUMNS="100")
    odd = shell(*args, COLUMNS="100", **env)
    assert odd.returncode == 0, odd.stderr
    assert odd.stdout == plain.stdout
    plain.stdout.decode("utf-8")


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_a_broken_pipe_is_quiet(form: str, world: Graph) -> None:
    """`rehabgraph … | head -1` ends without a word on stderr."""
    assert world.store.size()
    command = [sys.executable, "-m", "rehabgraph", "query", "contract-facts", "--format", form]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout
    assert child.stderr
    child.stdout.readline()
    child.stdout.close()
    errors = child.stderr.read()
    child.stderr.close()
    child.wait(30)
    assert errors == b""


def test_standard_output_in_a_pipe_is_tsv(shell: Shell) -> None:
    """Without --format, a pipe gets tab-separated values."""
    done = shell("query", "value-by-lot")
    assert done.stdout.startswith(b"lot\tlabel\tvalue\tlines\tproviders\tids\n")

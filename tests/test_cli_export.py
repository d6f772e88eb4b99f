"""The command `export`: every format by name and by ending, and each mistake in one line."""

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.graph.store import OxigraphStore, open_directory
from rehabgraph.queries.graph import Graph
from rehabgraph.views.exports import FORMATS, choose_export, export

Cli = Callable[..., Result]


@pytest.fixture(scope="module")
def store(tiny_quads: list[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the folder of a store of the tiny world."""
    folder = tmp_path_factory.mktemp("store") / "store"
    made: OxigraphStore = open_directory(folder, read_only=False)
    made.load(tiny_quads)
    made.raw.flush()
    return str(folder)


def test_the_list_names_every_format(cli: Cli) -> None:
    """The eleven formats that the documentation describes, one a line."""
    lines = cli("export", "--list").stdout.splitlines()
    assert " ".join(line.split()[0] for line in lines) == (
        "turtle trig nquads jsonld rdfxml graphml gexf csvw xlsx parquet neo4j"
    )


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_goes_to_a_file(form: str, cli: Cli, store: str, tmp_path: Path) -> None:
    """A file is there, twice the same, and no work file is left beside it."""
    names = [tmp_path / f"{n}{FORMATS[form].ending}" for n in ("a", "b")]
    for name in names:
        result = cli("--store", store, "export", "--to", form, "-o", str(name))
        assert result.exit_code == 0, result.stderr
        assert result.stdout == ""
    assert names[0].read_bytes() == names[1].read_bytes()
    assert names[0].stat().st_size > 1000
    assert {p.name for p in tmp_path.iterdir()} == {n.name for n in names}


@pytest.mark.parametrize("form", ["csvw", "neo4j", "parquet"])
def test_several_files_go_to_a_folder(form: str, cli: Cli, store: str, tmp_path: Path) -> None:
    """A folder holds the same files as the archive, byte for byte."""
    folder, archive = tmp_path / "out", tmp_path / "out.zip"
    assert cli("--store", store, "export", "--to", form, "-o", f"{folder}/").exit_code == 0
    assert cli("--store", store, "export", "--to", form, "-o", str(archive)).exit_code == 0
    with zipfile.ZipFile(archive) as found:
        files = {n: found.read(n) for n in found.namelist()}
    read = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    assert read == files


def test_standard_output_takes_any_format(
    shell: Callable[..., "subprocess.CompletedProcess[bytes]"], store: str
) -> None:
    """Text and archives go through a pipe unchanged; what is said goes to stderr."""
    found = shell("--store", store, "export", "--to", "neo4j")
    assert found.returncode == 0
    assert zipfile.ZipFile(io.BytesIO(found.stdout)).testzip() is None
    assert b"relationships" in found.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--to", "word"], "no format 'word'; there are: turtle"),
        ([], "name a format with --to: turtle"),
        (["-o", "graph.doc"], "name a format with --to: turtle"),
        (["-o", "graph.zip"], "name a format with --to: turtle"),
        (
            ["--to", "turtle", "--round", "day-one"],
            "turtle takes no --round; those that do: graphml",
        ),
        (["--to", "csvw", "--report", "sources"], "csvw takes no --report; those that do: xlsx"),
        (["--to", "gexf", "--network", "x"], "no network 'x'; there are: provider-area"),
        (["--to", "gexf", "--round", "day-one"], "the network of every edge has no round"),
        (["--to", "xlsx", "--report", "nothing"], "no report 'nothing'"),
        (["--to", "xlsx", "--report", "merger"], "merger needs two different parties"),
        (["--to", "nquads", "-o", "/dev/null/x"], "cannot be written"),
    ],
)
def test_a_mistake_is_one_line(args: list[str], said: str, cli: Cli, store: str) -> None:
    """What is wrong, and what there is instead."""
    result = cli("--store", store, "export", *args)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_the_ending_names_the_format() -> None:
    """A file's ending is enough, where only one format has it."""
    endings = {"a.ttl": "turtle", "a.NQ": "nquads", "a.xlsx": "xlsx", "a.parquet": "parquet"}
    assert {k: choose_export(None, k) for k in endings} == endings


def test_an_old_file_stays_when_an_export_fails(
    tiny: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure in the middle leaves the file of yesterday."""
    target = tmp_path / "graph.nq"
    target.write_text("yesterday")

    def fail() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tiny.store, "quads", fail)
    from rehabgraph.graph.errors import OutputError

    with pytest.raises(OutputError, match="No space left"):
        export(tiny, "nquads", str(target))
    assert target.read_text() == "yesterday"
    assert [p.name for p in tmp_path.iterdir()] == ["graph.nq"]


def test_options_choose_a_part(tiny: Graph, tmp_path: Path) -> None:
    """By hand: the later round has one contract, T_0006 in coombe; one report, two sheets more."""
    import openpyxl

    notes = export(
        tiny, "graphml", str(tmp_path / "n.graphml"), rounds=["later"], network="provider-area"
    )
    assert notes == ("2 nodes, 1 edges",)
    assert export(tiny, "parquet", str(tmp_path / "f.parquet"), rounds=["later"]) == (
        "1 market facts",
    )
    export(tiny, "xlsx", str(tmp_path / "b.xlsx"), reports=["sources"])
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert book.sheetnames == ["Cover", "Notes", "sources"]


def test_reports_that_need_options_are_named(tiny: Graph, tmp_path: Path) -> None:
    """A whole workbook says which reports are not in it."""
    notes = export(tiny, "xlsx", str(tmp_path / "b.xlsx"))
    said, _, names = notes[-1].partition(": ")
    assert said == "left out, as they need options"
    assert {"failure", "merger", "changes", "profile"} <= set(names.split(", "))

"""The import on a cluster holds, statement for statement, what the import on one machine holds."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.cluster.ocds import import_lines
from rehabgraph.graph.errors import ClusterError, InvalidData, OutputError
from rehabgraph.graph.imports.findings import ImportResult
from rehabgraph.graph.imports.ocds import import_ocds
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.large.facts import write_facts
from rehabgraph.graph.store import open_directory
from rehabgraph.queries.cluster.facts import open_cluster_facts
from rehabgraph.queries.cluster.reports import Asked, answer_report
from rehabgraph.queries.graph import open_graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.report import Report

HOW = How(time="2026-01-01T00:00:00Z")
PROCESSES = 900
"""Makes about 110,000 statements."""

Lines = Callable[..., list[Any]]
Write = Callable[[Path, list[Any]], Path]


def read_quads(folder: Path) -> list[str]:
    """Return the statements of all parts in a folder."""
    parts = sorted(folder.glob("*.nq.gz"))
    assert parts
    return [
        line for part in parts for line in gzip.decompress(part.read_bytes()).decode().splitlines()
    ]


def sort_rows(report: Report) -> list[dict[str, Any]]:
    """Return the rows of a report by id, without the addresses behind them."""
    rows = [{k: v for k, v in row.items() if k != "ids"} for row in report.rows]
    return sorted(rows, key=lambda row: str(row["id"]))


def import_twice(
    spark: Any,  # noqa: ANN401
    paths: list[Path],
    folder: Path,
) -> tuple[ImportResult, ImportResult]:
    """Import files on the cluster into `many`, and on one machine into `one`."""
    many = import_lines(spark, [str(p) for p in paths], str(folder / "many"), HOW)
    one = import_ocds(Workspace(folder / "one"), [(p, p.name) for p in paths], HOW)
    return many, one


def test_statements_counts_and_facts_are_those_of_one_machine(
    spark: Any,  # noqa: ANN401
    releases: Lines,
    write_lines: Write,
    tmp_path: Path,
) -> None:
    """Two files, one packed, their processes mixed over both: equal sets, figures and facts.

    The peer is the import on one machine, and the facts that are written beside its store.
    """
    import duckdb

    drawn = releases(PROCESSES)
    half = len(drawn) // 2
    head = {"uri": "https://example.org/a", "publisher": {"name": "Us"}, "license": "https://x/l"}
    paths = [
        write_lines(
            tmp_path / "first half.jsonl", [{**head, "releases": drawn[:50]}, *drawn[50:half]]
        ),
        write_lines(tmp_path / "other[1].jsonl.gz", drawn[half:]),
    ]
    many, one = import_twice(spark, paths, tmp_path)
    mine, theirs = (
        read_quads(tmp_path / "many" / "nquads"),
        read_quads(tmp_path / "one" / "imports"),
    )
    assert set(mine) == set(theirs)
    assert len(mine) == len(theirs) == many.quads == one.quads > 90_000
    assert (many.counts, many.sums, many.key) == (one.counts, one.sums, one.key)
    assert many.count("proposed matches") > 100
    assert many.findings.counts == one.findings.counts

    store = open_directory(Workspace(tmp_path / "one").store_path())
    facts = write_facts(store, tmp_path / "facts").path("imported")
    table = "FROM read_parquet(?) ORDER BY award, supplier"
    got = duckdb.execute(f"SELECT * {table}", [f"{tmp_path}/many/imported.parquet/*"])
    want = duckdb.execute(f"SELECT * {table}", [str(facts)])
    assert [c[:2] for c in got.description] == [c[:2] for c in want.description]
    rows = got.fetchall()
    assert rows == duckdb.execute(f"SELECT * {table}", [str(facts)]).fetchall()
    assert len(rows) > PROCESSES

    asked = open_cluster_facts(spark, str(tmp_path / "many"))
    report = answer_report(spark, asked, "imported", Asked(Filters())).report
    peer = open_graph(tmp_path / "one").report("imported")
    assert sort_rows(report) == sort_rows(peer)
    order = [(r["currency"], r["basis"], r["most"], r["name"]) for r in peer.rows]
    assert [(r["currency"], r["basis"], r["most"], r["name"]) for r in report.rows] == order

    manifest = json.loads((tmp_path / "many" / "manifest.json").read_text())
    assert (manifest["key"], manifest["quads"]) == (one.key, one.quads)
    names = {p.name for p in (tmp_path / "many").rglob("*")}
    assert not any(name.startswith((".", "_")) for name in names), names


def test_bad_lines_are_told_by_file_and_line(
    spark: Any,  # noqa: ANN401
    releases: Lines,
    write_lines: Write,
    tmp_path: Path,
) -> None:
    """Each bad line of a file that is read in many blocks is named by its number in the file."""
    things: list[Any] = releases(300, seed=2)
    things[200:200] = ["", "oh no"]  # line 202
    things.insert(0, "{")  # line 1
    things.append('{"id": "no ocid", "awards": []}')
    path = write_lines(tmp_path / "a.jsonl", things)
    before = spark.conf.get("spark.sql.files.maxPartitionBytes")
    spark.conf.set("spark.sql.files.maxPartitionBytes", "20000b")
    try:
        many = import_lines(spark, [str(tmp_path / "*.jsonl")], str(tmp_path / "many"), HOW)
    finally:
        spark.conf.set("spark.sql.files.maxPartitionBytes", before)
    told = [(w.where, w.kind) for w in many.findings.shown if w.where.startswith("a.jsonl")]
    assert sorted(told) == [
        ("a.jsonl line 1", "bad line"),
        ("a.jsonl line 203", "bad line"),
        (f"a.jsonl line {len(things)}", "not read"),
    ]
    things = [one for one in things if one not in ("{", "oh no")]
    path = write_lines(tmp_path / "one.jsonl", things)
    one = import_ocds(Workspace(tmp_path / "one"), [(path, "one.jsonl")], HOW)
    assert many.counts == one.counts
    assert many.sums == one.sums


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{\n "releases": [\n]}\n', r"no release of Open Contracting data there \(a.jsonl line 1"),
        (b"", "no release of Open Contracting data there"),
        (b"\xff\xfe{\x00}\x00", "no release of Open Contracting data there"),
    ],
)
def test_nothing_is_left_of_a_failed_import(
    spark: Any,  # noqa: ANN401
    content: bytes,
    words: str,
    tmp_path: Path,
) -> None:
    """Without a release there is one line of words, no output and no working folder."""
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(InvalidData, match=words):
        import_lines(spark, [str(tmp_path / "a.jsonl")], str(tmp_path / "out"), HOW)
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_damaged_archive_is_one_line(spark: Any, releases: Lines, tmp_path: Path) -> None:  # noqa: ANN401
    """A cut gzip file fails the job in one line and leaves no output."""
    text = "".join(json.dumps(one) + "\n" for one in releases(50))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text.encode())[:-200])
    with pytest.raises(ClusterError, match="the job failed: ") as raised:
        import_lines(spark, [str(tmp_path)], str(tmp_path / "out"), HOW)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_an_output_is_replaced_only_when_asked_and_ours(
    spark: Any,  # noqa: ANN401
    releases: Lines,
    write_lines: Write,
    tmp_path: Path,
) -> None:
    """What is there stays; --replace takes the place of an earlier output and of nothing else."""
    inputs = [str(write_lines(tmp_path / "a.jsonl", releases(3)))]
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="none of ours"):
        import_lines(spark, inputs, str(other), How(replace=True))
    first = import_lines(spark, inputs, str(tmp_path / "out"), HOW)
    with pytest.raises(OutputError, match="say --replace"):
        import_lines(spark, inputs, str(tmp_path / "out"), HOW)
    write_lines(tmp_path / "a.jsonl", releases(4))
    again = import_lines(spark, inputs, str(tmp_path / "out"), How(True, time=HOW.time))
    assert (first.count("processes"), again.count("processes")) == (3, 4)
    assert len(read_quads(tmp_path / "out" / "nquads")) == again.quads
    assert {p.name for p in tmp_path.iterdir()} == {"a.jsonl", "other", "out"}


def test_an_input_that_is_not_there_is_one_line(spark: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """A missing path, an empty folder and an unknown kind of address are said as such."""
    (tmp_path / "empty").mkdir()
    for name, words in (("none.jsonl", "no such file"), ("empty", "holds no file")):
        with pytest.raises(InvalidData, match=words):
            import_lines(spark, [str(tmp_path / name)], str(tmp_path / "out"))
    with pytest.raises(InvalidData, match="cannot be read"):
        import_lines(spark, ["nowhere://x/y"], str(tmp_path / "out"))

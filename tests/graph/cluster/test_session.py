"""A cluster that is not there, or not installed, is said in one line and at once."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.cluster.session import open_spark
from rehabgraph.graph.errors import BadParameter, ClusterError

pytest.importorskip("pyspark", reason="Spark is not here; pip install 'rehabgraph[spark]'")


def test_without_spark_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the extra stands in the message."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ClusterError, match=r"pip install 'rehabgraph\[spark\]'"), open_spark():
        pass


def test_without_java_the_line_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither on the path nor in JAVA_HOME."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ClusterError, match="install Java 17"), open_spark():
        pass


@pytest.mark.parametrize("master", ["", "localhost", "local[", "http://x", "mesos://x"])
def test_a_master_that_is_none_is_refused(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark itself would say so after starting."""
    monkeypatch.setattr("shutil.which", lambda _: "/java")
    with pytest.raises(BadParameter, match="--master"), open_spark(master):
        pass


def test_a_master_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark itself would try for a minute."""
    monkeypatch.setattr("shutil.which", lambda _: "/java")
    with pytest.raises(ClusterError, match="no Spark master answers there"):
        open_spark("spark://127.0.0.1:1").__enter__()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["report", "--input", "x"], "name a report to print, or a folder"),
        (["report", "imported", "--input", "x", "--conf", "a=b"], "--conf a=b: write spark."),
        (["report", "imported", "--input", "x", "--as-of", "soon"], "--as-of soon"),
        (["import", "--input", "x", "--output", "y", "--time", "now"], "--time now"),
    ],
)
def test_a_wrong_option_is_refused_before_spark_starts(
    args: list[str], words: str, cli: Callable[..., Any]
) -> None:
    """One line each."""
    done = cli("cluster", *args)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert words in done.stderr


def test_a_store_beside_a_cluster_is_refused(cli: Callable[..., Any]) -> None:
    """A job reads its input alone; a store that is named would be passed over in silence."""
    done = cli("--store", "mine", "cluster", "report", "imported", "--input", "x")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "leave --store out" in done.stderr


def test_a_whole_run_is_quiet_and_leaves_nothing(
    spark: Any,  # noqa: ANN401
    shell: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """In a process of its own: no word of Spark on either stream, no working folder left."""
    assert spark  # what it needs is there
    (tmp_path / "a.jsonl").write_text(json.dumps({"ocid": "o", "id": "1"}))
    (tmp_path / "tmp").mkdir()
    done = shell(
        *("cluster", "import", "--master", "local[1]", "--format", "csv"),
        *("--input", str(tmp_path / "a.jsonl"), "--output", str(tmp_path / "out")),
        cwd=tmp_path,
        TMPDIR=str(tmp_path / "tmp"),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode().splitlines() == [f"Wrote {tmp_path / 'out'}"]
    assert done.stdout.decode().startswith("what,about,number")
    assert {p.name for p in tmp_path.iterdir()} == {"a.jsonl", "tmp", "out"}
    assert not [p.name for p in (tmp_path / "tmp").iterdir() if "rehabgraph" in p.name]

"""The command line with --endpoint: one place to ask, mistakes in one line, no secret in any."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import rehabgraph
from rehabgraph.graph.errors import BadParameter, StoreError

Cli = Callable[..., Result]
AWAY = "http://127.0.0.1:1/sparql"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--endpoint", AWAY, "status"), ("nothing listens there",)),
        (("--endpoint", AWAY, "--store", "x", "status"), ("--endpoint and --store",)),
        (("--endpoint", AWAY, "--data", "x", "status"), ("--endpoint and --data",)),
        (
            ("--endpoint", "http://me:hush@127.0.0.1/", "status"),
            ("user name or password", "REHABGRAPH_ENDPOINT_USER"),
        ),
        (("--endpoint", "file:///etc/passwd", "status"), ("http://HOST:PORT/PATH",)),
        (("--endpoint", AWAY, "build"), ("build works on tables",)),
        (("--endpoint", AWAY, "validate"), ("validate works on tables",)),
        (("--store", "mine", "validate"), ("validate works on tables", "--data DIR")),
        (("--store", "mine", "build"), ("build works on tables", "--data DIR")),
        (("--endpoint", AWAY, "evidence", "check"), ("evidence works on tables",)),
        (("--endpoint", AWAY, "import", "ocds", "x.json"), ("--store DIR",)),
        (("--endpoint", AWAY, "serve"), ("nothing listens there",)),
        (("--endpoint", AWAY, "export", "--to", "nquads"), ("nothing listens there",)),
        (("--endpoint", AWAY, "load"), ("nothing listens there",)),
        (("--endpoint", AWAY, "load", "--from", "/no/such.nq"), ("/no/such.nq", "No such file")),
        (
            ("--endpoint", AWAY, "load", "--update-endpoint", "http://a:hush@h/"),
            ("user name or password",),
        ),
        (("load",), ("--endpoint URL load",)),
    ],
)
def test_a_mistake_is_said_in_a_line(
    args: tuple[str, ...], words: tuple[str, ...], cli: Cli
) -> None:
    """Exit code 1, nothing on stdout, one line of error that says what to do, and no secret."""
    result = cli(*args)
    assert result.exit_code == 1
    assert result.stdout == ""
    errors = result.stderr.splitlines()
    assert len(errors) == 1
    assert errors[0].startswith("Error: ")
    assert all(word in errors[0] for word in words), errors[0]
    assert "hush" not in result.stderr


def test_the_line_goes_before_the_environment(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is typed wins; two of the environment do not."""
    monkeypatch.setenv("REHABGRAPH_ENDPOINT", AWAY)
    assert "nothing listens" in cli("status").stderr
    assert "no store there" in cli("--store", str(tmp_path), "status").stderr
    monkeypatch.setenv("REHABGRAPH_STORE", str(tmp_path))
    assert "--endpoint and --store" in cli("status").stderr
    monkeypatch.delenv("REHABGRAPH_STORE")
    assert cli("--help").exit_code == 0


def test_a_credentials_file_of_others_is_refused(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file must be its owner's alone."""
    if os.name != "posix":
        pytest.skip("file modes are of POSIX systems")
    file = tmp_path / "who"
    file.write_text("user = me\npassword = hush\n")
    file.chmod(0o644)
    monkeypatch.setenv("REHABGRAPH_ENDPOINT_CREDENTIALS", str(file))
    result = cli("--endpoint", AWAY, "status")
    assert "chmod 600" in result.stderr
    assert "hush" not in result.stderr


def test_opening_from_python() -> None:
    """`rehabgraph.open(endpoint=…)` asks nothing yet; two places are a mistake."""
    graph = rehabgraph.open(endpoint=AWAY)
    with pytest.raises(StoreError, match="nothing listens"):
        graph.query("value-by-lot")
    with pytest.raises(BadParameter):
        rehabgraph.open("x", endpoint=AWAY)

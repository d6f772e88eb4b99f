"""The commands `match` and `match review`: every form, every way to decide, one-line refusals."""

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.ontology import DATA

Cli = Callable[..., Result]
RELEASE = {
    "ocid": "ocds-c-1",
    "id": "1",
    "date": "2021-05-01T00:00:00Z",
    "parties": [
        {
            "id": "a",
            "name": "INGEUS UK LTD",
            "identifier": {"scheme": "GB-COH", "id": "04320853"},
        }
    ],
    "awards": [
        {"id": "1", "suppliers": [{"id": "a"}], "value": {"amount": 5, "currency": "GBP"}},
        {"id": "2", "suppliers": [{"id": "b", "name": "Nacro"}]},
        {"id": "3", "suppliers": [{"id": "c", "name": "Foundation 92"}]},
    ],
}
PAIR = ("ingeus", "GB-COH-04320853")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """Return a store with three suppliers, to be copied."""
    from click.testing import CliRunner

    from rehabgraph.cli import main

    assert cache.is_dir()
    folder = tmp_path_factory.mktemp("match")
    (folder / "a.json").write_text(json.dumps(RELEASE))
    words = ["--store", str(folder / "mine"), "import", "ocds", str(folder / "a.json")]
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    return folder / "mine"


@pytest.fixture
def store(made: Path, tmp_path: Path) -> str:
    """Return the folder of a store of one's own."""
    shutil.copytree(made, tmp_path / "mine")
    return str(tmp_path / "mine")


def rows(result: Result) -> list[dict[str, str]]:
    """Return the rows of an answer in CSV."""
    assert result.exit_code == 0, result.stderr
    return list(csv.DictReader(io.StringIO(result.stdout)))


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl", "md", "html"])
def test_every_form(cli: Cli, store: str, form: str) -> None:
    """Each form of answers names the pair."""
    result = cli("--store", store, "match", "--format", form)
    assert result.exit_code == 0
    assert "INGEUS UK LTD" in result.stdout


def test_options_narrow_it(cli: Cli, store: str) -> None:
    """By word, by score, and both at once; a pair opens with why, by its number."""
    match = ("--store", store, "match", "--format", "csv")
    assert [r["other_name"] for r in rows(cli(*match, "--decision", "certain"))] == [
        "INGEUS UK LTD"
    ]
    likely = rows(cli(*match, "--decision", "likely"))
    assert {r["other_name"] for r in likely} == {"Nacro", "Foundation 92"}
    assert len(rows(cli(*match, "--min-score", "97"))) == 1
    assert len(rows(cli(*match, "--min-score", "80"))) == 3
    assert rows(cli(*match, "--decision", "certain", "--min-score", "100"))
    why = rows(cli("--store", store, "why", "match", "1", "--format", "csv"))
    assert [r["thing"] for r in why] == [f"organisation/{i}" for i in PAIR]


def test_accept_and_undo(cli: Cli, store: str) -> None:
    """The reason of the proposal is taken; the report of imports moves there and back."""
    own = ("--store", store)

    def suppliers() -> list[str]:
        return [r["name"] for r in rows(cli(*own, "report", "imported", "--format", "csv"))]

    before = suppliers()
    done = cli(*own, "match", "review", "--accept", *PAIR)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "are one (ingeus-is-gb-coh-04320853" in done.stderr
    assert "Ingeus" in suppliers()
    listed = rows(cli(*own, "list", "judgements", "--format", "csv"))
    (reason,) = [r["name"] for r in listed if r["id"] == "ingeus-is-gb-coh-04320853"]
    assert reason.startswith("both have GB-COH-04320853")
    assert "Judged so already: 1" in cli(*own, "match", "review", "--accept", *PAIR).stderr
    undone = cli(*own, "match", "review", "--undo", "ingeus-is-gb-coh-04320853")
    assert undone.exit_code == 0
    assert suppliers() == before


def test_a_file_of_decisions(cli: Cli, store: str, tmp_path: Path) -> None:
    """What match writes goes back in, with a word in the column decision."""
    file = tmp_path / "pairs.csv"
    assert cli("--store", store, "match", "-o", str(file)).exit_code == 0
    file.write_text(file.read_text("utf-8").replace(",certain,", ",accept,"), "utf-8")
    done = cli("--store", store, "match", "review", "--from", str(file))
    assert done.exit_code == 0, done.stderr
    assert "ingeus-is-gb-coh-04320853" in (Path(store) / "judgements.csv").read_text()


def test_questions_on_a_terminal(cli: Cli, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Yes with the reasons shown, skip, no with a reason of one's own, and what is kept."""
    monkeypatch.setattr("rehabgraph.views.commands.match.on_terminal", lambda: True)
    done = cli("--store", store, "match", "review", stdin="y\n\ns\nn\nAnother body.\nq\n")
    assert done.exit_code == 0, done.stderr
    assert "1 of 4: certain, score 100" in done.stderr
    assert "- both have GB-COH-04320853" in done.stderr
    assert "2 recorded." in done.stderr
    table = (Path(store) / "judgements.csv").read_text("utf-8")
    kept = list(csv.DictReader(io.StringIO(table)))
    assert [(r["kind"], r["reason"][:13]) for r in kept] == [
        ("same-as", "both have GB-"),
        ("not-same-as", "Another body."),
    ]
    again = cli("--store", store, "match", "review", stdin="q\n")
    assert "1 of 2: likely" in again.stderr


def test_an_end_of_input_keeps_the_answers(
    cli: Cli, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the terminal goes away in the middle, what was answered is kept and in force."""
    monkeypatch.setattr("rehabgraph.views.commands.match.on_terminal", lambda: True)
    assert cli("--store", store, "match", "review", stdin="y\n\n").exit_code == 1
    listed = rows(cli("--store", store, "list", "judgements", "--format", "csv"))
    assert "ingeus-is-gb-coh-04320853" in [r["id"] for r in listed]


def test_tables_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    """A row more in the table, and the same bytes when it is undone."""
    shutil.copytree(DATA, tmp_path / "tables")
    table = tmp_path / "tables" / "judgements.csv"
    before = table.read_bytes()
    own = ("--data", str(tmp_path / "tables"), "match", "review")
    assert cli(*own, "--reject", "Nacro", "Shelter", "--reason", "Two bodies.").exit_code == 0
    assert b"nacro-not-shelter,not-same-as," in table.read_bytes()
    assert cli(*own, "--undo", "nacro", "shelter").exit_code == 0
    assert table.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["match", "review", "--accept", *PAIR], 1, "needs a place of your own"),
        (["{store}", "match", "review"], 2, "questions need a terminal"),
        (["{store}", "match", "review", "--accept", "ingeus"], 2, "needs two ids"),
        (["{store}", "match", "review", "ingeus", "nacro"], 2, "say --accept"),
        (["{store}", "match", "review", "--from", "x", "--accept", "a", "b"], 2, "from the file"),
        (["{store}", "match", "review", "--from", "no-such.csv"], 1, "cannot be read"),
        (["{store}", "match", "review", "--accept", "ingeus", "nobody-x"], 1, "no organisation"),
        (["{store}", "match", "review", "--reject", "ingeus", "nacro"], 1, "say why"),
        (["{store}", "match", "review", "--undo", "nothing"], 1, "no decision of that id"),
        (["{store}", "match", "--decision", "sure"], 2, "sure"),
        (["{store}", "match", "--min-score", "9", "review"], 2, "give it after review"),
        (["{store}", "match", "--min-score", "101"], 2, "101"),
        (["report", "match", "--min-score", "101"], 1, "from 0 to 100"),
        (["report", "match", "--decision", "sure"], 1, "say certain, likely, possible"),
    ],
)
def test_a_mistake_is_one_line(
    cli: Cli, store: str, args: list[str], code: int, words: str
) -> None:
    """What, where and what to do; nothing is written."""
    whole = [w for a in args for w in (["--store", store] if a == "{store}" else [a])]
    done = cli(*whole)
    assert done.exit_code == code
    (line,) = [text for text in done.stderr.splitlines() if text.startswith("Error: ")]
    assert words in line
    assert not (Path(store) / "judgements.csv").exists()


def test_two_decisions_at_once_are_refused(cli: Cli, store: str) -> None:
    """Nobody both accepts and rejects a pair: one line, and nothing is recorded."""
    done = cli("--store", store, "match", "review", "--accept", "--reject", *PAIR)
    assert done.exit_code == 2
    assert "--accept and --reject exclude each other; say one" in done.stderr
    assert not (Path(store) / "judgements.csv").exists()

"""The commands `import ocds` and `import table`: reports, standard input, one-line refusals."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Cli = Callable[..., Result]
RELEASE = {
    "ocid": "ocds-c-1",
    "id": "1",
    "date": "2021-05-01T00:00:00Z",
    "awards": [
        {"id": "1", "suppliers": [{"name": "Alder"}], "value": {"amount": 5, "currency": "GBP"}},
        {"id": "2", "suppliers": [{"name": "Birch"}], "value": {"amount": "x"}},
    ],
}


def test_import_and_ask(cli: Cli, tmp_path: Path) -> None:
    """From standard input into a new folder; then the report of suppliers, why, and the list."""
    store = str(tmp_path / "mine")
    done = cli(
        "--store", store, "import", "ocds", "-", "--format", "csv", stdin=json.dumps(RELEASE)
    )
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert ("2", "awards") in [(r["number"], r["about"]) for r in rows]
    (lost,) = [r["words"] for r in rows if r["what"] == "not guessed"]
    assert lost.startswith("ocds-c-1 awards/1/value/amount: ")
    report = cli("--store", store, "report", "imported", "--format", "csv")
    assert "Alder,GBP,not stated,5,5,1,0,0" in report.stdout
    why = cli("--store", store, "why", "imported", "Alder", "--format", "csv")
    assert "ocds-c-1 awards/0" in why.stdout
    listed = cli("--store", store, "import", "list", "--format", "csv")
    assert "standard input" in listed.stdout


def test_exports_say_that_they_leave_imports_out(cli: Cli, tmp_path: Path) -> None:
    """A network of a store with imports says that it holds the record alone."""
    store = str(tmp_path / "mine")
    cli("--store", store, "import", "ocds", "-", stdin=json.dumps(RELEASE))
    for form in ("graphml", "parquet"):
        file = str(tmp_path / f"net.{form}")
        done = cli("--store", store, "export", "--to", form, "-o", file)
        assert "Export: the record alone; imported awards are in nquads" in done.stderr
        assert "the record alone" not in cli("export", "--to", form, "-o", file).stderr


def test_dry_run_and_drop(cli: Cli, tmp_path: Path) -> None:
    """A dry run leaves no folder; a drop by the file's name empties the list."""
    store, file = tmp_path / "mine", tmp_path / "a.json"
    file.write_text(json.dumps(RELEASE))
    dry = cli("--store", str(store), "import", "ocds", str(file), "--dry-run", "--format", "csv")
    assert "would be added" in dry.stdout
    assert not store.exists()
    assert cli("--store", str(store), "import", "ocds", str(file)).exit_code == 0
    drop = cli("--store", str(store), "import", "ocds", str(file), "--drop", "--format", "csv")
    assert len(drop.stdout.splitlines()) == 1


def test_a_table_from_draft_to_report(cli: Cli, tmp_path: Path) -> None:
    """The draft goes into its file; a refused sum says how to write it; the rest goes in.

    An organisation of the table is cited by its row alone, and an import that is not there is
    answered with those that are.
    """
    table, draft, store = tmp_path / "a.csv", tmp_path / "map.toml", str(tmp_path / "mine")
    table.write_text("Supplier,Value\nAlder,£5\nBirch,£60k\n")
    done = cli("import", "table", str(table), "--propose-map", "-o", str(draft))
    assert (done.exit_code, done.stdout) == (0, "")
    assert 'supplier = "Supplier"' in draft.read_text()
    words = ("--store", store, "import", "table", str(table), "--map", str(draft))
    refused = cli(*words)
    assert "row 3, column 'Value'" in refused.stderr
    assert "write it out, as 1234.50" in refused.stderr
    assert cli(*words, "--skip-rows").exit_code == 0
    why = cli("--store", store, "why", "imported", "Alder", "--format", "json")
    places = {row["place"].partition(" ")[2] for row in json.loads(why.stdout)["rows"]}
    assert places == {"row 2"}
    for of in ("a.csv", "day-one"):
        asked = cli("--store", store, "report", "imported", "--of", of, "--format", "csv")
        assert ("Alder" in asked.stdout) == (of == "a.csv")
    assert "no import is called 'day-one'; there are: a.csv (" in asked.stderr
    assert f"--store {store}" in cli("--data", store, "status").stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["import", "ocds", "x.json"], "needs a store of your own"),
        (["--store", "{mine}", "import", "ocds", "no-such.json"], "no such file"),
        (["--store", "{mine}", "import", "ocds", "."], "is a folder"),
        (["--store", "{mine}", "import", "ocds", "x", "--drop"], "no import of that name"),
        (["--store", "{mine}", "import", "ocds", "x", "--time", "noon"], "write it as"),
    ],
)
def test_refusals_are_one_line(args: list[str], words: str, cli: Cli, tmp_path: Path) -> None:
    """Each says what to do, and makes nothing."""
    mine = tmp_path / "mine"
    done = cli(*(a.format(mine=mine) for a in args))
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert words in line
    assert not mine.exists()

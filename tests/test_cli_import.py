"""The command `import award-list`: proposals, tables for a person to finish, refusals.

The small lists are made up from names of the record; the last tests read the real announcement.
"""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.graph.award_words import Names
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.ontology import DATA
from rehabgraph.queries.award_report import read_vocabularies

Cli = Callable[..., Result]
LIST = """\
London

Support services for issues including mental health, family and relationships
Catch 22 - £12,501

Wales
Accommodation
Nacro - £633, 425 (North Wales – until June 2023)
Ingeuss - £1,000 (Gwent)
Nobody Knows Them - £2,000 (Gwent)
Somewhere Hall - £3,000 (Atlantis)
"""


@pytest.fixture
def source(shared: Path) -> Path:
    """Return the real announcement."""
    return shared / "sources" / "moj-2021.txt"


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """Return a small announcement with each kind of difficulty."""
    path = tmp_path / "made-up-2030.txt"
    path.write_text(LIST, "utf-8")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the rows of CSV text."""
    return list(csv.DictReader(text.splitlines()))


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of a table that was written."""
    return rows_of((folder / f"{name}.csv").read_text("utf-8"))


def one_line(result: Result) -> str:
    """Return the one line of a refusal: exit code 1, nothing on standard output."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert len(line) < 300
    return line


def test_lines_are_proposed_with_their_matches(cli: Cli, made_up: Path) -> None:
    """A known alias is known, a near name proposed, a strange one unknown; never silent."""
    result = cli("import", "award-list", str(made_up), "--format", "csv")
    assert result.exit_code == 0, result.output
    rows = rows_of(result.stdout)
    assert [(r["line"], r["match"], r["lead"]) for r in rows if r["what"] == "priced line"] == [
        ("4", "known", "Catch22"),
        ("8", "known", "Nacro"),
        ("9", "proposed", "Ingeus"),
        ("10", "unknown", ""),
    ]
    assert 80 <= int(rows[2]["score"]) < 100
    assert "stray space" in rows[1]["repairs"]
    assert rows[1]["value"] == "633425"
    assert rows[1]["until"].startswith("2023-06-30")


def test_a_name_of_two_is_told_of_both(tiny_store: OxigraphStore) -> None:
    """An alias of two organisations stands for both; a common name wins over an alias."""
    name = "<https://w3id.org/rehabgraph/ontology#nameOf>"
    lines = list(tiny_store.quads())
    base, graph = "https://w3id.org/rehabgraph", "<https://w3id.org/rehabgraph/dataset/curated>"
    for id_, organisation, label in (
        ("x1", "alder", "The Trees"),
        ("x2", "cedar", "The Trees"),
        ("x3", "cedar", "BIRCH"),
    ):
        row = f"<{base}/id/name/{id_}>"
        lines += [
            f"{row} {name} <{base}/id/organisation/{organisation}> {graph} .\n",
            f'{row} <http://www.w3.org/2000/01/rdf-schema#label> "{label}" {graph} .\n',
            f"{row} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
            f"<{base}/ontology#Name> {graph} .\n",
        ]
    names = Names(read_vocabularies(open_memory(lines))["organisation"])
    assert names.match("the trees").reason == "is a name of several: alder, cedar"
    assert names.match("Birch").organisation == "birch"


def test_what_is_not_understood_is_listed(cli: Cli, made_up: Path) -> None:
    """A line with an unknown area is a row with its number and reason, not a contract."""
    result = cli("import", "award-list", str(made_up), "--format", "csv")
    (row,) = [r for r in rows_of(result.stdout) if r["what"] == "not understood"]
    assert row["line"] == "11"
    assert "Atlantis" in row["repairs"]


def test_names_and_lines_left_open_are_a_gap(cli: Cli, made_up: Path) -> None:
    """Exit code 3 where it is asked for, with the report all the same."""
    result = cli("import", "award-list", str(made_up), "--fail-on", "gap")
    assert result.exit_code == 3
    assert "priced line" in result.stdout


def test_nothing_is_filled_in_silence(cli: Cli, made_up: Path, tmp_path: Path) -> None:
    """London's one area and every cohort stay empty and are said to; a near name is no lead."""
    out = tmp_path / "out"
    result = cli("import", "award-list", str(made_up), "-o", str(out), "--format", "table")
    assert result.exit_code == 0, result.output
    assert "lines print none: 1 (L4)" in result.stdout
    assert "headings name none: 4." in result.stdout
    contracts = table(out, "contracts")
    assert [(r["area"], r["cohort"], r["end"]) for r in contracts] == [
        ("", "", ""),
        ("north-wales", "", "2023-06-30"),
        ("gwent", "", ""),
        ("gwent", "", ""),
    ]
    assert "No area and no cohort printed" in contracts[0]["note"]
    assert {r["round"] + r["route"] + r["start"] for r in contracts} == {""}
    assert [r["lead"] for r in table(out, "awards")] == ["catch22", "nacro", "", ""]
    assert {r["round"] + r["value_kind"] for r in table(out, "awards")} == {""}
    judged = table(out, "judgements")
    assert [(r["as_printed"], r["read_as"]) for r in judged] == [
        ("£633, 425", "£633,425"),
        ("Ingeuss", "Ingeus"),
        ("Nobody Knows Them", ""),
    ]
    assert all(r["reason"].startswith("Proposed") for r in judged)


def test_tables_have_the_form_of_the_record(cli: Cli, made_up: Path, tmp_path: Path) -> None:
    """The header of each is that of the record's own table; the source is the file's name."""
    out = tmp_path / "out"
    assert cli("import", "award-list", str(made_up), "-o", str(out)).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "awards.csv",
        "contracts.csv",
        "judgements.csv",
    ]
    for path in out.iterdir():
        head = path.read_text("utf-8").splitlines()[0]
        assert head == (DATA / path.name).read_text("utf-8").splitlines()[0]
    assert {row["source"] for row in table(out, "awards")} == {"made-up-2030"}


def test_an_existing_folder_is_left_alone(cli: Cli, made_up: Path, tmp_path: Path) -> None:
    """A folder that holds something is refused, and nothing in it changes."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "awards.csv").write_text("mine", "utf-8")
    line = one_line(cli("import", "award-list", str(made_up), "-o", str(out)))
    assert "name a new folder" in line
    assert [path.name for path in out.iterdir()] == ["awards.csv"]
    assert (out / "awards.csv").read_text("utf-8") == "mine"


def test_the_record_itself_is_never_written(cli: Cli, made_up: Path) -> None:
    """The folder of the tables and every folder inside it are refused."""
    before = sorted(path.name for path in DATA.iterdir())
    for folder in (DATA, DATA / "proposed"):
        line = one_line(cli("import", "award-list", str(made_up), "-o", str(folder)))
        assert "outside it" in line
    assert sorted(path.name for path in DATA.iterdir()) == before


def test_a_cell_that_would_be_a_formula_is_refused(cli: Cli, tmp_path: Path) -> None:
    """A name such as =1+1 is read, but not written into a table."""
    path = tmp_path / "list.txt"
    path.write_text("Wales\n\nAccommodation\n=HYPERLINK - £5 (Gwent)\n", "utf-8")
    out = tmp_path / "out"
    assert "formula" in one_line(cli("import", "award-list", str(path), "-o", str(out)))
    assert [p.name for p in tmp_path.iterdir()] == ["list.txt"]


def test_prose_proposes_nothing(cli: Cli, tmp_path: Path) -> None:
    """A clear note and exit code 0, or 3 where a gap is to fail; no folder is made."""
    path = tmp_path / "prose.txt"
    path.write_text("Ingeus won £5 million in Wales.\nAccommodation is hard to find.\n", "utf-8")
    out = tmp_path / "out"
    result = cli("import", "award-list", str(path), "-o", str(out))
    assert result.exit_code == 0
    assert "No award list in this text" in result.stderr
    assert not out.exists()
    assert cli("import", "award-list", str(path), "--fail-on", "gap").exit_code == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01\x02binary", "NUL byte"),
        (b"x" * 50_000_000, "is larger than"),
        (b"x" * 30_000 + b"\n", "is longer than"),
        ("Wales\ncaf\u00e9\n".encode() + "caf\u00e9\n".encode("latin-1"), "not UTF-8"),
    ],
    ids=["binary", "50 MB line", "long line", "mixed encodings"],
)
def test_what_is_no_text_is_one_line(content: bytes, words: str, cli: Cli, tmp_path: Path) -> None:
    """Each is refused in one line that names the file, and nothing is written."""
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    line = one_line(cli("import", "award-list", str(path), "-o", str(tmp_path / "out")))
    assert "list.txt" in line
    assert words in line
    assert [p.name for p in tmp_path.iterdir()] == ["list.txt"]


def test_a_missing_file_and_a_folder_are_one_line(cli: Cli, tmp_path: Path) -> None:
    """Both are named."""
    assert "no such file" in one_line(cli("import", "award-list", str(tmp_path / "none.txt")))
    assert "is a folder" in one_line(cli("import", "award-list", str(tmp_path)))


@pytest.mark.shared
def test_the_announcement_gives_the_66_curated_lines(
    cli: Cli, source: Path, tmp_path: Path
) -> None:
    """From text alone: the leads, values, lots and regions of the curated table, line by line."""
    out = tmp_path / "out"
    result = cli("import", "award-list", str(source), "-o", str(out), "--fail-on", "gap")
    assert result.exit_code == 0, result.output
    same = ("lot", "region", "lead", "name_as_printed", "value_as_printed", "value", "status")
    proposed = table(out, "awards")
    curated = {r["locator"]: r for r in table(DATA, "awards")}
    assert len(proposed) == len(curated) == 66
    for row in proposed:
        assert [row[k] for k in same] == [curated[row["locator"]][k] for k in same]


@pytest.mark.shared
def test_the_announcement_gives_the_110_curated_contracts(
    cli: Cli, source: Path, tmp_path: Path
) -> None:
    """Area and end of each, but for London's wellbeing (L88), whose line prints no area.

    The record takes that one area from the ministry's own files.
    """
    out = tmp_path / "out"
    assert cli("import", "award-list", str(source), "-o", str(out)).exit_code == 0
    at = {r["id"]: r["locator"] for r in table(DATA, "awards")}
    curated = Counter(
        (
            at[r["award"]],
            r["lot"],
            r["region"],
            "" if at[r["award"]] == "L88" else r["area"],
            r["end"],
        )
        for r in table(DATA, "contracts")
        if r["award"]
    )
    proposed = Counter(
        (r["locator"], r["lot"], r["region"], r["area"], r["end"]) for r in table(out, "contracts")
    )
    assert proposed == curated
    assert sum(proposed.values()) == 110
    assert {r["cohort"] for r in table(out, "contracts")} == {"", "young-adults", "adults-26-plus"}

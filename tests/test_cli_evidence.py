"""The command `evidence check`: what it says, its exit codes, and what it refuses.

The record of the small checks is made here: a folder of tables with one text and two
citations, hashed with `hashlib`. The last tests use the real texts.
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.ontology import DATA, METADATA

Cli = Callable[..., Result]
TEXT = "A made-up notice\nKim Example leads the team\nAlder got £5\n"


@pytest.fixture
def texts(shared: Path) -> Path:
    """Return the folder of the source texts."""
    return shared / "sources"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Return a folder of tables with one text, its three lines and one person cited in it."""
    folder = tmp_path / "tables"
    folder.mkdir()
    described = json.loads((DATA / METADATA).read_text("utf-8"))
    (folder / METADATA).write_text(json.dumps(described), "utf-8")
    lines = TEXT.splitlines()
    rows: dict[str, list[dict[str, str]]] = {
        "sources": [
            {
                "id": "made-up",
                "title": "A made-up notice",
                "kind": "announcement",
                "publisher": "Nobody",
                "url": "https://example.org/notice",
                "licence": "none",
                "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
                "lines": "3",
            }
        ],
        "people": [
            {
                "id": "kim",
                "name": "Kim Example",
                "source": "made-up",
                "locator": "L2",
                "printed": "Kim Example",
            }
        ],
        "lines": [
            {
                "id": f"made-up.L{n}",
                "of": "made-up",
                "number": str(n),
                "sha256": hashlib.sha256(line.encode()).hexdigest()[:16],
                "kind": "award" if n == 3 else "prose",
            }
            for n, line in enumerate(lines, start=1)
        ],
    }
    for table in described["tables"]:
        columns = [c["name"] for c in table["tableSchema"]["columns"] if not c.get("virtual")]
        with (folder / table["url"]).open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            out.writeheader()
            out.writerows(rows.get(table["url"].removesuffix(".csv"), []))
    return folder


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Return a folder with an unchanged copy of the made-up text."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "made-up.txt").write_bytes(TEXT.encode())
    return folder


def rows_of(result: Result) -> list[dict[str, str]]:
    """Return the rows of an answer in CSV."""
    return list(csv.DictReader(result.stdout.splitlines()))


def one_line(result: Result) -> str:
    """Return the one line of a refusal: exit code 1, nothing on standard output."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert len(line) < 300
    return line


def test_a_citation_that_holds(cli: Cli, tables: Path, copies: Path) -> None:
    """One citation is checked and holds; the priced line that nobody cites is listed."""
    result = cli(
        "--data", str(tables), "evidence", "check", "--sources", str(copies), "--format", "csv"
    )
    assert result.exit_code == 0, result.output
    assert [(r["result"], r["count"], r["locator"]) for r in rows_of(result)] == [
        ("holds", "1", ""),
        ("uncited line", "1", "L3"),
    ]


def test_an_uncited_fact_is_a_gap(cli: Cli, tables: Path, copies: Path) -> None:
    """A priced line that no row cites makes exit code 3, only where it is asked for."""
    result = cli(
        "--data", str(tables), "evidence", "check", "--sources", str(copies), "--fail-on", "gap"
    )
    assert result.exit_code == 3


def test_without_texts_it_says_what_and_why(cli: Cli) -> None:
    """Every source is listed as not checkable with its reason; --fail-on gap makes it 3."""
    result = cli("evidence", "check", "--format", "csv", "--fail-on", "gap")
    assert result.exit_code == 3
    rows = [row for row in rows_of(result) if row["result"] != "uncited line"]
    assert {row["result"] for row in rows} == {"not checkable"}
    named = {r["source"]: r["reason"] for r in rows}
    assert named["moj-2021"] == "no folder of source texts was named"
    assert named["moj-contracts"] == "no text of it is on record"
    assert cli("evidence", "check").exit_code == 0
    assert "--sources DIR" in cli("evidence", "check", "--format", "table").stdout


def test_an_empty_folder_is_a_gap(cli: Cli, tables: Path, tmp_path: Path) -> None:
    """A folder without the text says which file is missing."""
    folder = tmp_path / "empty"
    folder.mkdir()
    args = ("--data", str(tables), "evidence", "check", "--sources", str(folder), "--format", "csv")
    (row,) = [r for r in rows_of(cli(*args)) if r["result"] == "not checkable"]
    assert "no made-up.txt in" in row["reason"]
    assert cli(*args, "--fail-on", "gap").exit_code == 3


def test_a_changed_character_fails_the_line(cli: Cli, tables: Path, copies: Path) -> None:
    """The citation into the line fails, the text is named as another, and the code is 1."""
    (copies / "made-up.txt").write_bytes(TEXT.replace("Kim", "Tim").encode())
    result = cli(
        "--data", str(tables), "evidence", "check", "--sources", str(copies), "--format", "csv"
    )
    assert result.exit_code == 1
    failed = [r for r in rows_of(result) if r["result"] == "fails"]
    assert [(r["table"], r["row"], r["locator"]) for r in failed] == [("people", "kim", "L2")]
    assert "differs from its recorded hash" in failed[0]["reason"]
    (line,) = result.stderr.splitlines()
    assert "citations that do not hold: 1" in line
    assert "sha256 differs): made-up" in line


def test_a_wrong_hash_alone_is_an_error(cli: Cli, tables: Path, copies: Path) -> None:
    """A change on an uncited line breaks no citation, but the text is not the one we read."""
    (copies / "made-up.txt").write_bytes(TEXT.replace("£5", "£6").encode())
    result = cli(
        "--data", str(tables), "evidence", "check", "--sources", str(copies), "--format", "csv"
    )
    assert result.exit_code == 1
    kinds = [r["result"] for r in rows_of(result)]
    assert "fails" not in kinds
    assert {"text differs", "line differs"} <= set(kinds)
    assert "sha256 differs): made-up" in result.stderr


def test_a_missing_folder_is_one_line(cli: Cli, tmp_path: Path) -> None:
    """It names the folder; nothing is written."""
    out = tmp_path / "out.csv"
    result = cli("evidence", "check", "--sources", str(tmp_path / "none"), "-o", str(out))
    assert "none: no such folder" in one_line(result)
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\x01\x02binary", "NUL byte"),
        (b"x" * 50_000_000, "is larger than"),
        (b"x" * 30_000 + b"\n", "is longer than"),
        ("caf\u00e9 in UTF-8\n".encode() + "caf\u00e9 in Latin-1\n".encode("latin-1"), "not UTF-8"),
        ("caf\u00e9\n".encode("utf-16"), "NUL byte"),
    ],
    ids=["binary", "50 MB line", "long line", "mixed encodings", "utf-16"],
)
def test_what_is_no_text_is_one_line(
    content: bytes, words: str, cli: Cli, tables: Path, copies: Path
) -> None:
    """Each is refused in one line that names the file, and nothing is written."""
    (copies / "made-up.txt").write_bytes(content)
    out = copies.parent / "out.csv"
    args = ("--data", str(tables), "evidence", "check", "--sources", str(copies), "-o", str(out))
    line = one_line(cli(*args))
    assert "made-up.txt" in line
    assert words in line
    assert not out.exists()


def test_a_store_cannot_be_checked(cli: Cli, tmp_path: Path) -> None:
    """A store has no tables, so the check would speak of others than it answers from."""
    assert "--data DIR" in one_line(cli("--store", str(tmp_path), "evidence", "check"))


@pytest.mark.shared
def test_every_citation_into_the_five_texts_holds(cli: Cli, texts: Path) -> None:
    """All are checked, none fails, and the uncited lines of the list are headings alone."""
    result = cli(
        "evidence", "check", "--sources", str(texts), "--fail-on", "gap", "--format", "csv"
    )
    assert result.exit_code == 0, result.output
    rows = rows_of(result)
    holds = {r["source"]: int(r["count"]) for r in rows if r["result"] == "holds"}
    cited = dict.fromkeys(holds, 0)
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("source") in cited:
                    cited[row["source"]] += 1
    assert set(holds) == {"moj-2021", "wwo-2021", "ia-2021", "ia-2022", "wired-2019"}
    assert holds == cited
    assert not [r for r in rows if r["result"] in {"fails", "text differs", "line differs"}]
    (uncited,) = [r for r in rows if r["result"] == "uncited line"]
    assert uncited["reason"].startswith("lot-heading")
    text = (texts / "moj-2021.txt").read_text("utf-8").split("\n")
    for locator in uncited["locator"].split(", "):
        assert "£" not in text[int(locator.removeprefix("L")) - 1]


@pytest.mark.shared
@pytest.mark.parametrize(
    "change",
    [
        ("moj-2021", 50, "6,021,064", "6,021,065"),
        ("wired-2019", 27, "70m", "71m"),
        ("ia-2022", 37, "half", "hall"),
    ],
)
def test_one_changed_character_fails_exactly_the_facts_of_its_line(
    change: tuple[str, int, str, str], cli: Cli, texts: Path, tmp_path: Path
) -> None:
    """The rows that fail are those whose locator takes in the line, counted in the CSV files."""
    source, number, old, new = change
    for path in texts.glob("*.txt"):
        shutil.copyfile(path, tmp_path / path.name)
    lines = (tmp_path / f"{source}.txt").read_text("utf-8").split("\n")
    assert lines[number - 1].count(old) == 1
    lines[number - 1] = lines[number - 1].replace(old, new)
    (tmp_path / f"{source}.txt").write_text("\n".join(lines), "utf-8", newline="")
    result = cli("evidence", "check", "--sources", str(tmp_path), "--format", "csv")
    assert result.exit_code == 1
    want = set()
    for path in DATA.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("source") != source:
                    continue
                first, _, last = row["locator"].replace("L", "").partition("-")
                if int(first) <= number <= int(last or first):
                    want.add((path.stem, row.get("id") or row["reference"]))
    rows = rows_of(result)
    assert {(r["table"], r["row"]) for r in rows if r["result"] == "fails"} == want != set()
    differs = [r["locator"] for r in rows if r["result"] == "line differs"]
    assert differs == [f"L{number}"]

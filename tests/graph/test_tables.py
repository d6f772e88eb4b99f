"""Every kind of bad table is refused in one line that names file, row, column and mend."""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.tables import kind_of, read_tables
from rehabgraph.ontology import DATA, METADATA

Edit = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the packaged tables."""
    target = tmp_path / "tables"
    shutil.copytree(DATA, target)
    return target


def set_cell(table: str, column: str, value: str, row: int = 2) -> Edit:
    """Return an edit that sets one cell; row 1 is the header."""

    def edit(folder: Path) -> None:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[row - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    return edit


def set_bytes(table: str, change: Callable[[bytes], bytes]) -> Edit:
    """Return an edit of a table's raw bytes."""

    def edit(folder: Path) -> None:
        path = folder / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return edit


def on_line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return a change of one line, counted from 1."""

    def edit(raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return edit


def write_file(name: str, content: str) -> Edit:
    """Return an edit that writes a file."""
    return lambda folder: (folder / name).write_text(content, encoding="utf-8") and None


def make_folder(name: str) -> Edit:
    """Return an edit that puts a folder where a file was."""

    def edit(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return edit


def change_metadata(folder: Path, old: str, new: str) -> None:
    """Replace a text in the description of the tables."""
    path = folder / METADATA
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# name → (edit, parts that the one line must hold)
BAD: dict[str, tuple[Edit, tuple[str, ...]]] = {
    "missing column": (
        set_bytes("regions", on_line(1, lambda b: b.replace(b",country", b""))),
        ("regions.csv", "row 1", "column country", "missing", "add it"),
    ),
    "extra column": (
        set_bytes("regions", on_line(1, lambda b: b + b",colour")),
        ("regions.csv", "row 1", "column colour", "remove it"),
    ),
    "column twice": (
        set_bytes("regions", on_line(1, lambda b: b + b",name")),
        ("regions.csv", "row 1", "name"),
    ),
    "wrong order": (
        set_bytes("regions", on_line(1, lambda b: b.replace(b"id,name", b"name,id"))),
        ("regions.csv", "row 1", "order", "id, name"),
    ),
    "unknown foreign key": (
        set_cell("awards", "lead", "nobody-known", 3),
        ("awards.csv", "row 3", "column lead", "'nobody-known'", "organisations.csv"),
    ),
    "unknown source": (
        set_cell("contracts", "source", "hearsay"),
        ("contracts.csv", "row 2", "column source", "'hearsay'", "sources.csv"),
    ),
    "unknown thing": (
        set_cell("judgements", "subject", "award/day-one-l999"),
        ("judgements.csv", "row 2", "column subject", "'award/day-one-l999'", "kind/id"),
    ),
    "thing of no form": (
        set_cell("judgements", "subject", "../award"),
        ("judgements.csv", "row 2", "column subject", "'../award'"),
    ),
    "unknown concept": (
        set_cell("participations", "role", "leed"),
        ("participations.csv", "row 2", "column role", "'leed'", "lead, "),
    ),
    "30 February": (
        set_cell("contracts", "start", "2021-02-30"),
        ("contracts.csv", "row 2", "column start", "'2021-02-30'", "YYYY-MM-DD"),
    ),
    "British date": (
        set_cell("contracts", "start", "26/06/2021"),
        ("contracts.csv", "row 2", "column start", "YYYY-MM-DD"),
    ),
    "date with a zone": (
        set_cell("contracts", "start", "2021-06-26+01:00"),
        ("contracts.csv", "row 2", "column start", "YYYY-MM-DD"),
    ),
    "date with a time": (
        set_cell("contracts", "start", "2021-06-26T00:00:00"),
        ("contracts.csv", "row 2", "column start", "YYYY-MM-DD"),
    ),
    "year that is none": (
        set_cell("areas", "population_year", "last"),
        ("areas.csv", "row 2", "column population_year", "YYYY"),
    ),
    "term with days": (
        set_cell("terms", "term", "P2Y9M3D"),
        ("terms.csv", "row 2", "column term", "'P2Y9M3D'"),
    ),
    "negative value": (
        set_cell("awards", "value", "-5"),
        ("awards.csv", "row 2", "column value", "'-5'", "0 or more"),
    ),
    "value not a number": (
        set_cell("awards", "value", "NaN"),
        ("awards.csv", "row 2", "column value", "'NaN'"),
    ),
    "value without end": (
        set_cell("awards", "value", "INF"),
        ("awards.csv", "row 2", "column value", "'INF'"),
    ),
    "value in per cent": (
        set_cell("awards", "value", "5%"),
        ("awards.csv", "row 2", "column value", "'5%'"),
    ),
    "value with a comma": (
        set_cell("awards", "value", "544,992"),
        ("awards.csv", "row 2", "column value", "'544,992'"),
    ),
    "value with a pound sign": (
        set_cell("awards", "value", "£544992"),
        ("awards.csv", "row 2", "column value", "'£544992'"),
    ),
    "value in wide digits": (
        set_cell("awards", "value", "５"),
        ("awards.csv", "row 2", "column value", "'５'"),
    ),
    "half a person": (
        set_cell("areas", "population", "1.5"),
        ("areas.csv", "row 2", "column population", "'1.5'", "integer"),
    ),
    "boolean in words": (
        set_cell("areas", "commissioned", "yes"),
        ("areas.csv", "row 2", "column commissioned", "true or false"),
    ),
    "address that runs": (
        set_cell("sources", "url", "javascript:alert(1)"),
        ("sources.csv", "row 2", "column url", "https://"),
    ),
    "duplicate key": (
        set_cell("regions", "id", "north-east", 5),
        ("regions.csv", "row 5", "column id", "'north-east'", "row 2", "key of its own"),
    ),
    "empty required cell": (
        set_cell("regions", "name", ""),
        ("regions.csv", "row 2", "column name", "required", "fill it in"),
    ),
    "cp1252 byte": (
        set_bytes("regions", on_line(4, lambda b: b.replace(b"England", b"\x93England\x94"))),
        ("regions.csv", "row 4", "0x93", "UTF-8"),
    ),
    "UTF-16": (
        set_bytes("regions", lambda b: b.decode().encode("utf-16")),
        ("regions.csv", "row 1", "UTF-8"),
    ),
    "UTF-16 without mark": (
        set_bytes("regions", lambda b: b.decode().encode("utf-16-le")),
        ("regions.csv", "row 1"),
    ),
    "byte order mark": (
        set_bytes("regions", lambda b: b"\xef\xbb\xbf" + b),
        ("regions.csv", "row 1", "byte order mark", "plain UTF-8"),
    ),
    "empty file": (set_bytes("regions", lambda _: b""), ("regions.csv", "empty", "header")),
    "only line breaks": (set_bytes("regions", lambda _: b"\n\n"), ("regions.csv", "empty")),
    "formula": (
        set_cell("regions", "note", "=cmd|' /C calc'!A0"),
        ("regions.csv", "row 2", "column note", "formula", "letter or digit"),
    ),
    "formula with plus": (
        set_cell("regions", "note", "+44 20"),
        ("regions.csv", "row 2", "column note", "formula"),
    ),
    "formula with minus": (
        set_cell("regions", "note", "-1+1"),
        ("regions.csv", "row 2", "column note", "formula"),
    ),
    "formula with at": (
        set_cell("regions", "note", "@SUM(A1)"),
        ("regions.csv", "row 2", "column note", "formula"),
    ),
    "short row": (
        set_bytes("regions", on_line(3, lambda _: b"north,North")),
        ("regions.csv", "row 3", "2 cells", "9", "commas"),
    ),
    "long row": (
        set_bytes("regions", on_line(3, lambda b: b + b",more")),
        ("regions.csv", "row 3", "10 cells", "9"),
    ),
    "blank row": (
        set_bytes("regions", on_line(3, lambda b: b"\n" + b)),
        ("regions.csv", "row 3", "0 cells"),
    ),
    "open quotes": (
        set_bytes("regions", on_line(3, lambda b: b.replace(b"North", b'"North'))),
        ("regions.csv", "row", "CSV", "quotes"),
    ),
    "stray quotes": (
        set_bytes("regions", on_line(3, lambda b: b.replace(b"North West", b'"North" West'))),
        ("regions.csv", "row 3", "CSV", "quotes"),
    ),
    "control character": (
        set_cell("regions", "note", "bell\a"),
        ("regions.csv", "row 2", "column note", "control character"),
    ),
    "escape character": (
        set_cell("regions", "note", "red\x1b[31m"),
        ("regions.csv", "row 2", "column note", "control character"),
    ),
    "tab": (set_cell("regions", "note", "a\tb"), ("regions.csv", "row 2", "column note", "tab")),
    "NUL": (set_cell("regions", "note", "a\0b"), ("regions.csv", "row 2", "column note")),
    "turned text": (
        set_cell("regions", "note", "a\u202eb"),
        ("regions.csv", "row 2", "column note", "control character"),
    ),
    "line break in a cell": (
        set_cell("regions", "note", "a\nb"),
        ("regions.csv", "row", "column note", "one line"),
    ),
    "leading space": (
        set_cell("regions", "name", " North East"),
        ("regions.csv", "row 2", "column name", "' North East'", "space", "remove"),
    ),
    "trailing space": (
        set_cell("regions", "id", "north-east "),
        ("regions.csv", "row 2", "column id", "space"),
    ),
    "space in a list": (
        set_cell("regions", "aliases", "One | Two"),
        ("regions.csv", "row 2", "column aliases", "'One '", "space"),
    ),
    "nothing in a list": (
        set_cell("regions", "aliases", "One||Two"),
        ("regions.csv", "row 2", "column aliases", "nothing between"),
    ),
    "id with a space": (
        set_cell("people", "id", "A Person"),
        ("people.csv", "row 2", "column id", "'A Person'"),
    ),
    "stray table": (write_file("extra.csv", "id\n"), ("extra.csv", "describe it or remove it")),
    "missing table": (
        lambda folder: (folder / "regions.csv").unlink(),
        ("regions.csv", "put the file in place"),
    ),
    "table is a folder": (
        make_folder("people.csv"),
        ("people.csv", "cannot be read"),
    ),
    "missing metadata": (
        lambda folder: (folder / METADATA).unlink(),
        (METADATA, "no such file"),
    ),
    "broken metadata": (write_file(METADATA, '{"tables": ['), (METADATA, "not a valid table")),
    "metadata of no tables": (write_file(METADATA, "[]"), (METADATA, "not described")),
    "metadata of a number": (
        write_file(METADATA, '{"tables": 5}'),
        (METADATA, "not a valid table"),
    ),
    "metadata without columns": (
        write_file(METADATA, '{"tables": [{"url": "regions.csv"}]}'),
        (METADATA, "regions.csv", "primaryKey"),
    ),
    "metadata with a key to nowhere": (
        lambda folder: change_metadata(folder, '"resource": "regions.csv"', '"resource": "no.csv"'),
        (METADATA, "no.csv"),
    ),
    "metadata with a key to no column": (
        lambda folder: change_metadata(
            folder,
            '"resource": "regions.csv", "columnReference": "id"',
            '"resource": "regions.csv", "columnReference": "no_column"',
        ),
        (METADATA, "no_column"),
    ),
    "metadata without a property": (
        lambda folder: change_metadata(
            folder,
            '"propertyUrl": "https://w3id.org/rehabgraph/ontology#regionCode"',
            '"lang": "en"',
        ),
        (METADATA, "regions.csv", "column code", "propertyUrl"),
    ),
    "metadata that is a word": (write_file(METADATA, '"x"'), (METADATA, "not a valid table")),
    "metadata not UTF-8": (
        lambda folder: (folder / METADATA).write_bytes(b"\xff{}") and None,
        (METADATA, "not a valid table"),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_by_file_row_and_column(case: str, folder: Path) -> None:
    """Each fault is refused with a line that says which file, row and column, and the mend."""
    edit, parts = BAD[case]
    edit(folder)
    with pytest.raises(InvalidData) as caught:
        read_tables(folder)
    lines = caught.value.problems
    assert any(all(part in line for part in parts) for line in lines), lines
    assert all("\n" not in line and len(line) < 1000 for line in lines), lines


def digest(folder: Path) -> dict[str, str]:
    """Return the hash of every file under a folder."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.mark.parametrize("case", BAD)
def test_the_command_fails_and_writes_nothing(
    case: str, folder: Path, cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`build -o` of a bad table: exit code 1, lines on stderr, no file, the cache untouched."""
    BAD[case][0](folder)
    cache = folder.parent / "cache"
    monkeypatch.setenv("REHABGRAPH_CACHE", str(cache))
    cache.mkdir()
    (cache / "keep").write_text("as it was")
    before = digest(cache)
    target = folder.parent / "out.nq"
    result = cli("--data", str(folder), "build", "-o", str(target))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert not target.exists()
    assert digest(cache) == before
    lines = result.stderr.splitlines()
    assert 1 <= len(lines) <= 21
    assert all(line.startswith("Error: ") for line in lines)


def test_packaged_tables_have_no_problem() -> None:
    """The tables that the project ships pass every check."""
    names = {t.name for t in read_tables()}
    described = json.loads((DATA / METADATA).read_text(encoding="utf-8"))["tables"]
    assert names == {t["url"].removesuffix(".csv") for t in described}


def test_header_only_is_allowed(folder: Path) -> None:
    """A table without rows is no fault, so long as nothing refers to a row of it."""
    header = (folder / "lines.csv").read_bytes().split(b"\n")[0] + b"\n"
    (folder / "lines.csv").write_bytes(header)
    tables = {t.name: t for t in read_tables(folder)}
    assert tables["lines"].rows == ()


def test_windows_line_ends_are_allowed(folder: Path) -> None:
    """A file saved with carriage returns reads the same: they are no part of a cell."""
    want = [t.rows for t in read_tables(folder)]
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [t.rows for t in read_tables(folder)] == want


def test_every_problem_is_reported_at_once(folder: Path) -> None:
    """Two faults in two files give two lines, so nobody mends one at a time."""
    set_cell("regions", "name", "")(folder)
    set_cell("areas", "name", "=1")(folder)
    with pytest.raises(InvalidData) as caught:
        read_tables(folder)
    assert {p.split(":")[0] for p in caught.value.problems} == {"regions.csv", "areas.csv"}


def test_many_problems_end_with_a_count(folder: Path, cli: Callable[..., Result]) -> None:
    """Past twenty lines the command says how many more there are: 30 bad rows give 20 and 10."""
    for row in range(2, 32):
        set_cell("delivery_units", "name", "", row)(folder)
    result = cli("--data", str(folder), "build")
    lines = result.stderr.splitlines()
    assert len(lines) == 21
    assert lines[-1] == "Error: and 10 more"


def test_row_number_counts_the_header(folder: Path) -> None:
    """Row 7 is the seventh line of the file, as an editor shows it."""
    set_cell("regions", "country", "", 7)(folder)
    with pytest.raises(InvalidData) as caught:
        read_tables(folder)
    assert re.match(r"regions\.csv: row 7, column country", caught.value.problems[0])


def test_kind_of_is_the_address_of_the_rows() -> None:
    """A table's kind is the part of its rows' address before the id."""
    kinds = {t.name: kind_of(t) for t in read_tables()}
    assert kinds["awards"] == "award"
    assert kinds["policy_links"] == "policy-link"


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """A wrong folder is said by its path."""
    with pytest.raises(InvalidData, match="no-such-folder"):
        read_tables(tmp_path / "no-such-folder")

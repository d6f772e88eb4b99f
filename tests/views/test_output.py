"""Every form of a report: whatever a name holds, whatever the locale, the same bytes."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.ontology import ID
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report import Column, Coverage, Report, SourceRef
from rehabgraph.views.delimited import safe_text
from rehabgraph.views.output import FORMATS, render, write_report
from rehabgraph.views.table import render_table

if TYPE_CHECKING:
    from openpyxl import Workbook

EVIL = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "</script><img src=x onerror=alert(1)>",
    "a|b`c`[d](javascript:alert(1))",
    "red\x1b[31m\x07",
    "turned\u202etxt\u2066",
    'quote "and", comma\nand line',
    "\U0001f4a3 語 é £",
    "\ud800",
    "\x00\x01",
    "",
    " ",
)
KEYS = [
    *("report", "title", "version", "as_of", "filters", "method", "coverage", "notes"),
    *("columns", "rows", "sources"),
]
"""Keys of the published JSON form, in their order."""
COLUMNS = (
    Column("name", "Name"),
    Column("value", "Value", "integer", "GBP"),
    Column("share", "Share", "number", "percent"),
    Column("day", "Day", "date"),
    Column("yes", "Yes", "boolean"),
)


def make(*names: str) -> Report:
    """Return a report with a row of unknowns and a row for each name."""
    rows: list[dict[str, Any]] = [{"name": "Nobody knows", "ids": []}]
    rows += [
        {
            "name": name,
            "value": 544992,
            "share": 17.128774,
            "day": date(2021, 6, 26),
            "yes": True,
            "ids": [
                "https://w3id.org/rehabgraph/id/award/a",
                "https://w3id.org/rehabgraph/id/award/b",
            ],
        }
        for name in names
    ]
    return Report(
        name="test",
        title="A title",
        columns=COLUMNS,
        rows=tuple(rows),
        method="How.",
        as_of=date(2023, 7, 1),
        filters={"lot": ["accommodation"]},
        coverage=Coverage(1, 2, 3, 4, date(2021, 5, 21)),
        notes=("A note with a | bar and <b>tags</b>.",),
        sources=(SourceRef("s", "A source", "https://example.org/", "OGL v3", date(2021, 5, 21)),),
    )


def text_of(report: Report, form: str) -> str:
    """Return a report in a form of text, as a file of it would read."""
    content = render(report, form)
    assert isinstance(content, str)
    return content.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_bytes_twice(form: str, world: Graph) -> None:
    """A report rendered twice, and asked for twice, is the same to the byte."""
    first = render(world.report("market-share"), form)
    assert render(world.report("market-share"), form) == first


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_takes_every_name(form: str, tmp_path: Path) -> None:
    """No name, however odd, stops a report from being written."""
    target = tmp_path / f"report.{'txt' if form == 'table' else form}"
    write_report(make(*EVIL), form, str(target))
    assert target.stat().st_size > 100


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_without_rows(form: str, tmp_path: Path) -> None:
    """No rows is an answer: the head is written, and what it rests on."""
    report = Report("r", "Nothing here", COLUMNS, (), notes=("Why.",))
    write_report(report, form, str(tmp_path / "out"))
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_delimited_forms_read_back(form: str, delimiter: str) -> None:
    """The raw figures come back from CSV and TSV; unknown is an empty cell, not a nought."""
    text = text_of(make("Ingeus"), form)
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert list(rows[0]) == ["name", "value", "share", "day", "yes", "ids"]
    assert rows[0] | {"name": ""} == dict.fromkeys(rows[0], "")
    assert rows[1]["value"] == "544992"
    assert float(rows[1]["share"]) == 17.128774
    assert (rows[1]["day"], rows[1]["yes"]) == ("2021-06-26", "true")
    start = "" if form == "tsv" else ID  # people read a pipe, programs a file
    assert rows[1]["ids"] == f"{start}award/a {start}award/b"


@given(st.text())
def test_no_delimited_cell_starts_a_formula(name: str) -> None:
    """Whatever the text, no cell of it begins with a sign that a spreadsheet would run."""
    name = name.encode("utf-8", "replace").decode()
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        text = text_of(make(name), form)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        assert len(rows) == 3
        assert len(rows[2]) == 6
        assert not rows[2][0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_safe_text(sign: str) -> None:
    """A dangerous start gets a quote; other text is left as it is."""
    assert safe_text(f"{sign}1") == f"'{sign}1"
    assert safe_text(f"a{sign}1") == f"a{sign}1"


def test_tsv_is_one_line_a_row() -> None:
    """Tabs and line breaks in a name do not break the table."""
    text = text_of(make(*EVIL), "tsv")
    lines = text.removesuffix("\n").split("\n")
    assert len(lines) == 2 + len(EVIL)
    assert {line.count("\t") for line in lines} == {5}


def read_book(content: bytes) -> "Workbook":
    """Return a workbook as openpyxl reads it."""
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(content))


def test_xlsx_holds_no_formula_and_the_raw_figures(tmp_path: Path) -> None:
    """Figures are numbers, days are days, unknown is a word, and text is text."""
    target = tmp_path / "report.xlsx"
    write_report(make(*EVIL[:10], "Ingeus"), None, str(target))
    book = read_book(target.read_bytes())
    assert book.sheetnames == ["About", "Table"]
    cells = [c for sheet in book for row in sheet for c in row]
    assert {c.data_type for c in cells} <= {"s", "n", "d", "b"}
    assert all(c.hyperlink is None for c in cells)
    for cell in cells:
        if cell.data_type == "s" and cell.value:
            assert not str(cell.value).startswith(("=", "+", "-", "@", "\t", "\r"))
    table = list(book["Table"].iter_rows(values_only=True))
    assert table[0] == ("Name", "Value", "Share (%)", "Day", "Yes")
    assert table[1] == ("Nobody knows", "unknown", "unknown", "unknown", "unknown")
    last = table[-1]
    assert last[:3] == ("Ingeus", 544992, 17.128774)
    assert last[3].date() == date(2021, 6, 26)
    assert last[4] is True
    about = dict(list(book["About"].iter_rows(values_only=True))[:3])
    assert about["Title"] == "A title"


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    """Infinity and not-a-number, which a query of one's own may give, stop no form."""
    rows = tuple(
        {"name": "x", "share": v, "ids": []} for v in (float("inf"), float("nan"), Decimal(1))
    )
    report = Report("r", "R", COLUMNS[:3:2], rows)
    for form in FORMATS:
        write_report(report, form, str(tmp_path / form))
    json.loads((tmp_path / "json").read_text(), parse_constant=pytest.fail)


def test_json_has_exactly_the_published_keys(world: Graph) -> None:
    """One object with the eleven keys of the published form, whatever the report."""
    for report in (
        world.report("market-share"),
        world.query("value-by-lot"),
        world.why("market-share", "Ingeus"),
        make(*EVIL[:-3]),
    ):
        form = json.loads(text_of(report, "json"))
        assert list(form) == KEYS
        assert all(list(c) == ["name", "label", "type", "unit"] for c in form["columns"])
        assert all(list(s) == ["id", "title", "url", "licence", "issued"] for s in form["sources"])
        assert all("ids" in row for row in form["rows"])


def test_json_keeps_unknown_and_letters() -> None:
    """Unknown is null, and no letter is turned into an escape."""
    text = text_of(make("Tŷ £"), "json")
    assert "Tŷ £" in text
    rows = json.loads(text)["rows"]
    assert rows[0].get("value") is None
    assert rows[1]["day"] == "2021-06-26"


def test_jsonl_is_one_object_a_row() -> None:
    """Each row is one line of JSON."""
    lines = text_of(make(*EVIL[:-4]), "jsonl").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line)["name"] for line in lines] == ["Nobody knows", *EVIL[:-4]]


def test_unknown_stays_unknown_in_words() -> None:
    """Where people read it, an unknown figure is the word, not a gap and not 0."""
    for form in ("table", "md", "html"):
        text = text_of(make(), form)
        assert text.count("unknown") == 4, form
        assert "£0" not in text


def test_markdown_rows_keep_their_columns() -> None:
    """Bars, line breaks and markup in a name do not break the table or become links."""
    lines = text_of(make(*EVIL), "md").split("\n")
    table = [line for line in lines if line.startswith("| ")]
    assert len(table) == 3 + len(EVIL)
    for line in table:
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == 6, line
    text = "\n".join(table)
    assert "<img" not in text
    assert "](javascript" not in text.replace("\\[", "").replace("\\]", "") or "\\[d" in text


def test_html_is_harmless_and_asks_for_nothing() -> None:
    """Markup in a name is text; the page forbids scripts and loads nothing."""
    from html.parser import HTMLParser

    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not any(name.startswith("on") or name == "src" for name, _ in attrs)

    text = text_of(make(*EVIL), "html")
    Reader().feed(text)
    assert not {"script", "img", "link", "iframe"} & set(tags)
    assert "Content-Security-Policy" in text
    assert '<html lang="en-GB">' in text


def test_a_source_address_cannot_run() -> None:
    """A source whose address is not of the web makes no link that runs."""
    report = Report("r", "R", (), (), sources=(SourceRef("s", "S", "javascript:alert(1)"),))
    assert 'href="javascript:' not in text_of(report, "html")


@pytest.mark.parametrize("width", [1, 20, 60, 80, 200])
def test_the_table_keeps_to_its_lines(width: int) -> None:
    """On a terminal no row holds an empty line, a control mark or a direction mark."""
    text = render_table(make(*EVIL), width).encode("utf-8", "replace").decode()
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert not set(text) & set("\x7f\x1b\u202e\u2066")
    rows = text.split("\n")[4:]
    assert rows[: 1 + len(EVIL)].count("") == 0


def test_the_title_cannot_upset_a_terminal() -> None:
    """Control marks in a title, a note, a source or a filter do no harm either."""
    report = Report(
        "r", "a\x1b[2J", (Column("x", "b\x1b[2J"),), (), notes=("c\x1b[2J",),
        sources=(SourceRef("s", "d\x1b[2J", "https://example.org"),),
    )  # fmt: skip
    assert "\x1b" not in render_table(report, 80)


def test_a_narrow_table_wraps_names_and_keeps_its_columns() -> None:
    """Names and headings go on below, so that no column is left out and no word is broken."""
    columns = tuple(Column(n, f"Heading of {n}") for n in ("area", "housing", "work", "health"))
    row = dict.fromkeys(("area", "housing", "work", "health"), "The Elder Company of Ashby")
    text = render_table(Report("r", "R", columns, (row,)), 80)
    assert "Not shown" not in text
    assert "…" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert text.count("Ashby") == text.count("Heading") == len(columns)


def test_a_long_text_is_cut_after_three_lines_and_a_figure_never() -> None:
    """What does not fit into three lines of its column ends in `…`; a figure stands whole."""
    columns = (Column("what", "What"), Column("n", "Number", "integer"))
    row = {"what": "many words " * 40, "n": 1234567}
    text = render_table(Report("r", "R", columns, (row,)), 60)
    lines = text.splitlines()[4:]
    assert lines[3] == ""
    assert "1,234,567" in lines[0]
    assert lines[2].rstrip().endswith("…")
    assert "Text that ends in … goes on" in text
    assert "goes on" not in render_table(Report("r", "R", columns, ({"what": "few", "n": 1},)), 60)


@pytest.mark.parametrize("form", ["table", "md", "html", "xlsx"])
@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        (
            {"lot": ["womens-services"], "region": ["wales"]},
            ("lot: womens-services", "region: wales"),
        ),
        ({"round": ["day-one"]}, ("round: day-one",)),
        ({}, ("round: all",)),
    ],
)
def test_a_report_that_people_read_says_what_was_asked(
    form: str, filters: dict[str, Any], asked: tuple[str, ...]
) -> None:
    """A table that is pasted elsewhere still says what lot, region and round it counts, and how."""
    report = Report(
        "market-share", "Shares", COLUMNS, (), method="Announced prices.", filters=filters
    )
    text = str(cells_of(report)) if form == "xlsx" else text_of(report, form)
    assert "Asked for" in text
    assert "Announced prices." in text
    for words in asked:
        assert words in text
    assert "{'" not in text


def cells_of(report: Report) -> list[tuple[Any, ...]]:
    """Return the rows of the first sheet of a report's workbook."""
    content = render(report, "xlsx")
    assert isinstance(content, bytes)
    return list(read_book(content).worksheets[0].iter_rows(values_only=True))

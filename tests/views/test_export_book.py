"""The workbook of many reports, read back with openpyxl."""

import io
from datetime import date
from typing import Any

import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report import Column, Report, SourceRef
from rehabgraph.views.workbook_book import name_sheets, write_book

NAMES = [
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "Control \x00\x0b end",
    "Emoji \U0001f6b2",
    "\u202eRTL \u05d0\u05d1",
    "_x0041_",
    "@SUM(1)",
]


def book_of(*reports: Report, left_out: dict[str, str] | None = None) -> Any:  # noqa: ANN401
    """Return a workbook as openpyxl reads it."""
    import openpyxl

    return openpyxl.load_workbook(io.BytesIO(bytes_of(*reports, left_out=left_out)))


def bytes_of(*reports: Report, left_out: dict[str, str] | None = None) -> bytes:
    """Return a workbook as bytes."""
    out = io.BytesIO()
    write_book(reports, out, left_out)
    return out.getvalue()


def hostile() -> Report:
    """Return a report whose names break careless writers."""
    columns = (
        Column("name", "Name"),
        Column("value", "Value", "integer", "GBP"),
        Column("share", "value", "number", "percent"),
        Column("day", "Value", "date"),
        Column("long", "", "text"),
    )
    row = {"value": None, "share": 12.5, "day": date(2021, 6, 26), "long": "x" * 40_000}
    return Report(
        name="a/b:c[d]*e?f\\g a very long name indeed",
        title="=1+1",
        columns=columns,
        rows=tuple({**row, "name": name} for name in NAMES),
        notes=("@note",),
        sources=(SourceRef("s", "A source", "https://example.org/"),),
    )


def cells(sheet: Any) -> list[list[Any]]:  # noqa: ANN401
    """Return the cells of the table of a sheet, its header first."""
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=5)]


def test_every_report_is_a_sheet_with_equal_figures(tiny: Graph) -> None:
    """Rows, columns and values of each sheet are those of the report."""
    names = ("market-share", "coverage", "expiring", "sources", "timeline")
    reports = [tiny.report(name) for name in names]
    book = book_of(*reports)
    assert book.sheetnames == ["Cover", "Notes", *names]
    for report in reports:
        head, *rows = cells(book[report.name])
        assert len(head) == len(report.columns)
        assert len(rows) == max(1, len(report.rows))
        for row, found in zip(report.rows, rows, strict=False):
            for column, value in zip(report.columns, found, strict=True):
                wanted = row.get(column.name)
                if isinstance(wanted, (int, float)) and not isinstance(wanted, bool):
                    assert value == pytest.approx(wanted)
                elif isinstance(wanted, date):
                    assert value.date() == wanted
                elif wanted is None:
                    assert value == "unknown"


def test_the_figures_of_the_tiny_market(tiny: Graph) -> None:
    """By hand: birch holds 600,000 of 1,800,000 pounds, a third."""
    sheet = book_of(tiny.report("market-share"))["market-share"]
    rows = cells(sheet)[1:]
    (birch,) = (r for r in rows if "Birch" in str(r[0]))
    assert 600_000 in birch
    assert any(isinstance(v, float) and v == pytest.approx(100 / 3) for v in birch)


def test_a_sheet_can_be_read_aloud(tiny: Graph) -> None:
    """A1 says what it is; one table, known as such; no merged and no empty cell; links in words."""
    book = book_of(tiny.report("market-share"), tiny.report("expiring"), left_out={"merger": "why"})
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert sheet["A2"].value.startswith("This sheet has one table")
        assert not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A5:")
        area = [c for row in sheet[table.ref] for c in row]
        assert all(c.value not in (None, "") for c in area), sheet.title
        links = [c for row in sheet.iter_rows() for c in row if c.hyperlink]
        assert all(c.value and "http" not in str(c.value) for c in links)
        assert all(c.hyperlink.location.partition("!")[2] == "A1" for c in links)
    assert [r[0] for r in cells(book["Cover"])[1:]] == ["Notes", "market-share", "expiring"]
    assert ["merger", "Left out", "why"] in cells(book["Notes"])
    assert book.properties.title
    assert len({t for s in book.worksheets for t in s.tables}) == len(book.worksheets)


def test_hostile_text_is_text(tiny: Graph) -> None:
    """No formula, no control character, no header twice; names stay readable."""
    book = book_of(hostile(), tiny.report("sources"))
    sheet = book.worksheets[2]
    assert len(sheet.title) <= 31
    assert not set(sheet.title) & set("[]:*?/\\")
    head, *rows = cells(sheet)
    assert head == ["Name", "Value", "value (%)", "Value 2", "long"]
    names = [r[0] for r in rows]
    assert names[0] == NAMES[0]
    assert names[1] == f"'{NAMES[1]}"
    assert names[2] == "Control \ufffd\ufffd end"
    assert names[3:5] == NAMES[3:5]
    assert names[6] == "'@SUM(1)"
    assert {len(r[4]) for r in rows} == {32_767}
    for each in book.worksheets:
        assert all(c.data_type != "f" for row in each.iter_rows() for c in row)
    assert sheet["A1"].value == "'=1+1"


def test_names_of_sheets_differ() -> None:
    """Long names that begin alike, and the names that Excel keeps, get a number."""
    reports = [
        Report(n, "t", (), ()) for n in ("x" * 40, "x" * 41, "X" * 42, "history", "Notes", "")
    ]
    names = name_sheets(reports)
    assert len({n.lower() for n in names}) == len(names)
    assert all(0 < len(n) <= 31 for n in names)
    assert not {"history", "notes", "cover"} & {n.lower() for n in names}


def test_the_same_reports_give_the_same_bytes(tiny: Graph) -> None:
    """No time of day goes into a workbook."""
    assert bytes_of(tiny.report("market-share")) == bytes_of(tiny.report("market-share"))

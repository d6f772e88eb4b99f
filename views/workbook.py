"""A report as an XLSX workbook: a cover sheet with notes and sources, and the table."""

import io
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from rehabgraph.graph.export.text import safe_text, xml_text
from rehabgraph.queries.report import Column, Report
from rehabgraph.views.table import describe_coverage, describe_filters

MAX_TEXT = 32_767
"""Characters that Excel takes in one cell."""


def render_xlsx(report: Report) -> bytes:
    """Return the report as the bytes of a workbook; the same report gives the same bytes."""
    from datetime import datetime

    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {"title": report.title, "author": "rehabgraph", "created": datetime(2021, 5, 21)}
    )
    bold = book.add_format({"bold": True})
    cover = book.add_worksheet("About")
    cover.set_column(0, 0, 18)
    cover.set_column(1, 1, 100)
    about = [("Title", report.title), ("Method", report.method)]
    about += [("As of", report.as_of.isoformat())] if report.as_of else []
    asked = describe_filters(report)
    about += [("Asked for", asked)] if asked else []
    about += [("Coverage", describe_coverage(report))] + [("Note", n) for n in report.notes]
    about += [("Source", f"{s.id}: {s.title}, {s.url} ({s.licence})") for s in report.sources]
    for number, (label, text) in enumerate(about):
        cover.write_string(number, 0, label, bold)
        cover.write_string(number, 1, safe_text(text))
    sheet = book.add_worksheet("Table")
    formats = {
        "GBP": book.add_format({"num_format": "£#,##0"}),
        "pence": book.add_format({"num_format": "£#,##0.00"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for x, column in enumerate(report.columns):
        label = f"{column.label} (%)" if column.unit == "percent" else column.label
        sheet.write_string(0, x, label, bold)
        longest = max([len(str(r.get(column.name) or "")) for r in report.rows] + [len(label)])
        sheet.set_column(x, x, min(60, longest + 2))
        for y, row in enumerate(report.rows, 1):
            value = row.get(column.name)
            write_cell(sheet, y, x, value, number=formats.get(unit_of(column)), day=formats["date"])
    sheet.freeze_panes(1, 1)
    if report.rows:
        sheet.autofilter(0, 0, len(report.rows), len(report.columns) - 1)
    book.close()
    return out.getvalue()


def unit_of(column: Column) -> str:
    """Return the unit of a column: `pence` for pounds that are not all whole."""
    return "pence" if (column.type, column.unit) == ("number", "GBP") else column.unit


def write_cell(sheet: Any, y: int, x: int, value: object, *, number: Any, day: Any) -> None:  # noqa: ANN401
    """Write one cell of a sheet in the type that it has; unknown is the word, never a blank.

    Args:
        sheet: a sheet of XlsxWriter.
        y: row, from 0.
        x: column, from 0.
        value: what the cell says.
        number: format of numbers.
        day: format of dates.
    """
    if value is None:
        sheet.write_string(y, x, "unknown")
    elif isinstance(value, bool):
        sheet.write_boolean(y, x, value)
    elif isinstance(value, (int, float, Decimal)) and isfinite(value):
        sheet.write_number(y, x, float(value), number)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(y, x, value, day)
    else:
        sheet.write_string(y, x, cell_text(value))


def cell_text(value: object) -> str:
    """Return text as a cell holds it: no formula, no control character, within Excel's limit.

    >>> cell_text("=1+1"), cell_text(("a", "b"))
    ("'=1+1", 'a, b')
    """
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = safe_text(xml_text(text.encode("utf-8", "replace").decode()))
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"

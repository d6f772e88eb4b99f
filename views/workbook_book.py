"""Many reports as one XLSX workbook: cover, notes, and one sheet a report.

Made to be read aloud and by machine alike: every sheet says in A1 what it is, has one table
with one header row that Excel knows as a table, no merged and no empty cells, and links whose
words say where they lead.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from rehabgraph.queries.report import Report
from rehabgraph.views.table import describe_coverage, describe_filters
from rehabgraph.views.workbook import cell_text, unit_of, write_cell

MAX_ROWS = 1_000_000
_CREATED = datetime(2021, 5, 21)  # the same bytes on every day
_TABLE_AT = 4
_COVER, _NOTES = "Cover", "Notes"


def write_book(
    reports: Sequence[Report], out: IO[bytes], left_out: Mapping[str, str] | None = None
) -> None:
    """Write reports as one workbook; the same reports give the same bytes.

    Args:
        reports: what the sheets hold, in their order.
        out: an open file.
        left_out: reports that are not in it, and why.
    """
    import xlsxwriter

    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": "Who delivers probation rehabilitation services in England and Wales",
            "author": "rehabgraph",
            "created": _CREATED,
        }
    )
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "link": book.add_format({"font_color": "#0B5394", "underline": 1}),
        "GBP": book.add_format({"num_format": "£#,##0"}),
        "pence": book.add_format({"num_format": "£#,##0.00"}),
        "percent": book.add_format({"num_format": "0.0"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    names = name_sheets(reports)
    _write_cover(book.add_worksheet(_COVER), reports, names, formats)
    _write_notes(book.add_worksheet(_NOTES), reports, names, left_out or {}, formats)
    for number, (report, name) in enumerate(zip(reports, names, strict=True), 1):
        _write_report(book.add_worksheet(name), report, number, formats)
    book.close()


def name_sheets(reports: Sequence[Report]) -> list[str]:
    """Return a name for each sheet: the report's, within Excel's rules, no two the same."""
    names: list[str] = []
    used = {_COVER.lower(), _NOTES.lower(), "history", ""}
    for report in reports:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", report.name).strip("'")[:31]
        name, number = base, 1
        while name.lower() in used:
            number += 1
            name = f"{base[: 30 - len(str(number))]} {number}"
        used.add(name.lower())
        names.append(name)
    return names


def _write_cover(
    sheet: Any,  # noqa: ANN401
    reports: Sequence[Report],
    names: list[str],
    formats: Mapping[str, Any],
) -> None:
    sheet.write_string(0, 0, "Probation rehabilitation services: reports", formats["title"])
    sheet.write_string(1, 0, "This sheet has one table: the sheets of this workbook.")
    sheet.write_string(
        2, 0, "Where nothing is known a cell says unknown. Sources and notes: sheet Notes."
    )
    rows = [("Notes", "What the figures say, do not say, and rest on", "")]
    rows += [(n, r.title, str(len(r.rows))) for n, r in zip(names, reports, strict=True)]
    _add_table(sheet, ["Sheet", "What it holds", "Rows"], len(rows), "contents")
    for y, (name, title, count) in enumerate(rows, _TABLE_AT + 1):
        _link(sheet, y, name, name, formats)
        sheet.write_string(y, 1, cell_text(title))
        if count:
            sheet.write_number(y, 2, int(count))
        else:
            sheet.write_string(y, 2, "not counted")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 14)


def _write_notes(
    sheet: Any,  # noqa: ANN401
    reports: Sequence[Report],
    names: list[str],
    left_out: Mapping[str, str],
    formats: Mapping[str, Any],
) -> None:
    rows = [
        (name, label, text)
        for name, report in zip(names, reports, strict=True)
        for label, text in describe(report)
    ]
    rows += [(name, "Left out", why) for name, why in left_out.items()]
    sheet.write_string(0, 0, "Notes and sources", formats["title"])
    sheet.write_string(1, 0, "This sheet has one table: notes and sources of each report.")
    _link(sheet, 2, _COVER, "Back to the cover", formats)
    _add_table(sheet, ["Report", "About", "Text"], len(rows), "notes")
    for y, (name, label, text) in enumerate(rows, _TABLE_AT + 1):
        sheet.write_string(y, 0, name)
        sheet.write_string(y, 1, label)
        sheet.write_string(y, 2, cell_text(text), formats["wrap"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 12)
    sheet.set_column(2, 2, 110)
    sheet.freeze_panes(_TABLE_AT + 1, 0)


def describe(report: Report) -> list[tuple[str, str]]:
    """Return what is to be said of a report beside its table, as pairs of label and text."""
    found = [("Method", report.method)] if report.method else []
    found += [("As of", report.as_of.isoformat())] if report.as_of else []
    found += [("Asked for", asked)] if (asked := describe_filters(report)) else []
    if coverage := describe_coverage(report):
        found.append(("Coverage", coverage))
    found += [("Note", note) for note in report.notes]
    return found + [
        ("Source", f"{s.id}: {s.title}, {s.url}" + (f" ({s.licence})" if s.licence else ""))
        for s in report.sources
    ]


def _write_report(sheet: Any, report: Report, number: int, formats: Mapping[str, Any]) -> None:  # noqa: ANN401
    sheet.write_string(0, 0, cell_text(report.title), formats["title"])
    rows = report.rows[:MAX_ROWS]
    said = f"This sheet has one table of {len(rows):,} rows."
    if len(rows) < len(report.rows):
        said += f" A sheet holds no more; the report has {len(report.rows):,}."
    sheet.write_string(1, 0, said)
    _link(sheet, 2, _COVER, "Back to the cover", formats)
    heads = _heads(report)
    _add_table(sheet, heads, len(rows), f"report_{number}")
    for x, column in enumerate(report.columns):
        longest = len(heads[x])
        for y, row in enumerate(rows, _TABLE_AT + 1):
            value = row.get(column.name)
            longest = max(longest, len(cell_text(value)))
            write_cell(sheet, y, x, value, number=formats.get(unit_of(column)), day=formats["date"])
        sheet.set_column(x, x, min(60, longest + 4))
    if not rows:
        for x in range(len(heads)):
            sheet.write_string(_TABLE_AT + 1, x, "no rows")
    sheet.freeze_panes(_TABLE_AT + 1, 1)


def _heads(report: Report) -> list[str]:
    """Return the headings, no two the same and none empty, as a table of Excel asks."""
    heads: list[str] = []
    for column in report.columns:
        label = f"{column.label} (%)" if column.unit == "percent" else column.label
        base = cell_text(label)[:250] or column.name
        name, number = base, 1
        while name.lower() in {h.lower() for h in heads}:
            number += 1
            name = f"{base} {number}"
        heads.append(name)
    return heads


def _add_table(sheet: Any, heads: list[str], rows: int, name: str) -> None:  # noqa: ANN401
    sheet.add_table(
        _TABLE_AT,
        0,
        _TABLE_AT + max(rows, 1),
        len(heads) - 1,
        {
            "name": name,
            "style": "Table Style Light 1",
            "columns": [{"header": head} for head in heads],
        },
    )


def _link(sheet: Any, y: int, goal: str, text: str, formats: Mapping[str, Any]) -> None:  # noqa: ANN401
    quoted = goal.replace("'", "''")
    sheet.write_url(y, 0, f"internal:'{quoted}'!A1", formats["link"], string=text)

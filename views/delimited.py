"""A report as CSV or TSV: the raw figures, for other programs."""

import csv
import io

from rehabgraph.graph.export.text import safe_text
from rehabgraph.ontology import ID
from rehabgraph.queries.report import Column, Report, to_plain

__all__ = ["render_csv", "render_tsv", "safe_text"]


def render_csv(report: Report) -> str:
    """Return the rows as CSV by RFC 4180, the header being the column names.

    Unknown is an empty cell, as there is no other in CSV; the count of rows says it is there.
    """
    return _render(report, ",", "\r\n")


def render_tsv(report: Report) -> str:
    """Return the rows as tab-separated values; tabs and line breaks in text become spaces.

    People read it in a pipe, so ids stand in their short form, which `show` takes too.
    """
    return _render(report, "\t", "\n")


def _render(report: Report, delimiter: str, end: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    columns = [*report.columns, Column("ids", "Ids")]
    writer.writerow([c.name for c in columns])
    for row in report.rows:
        writer.writerow([_cell(row.get(c.name), delimiter) for c in columns])
    return out.getvalue()


def _cell(value: object, delimiter: str) -> str | int | float:
    plain = to_plain(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, (int, float)):
        return plain
    several = [str(v) for v in plain] if isinstance(plain, list) else [str(plain)]
    text = " ".join(several)
    if delimiter == "\t":
        text = " ".join(" ".join(v.removeprefix(ID) for v in several).split())
    return safe_text(text)

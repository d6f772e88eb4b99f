"""A report on a terminal: aligned columns, then coverage, notes and sources."""

import shutil
import textwrap
import unicodedata

from rehabgraph.queries.report import Column, Report, format_cell

LEAST_TEXT = 28
"""A text column is not cut below this width while a later column can be left out instead."""
KEPT = 3
"""The first columns, which stay whatever the width."""


def render_table(report: Report, width: int | None = None) -> str:
    """Return a report as aligned text, as wide as the terminal.

    A row keeps to one line: long text is cut with `…`, and where even that does not fit, the
    last columns are left out and named below. Figures are never cut.
    """
    width = width or shutil.get_terminal_size((120, 40)).columns
    shown, hidden = _choose_columns(report, width)
    grid = [[_clean(c.label) for c in shown]]
    grid += [[_clean(format_cell(r.get(c.name), c)) for c in shown] for r in report.rows]
    widths = [max(display_width(row[i]) for row in grid) for i in range(len(shown))]
    widths = _fit(widths, shown, width)
    lines = [_clean(report.title), ""]
    if report.as_of:
        lines[0] += f", as of {report.as_of.day} {report.as_of:%B %Y}"
    for number, row in enumerate(grid):
        cells = [_pad(t, w, c) for t, w, c in zip(row, widths, shown, strict=True)]
        lines.append("  ".join(cells).rstrip())
        if number == 0:
            lines.append("  ".join("─" * w for w in widths))
    if not report.rows:
        lines.append("(no rows)")
    lines.append("")
    if hidden:
        names = ", ".join(c.label for c in hidden)
        hint = f"Not shown for want of width: {names} (widen the window, or --format csv)."
        lines += _wrap(hint, width)
    for note in report.notes:
        lines += _wrap(f"Note: {_clean(note)}", width)
    lines += _wrap(describe_coverage(report), width)
    if report.sources:
        titles = "Sources: " + "; ".join(_clean(s.title) for s in report.sources[:6])
        more = f" and {len(report.sources) - 6} more" if len(report.sources) > 6 else ""
        lines += _wrap(titles + more, width)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(40, min(width, 100)), subsequent_indent="  ")


def _choose_columns(report: Report, width: int) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns that fit in their least width, and the last ones that do not."""

    def least(column: Column) -> int:
        cells = [format_cell(r.get(column.name), column) for r in report.rows]
        natural = max(map(display_width, [column.label, *cells]))
        return min(natural, LEAST_TEXT) if column.type == "text" else natural

    needed, fits = 0, 0
    for column in report.columns:
        needed += least(column) + (2 if fits else 0)
        if needed > width and fits >= KEPT:
            break
        fits += 1
    return report.columns[:fits], report.columns[fits:]


def describe_coverage(report: Report) -> str:
    """Return the coverage of a report in a sentence, or nothing where it has none."""
    c = report.coverage
    if c is None:
        return ""
    parts = [f"{c.rows_known:,} of {c.rows_all:,} priced lines counted whole"]
    if c.pounds_known is not None:
        parts.append(f"£{c.pounds_known:,} in all")
    if c.pounds_headline:
        parts.append(f"published headline £{c.pounds_headline:,}")
    if c.newest_source:
        parts.append(f"newest source {c.newest_source.isoformat()}")
    return "Coverage: " + ", ".join(parts) + "."


def _clean(text: str) -> str:
    """Return text without the control and direction marks that could upset a terminal."""
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)


def display_width(text: str) -> int:
    """Return the number of terminal columns that a text takes.

    >>> display_width("£1"), display_width("語")
    (2, 2)
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _pad(text: str, width: int, column: Column) -> str:
    if display_width(text) > width:
        while text and display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - display_width(text))
    return space + text if column.type in ("integer", "number") else text + space


def _fit(widths: list[int], columns: tuple[Column, ...], total: int) -> list[int]:
    """Narrow text columns until the row fits the terminal, the last ones first.

    What tells rows apart stands first, so it is cut last.
    """
    fitted = list(widths)
    over = sum(fitted) + 2 * (len(fitted) - 1) - total
    for i in reversed([i for i, c in enumerate(columns) if c.type == "text"]):
        least = min(fitted[i], LEAST_TEXT)
        cut = max(0, min(over, fitted[i] - least))
        fitted[i] -= cut
        over -= cut
    return fitted

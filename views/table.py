"""A report on a terminal: aligned columns, then coverage, notes and sources."""

import shutil
import textwrap
import unicodedata

from rehabgraph.queries.report import Column, Report, format_cell, format_pounds, to_plain
from rehabgraph.queries.reports import REPORTS

LEAST_TEXT, LEAST_NAME = 28, 14
"""A text column is not narrowed below this, nor one of short names below that, while a later
column can be left out instead."""
KEPT = 3
"""The first columns, which stay whatever the width."""
MOST_LINES = 3
"""A cell takes at most so many lines; what does not fit into them is cut with `…`."""


def render_table(report: Report, width: int | None = None) -> str:
    """Return a report as aligned text, as wide as the terminal.

    Headings and text that are wider than their column go on below, in at most three lines, and
    are cut with `…` after that; where even that does not fit, the last columns are left out and
    named below. Figures are never cut.
    """
    width = width or shutil.get_terminal_size((120, 40)).columns
    shown, hidden = _choose_columns(report, width)
    grid = [[_clean(c.label) for c in shown]]
    grid += [[_clean(format_cell(r.get(c.name), c)) for c in shown] for r in report.rows]
    widths = _fit(grid, shown, width)
    cut = False
    lines = [_clean(report.title), ""]
    if report.as_of:
        lines[0] += f", as of {report.as_of.day} {report.as_of:%B %Y}"
    for number, row in enumerate(grid):
        columns = zip(row, widths, shown, strict=True)
        most = MOST_LINES if number else 99  # a heading is never cut
        broken = [(_break(text, w, most), w, c) for text, w, c in columns]
        cut = cut or any(display_width(t) > w for parts, w, _ in broken for t in parts)
        cells = [[_pad(t, w, c) for t in parts] for parts, w, c in broken]
        for n in range(max(map(len, cells))):
            parts = [c[n] if n < len(c) else " " * w for c, w in zip(cells, widths, strict=True)]
            lines.append("  ".join(parts).rstrip())
        if number == 0:
            lines.append("  ".join("─" * w for w in widths))
    if not report.rows:
        lines.append("(no rows)")
    lines.append("")
    if hidden:
        names = ", ".join(c.label for c in hidden)
        hint = f"Not shown for want of width: {names} (widen the window, or --format csv)."
        lines += _wrap(hint, width)
    if cut:
        lines += _wrap("Text that ends in … goes on: widen the window, or --format csv.", width)
    for said in describe_report(report):
        lines += _wrap(_clean(said), width)
    if report.sources:
        named = "; ".join(f"{_clean(s.id)}: {_clean(s.title)}" for s in report.sources[:6])
        more = f" and {len(report.sources) - 6} more" if len(report.sources) > 6 else ""
        lines += _wrap(f"Sources: {named}{more}", width)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int) -> list[str]:
    most = max(40, min(width, 100))
    return textwrap.wrap(text, most, subsequent_indent="  ", break_on_hyphens=False)


def _choose_columns(report: Report, width: int) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns that fit in their least width, and the last ones that do not."""
    needed, fits = 0, 0
    for column in report.columns:
        cells = [_clean(format_cell(r.get(column.name), column)) for r in report.rows]
        needed += _least(_clean(column.label), cells, column) + (2 if fits else 0)
        if needed > width and fits >= KEPT:
            break
        fits += 1
    return report.columns[:fits], report.columns[fits:]


def _least(label: str, cells: list[str], column: Column) -> int:
    """Return the width that a column needs at least: its figures whole, its text in a few lines."""
    natural = max(map(display_width, cells), default=0)
    heading = max(map(display_width, label.split()), default=0)
    if column.type == "text":
        words = max((display_width(w) for c in cells for w in c.split()), default=0)
        name = min(max(LEAST_NAME, words), natural)
        natural = min(max(name, -(-natural // MOST_LINES)), LEAST_TEXT)
    return max(natural, min(heading, LEAST_TEXT))


def describe_report(report: Report) -> list[str]:
    """Return what is to be read beside the rows of a report: what was asked, how, notes, coverage.

    Args:
        report: the report.
    """
    asked, is_report = describe_filters(report), report.name in REPORTS
    said = [f"Asked for: {asked}."] if asked else []
    said += [f"Method: {report.method}"] if report.method and is_report else []
    said += [f"Note: {note}" for note in report.notes]
    return said + [c for c in (describe_coverage(report),) if c]


def describe_filters(report: Report) -> str:
    """Return what a report was narrowed to, all rounds included; empty where nothing was said.

    Args:
        report: the report.

    >>> describe_filters(Report("market-share", "Shares", (), (), filters={"lot": ["mentoring"]}))
    'round: all; lot: mentoring'
    """
    said = {k: v for k, v in to_plain(report.filters).items() if v}
    entry = REPORTS.get(report.name)
    if entry and entry.filtered:
        said = {"round": "all", **said}
    return "; ".join(
        f"{k.replace('_', ' ')}: {', '.join(map(str, v)) if isinstance(v, list) else v}"
        for k, v in said.items()
    )


def describe_coverage(report: Report) -> str:
    """Return the coverage of a report in a sentence, or nothing where it has none."""
    c = report.coverage
    if c is None:
        return ""
    parts = [f"{c.rows_known:,} of {c.rows_all:,} priced lines counted whole"]
    if c.pounds_known is not None:
        parts.append(f"{format_pounds(c.pounds_known)} in all")
    if c.pounds_headline:
        parts.append(f"published headline {format_pounds(c.pounds_headline)}")
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


def _break(text: str, width: int, most: int) -> list[str]:
    """Return a text in lines of a width, broken between words; what is too much ends in `…`."""
    lines, rest = [""], text.split(" ")
    for n, word in enumerate(rest):
        longer = f"{lines[-1]} {word}" if n else word
        if display_width(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *rest[n:]])
            break
    return lines


def _pad(text: str, width: int, column: Column) -> str:
    if display_width(text) > width:
        while text and display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    space = " " * (width - display_width(text))
    return space + text if column.type in ("integer", "number") else text + space


def _fit(grid: list[list[str]], columns: tuple[Column, ...], total: int) -> list[int]:
    """Return the widths of columns: narrowed until the row fits the terminal, the last ones first.

    What tells rows apart stands first, so it is narrowed last.
    """
    cells = [list(column) for column in zip(*grid, strict=True)]
    fitted = [max(map(display_width, column)) for column in cells]
    over = sum(fitted) + 2 * (len(fitted) - 1) - total
    for i in reversed(range(len(fitted))):
        least = _least(cells[i][0], cells[i][1:], columns[i])
        cut = max(0, min(over, fitted[i] - least))
        fitted[i] -= cut
        over -= cut
    return fitted

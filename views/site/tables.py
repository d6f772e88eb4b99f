"""A report as blocks of a page: its rows, each leading to its evidence, its notes and sources."""

from collections.abc import Sequence
from datetime import date

from rehabgraph.ontology import ID
from rehabgraph.queries.report import Column, Report, Row, format_cell
from rehabgraph.views.site.content import Block, Cell, Link, Table, plain
from rehabgraph.views.site.site import Site
from rehabgraph.views.table import describe_coverage
from rehabgraph.views.words import format_day


def tabulate_report(site: Site, report: Report, why: str = "", end: str = "") -> Table:
    """Return a report's rows as a table whose names lead to things and whose rows to evidence.

    Args:
        site: the site.
        report: the report.
        why: path of the pages that explain its rows; none when empty.
        end: parameters of those pages.
    """
    heads = [(c.label, c.type in ("integer", "number")) for c in report.columns]
    rows = []
    labels, names = _find_labels(site, report), site.facts.of
    for number, row in enumerate(report.rows, 1):
        cells: list[Cell] = []
        for column in report.columns:
            value = row.get(column.name)
            text = format_day(value) if isinstance(value, date) else format_cell(value, column)
            text = text if text.strip() or not cells else "none"
            target = _lead(site, labels, row, column, text)
            cells.append((Link(site.names(ID + text) if ID + text in names else text, target),))
        if why:
            known = "How do we know" if row.get("ids") else "Why it is empty"
            target = f"{why}/{number}.html{end}"
            cells.append((Link(known, target, f": {name_row(report, row)}"),))
        rows.append((f"row-{number}", tuple(cells)))
    shown = [n for n, _ in enumerate(report.columns) if not _repeats(site, report, rows, n)]
    heads = [heads[n] for n in shown] + ([("Evidence", False)] if why else [])
    last = len(report.columns)
    kept = ((ident, (*(cells[n] for n in shown), *cells[last:])) for ident, cells in rows)
    return Table(tuple(heads), tuple(kept))


def _repeats(
    site: Site, report: Report, rows: Sequence[tuple[str, tuple[Cell, ...]]], at: int
) -> bool:
    """Return whether a column says only what an earlier one says, one of them by ids."""

    def holds_ids(column: Column) -> bool:
        return all(ID + str(row.get(column.name)) in site.facts.of for row in report.rows)

    return bool(rows) and any(
        all(cells[n] == cells[at] for _, cells in rows)
        and (holds_ids(report.columns[n]) or holds_ids(report.columns[at]))
        for n in range(at)
    )


def name_row(report: Report, row: Row) -> str:
    """Return what a row is called: its name, or its first two cells of text."""
    if row.get("name"):
        return str(row["name"])
    texts = [format_cell(row.get(c.name), c) for c in report.columns[:2]]
    return ", ".join(texts) or "a row"


def _find_labels(site: Site, report: Report) -> dict[str, str]:
    """Return name → thing for the things that rows name by an id of a kind in their columns."""
    found: dict[str, str] = {}
    for row in report.rows:
        for thing in row.get("ids", ()):
            found.setdefault(site.names(str(thing)), str(thing))
    return found


def _lead(site: Site, labels: dict[str, str], row: Row, column: Column, text: str) -> str:
    """Return where a cell of text leads: to the thing that it names, if we can tell."""
    if column.type != "text" or not text:
        return ""
    if (short := ID + text) in site.facts.of:
        return site.to(short)
    ids = {str(i) for i in row.get("ids", ())}
    if text in labels and labels[text] in ids:
        return site.to(labels[text])
    own = str(row.get("id") or "")
    if own and column.name == "name":
        for kind in ("organisation", "region", "area", "lot", "round", "policy", "claim", "source"):
            thing = f"{ID}{kind}/{own}"
            if thing in site.facts.of and site.names(thing) == text:
                return site.to(thing)
    first = text.partition(" ")[0]
    if column.name == "place" and f"{ID}source/{first}" in site.facts.of:
        return site.to(f"{ID}source/{first}")
    return ""


def note_report(report: Report, *, method: bool = True) -> list[Block]:
    """Return the notes, coverage and sources of a report as blocks."""
    notes = [report.method if method else "", *report.notes]
    notes.append(describe_coverage(report))
    found = [Block("notes", "What the figures say, and what not", "links",
                   [plain(n) for n in notes if n])]  # fmt: skip
    return [b for b in found if b.data] + show_sources(report)


def show_sources(report: Report) -> list[Block]:
    """Return the sources of a report as a block."""
    links = [(Link(s.title, f"/page/source/{s.id}.html"),) for s in report.sources]
    return [Block("sources", f"Sources ({len(links)})", "links", links)] if links else []

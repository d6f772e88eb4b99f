"""What an import did, as a report: what it understood, what it would not guess, what it adds."""

from collections.abc import Iterable

from rehabgraph.graph.imports.findings import ImportResult
from rehabgraph.graph.imports.workspace import Imported
from rehabgraph.queries.report import Column, Report, Row

COLUMNS = (
    Column("what", "What"),
    Column("about", "About"),
    Column("number", "Number", "integer"),
    Column("sum", "Sum"),
    Column("currency", "Currency"),
    Column("basis", "Tax"),
    Column("words", "In words"),
)
NOTES = (
    "A sum of one currency is never added to another's, and sums with tax, without tax and of "
    "which it is not stated stay apart.",
    "An award to several suppliers has one value; who gets how much of it is not known.",
    "An organisation without an identifier is a thing of its own; proposed matches are proposals.",
    "Market reports stay on the record's own rounds; ask for these awards with report imported.",
)


def report_import(result: ImportResult) -> Report:
    """Return the report of one import, warnings last.

    Args:
        result: what the import did.
    """
    rows: list[Row] = [
        _row("understood", about=c.what, number=c.number, words=c.detail)
        for c in result.counts
        if c.number or c.what in ("processes", "awards", "suppliers of awards")
    ]
    rows += [
        _row("sum of awards", sum=amount, currency=currency or None, basis=basis, number=awards)
        for currency, basis, amount, awards in result.sums
    ]
    rows += [_row(c.state, about=c.contract, words=c.words) for c in result.changes]
    shown = result.findings.shown
    rows += [
        _row("not guessed", about=w.kind, words=str(w), number=result.findings.counts[w.kind])
        for w in shown
    ]
    rows.append(_row("statements", about=_added(result), number=result.quads))
    notes = list(NOTES)
    if more := result.findings.total - len(shown):
        notes.append(f"{more:,} further warnings are counted by kind and not listed.")
    return Report(
        name="import",
        title=f"Import of {', '.join(result.files)}: {result.state}",
        columns=COLUMNS,
        rows=tuple(rows),
        method="Each file read once within limits of size; releases of a process merged by id.",
        notes=tuple(notes),
    )


def _added(result: ImportResult) -> str:
    words = {"already there": "nothing added", "dry run": "would be added"}
    return words.get(result.state, f"added as import {result.key}")


def _row(what: str, **cells: object) -> Row:
    return {"what": what, **{c.name: cells.get(c.name, "") for c in COLUMNS[1:]}, "ids": []}


def report_import_list(imports: Iterable[Imported]) -> Report:
    """Return the imports of a store, oldest first.

    Args:
        imports: as the store's manifest has them.
    """
    rows = [
        {
            "key": one.key,
            "kind": one.kind,
            "files": ", ".join(one.files),
            "time": one.time,
            "statements": one.quads,
            "version": one.version,
            "ids": [one.graph],
        }
        for one in imports
    ]
    return Report(
        name="imports",
        title="Imports of this store",
        columns=(
            Column("key", "Key"),
            Column("kind", "Kind"),
            Column("files", "Files"),
            Column("time", "Time"),
            Column("statements", "Statements", "integer"),
            Column("version", "Version"),
        ),
        rows=tuple(rows),
        method="Each import is one named graph of the store.",
    )

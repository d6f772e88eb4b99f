"""Decisions about organisations in a store of imports: kept as a table, folded into the store.

    DIR/judgements.csv    the decisions, one a line; it outlives every import
    …/dataset/judgements  their named graph, written anew into each generation

A decision about an organisation that is not in the store stays in the table and waits.
"""

import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.build import write_file
from rehabgraph.graph.imports.quads import QuadWriter, rg, thing
from rehabgraph.graph.judgement_rows import FILE, JudgementRow, read_rows, render_rows
from rehabgraph.ontology import BASE, ID, PREFIXES

if TYPE_CHECKING:
    from rehabgraph.graph.imports.workspace import Workspace

GRAPH = BASE + "dataset/judgements"
DECISIONS = "decisions"
"""Id of the source that a decision has where the user names no other."""
_COMMENT = PREFIXES["rdfs"] + "comment"


class StoreJudgements:
    """Decisions kept in a store of imports."""

    joins_rows = False

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self.path = workspace.folder / FILE

    def __str__(self) -> str:
        """Return where they are kept."""
        return str(self.path)

    def ids(self) -> frozenset[str]:
        """Return the ids of the decisions."""
        return frozenset(row.id for row in read_rows(self.path))

    def waiting(self) -> list[JudgementRow]:
        """Return decisions that the store may not hold yet, as when a review was cut short."""
        return read_rows(self.path)

    def keep(self, add: Sequence[JudgementRow], drop: Collection[str] = ()) -> None:
        """Add decisions to the table and take others out; `settle` folds them into the store.

        Raises:
            InvalidData: the table is damaged.
            StoreError: the store cannot be written, or an import is at work there.
        """
        with self._workspace.work():
            rows = [row for row in read_rows(self.path) if row.id not in drop]
            write_file(self.path, render_rows([*rows, *add]).encode())

    def settle(self) -> None:
        """Make the next generation of the store, with the decisions as they are now."""
        with self._workspace.work() as work:
            self._workspace.commit(work)


def fold_judgements(store: Path, folder: Path) -> int:
    """Write the decisions of a folder into a store, in place of those it held.

    Args:
        store: the store on disk, not yet in use.
        folder: the workspace.

    Returns:
        How many decisions are in force; the others name organisations that are not there.
    """
    from pyoxigraph import NamedNode, RdfFormat, Store

    opened = Store(str(store))
    opened.remove_graph(NamedNode(GRAPH))
    rows = [row for row in read_rows(folder / FILE) if _is_there(opened, row)]
    if rows:
        out = io.StringIO()
        write = QuadWriter(out, GRAPH)
        _write_source(write)
        for row in rows:
            _write_row(write, row)
        opened.bulk_load(out.getvalue().encode(), format=RdfFormat.N_QUADS)
    opened.flush()
    del opened
    return len(rows)


def _is_there(store: Any, row: JudgementRow) -> bool:  # noqa: ANN401
    from pyoxigraph import NamedNode

    a, party = NamedNode(PREFIXES["rdf"] + "type"), NamedNode(rg("Organisation"))
    return all(
        next(store.quads_for_pattern(NamedNode(ID + short), a, party, None), None) is not None
        for short in (row.subject, row.object)
    )


def _write_source(write: QuadWriter) -> None:
    source = thing("source", DECISIONS)
    write.node(source, "Source", "Decisions recorded in this store")
    write.link(source, PREFIXES["dcterms"] + "type", thing("source-kind", "statement"))
    write.text(source, PREFIXES["dcterms"] + "rights", "not stated")
    write.text(source, PREFIXES["schema"] + "url", write.graph, "anyURI")
    write.text(source, rg("publisherName"), "the user of this store")


def _write_row(write: QuadWriter, row: JudgementRow) -> None:
    judgement = thing("judgement", row.id)
    write.node(judgement, "Judgement")
    write.link(judgement, rg("judgementKind"), thing("judgement-kind", row.kind))
    write.link(judgement, rg("subject"), ID + row.subject)
    write.link(judgement, rg("object"), ID + row.object)
    write.text(judgement, rg("asPrinted"), row.as_printed)
    write.text(judgement, rg("readAs"), row.read_as)
    write.text(judgement, _COMMENT, row.reason)
    printed = row.printed.split("|")
    write.cite(judgement, thing("source", row.source), row.locator, printed)

"""Any report again with a judgement switched off, and what that moves.

A judgement is a decision of ours: that a printed name means an organisation, that a heading
counts as eight contracts, that a body is believed to be a charity. Switching one off undoes it in
a copy of the dataset in memory, derives again what the rules derive, and runs the same report.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import UnknownName
from rehabgraph.ontology import DERIVED, ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.undo import Judgement, undo_judgement

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

JUDGEMENTS = (
    PREFIXES
    + """SELECT ?judgement ?kind ?subject ?object ?printed ?read ?reason WHERE {
  ?judgement a rg:Judgement ; rg:judgementKind ?k ; rg:subject ?subject ; rdfs:comment ?reason .
  ?k skos:notation ?kind .
  OPTIONAL { ?judgement rg:object ?object } OPTIONAL { ?judgement rg:asPrinted ?printed }
  OPTIONAL { ?judgement rg:readAs ?read }
} ORDER BY ?judgement ?object"""
)


def report_without(
    graph: "Graph", report: Report, run: "Callable[[Graph], Report]", ids: str | Sequence[str]
) -> Report:
    """Return a report with judgements switched off, beside what it says with them.

    Args:
        graph: the graph.
        report: the report as it is.
        run: makes the same report from another graph.
        ids: ids of judgements, as `why` and `list judgements` show them.

    Returns:
        The report without them. Each column that moves is followed by what it says with them,
        and `moves` says of each row whether it is changed, the same, new, or gone.

    Raises:
        UnknownName: no judgement has that id.
    """
    wanted = read_judgements(graph, [ids] if isinstance(ids, str) else list(ids))
    edits = {j.id: undo_judgement(j) for j in wanted}
    idle = [j for j in wanted if not edits[j.id]]
    done = [j for j in wanted if edits[j.id]]
    filters = {**report.filters, "without_judgement": [j.id for j in wanted]}
    notes = [
        f"Judgement {j.id} ({j.kind}) cannot be undone here: the tables hold no alternative to it."
        for j in idle
    ]
    if not done:
        return replace(report, filters=filters, notes=(*notes, *report.notes))
    changed = run(_copy_without(graph, [text for j in done for text in edits[j.id]]))
    compared, moved = compare_reports(report, changed, [f"{ID}judgement/{j.id}" for j in done])
    for j in done:
        read = f" “{j.printed}” is not read as “{j.read}”:" if j.printed and j.read else ""
        notes.append(
            f"Without judgement {j.id} ({j.kind}):{read} the reason for it was: {j.reason}"
        )
    if moved:
        notes.append(
            f"{moved} of {len(compared.rows)} rows move; “with it” is the report as it stands."
        )
    else:
        notes.append("No figure of this report moves.")
    return replace(
        compared,
        title=f"{report.title}, without judgement {', '.join(j.id for j in wanted)}",
        filters=filters,
        notes=(*notes, *changed.notes),
    )


def read_judgements(graph: "Graph", ids: Sequence[str]) -> list[Judgement]:
    """Return the judgements of those ids.

    Raises:
        UnknownName: one of them is none; the message lists the nearest.
    """
    known = {
        row["judgement"].id: Judgement(
            row["judgement"].id,
            str(row["kind"]),
            str(row["subject"]),
            str(row["object"] or ""),
            str(row["printed"] or ""),
            str(row["read"] or ""),
            str(row["reason"]),
        )
        for row in graph.store.select(JUDGEMENTS)
    }
    found = []
    for id_ in ids:
        short = id_.removeprefix(ID).removeprefix("judgement/")
        if short not in known:
            near = get_close_matches(short, known, n=3, cutoff=0.4)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise UnknownName(f"no judgement {id_!r}{hint} (list judgements shows all)")
        found.append(known[short])
    return found


def compare_reports(
    before: Report, after: Report, judged: Sequence[str] = ()
) -> tuple[Report, int]:
    """Return the second report with what the first says beside it, and how many rows move.

    Rows are matched by `id`, or by their first column where they have none.
    """
    first = before.columns[0].name

    def by_key(report: Report) -> dict[str, dict[str, Any]]:
        return {str(row.get("id", row.get(first))): dict(row) for row in report.rows}

    old, new = by_key(before), by_key(after)
    names = [c.name for c in after.columns]
    known = {c.name: c for c in (*before.columns, *after.columns)}
    names += [c.name for c in before.columns if c.name not in names]
    moving = {
        name
        for key in old.keys() & new.keys()
        for name in names
        if not _same(old[key].get(name), new[key].get(name))
    }
    moving |= {
        name
        for key in old.keys() - new.keys()
        for name in names
        if known[name].type in ("integer", "number") and old[key].get(name) is not None
    }
    rows = []
    for key in [*new, *(k for k in old if k not in new)]:
        was, now = old.get(key), new.get(key)
        row = dict(now or {first: (was or {}).get(first), "id": key})
        same = was is not None and now is not None
        row["moves"] = "new" if was is None else "gone" if now is None else "same"
        if same and any(not _same((was or {}).get(n), (now or {}).get(n)) for n in moving):
            row["moves"] = "changed"
        row |= {f"{name}_with": (was or {}).get(name) for name in names if name in moving}
        ids = [*(now or {}).get("ids", ()), *(was or {}).get("ids", ())]
        row["ids"] = list(dict.fromkeys([*ids, *(judged if row["moves"] != "same" else ())]))
        rows.append(row)
    columns: list[Column] = []
    for name in names:
        column = known[name]
        columns.append(column)
        if name in moving:
            label = f"{column.label}, with it"
            columns.append(replace(column, name=f"{name}_with", label=label))
        if name == first:
            columns.append(Column("moves", "Moves"))
    moved = sum(1 for row in rows if row["moves"] != "same")
    return replace(after, columns=tuple(columns), rows=tuple(rows)), moved


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return one == other


def _copy_without(graph: "Graph", updates: Sequence[str]) -> "Graph":
    """Return a graph in memory from which updates have taken something, derived anew."""
    from pyoxigraph import NamedNode, RdfFormat, Store

    from rehabgraph.graph.build import run_rules
    from rehabgraph.graph.store import OxigraphStore
    from rehabgraph.queries.graph import Graph

    if graph.unmerged is not None:
        from rehabgraph.queries.identity.merge import copy_merged

        return Graph(copy_merged(graph.unmerged, updates), unmerged=graph.unmerged)
    store = Store()
    store.bulk_load("".join(graph.store.quads()).encode(), format=RdfFormat.N_QUADS)
    store.clear_graph(NamedNode(DERIVED))
    for text in updates:
        store.update(PREFIXES + text)
    run_rules(store)
    return Graph(OxigraphStore(store))

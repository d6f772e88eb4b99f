"""Rows of the tables that are judged one organisation, made one in a copy of the graph.

The tables keep both rows, and the judgement says why they are one. When such tables are opened,
the graph is copied into memory, the one row takes the place of the other wherever that is named,
and the rules are run again: so every report, question and picture says the same.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import DERIVED
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.identity.same import Identity, is_recorded, read_identity

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report

_PAIRS = "<https://w3id.org/rehabgraph/id/judgement-kind/same-as>, "
_PAIRS += "<https://w3id.org/rehabgraph/id/judgement-kind/not-same-as>"
_MERGE = (
    """DELETE {{ GRAPH ?g {{ ?s ?p <{other}> }} }} INSERT {{ GRAPH ?g {{ ?s ?p <{kept}> }} }}
WHERE {{ GRAPH ?g {{ ?s ?p <{other}> }}
  FILTER NOT EXISTS {{ GRAPH ?h {{ ?s rg:judgementKind ?k }} FILTER (?k IN ({pairs})) }} }}""",
    """INSERT {{ GRAPH ?g {{ <{kept}> skos:altLabel ?name }} }}
WHERE {{ GRAPH ?g {{ <{other}> rdfs:label|rg:legalName ?name }} }}""",
    """INSERT {{ GRAPH ?g {{ <{kept}> ?p ?o }} }} WHERE {{ GRAPH ?g {{ <{other}> ?p ?o }}
  FILTER (?p IN (rg:identifier, rg:mojCode, rg:citation, skos:altLabel)) }}""",
    "DELETE WHERE {{ GRAPH ?g {{ <{other}> ?p ?o }} }}",
)


def merge_judged(graph: "Graph") -> "Graph":
    """Return a graph in which rows of the tables that are judged one are one.

    Args:
        graph: the graph as the tables make it; returned as it is where no two rows are one.
    """
    from rehabgraph.queries.graph import Graph

    if not _joined_rows(read_identity(graph.store, joins_rows=True)):
        return graph
    return Graph(copy_merged(graph.store), unmerged=graph.store)


def note_merged(graph: "Graph", report: "Report") -> "Report":
    """Return a report with the judgements in its notes by which rows of the tables are one."""
    identity = read_identity(graph.store)
    new = [note for note in identity.notes(identity.joined()) if note not in report.notes]
    return report.with_notes(*new)


def copy_merged(base: "Store", updates: Sequence[str] = ()) -> "Store":
    """Return a copy in memory with updates done, rows that are then one merged, and the rules run.

    Args:
        base: the store as the tables make it.
        updates: SPARQL updates that are done first.
    """
    from pyoxigraph import NamedNode, RdfFormat
    from pyoxigraph import Store as Oxigraph

    from rehabgraph.graph.build import run_rules
    from rehabgraph.graph.store import OxigraphStore

    raw: Any = Oxigraph()
    raw.bulk_load("".join(base.quads()).encode(), format=RdfFormat.N_QUADS)
    raw.clear_graph(NamedNode(DERIVED))
    for text in updates:
        raw.update(PREFIXES + text)
    copied = OxigraphStore(raw)
    for other, kept in sorted(_joined_rows(read_identity(copied, joins_rows=True)).items()):
        for text in _MERGE:
            raw.update(PREFIXES + text.format(kept=kept, other=other, pairs=_PAIRS))
    run_rules(raw)
    return copied


def _joined_rows(identity: Identity) -> dict[str, str]:
    """Return each row of the tables that is one with another → that other."""
    return {
        other: kept
        for other, kept in identity.joined().items()
        if is_recorded(other) and is_recorded(kept) and other not in identity.gone
    }

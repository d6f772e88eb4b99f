"""What a server is: its graphs, whether it joins them, and where it departs from SPARQL 1.1.

A few small queries with known answers, asked once for each server and process. Never an empty
answer for want of a graph: a server that does not ask the graphs it is told to ask is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rehabgraph.graph.endpoint.results import IRI_BREAKERS, XSD, Table
from rehabgraph.graph.errors import StoreError
from rehabgraph.ontology import BASE

CUT_FRACTIONS = "fractions are cut short"
LOADING = BASE + "loading/"
"""Addresses of graphs that are only there while a dataset is being loaded."""
SYSTEM = (
    "http://www.openlinksw.com/",
    "http://www.w3.org/ns/ldp#",
    "http://localhost:8890/",
    "http://localuriqaserver/",
    "http://www.w3.org/2002/07/owl#",
    "urn:virtuoso:",
    "virtrdf-label",
)
"""Beginnings of the addresses of graphs that are a server's own."""
GRAPHS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
SINGLE = (
    "SELECT (COUNT(*) AS ?n) WHERE { { SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } } } }"
)
PROBE = f"""SELECT ?third ?same ?before WHERE {{
  BIND ("1"^^<{XSD}double> / "3"^^<{XSD}double> AS ?third)
  BIND (("a" = "a") AS ?same)
  BIND (("2021-06-26"^^<{XSD}date> <= "2021-07-01"^^<{XSD}date>) AS ?before)
}}"""
Ask = Callable[[str, Sequence[str]], tuple[Table, str]]
"""Asks a SELECT of the given graphs, or of the server's own choice; answers with its name too."""


@dataclass(frozen=True, slots=True)
class Server:
    """What is known of a server.

    Attributes:
        name: what it calls itself.
        graphs: the named graphs that are asked; empty when all stands in the default graph.
        size: how many statements they hold together.
        departures: where it departs from SPARQL 1.1, in words; empty for none.
    """

    name: str
    graphs: tuple[str, ...]
    size: int
    departures: tuple[str, ...] = ()


def look_at_server(where: str, ask: Ask) -> Server:
    """Return what a server is.

    Args:
        where: its address, for messages.
        ask: asks it.

    Raises:
        StoreError: it holds nothing, or does not ask the graphs that it is told to ask.
    """
    name, departures = _find_departures(ask)
    counts = {
        g[1]: int(n[1])
        for g, n in ask(GRAPHS, ())[0].rows
        if g and n and _is_graph(g) and n[1].isdecimal() and not g[1].startswith(LOADING)
    }
    ours = sorted(g for g in counts if g.startswith(BASE))
    graphs = tuple(ours or sorted(g for g in counts if not g.startswith(SYSTEM)))
    if not graphs:
        size = _number(ask(COUNT, ())[0])
        if size == 0 or counts:
            raise StoreError(
                f"{where}: the server holds nothing of ours; "
                "fill it with: rehabgraph --endpoint … load"
            )
        return Server(name, (), size, departures)
    _check_union(where, ask, sum(counts[g] for g in graphs), graphs)
    return Server(name, graphs, sum(counts[g] for g in graphs), departures)


def _is_graph(cell: tuple[str, str, str, str]) -> bool:
    """Return whether a cell is an address that can stand in a query."""
    return cell[0] == "uri" and ":" in cell[1] and IRI_BREAKERS.search(cell[1]) is None


def _find_departures(ask: Ask) -> tuple[str, tuple[str, ...]]:
    """Return a server's name, and where the answer to the probe is not what it should be."""
    table, said = ask(PROBE, ())
    name = "".join(c for c in said if c.isprintable())[:80]
    row = dict(zip(table.variables, table.rows[0], strict=True)) if table.rows else {}
    third, same, before = (row.get(key) for key in ("third", "same", "before"))
    found = []
    if re.search("virtuoso", name, re.IGNORECASE):
        found.append("it is a Virtuoso")
    if third is None or (not third[1].startswith("0.333333333") and "3.33333333" not in third[1]):
        found.append(CUT_FRACTIONS)
    if same is None or same[2] != XSD + "boolean":
        found.append("truths come as numbers")
    if before is None or (before[1] != "true" and before[1] != "1"):
        found.append("dates are compared wrongly")
    return name, tuple(found)


def _check_union(where: str, ask: Ask, total: int, graphs: Sequence[str]) -> None:
    """Refuse a server that asks others than the graphs that it is told to ask, or not all of them.

    A statement of two graphs may count once or, as in a store here, twice.
    """
    seen = _number(ask(COUNT, graphs)[0])
    if seen == total:
        return
    single = _number(ask(SINGLE, graphs)[0])
    if seen != single:
        raise StoreError(
            f"{where}: the server does not ask the graphs that it is told to (default-graph-uri): "
            f"it sees {seen:,} of {single:,} statements; start it with the union of its graphs as "
            "default"
        )


def _number(table: Table) -> int:
    cell = table.rows[0][0] if table.rows and table.rows[0] else None
    if cell is None or not cell[1].isdecimal():
        raise StoreError("the server does not count: COUNT gives no number")
    return int(cell[1])

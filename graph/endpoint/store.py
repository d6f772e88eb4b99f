"""A SPARQL 1.1 server as a store.

Questions are asked of the server itself. A server that departs from SPARQL 1.1, as Virtuoso 7 does,
is read whole instead, counted, and the questions are answered from the copy. If it is too large
for that it is asked only what it is known to answer rightly; order, limit and DISTINCT we apply
ourselves, and everything else is refused.
"""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from rehabgraph.graph.endpoint.asking import JSON, TRIPLES, Cut, Endpoint, Pages
from rehabgraph.graph.endpoint.results import XSD, Cell, Table, to_term
from rehabgraph.graph.endpoint.server import COUNT, CUT_FRACTIONS
from rehabgraph.graph.endpoint.shape import Shape, read_shape, sort_rows
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.store import OxigraphStore, Solution, open_memory

COPY_QUADS = 500_000
"""Statements of a departing server that are copied; of more, what is in doubt is refused."""
_BINARY = (XSD + "double", XSD + "float")
PAGE = 100_000
"""Statements that are asked for at once; a server may give fewer."""


class EndpointStore(Endpoint):
    """A store behind an address.

    Attributes:
        path: None: no folder of this machine.
    """

    path: Path | None = None
    _copy: OxigraphStore | None = None

    def graphs(self) -> tuple[str, ...]:
        """Return the addresses of the named graphs that are asked."""
        return self.server.graphs

    def select(self, query: str) -> list[Solution]:
        """Return the rows of a SELECT query, each variable's value by its name."""
        shape = read_shape(query)
        if not self.server.departures:
            return self.read_whole(shape, query).to_solutions()
        if (copy := self._stand_in(shape)) is not None:
            return copy.select(query)
        table = self.read_whole(shape, f"{shape.prologue} {shape.body}")
        self._check_fractions(table.rows)
        cells = list(dict.fromkeys(table.rows)) if shape.distinct else table.rows
        rows = sort_rows(Table(table.variables, cells).to_solutions(), shape.order or ())
        last = None if shape.limit is None else shape.offset + shape.limit
        return rows[shape.offset : last]

    def ask(self, query: str) -> bool:
        """Return the answer of an ASK query."""
        if self.server.departures and (copy := self._stand_in(read_shape(query))) is not None:
            return copy.ask(query)
        return self.read_truth(self.post(query, JSON))

    def construct(self, query: str) -> list[str]:
        """Return the triples of a CONSTRUCT or DESCRIBE query as sorted N-Triples lines."""
        if self.server.departures and (copy := self._stand_in(read_shape(query))) is not None:
            return copy.construct(query)
        return self.read_triples(self.post(query, TRIPLES))

    def load(self, lines: Iterable[str]) -> None:
        """Add N-Quads lines to their named graphs.

        Raises:
            StoreError: the server does not let us write, or did not keep all.
        """
        from rehabgraph.graph.endpoint.load import add_quads

        add_quads(self, lines)

    def size(self) -> int:
        """Return the number of quads."""
        if self._copy is not None:
            return self._copy.size()
        return sum(self._count(graph) for graph in self.graphs() or ("",))

    def quads(self) -> Iterator[str]:
        """Yield every quad as an N-Quads line, graph by graph and page by page.

        Raises:
            StoreError: the server's pages do not make up what it counts.
        """
        if self._copy is not None:
            yield from self._copy.quads()
            return
        for graph in self.graphs() or ("",):
            end = f" <{graph}> .\n" if graph else " .\n"
            pattern = "?s ?p ?o"
            inside = f"GRAPH <{graph}> {{ {pattern} }}" if graph else pattern
            query = f"SELECT ?s ?p ?o WHERE {{ {inside} }}"
            total = self._count(graph)
            if total <= PAGE:
                rows = self.read_whole(read_shape(query), query).rows
            else:
                rows = self.read_pages(Pages(read_shape(query), ("s", "p", "o"), PAGE), total)
            if len(rows) != total:
                raise Cut(f"{self.address}: {len(rows):,} of {total:,} statements came; ask again")
            self._check_fractions(rows)
            for row in rows:
                yield " ".join(map(to_term, row)) + end

    def describe(self) -> str:
        """Return which server this is, and whether it is asked itself, in a sentence."""
        server, graphs = self.server, len(self.graphs())
        where = f"{self.address} ({server.name}), {graphs} named graphs"
        if not server.departures:
            return f"Asked of {where}."
        how = "its statements are copied and asked here"
        if server.size > COPY_QUADS:
            how = "it is asked only what it answers rightly"
        return (
            f"From {where}. The server departs from SPARQL 1.1 ({', '.join(server.departures)}): "
            f"{how}."
        )

    def copy(self) -> OxigraphStore:
        """Return a copy of the server's statements in memory, read whole and made once.

        Raises:
            StoreError: there are too many, or they cannot be read whole.
        """
        if self._copy is None:
            if (size := self.server.size) > COPY_QUADS:
                raise StoreError(
                    f"{self.address}: {size:,} statements are more than the {COPY_QUADS:,} that "
                    "are copied from a server that departs from SPARQL 1.1; ask another server"
                )
            self._copy = open_memory(self.quads())
        return self._copy

    def _stand_in(self, shape: Shape) -> OxigraphStore | None:
        """Return what answers for a departing server; None where it can be asked itself.

        Raises:
            StoreError: it is too large to copy, and would answer wrongly.
        """
        if self.server.size <= COPY_QUADS:
            return self.copy()
        if shape.doubts:
            raise StoreError(
                f"{self.address}: not asked, for {self.server.name} may answer this wrongly "
                f"({', '.join(shape.doubts[:3])}), and its {self.server.size:,} statements are "
                f"more than the {COPY_QUADS:,} that are copied for it; ask another server"
            )
        return None

    def within(self, seconds: float, most: int) -> "EndpointStore":
        """Return the same store for one question, to be answered in this time and size.

        The time begins now and counts for all requests that the question takes.
        """
        other = EndpointStore(self.address.url, self.client.credentials, seconds=seconds, most=most)
        other.client.until = time.monotonic() + seconds
        other._copy = self._copy
        return other

    def _check_fractions(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Refuse statements whose fractions the server gives only in part."""
        if CUT_FRACTIONS in self.server.departures and any(
            cell and cell[2] in _BINARY for row in rows for cell in row
        ):
            raise StoreError(
                f"{self.address}: it holds fractions (xsd:double) and gives only the first digits "
                "of them; write them as xsd:decimal, or ask another server"
            )

    def _count(self, graph: str) -> int:
        query = COUNT
        if graph:
            query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return self.read_number(query)

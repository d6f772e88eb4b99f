"""A dataset cut into pieces that a server takes in one request each."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rehabgraph.graph.errors import StoreError

PIECE_QUADS = 500
PIECE_BYTES = 96 * 1024
"""Size of one request: a Virtuoso takes no more than about a thousand statements in one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Statements of one graph that go in one request, as N-Triples lines, and their hash."""

    graph: str
    lines: tuple[str, ...]
    key: str


def cut_pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """Yield a dataset in pieces of one graph each, in the order of graphs and lines.

    Statements that share a node without an address stay together.

    Raises:
        StoreError: a line is no statement or names no graph; or too many share such a node.
    """
    by_graph: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    homes: dict[str, str] = {}
    for graph, line, blanks in _read_lines(lines):
        for blank in blanks:
            if homes.setdefault(blank, graph) != graph:
                raise StoreError("a node without an address stands in two graphs; give it one")
        by_graph.setdefault(graph, []).append((line, blanks))
    for graph in sorted(by_graph):
        piece: list[str] = []
        size = 0
        for group in _group(by_graph[graph]):
            more = sum(len(line) for line in group)
            if len(group) > PIECE_QUADS * 2 or more > PIECE_BYTES * 10:
                raise StoreError(
                    f"<{graph}>: {len(group):,} statements hang together by nodes without an "
                    "address, or are too long; give the nodes addresses"
                )
            if piece and (len(piece) + len(group) > PIECE_QUADS or size + more > PIECE_BYTES):
                yield _piece(graph, piece)
                piece, size = [], 0
            piece += group
            size += more
        if piece:
            yield _piece(graph, piece)


def _read_lines(lines: Iterable[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield graph, statement and its nodes without an address, each statement once."""
    from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

    seen: set[str] = set()
    for line in lines:
        if line in seen:
            continue
        seen.add(line)
        try:
            for quad in parse(line.encode(), format=RdfFormat.N_QUADS):
                if not isinstance(quad.graph_name, NamedNode):
                    raise StoreError(f"a statement names no graph: {line.strip()[:120]}")
                ends = (quad.subject, quad.object)
                blanks = tuple(str(e) for e in ends if isinstance(e, BlankNode))
                yield quad.graph_name.value, f"{quad.triple} .", blanks
        except SyntaxError as e:
            raise StoreError(f"not a line of N-Quads: {line.strip()[:120]}") from e


def _group(lines: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[list[str]]:
    """Yield lines alone, and those that share nodes without an address together."""
    leader: dict[str, str] = {}

    def find(node: str) -> str:
        while leader.setdefault(node, node) != node:
            node = leader[node]
        return node

    for _, blanks in lines:
        for blank in blanks:
            leader[find(blank)] = find(blanks[0])
    groups: dict[str, list[str]] = {}
    for line, blanks in lines:
        if blanks:
            groups.setdefault(find(blanks[0]), []).append(line)
        else:
            yield [line]
    yield from groups.values()


def _piece(graph: str, lines: Sequence[str]) -> Piece:
    key = hashlib.sha256("\n".join((graph, *lines)).encode()).hexdigest()[:32]
    return Piece(graph, tuple(lines), key)

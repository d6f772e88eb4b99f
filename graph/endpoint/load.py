"""Put a dataset into a SPARQL server: in bounded pieces, resumable, replacing graph by graph.

The pieces go into graphs of their own beside those that are read. Only when the server has every
statement, by its own count, do they take the place of the old graphs, in one request. A load that
was broken off leaves the old graphs as they were, and goes on where it stopped when run again.

Source: https://www.w3.org/TR/sparql11-update/
"""

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.endpoint.address import Address, read_address
from rehabgraph.graph.endpoint.asking import JSON, words_of
from rehabgraph.graph.endpoint.pieces import Piece, cut_pieces
from rehabgraph.graph.endpoint.results import XSD, to_value
from rehabgraph.graph.endpoint.server import LOADING
from rehabgraph.graph.endpoint.transport import Lost
from rehabgraph.graph.errors import StoreError

if TYPE_CHECKING:
    from rehabgraph.graph.endpoint.store import EndpointStore

_DONE = LOADING + "done"
_UPDATE = "application/sparql-update"
_WHOLE = re.compile(rf'"([+-]?[0-9]+)"\^\^<{XSD}decimal>')


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did.

    Attributes:
        counts: statements by named graph.
        pieces: requests that the dataset was cut into.
        resumed: pieces that were there already, from a load that was broken off.
        dropped: graphs of other loads that were broken off, now removed.
    """

    counts: Mapping[str, int]
    pieces: int
    resumed: int
    dropped: int


def read_dataset(file: str | None) -> Iterator[str]:
    """Yield the N-Quads lines of a file, or of the packaged data.

    Raises:
        StoreError: the file cannot be read, or is neither N-Quads nor TriG.
    """
    if file is None:
        from rehabgraph.graph.build import NQUADS, open_built

        file = str(open_built() / NQUADS)
    path = Path(file)
    try:
        if path.suffix.lower() == ".trig":
            yield from _read_trig(path)
        else:
            with path.open(encoding="utf-8") as lines:
                yield from (line for line in lines if line.strip() and not line.startswith("#"))
    except OSError as e:
        raise StoreError(f"{file}: cannot be read ({e.strerror})") from e
    except UnicodeDecodeError as e:
        raise StoreError(f"{file}: not a text in UTF-8") from e


def _read_trig(path: Path) -> Iterator[str]:
    from pyoxigraph import RdfFormat, parse

    try:
        for quad in parse(path=str(path), format=RdfFormat.TRIG):
            yield f"{quad} .\n"
    except SyntaxError as e:
        raise StoreError(f"{path}: {' '.join(str(e).split())[:200]}") from e


def load_dataset(store: "EndpointStore", lines: Iterable[str], update: str | None = None) -> Loaded:
    """Replace the named graphs of a server by those of a dataset.

    Args:
        store: the server.
        lines: N-Quads lines; every statement stands in a named graph.
        update: address that takes updates; guessed from the server's own when left out.

    Raises:
        StoreError: the server takes no updates or did not keep every statement, or a line is
            none; the graphs that were there are as they were.
    """
    named = read_address(update) if update else None
    pieces = list(cut_pieces(lines))
    if not pieces:
        raise StoreError("nothing to load: the dataset holds no statement")
    where = named or guess_update(store)
    whole = hashlib.sha256("".join(p.key for p in pieces).encode()).hexdigest()[:16]
    graphs = sorted({p.graph for p in pieces})
    stages = {graph: f"{LOADING}{whole}/{number}" for number, graph in enumerate(graphs)}
    there = _read_marks(store, stages.values())
    dropped = _drop_others(store, where, set(stages.values()))
    counts = dict.fromkeys(graphs, 0)
    resumed = 0
    for number, piece in enumerate(pieces, 1):
        counts[piece.graph] += len(piece.lines)
        if piece.key in there:
            resumed += 1
            continue
        _put(store, where, piece, stages[piece.graph])
        if sys.stderr.isatty():
            print(f"\r{number:,} of {len(pieces):,} pieces", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r", end="\x1b[K", file=sys.stderr)
    for graph, stage in stages.items():
        marks = sum(p.graph == graph for p in pieces)
        kept = _count(store, stage) - marks
        if kept != counts[graph]:
            _update(store, where, "; ".join(f"DROP SILENT GRAPH <{s}>" for s in stages.values()))
            raise StoreError(
                f"{where}: of {counts[graph]:,} statements for <{graph}> the server kept {kept:,}; "
                "its graphs are as they were"
            )
    steps = [f"DELETE WHERE {{ GRAPH <{s}> {{ <{s}> <{_DONE}> ?o }} }}" for s in stages.values()]
    steps += [f"MOVE GRAPH <{stage}> TO GRAPH <{graph}>" for graph, stage in stages.items()]
    _update(store, where, " ;\n".join(steps))
    store.forget()
    for graph, count in counts.items():
        if (kept := _count(store, graph)) != count:
            raise StoreError(f"{where}: <{graph}> has {kept:,} of {count:,} statements; load again")
    return Loaded(counts, len(pieces), resumed, dropped)


def add_quads(store: "EndpointStore", lines: Iterable[str]) -> None:
    """Add N-Quads lines to the named graphs of a server, keeping what is there."""
    where = guess_update(store)
    for piece in cut_pieces(lines):
        _update(store, where, _insert(store, piece.graph, piece.lines))
    store.forget()


def guess_update(store: "EndpointStore") -> Address:
    """Return the address that takes a server's updates, by what its kind uses."""
    own = store.address
    path, mark, query = own.target.partition("?")
    if path.endswith("/query"):
        path = path.removesuffix("query") + "update"
    elif path.endswith("/sparql") and store.is_virtuoso():
        path += "-auth"
    return Address(own.scheme, own.host, own.port, path + mark + query)


def _insert(store: "EndpointStore", graph: str, lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    if store.is_virtuoso():  # it makes integers of whole decimals that have no point
        text = _WHOLE.sub(rf'"\1.0"^^<{XSD}decimal>', text)
    # not INSERT DATA: a Virtuoso 7 takes no nodes without an address there
    return f"INSERT {{ GRAPH <{graph}> {{\n{text}\n}} }} WHERE {{}}"


def _put(store: "EndpointStore", where: Address, piece: Piece, stage: str) -> None:
    """Put a piece and its mark into a graph; look for the mark when the connection breaks."""
    mark = f'<{stage}> <{_DONE}> "{piece.key}" .'
    for attempt in range(3):
        try:
            _update(store, where, _insert(store, stage, (*piece.lines, mark)))
            return
        except Lost:
            if piece.key in _read_marks(store, [stage]):
                return
            if attempt == 2:
                raise


def _update(store: "EndpointStore", where: Address, text: str) -> None:
    reply = store.client.post(where, text.encode(), _UPDATE, "*/*", repeat=False)
    if not 200 <= reply.status < 300:
        raise StoreError(
            f"{where}: the update was refused (status {reply.status}): {words_of(reply)}; "
            "name the address that takes updates with --update-endpoint"
        )


def _read_marks(store: "EndpointStore", stages: Iterable[str]) -> set[str]:
    """Return the marks of the pieces that are there already."""
    found: set[str] = set()
    for stage in stages:
        query = f"SELECT ?o WHERE {{ GRAPH <{stage}> {{ <{stage}> <{_DONE}> ?o }} }}"
        table = store.read_table(store.post(query, JSON, (), ()))
        found |= {str(to_value(row[0])) for row in table.rows}
    return found


def _drop_others(store: "EndpointStore", where: Address, ours: set[str]) -> int:
    """Remove what other loads left when they were broken off; return how many graphs."""
    query = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?g <{_DONE}> ?o }} }}"
    rows = store.read_table(store.post(query, JSON, (), ())).rows
    left = sorted({r[0][1] for r in rows if r[0] and r[0][1].startswith(LOADING)} - ours)
    if left:
        _update(store, where, " ;\n".join(f"DROP SILENT GRAPH <{graph}>" for graph in left))
    return len(left)


def _count(store: "EndpointStore", graph: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    number = to_value(store.read_table(store.post(query, JSON, (), ())).rows[0][0])
    return int(number)

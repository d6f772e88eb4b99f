"""The graph as RDF: N-Quads and TriG with named graphs, Turtle and RDF/XML without."""

from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from rehabgraph.graph.export.sorting import name_blanks, read_sorted, sort_lines
from rehabgraph.graph.export.text import xml_text
from rehabgraph.graph.store import Store
from rehabgraph.ontology import PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Literal, Quad, Triple

XML_NOTE = "characters that XML cannot hold were replaced by U+FFFD; the other formats keep them"


def write_nquads(store: Store, out: IO[bytes]) -> None:
    """Write every statement with its graph, one a line, sorted: the same bytes as `build -o`."""
    for line in sort_lines(name_blanks(store.quads())):
        out.write(line.encode())


def write_trig(store: Store, out: IO[bytes]) -> None:
    """Write every statement as TriG, one block a named graph."""
    from pyoxigraph import RdfFormat, serialize

    serialize(read_sorted(store, by_graph=True), out, RdfFormat.TRIG, prefixes=PREFIXES)


def write_turtle(store: Store, out: IO[bytes]) -> None:
    """Write the union of all named graphs as Turtle; which graph says what is not in it."""
    from pyoxigraph import RdfFormat, serialize

    serialize(join_graphs(read_sorted(store)), out, RdfFormat.TURTLE, prefixes=PREFIXES)


def write_rdfxml(store: Store, out: IO[bytes]) -> tuple[str, ...]:
    """Write the union of all named graphs as RDF/XML.

    Returns:
        A note where a text had to be changed, as XML cannot hold every character.
    """
    from pyoxigraph import RdfFormat, serialize

    changed: list[str] = []
    triples = _clean(join_graphs(read_sorted(store)), changed)
    serialize(triples, _ReturnsEscaped(out), RdfFormat.RDF_XML, prefixes=PREFIXES)  # type: ignore[arg-type]
    return (f"{len(changed):,} texts: {XML_NOTE}",) if changed else ()


class _ReturnsEscaped:
    """A file for XML that writes carriage returns so that a reader does not take them away."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, content: bytes) -> int:
        self._out.write(bytes(content).replace(b"\r", b"&#13;"))
        return len(content)

    def flush(self) -> None:
        self._out.flush()


def join_graphs(quads: "Iterable[Quad]") -> "Iterator[Triple]":
    """Yield each triple once, from statements sorted by triple."""
    last = None
    for quad in quads:
        if quad.triple != last:
            yield quad.triple
        last = quad.triple


def _clean(triples: "Iterable[Triple]", changed: list[str]) -> "Iterator[Triple]":
    from pyoxigraph import Literal, Triple

    for triple in triples:
        term = triple.object
        if not isinstance(term, Literal) or (text := xml_text(term.value)) == term.value:
            yield triple
            continue
        changed.append(text)
        yield Triple(triple.subject, triple.predicate, _literal(text, term))


def _literal(text: str, like: "Literal") -> "Literal":
    from pyoxigraph import Literal

    if like.language:
        return Literal(text, language=like.language, direction=like.direction)
    return Literal(text, datatype=like.datatype)

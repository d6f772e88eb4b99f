"""Answer one query, inside a worker: look at it, choose its dataset, run it, write the answer."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehabgraph.graph.errors import BadQuery
from rehabgraph.graph.guard import check_query
from rehabgraph.ontology import BASE, PREFIXES

Head = dict[str, Any]
_PLACE = re.compile(r"(?:error at |line )(\d+)(?::|, column )(\d+)")
_CHARACTERS = re.compile(r"(?:, )?\[['_][^\[\]]*\]")  # lists of character ranges
_KINDS = {"QuerySolutions": "solutions", "QueryBoolean": "truth", "QueryTriples": "triples"}
RDF_NAMES = {
    "turtle": "TURTLE",
    "jsonld": "JSON_LD",
    "ntriples": "N_TRIPLES",
    "rdfxml": "RDF_XML",
    "nquads": "N_QUADS",
    "trig": "TRIG",
    "n3": "N3",
}


class TooLarge(Exception):
    """The answer passed its limit."""


class BoundedBuffer(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - whatever BytesIO takes
        """Write, or raise `TooLarge`."""
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge
        return super().write(data)


def answer_query(store: Any, graphs: frozenset[str], job: Mapping[str, Any]) -> tuple[Head, bytes]:  # noqa: ANN401
    """Return the head and the bytes of the answer to a query.

    Args:
        store: a pyoxigraph store.
        graphs: the addresses of its named graphs.
        job: `query`, `default` and `named` (lists of graphs, or None), `results` and `rdf` (names
            of forms, or None) and `bytes` (the limit).

    Returns:
        A head with `status`: `ok` (and `kind`), `refused`, `not acceptable`, `too large` or
        `failed`.
    """
    try:
        look = check_query(job["query"], BASE)
        dataset = choose_dataset(graphs, job["default"], job["named"], look.graphs and look)
        found = store.query(job["query"], base_iri=BASE, **dataset)
        return write_answer(found, _KINDS[type(found).__name__], job)
    except BadQuery as e:
        return refuse_query(str(e)), b""
    except SyntaxError as e:
        return refuse_query(tidy_message(str(e))), b""
    except TooLarge:
        return {"status": "too large"}, b""
    except (OSError, RuntimeError, ValueError) as e:
        return {"status": "failed", "detail": tidy_message(str(e))}, b""


def choose_dataset(
    graphs: frozenset[str],
    default: list[str] | None,
    named: list[str] | None,
    look: Any,  # noqa: ANN401 - a Look, or nothing
) -> dict[str, Any]:
    """Return what to ask the engine for the dataset of a request; see `choose_graphs`.

    Raises:
        BadQuery: a graph that this dataset does not have.
    """
    from pyoxigraph import NamedNode

    default, named = choose_graphs(graphs, default, named, look)
    if default is None and named is None:
        return {"use_default_graph_as_union": True}
    return {
        "default_graph": [NamedNode(g) for g in default or ()],
        "named_graphs": [NamedNode(g) for g in named or ()],
    }


def choose_graphs(
    graphs: frozenset[str],
    default: list[str] | None,
    named: list[str] | None,
    look: Any,  # noqa: ANN401 - a Look, or nothing
) -> tuple[list[str] | None, list[str] | None]:
    """Return the graphs of a request's default graph, and its named graphs.

    The graphs of the request go before those of the query (SPARQL 1.1 Protocol, section 2.1.4).
    With neither, both are None: the default graph is the union of all named graphs.

    Raises:
        BadQuery: a graph that this dataset does not have.
    """
    asked: list[tuple[str, Iterable[str]]] = [
        ("default-graph-uri", default or ()),
        ("named-graph-uri", named or ()),
        ("FROM", look.default_graphs if look else ()),
        ("FROM NAMED", look.named_graphs if look else ()),
    ]
    for where, addresses in asked:
        for address in addresses:
            if address not in graphs:
                raise BadQuery(
                    f"{where} <{address[:200]}>: no such graph in this dataset; it has "
                    + (", ".join(f"<{g}>" for g in sorted(graphs)[:8]) or "none")
                )
    if default is None and named is None and look:
        default, named = list(look.default_graphs), list(look.named_graphs)
    # a graph that is named twice is there once; the engine would count its triples twice
    return default and list(dict.fromkeys(default)), named and list(dict.fromkeys(named))


def write_answer(found: Any, kind: str, job: Mapping[str, Any]) -> tuple[Head, bytes]:  # noqa: ANN401
    """Write an answer in the form that was asked for.

    Args:
        found: what the engine found.
        kind: solutions, truth or triples.
        job: the forms that were asked for, and the limit.
    """
    from pyoxigraph import QueryResultsFormat, RdfFormat, serialize

    out = BoundedBuffer(job["bytes"])
    if kind != "triples":
        if job["results"] is None:
            return {"status": "not acceptable", "kind": kind}, b""
        found.serialize(out, getattr(QueryResultsFormat, job["results"].upper()))
        return {"status": "ok", "kind": kind}, out.getvalue()
    if job["rdf"] is None:
        return {"status": "not acceptable", "kind": "triples"}, b""
    counted = Counted(found)
    form = getattr(RdfFormat, RDF_NAMES[job["rdf"]])
    serialize(counted, out, form, prefixes=PREFIXES)
    return {"status": "ok", "kind": "triples", "count": counted.count}, out.getvalue()


class Counted:
    """Triples, counted as they pass."""

    def __init__(self, triples: Iterable[Any]) -> None:
        self._triples = triples
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for triple in self._triples:
            self.count += 1
            yield triple


def tidy_message(message: str) -> str:
    r"""Return the engine's message as one short line with its place in words.

    >>> tidy_message("error at 2:10: expected one of FROM,\n WHERE")
    'line 2, column 10: expected one of FROM, WHERE'
    """
    plain = " ".join(_CHARACTERS.sub("", message).split())
    plain = re.sub(r"^error at (\d+):(\d+)", r"line \1, column \2", plain)
    plain = re.sub(r": expected(?: one of)?$", ": this cannot be read here", plain)
    return plain if len(plain) <= 300 else plain[:299] + "…"


def refuse_query(message: str) -> Head:
    """Return the head of a refusal, with the place in the query where it is known."""
    head: Head = {"status": "refused", "detail": message}
    if place := _PLACE.match(message):
        head["line"], head["column"] = int(place[1]), int(place[2])
    return head

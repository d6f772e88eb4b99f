"""The same service in front of another SPARQL server: look, ask there, write the answer here.

The query is looked at and parsed before it goes out, the limits are ours, and no message tells a
client where the server behind is. A server that departs from SPARQL 1.1 is never asked here: it was
read whole into a folder before.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.endpoint.results import Table, write_results
from rehabgraph.graph.endpoint.transport import TooMuch, TooSlow
from rehabgraph.graph.errors import BadQuery, StoreError
from rehabgraph.graph.guard import check_query
from rehabgraph.graph.store import OxigraphStore, open_directory
from rehabgraph.ontology import BASE
from rehabgraph.views.server.answering import (
    Head,
    TooLarge,
    choose_graphs,
    refuse_query,
    tidy_message,
    write_answer,
)

if TYPE_CHECKING:
    from rehabgraph.graph.endpoint.store import EndpointStore

AWAY = "the store behind this server does not answer; try again in a moment"
_SHARE = 0.9
"""Part of a query's time in which the server behind must answer; then the process need not end."""
_STACK = 768 * 1024
"""Bytes of stack on which a query is tried here; servers have 2 MB and more for each request."""
_FACTOR = 4
"""An answer in JSON may be so many times as long as in the form that was asked for."""


def is_address(place: str) -> bool:
    """Return whether a place is a server's address, not a folder.

    >>> is_address("http://127.0.0.1:7878/query"), is_address("mine/store")
    (True, False)
    """
    return place.startswith(("http://", "https://"))


def open_place(place: str) -> "OxigraphStore | EndpointStore":
    """Return the store in a folder or behind an address.

    Raises:
        StoreError: it cannot be opened.
    """
    if not is_address(place):
        return open_directory(Path(place))
    from rehabgraph.graph.endpoint.store import EndpointStore

    return EndpointStore(place)


def answer_behind(
    store: "EndpointStore", graphs: frozenset[str], job: Mapping[str, Any]
) -> tuple[Head, bytes]:
    """Return the head and the bytes of the answer to a query; see `answering.answer_query`.

    The head's `status` may also be `away`: the server behind does not answer as it should.
    """
    text = job["query"]
    try:
        look = check_query(text, BASE)
        default, named = choose_graphs(graphs, job["default"], job["named"], look.graphs and look)
        try_query(text)
    except BadQuery as e:
        return refuse_query(str(e)), b""
    except (SyntaxError, ValueError, OSError, RuntimeError) as e:
        return refuse_query(tidy_message(str(e))), b""
    try:
        asked = store.within(job["seconds"] * _SHARE, job["bytes"] * _FACTOR)
        found = asked.answer(f"BASE <{BASE}> {text}", look, default, named)
        return _write(found, job)
    except (TooLarge, TooMuch):
        return {"status": "too large"}, b""
    except TooSlow:
        return {"status": "too slow"}, b""
    except BadQuery:
        return refuse_query("the store behind this server refuses the query"), b""
    except (StoreError, SyntaxError, ValueError):  # a term that is none, in an answer that is one
        return {"status": "away", "detail": AWAY}, b""


def try_query(text: str) -> None:
    """Let our own engine parse a query and run it on nothing, with a smaller stack than servers.

    A chain of a thousand OPTIONAL ends a server by stack overflow as surely as brackets do. Here it
    ends this process, which is replaced, and does not go out.

    Raises:
        SyntaxError: it does not parse.
    """
    from concurrent.futures import ThreadPoolExecutor
    from threading import stack_size

    stack_size(_STACK)
    with ThreadPoolExecutor(1) as apart:
        apart.submit(_run_on_nothing, text).result()


def _run_on_nothing(text: str) -> None:
    from pyoxigraph import QueryBoolean, Store

    found = Store().query(text, base_iri=BASE)
    if not isinstance(found, QueryBoolean):
        next(iter(found), None)


def _write(found: Table | bool | list[str], job: Mapping[str, Any]) -> tuple[Head, bytes]:
    from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

    if isinstance(found, list):
        quads = parse("".join(found).encode(), format=RdfFormat.N_TRIPLES)
        return write_answer((q.triple for q in quads), "triples", job)
    results = parse_query_results(write_results(found), format=QueryResultsFormat.JSON)
    return write_answer(results, "truth" if isinstance(found, bool) else "solutions", job)

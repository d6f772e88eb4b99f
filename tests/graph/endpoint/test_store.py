"""A server as a store: whole answers or none, and no empty answer for want of a graph."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehabgraph.graph.endpoint.address import Credentials
from rehabgraph.graph.endpoint.store import EndpointStore
from rehabgraph.graph.errors import BadQuery, StoreError
from rehabgraph.graph.foreign import run_foreign
from rehabgraph.graph.store import Iri, open_memory
from rehabgraph.ontology import CURATED, DERIVED, ID

NOBODY = Credentials()
Made = Callable[..., Any]
Server = Any  # the Liar of conftest.py


def quads_of(lines: Any) -> Any:  # noqa: ANN401
    """Return lines as a dataset whose nodes without an address are named canonically."""
    from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

    found = Dataset(parse("".join(lines).encode(), format=RdfFormat.N_QUADS))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


@pytest.fixture(scope="module", params=["joined", "apart"])
def tiny_server(
    request: pytest.FixtureRequest, start_oxigraph: Callable[..., Any], tiny_quads: list[str]
) -> Iterator[EndpointStore]:
    """Return a server of the tiny world, its default graph the union of all, or nothing."""
    options = ["--union-default-graph"] if request.param == "joined" else []
    with start_oxigraph(*options) as url:
        store = EndpointStore(url, NOBODY)
        store.load(tiny_quads)
        yield store


def test_the_same_rows_as_in_memory(tiny_server: EndpointStore, tiny_quads: list[str]) -> None:
    """SELECT, ASK, CONSTRUCT, size and quads are those of the store in memory."""
    here = open_memory(tiny_quads)
    query = "SELECT ?s ?o { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o } ORDER BY ?s ?o"
    assert tiny_server.select(query) == here.select(query) != []
    for ask in (f"ASK {{ <{ID}organisation/alder> ?p ?o }}", "ASK { <urn:none> ?p ?o }"):
        assert tiny_server.ask(ask) == here.ask(ask)
    made = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{CURATED}> {{ ?s a ?t ; ?p ?o }} }}"
    assert tiny_server.construct(made) == here.construct(made) != []
    assert tiny_server.size() == here.size()
    assert tiny_server.graphs() == here.graphs()
    assert quads_of(tiny_server.quads()) == quads_of(here.quads())


def test_a_query_of_somebody_elses(tiny_server: EndpointStore, tiny_quads: list[str]) -> None:
    """It is asked of the server, FROM narrows it, the guard stands before it."""
    here = open_memory(tiny_quads)
    for query in (
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        f"SELECT (COUNT(*) AS ?n) FROM <{DERIVED}> {{ ?s ?p ?o }}",  # noqa: S608
        f"SELECT (COUNT(*) AS ?n) FROM NAMED <{DERIVED}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",  # noqa: S608
        "ASK { ?s ?p ?o }",
        f"CONSTRUCT {{ <{ID}a/b> ?p 1 }} WHERE {{ VALUES ?p {{ <http://e.org/p> }} }}",
    ):
        assert run_foreign(tiny_server, query) == run_foreign(here, query)
    with pytest.raises(BadQuery, match="SERVICE"):
        run_foreign(tiny_server, "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    with pytest.raises(BadQuery, match="no such graph"):
        run_foreign(tiny_server, "SELECT * FROM <urn:x> { ?s ?p ?o }")
    with pytest.raises(BadQuery, match="refuses the query"):
        run_foreign(tiny_server, "SELECT * { ?s ?p")
    with pytest.raises(BadQuery):
        tiny_server.select("ASK {}")


def test_other_peoples_graphs_are_left_out(
    start_oxigraph: Callable[..., Any], tiny_quads: list[str]
) -> None:
    """Beside ours on a server another dataset may stand; it changes no answer."""
    with start_oxigraph("--union-default-graph") as url:
        store = EndpointStore(url, NOBODY)
        store.load([*tiny_quads, "<urn:a> <urn:b> <urn:c> <https://example.org/theirs> .\n"])
        assert store.size() == len(set(tiny_quads))
        assert not store.ask("ASK { <urn:a> ?p ?o }")
        assert "https://example.org/theirs" not in store.graphs()


def test_an_empty_server_is_not_asked(start_oxigraph: Callable[..., Any]) -> None:
    """Nothing there is an error that says how to fill it, not an empty answer."""
    with start_oxigraph() as url, pytest.raises(StoreError, match="holds nothing of ours"):
        EndpointStore(url, NOBODY).select("SELECT * { ?s ?p ?o }")


def test_data_in_the_default_graph_alone_is_asked(start_oxigraph: Callable[..., Any]) -> None:
    """A server without named graphs answers from its default graph."""
    with start_oxigraph() as url:
        store = EndpointStore(url, NOBODY)
        update = url.removesuffix("query") + "update"
        from rehabgraph.graph.endpoint.address import read_address

        text = b"INSERT DATA { <urn:a> <urn:b> <urn:c> }"
        store.client.post(read_address(update), text, "application/sparql-update", "*/*")
        assert store.select("SELECT ?s { ?s ?p ?o }") == [{"s": Iri("urn:a")}]
        assert list(store.quads()) == ["<urn:a> <urn:b> <urn:c> .\n"]


class Fake:
    """A server of one graph with some rows, which lies in a way of its own."""

    def __init__(self, rows: Made, most: int, **lies: Any) -> None:  # noqa: ANN401
        self.rows, self.most, self.lies = rows, most, lies
        self.all = [(str(n),) for n in range(lies.get("size", 2500))]

    def __call__(self, query: str) -> Any:  # noqa: ANN401
        """Answer a query."""
        if "?third" in query:
            from rehabgraph.graph.endpoint.results import XSD, Table, write_results

            cells = (
                ("literal", "0.3333333333333333", XSD + "double", ""),
                ("literal", "true", XSD + "boolean", ""),
                ("literal", "true", XSD + "boolean", ""),
            )
            told = self.rows(["x"])
            told.body = write_results(Table(("third", "same", "before"), [cells]))
            return told
        if "GROUP BY ?g" in query:
            told = self.rows(["g", "n"], ("1", str(len(self.all))))
            told.body = told.body.replace(
                b'"type": "literal", "value": "1", "datatype": '
                b'"http://www.w3.org/2001/XMLSchema#integer"',
                b'"type": "uri", "value": "' + CURATED.encode() + b'"',
            )
            return told
        if "COUNT(*)" in query:
            union = "{ ?s ?p ?o }" in query and "{ {" not in query
            seen = self.lies.get("seen" if union else "count", len(self.all))
            return self.rows(["n"], (str(seen),))
        offset = int(found[1]) if (found := re.search(r"OFFSET (\d+)", query)) else 0
        page = self.lies.get("page", lambda rows, offset, most: rows[offset : offset + most])
        return self.rows(["a"], *page(self.all, offset, self.most))


def test_a_cut_answer_is_read_page_by_page(liar: Server, told_rows: Made) -> None:
    """2,500 rows from a server that gives a thousand at a time, without a word: all are there."""
    liar.always = Fake(told_rows, 1000)
    found = EndpointStore(liar.url, NOBODY).select("SELECT ?a { ?a ?b ?c } ORDER BY ?a")
    assert sorted(r["a"] for r in found) == list(range(2500))


@pytest.mark.parametrize(
    "lie",
    [
        {"page": lambda rows, _, most: rows[:most]},
        {"page": lambda rows, offset, most: rows[offset : offset + most] if not offset else []},
        {"page": lambda rows, offset, most: rows[max(0, offset - 1) : max(0, offset - 1) + most]},
        {"count": 2400},
        {"count": 2600},
        {"count": 900},
    ],
    ids=["same page", "one page", "shifted", "counts less", "counts more", "counts too few"],
)
def test_pages_that_do_not_make_up_the_whole_are_refused(
    lie: dict[str, Any], liar: Server, told_rows: Made
) -> None:
    """A row twice, a row too few or a count that does not fit: no answer, not a wrong one."""
    liar.always = Fake(told_rows, 1000, **lie)
    with pytest.raises(StoreError, match=r"pages|counted"):
        EndpointStore(liar.url, NOBODY).select("SELECT ?a { ?a ?b ?c } ORDER BY ?a")


@pytest.mark.parametrize("seen", [0, 7, 9999])
def test_a_server_that_does_not_ask_our_graphs_is_refused(
    seen: int, liar: Server, told_rows: Made
) -> None:
    """It sees none, some, or others' statements: refused, not answered with less."""
    liar.always = Fake(told_rows, 1000, seen=seen)
    with pytest.raises(StoreError, match="default-graph-uri"):
        EndpointStore(liar.url, NOBODY).select("SELECT ?a { ?a ?b ?c }")


def test_all_graphs_are_named_in_every_request(liar: Server, told_rows: Made) -> None:
    """The dataset is ours to say: default and named graphs go with each query."""
    liar.always = Fake(told_rows, 1000, size=5)
    EndpointStore(liar.url, NOBODY).select("SELECT ?a { ?a ?b ?c }")
    form = liar.asked[-1][2]
    assert form["default-graph-uri"] == form["named-graph-uri"] == [CURATED]


def test_a_server_that_joins_the_graphs_is_asked(liar: Server, told_rows: Made) -> None:
    """A statement of two graphs may count once: then the union is smaller than its parts."""
    liar.always = Fake(told_rows, 1000, size=5, seen=4, count=4)
    assert EndpointStore(liar.url, NOBODY).server.size == 5

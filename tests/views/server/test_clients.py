"""Real clients, unchanged, against a running server: SPARQLWrapper, rdflib and curl."""

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

W3C = "http://kasei.us/2009/09/sparql/data/"
D1, D2 = f"{W3C}data1.rdf", f"{W3C}data2.rdf"
SELECT = f"SELECT ?s ?type FROM <{D1}> WHERE {{ ?s a ?type }}"  # noqa: S608 - no SQL
CONSTRUCT = f"CONSTRUCT {{ ?s a ?type }} FROM <{D1}> WHERE {{ ?s a ?type }}"
KIND = "http://xmlns.com/foaf/0.1/Document"


def wrapper(live: "Live", method: str, query: str, form: str) -> Any:  # noqa: ANN401
    """Return a SPARQLWrapper that has its query, its method and its form."""
    from SPARQLWrapper import SPARQLWrapper

    client = SPARQLWrapper(live.sparql)
    client.setMethod(method)
    client.setQuery(query)
    client.setReturnFormat(form)
    client.setTimeout(20)
    return client


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_reads_solutions(live: "Live", method: str, form: str) -> None:
    """SPARQLWrapper reads solutions in each of its forms, by GET and by POST."""
    result = wrapper(live, method, SELECT, form).queryAndConvert()
    if form == "json":
        assert result["results"]["bindings"][0]["s"]["value"] == D1
    elif form == "xml":
        assert result.getElementsByTagName("uri")[0].firstChild.data == D1
    else:
        assert D1.encode() in result


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("form", ["turtle", "n3", "rdf", "rdf+xml", "xml", "json-ld"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by SPARQLWrapper
@pytest.mark.filterwarnings("ignore:Sending Accept header")  # its own name for RDF/XML
def test_sparqlwrapper_reads_triples(live: "Live", method: str, form: str) -> None:
    """SPARQLWrapper reads triples in each of its forms, by GET and by POST."""
    result = wrapper(live, method, CONSTRUCT, form).queryAndConvert()
    if isinstance(result, bytes):
        from rdflib import Graph

        result = Graph().parse(data=result, format=form)
    assert {str(o) for o in result.objects()} == {KIND}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_truths_and_sends_the_body(live: "Live", method: str) -> None:
    """A truth is read as JSON and XML; a query may also be the body of a POST."""
    from SPARQLWrapper import POSTDIRECTLY

    assert wrapper(live, method, "ASK {}", "json").queryAndConvert()["boolean"] is True
    document = wrapper(live, method, "ASK {}", "xml").queryAndConvert()
    assert document.getElementsByTagName("boolean")[0].firstChild.data == "true"
    client = wrapper(live, "POST", SELECT, "json")
    client.setRequestMethod(POSTDIRECTLY)
    assert len(client.queryAndConvert()["results"]["bindings"]) == 1


def test_sparqlwrapper_names_graphs_and_learns_of_faults(live: "Live") -> None:
    """Its default graph is honoured; its error for a bad query carries our line."""
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    client = wrapper(live, "GET", "SELECT ?s { ?s ?p ?o }", "json")
    client.addDefaultGraph(D2)
    rows = client.queryAndConvert()["results"]["bindings"]
    assert [r["s"]["value"] for r in rows] == [D2]
    with pytest.raises(QueryBadFormed, match="line 1, column"):
        wrapper(live, "GET", "SELECT * { ?s ?p ?o", "json").query()
    update = wrapper(live, "POST", "CLEAR ALL", "json")
    with pytest.raises(QueryBadFormed, match="only reads"):
        update.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_store_asks(live: "Live", method: str, form: str) -> None:
    """The SPARQLStore of rdflib reads solutions, truths, triples and patterns."""
    from rdflib import Graph, URIRef
    from rdflib.namespace import RDF
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(live.sparql, method=method, returnFormat=form)
    graph = Graph(store, identifier=URIRef(D1))
    assert {str(s) for s in graph.subjects(RDF.type, URIRef(KIND))} == {D1}
    assert len(graph) == 1
    union = Graph(store)
    rows = list(union.query(SELECT))
    assert [(str(r[0]), str(r[1])) for r in rows] == [(D1, KIND)]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by rdflib
def test_rdflib_store_sees_named_graphs(live: "Live") -> None:
    """The store of rdflib lists the named graphs, and a graph of it sees that one alone."""
    from rdflib import Graph, URIRef
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(live.sparql)
    assert {D1, D2} <= {str(getattr(c, "identifier", c)) for c in store.contexts()}
    assert {str(s) for s in Graph(store, identifier=URIRef(D2)).subjects()} == {D2}


def test_rdflib_store_reads_truths_and_triples(live: "Live") -> None:
    """ASK and CONSTRUCT pass through rdflib too."""
    from rdflib import Graph
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = Graph(SPARQLStore(live.sparql))
    assert graph.query("ASK {}").askAnswer is True
    assert len(graph.query(CONSTRUCT).graph) == 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_asks(live: "Live", tmp_path: Any) -> None:  # noqa: ANN401
    """The commands of the documentation work with curl: GET, a form, a file, a thing."""

    def curl(*args: str) -> bytes:
        done = subprocess.run(
            ["curl", "-sS", "--fail", "-m", "20", *args], capture_output=True, check=True
        )
        return done.stdout

    form = curl(live.sparql, "--data-urlencode", f"query={SELECT}", "-H", "Accept: text/csv")
    assert form.decode().splitlines()[1] == f"{D1},{KIND}"
    by_get = curl("-G", live.sparql, "--data-urlencode", "query=ASK {}")
    assert json.loads(by_get)["boolean"] is True
    (tmp_path / "q.rq").write_text(SELECT)
    body = f"@{tmp_path / 'q.rq'}"
    kind = "Content-Type: application/sparql-query"
    assert D1.encode() in curl(live.sparql, "-H", kind, "--data-binary", body)
    assert b"sd:Service" in curl(live.sparql, "-H", "Accept: text/turtle")

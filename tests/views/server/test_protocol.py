"""The W3C's SPARQL 1.1 Protocol tests that apply to a query service.

Written from the descriptions of the test suite in the W3C repository rdf-tests, folder
sparql/sparql11/protocol; the names are its own. Its update tests apply to an update service;
here each update must be refused.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live, Reply

W3C = "http://kasei.us/2009/09/sparql/data/"
D0, D1, D2, D3 = (f"{W3C}data{n}.rdf" for n in range(4))
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
BOOLEAN = {"application/sparql-results+json", "application/sparql-results+xml"}
TABLE = BOOLEAN | {"text/csv", "text/tab-separated-values"}
TRIPLES = {"text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"}


def post(
    live: "Live", body: bytes | str, kind: str | None = QUERY, path: str = "/sparql/"
) -> "Reply":
    """Send a POST, with a media type or without."""
    return live.request("POST", path, body, {"Content-Type": kind} if kind else {})


def assert_true(reply: "Reply") -> None:
    """The reply is a truth in one of its forms."""
    assert reply.status == 200, reply.body
    assert reply.type in BOOLEAN
    assert reply.json["boolean"] is True


def data(*graphs: str, kind: str = "default") -> str:
    """Return the parameters of a dataset."""
    return "&".join(f"{kind}-graph-uri={quote(g, safe='')}" for g in graphs)


TWO = f"ASK {{ <{D1}> a ?type . <{D2}> a ?type . }}"
TWO_NAMED = f"ASK {{ GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }} }}"


def test_query_get(live: "Live") -> None:
    """query_get: a query by GET is answered."""
    assert_true(live.request("GET", f"/sparql/?query=ASK%20%7B%7D&{data(D0)}"))


def test_query_post_form(live: "Live") -> None:
    """query_post_form: a query by POST of a form is answered."""
    assert_true(post(live, "query=ASK%20%7B%7D", FORM, f"/sparql/?{data(D0)}"))


def test_query_post_direct(live: "Live") -> None:
    """query_post_direct: a query as the body is answered."""
    assert_true(post(live, "ASK {}", path=f"/sparql/?{data(D0)}"))


def test_query_dataset_default_graph(live: "Live") -> None:
    """query_dataset_default_graph: one default graph is honoured."""
    assert_true(post(live, f"ASK {{ <{D1}> ?p ?o }}", path=f"/sparql/?{data(D1)}"))
    other = post(live, f"ASK {{ <{D1}> ?p ?o }}", path=f"/sparql/?{data(D2)}")
    assert other.json["boolean"] is False


def test_query_dataset_default_graphs_get(live: "Live") -> None:
    """query_dataset_default_graphs_get: two default graphs by GET are merged."""
    assert_true(live.request("GET", f"/sparql/?query={quote(TWO)}&{data(D1, D2)}"))


def test_query_dataset_default_graphs_post(live: "Live") -> None:
    """query_dataset_default_graphs_post: two default graphs by POST are merged."""
    assert_true(post(live, TWO, path=f"/sparql/?{data(D1, D2)}"))
    assert_true(post(live, f"query={quote(TWO)}&{data(D1, D2)}", FORM))


def test_query_dataset_named_graphs_get(live: "Live") -> None:
    """query_dataset_named_graphs_get: two named graphs by GET are honoured."""
    named = data(D1, D2, kind="named")
    assert_true(live.request("GET", f"/sparql/?query={quote(TWO_NAMED)}&{named}"))


def test_query_dataset_named_graphs_post(live: "Live") -> None:
    """query_dataset_named_graphs_post: two named graphs by POST are honoured, and no others."""
    assert_true(post(live, TWO_NAMED, path=f"/sparql/?{data(D1, D2, kind='named')}"))
    reply = live.ask("SELECT DISTINCT ?g { GRAPH ?g {} }", **{"named-graph-uri": [D1, D2]})
    assert {r["g"]["value"] for r in reply.json["results"]["bindings"]} == {D1, D2}
    assert live.ask("ASK { ?s ?p ?o }", **{"named-graph-uri": D1}).json["boolean"] is False


def test_query_dataset_full(live: "Live") -> None:
    """query_dataset_full: default and named graphs together are honoured."""
    query = (
        f"ASK {{ <{D3}> a ?type GRAPH ?g1 {{ <{D1}> a ?type }} GRAPH ?g2 {{ <{D2}> a ?type }} }}"
    )
    assert_true(post(live, query, path=f"/sparql/?{data(D3)}&{data(D1, D2, kind='named')}"))


def test_query_multiple_dataset(live: "Live") -> None:
    """query_multiple_dataset: the request's dataset goes before the query's.

    The suite's own request escapes the ampersand between its two graphs, which makes them one;
    here they are two, as its title says.
    """
    query = TWO_NAMED.replace("ASK", f"ASK FROM <{D3}>")
    assert_true(post(live, query, path=f"/sparql/?{data(D1, D2, kind='named')}"))
    hidden = post(live, f"ASK FROM <{D3}> {{ <{D3}> ?p ?o }}", path=f"/sparql/?{data(D2)}")
    assert hidden.json["boolean"] is False


@pytest.mark.parametrize(
    ("query", "types"),
    [
        pytest.param("SELECT (1 AS ?value) {}", TABLE, id="query_content_type_select"),
        pytest.param("ASK {}", BOOLEAN, id="query_content_type_ask"),
        pytest.param("DESCRIBE <http://example.org/>", TRIPLES, id="query_content_type_describe"),
        pytest.param(
            "CONSTRUCT { <s> <p> 1 } WHERE {}", TRIPLES, id="query_content_type_construct"
        ),
    ],
)
def test_query_content_type(live: "Live", query: str, types: set[str]) -> None:
    """query_content_type_…: each kind of query is answered in a form of its kind."""
    reply = post(live, query, path=f"/sparql/?{data(D0)}")
    assert reply.status == 200
    assert reply.type in types


def test_bad_query_method(live: "Live") -> None:
    """bad_query_method: PUT is refused, and told what is taken."""
    reply = live.request("PUT", "/sparql?query=ASK%20%7B%7D")
    assert reply.status == 405
    assert {"GET", "POST"} <= {m.strip() for m in reply.headers["allow"].split(",")}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param("ASK {}", "text/plain", 415, id="bad_query_wrong_media_type"),
        pytest.param("query=ASK%20%7B%7D", None, 415, id="bad_query_missing_form_type"),
        pytest.param("ASK {}", None, 415, id="bad_query_missing_direct_type"),
        pytest.param(
            "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16", 415, id="bad_query_non_utf8"
        ),
        pytest.param("ASK {}".encode("utf-16"), QUERY, 400, id="utf-16 without a charset"),
        pytest.param(
            "update=CLEAR+NAMED&update=CLEAR+DEFAULT", FORM, 400, id="bad_multiple_updates"
        ),
        pytest.param("CLEAR NAMED", "text/plain", 415, id="bad_update_wrong_media_type"),
        pytest.param("update=CLEAR%20NAMED", None, 415, id="bad_update_missing_form_type"),
        pytest.param(
            "CLEAR NAMED".encode("utf-16"),
            f"{UPDATE}; charset=UTF-16",
            415,
            id="bad_update_non_utf8",
        ),
        pytest.param("update=CLEAR%20XYZ", FORM, 400, id="bad_update_syntax"),
        pytest.param(
            "using-named-graph-uri=http%3A%2F%2Fexample%2Fp&update=CLEAR+ALL",
            FORM,
            400,
            id="bad_update_dataset_conflict",
        ),
        pytest.param("update=CLEAR+ALL", FORM, 400, id="update_post_form"),
        pytest.param("CLEAR ALL", UPDATE, 400, id="update_post_direct"),
        pytest.param("INSERT DATA { <a:a> <a:a> <a:a> }", QUERY, 400, id="update as a query"),
        pytest.param(
            "BASE <http://e/> INSERT DATA { GRAPH <g> { <t> <t> 1 } }",
            UPDATE,
            400,
            id="update_base_uri",
        ),
    ],
)
def test_bad_bodies(live: "Live", body: str | bytes, kind: str | None, status: int) -> None:
    """bad_…, update_…: what is no query in a known form, and every update, is refused."""
    assert post(live, body, kind).status == status


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", id="bad_multiple_queries"
        ),
        pytest.param("/sparql?query=ASK%20%7B", id="bad_query_syntax"),
        pytest.param("/sparql?update=CLEAR%20ALL", id="bad_update_get"),
        pytest.param("/sparql?query=ASK%20%7B%7D&update=CLEAR%20ALL", id="query and update"),
        pytest.param("/sparql?query=%FF%FE", id="an address that is not UTF-8"),
        pytest.param(f"/sparql?{data(D0)}", id="a dataset without a query"),
        pytest.param(
            "/sparql?query=ASK+%7B%7D&default-graph-uri=http%3A%2F%2Fe%2Fno", id="no such graph"
        ),
        pytest.param(
            "/sparql?query=ASK+%7B%7D&named-graph-uri=file%3A%2F%2F%2Fetc%2Fpasswd", id="a file"
        ),
        pytest.param("/sparql?query=ASK+%7B%7D&default-graph-uri=", id="an empty graph"),
    ],
)
def test_bad_addresses(live: "Live", path: str) -> None:
    """bad_…: what an address may not ask is refused with 400."""
    assert live.request("GET", path).status == 400


def test_a_syntax_error_says_where(live: "Live") -> None:
    """The refusal has the parser's line and column, here those of the text's end."""
    reply = live.ask("SELECT *\nWHERE { ?s ?p ?o")
    assert reply.status == 400
    assert (reply.json["line"], reply.json["column"]) == (2, 17)
    assert reply.detail.startswith("line 2, column 17: ")
    assert "u{" not in reply.detail


@pytest.mark.parametrize(
    ("clause", "first", "named"),
    [
        ("", 4, {D0, D1, D2, D3}),
        (f"FROM <{D1}>", 1, set()),
        (f"FROM <{D1}> FROM <{D2}>", 2, set()),
        (f"FROM NAMED <{D1}>", 0, {D1}),
        (f"FROM <{D0}> FROM NAMED <{D1}>", 1, {D1}),
        ("FROM w:data1.rdf FROM NAMED w:data2.rdf", 1, {D2}),
        ("FROM<" + D1 + ">", 1, set()),
    ],
)
def test_from_is_honoured(live: "Live", clause: str, first: int, named: set[str]) -> None:
    """FROM and FROM NAMED, in full or in short, make the dataset; without them all graphs do."""
    kind = "<http://xmlns.com/foaf/0.1/Document>"
    count = live.ask(f"PREFIX w: <{W3C}> SELECT (COUNT(*) AS ?n) {clause} {{ ?s a {kind} }}")
    assert count.json["results"]["bindings"][0]["n"]["value"] == str(first)
    graphs = live.ask(f"PREFIX w: <{W3C}> SELECT ?g {clause} {{ GRAPH ?g {{ ?s a {kind} }} }}")
    assert {r["g"]["value"] for r in graphs.json["results"]["bindings"]} == named


@pytest.mark.parametrize(
    "clause",
    ["FROM <http://127.0.0.1/x>", "FROM NAMED <file:///etc/passwd>", "FROM <data9.rdf>", "FROM:x"],
)
def test_from_outside_the_dataset_is_refused(live: "Live", clause: str) -> None:
    """A graph that is not here is refused with 400, not ignored."""
    assert live.ask(f"PREFIX : <{W3C}> ASK {clause} {{}}").status == 400


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.3", "text/tab-separated-values"),
    ],
)
def test_solutions_take_four_forms(live: "Live", accept: str, type_: str) -> None:
    """Solutions come in the form that is asked for and can be read back."""
    from pyoxigraph import QueryResultsFormat, parse_query_results

    reply = live.ask("SELECT ?v { VALUES ?v { 1 2 } }", accept)
    assert reply.type == type_
    form = QueryResultsFormat.from_media_type(type_)
    if type_ != "text/csv":
        assert [s["v"].value for s in parse_query_results(reply.body, format=form)] == ["1", "2"]
    else:
        assert reply.body == b"v\r\n1\r\n2\r\n"


@pytest.mark.parametrize(
    "accept",
    ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml",
     "application/n-quads", "application/trig"],
)  # fmt: skip
def test_triples_take_six_forms(live: "Live", accept: str) -> None:
    """Triples come in the form that is asked for and can be read back."""
    from pyoxigraph import RdfFormat, parse

    reply = live.ask(f"CONSTRUCT {{ ?s ?p ?o }} FROM <{D1}> WHERE {{ ?s ?p ?o }}", accept)
    assert reply.type == accept
    (quad,) = parse(reply.body, format=RdfFormat.from_media_type(accept))
    assert quad.subject.value == D1


def test_unacceptable_forms_are_406(live: "Live") -> None:
    """A form that cannot be made is refused with the list of those that can."""
    for query, accept in (("ASK {}", "image/png"), ("ASK {}", "text/turtle")):
        reply = live.ask(query, accept)
        assert reply.status == 406
        assert "application/sparql-results+json" in reply.detail
    assert live.ask("CONSTRUCT WHERE { ?s ?p ?o }", "text/csv").status == 406


def test_format_stands_in_for_accept(live: "Live") -> None:
    """A program that cannot set Accept names the form in the address."""
    reply = live.request("GET", "/sparql?query=SELECT+%281+AS+%3Fx%29+%7B%7D&format=csv")
    assert reply.body == b"x\r\n1\r\n"


def test_too_large_requests_are_413(live: "Live") -> None:
    """A body over its limit is refused; a query over its own is 400."""
    assert (
        live.request("POST", "/sparql", b"ASK {}" + b" " * 300_000, {"Content-Type": QUERY}).status
        == 413
    )
    assert live.ask("ASK {}" + " " * 70_000).status == 400


def test_head_and_options(live: "Live") -> None:
    """HEAD has the headers of GET and no body; OPTIONS names the methods."""
    get, head = (live.request(m, "/sparql?query=ASK%7B%7D") for m in ("GET", "HEAD"))
    assert head.status == 200
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))
    options = live.request("OPTIONS", "/sparql")
    assert options.status == 204
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_the_service_describes_itself(live: "Live") -> None:
    """GET without a query is the service description, with the graphs and the limits."""
    from rdflib import Graph, Namespace
    from rdflib.namespace import RDF, VOID

    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    for accept in ("text/turtle", "application/rdf+xml", "application/n-triples"):
        reply = live.request("GET", "/sparql", headers={"Accept": accept})
        graph = Graph().parse(data=reply.body, format=accept)
        service = graph.value(predicate=RDF.type, object=sd.Service)
        assert str(graph.value(service, sd.endpoint)) == live.sparql
        assert (service, sd.feature, sd.UnionDefaultGraph) in graph
        assert D1 in {str(o) for o in graph.objects(None, sd.name)}
        assert list(graph.objects(None, VOID.triples))
    assert "5 seconds" in live.request("GET", "/sparql").body.decode()
    page = live.request("GET", "/sparql", headers={"Accept": "text/html"})
    assert page.type == "text/html"
    assert b"</form>" in page.body
    assert live.request("GET", "/sparql", headers={"Accept": "image/png"}).status == 406


@pytest.mark.parametrize("where", ["default-graph-uri", "FROM"])
def test_a_graph_named_twice_is_there_once(live: "Live", where: str) -> None:
    """A dataset is a set: the one triple of a graph that is named twice is counted once."""
    graph = f"{W3C}data1.rdf"
    if where == "FROM":
        clauses = f"FROM <{graph}> " * 2
        reply = live.ask(f"SELECT (COUNT(*) AS ?n) {clauses} {{ ?s ?p ?o }}", "text/csv")
    else:
        graphs = {where: [graph, graph]}
        reply = live.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv", **graphs)
    assert reply.body.split() == [b"n", b"1"]

"""The same service in front of another server: the same answers, our limits, nothing told of it."""

import json
import time
from typing import Any

import pytest

from rehabgraph.ontology import CURATED, DERIVED, ID

Live = Any  # the Live of conftest.py
RG = "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> "
QUERIES = {
    "rows": RG + "SELECT ?a ?v { ?a rg:value ?v } ORDER BY ?a ?v",
    "relative": "SELECT ?p ?o { <id/organisation/alder> ?p ?o } ORDER BY ?p ?o",
    "from": f"SELECT (COUNT(*) AS ?n) FROM <{DERIVED}> {{ ?s ?p ?o }}",  # noqa: S608
    "graphs": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "empty": "SELECT ?x { ?x <urn:none> ?y }",
    "truth": f"ASK {{ <{ID}organisation/alder> ?p ?o }}",
}


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv"])
@pytest.mark.parametrize("name", [n for n in QUERIES if n != "graphs"])
def test_the_same_answers_as_from_a_folder(
    name: str, accept: str, behind: Live, live: Live
) -> None:
    """Of the tiny world every answer is that of a server on a folder, but its other graphs."""
    if name == "truth" and accept == "text/csv":
        accept = "text/tab-separated-values"
    theirs = live.ask(QUERIES[name], accept)
    ours = behind.ask(QUERIES[name], accept)
    assert (ours.status, ours.type) == (theirs.status, theirs.type) == (200, accept)
    if accept.endswith("json"):
        assert ours.json == theirs.json
    else:
        assert ours.body == theirs.body


def test_graphs_are_those_of_the_server(behind: Live) -> None:
    """GRAPH ranges over the named graphs; default-graph-uri narrows, and an unknown one is 400."""
    found = behind.ask(QUERIES["graphs"], "text/csv").body.decode()
    assert CURATED in found
    assert DERIVED in found
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    narrow = behind.ask(count, "text/csv", **{"default-graph-uri": DERIVED}).body
    assert narrow == behind.ask(QUERIES["from"], "text/csv").body
    refused = behind.ask(count, **{"default-graph-uri": "urn:x"})
    assert refused.status == 400
    assert "no such graph" in refused.detail


def test_triples_and_things(behind: Live, live: Live) -> None:
    """CONSTRUCT in the form that is asked for, and a thing's data by its address."""
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{DERIVED}> {{ ?s ?p ?o }} }}"
    ours = behind.ask(query, "application/n-triples").body.splitlines()
    assert sorted(ours) == sorted(live.ask(query, "application/n-triples").body.splitlines()) != []
    thing = "/data/organisation/alder.json"
    assert behind.request("GET", thing).json == live.request("GET", thing).json
    assert behind.request("GET", "/data/organisation/nobody.ttl").status == 404


@pytest.mark.parametrize("path", ["/", "/report/market-share.html", "/question/index.html"])
def test_pages_are_made_from_the_server(path: str, behind: Live, live: Live) -> None:
    """A page in front of a server is the page in front of a folder."""
    ours, theirs = behind.request("GET", path), live.request("GET", path)
    assert ours.status == theirs.status == 200
    assert len(ours.body) > 1000
    if path != "/":  # the start page of `live` counts four graphs more
        assert ours.body == theirs.body


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * FROM <http://127.0.0.1:1/x> { ?s ?p ?o }", "no such graph"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "only reading"),
        ("LOAD <http://127.0.0.1:1/x>", "only reading"),
        ("SELECT * { ?s ?p ", "line 1, column"),
        ("SELECT * " + "{" * 60 + "}" * 60, "nested deeper"),
    ],
)
def test_what_is_refused_never_goes_out(query: str, words: str, behind: Live) -> None:
    """Updates, SERVICE, FROM elsewhere and what does not parse: 400 by our own look."""
    reply = behind.ask(query)
    assert reply.status == 400
    assert words in reply.detail


def test_time_and_size_are_ours(behind: Live) -> None:
    """A query without end is stopped in our time, a large answer in our size; then all is well."""
    start = time.monotonic()
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    reply = behind.ask(endless)
    assert reply.status == 503
    assert "longer than 4 seconds" in reply.detail
    assert time.monotonic() - start < 15
    reply = behind.ask("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert reply.status == 503
    assert behind.ask("ASK {}").json["boolean"] is True


def test_nothing_tells_where_the_server_is(
    oxigraph_url: str, behind: Live, capfd: pytest.CaptureFixture[str]
) -> None:
    """No answer and no log line holds its address."""
    port = oxigraph_url.rpartition(":")[2].partition("/")[0]
    replies = [behind.ask(q) for q in ("SELECT * { ?s", "ASK {}", "DESCRIBE <urn:x>")]
    replies += [behind.request("GET", p) for p in ("/sparql", "/dataset", "/")]
    assert not any(f":{port}" in r.body.decode() for r in replies)
    assert f":{port}" not in behind.log.read_text()
    assert capfd.readouterr().err == ""


def test_the_description_counts_the_server_s_graphs(behind: Live) -> None:
    """The service description names the graphs behind."""
    turtle = behind.request("GET", "/sparql", headers={"Accept": "text/turtle"}).body.decode()
    assert CURATED in turtle


def test_ready_says_how_much(behind: Live) -> None:
    """The log's first line tells the statements, and that the process is not sealed."""
    lines = [json.loads(line) for line in behind.log.read_text().splitlines() if line[:1] == "{"]
    ready = next(line for line in lines if line["event"] == "ready")
    assert ready["quads"] > 0
    assert ready["sealed"] is False


def test_the_server_behind_goes_away(lonely: tuple[Live, Any]) -> None:
    """Then clients get 503 in one line that names no address, and pages made before still stand."""
    server, process = lonely
    assert server.ask("ASK {}").status == 200
    assert server.request("GET", "/").status == 200
    process.kill()
    process.wait()
    reply = server.ask("SELECT * { ?s ?p ?o } LIMIT 1")
    assert reply.status == 503
    assert "does not answer" in reply.detail
    assert "127.0.0.1" not in reply.detail
    page = server.request("GET", "/report/layers.html")
    assert page.status == 503
    assert server.request("GET", "/").status == 200
    assert server.ask("SELECT * { SERVICE <urn:x> { ?s ?p ?o } }").status == 400


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + "OPTIONAL{?s?p?o}" * 1500 + "}",
        "ASK { ?x ?p ?o FILTER(" + "||".join(["?x"] * 4000) + ") }",
        "SELECT * {" + " UNION ".join(["{?s?p?o}"] * 1600) + "}",
    ],
    ids=["optional", "or", "union"],
)
def test_a_chain_that_ends_a_server_does_not_go_out(query: str, lonely: tuple[Live, Any]) -> None:
    """A query that would bring the server behind down by stack overflow ends here; it lives on."""
    server, process = lonely
    assert server.ask(query).status == 503
    assert process.poll() is None
    assert server.ask("ASK { ?s ?p ?o }").json["boolean"] is True

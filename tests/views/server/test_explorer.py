"""`rehabgraph serve` of the packaged data: pages, endpoint, things and descriptions together."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live, Reply

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
WALES = "/id/region/wales"


def browse(live: "Live", path: str, **fields: str) -> "Reply":
    """Return what a browser gets."""
    end = f"?{urlencode(fields)}" if fields else ""
    return live.request("GET", path + end, headers={"Accept": BROWSER})


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/", BROWSER, "text/html"),
        ("/page/region/wales.html", "*/*", "text/html"),
        ("/report/market-share.csv", "*/*", "text/csv"),
        ("/report/market-share?lot=accommodation", "application/json", "application/json"),
        ("/view/matrix.html", BROWSER, "text/html"),
        ("/assets/site.css", "*/*", "text/css"),
        ("/assets/names.js", "*/*", "text/javascript"),
        ("/sparql", BROWSER, "text/html"),
        ("/sparql", "text/turtle", "text/turtle"),
        ("/dataset", "application/ld+json", "application/ld+json"),
        ("/questions", "text/turtle", "text/turtle"),
        ("/context.jsonld", "*/*", "application/ld+json"),
        ("/ontology", "text/turtle", "text/turtle"),
        ("/shapes", "application/n-triples", "application/n-triples"),
        ("/data/region/wales.json", "*/*", "application/json"),
    ],
)
def test_everything_answers(explorer: "Live", path: str, accept: str, kind: str) -> None:
    """Each place answers in the form that is asked for, with a policy against foreign content."""
    reply = explorer.request("GET", path, headers={"Accept": accept})
    assert (reply.status, reply.type) == (200, kind)
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert reply.body


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        (BROWSER, "/page/region/wales.html"),
        ("text/turtle", "/data/region/wales.ttl"),
        ("application/ld+json", "/data/region/wales.jsonld"),
        ("application/n-triples", "/data/region/wales.nt"),
        ("application/json", "/data/region/wales.json"),
    ],
)
def test_a_thing_leads_to_its_page_or_data(explorer: "Live", accept: str, target: str) -> None:
    """A thing's address answers 303, to its page for a browser and to data for a program."""
    reply = explorer.request("GET", WALES, headers={"Accept": accept})
    assert (reply.status, reply.headers["location"]) == (303, target)
    there = explorer.request("GET", target)
    assert there.status == 200
    assert b"Wales" in there.body


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by its own parsers
def test_the_descriptions_say_what_is_there(explorer: "Live") -> None:
    """The dataset is described by DCAT and VoID, the service by its own vocabulary."""
    from rdflib import RDF, VOID, Graph, Namespace, URIRef
    from rdflib.namespace import DCAT

    service = Namespace("http://www.w3.org/ns/sparql-service-description#")
    turtle = {"Accept": "text/turtle"}
    about = Graph().parse(
        data=explorer.request("GET", "/dataset", headers=turtle).body, format="turtle"
    )
    dataset = about.value(predicate=RDF.type, object=DCAT.Dataset)
    assert (dataset, RDF.type, VOID.Dataset) in about
    assert about.value(dataset, VOID.sparqlEndpoint) == URIRef(explorer.sparql)
    told = Graph().parse(
        data=explorer.request("GET", "/sparql", headers=turtle).body, format="turtle"
    )
    assert told.value(predicate=RDF.type, object=service.Service) == URIRef(explorer.sparql)


def test_the_questions_run_as_they_are_published(explorer: "Live") -> None:
    """Every question of the catalogue comes with its text, and the endpoint answers the text."""
    from pyoxigraph import NamedNode, RdfFormat, parse

    from rehabgraph.queries.catalogue import question_files

    reply = explorer.request("GET", "/questions", headers={"Accept": "text/turtle"})
    select = NamedNode("http://www.w3.org/ns/shacl#select")
    texts = {
        q.subject.value.rpartition("#")[2]: q.object.value
        for q in parse(reply.body, format=RdfFormat.TURTLE)
        if q.predicate == select
    }
    assert set(texts) == set(question_files())
    for name, text in texts.items():
        answer = explorer.ask(text, "application/sparql-results+json")
        assert answer.status == 200, (name, answer.body[:300])
    moved = browse(explorer, "/questions")
    assert (moved.status, moved.headers["location"]) == (303, "/question/index.html")


@pytest.mark.parametrize(
    ("path", "near"),
    [("/sparq", "/sparql"), ("/reports", "/report/index.html"), ("/datset", "/dataset"),
     ("/download", "/downloads.html"), ("/limit", "/limits.html")],
)  # fmt: skip
def test_an_unknown_place_names_the_nearest(explorer: "Live", path: str, near: str) -> None:
    """A mistyped address is 404 and leads to what was probably meant; in words for programs."""
    page = browse(explorer, path)
    assert page.status == 404
    assert f'href="{near[1:]}"' in page.body.decode()
    line = explorer.request("GET", path, headers={"Accept": "text/csv"})
    assert (line.status, line.type) == (404, "text/plain")
    assert f"Near that: {near}" in line.body.decode()


def test_the_foot_leads_to_the_endpoint(explorer: "Live") -> None:
    """On the server every page's foot leads to the endpoint, from wherever it stands."""
    assert 'href="sparql"' in browse(explorer, "/").body.decode()
    assert 'href="../../sparql"' in browse(explorer, "/page/region/wales.html").body.decode()


def test_a_browser_asks_and_reads_a_table(explorer: "Live") -> None:
    """A query by address comes back to a browser as a page with a table, a chart and files."""
    query = "SELECT ?name ?n { VALUES (?name ?n) { ('one' 1) ('<b>two</b>' 2) } } ORDER BY ?n"
    page = browse(explorer, "/sparql", query=query)
    text = page.body.decode()
    assert (page.status, page.type) == (200, "text/html")
    assert "2 rows." in text
    assert "&lt;b&gt;two&lt;/b&gt;" in text
    assert "Chart: n by name" in text
    for form in ("csv", "tsv", "json", "xml"):
        assert f"&amp;format={form}" in text
        data = browse(explorer, "/sparql", query=query, format=form)
        assert data.status == 200
        assert b"one" in data.body
    assert "Yes." in browse(explorer, "/sparql", query="ASK {}").body.decode()
    triple = "CONSTRUCT { <urn:a> <urn:b> 'c' } {}"
    assert "&lt;urn:a&gt;" in browse(explorer, "/sparql", query=triple).body.decode()


def test_a_browser_reads_where_a_query_is_wrong(explorer: "Live") -> None:
    """An error is a page with the line and the column, the place marked, the query kept."""
    page = browse(explorer, "/sparql", query="SELECT * {\n ?s ?p }")
    text = page.body.decode()
    assert page.status == 400
    assert "line 2, column" in text
    assert "^" in text
    assert "?s ?p }</textarea>" in text


def test_a_browser_is_told_the_limits(explorer: "Live") -> None:
    """The limits stand on the page; a query that passes one is 503 and says which."""
    assert "8 seconds" in browse(explorer, "/sparql").body.decode()
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    page = browse(explorer, "/sparql", query=slow)
    assert page.status == 503
    assert "took longer than 8 seconds" in page.body.decode()
    wide = browse(explorer, "/sparql", query="SELECT * { ?s ?p ?o }")
    assert wide.status == 503
    assert "larger than 2,097,152 bytes" in wide.body.decode()
    assert "&amp;format=csv" in wide.body.decode()


def test_a_saved_question_comes_into_the_editor(explorer: "Live") -> None:
    """The page takes an example by name; a name that is none does no harm."""
    text = browse(explorer, "/sparql", example="who-serves-area").body.decode()
    assert "#+ title: Who serves an area" in text
    assert 'value="who-serves-area" selected' in text
    assert browse(explorer, "/sparql", example="<none>").status == 200


def test_heavy_pages_leave_the_others_free(explorer: "Live") -> None:
    """While costly pages with options are made, a page, a style and a question come at once."""
    paths = [f"/report/failure?top={n}" for n in range(200, 216)]
    with ThreadPoolExecutor(16) as several:
        heavy = [several.submit(explorer.request, "GET", path, timeout=60) for path in paths]
        time.sleep(0.2)
        began = time.monotonic()
        for path in ("/page/region/wales.html", "/assets/site.css", "/sparql?query=ASK%7B%7D"):
            assert explorer.request("GET", path).status == 200
        assert time.monotonic() - began < 3
        assert {h.result().status for h in heavy} <= {200, 503}


def test_a_page_that_takes_too_long_is_stopped(start: Callable[..., Any]) -> None:
    """A page has the same bound on time as a query, is told so, and leaves the server whole."""
    with start(seconds=0.05) as live:
        found = live.request("GET", "/report/network?lot=accommodation", headers={"Accept": "*/*"})
        assert found.status in (200, 400, 503)
        stopped = [
            live.request("GET", "/download/dataset.nq"),
            live.request("GET", "/report/failure?top=9000"),
            live.request("GET", "/view/network.html"),
        ]
        late = [r for r in stopped if r.status == 503]
        assert late
        assert b"took longer than 0.05 seconds" in late[0].body
        assert live.request("GET", "/assets/site.css").status == 200


def test_a_page_kept_is_the_page_made(explorer: "Live") -> None:
    """A second request for a page gets the same bytes; another form or option gets its own."""
    path = "/report/concentration"
    first, second = (browse(explorer, path) for _ in range(2))
    assert first.body == second.body
    assert explorer.request("GET", path, headers={"Accept": "text/csv"}).type == "text/csv"
    narrowed = browse(explorer, path, lot="accommodation")
    assert narrowed.status == 200
    assert narrowed.body != first.body


def test_the_log_has_no_query_text(explorer: "Live") -> None:
    """What people ask on the page stays out of the log."""
    before = len(explorer.log.read_text())
    browse(explorer, "/sparql", query="ASK { <urn:secret-of-mine> ?p ?o }")
    assert "secret-of-mine" not in explorer.logged("/sparql", before)


def test_who_goes_away_keeps_no_place(explorer: "Live") -> None:
    """After more page requests than there are places, all given up, a question is answered."""
    for n in range(150):
        with socket.create_connection(("127.0.0.1", explorer.port), 5) as wire:
            head = f"GET /report/market-share.html?lot=x{n} HTTP/1.1\r\nHost: 127.0.0.1"
            wire.sendall(f"{head}:{explorer.port}\r\n\r\n".encode())
    assert explorer.ask("ASK {}", timeout=20).status == 200

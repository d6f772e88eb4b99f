"""Addresses of things, the dataset's description and the vocabulary files."""

import json
from typing import TYPE_CHECKING
from urllib.parse import urlparse

import pytest

from rehabgraph.ontology import VERSION

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

TURTLE = "text/turtle"


def first_thing(live: "Live") -> str:
    """Return the path of one award of the tiny world."""
    rg = "https://w3id.org/rehabgraph/ontology#"
    rows = live.ask(f"SELECT ?a {{ ?a a <{rg}Award> ; <{rg}citation> ?c }} ORDER BY ?a LIMIT 1")
    return urlparse(rows.json["results"]["bindings"][0]["a"]["value"]).path.removeprefix(
        "/rehabgraph"
    )


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        (TURTLE, "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
        ("application/json", "json"),
        ("*/*", "ttl"),
    ],
)
def test_a_thing_points_to_its_data(live: "Live", accept: str, ending: str) -> None:
    """The address of a thing answers 303; the data there has the type that was asked for."""
    path = first_thing(live)
    reply = live.request("GET", path, headers={"Accept": accept})
    assert reply.status == 303
    assert reply.headers["location"] == path.replace("/id/", "/data/") + f".{ending}"
    assert "accept" in reply.headers["vary"].lower()
    there = live.request("GET", reply.headers["location"])
    assert there.status == 200
    assert there.type == (accept if accept != "*/*" else TURTLE)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib, by its own parsers
def test_the_data_has_the_evidence(live: "Live") -> None:
    """The data of a thing holds its statements and those of its citations, in every form alike."""
    from rdflib import Graph, URIRef

    rg, prov = "https://w3id.org/rehabgraph/ontology#", "http://www.w3.org/ns/prov#"
    path = first_thing(live).replace("/id/", "/data/")
    thing = URIRef("https://w3id.org/rehabgraph" + path.replace("/data/", "/id/"))
    graph = Graph().parse(data=live.request("GET", path + ".nt").body, format="nt")
    citation = graph.value(thing, URIRef(rg + "citation"))
    assert graph.value(citation, URIRef(prov + "wasDerivedFrom"))
    for ending, form in (("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")):
        body = live.request("GET", f"{path}.{ending}").body
        assert set(Graph().parse(data=body, format=form)) == set(graph)
    whole = json.loads(live.request("GET", path + ".json").body)
    assert whole["id"] == str(thing)
    assert whole["citations"][0]["id"] == str(citation)


@pytest.mark.parametrize(
    "path",
    ["/id/lot/none-such", "/id/lot/%3E%20%3Fp", "/data/lot/none-such.ttl", "/data/lot/x.exe",
     "/id/../../etc/passwd", "/data/lot/..%2F..%2Fpasswd.ttl", "/nothing", "/id/lot/%00"],
)  # fmt: skip
def test_unknown_things_are_404(live: "Live", path: str) -> None:
    """What is not here is 404, in one line, whatever the address tries."""
    reply = live.request("GET", path, headers={"Accept": "text/csv"})
    assert reply.status == 404
    assert reply.body.count(b"\n") in (1, 5)  # a line of text, or five of JSON


def test_a_thing_that_cannot_take_a_form_is_406(live: "Live") -> None:
    """A client that takes pictures alone is told what there is."""
    assert live.request("GET", first_thing(live), headers={"Accept": "image/png"}).status == 406


def test_the_dataset_describes_itself(live: "Live") -> None:
    """/dataset is a dcat:Dataset with a licence, an endpoint and the number of its triples."""
    from rdflib import Graph, URIRef
    from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

    reply = live.request("GET", "/dataset", headers={"Accept": TURTLE})
    graph = Graph().parse(data=reply.body, format="turtle")
    dataset = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    assert graph.value(dataset, DCTERMS.license)
    assert graph.value(dataset, VOID.sparqlEndpoint) == URIRef(live.sparql)
    count = live.ask("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").json
    number = int(count["results"]["bindings"][0]["n"]["value"])
    assert int(graph.value(dataset, VOID.triples)) == number  # type: ignore[arg-type]
    browser = live.request("GET", "/dataset", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status, browser.headers["location"]) == (303, "/downloads.html")


def test_the_ontology_sends_people_to_its_page(live: "Live") -> None:
    """A browser gets the page, at the ontology's address and at that of its version."""
    for path in ("/ontology", f"/ontology/{VERSION}"):
        reply = live.request("GET", path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (reply.status, reply.headers["location"]) == (303, "/ontology.html")
    page = live.request("GET", "/ontology.html")
    assert (page.status, page.type) == (200, "text/html")
    reply = live.request("GET", "/ontology/0.0.9", headers={"Accept": TURTLE})
    assert (reply.status, b"there is no version 0.0.9 here" in reply.body) == (404, True)


@pytest.mark.parametrize("path", ["/ontology", f"/ontology/{VERSION}", "/alignment", "/shapes"])
def test_vocabulary_files_take_their_forms(live: "Live", path: str) -> None:
    """The ontology and the shapes come as Turtle and, with the same triples, in other forms."""
    from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

    found = []
    for accept in (TURTLE, "application/n-triples", "application/ld+json"):
        reply = live.request("GET", path, headers={"Accept": accept})
        assert reply.type == accept
        data = Dataset(parse(reply.body, format=RdfFormat.from_media_type(accept)))
        data.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        found.append(set(data))
    assert found[0] == found[1] == found[2]


def test_the_context_is_json(live: "Live") -> None:
    """The JSON-LD context is served as it stands."""
    reply = live.request("GET", "/context.jsonld")
    assert reply.type == "application/ld+json"
    assert "@context" in reply.json


def test_the_start_page_says_what_this_is(live: "Live") -> None:
    """People find the endpoint from the start."""
    page = live.request("GET", "/")
    assert page.type == "text/html"
    assert 'href="sparql"' in page.body.decode()

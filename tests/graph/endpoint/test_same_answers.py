"""Every question and every report says the same of every store.

The packaged data in memory, in a directory, behind an Oxigraph server and behind a Virtuoso 7.
What is expected is the answer of the directory, which the tests of the questions and reports hold
against the documents; here the stores are held against each other.
"""

import json
from typing import Any

import pytest

from rehabgraph.graph.endpoint import store as endpoint_store
from rehabgraph.graph.endpoint.shape import read_shape
from rehabgraph.graph.endpoint.store import EndpointStore
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.network import NETWORKS
from rehabgraph.graph.store import Store, open_directory, open_memory
from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.reports import REPORTS

STORES = ("memory", "oxigraph", "virtuoso")
REFUSED_OF_VIRTUOSO: frozenset[str] = frozenset()
"""Questions that a Virtuoso of this size cannot be asked, each with its reason: none."""
NEEDED: dict[str, list[dict[str, Any]]] = {
    "failure": [{"provider": ["Ingeus"]}, {"top": 3}],
    "merger": [{"parties": "Ingeus,Seetec"}],
    "changes": [{"from": "2021-07-01", "to": "2023-07-01"}],
    "profile": [{"about": "Seetec"}, {"about": "Kent"}, {"about": "Wales"}],
    "policies": [{}, {"policy": "reunification"}],
    "market-share": [{}, {"by": "group"}, {"round": "all"}, {"lot": ["accommodation"]}],
    "concentration": [{}, {"as_of": "2021-07-01"}],
}
"""Options of each report; none but these for the others."""


@pytest.fixture(scope="session")
def memory(dataset: list[str]) -> Store:
    """Return the packaged data in memory."""
    return open_memory(dataset)


@pytest.fixture(scope="session")
def directory(world: Graph) -> Graph:
    """Return the packaged data in its directory."""
    assert world.store.path is not None
    world.store.graphs()
    return Graph(open_directory(world.store.path))


@pytest.fixture(scope="session")
def graphs() -> dict[str, Graph]:
    """Return a place to keep the graphs of the stores, so that names are read once."""
    return {}


@pytest.fixture(params=STORES)
def graph(request: pytest.FixtureRequest, graphs: dict[str, Graph]) -> Graph:
    """Return the graph in one of the stores."""
    if request.param not in graphs:
        graphs[request.param] = Graph(request.getfixturevalue(request.param))
    return graphs[request.param]


def asked(name: str) -> list[dict[str, list[str]]]:
    """Return what a question is asked with: nothing, where it can be, and its example."""
    question = read_question(name)
    examples: dict[str, list[str]] = {}
    for key, value in question.examples:
        examples.setdefault(key, []).append(value)
    open_ones = [] if any(p.required for p in question.params) else [{}]
    return [*open_ones, *([examples] if examples else [])]


@pytest.mark.parametrize("name", list(question_files()))
def test_every_question(name: str, graph: Graph, directory: Graph) -> None:
    """The same rows in the same order, the same sources."""
    for params in asked(name):
        want = directory.query(name, **params)
        assert graph.query(name, **params) == want


@pytest.mark.parametrize("name", [n for n in REPORTS if n != "imported"])
def test_every_report(name: str, graph: Graph, directory: Graph) -> None:
    """The same report to the last note, by its JSON form."""
    for options in NEEDED.get(name, [{}]):
        want = json.dumps(directory.report(name, **options).to_json())
        assert json.dumps(graph.report(name, **options).to_json()) == want


@pytest.mark.parametrize("kind", sorted(NETWORKS))
def test_every_network(kind: str, graph: Graph, directory: Graph) -> None:
    """The same nodes and edges."""
    net, want = graph.to_networkx(kind), directory.to_networkx(kind)
    assert dict(net.nodes(data=True)) == dict(want.nodes(data=True))
    assert sorted(map(repr, net.edges(keys=True, data=True))) == sorted(
        map(repr, want.edges(keys=True, data=True))
    )


def test_looking_around(graph: Graph, directory: Graph) -> None:
    """Names, one thing's statements and the lines behind a figure are the same."""
    from rehabgraph.queries.browse import report_list, report_show

    assert graph.find("giles") == directory.find("giles")
    assert report_show(graph, "Ingeus") == report_show(directory, "Ingeus")
    assert report_list(graph, "contracts") == report_list(directory, "contracts")
    why = graph.why("market-share", "Ingeus")
    assert why == directory.why("market-share", "Ingeus")


OWN = (
    "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> PREFIX schema: <https://schema.org/> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
)
OWN_QUERIES = {
    "dates": "SELECT (COUNT(*) AS ?n) { ?c a rg:Contract ; schema:startDate ?s "
    'FILTER(?s <= "2021-06-30"^^xsd:date) }',
    "truths": "SELECT ?a { ?a rg:commissionedArea false }",
    "optional": "SELECT ?p ?s ?e { ?p a rg:Policy OPTIONAL { ?p schema:startDate ?s } "
    "OPTIONAL { ?p schema:endDate ?e } OPTIONAL { ?p rg:owner ?o } } ORDER BY ?p",
    "fractions": "SELECT (SUM(?v) / COUNT(?v) AS ?mean) { ?a a rg:Award ; rg:value ?v }",
    "undefined": "SELECT ?a ?v { VALUES ?x { UNDEF } { ?a rg:value ?v } UNION "
    "{ ?a rg:valueAsPrinted ?v } } ORDER BY ?a ?v LIMIT 20",
    "durations": "SELECT (STR(?t) AS ?text) { ?x rg:term ?t } ORDER BY ?text",
    "exists": "SELECT (EXISTS { ?a a rg:Award } AS ?yes) {}",
    "paths": "SELECT (COUNT(*) AS ?n) { ?a rg:citation/rg:locator|rg:lot ?b }",
    "long": "PREFIX prov: <http://www.w3.org/ns/prov#> SELECT ?s ?o { { ?s a ?o } UNION "
    "{ ?s rg:locator ?o } UNION { ?s prov:wasDerivedFrom ?o } FILTER(!ISBLANK(?s)) } "
    "ORDER BY ?s ?o",
    "ask": "ASK { ?a rg:value 6021064 }",
}


@pytest.mark.parametrize("name", list(OWN_QUERIES))
def test_queries_of_ones_own(name: str, graph: Graph, directory: Graph) -> None:
    """What a Virtuoso 7 gets wrong when it is asked itself comes out right through us."""
    want = directory.sparql(OWN + OWN_QUERIES[name])
    assert graph.sparql(OWN + OWN_QUERIES[name]) == want
    assert want.rows


def test_what_is_known_of_the_servers(oxigraph: EndpointStore, virtuoso: EndpointStore) -> None:
    """Oxigraph keeps to SPARQL 1.1; a Virtuoso 7 does not, and its answers are cut at 10,000."""
    assert oxigraph.server.departures == ()
    assert "it is a Virtuoso" in virtuoso.server.departures
    assert oxigraph.server.size == virtuoso.server.size > 30_000
    assert "copied" in virtuoso.describe()
    assert "Asked of" in oxigraph.describe()


def test_a_virtuoso_too_large_to_copy_is_right_or_says_so(
    virtuoso: EndpointStore, directory: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked itself, each question comes out equal or is refused by what is doubtful in it."""
    monkeypatch.setattr(endpoint_store, "COPY_QUADS", 1000)
    alone = EndpointStore(virtuoso.address.url, virtuoso.client.credentials)
    answered, refused = 0, 0
    for name in question_files():
        text = read_question(name).sparql
        if doubts := read_shape(text).doubts:
            refused += 1
            with pytest.raises(StoreError, match="may answer this wrongly") as caught:
                alone.select(text)
            assert doubts[0] in str(caught.value)
            continue
        answered += 1
        assert alone.select(text) == directory.store.select(text), name
    assert answered >= 10
    assert refused > 0
    everything = alone.select("SELECT ?s ?p ?o { ?s ?p ?o }")
    assert len(everything) == alone.server.size  # read in pages: its answers end at 10,000 rows
    with pytest.raises(StoreError, match="ask another server"):
        Graph(alone).sparql("SELECT * { ?s ?p ?o }")


def test_no_question_is_refused_of_a_virtuoso(virtuoso: EndpointStore) -> None:
    """Small enough to copy, it can be asked everything."""
    refused = set()
    for name in question_files():
        try:
            virtuoso.select(read_question(name).sparql)
        except StoreError:
            refused.add(name)
    assert refused == REFUSED_OF_VIRTUOSO

"""Hostile queries: each is answered or refused within its limit, and the next is answered."""

import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.views.server.attacks.conftest import Listener
    from tests.views.server.conftest import Live

LIMIT = 1.5
SLACK = 8  # a worker that died is replaced, and the machine may be busy
MEBI = 1024 * 1024
REFUSED = {400, 413, 414, 431, 503}


def attack(live: "Live", query: str, allowed: set[int]) -> Any:  # noqa: ANN401 - a Reply
    """Send a query and hold its reply to the limits."""
    began = time.monotonic()
    reply = live.ask(query, timeout=LIMIT + SLACK + 2)
    took = time.monotonic() - began
    assert reply.status in allowed, (reply.status, reply.body[:300])
    assert took < LIMIT + SLACK, took
    assert b"root:" not in reply.body
    assert len(reply.body) < 20 * MEBI
    return reply


REACHING = [
    "SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { sErViCe <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<http://127.0.0.1:%d/>{ ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:%d/> SELECT * { SERVICE:x{ ?s ?p ?o } }",
    "SELECT * { BIND(<http://127.0.0.1:%d/> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } } } }",
    "SELECT * { ?s ?p 1.SERVICE<http://127.0.0.1:%d/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p true.SERVICE<http://127.0.0.1:%d/>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p 'x'@en.SERVICE<http://127.0.0.1:%d/>{ ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:%d/> SELECT * { FILTER(1<2)SERVICE:x#>\n{ ?s ?p ?o } }",
    "SELECT * { FILTER(1<'>')SERVICE<http://127.0.0.1:%d/>{ ?s ?p ?o } FILTER(1='>') }",
    'SELECT * { FILTER(1<2)#>"""\nSERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }#"""',
    "SELECT * { ?s <http://e/\\u0061#b> ?o . SERVICE <http://127.0.0.1:%d/> { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1:%d/data.ttl> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://127.0.0.1:%d/data.ttl> { GRAPH ?g { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:%d/> SELECT * FROM :x { ?s ?p ?o }",
    "BASE <http://127.0.0.1:%d/> SELECT * FROM <x> { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:%d/>",
    "LOAD SILENT <http://127.0.0.1:%d/> INTO GRAPH <http://e/g>",
]


@pytest.mark.parametrize("query", REACHING)
def test_no_query_reaches_the_network(fortress: "Live", listener: "Listener", query: str) -> None:
    """SERVICE, FROM and LOAD are refused however they are written; nothing knocks on our port."""
    attack(fortress, query.replace("%d", str(listener.port)), {400})
    assert listener.reached == 0


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
        "BASE <file:///etc/> SELECT * FROM <passwd> { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "SELECT * FROM <../../../etc/passwd> { ?s ?p ?o }",
        "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    ],
)
def test_no_query_reads_a_file(fortress: "Live", query: str) -> None:
    """Files are out of reach by FROM, LOAD and SERVICE."""
    attack(fortress, query, {400})


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "DROP ALL",
        "CREATE GRAPH <urn:g>",
        "PREFIX x: <urn:x> INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "# SELECT\nINSERT DATA { <urn:a> <urn:b> 'SELECT' }",
        "ASK {} ; CLEAR ALL",
        "SELECT * { ?s ?p ?o } ; DELETE WHERE { ?s ?p ?o }",
        "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "ASK { DELETE WHERE { ?s ?p ?o } }",
    ],
)
def test_no_query_changes_data(fortress: "Live", query: str) -> None:
    """Updates are refused, alone, after a query and inside one."""
    attack(fortress, query, {400})


def nested(opening: str, closing: str, depth: int, inner: str = "") -> str:
    """Return something inside many brackets."""
    return opening * depth + inner + closing * depth


BOMBS = {
    "groups": "ASK " + nested("{", "}", 3000),
    "brackets": f"ASK {{ FILTER({nested('(', ')', 3000, '1')}) }}",
    "brackets behind a comparison": "ASK { FILTER(" + "1<((((#>))))\n" * 900 + "1 ) }",
    "negations": f"ASK {{ FILTER({'!' * 6000}true) }}",
    "blank nodes": f"ASK {{ ?s ?p {nested('[ ?p ', ' ]', 3000, '1')} }}",
    "lists": f"ASK {{ ?s ?p {nested('( ', ' )', 3000)} }}",
    "quoted triples": f"ASK {{ {nested('<< ', ' ?p ?o >>', 3000, '?s ?p ?o')} ?p ?o }}",
    "paths": f"ASK {{ ?s {nested('(', ')', 3000, '<urn:p>')} ?o }}",
    "inverse paths": f"ASK {{ ?s {'^' * 6000}<urn:p> ?o }}",
    "optionals": "ASK " + nested("{ OPTIONAL ", "}", 3000, "{}"),
    "subqueries": "ASK " + nested("{ SELECT * ", "}", 3000, "{}"),
    "functions": f"ASK {{ FILTER({nested('STR(', ')', 3000, '1')}) }}",
}
LONG = {
    "unions": "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 2200) + " } LIMIT 5",
    "short unions": "SELECT * {" + "UNION".join(["{?s?p?o}"] * 4000) + "} LIMIT 5",
    "additions": f"SELECT ({'+'.join(['1'] * 9000)} AS ?x) {{}}",
    "ors": f"ASK {{ FILTER({'||'.join(['?x'] * 6000)}) }}",
    "path steps": f"ASK {{ ?s {'/'.join(['<urn:p>'] * 6000)} ?o }}",
    "path choices": f"ASK {{ ?s {'|'.join(['<urn:p>'] * 6000)} ?o }}",
    "filters": "ASK { ?s ?p ?o " + "FILTER(?o=?o)" * 3000 + " }",
    "patterns": "ASK { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(2500)) + " }",
    "optionals in a row": "ASK { ?s ?p ?o " + "OPTIONAL{?s ?p ?x}" * 2500 + " }",
    "minuses": "ASK { ?s ?p ?o " + "MINUS{?s?p?o}" * 3000 + " }",
}


@pytest.mark.parametrize("name", BOMBS)
def test_nesting_bombs_are_refused(fortress: "Live", name: str) -> None:
    """What nests deeper than anyone needs is refused before a parser sees it."""
    reply = attack(fortress, BOMBS[name], {400})
    assert "nested" in reply.detail or "in full" in reply.detail or "line" in reply.detail


@pytest.mark.parametrize("name", LONG)
def test_long_queries_stay_in_their_limits(fortress: "Live", name: str) -> None:
    """Long rows of operators are answered or refused, whatever they do to the engine."""
    attack(fortress, LONG[name], {200, *REFUSED})


ANY = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
DOUBLING = "CONCAT(?x{0},?x{0})"
HEAVY = {
    "product": f"SELECT (COUNT(*) AS ?n) {{ {ANY} }}",
    "sorted product": f"SELECT * {{ {ANY} }} ORDER BY ?a ?d ?g",
    "distinct product": f"SELECT DISTINCT * {{ {ANY} }}",
    "large answer": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "large graph": f"CONSTRUCT {{ ?a ?e ?i }} {{ {ANY} }}",
    "open path": "SELECT * { ?s (<urn:x>|!<urn:x>)* ?o }",
    "open paths": "SELECT (COUNT(*) AS ?n) { ?s (!<urn:x>)+ ?o . ?o (^!<urn:x>)+ ?z }",
    "doubling": "SELECT (STRLEN(?x30) AS ?n) { BIND('0123456789abcdef' AS ?x0) "
    + " ".join(f"BIND({DOUBLING.format(n)} AS ?x{n + 1})" for n in range(30))
    + " }",
    "replacing": "SELECT (STRLEN(?x9) AS ?n) { BIND('aaaaaaaaaaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(REPLACE(?x{n},'a','aaaaaaaaaaaaaaaa') AS ?x{n + 1})" for n in range(9))
    + " }",
    "joining": "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a),STR(?d)))) AS ?n) "
    "{ ?a ?b ?c . ?d ?e ?f }",
    "regex": "SELECT * { ?s ?p ?o FILTER REGEX(CONCAT(STR(?o),'" + "a" * 5000 + "!'),'^(a+)+$') }",
    "large regex": "ASK { FILTER REGEX('" + "a" * 100 + "','(((a{100}){100}){100}){100}') }",
    "nested regex": "SELECT * { ?s ?p ?o FILTER REGEX(STR(?o),'"
    + "(a|" * 2000
    + "b"
    + ")*" * 2000
    + "') }",
    "mixed order": "SELECT * { ?s ?p ?o } ORDER BY ?o",
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_queries_are_stopped(fortress: "Live", name: str) -> None:
    """What takes too long, too much or kills the engine is stopped at its limit, in one line."""
    reply = attack(fortress, HEAVY[name], {200, *REFUSED})
    if reply.status != 200:
        assert reply.detail.count("\n") == 0


def test_huge_terms_are_bounded(fortress: "Live") -> None:
    """Long addresses, literals, names and numbers are answered or refused."""
    for query in (
        f"ASK {{ <http://e/{'a' * 60_000}> ?p ?o }}",
        f"ASK {{ ?s ?p '{'a' * 60_000}' }}",
        f"ASK {{ ?{'v' * 60_000} ?p ?o }}",
        f"SELECT ({'9' * 60_000} * {'9' * 5} AS ?n) {{}}",
        f"ASK {{ ?s ?p {'9' * 30_000}e{'9' * 30_000} }}",
        f"ASK {{ ?s ?p 'x'@{'a' * 60_000} }}",
    ):
        attack(fortress, query, {200, 400})
    assert fortress.ask(f"ASK {{ ?s ?p '{'a' * 100_000}' }}").status == 400
    assert fortress.ask(f"ASK {{ ?s ?p '{'a' * 400_000}' }}").status == 413
    assert fortress.request("GET", "/sparql?query=" + "a" * 90_000).status in REFUSED


def test_bad_encodings_are_refused(fortress: "Live") -> None:
    """Bytes that are no UTF-8, nulls and lone surrogates are refused, not guessed."""
    kind = {"Content-Type": "application/sparql-query"}
    for body in (
        b"\xff\xfe",
        b"ASK { ?s ?p '\xc3\x28' }",
        b"ASK {}\0",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf\xff",
    ):
        assert fortress.request("POST", "/sparql", body, kind).status == 400
    for path in (
        "/sparql?query=%FF",
        "/sparql?query=ASK%00",
        "/sparql?query=%ED%A0%80",
        "/%ff%fe",
        "/%00",
    ):
        assert fortress.request("GET", path).status in {400, 404}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert fortress.request("POST", "/sparql", b"query=%C3%28", form).status == 400
    assert fortress.request("POST", "/sparql", b"&".join([b"a=1"] * 5000), form).status == 400

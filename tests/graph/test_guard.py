"""A query of somebody else's is looked at before any engine sees it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadQuery
from rehabgraph.graph.guard import MAX_BYTES, MAX_NESTING, check_query

SERVICE = "SERVICE <http://e.org/> { ?s ?p ?o }"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE' }",
        'SELECT * { ?s ?p "LOAD <file:///etc/passwd>" }',
        "SELECT * { ?s ?p '''it's SERVICE''' }",
        'SELECT * { ?s ?p """a "quoted" SERVICE""" }',
        'SELECT * { ?s ?p "a \\" SERVICE \\" b" }',
        "# SERVICE in a comment\nSELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } # SERVICE",
        "SELECT * { ?SERVICE ?INSERT $DROP }",
        "PREFIX e: <http://e.org/> SELECT * { ?s e:LOAD e:DROP }",
        "PREFIX e: <http://e.org/> SELECT * { ?s e:SERVICE ?o }",
        "SELECT * { ?s <http://e.org/SERVICE> <http://e.org/#SERVICE> }",
        "SELECT * { _:SERVICE ?p ?o }",
        "PREFIX insert: <http://e.org/> ASK { ?s insert:data ?o }",
        "SELECT * { ?s ?p 'a' FILTER(1 < 2 && 3 > 2) }",
    ],
)
def test_a_keyword_in_text_harms_nothing(query: str) -> None:
    """Strings, comments, variables, prefixed names and addresses may hold any word."""
    assert check_query(query).form in ("SELECT", "ASK")


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ {SERVICE} }}",
        "select * { service silent <http://e.org/> { ?s ?p ?o } }",
        "SELECT * {\n SeRvIcE ?where { ?s ?p ?o } }",
        f'SELECT * {{ ?s ?p "a" . {SERVICE} }}',
        f"SELECT * {{ ?s ?p '' . {SERVICE} }}",
        f'SELECT * {{ ?s ?p "\\\\" . {SERVICE} }}',
        f"# comment\rSELECT * {{ {SERVICE} }}",
        f"SELECT * {{ ?s ?p <http://e.org/#> . {SERVICE} }}",
        f"SELECT * {{ FILTER(?a<1 && 2>1) {SERVICE} }}",
        f"SELECT * {{ ?s ?p ''''''. {SERVICE} }}",
        f"ASK {{ {{ SELECT * {{ {SERVICE} }} }} }}",
        f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ {SERVICE} }} }}",
        f"DESCRIBE ?s WHERE {{ {SERVICE} }}",
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {SERVICE} }}",
        "SELECT * { ?x ?y ?z .SERVICE<http://e.org/>{?s ?p ?o} }",
    ],
)
def test_service_is_found_wherever_it_hides(query: str) -> None:
    """No quoting, comment or spacing lets a federated query through."""
    with pytest.raises(BadQuery, match=r"line \d+, column \d+: SERVICE"):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:a> <a:a> <a:a> }",
        "PREFIX e: <http://e.org/>\nDELETE WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "# harmless\nCLEAR ALL",
        "BASE <http://e.org/> DROP ALL",
        "WITH <http://e.org/g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        "drop default",
        "COPY <a:a> TO <a:b>",
        "",
        "   \n",
        "# only a comment",
        "hello",
        "{ ?s ?p ?o }",
        "\0",
        "SELECT * { ?s ?p '\ud800' }",
    ],
)
def test_what_is_no_reading_is_refused(query: str) -> None:
    """Updates, empty texts and rubbish are refused with one line."""
    with pytest.raises(BadQuery) as caught:
        check_query(query)
    assert "\n" not in str(caught.value)


def test_graphs_asked_for_are_named() -> None:
    """FROM and FROM NAMED give their addresses; a graph pattern does not."""
    look = check_query(
        "SELECT * FROM <http://e.org/1> FROM NAMED <http://e.org/2> "
        "{ GRAPH <http://e.org/3> { ?s ?p ?o } }"
    )
    assert look.graphs == ("http://e.org/1", "http://e.org/2")


def test_a_graph_by_prefix_is_named_in_full() -> None:
    """FROM with a prefixed name is resolved, so that it cannot slip past the check of graphs."""
    look = check_query("PREFIX f: <file:///etc/> SELECT * FROM f:passwd { ?s ?p ?o }")
    assert look.graphs == ("file:///etc/passwd",)


def test_a_prefix_that_reads_as_service_is_refused() -> None:
    """`SERVICE:x` may be read in two ways, so the message asks for another prefix."""
    with pytest.raises(BadQuery, match="rename it"):
        check_query("PREFIX SERVICE: <http://e.org/> SELECT * { ?s SERVICE:x ?o }")


@pytest.mark.parametrize(
    ("opening", "closing"), [("{", "}"), ("(", ")"), ("[", "]"), ("{{", "}}"), ("([", "])")]
)
@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 10_000])
def test_nesting_bombs_are_refused(opening: str, closing: str, depth: int) -> None:
    """Brackets nested deeper than the bound are refused before any parser recurses."""
    with pytest.raises(BadQuery, match="nested deeper"):
        check_query("SELECT * WHERE " + opening * depth + closing * depth)


@pytest.mark.parametrize("sign", "!-+")
def test_runs_of_signs_are_nesting_too(sign: str) -> None:
    """`!!!!…` nests in a parser just as brackets do."""
    with pytest.raises(BadQuery, match="nested deeper"):
        check_query("SELECT * { ?s ?p ?o FILTER(" + sign * 5000 + "?o) }")


def test_nesting_within_the_bound_passes() -> None:
    """A query of ordinary depth is let through: brackets side by side are not nested."""
    check_query("SELECT * WHERE " + "{" * MAX_NESTING + "}" * MAX_NESTING)
    check_query("SELECT * WHERE { " + "{ ?s ?p ?o } UNION " * 200 + "{} }")


def test_long_queries_are_refused() -> None:
    """More than the bound, in bytes and not letters, is refused."""
    head = "SELECT * {} #"
    check_query(head + "x" * (MAX_BYTES - len(head)))
    with pytest.raises(BadQuery, match="longer than"):
        check_query(head + "x" * (MAX_BYTES - len(head) + 1))
    with pytest.raises(BadQuery, match="longer than"):
        check_query(head + "£" * (MAX_BYTES // 2))


@pytest.mark.parametrize(
    "text",
    ['"""', "'''", '"', "'", "<", '"""a', '""x', "\\", "a:", "<a", '"\\', "''x", "#", "?a", "1-"],
)
def test_the_look_takes_linear_time(text: str) -> None:
    """Text made to go back and forth in a regular expression costs well under a second of work."""
    started = time.process_time()
    with pytest.raises(BadQuery):
        check_query(text * (MAX_BYTES // len(text)))
    assert time.process_time() - started < 2


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, the answer is a look or a BadQuery of one line."""
    said = ""
    try:
        check_query(text)
    except BadQuery as e:
        said = str(e)
    assert "\n" not in said


@given(st.text(st.characters(exclude_characters="'\\\n\r", codec="utf-8")))
def test_any_text_in_quotes_is_harmless(text: str) -> None:
    """A string of any content leaves the look as it was."""
    assert check_query(f"SELECT * {{ ?s ?p '{text}' }}").form == "SELECT"

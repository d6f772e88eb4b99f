"""The guard against texts with two readings: no way of writing hides SERVICE, FROM or nesting.

Whether the engine reads a text as SERVICE was found by asking it, with a port that refuses.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadQuery
from rehabgraph.graph.guard import MAX_BYTES, MAX_NESTING, MAX_TOKENS, check_query

QUERIES = Path(__file__).resolve().parents[2] / "queries"
HIDDEN = [
    "ASK { SERVICE <http://e/> {} }",
    "ASK { service silent <http://e/> {} }",
    "ASK { SERVICESILENT<http://e/>{} }",
    "PREFIX : <http://e/> ASK { SERVICE:x{} }",
    "PREFIX service: <http://e/> ASK { service:x{} }",
    "ASK { ?s ?p 1.SERVICE<http://e/>{} }",
    "ASK { ?s ?p 1SERVICE<http://e/>{} }",
    "ASK { ?s ?p 1e5SERVICE<http://e/>{} }",
    "ASK { ?s ?p true.SERVICE<http://e/>{} }",
    "ASK { ?s ?p trueSERVICE<http://e/>{} }",
    "ASK { ?s ?p 'x'@en.SERVICE<http://e/>{} }",
    "PREFIX : <http://e/> ASK { FILTER(1<2)SERVICE:x#>\n{} }",
    "ASK { FILTER(1<'>')SERVICE<http://e/>{} FILTER(1='>') }",
    'ASK { FILTER(1<2)#>"""\nSERVICE <http://e/> {} }#"""',
    "ASK { ?s <http://e/\\u0061#b> ?o . SERVICE <http://e/> {} }",
    "ASK { ?s ?p ?o #\x0c\nSERVICE<http://e/>{} }",
]


@pytest.mark.parametrize("query", HIDDEN)
def test_service_is_seen(query: str) -> None:
    """SERVICE is refused however it touches what stands beside it."""
    with pytest.raises(BadQuery):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p 'SERVICE' }",
        'ASK { ?s ?p """a " SERVICE <x> """ }',
        "ASK { ?s ?p ?service } # SERVICE <x>",
        "PREFIX rg: <http://e/> ASK { ?s a rg:Service }",
        "ASK { ?s <http://e/service(1)#it's> ?o }",
        "ASK { ?s ?p ?o FILTER(?o < 3 && ?o>1) }",
        "ASK { ?s ?p ?o FILTER(?o<3&&?o>1) }",
        "PREFIX : <#> ASK { ?s :p ?o }",
        "SELECT ?from { ?from ?insert 'DELETE' }",
        "ASK { ?s ?p 'l''Église', 'e\u0301'@fr-FR, -1.5e-3, .5, true }",
    ],
)
def test_harmless_queries_pass(query: str) -> None:
    """Keywords inside strings, comments, names and addresses harm nothing."""
    assert check_query(query).form in ("ASK", "SELECT")


@pytest.mark.parametrize("file", sorted(QUERIES.glob("*/*.rq")), ids=lambda f: f.stem)
def test_saved_questions_pass(file: Path) -> None:
    """Every saved question could be asked by a stranger too."""
    assert check_query(file.read_text(encoding="utf-8")).form


def test_from_is_read_in_full() -> None:
    """FROM is read through prefixes, bases and escapes, and told apart from FROM NAMED."""
    look = check_query(
        "BASE <http://e/> PREFIX g: <http://e/g/> # FROM <http://e/no>\n"
        "SELECT * FROM g:a FROM NAMED <b> FROM <http://e/\\u0063> { ?s ?p 'FROM <x>' }"
    )
    assert look.default_graphs == ("http://e/g/a", "http://e/c")
    assert look.named_graphs == ("http://e/b",)
    assert check_query("ASK FROM <x> {}", "http://base/").graphs == ("http://base/x",)


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX : <http://e/> ASK FROM:x {}",
        "ASKFROM<http://e/>{}",
        "ASK FROM <x> {}",
        "ASK FROM z:z {}",
    ],
)
def test_from_that_could_be_missed_is_refused(query: str) -> None:
    """What the engine might read as FROM and we might not, or cannot be resolved, is refused."""
    with pytest.raises(BadQuery):
        check_query(query)


@pytest.mark.parametrize("word", ["INSERT", "delete", "LOAD", "CLEAR", "Drop", "CREATE", "WITH"])
def test_updates_are_named(word: str) -> None:
    """An update is refused with a line that says why."""
    with pytest.raises(BadQuery, match="only reading"):
        check_query(f"PREFIX : <http://e/> {word} DATA {{ }}")


@pytest.mark.parametrize(
    "opening", ["{", "(", "[ ", "<< ", "! ", "!", "- ", "^", "{ OPTIONAL ", "1<((((#>))))\n"]
)
def test_nesting_is_bounded(opening: str) -> None:
    """Brackets and prefix operators nest so far and no further; nothing hides them."""
    with pytest.raises(BadQuery):
        check_query("ASK { FILTER " + opening * (MAX_NESTING + 1))


def test_size_is_bounded() -> None:
    """Bytes and tokens have their limits; at the limit of tokens the look is quick."""
    with pytest.raises(BadQuery, match="bytes"):
        check_query("ASK {}" + " " * MAX_BYTES)
    with pytest.raises(BadQuery, match="words and signs"):
        check_query("ASK {" + "." * MAX_TOKENS + "}")


@given(st.text(alphabet="ASKFROMSERVICE<>{}()[]'\"#\\:?@!^.,;1 \n\tu-e%_*/|&é\u0301", max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text, however odd, is anything but a look or a refusal."""
    try:
        look = check_query(text)
    except BadQuery:
        return
    assert look.form


@pytest.mark.parametrize(
    "query",
    [
        "ASK { # \\u000ASERVICE <http://e/> {}\n}",
        'ASK { ?s ?p "\\u0022 . SERVICE <http://e/> {} #" }',
        "ASK { ?s ?p '\\u0027 . SERVICE <http://e/> {} #' }",
        "ASK { ?s <http://e/\\u003E?o.SERVICE\\u0020\\u003Chttp://e/>{}}",
        'ASK { ?s ?p "\\U0000005C" }',
    ],
)
def test_a_sign_in_disguise_is_refused(query: str) -> None:
    """An escape for a quote, bracket or line end is read before all else by some engines.

    Source: https://www.w3.org/TR/sparql11-query/#codepointEscape
    """
    with pytest.raises(BadQuery, match="write the sign itself"):
        check_query(query)


def test_a_letter_in_disguise_passes() -> None:
    """An escape for a letter inside a string or an address ends neither."""
    assert check_query('ASK { <http://e/\\u0061> ?p "caf\\u00e9\\U0001F600" }').form == "ASK"

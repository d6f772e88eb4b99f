"""The shape of a query: its parts, its order, and what a departing server is not asked."""

import json
from datetime import date

import pytest

from rehabgraph.graph.endpoint.results import (
    months_as_duration,
    read_results,
    to_term,
    write_results,
)
from rehabgraph.graph.endpoint.shape import drop_dataset, read_shape, sort_rows
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.store import Iri
from rehabgraph.queries.catalogue import question_files, read_question

XSD = "http://www.w3.org/2001/XMLSchema#"


def test_parts_and_end() -> None:
    """Prefixes, body and end; order and limit are read where they are plain."""
    text = (
        "PREFIX a: <urn:a#> # a note\nSELECT DISTINCT ?x ?y WHERE { ?x a:b ?y } "
        "ORDER BY ?x DESC(?y) LIMIT 5 OFFSET 2"
    )
    shape = read_shape(text)
    assert shape.prologue == "PREFIX a: <urn:a#> "
    assert shape.body == "SELECT DISTINCT ?x ?y WHERE { ?x a:b ?y } "
    assert (shape.form, shape.distinct) == ("SELECT", True)
    assert shape.order == (("x", False), ("y", True))
    assert (shape.limit, shape.offset) == (5, 2)
    assert shape.doubts == ()


def test_operators_and_strings_stay_whole() -> None:
    """Taking comments out leaves `!=`, `<=`, `&&` and a # inside strings as they are."""
    text = 'ASK { ?a ?b "#no" FILTER(?a != ?b && ?a <= 1 || ?b) } # note'
    assert read_shape(text).body == 'ASK { ?a ?b "#no" FILTER(?a != ?b && ?a <= 1 || ?b) }'


def test_every_question_keeps_its_words() -> None:
    """Of each saved question prefixes, body and end together are the text without comments."""
    for name in question_files():
        text = read_question(name).sparql
        shape = read_shape(text)
        kept = f"{shape.prologue}{shape.body}{shape.end}"
        assert shape.form == "SELECT"
        assert shape.order, name
        assert "UNDEF" not in kept
        assert kept.count("{") == kept.count("}")


@pytest.mark.parametrize(
    ("pattern", "doubt"),
    [
        ("?s ?p ?d FILTER(?d <= ?e)", "< between values"),
        ("?s ?p ?d FILTER(?d > 5)", "> between values"),
        ("?s ?p ?d OPTIONAL { ?d ?q ?r }", "OPTIONAL"),
        ("?s ?p ?d MINUS { ?d ?q ?r }", "MINUS"),
        ("VALUES (?a ?b) { (1 UNDEF) }", "UNDEF"),
        ("{ SELECT DISTINCT ?s { ?s ?p ?o } }", "DISTINCT inside"),
        ("BIND (EXISTS { ?a ?b ?c } AS ?d)", "EXISTS as a value"),
        ('?s ?p ?d FILTER REGEX(?d, "x")', "REGEX"),
        ("BIND (<urn:x>(?a) AS ?b) BIND (xsd:double(?a) AS ?c)", "xsd:double"),
        ("?s rg:a+ ?d", "+ on values or paths"),
        ("BIND (?a / ?b AS ?c)", "/ on values or paths"),
        ("BIND (?a = ?b AS ?c)", "= as a value"),
        ("BIND (BOUND(?a) AS ?c)", "BOUND as a value"),
        ("{ SELECT ?s { ?s ?p ?o } LIMIT 5 }", "LIMIT"),
    ],
)
def test_what_is_doubted(pattern: str, doubt: str) -> None:
    """Each of these a Virtuoso 7 was seen to answer wrongly, or cannot be checked."""
    assert doubt in read_shape(f"SELECT * WHERE {{ {pattern} }}").doubts


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?a (COUNT(DISTINCT ?b) AS ?n) { ?a rg:lot/rg:x ?b } GROUP BY ?a ORDER BY ?n",
        "SELECT * { ?a ?b ?c FILTER NOT EXISTS { ?c ?d ?e } FILTER(STR(?c) <= STR(?a)) }",
        "SELECT * { VALUES ?lot { UNDEF } ?a rg:lot ?lot FILTER(?a != ?b) }",
    ],
)
def test_what_is_not_doubted(query: str) -> None:
    """Plain patterns, counts, equality, a slot that is open."""
    assert read_shape(query).doubts == ()


def test_an_order_that_is_not_shown_is_doubted() -> None:
    """Rows cannot be put in order by what is not among their columns."""
    assert read_shape("SELECT ?a { ?a ?b ?c } ORDER BY ?b").doubts == ("ORDER BY",)
    assert "ORDER BY" in read_shape("SELECT ?a { ?a ?b ?c } ORDER BY (?a + 1)").doubts


def test_rows_in_the_order_of_sparql() -> None:
    """Unbound before addresses before literals (SPARQL 1.1, section 15.1); down is the reverse."""
    rows = [{"x": v} for v in ("b", 10, None, Iri("urn:x"), 9.5, date(2021, 1, 1), "a")]
    up = [r["x"] for r in sort_rows(rows, [("x", False)])]
    assert up == [None, Iri("urn:x"), 9.5, 10, "a", "b", date(2021, 1, 1)]
    assert [r["x"] for r in sort_rows(rows, [("x", True)])] == up[::-1]


def test_from_is_taken_out_and_nothing_else() -> None:
    """FROM in a string or a pattern's name stays."""
    text = 'SELECT ?from FROM <urn:a> FROM NAMED g:b WHERE { ?from ?p "FROM <urn:a>" }'
    assert drop_dataset(text) == 'SELECT ?from WHERE { ?from ?p "FROM <urn:a>" }'


def test_a_server_of_older_names_is_understood() -> None:
    """`typed-literal`, truths as 0 and 1, months for a duration, nodes with odd labels."""
    cells = {
        "t": {"type": "typed-literal", "datatype": XSD + "boolean", "value": "1"},
        "d": {"type": "typed-literal", "datatype": XSD + "yearMonthDuration", "value": "33"},
        "b": {"type": "bnode", "value": "nodeID://b1"},
        "l": {"type": "literal", "xml:lang": "en", "value": 'say "no"\n'},
    }
    body = json.dumps({"head": {"vars": [*cells, "u"]}, "results": {"bindings": [cells]}}).encode()
    table = read_results(body, "here")
    assert not isinstance(table, bool)
    (row,) = table.to_solutions()
    assert (row["t"], row["d"], row["u"]) == (True, "P2Y9M", None)
    terms = [to_term(cell) for cell in table.rows[0][:-1]]
    assert terms[0] == f'"true"^^<{XSD}boolean>'
    assert terms[2].startswith("_:b")
    assert terms[3] == '"say \\"no\\"\\n"@en'
    again = read_results(write_results(table), "here")
    assert not isinstance(again, bool)
    assert again.variables == table.variables
    for name in ("t", "d", "l", "u"):
        assert again.to_solutions()[0][name] == row[name]


def test_an_address_that_is_none_is_not_passed_on() -> None:
    """A server cannot smuggle a statement into N-Quads by an address with signs in it."""
    for cell in (
        ("uri", "urn:a> <urn:b> <urn:c", "", ""),
        ("uri", "no-scheme", "", ""),
        ("literal", "x", "urn:t> .\n<urn:a", ""),
        None,
    ):
        with pytest.raises(StoreError):
            to_term(cell)


def test_months_as_durations() -> None:
    """XML Schema's canonical form of yearMonthDuration."""
    found = [months_as_duration(n) for n in (0, 5, 12, 33, -14)]
    assert found == ["P0M", "P5M", "P1Y", "P2Y9M", "-P1Y2M"]

"""Every saved question: its header, its text, its order and its parameters.

The exact answers on the tiny world stand in `test_answers_market.py` and `test_answers_record.py`.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from rehabgraph.graph.errors import BadParameter, BadQuestionFile, UnknownName, UnknownQuestion
from rehabgraph.graph.store import Iri
from rehabgraph.ontology import FOLDER as ONTOLOGY
from rehabgraph.ontology import PREFIXES, RG
from rehabgraph.queries.catalogue import (
    COLUMN_TYPES,
    PARAM_TYPES,
    Question,
    bind_terms,
    parse_question,
    question_files,
    read_question,
)
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report import Report

ALL = list(question_files())
ASKED = [name for name in ALL if not name.endswith("-violation")]
CHECKS = [name for name in ALL if name.endswith("-violation")]
EMPTY_TODAY: frozenset[str] = frozenset()
"""Questions that may have no row on the real data; each needs a reason."""


def body_of(question: Question) -> str:
    """Return the text without comments; no question holds a # inside a string."""
    kept = []
    for line in question.sparql.splitlines():
        in_address = re.sub(r"<[^>\s]*>", lambda m: "x" * len(m[0]), line)
        cut = in_address.find("#")
        kept.append(line if cut < 0 else line[:cut])
    return "\n".join(kept)


def ask(graph: Graph, name: str) -> Report:
    """Return a question's report: by default where it can be, else by the header's example."""
    question = read_question(name)
    examples: dict[str, list[str]] = {}
    for key, value in question.examples:
        examples.setdefault(key, []).append(value)
    needed = any(p.required for p in question.params)
    return graph.query(name, **(examples if needed else {}))


def test_there_are_questions_and_checks() -> None:
    """The catalogue is found, and no name stands twice under two themes."""
    files = sorted(Path(question_files()["value-by-lot"]).parents[1].glob("*/*.rq"))
    assert len(files) == len(ALL) > 15


@pytest.mark.parametrize("name", ALL)
def test_header_is_complete(name: str) -> None:
    """Title, question, columns and tags are there, and every type is one of the known."""
    question = read_question(name)
    assert question.title
    assert not question.title.endswith(".")
    assert question.question.endswith("?")
    assert question.tags
    assert all(re.fullmatch(r"[a-z][a-z-]*", tag) for tag in question.tags), question.tags
    assert {c.type for c in question.columns} <= COLUMN_TYPES
    assert {p.type for p in question.params} <= PARAM_TYPES
    assert all(c.label for c in question.columns)
    assert all(p.text for p in question.params)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


@pytest.mark.parametrize("name", ALL)
def test_prefixes_are_the_projects(name: str) -> None:
    """A prefix is declared with the project's address for it, once, and used."""
    text = read_question(name).sparql
    declared = re.findall(r"^PREFIX (\w+): <([^>]+)>$", text, re.MULTILINE)
    assert len(declared) == text.upper().count("PREFIX ")
    assert len(dict(declared)) == len(declared)
    for prefix, address in declared:
        assert PREFIXES[prefix] == address
    body = body_of(read_question(name))
    unused = [p for p, _ in declared if body.count(f"{p}:") < 2]
    assert not unused, f"{unused} declared but not used; remove them"


@pytest.fixture(scope="module")
def terms() -> set[str]:
    """Return the local names of every term that the ontology defines."""
    from rdflib import Graph as RdflibGraph

    return {
        str(s).removeprefix(RG)
        for s in RdflibGraph().parse(ONTOLOGY / "rehab.ttl").subjects()
        if str(s).startswith(RG)
    }


@pytest.mark.parametrize("name", ALL)
def test_every_term_is_in_the_ontology(name: str, terms: set[str]) -> None:
    """A query may only use rg: terms that the ontology defines."""
    used = set(re.findall(r"\brg:(\w+)", body_of(read_question(name))))
    assert used <= terms, used - terms


@pytest.mark.parametrize("name", ALL)
def test_every_concept_named_is_in_the_schemes(name: str, tiny: Graph, world: Graph) -> None:
    """An address of ours that a query writes out is a thing of the schemes or of the record."""
    used = re.findall(r"<(https://w3id\.org/rehabgraph/id/[^>]+)>", body_of(read_question(name)))
    for address in used:
        known = f"ASK {{ <{address}> ?p ?o }}"
        assert world.store.ask(known) or tiny.store.ask(known), address


@pytest.mark.parametrize("name", ALL)
def test_columns_equal_the_projection(name: str, tiny: Graph) -> None:
    """The header's columns are the SELECT's variables, in order."""
    question = read_question(name)
    names, _ = tiny.store.variables_and_rows(question.sparql)
    assert [c.name for c in question.columns] == names


@pytest.mark.parametrize("name", ALL)
def test_it_parses_on_rdflib(name: str) -> None:
    """The other engine's parser takes the text too."""
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery(read_question(name).sparql)


@pytest.mark.parametrize("name", ALL)
def test_the_order_is_total(name: str, world: Graph) -> None:
    """ORDER BY tells every two rows apart, so the answer has one order on any engine."""
    question = read_question(name)
    assert "ORDER BY" in question.sparql
    tail = question.sparql.rsplit("ORDER BY", 1)[1].split("LIMIT")[0]
    keys = re.findall(r"\?(\w+)", tail)
    assert keys
    report = ask(world, name)
    shown = {c.name for c in report.columns}
    if not set(keys) <= shown:
        pytest.skip("it is ordered by something that it does not show")
    seen = [tuple(str(row[k]) for k in keys) for row in report.rows]
    twins = {s for s in seen if seen.count(s) > 1} if len(set(seen)) < len(seen) else set()
    assert not twins, f"rows tie on {keys}: {sorted(twins)[:3]}; order by the row's address too"


@pytest.mark.parametrize("name", ASKED)
def test_it_has_an_answer_today(name: str, world: Graph) -> None:
    """Every question has at least one row on the real data, with its defaults or its example."""
    assert ask(world, name).rows or name in EMPTY_TODAY


@pytest.mark.parametrize("name", ALL)
def test_no_row_stands_twice(name: str, world: Graph) -> None:
    """An answer holds each row once: a repeat would be counted twice by whoever adds it up."""
    report = ask(world, name)
    rows = [tuple(str(row[c.name]) for c in report.columns) for row in report.rows]
    assert len(set(rows)) == len(rows), sorted({r for r in rows if rows.count(r) > 1})[:2]


@pytest.mark.parametrize("name", ALL)
def test_asked_twice_it_answers_alike(name: str, world: Graph) -> None:
    """The same question gives the same rows in the same order."""
    assert ask(world, name).to_json() == ask(world, name).to_json()


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_nothing(name: str, world: Graph) -> None:
    """A `*-violation` question returns nothing on the real data."""
    assert world.query(name).rows == ()


@pytest.mark.parametrize("name", ASKED)
def test_every_example_runs(name: str, world: Graph) -> None:
    """The example of a header names parameters that there are, and gives rows."""
    question = read_question(name)
    if not question.examples:
        assert not any(p.required for p in question.params), "a required one needs an example"
        return
    found: dict[str, list[str]] = {}
    for key, value in question.examples:
        found.setdefault(key, []).append(value)
    assert world.query(name, **found).rows


@pytest.mark.parametrize("name", ASKED)
def test_column_types_hold(name: str, world: Graph) -> None:
    """Every cell is of its column's type, or unknown."""
    types: dict[str, tuple[type, ...]] = {
        "iri": (Iri,),
        "text": (str,),
        "integer": (int,),
        "gbp": (int,),
        "number": (int, float),
        "percent": (int, float),
        "date": (date,),
        "boolean": (bool,),
    }
    from decimal import Decimal

    question = read_question(name)
    if any(p.required for p in question.params):
        terms = {
            p.name: [f"<{world.resolve(dict(question.examples)[p.name])}>"]
            for p in question.params
            if p.required
        }
    else:
        terms = {}
    for row in world.store.select(bind_terms(question, terms)):
        for column in question.columns:
            value = row[column.name]
            if value is None:
                continue
            allowed = types[column.type]
            if column.type in ("number", "percent"):
                allowed = (*allowed, Decimal)
            assert isinstance(value, allowed), (column, value)
            assert column.type == "iri" or not isinstance(value, Iri), (column, value)


# ---- parameters

FILE = """#+ title: T
#+ question: Q?
#+ param: x lot all Lot
#+ param: y date required Day
#+ column: x iri X
#+ tags: t
SELECT ?x WHERE { VALUES ?x { UNDEF } VALUES ?y { UNDEF } VALUES ?xy { 1 } } ORDER BY ?x
"""


def test_binding_puts_terms_into_every_slot() -> None:
    """Only the slot of the very name is filled, each time it stands."""
    question = parse_question("q", FILE.replace("VALUES ?y", "VALUES   ?x{UNDEF} VALUES ?y"))
    text = bind_terms(question, {"x": ["<a:a>", "<a:b>"], "y": ['"2021-01-01"']})
    assert text.count("VALUES ?x { <a:a> <a:b> }") == 2
    assert "VALUES ?xy { 1 }" in text


def test_backslashes_in_a_term_are_kept() -> None:
    r"""A term is put in as it is: `\1` or `\g<0>` in it means nothing to the program."""
    question = parse_question("q", FILE)
    assert '{ "\\\\1\\\\g<0>" }' in bind_terms(question, {"x": ['"\\\\1\\\\g<0>"'], "y": ["1"]})


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ({"colour": "red"}, BadParameter, ("'colour'", "it has: area, round")),
        ({}, BadParameter, ("needs area", "-p area=")),
        ({"area": "Kemt"}, UnknownName, ("'Kemt'", "Kent")),
        ({"area": "East Midlands"}, UnknownName, ("no area", "'East Midlands'")),
        ({"area": "> } INSERT DATA {"}, UnknownName, ("no area",)),
        ({"area": ""}, UnknownName, ("no area",)),
    ],
)
def test_wrong_parameters_are_one_line(
    params: dict[str, str], error: type[Exception], words: tuple[str, ...], world: Graph
) -> None:
    """A wrong parameter says what, and what there is instead."""
    with pytest.raises(error) as caught:
        world.query("who-serves-area", **params)
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_wrong_dates_and_numbers(world: Graph) -> None:
    """A day that is none is refused with the form to write."""
    with pytest.raises(BadParameter, match="2023-07-01"):
        world.query("active-on", on="1 July 2021")
    from rehabgraph.queries.ask import to_term
    from rehabgraph.queries.catalogue import Param

    number = Param("n", "integer", "all", "A number")
    assert to_term(world, number, "-12") == '"-12"^^<http://www.w3.org/2001/XMLSchema#integer>'
    for bad in ("--5", "", "-", "1.5", "٣", "1e3", "5 "):
        with pytest.raises(BadParameter, match="whole number"):
            to_term(world, number, bad)
    words = Param("t", "text", "all", "Words")
    assert to_term(world, words, 'a" } DROP ALL #\n') == '"a\\" } DROP ALL #\\n"'


def test_unknown_question_names_the_nearest() -> None:
    """A slip in a question's name gives the name meant."""
    with pytest.raises(UnknownQuestion, match="value-by-lot"):
        read_question("value-by-lots")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("#+ title: T\n", ""), "title"),
        (("#+ title: T", "#+ title T"), "line 1"),
        (("#+ title: T", "#+ subtitle: T"), "line 1"),
        (("#+ column: x iri X", "#+ column: x colour X"), "column"),
        (("#+ column: x iri X", "#+ column: x"), "column"),
        (("#+ param: x lot all Lot", "#+ param: x lots all Lot"), "param"),
        (("#+ param: x lot all Lot", "#+ param: z lot all Lot"), "no VALUES ?z"),
        (("#+ tags: t\n", ""), "tags"),
    ],
)
def test_a_bad_header_is_refused(change: tuple[str, str], words: str) -> None:
    """A header that breaks a rule says the file and the line or key."""
    with pytest.raises(BadQuestionFile) as caught:
        parse_question("q", FILE.replace(*change))
    assert str(caught.value).startswith("q.rq: ")
    assert words in str(caught.value)


def test_a_title_may_hold_colons() -> None:
    """The first colon splits; the rest is text."""
    assert parse_question("q", FILE.replace("title: T", "title: T: a: b")).title == "T: a: b"

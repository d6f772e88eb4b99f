"""Stores: in memory, on disk and in rdflib they answer alike, and reading changes nothing."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadQuery, StoreError
from rehabgraph.graph.store import (
    Iri,
    OxigraphStore,
    open_directory,
    open_memory,
    parse_literal,
)
from rehabgraph.ontology import ID
from rehabgraph.queries.ask import to_term
from rehabgraph.queries.catalogue import bind_terms, question_files, read_question
from rehabgraph.queries.graph import Graph

XSD = "http://www.w3.org/2001/XMLSchema#"
QUADS = [
    f'<{ID}award/a> <http://e.org/value> "5"^^<{XSD}decimal> <http://e.org/g1> .\n',
    f'<{ID}award/b> <http://e.org/value> "1.5"^^<{XSD}decimal> <http://e.org/g2> .\n',
    f'<{ID}award/b> <http://e.org/on> "2021-06-26"^^<{XSD}date> .\n',
    f'<{ID}award/b> <http://e.org/says> "Elm"@en <http://e.org/g2> .\n',
]


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> OxigraphStore:
    """Return a small store of either kind."""
    if request.param == "memory":
        return open_memory(QUADS)
    made = open_directory(tmp_path / "store", read_only=False)
    made.load(QUADS)
    return made


def test_the_same_answers_in_memory_and_on_disk(store: OxigraphStore) -> None:
    """Queries see the union of all graphs and come back as plain values."""
    query = "SELECT ?s ?v WHERE { ?s <http://e.org/value> ?v } ORDER BY ?v"
    assert store.select(query) == [
        {"s": Iri(ID + "award/b"), "v": Decimal("1.5")},
        {"s": Iri(ID + "award/a"), "v": 5},
    ]
    assert store.size() == 4
    assert len(list(store.quads())) == 4
    assert store.ask("ASK { ?s <http://e.org/says> 'Elm'@en }") is True
    assert store.ask("ASK { ?s <http://e.org/says> 'Elm' }") is False
    day = store.select("SELECT ?d { ?s <http://e.org/on> ?d }")
    assert day == [{"d": date(2021, 6, 26)}]


def test_variables_come_in_the_order_of_the_query(store: OxigraphStore) -> None:
    """The projection keeps its order, and what is not bound is None."""
    names, rows = store.variables_and_rows("SELECT ?b ?a WHERE { VALUES ?a { 1 } }")
    assert names == ["b", "a"]
    assert rows == [{"b": None, "a": 1}]


def test_construct_is_sorted_and_without_repeats(store: OxigraphStore) -> None:
    """A CONSTRUCT gives sorted N-Triples lines, each once."""
    lines = store.construct("CONSTRUCT { ?s a <http://e.org/T> } WHERE { ?s ?p ?o }")
    rdf = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.org/T> .\n"
    assert lines == [f"<{ID}award/a> {rdf}", f"<{ID}award/b> {rdf}"]


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:a> <a:a> <a:a> }",
        "DELETE WHERE { ?s ?p ?o }",
        "DROP ALL",
        "CLEAR ALL",
        "LOAD <file:///etc/passwd>",
    ],
)
def test_an_update_is_no_query(store: OxigraphStore, query: str) -> None:
    """No text given to select, ask or construct can change a store."""
    for ask in (store.select, store.ask, store.construct):
        with pytest.raises(BadQuery):
            ask(query)
    assert store.size() == 4


def test_a_select_is_asked_for(store: OxigraphStore) -> None:
    """An ASK given to `select` is refused in words."""
    with pytest.raises(BadQuery, match="SELECT"):
        store.select("ASK { ?s ?p ?o }")


def test_bad_quads_add_nothing(store: OxigraphStore) -> None:
    """Quads that do not parse are refused whole."""
    with pytest.raises(StoreError, match="nothing was added"):
        store.load(["<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n", "rubbish\n"])
    assert store.size() == 4


def test_a_store_opened_to_read_cannot_be_changed(tmp_path: Path) -> None:
    """Opened read-only, a store on disk refuses to load and keeps its files as they are."""
    made = open_directory(tmp_path / "store", read_only=False)
    made.load(QUADS)
    made.raw.flush()
    del made
    before = {p.name: p.read_bytes() for p in (tmp_path / "store").iterdir()}
    reader = open_directory(tmp_path / "store")
    with pytest.raises(StoreError):
        reader.load(QUADS[:1])
    assert reader.size() == 4
    again = open_directory(tmp_path / "store")
    assert again.size() == 4
    assert {p.name: p.read_bytes() for p in (tmp_path / "store").iterdir()} == before


@pytest.mark.parametrize("what", ["missing", "empty", "a file"])
def test_a_folder_without_a_store(what: str, tmp_path: Path) -> None:
    """A wrong folder is named, and nothing is made in it."""
    folder = tmp_path / "x"
    if what == "empty":
        folder.mkdir()
    if what == "a file":
        folder.write_text("no store")
    with pytest.raises(StoreError, match="no store there"):
        open_directory(folder)
    assert not folder.is_dir() or not list(folder.iterdir())


# ---- values


@given(st.integers(-(10**15), 10**15))
def test_integers_come_back(number: int) -> None:
    """A whole number is an int, typed integer or decimal."""
    assert parse_literal(str(number), XSD + "integer") == number
    decimal = parse_literal(f"{number}.00", XSD + "decimal")
    assert decimal == number
    assert type(decimal) is int


@given(st.dates())
def test_dates_come_back(day: date) -> None:
    """A day is a date."""
    assert parse_literal(day.isoformat(), XSD + "date") == day


@given(st.text(), st.sampled_from(["integer", "decimal", "double", "date", "boolean", "gYear"]))
def test_a_malformed_literal_never_fails(text: str, kind: str) -> None:
    """What is not of its type stays text, or is a plain value; it raises nothing."""
    value = parse_literal(text, XSD + kind)
    assert isinstance(value, (str, int, float, Decimal, date, bool))


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_no_number_stays_text(text: str) -> None:
    """xsd:decimal has no NaN and no infinity, so these are kept as they were written."""
    assert parse_literal(text, XSD + "decimal") == text


def test_iri_parts() -> None:
    """An address gives its short form and its id."""
    iri = Iri(ID + "area/kent")
    assert (iri.short, iri.id) == ("area/kent", "kent")
    assert Iri("https://e.org/x").short == "https://e.org/x"


# ---- both engines

TINY = {
    "region": "region/eastmark",
    "area": "area/ash-valley",
    "provider": "organisation/birch",
    "policy": "policy/unification",
    "thing": "contract/T_0001",
}
"""Values of required parameters in the tiny world."""
SECONDS = 30
"""Longest that rdflib may take over a question; past it the text needs another shape."""


def text_of(graph: Graph, name: str, question: str) -> str:
    """Return the query of a saved question with its required parameters bound."""
    asked = read_question(question)
    terms = {}
    for param in asked.params:
        if param.required:
            value = TINY[param.name] if name == "tiny" else dict(asked.examples)[param.name]
            terms[param.name] = [to_term(graph, param, value)]
    return bind_terms(asked, terms)


def plain(value: object) -> object:
    """Return a value so that both engines' are comparable."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return float(f"{float(value):.9g}")
    return str(value) if isinstance(value, Iri) else value


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Fail what takes longer, so that one bad query does not stop the whole run."""

    def stop(*_: object) -> None:
        pytest.fail(f"rdflib took longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def rdflib_value(term: object) -> object:
    """Return an rdflib term as the plain value that our stores give."""
    from rdflib import Literal

    if isinstance(term, Literal):
        return parse_literal(str(term), str(term.datatype or XSD + "string"))
    return None if term is None else Iri(term)


@pytest.fixture(scope="module")
def rdflib_of(world: Graph, tiny: Graph) -> dict[str, Any]:
    """Return both worlds as rdflib datasets, read once."""
    return {"world": world.to_rdflib(), "tiny": tiny.to_rdflib()}


@pytest.mark.parametrize("name", ["tiny", "world"])
@pytest.mark.parametrize("question", question_files())
def test_rdflib_gives_the_same_answers(
    name: str, question: str, rdflib_of: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    """Every saved question has the same rows on rdflib's own store and engine."""
    graph: Graph = request.getfixturevalue(name)
    text = text_of(graph, name, question)
    names, rows = graph.store.variables_and_rows(text)
    ours = Counter(tuple(plain(row[n]) for n in names) for row in rows)
    with at_most(SECONDS):
        found = rdflib_of[name].query(text)
        theirs = Counter(tuple(plain(rdflib_value(t)) for t in row) for row in found)
    assert [str(v) for v in found.vars] == names
    assert theirs == ours


def test_rdflib_holds_the_same_quads(tiny: Graph, tiny_quads: list[str]) -> None:
    """The door to rdflib loses nothing: as many quads, in as many named graphs."""
    dataset = tiny.to_rdflib()
    assert len(list(dataset.quads())) == len(tiny_quads)
    graphs = {line.rsplit(" ", 2)[1] for line in tiny_quads}
    assert {f"<{g}>" for _, _, _, g in dataset.quads()} == graphs


def test_rdflib_does_not_read_files(tiny: Graph) -> None:
    """`FROM <file:…>` in a query of rdflib's finds an empty graph, not the file."""
    dataset = tiny.to_rdflib()
    schemes = Path(__file__).parents[2] / "ontology" / "schemes.ttl"
    query = "SELECT * FROM <FILE> WHERE { ?s ?p ?o }".replace("FILE", schemes.as_uri())
    assert list(dataset.query(query)) == []


def test_division_that_oxigraph_leaves_unbound() -> None:
    """Why shares are cast to double: Oxigraph leaves a product of long decimals unbound."""
    rows = open_memory().select("SELECT ((1.0/3.0)*(1.0/3.0) AS ?x) WHERE {}")
    assert rows == [{"x": None}]
    rows = open_memory().select(
        f"SELECT ((<{XSD}double>(1)/3)*(<{XSD}double>(1)/3) AS ?x) WHERE {{}}"
    )
    assert rows[0]["x"] == pytest.approx(1 / 9)

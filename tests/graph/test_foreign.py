"""Queries of somebody else's: whatever they do, the program goes on and says one line."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehabgraph.graph.errors import BadQuery
from rehabgraph.graph.foreign import MAX_ROWS, run_foreign
from rehabgraph.graph.store import Iri, OxigraphStore, open_directory, open_memory
from rehabgraph.ontology import CURATED, DERIVED, ID
from rehabgraph.queries.graph import Graph

SECONDS = 20.0


@pytest.fixture(params=["memory", "directory"])
def store(request: pytest.FixtureRequest, tmp_path: Path, tiny_quads: list[str]) -> OxigraphStore:
    """Return the tiny world in memory, or in a directory that another process opens."""
    if request.param == "memory":
        return open_memory(tiny_quads)
    made = open_directory(tmp_path / "store", read_only=False)
    made.load(tiny_quads)
    made.raw.flush()
    del made
    return open_directory(tmp_path / "store")


def test_answers_are_plain_values(store: OxigraphStore) -> None:
    """A SELECT gives variables in order and rows of plain values: 400,000 for Alder's line."""
    query = (
        "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> SELECT ?a ?v ?none { "
        f"?a rg:awardedTo <{ID}organisation/alder> ; rg:value ?v }}"
    )
    answer = run_foreign(store, query, seconds=SECONDS)
    assert answer.variables == ("a", "v", "none")
    assert answer.rows == ((Iri(ID + "award/eastmark-wom-alder"), 400000, None),)


def test_ask_and_construct(tiny_store: OxigraphStore) -> None:
    """An ASK has the column `answer`, a CONSTRUCT one row a triple."""
    yes = run_foreign(tiny_store, "ASK { ?s ?p ?o }", seconds=SECONDS)
    assert (yes.variables, yes.rows) == (("answer",), ((True,),))
    query = f"CONSTRUCT {{ <{ID}a/b> ?p 1 }} WHERE {{ VALUES ?p {{ <http://e.org/p> }} }}"
    made = run_foreign(tiny_store, query, seconds=SECONDS)
    assert made.variables == ("triple",)
    assert len(made.rows) == 1
    assert made.rows[0][0].startswith(f"<{ID}a/b> <http://e.org/p>")


def test_from_narrows_to_the_graph(tiny_store: OxigraphStore) -> None:
    """FROM a graph of the dataset asks that graph alone; the two parts make the whole."""

    def count(clause: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) {clause} {{ ?s ?p ?o }}"
        (row,) = run_foreign(tiny_store, query, seconds=SECONDS).rows
        return int(row[0])

    curated, derived = count(f"FROM <{CURATED}>"), count(f"FROM <{DERIVED}>")
    assert 0 < derived < curated < count("")
    prefixed = run_foreign(
        tiny_store,
        "PREFIX d: <https://w3id.org/rehabgraph/dataset/> "
        "SELECT (COUNT(*) AS ?n) FROM d:derived { ?s ?p ?o }",
        seconds=SECONDS,
    )
    assert prefixed.rows == ((derived,),)


@pytest.mark.parametrize(
    "clause",
    [
        "FROM <file:///etc/passwd>",
        "FROM NAMED <file:///etc/passwd>",
        "FROM <http://127.0.0.1/x>",
        "FROM f:passwd",
        "FROM # note\n <file:///etc/passwd>",
    ],
)
def test_from_reads_no_file(tiny_store: OxigraphStore, clause: str) -> None:
    """A graph that is not in the dataset is refused by name; no file or address is opened."""
    query = f"PREFIX f: <file:///etc/> SELECT * {clause} {{ ?s ?p ?o }}"
    with pytest.raises(BadQuery, match="FROM"):
        run_foreign(tiny_store, query, seconds=SECONDS)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """Return the port of a server on this machine, and the list of what asked it."""
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port, hits
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ ?s ?p ?o . {{SERVICE<{url}>{{?s ?p ?o}}}} }}",
        "SELECT * {{ SELECTSERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
        "LOAD <{url}>",
        "INSERT DATA {{ <a:a> <a:a> <a:a> }} ; LOAD <{url}>",
    ],
)
def test_no_query_reaches_the_network(
    tiny_store: OxigraphStore, listener: tuple[int, list[str]], query: str
) -> None:
    """Nothing that is asked goes to another server, in whatever spelling."""
    port, hits = listener
    with pytest.raises(BadQuery):
        run_foreign(tiny_store, query.format(url=f"http://127.0.0.1:{port}/x"), seconds=SECONDS)
    assert hits == []


TRIPLES = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o ."
BOMBS = {
    "cartesian product": f"SELECT (COUNT(*) AS ?x) {{ {TRIPLES} }}",
    "sorted product": f"SELECT * {{ {TRIPLES} }} ORDER BY ?a",
    "distinct product": f"SELECT DISTINCT * {{ {TRIPLES} }}",
    "endless path": "SELECT (COUNT(*) AS ?x) { ?a (!<a:a>|^!<a:a>)* ?b . ?c (!<a:a>|!<a:b>)* ?d }",
    "growing text": "SELECT (STRLEN(?y20) AS ?x) { BIND('0123456789' AS ?y0) "
    + " ".join(f"BIND(CONCAT({', '.join([f'?y{n}'] * 10)}) AS ?y{n + 1})" for n in range(20))
    + " }",
    "replaced text": "SELECT (STRLEN(?y9) AS ?x) { BIND('aaaaaaaaaa' AS ?y0) "
    + " ".join(f"BIND(REPLACE(?y{n}, 'a', ?y{n}) AS ?y{n + 1})" for n in range(9))
    + " }",
    "many unions": "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 4000) + " }",
    "many groups": "SELECT * { " + "{} " * 9000 + "}",
    "many optionals": "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 2500 + "}",
    "long sum": "SELECT (" + "+".join(["1"] * 9000) + " AS ?x) {}",
    "long minus": "SELECT (1" + "-1" * 20000 + " AS ?x) {}",
    "long and": "SELECT * { FILTER(" + "&&".join(["true"] * 6000) + ") }",
    "long path": "SELECT * { ?s " + "/".join(["a"] * 9000) + " ?o }",
    "slow expression": "SELECT * { ?s ?p ?o FILTER(REGEX('" + "a" * 5000 + "!', '(a+)+$')) }",
    "huge repeat": "SELECT (REGEX('a', '((a{1000}){1000}){1000}') AS ?x) {}",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_one_line_and_the_program_goes_on(tiny_store: OxigraphStore, bomb: str) -> None:
    """Within 2 seconds it is answered or stopped; then an ordinary question is answered."""
    started = time.monotonic()
    said = ""
    try:
        run_foreign(tiny_store, BOMBS[bomb], seconds=2)
    except BadQuery as e:
        said = str(e)
    assert "\n" not in said
    assert len(said) < 500
    assert time.monotonic() - started < 8
    assert tiny_store.ask("ASK { ?s ?p ?o }")


def test_the_time_limit_is_said(tiny_store: OxigraphStore) -> None:
    """A query that takes too long is told the limit and what to do."""
    with pytest.raises(BadQuery, match="longer than 1 seconds; ask for less"):
        run_foreign(tiny_store, BOMBS["cartesian product"], seconds=1)


def test_too_many_rows(tiny_store: OxigraphStore) -> None:
    """More rows than the bound are refused with the mend, not cut in silence."""
    with pytest.raises(BadQuery, match=f"{MAX_ROWS:,} rows; add LIMIT"):
        run_foreign(tiny_store, "SELECT * { ?a ?b ?c . ?d ?e ?f }", seconds=SECONDS)


@pytest.mark.parametrize(
    "query", ["SELECT ?x WHERE { ?x", "SELECT WHERE", "SELECT * { ?s ?p '\ud800' }"]
)
def test_a_query_that_does_not_parse(tiny_store: OxigraphStore, query: str) -> None:
    """A slip of the pen is one line."""
    with pytest.raises(BadQuery) as caught:
        run_foreign(tiny_store, query, seconds=SECONDS)
    assert "\n" not in str(caught.value)


def test_a_file_in_the_users_folder_does_not_stand_in_for_pythons(
    tmp_path: Path, tiny_store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A `json.py` in the folder where the command is run is not imported."""
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "pyoxigraph.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    assert run_foreign(tiny_store, "ASK {}", seconds=SECONDS).rows == ((True,),)


def test_own_queries_of_the_graph(tiny: Graph) -> None:
    """The graph gives a report: numbers are columns of numbers, and rows keep their addresses."""
    report = tiny.sparql(
        "SELECT ?s (1.5 AS ?n) { ?s a <https://w3id.org/rehabgraph/ontology#Round> }"
    )
    assert [c.type for c in report.columns] == ["text", "number"]
    assert {row["ids"][0] for row in report.rows} == {ID + "round/day-one", ID + "round/later"}


def test_a_column_called_ids_is_refused(tiny: Graph) -> None:
    """A variable of that name would be lost behind the rows' own column, so it is refused."""
    with pytest.raises(BadQuery, match="another name"):
        tiny.sparql("SELECT (1 AS ?ids) {}")

"""Loading: bounded pieces, whole or not at all, resumed, and the same however often."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.endpoint import load as loading
from rehabgraph.graph.endpoint import pieces as cutting
from rehabgraph.graph.endpoint.address import Credentials
from rehabgraph.graph.endpoint.load import guess_update, load_dataset
from rehabgraph.graph.endpoint.pieces import PIECE_BYTES, PIECE_QUADS, cut_pieces
from rehabgraph.graph.endpoint.server import LOADING
from rehabgraph.graph.endpoint.store import EndpointStore
from rehabgraph.graph.endpoint.transport import Lost
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.store import open_memory
from rehabgraph.ontology import CURATED

Made = Callable[..., Any]
Server = Any  # the Liar of conftest.py
NOBODY = Credentials()
ALL = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


@pytest.fixture(params=["oxigraph", "virtuoso"])
def empty(
    request: pytest.FixtureRequest, start_oxigraph: Callable[..., Any], start_virtuoso: Made
) -> Iterator[EndpointStore]:
    """Return a server with nothing of ours."""
    if request.param == "oxigraph":
        with start_oxigraph() as url:
            yield EndpointStore(url, NOBODY)
    else:
        with start_virtuoso() as url:
            yield EndpointStore(url, Credentials("dba", "dba"))


def named(store: EndpointStore) -> dict[str, int]:
    """Return every graph of ours on the server, also those that are only being loaded."""
    table = store.read_table(store.post(ALL, "application/sparql-results+json", (), ()))
    found = {row["g"]: row["n"] for row in table.to_solutions()}
    return {g: n for g, n in found.items() if g.startswith(("https://w3id.org", "urn:ours"))}


def canonical(lines: Any) -> set[Any]:  # noqa: ANN401
    """Return statements with their nodes without an address named by RDFC-1.0."""
    from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse

    found = Dataset(parse("".join(lines).encode(), format=RdfFormat.N_QUADS))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(found)


def test_loaded_replaced_and_loaded_again(empty: EndpointStore, tiny_quads: list[str]) -> None:
    """The server holds the dataset, statement for statement; again is the same; less is less."""
    done = load_dataset(empty, tiny_quads)
    assert sum(done.counts.values()) == len(set(tiny_quads))
    assert (done.resumed, done.dropped) == (0, 0)
    want = canonical(open_memory(tiny_quads).quads())
    assert canonical(empty.quads()) == want
    before = named(empty)
    assert before == dict(done.counts)
    again = EndpointStore(empty.address.url, empty.client.credentials)
    assert load_dataset(again, tiny_quads).counts == done.counts
    assert named(empty) == before
    fewer = [line for line in tiny_quads if f"<{CURATED}>" in line][:10]
    assert load_dataset(empty, fewer).counts == {CURATED: 10}
    assert named(empty) == {**before, CURATED: 10}


def test_fractions_that_a_server_cuts_are_not_copied(start_virtuoso: Made) -> None:
    """A Virtuoso 7 gives six digits of an xsd:double: nothing is answered rather than that."""
    double = '"17.128774112475753"^^<http://www.w3.org/2001/XMLSchema#double>'
    with start_virtuoso() as url:
        store = EndpointStore(url, Credentials("dba", "dba"))
        load_dataset(store, [f"<urn:a> <urn:b> {double} <{CURATED}> .\n"])
        with pytest.raises(StoreError, match="xsd:double"):
            store.select("SELECT ?o { ?s ?p ?o }")


def test_a_load_that_broke_off_leaves_the_old_and_goes_on(
    empty: EndpointStore, tiny_quads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two pieces the connection is lost: readers see the old; the next run adds the rest."""
    monkeypatch.setattr(cutting, "PIECE_QUADS", 200)
    old = [line for line in tiny_quads if f"<{CURATED}>" in line][:20]
    load_dataset(empty, old)
    put, count = loading._put, [0]

    def fail(*given: Any) -> None:  # noqa: ANN401
        count[0] += 1
        if count[0] > 2:
            raise Lost("the connection broke")
        put(*given)

    monkeypatch.setattr(loading, "_put", fail)
    with pytest.raises(Lost):
        load_dataset(empty, tiny_quads)
    assert empty.size() == 20
    assert any(g.startswith(LOADING) for g in named(empty))
    monkeypatch.setattr(loading, "_put", put)
    done = load_dataset(empty, tiny_quads)
    assert done.resumed == 2
    assert done.pieces > 3
    assert canonical(empty.quads()) == canonical(open_memory(tiny_quads).quads())
    assert not any(g.startswith(LOADING) for g in named(empty))


def test_what_another_load_left_is_removed(
    empty: EndpointStore, tiny_quads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A load of other data that broke off leaves graphs; the next load takes them away."""
    old = [line for line in tiny_quads if f"<{CURATED}>" in line][:20]
    monkeypatch.setattr(loading, "_update", _fail_on(loading._update, "MOVE"))
    with pytest.raises(StoreError, match="stopped"):
        load_dataset(empty, old)
    monkeypatch.undo()
    assert named(empty)
    assert load_dataset(empty, tiny_quads).dropped == 1
    assert not any(g.startswith(LOADING) for g in named(empty))


def _fail_on(update: Any, word: str) -> Any:  # noqa: ANN401
    def fail(store: Any, where: Any, text: str) -> None:  # noqa: ANN401
        if word in text:
            raise StoreError("stopped")
        update(store, where, text)

    return fail


def test_a_lost_answer_is_not_sent_twice(
    start_oxigraph: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece with nodes without an address, done but not heard of: it is there once."""
    line = f"_:a <urn:p> _:b <{CURATED}> .\n"
    update, lost = loading._update, [False]

    def lose(store: Any, where: Any, text: str) -> None:  # noqa: ANN401
        update(store, where, text)
        if "urn:p" in text and not lost[0]:
            lost[0] = True
            raise Lost("the connection broke")

    monkeypatch.setattr(loading, "_update", lose)
    with start_oxigraph() as url:
        store = EndpointStore(url, NOBODY)
        assert load_dataset(store, [line]).counts == {CURATED: 1}
        assert lost[0]
        assert store.size() == 1


def test_a_server_that_takes_no_updates(liar: Server, told: Made, told_rows: Made) -> None:
    """Refused with what to do, and nothing was promised."""
    liar.always = lambda query: told_rows(["o"]) if query else told(status=403)
    with pytest.raises(StoreError, match="refuses access"):
        load_dataset(EndpointStore(liar.url, NOBODY), [f"<urn:a> <urn:b> <urn:c> <{CURATED}> .\n"])
    liar.always = lambda query: told_rows(["o"]) if query else told(status=405)
    with pytest.raises(StoreError, match="--update-endpoint"):
        load_dataset(EndpointStore(liar.url, NOBODY), [f"<urn:a> <urn:b> <urn:c> <{CURATED}> .\n"])


def test_a_server_that_loses_statements_is_caught(
    liar: Server, told: Made, told_rows: Made
) -> None:
    """It says yes and keeps nothing: the load fails and says how many are missing."""

    def answer(query: str) -> Any:  # noqa: ANN401
        if not query:
            return told(status=204)
        return told_rows(["n"], ("1",)) if "COUNT" in query else told_rows(["o"])

    liar.always = answer
    with pytest.raises(StoreError, match="the server kept 0"):
        load_dataset(EndpointStore(liar.url, NOBODY), [f"<urn:a> <urn:b> <urn:c> <{CURATED}> .\n"])


@pytest.mark.parametrize(
    ("path", "want"),
    [("/query", "/update"), ("/ds/query", "/ds/update"), ("/repositories/x", "/repositories/x")],
)
def test_where_updates_go(path: str, want: str, liar: Server, told_rows: Made) -> None:
    """/query has /update beside it; otherwise the same address takes both."""
    liar.always = lambda _: told_rows(["one"], ("1",))
    store = EndpointStore(liar.url.removesuffix("/sparql") + path, NOBODY)
    assert guess_update(store).target == want


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("<urn:a> <urn:b> <urn:c> .\n", "names no graph"),
        ("nonsense\n", "not a line of N-Quads"),
        ("<urn:a> <urn:b> <urn:c> _:g .\n", "names no graph"),
    ],
)
def test_lines_that_cannot_be_loaded(line: str, words: str) -> None:
    """A statement without a graph of its own, or none at all, stops before anything is sent."""
    with pytest.raises(StoreError, match=words):
        list(cut_pieces([line]))


def test_nodes_without_an_address_are_not_torn_apart() -> None:
    """Statements that share one go in one piece; too many of them, or two graphs, are refused."""
    chain = [f"_:n{i} <urn:next> _:n{i + 1} <{CURATED}> .\n" for i in range(300)]
    loose = [f"<urn:s{i}> <urn:p> <urn:o> <{CURATED}> .\n" for i in range(700)]
    pieces = list(cut_pieces([*loose[:350], *chain, *loose[350:]]))
    holding = [p for p in pieces if any("_:" in line for line in p.lines)]
    assert len(holding) == 1
    long = [f"_:n{i} <urn:next> _:n{i + 1} <{CURATED}> .\n" for i in range(3000)]
    with pytest.raises(StoreError, match="hang together"):
        list(cut_pieces(long))
    with pytest.raises(StoreError, match="two graphs"):
        list(
            cut_pieces(
                ["_:a <urn:p> 1 <urn:g> .\n".replace("1", '"1"'), '_:a <urn:p> "1" <urn:h> .\n']
            )
        )


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["urn:g", "urn:h"])),
        max_size=300,
    )
)
def test_pieces_hold_every_statement_once(triples: list[tuple[int, int, str]]) -> None:
    """Whatever the dataset: the pieces make it up, each within its bounds and of one graph."""

    def node(number: int, graph: str) -> str:
        return f"_:{graph[-1]}{number}" if number < 4 else f"<urn:n{number}>"

    lines = [f"{node(s, g)} <urn:p> {node(o, g)} <{g}> .\n" for s, o, g in triples]
    pieces = list(cut_pieces(lines))
    made = [f"{line[:-1]}<{p.graph}> .\n" for p in pieces for line in p.lines]
    assert sorted(made) == sorted(set(lines))
    assert all(len(p.lines) <= 2 * PIECE_QUADS for p in pieces)
    assert all(sum(map(len, p.lines)) <= 10 * PIECE_BYTES for p in pieces)
    assert len({p.key for p in pieces}) == len(pieces)

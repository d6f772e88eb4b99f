"""RDF exports, read back by pyoxigraph, rdflib and pyld: the same statements every time."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from rehabgraph.graph.build import NQUADS, open_built
from rehabgraph.graph.export import jsonld, rdf
from rehabgraph.graph.export.sorting import graph_of, name_blanks, sort_lines
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.queries.graph import Graph

HOSTILE = Path(__file__).parents[1] / "data" / "hostile.nq"
WRITERS: dict[str, Callable[..., Any]] = {
    "nquads": rdf.write_nquads,
    "trig": rdf.write_trig,
    "turtle": rdf.write_turtle,
    "rdfxml": rdf.write_rdfxml,
    "jsonld": jsonld.write_jsonld,
}
FORMATS = {
    "nquads": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "turtle": RdfFormat.TURTLE,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
}
RDFLIB = {"nquads": "nquads", "trig": "trig", "turtle": "turtle", "rdfxml": "xml"}
LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
WITH_GRAPHS = ("nquads", "trig", "jsonld")


@pytest.fixture(scope="module")
def hostile() -> OxigraphStore:
    """Return a store of names and values that break careless writers."""
    return open_memory([HOSTILE.read_text(encoding="ascii")])


@pytest.fixture
def stores(world: Graph, tiny: Graph, hostile: OxigraphStore) -> dict[str, OxigraphStore]:
    """Return the stores by name."""
    return {"world": world.store, "tiny": tiny.store, "hostile": hostile}


def written(store: OxigraphStore, form: str) -> bytes:
    """Return an export as bytes."""
    out = io.BytesIO()
    WRITERS[form](store, out)
    return out.getvalue()


def lines_of(quads: Iterable[Any], *, graphs: bool = True, xml: bool = False) -> list[str]:
    """Return statements with canonical blank nodes, as sorted lines.

    Args:
        quads: what a reader gave.
        graphs: keep the graph of each; otherwise the union of all.
        xml: replace what XML 1.0 cannot hold, by its production Char.
    """
    found = Dataset(quads if graphs else (Quad(*q.triple) for q in quads))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    text = (serialize(found, format=RdfFormat.N_QUADS) or b"").decode()
    if xml:
        for code in [*range(9), 11, 12, *range(14, 32)]:
            text = text.replace(f"\\u{code:04X}", "\ufffd").replace(chr(code), "\ufffd")
        text = text.replace("\\b", "\ufffd").replace("\\f", "\ufffd")
    return sorted(text.split("\n"))


@pytest.mark.parametrize("name", ["world", "tiny", "hostile"])
@pytest.mark.parametrize("form", WRITERS)
def test_pyoxigraph_reads_the_same_statements(
    form: str, name: str, stores: dict[str, OxigraphStore]
) -> None:
    """Every statement comes back, with its graph where the format has graphs."""
    graphs, xml = form in WITH_GRAPHS, form == "rdfxml"
    back = parse(input=written(stores[name], form), format=FORMATS[form])
    wanted = lines_of(stores[name].raw, graphs=graphs, xml=xml)
    assert lines_of(back, graphs=graphs, xml=xml) == wanted
    assert len(wanted) > 50


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # of its own parts
@pytest.mark.parametrize("name", ["tiny", "hostile"])
@pytest.mark.parametrize("form", RDFLIB)
def test_rdflib_reads_the_same_statements(
    form: str,
    name: str,
    stores: dict[str, OxigraphStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The library that most tools use reads what we write, literal for literal."""
    import rdflib

    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graphs, xml = form in WITH_GRAPHS, form == "rdfxml"
    found = rdflib.Dataset() if graphs else rdflib.Graph()
    found.parse(data=written(stores[name], form), format=RDFLIB[form])
    text = found.serialize(format="nquads" if graphs else "nt")
    back = parse(input=text, format=RdfFormat.N_QUADS)
    wanted = lines_of(stores[name].raw, graphs=graphs, xml=xml)
    assert lines_of(back, graphs=graphs, xml=xml) == wanted


@pytest.mark.parametrize("name", ["tiny", "hostile"])
def test_pyld_reads_the_same_statements(name: str, stores: dict[str, OxigraphStore]) -> None:
    """The reference implementation of JSON-LD expands the document and fetches nothing."""
    from pyld import jsonld as reader

    def refuse(url: str, _: object) -> None:
        raise AssertionError(f"fetches {url}")

    document = json.loads(written(stores[name], "jsonld"))
    text = reader.to_rdf(document, {"format": "application/n-quads", "documentLoader": refuse})
    back = parse(input=text, format=RdfFormat.N_QUADS)
    assert lines_of(back) == lines_of(stores[name].raw)


def test_json_ld_speaks_in_words(tiny: Graph) -> None:
    """A priced award reads as in the tiny dataset: 400,000 pounds to alder, a JSON number."""
    document = json.loads(written(tiny.store, "jsonld"))
    nodes = [n for g in document["@graph"] for n in g["@graph"]]
    (award,) = [n for n in nodes if n.get("type") == ["Award"] and n.get("value") == 400000]
    assert award["awardedTo"] == "https://w3id.org/rehabgraph/id/organisation/alder"
    assert isinstance(document["@context"], dict)
    assert document["@context"]["awardedTo"] == {"@id": "rg:awardedTo", "@type": "@id"}


@pytest.mark.parametrize("form", ["jsonld", "rdfxml"])
def test_no_export_ends_a_script(form: str, hostile: OxigraphStore) -> None:
    """What may be put into a page has no `</script>` in it."""
    assert b"</script" not in written(hostile, form)


def test_json_ld_refuses_what_a_reader_would_misread() -> None:
    """An address whose scheme is one of our prefixes would be read as a short form."""
    from rehabgraph.graph.errors import OutputError

    store = open_memory(["<schema:x> <urn:p> <urn:o> .\n"])
    with pytest.raises(OutputError, match="<schema:x> would be read as a short form"):
        written(store, "jsonld")


def test_rdfxml_says_what_it_replaced(hostile: OxigraphStore, tiny: Graph) -> None:
    """One text of the hostile store has control characters; the tiny one has none."""
    notes = rdf.write_rdfxml(hostile, io.BytesIO())
    assert [n.partition(":")[0] for n in notes] == ["1 texts"]
    assert rdf.write_rdfxml(tiny.store, io.BytesIO()) == ()


def test_nquads_are_the_bytes_of_the_build(world: Graph) -> None:
    """An export of the packaged data is what `build` keeps, blank nodes and all."""
    assert written(world.store, "nquads") == (open_built() / NQUADS).read_bytes()


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_graph_gives_the_same_bytes(form: str, tiny_quads: list[str]) -> None:
    """The order of loading and the names that a store gives to blank nodes do not show."""
    one, other = open_memory(tiny_quads), open_memory(reversed(tiny_quads))
    assert written(one, form) == written(other, form)


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_survives(texts: list[str]) -> None:
    """Whatever stands in a literal comes back from every format that can hold it."""
    store = open_memory()
    for n, text in enumerate(texts):
        name = NamedNode(f"https://w3id.org/rehabgraph/id/name/{n}")
        store.raw.add(Quad(name, LABEL, Literal(text), NamedNode("urn:g")))
    for form in ("nquads", "trig", "jsonld", "turtle"):
        back = list(parse(input=written(store, form), format=FORMATS[form]))
        assert {(q.subject.value, q.object.value) for q in back} == {
            (q.subject.value, q.object.value) for q in store.raw
        }


@pytest.mark.parametrize("run", [1, 2, 3, 1000])
def test_sorting_in_runs_is_sorting(run: int) -> None:
    """However few lines fit in memory, the order is that of `sorted`, each line once."""
    lines = [f'<urn:{n % 7}> <urn:p> "{n % 5} <x>" <urn:g{n % 2}> .\n' for n in range(40)]
    assert list(sort_lines(lines, run=run)) == sorted(set(lines))
    by_graph = sorted(set(lines), key=lambda line: (line[-5:], line))
    assert list(sort_lines(lines, graph_of, run=run)) == by_graph


def test_reading_is_lazy() -> None:
    """Sorting in runs takes lines one by one, never the whole."""
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for n in range(10):
            taken += 1
            yield f"{n}\n"

    assert next(iter(name_blanks(lines()))) == "0\n"
    assert taken == 1

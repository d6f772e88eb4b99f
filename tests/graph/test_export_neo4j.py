"""The export for Neo4j: tables read with csv alone, counts against the store, sane Cypher."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from rehabgraph.graph.export.files import write_zip
from rehabgraph.graph.export.neo4j import quote_name, quote_text, write_neo4j
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.queries.graph import Graph

HOSTILE = Path(__file__).parents[1] / "data" / "hostile.nq"
ID = "https://w3id.org/rehabgraph/id/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
TERMS = "https://w3id.org/rehabgraph/ontology"
Tables = tuple[list[dict[str, str]], list[dict[str, str]], str]


def export(store: OxigraphStore) -> bytes:
    """Return the archive."""
    out = io.BytesIO()
    write_zip(out, lambda bundle: write_neo4j(store, bundle) and None)
    return out.getvalue()


def tables_of(store: OxigraphStore) -> Tables:
    """Return nodes, relationships and script of an archive."""
    with zipfile.ZipFile(io.BytesIO(export(store))) as archive:
        read = {n: archive.read(n).decode("utf-8") for n in archive.namelist()}
    nodes, links = (
        list(csv.DictReader(io.StringIO(read[n], newline="")))
        for n in ("nodes.csv", "relationships.csv")
    )
    return nodes, links, read["import.cypher"]


@pytest.fixture(scope="module")
def hostile() -> Tables:
    """Return the tables of names and values that break careless writers."""
    return tables_of(open_memory([HOSTILE.read_text(encoding="ascii")]))


@pytest.fixture(scope="module")
def whole(world: Graph) -> Tables:
    """Return the tables of the packaged data."""
    return tables_of(world.store)


def test_every_thing_is_a_node_and_every_statement_between_two_a_relationship(
    whole: Tables, world: Graph
) -> None:
    """Counts and pairs are those that a plain walk over the statements gives."""
    from pyoxigraph import Literal

    quads = [q for q in world.store.raw if q.graph_name.value != TERMS]
    triples = {q.triple for q in quads}
    links = {t for t in triples if t.predicate.value != RDF_TYPE and type(t.object) is not Literal}
    things = {t.subject for t in triples} | {t.object for t in links}
    assert len(whole[0]) == len({n["iri:ID"] for n in whole[0]}) == len(things)
    assert {(r[":START_ID"], r[":END_ID"]) for r in whole[1]} == {
        (t.subject.value, t.object.value) for t in links
    }
    assert len(whole[1]) == len(links)
    known = {n["iri:ID"] for n in whole[0]}
    assert {r[":START_ID"] for r in whole[1]} | {r[":END_ID"] for r in whole[1]} <= known


def test_values_and_labels_of_a_priced_line(whole: Tables) -> None:
    """L50 of the announcement of 2021: Ingeus, £6,021,064, for the East Midlands."""
    (award,) = (n for n in whole[0] if n["iri:ID"] == ID + "award/day-one-l050")
    assert award[":LABEL"] == "Thing|Award"
    assert float(award["value:double"]) == 6_021_064
    links = {
        (r[":TYPE"], r[":END_ID"].removeprefix(ID))
        for r in whole[1]
        if r[":START_ID"] == award["iri:ID"]
    }
    assert {("AWARDED_TO", "organisation/ingeus"), ("REGION", "region/east-midlands")} <= links
    (line,) = (n for n in whole[0] if n["iri:ID"] == ID + "award/day-one-l050#evidence")
    assert line["locator:string"] == "L50"
    assert {r["graphs:string[]"] for r in whole[1]} == {"curated", "derived", "schemes"}


def test_sum_of_prices_of_the_tiny_market(tiny: Graph) -> None:
    """By hand: four awards, 1,800,000 pounds together."""
    nodes, _, _ = tables_of(tiny.store)
    values = [float(n["value:double"]) for n in nodes if "Award" in n[":LABEL"].split("|")]
    assert (len(values), sum(values)) == (4, 1_800_000)


def test_hostile_text_stays_in_its_cell(hostile: Tables) -> None:
    """Names come back, formulas with an apostrophe, control characters as a mark."""
    nodes = {n["iri:ID"].removeprefix(ID): n for n in hostile[0]}
    (column,) = (c for c in nodes["organisation/h00"] if c.startswith("rdfs_label"))
    names = {k: n[column] for k, n in nodes.items()}
    assert column == "rdfs_label:string[]"
    assert names["organisation/h00"] == "</script><script>alert(1)</script>"
    assert names["organisation/h01"] == '\'=HYPERLINK("http://example.org","x")'
    assert names["organisation/h03"] == "Control \ufffd\ufffd\ufffd\ufffd\x7f\x85 end"
    assert names["organisation/h06"] == "Line\nbreak\ttab\rreturn"
    assert nodes["organisation/h04"]["population:long"] == "7"  # a store holds 007 by its value
    assert nodes["award/huge"]["weight:string"] == "INF"  # and 1e9999, which is no number
    assert nodes["award/huge"]["startDate:string"] == "2021-02-30"  # no day, so no date


def test_what_two_graphs_say_is_one_relationship() -> None:
    """The graphs stand side by side in the relationship's property."""
    lines = [f"<{ID}a/1> <urn:x#p> <{ID}a/2> <{ID[:-3]}dataset/{g}> .\n" for g in ("one", "two")]
    _, links, _ = tables_of(open_memory(lines))
    assert [r["graphs:string[]"] for r in links] == ["one|two"]


@pytest.mark.parametrize("name", ["whole", "hostile"])
def test_the_script_is_sane(name: str, request: pytest.FixtureRequest) -> None:
    """Statements end, quotes close, every column that is named exists, every type is loaded."""
    nodes, links, script = request.getfixturevalue(name)
    statements = script.split(";\n")
    assert statements.pop() == ""
    assert statements[0].splitlines()[-1].startswith("CREATE CONSTRAINT")
    for statement in (s.strip() for s in statements[1:]):
        assert statement.startswith("LOAD CSV WITH HEADERS FROM 'file:///")
        assert "MERGE" in statement or "SET n:" in statement
        bare = re.sub(r"`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'", "", statement)
        assert not set(bare) & set("`'\"\\"), statement
        assert bare.count("(") == bare.count(")")
    columns = set(re.findall(r"row\.`((?:[^`]|``)*)`", script))
    assert columns == {*nodes[0], *links[0]}
    loaded = set(re.findall(r"row\.`:TYPE` = '(\w+)'", script))
    assert loaded == {r[":TYPE"] for r in links}
    labels = set(re.findall(r"SET n:`(\w+)`", script))
    assert labels | {"Thing"} == {label for n in nodes for label in re.split("[|␟]", n[":LABEL"])}


def test_names_and_text_are_quoted() -> None:
    """Nothing ends a quoted name or text early; the forms are those of the Cypher manual."""
    assert quote_name("a`) DETACH DELETE n //") == "`a``) DETACH DELETE n //`"
    assert quote_text("' OR 1=1 \\") == "'\\' OR 1=1 \\\\'"
    assert quote_text("a\nb") == "'a\\nb'"


def test_the_archive_is_the_same_every_time(tiny_quads: list[str]) -> None:
    """The order of loading does not show."""
    assert export(open_memory(tiny_quads)) == export(open_memory(reversed(tiny_quads)))

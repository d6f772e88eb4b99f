"""GraphML and GEXF, read back by networkx, igraph and an XML parser."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from rehabgraph.graph.export.network_files import (
    Part,
    list_parts,
    read_dates,
    write_gexf,
    write_graphml,
)
from rehabgraph.graph.network import build_network
from rehabgraph.graph.store import OxigraphStore, open_memory
from rehabgraph.queries.graph import Graph

HOSTILE = Path(__file__).parents[1] / "data" / "hostile.nq"
Parts = tuple[list[Part], list[Part]]
ALICE = "organisation/h00"
GRAPHOLOGY = ("graphology@0.26", "graphology-graphml@0.5", "graphology-gexf@0.13")
_GRAPHOLOGY = """
import fs from 'fs';
import graphology from 'graphology';
import graphml from 'graphology-graphml/node/index.js';
import gexf from 'graphology-gexf/node/index.js';
const file = process.argv[2];
const parser = file.endsWith('.gexf') ? gexf : graphml;
const net = parser.parse(graphology.MultiDirectedGraph, fs.readFileSync(file, 'utf8'));
const edges = net.mapEdges((edge, data, source, target) =>
  [source, target, data.row ?? data.e_row]);
const nodes = Object.fromEntries(net.mapNodes((node, data) => [node, data.label]));
console.log(JSON.stringify({ nodes, edges }));
"""


def parts_of(store: OxigraphStore, kind: str = "all") -> Parts:
    """Return the nodes and edges of a network."""
    return list_parts(build_network(store, kind, None), read_dates(store))


@pytest.fixture(scope="module")
def hostile() -> Parts:
    """Return the network of names that break careless writers."""
    return parts_of(open_memory([HOSTILE.read_text(encoding="ascii")]))


@pytest.fixture(scope="module")
def whole(world: Graph) -> Parts:
    """Return every edge of the packaged data."""
    return parts_of(world.store)


@pytest.fixture(params=["whole", "hostile"])
def parts(request: pytest.FixtureRequest) -> Parts:
    """Return one network after the other."""
    found: Parts = request.getfixturevalue(request.param)
    return found


def graphml(parts: Parts) -> bytes:
    """Return a network as GraphML."""
    out = io.BytesIO()
    write_graphml(*parts, out)
    return out.getvalue()


def gexf(parts: Parts) -> bytes:
    """Return a network as GEXF."""
    out = io.BytesIO()
    write_gexf(*parts, out)
    return out.getvalue()


def test_networkx_reads_graphml_back(parts: Parts) -> None:
    """Every node, every parallel edge, every attribute comes back with its type."""
    nodes, edges = parts
    net = nx.read_graphml(io.BytesIO(graphml(parts)), force_multigraph=True)
    assert net.is_directed()
    assert {n: dict(d) for n, d in net.nodes(data=True)} == {
        p.id: {k: _xml(v) for k, v in p.values.items()} for p in nodes
    }
    found = {k: (s, t, d) for s, t, k, d in net.edges(keys=True, data=True)}
    assert len(found) == len(edges) == net.number_of_edges()
    for edge in edges:
        source, target, data = found[edge.id]
        assert (source, target) == (edge.source, edge.target)
        assert {k: v for k, v in data.items() if k != "id"} == {
            k: _xml(v) for k, v in edge.values.items()
        }


def _xml(value: object) -> object:
    """Return text as XML 1.0 can hold it (production Char), and other values as they are."""
    if not isinstance(value, str):
        return value
    return "".join("\ufffd" if ord(c) < 32 and c not in "\t\n\r" else c for c in value)


def test_igraph_reads_graphml_back(parts: Parts, tmp_path: Path) -> None:
    """A reader in C finds the same ids, ends, kinds and dates."""
    import igraph

    nodes, edges = parts
    file = tmp_path / "net.graphml"
    file.write_bytes(graphml(parts))
    net = igraph.Graph.Read_GraphML(str(file))
    assert net.is_directed()
    assert sorted(net.vs["id"]) == [p.id for p in nodes]
    names = net.vs["id"]
    assert net.ecount() == len(edges)
    for edge, twin in zip(edges, net.es, strict=True):  # igraph keeps the order of the file
        assert (names[twin.source], names[twin.target]) == (edge.source, edge.target)
        for key in ("kind", "row", "iri", "start", "label"):
            assert (twin[key] or "") == _xml(edge.values.get(key, ""))


def test_networkx_reads_gexf_back(parts: Parts) -> None:
    """Gephi's format has the same nodes, edges, labels and dates."""
    nodes, edges = parts
    net = nx.read_gexf(io.BytesIO(gexf(parts)), version="1.3")
    assert set(net.nodes) == {p.id for p in nodes}
    assert net.number_of_edges() == len(edges)
    labels = {p.id: _xml(p.values["label"]) for p in nodes}
    assert {n: d["label"] for n, d in net.nodes(data=True)} == labels
    rows = sorted((s, t, d["row"]) for s, t, d in net.edges(data=True))
    assert rows == sorted((e.source, e.target, e.values["row"]) for e in edges)


def test_graphology_reads_both_back(parts: Parts, node: Callable[..., str], tmp_path: Path) -> None:
    """The library under sigma.js finds the same ids, ends, rows and labels in both formats."""
    nodes, edges = parts
    files = [tmp_path / "net.graphml", tmp_path / "net.gexf"]
    files[0].write_bytes(graphml(parts))
    files[1].write_bytes(gexf(parts))
    for file in files:
        net = json.loads(node(_GRAPHOLOGY, GRAPHOLOGY, str(file)))
        assert net["nodes"] == {p.id: _xml(p.values["label"]) for p in nodes}
        assert sorted(net["edges"]) == sorted(
            [e.source, e.target, _xml(e.values["row"])] for e in edges
        )


def test_gexf_is_xml_with_dates(whole: Parts) -> None:
    """Each edge carries its dates as the attributes that Gephi's timeline reads."""
    nodes, edges = whole
    root = ElementTree.fromstring(gexf(whole))  # noqa: S314 - our own file
    space = {"g": "http://gexf.net/1.3"}
    assert root.find("g:graph", space).attrib == {  # type: ignore[union-attr]
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "date",
    }
    assert len(root.findall(".//g:node", space)) == len(nodes)
    found = {e.get("id"): e for e in root.iterfind(".//g:edge", space)}
    for edge in edges:
        for key in ("start", "end"):
            assert found[edge.id].get(key) == edge.values.get(key)
    assert sum(e.get("start") is not None for e in found.values()) > 100


def test_parallel_edges_stay_apart(hostile: Parts) -> None:
    """Two relations join the same two organisations, from January and from February 2021."""
    both = [e for e in hostile[1] if (e.source, e.target) == (ALICE, "organisation/h01")]
    assert [e.id for e in both] == ["relation/r1", "relation/r2"]
    assert [e.values["start"] for e in both] == ["2021-01-01", "2021-02-01"]
    assert {e.values["label"] for e in both} == {"owned-by"}


def test_a_row_with_two_edges_gives_two_ids(hostile: Parts) -> None:
    """An award to two organisations is two edges; both name the row that they come from."""
    both = [e for e in hostile[1] if e.values["row"] == "award/odd"]
    assert [(e.id, e.source) for e in both] == [
        ("award/odd", ALICE),
        ("award/odd~2", "organisation/h01"),
    ]


def test_edges_of_contracts_in_areas(tiny: Graph) -> None:
    """By hand: three contracts in one area, one region-wide of two areas each, one more: 8."""
    nodes, edges = parts_of(tiny.store, "provider-area")
    assert len(edges) == len({e.id for e in edges}) == 8
    assert {e.values["row"] for e in edges} == {f"contract/T_000{n}" for n in range(1, 7)}
    assert {n.values["kind"] for n in nodes} == {"organisation", "area"}


@pytest.mark.parametrize("kind", ["provider-provider", "lead-subcontractor", "provider-area"])
def test_every_network_is_read_back(kind: str, tiny: Graph) -> None:
    """A projection has weights, which come back as numbers."""
    nodes, edges = parts = parts_of(tiny.store, kind)
    net = nx.read_graphml(io.BytesIO(graphml(parts)), force_multigraph=True)
    assert (net.number_of_nodes(), net.number_of_edges()) == (len(nodes), len(edges))
    weights = [d.get("weight") for _, _, d in net.edges(data=True)]
    assert all(isinstance(w, int) == (kind == "provider-provider") for w in weights)
    assert edges

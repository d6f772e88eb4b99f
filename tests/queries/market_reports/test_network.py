"""The report `network`: the right network, and figures that networkx or a hand count confirms."""

from typing import Any

import networkx as nx
import pytest

from rehabgraph.graph.errors import BadParameter, NetworkShapeError
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.graph import Graph

NETWORKS = ("provider-area", "provider-provider", "lead-subcontractor")


def rows_of(graph: Graph, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report."""
    return [dict(r) for r in graph.report("network", **options).rows]


def market_network(world: Graph) -> "nx.Graph[str]":
    """Return lead–area ties made here, from plain contracts, without the project's own builder."""
    net: nx.Graph[str] = nx.Graph()
    for c in read_market(world.store, ("day-one",)).contracts:
        net.add_edges_from((c.lead, area) for area in c.areas)
    return net


def test_tiny_by_hand(tiny: Graph) -> None:
    """Elm works under Birch (two contracts) and Cedar (one): a path of three with it between."""
    found = {r["name"]: r for r in rows_of(tiny, of="lead-subcontractor")}
    elm = found["Elm Women's Centre"]
    assert (elm["degree"], elm["strength"], elm["betweenness"]) == (2, 3, 1)
    assert elm["articulation"] is True
    assert elm["constraint"] == pytest.approx(0.5)
    assert found["Birch"]["degree"] == 1


def test_degrees_are_areas_served(world: Graph) -> None:
    """A lead's degree is the number of areas it serves; Seetec serves 19 (7 + 3 + 4 + 5)."""
    net = market_network(world)
    rows = {r["id"].split("/")[1]: r for r in rows_of(world)}
    assert {node: r["degree"] for node, r in rows.items()} == dict(net.degree())
    assert rows["seetec"]["degree"] == 19
    expected = nx.betweenness_centrality(net)
    assert {n: r["betweenness"] for n, r in rows.items()} == pytest.approx(expected)


def test_projection_agrees_with_networkx(world: Graph) -> None:
    """Providers are joined by common areas, as networkx's own projection has it."""
    net = market_network(world)
    leads = {c.lead for c in read_market(world.store, ("day-one",)).contracts}
    projected = nx.bipartite.weighted_projected_graph(net, leads)
    rows = {r["id"].split("/")[1]: r for r in rows_of(world, of="provider-provider")}
    assert {n: r["degree"] for n, r in rows.items()} == dict(projected.degree())
    strength = dict(projected.degree(weight="weight"))
    assert {n: r["strength"] for n, r in rows.items()} == strength


def test_whole_network_counts(world: Graph) -> None:
    """26 leads and 41 areas; the figures of the whole are those of the plain network."""
    net = market_network(world)
    found = {r["name"]: r["figure"] for r in rows_of(world, show="whole")}
    assert found["Nodes"] == 67 == len(net)
    assert found["Ties"] == net.number_of_edges()
    assert found["Density"] == pytest.approx(nx.density(net))
    assert found["Bridges"] == len(list(nx.bridges(net)))
    assert 0 <= found["NODF"] <= 100


@pytest.mark.parametrize("of", NETWORKS)
def test_same_answer_each_time(world: Graph, of: str) -> None:
    """Communities are seeded: two runs give the same rows."""
    assert rows_of(world, of=of) == rows_of(world, of=of)


def test_robustness_starts_whole_and_ends_empty(world: Graph) -> None:
    """With nobody gone all cells are served; with all leads gone, none is."""
    rows = [r for r in rows_of(world, show="robustness") if "cells" in r["counts"]]
    by_value = [r["share"] for r in rows if r["order"] == "by value"]
    assert by_value[0] == 100
    assert by_value[-1] == 0
    assert by_value == sorted(by_value, reverse=True)
    first = next(r for r in rows if r["order"] == "by value" and r["gone"] == 1)
    assert first["name"] == "Ingeus"  # £33,585,120, the largest of the list


def test_unknown_value_leaves_the_order_out(world: Graph) -> None:
    """Where one value is unknown there is no removal by value, and the report says so."""
    report = world.report("network", show="robustness", round="all")
    assert {r["order"] for r in report.rows} == {"by degree"}
    assert any("by value is left out" in note for note in report.notes)


def test_filters_narrow_the_network(world: Graph) -> None:
    """In London three leads serve one area."""
    rows = rows_of(world, region="London")
    assert sorted(r["degree"] for r in rows) == [1, 1, 1, 3]


def test_no_tie_is_our_own_error(tiny: Graph) -> None:
    """Where no contract lists a subcontractor there is no such network."""
    with pytest.raises(NetworkShapeError, match="no tie"):
        tiny.report("network", of="lead-subcontractor", region="Westmark")


def test_bad_choices_are_one_line(world: Graph) -> None:
    """A choice that is none says what there is."""
    for options in ({"of": "people"}, {"show": "stars"}):
        with pytest.raises(BadParameter, match="choose one of"):
            world.report("network", **options)


@pytest.mark.parametrize("show", ["nodes", "whole", "communities", "bridges", "robustness"])
def test_why_opens_a_row(world: Graph, show: str) -> None:
    """Each table's first row opens to contracts with a citation."""
    assert world.why("network", "1", show=show).rows

"""Tests of two-sided networks: sides, projection, centralities and nestedness."""

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehabgraph.graph.errors import NetworkShapeError
from rehabgraph.queries.structure_bipartite import measure_sides, most_betweenness, project_onto
from rehabgraph.queries.structure_nestedness import measure_nestedness
from rehabgraph.queries.structure_shape import split_sides

# Centralities of the Davis network to two decimals, from
# networkx/algorithms/bipartite/tests/test_centrality.py (degree, betweenness, closeness).
DAVIS = """
E8 .78 .24 .85|E9 .67 .23 .79|E7 .56 .13 .73|Nora Fayette .57 .11 .80
Evelyn Jefferson .57 .10 .80|Theresa Anderson .57 .09 .80|E6 .44 .07 .69
Sylvia Avondale .50 .07 .77|Laura Mandeville .50 .05 .73|Brenda Rogers .50 .05 .73
Katherina Rogers .43 .05 .73|E5 .44 .04 .59|Helen Lloyd .36 .04 .73|E3 .33 .02 .56
Ruth DeSand .29 .02 .71|Verne Sanderson .29 .02 .71|E12 .33 .02 .56|Myra Liddel .29 .02 .69
E11 .22 .02 .54|Eleanor Nye .29 .01 .67|Frances Anderson .29 .01 .67|Pearl Oglethorpe .21 .01 .67
E4 .22 .01 .54|Charlotte McDowd .29 .01 .60|E10 .28 .01 .55|Olivia Carleton .14 .01 .59
Flora Price .14 .01 .59|E2 .17 .00 .52|E1 .17 .00 .52|Dorothy Murchison .14 .00 .65
E13 .17 .00 .52|E14 .17 .00 .52
"""


@pytest.fixture(scope="module")
def davis() -> nx.Graph:
    """Return the network of 18 women and 14 events of Davis, Gardner and Gardner (1941)."""
    return nx.davis_southern_women_graph()


@pytest.fixture(scope="module")
def women(davis: nx.Graph) -> set[str]:
    """Return the women of the Davis network."""
    return set(davis) - {f"E{i}" for i in range(1, 15)}


@st.composite
def two_sided(draw: st.DrawFn) -> tuple[nx.Graph, list[str]]:
    """Draw a two-sided network of 1 to 5 rows and 1 to 5 columns, and its rows."""
    rows = list("abcde"[: draw(st.integers(1, 5))])
    columns = list("vwxyz"[: draw(st.integers(1, 5))])
    net = nx.Graph()
    net.add_nodes_from([*rows, *columns])
    cells = [(row, column) for row in rows for column in columns]
    net.add_edges_from(draw(st.sets(st.sampled_from(cells))))
    return net, rows


def test_davis_projections(davis: nx.Graph, women: set[str]) -> None:
    """The women's projection has 139 ties and the events' 66.

    By hand from the table: 7 women met all 17 others, 4 met 16, 4 met 15, 2 met 12 and 1 met 11,
    so 278 / 2 = 139. Of the 91 pairs of events only the 25 of E1 to E5 with E10 to E14 share
    nobody, so 66.
    """
    assert len(women) == 18
    assert project_onto(davis, women).number_of_edges() == 139
    assert project_onto(davis, set(davis) - women).number_of_edges() == 66


def test_davis_centralities(davis: nx.Graph, women: set[str]) -> None:
    """Degree, betweenness and closeness agree with the published two decimals."""
    rows = {row.node: row for row in measure_sides(davis, women)}
    expected = [cell for line in DAVIS.strip().splitlines() for cell in line.split("|")]
    assert len(expected) == len(rows) == 32
    for cell in expected:
        node, degree, betweenness, closeness = cell.rsplit(" ", 3)
        assert rows[node].degree == pytest.approx(float(degree), abs=1e-2)
        assert rows[node].betweenness == pytest.approx(float(betweenness), abs=1e-2)
        assert rows[node].closeness == pytest.approx(float(closeness), abs=1e-2)
        assert rows[node].on_given_side == (node in women)


@given(two_sided())
def test_projection_equals_common_neighbours(drawn: tuple[nx.Graph, list[str]]) -> None:
    """A tie's weight is the number of common neighbours, by set arithmetic and by networkx."""
    net, rows = drawn
    expected = {
        (first, second): len(set(net[first]) & set(net[second]))
        for first, second in combinations(rows, 2)
        if set(net[first]) & set(net[second])
    }
    found = project_onto(net, rows)
    assert {(a, b): w for a, b, w in found.edges(data="weight")} == expected
    assert list(found) == rows
    other = nx.bipartite.weighted_projected_graph(net, rows)
    assert {frozenset(e) for e in other.edges} == {frozenset(e) for e in found.edges}


def test_projection_equals_a_matrix_product(davis: nx.Graph, women: set[str]) -> None:
    """On both sides of the Davis network the weights equal those of the sparse product B·Bᵀ."""
    for side in (sorted(women), sorted(set(davis) - women)):
        matrix = nx.bipartite.biadjacency_matrix(davis, side, weight=None)
        product = (matrix @ matrix.T).toarray()
        found = project_onto(davis, side)
        for (i, first), (j, second) in combinations(enumerate(side), 2):
            assert found.get_edge_data(first, second, {"weight": 0})["weight"] == product[i, j]


def test_projection_keeps_attributes_and_the_callers_network() -> None:
    """Labels come along, parallel ties count once, and the network given is not altered."""
    net = nx.MultiDiGraph([("Ash", "Kent"), ("Ash", "Kent"), ("Birch", "Kent")])
    net.nodes["Ash"]["label"] = "Ash Trust"
    found = project_onto(net, {"Ash", "Birch"})
    found.nodes["Ash"]["label"] = "changed"
    assert found["Ash"]["Birch"]["weight"] == 1
    assert net.nodes["Ash"]["label"] == "Ash Trust"


@settings(deadline=None)
@given(two_sided())
def test_centralities_equal_their_formulas(drawn: tuple[nx.Graph, list[str]]) -> None:
    """Degree and closeness equal the formulas of Borgatti and Halgin with counted distances."""
    net, rows = drawn
    sides = {True: len(rows), False: len(net) - len(rows)}
    for row in measure_sides(net, rows):
        own, across = sides[row.on_given_side], sides[not row.on_given_side]
        distance = {row.node: 0}
        frontier = [row.node]
        while frontier:
            step = {n for node in frontier for n in net[node]} - set(distance)
            distance |= dict.fromkeys(step, max(distance.values()) + 1)
            frontier = list(step)
        total = sum(distance.values())
        closeness = (across + 2 * (own - 1)) / total if total else 0
        closeness *= (len(distance) - 1) / (len(net) - 1)
        assert row.degree == pytest.approx(len(net[row.node]) / across)
        assert row.closeness == pytest.approx(closeness)
        assert 0 <= row.betweenness <= 1 + 1e-12


@settings(deadline=None)
@given(two_sided())
def test_betweenness_equals_networkx(drawn: tuple[nx.Graph, list[str]]) -> None:
    """Where networkx can divide, betweenness is its figure; a star's rim has 0."""
    net, rows = drawn
    found = {row.node: row.betweenness for row in measure_sides(net, rows)}
    if 1 in (len(rows), len(net) - len(rows)):
        assert all(found[node] == 0 for node in net if len(net[node]) < 2)
    else:
        assert found == pytest.approx(nx.bipartite.betweenness_centrality(net, rows))


@pytest.mark.parametrize(("own", "across", "most"), [(1, 4, 6), (2, 2, 2), (4, 1, 0), (1, 1, 0)])
def test_most_betweenness_by_hand(own: int, across: int, most: int) -> None:
    """The hub of a star lies between all pairs of the rim; the rim between none.

    With two on each side the best is the inner node of a path of four: 2 pairs.
    """
    assert most_betweenness(own, across) == most


def matrix_network(text: str) -> tuple[nx.Graph, list[str]]:
    """Return rows of 0 and 1 as a two-sided network, and its row nodes."""
    net = nx.Graph()
    lines = text.split()
    rows = [f"r{i}" for i in range(len(lines))]
    net.add_nodes_from([*rows, *(f"c{j}" for j in range(len(lines[0])))])
    for row, line in zip(rows, lines, strict=True):
        net.add_edges_from((row, f"c{j}") for j, cell in enumerate(line) if cell == "1")
    return net, rows


def test_nodf_published_example() -> None:
    """The example of Almeida-Neto and others (2008): columns 63.33, rows 53.33, NODF 58.33.

    By hand: column pairs 0, 2/3, 1/2, 1, 2/3, 1/2, 0, 1, 1, 1 add up to 6.333 of 10; row pairs
    2/3, 2/3, 1/2, 1/2, 0, 1, 1, 1/2, 1/2, 0 to 5.333 of 10.
    """
    found = measure_nestedness(*matrix_network("10111 11100 01110 11000 11000"))
    assert found.columns == pytest.approx(63.3333, abs=1e-4)
    assert found.rows == pytest.approx(53.3333, abs=1e-4)
    assert found.total == pytest.approx(58.3333, abs=1e-4)
    assert (found.row_count, found.column_count, found.left_out) == (5, 5, ())


@pytest.mark.parametrize(
    ("text", "nodf"), [("1111 1110 1100 1000", 100), ("111 111 111", 0), ("100 010 001", 0)]
)
def test_nodf_at_its_ends(text: str, nodf: int) -> None:
    """A perfect staircase scores 100; equal fills score 0, by definition."""
    assert measure_nestedness(*matrix_network(text)).total == nodf


def test_nodf_leaves_out_what_holds_nothing() -> None:
    """A column without ties is listed, not scored; a side of one has no pair."""
    found = measure_nestedness(*matrix_network("110 100"))
    assert (found.total, found.left_out, found.column_count) == (100, ("c2",), 2)
    alone = measure_nestedness(*matrix_network("11"))
    assert (alone.rows, alone.columns) == (None, 0)


@given(two_sided())
def test_nodf_equals_the_ordered_matrix(drawn: tuple[nx.Graph, list[str]]) -> None:
    """NODF equals the definition on the matrix put in order of falling fill."""
    net, rows = drawn
    found = measure_nestedness(net, rows)
    columns = [node for node in net if node not in rows]
    scores: dict[str, list[float]] = {"rows": [], "columns": []}
    for name, nodes in (("rows", rows), ("columns", columns)):
        ordered = sorted((n for n in nodes if net[n]), key=lambda n: -len(net[n]))
        for i, upper in enumerate(ordered):
            for lower in ordered[i + 1 :]:
                overlap = sum(n in net[upper] for n in net[lower]) / len(net[lower])
                falls = len(net[lower]) < len(net[upper])
                scores[name].append(100 * overlap if falls else 0)
    for value, of in (
        (found.rows, scores["rows"]),
        (found.columns, scores["columns"]),
        (found.total, scores["rows"] + scores["columns"]),
    ):
        assert value == (pytest.approx(sum(of) / len(of)) if of else None)


@given(two_sided(), st.permutations("abcde"), st.permutations("vwxyz"))
def test_relabelling_changes_names_only(
    drawn: tuple[nx.Graph, list[str]], first: list[str], second: list[str]
) -> None:
    """Renamed nodes keep their centralities, projection weights and nestedness."""
    net, rows = drawn
    every = dict(zip("abcdevwxyz", [*first, *second], strict=True))
    renamed, side = nx.relabel_nodes(net, {n: every[n] for n in net}), [every[n] for n in rows]
    before = {every[row.node]: row.closeness for row in measure_sides(net, rows)}
    assert {r.node: r.closeness for r in measure_sides(renamed, side)} == pytest.approx(before)
    weights = sorted(w for *_, w in project_onto(net, rows).edges(data="weight"))
    assert sorted(w for *_, w in project_onto(renamed, side).edges(data="weight")) == weights
    assert measure_nestedness(renamed, side).total == measure_nestedness(net, rows).total


@pytest.mark.parametrize(
    ("edges", "nodes", "message"),
    [
        ([], [], "no nodes"),
        (["ax", "bx"], ["a", "q"], "1 of the nodes given are not in the network, first q"),
        (["ax", "bx"], [], "one side of the network is empty"),
        (["ax", "bx"], ["a", "b", "x"], "one side of the network is empty"),
        (["ax", "bx"], ["a"], "b and x are tied but stand on one side"),
        (["ax", "bx"], ["a", "b", "c"], "not in the network, first c"),
        (["ax", "bx", "ab"], ["a", "b"], "a and b are tied but stand on one side"),
        (["ax", "aa"], ["a"], "a is tied to itself"),
        (["ab", "bc", "ca"], ["a", "b"], "tied but stand on one side"),
    ],
)
def test_wrong_sides_are_refused(edges: list[str], nodes: list[str], message: str) -> None:
    """An incomplete, mixed, empty or unknown side, or a self-loop, is an error in every measure."""
    net = nx.Graph([tuple(edge) for edge in edges])
    for measure in (split_sides, project_onto, measure_sides, measure_nestedness):
        with pytest.raises(NetworkShapeError, match=message):
            measure(net, nodes)

"""Nestedness of a two-sided network: are the areas of small providers part of those of large?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from rehabgraph.queries.structure_shape import simple_graph, split_sides

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Nestedness:
    """NODF, from 0 to 100: over all pairs, over pairs of columns and over pairs of rows.

    A figure is None where there is no pair to compare. `left_out` lists nodes without ties.
    """

    total: float | None
    columns: float | None
    rows: float | None
    row_count: int
    column_count: int
    left_out: tuple[str, ...]


def measure_nestedness(net: nx.Graph[str], rows: Collection[str]) -> Nestedness:
    """Return NODF, the nestedness metric based on overlap and decreasing fill.

    Two rows (or columns) of unequal fill score the share of the emptier one's ties that the fuller
    one has too, times 100; two of equal fill score 0. NODF is the mean score. Rows and columns
    are compared by fill, so their order does not matter.

    Args:
        net: a two-sided network; weights do not matter.
        rows: all nodes of the side that forms the rows.

    Returns:
        The three means; nodes without ties are left out and listed, since they hold nothing to
        compare.

    Raises:
        NetworkShapeError: the network is not two-sided or `rows` is not one of its sides.

    Example:
        >>> import networkx as nx
        >>> net = nx.Graph([("Ash", "Kent"), ("Ash", "Essex"), ("Birch", "Kent")])
        >>> measure_nestedness(net, {"Ash", "Birch"}).total
        100.0

    Source:
        Almeida-Neto, Guimarães, Guimarães, Loyola and Ulrich, A consistent metric for nestedness
        analysis in ecological systems, Oikos 117 (2008) 1227–1239.
    """
    side, other = split_sides(net, rows)
    simple = simple_graph(net)
    row_scores = _pair_scores([set(simple[node]) for node in side if simple[node]])
    column_scores = _pair_scores([set(simple[node]) for node in other if simple[node]])
    return Nestedness(
        total=_mean([*row_scores, *column_scores]),
        columns=_mean(column_scores),
        rows=_mean(row_scores),
        row_count=sum(1 for node in side if simple[node]),
        column_count=sum(1 for node in other if simple[node]),
        left_out=tuple(node for node in simple if not simple[node]),
    )


def _pair_scores(lines: Sequence[set[str]]) -> list[float]:
    """Return the score of each pair of lines (rows or columns), none of them empty."""
    return [
        0.0 if len(one) == len(other) else 100 * len(one & other) / min(len(one), len(other))
        for one, other in combinations(lines, 2)
    ]


def _mean(scores: Sequence[float]) -> float | None:
    from math import fsum

    return fsum(scores) / len(scores) if scores else None

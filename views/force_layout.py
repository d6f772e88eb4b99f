"""Where things stand that nothing puts into columns: forces with a fixed seed, then room for each.

Each connected part is laid out by itself and the parts stand side by side, the largest first, so
that no part drifts into another. After the forces, things that still touch are pushed apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, cos, pi, sin, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

    Spots = Mapping[str, tuple[float, float]]

SEED = 7
ROUNDS = 40
"""How often things that touch are pushed apart, at most."""


def place_by_forces(ids: Sequence[str], ties: Iterable[tuple[str, str]]) -> "Spots":
    """Return a place from 0 to 1 in both directions for each thing.

    Args:
        ids: the things, in an order that is always the same.
        ties: pairs of things that should stand near each other.
    """
    import networkx as nx

    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(ids)
    net.add_edges_from((a, b) for a, b in ties if a != b)
    rank = {id_: n for n, id_ in enumerate(ids)}
    parts = [sorted(part, key=rank.__getitem__) for part in nx.connected_components(net)]
    parts.sort(key=lambda part: (-len(part), rank[part[0]]))
    sides = [_find_side(len(part)) for part in parts]
    corners, width, height = _pack(sides)
    whole = max(width, height, 1e-9)
    found: dict[str, tuple[float, float]] = {}
    for part, side, (left, top) in zip(parts, sides, corners, strict=True):
        for id_, (x, y) in _place_part(net, part).items():
            across = left + (whole - width) / 2 + side * x
            down = top + (whole - height) / 2 + side * y
            found[id_] = (across / whole, down / whole)
    return found


def place_on_spiral(ids: Sequence[str]) -> "Spots":
    """Return places on a sunflower spiral: even, instant, and the same every time.

    >>> place_on_spiral(["a"])
    {'a': (0.5, 0.5)}
    """
    turn, count = pi * (3 - sqrt(5)), max(len(ids), 1)
    spots = {}
    for n, id_ in enumerate(ids):
        radius = 0.5 * sqrt(n / count)
        spots[id_] = (0.5 + radius * cos(n * turn), 0.5 + radius * sin(n * turn))
    return spots


def _find_side(count: int) -> float:
    return sqrt(count) + 0.7


def _pack(sides: Sequence[float]) -> tuple[list[tuple[float, float]], float, float]:
    """Return corners of squares set in rows, largest first, and the size of the whole."""
    if not sides:
        return [], 0, 0
    row = max(sides[0], sqrt(sum(side * side for side in sides)))
    corners: list[tuple[float, float]] = []
    x = y = tall = widest = 0.0
    for side in sides:
        if x > 0 and x + side > row * 1.02:
            x, y, tall = 0.0, y + tall, 0.0
        corners.append((x, y))
        x, tall = x + side, max(tall, side)
        widest = max(widest, x)
    return corners, widest, y + tall


def _place_part(net: "nx.Graph[str]", part: Sequence[str]) -> "Spots":
    """Return places from 0 to 1 of one connected part, with a rim left free."""
    import networkx as nx

    if len(part) == 1:
        return {part[0]: (0.5, 0.5)}
    if len(part) == 2:
        return {part[0]: (0.3, 0.4), part[1]: (0.7, 0.6)}
    own = nx.Graph()
    own.add_nodes_from(part)
    own.add_edges_from(sorted(tuple(sorted(edge)) for edge in net.subgraph(part).edges))
    rounds = 150 if len(part) <= 150 else 80 if len(part) <= 500 else 25
    start = nx.circular_layout(own) if len(part) <= 12 else None
    spots = nx.spring_layout(
        own, pos=start, k=1.6 / sqrt(len(part)), seed=SEED, iterations=rounds, method="force"
    )
    return _push_apart(_stretch({id_: (float(x), float(y)) for id_, (x, y) in spots.items()}))


def _stretch(spots: "Spots") -> "Spots":
    """Return places that fill the square: half where forces put them, half by their rank."""
    found: dict[str, list[float]] = {id_: [] for id_ in spots}
    for axis in (0, 1):
        values = {id_: spot[axis] for id_, spot in spots.items()}
        low, high = min(values.values()), max(values.values())
        ranked = sorted(spots, key=lambda i: (values[i], i))
        for rank, id_ in enumerate(ranked):
            even = rank / max(len(ranked) - 1, 1)
            own = (values[id_] - low) / (high - low) if high > low else 0.5
            found[id_].append(0.06 + 0.88 * (0.55 * own + 0.45 * even))
    return {id_: (x, y) for id_, (x, y) in found.items()}


def _push_apart(spots: "Spots") -> "Spots":
    """Return places of which no two are nearer than most of a fair share of the square."""
    import numpy as np
    from scipy.spatial import cKDTree

    ids = list(spots)
    points = np.array([spots[i] for i in ids])
    least = 0.72 / ceil(sqrt(len(ids)))
    for _ in range(ROUNDS):
        pairs = cKDTree(points).query_pairs(least, output_type="ndarray")
        if not len(pairs):
            break
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
        gap = points[pairs[:, 0]] - points[pairs[:, 1]]
        far = np.hypot(gap[:, 0], gap[:, 1])
        same = far < 1e-9
        angle = pairs[same, 0] * 2.4
        gap[same] = np.stack((np.cos(angle), np.sin(angle)), axis=1) * 1e-6
        far = np.maximum(far, 1e-6)
        push = gap / far[:, None] * ((least - far) / 2.2)[:, None]
        np.add.at(points, pairs[:, 0], push)
        np.add.at(points, pairs[:, 1], -push)
        points = np.clip(points, 0.03, 0.97)
    return {id_: (float(x), float(y)) for id_, (x, y) in zip(ids, points, strict=True)}

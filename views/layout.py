"""Where the things of a network stand: computed here, so that a page draws at once.

Layered networks get columns whose order keeps ties short; all others a force layout with a
fixed seed. The same picture always gets the same places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehabgraph.queries.network_picture import Picture, Thing

ROW = 17
"""Height of a line of text, in pixels."""

ANCHORS = {0: 212, 1: 384, 2: 622}
"""Layer → where ties meet its boxes: the right edge, then the left edge."""

WIDTHS = {0: 204, 1: 150, 2: 146}
LETTERS = {0: 27, 1: 20, 2: 20}
PAGE_WIDTH = 776

MANY = 2000
"""Above so many things forces take too long, and names would cover each other."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing stands, how large its box is, and its label cut into lines."""

    x: float
    y: float
    width: int
    height: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of all things, and the size of the picture."""

    places: Mapping[str, Place]
    width: int
    height: int
    layered: bool


def place_things(picture: Picture) -> Layout:
    """Return a place for each thing: in columns where things have layers, else by forces."""
    if picture.things and all(t.layer is not None for t in picture.things):
        return _place_in_layers(picture)
    return _place_by_forces(picture)


def cut_label(label: str, width: int, lines: int = 2) -> tuple[str, ...]:
    """Return a label in at most `lines` lines of about `width` letters, the rest left out.

    >>> cut_label("Kent, Surrey and Sussex", 14)
    ('Kent, Surrey', 'and Sussex')
    >>> cut_label("x" * 40, 10, 1)
    ('xxxxxxxxx…',)
    >>> cut_label("", 10)
    ('(no name)',)
    """
    words = label.split() or ["(no name)"]
    found = [words[0]]
    for word in words[1:]:
        if len(found[-1]) + 1 + len(word) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found[lines - 1 :] = [" ".join(found[lines - 1 :])]
    return tuple(line if len(line) <= width else f"{line[: width - 1]}…" for line in found)


def _place_in_layers(picture: Picture) -> Layout:
    layers: dict[int, list[Thing]] = {}
    for thing in picture.things:
        layers.setdefault(thing.layer or 0, []).append(thing)
    if 1 in layers:
        _shorten_ties(picture, layers)
    heights = {t.id: _box_height(t) for t in picture.things}
    tallest = max(
        sum(heights[t.id] + (8 if n == 0 else 6) for t in column) for n, column in layers.items()
    )
    places: dict[str, Place] = {}
    for number, column in layers.items():
        free = tallest - sum(heights[t.id] for t in column)
        gap = free / len(column)
        y = 6 + gap / 2
        for thing in column:
            height = heights[thing.id]
            lines = _cut(thing)
            width = WIDTHS.get(number, 150)
            x = ANCHORS.get(number, PAGE_WIDTH + (number - 3) * 220)
            places[thing.id] = Place(x, round(y + height / 2, 1), width, height, lines)
            y += height + gap
    return Layout(places, PAGE_WIDTH, round(tallest) + 12, layered=True)


def _cut(thing: Thing) -> tuple[str, ...]:
    return cut_label(thing.label, LETTERS.get(thing.layer or 0, 22))


def _box_height(thing: Thing) -> int:
    second = 0 if thing.kind == "area" else ROW
    return len(_cut(thing)) * ROW + second + 6


def _shorten_ties(picture: Picture, layers: Mapping[int, list[Thing]]) -> None:
    """Order the first column by the middle of the regions that each of its things leads to."""
    rank = {t.id: n for n, t in enumerate(layers[1])}
    reached: dict[str, list[int]] = {}
    for tie in picture.ties:
        if tie.target in rank:
            reached.setdefault(tie.source, []).append(rank[tie.target])

    def middle(thing: Thing) -> tuple[float, str, str]:
        ranks = reached.get(thing.id, [0])
        return sum(ranks) / len(ranks), thing.label.casefold(), thing.id

    layers.get(0, []).sort(key=middle)


def _place_by_forces(picture: Picture) -> Layout:
    import networkx as nx

    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(t.id for t in picture.things)
    net.add_edges_from((t.source, t.target) for t in picture.ties)
    side = max(PAGE_WIDTH, round(125 * min(len(net), MANY) ** 0.5))
    if len(net) <= MANY:
        rounds = 200 if len(net) <= 500 else 30
        spots = _spread(nx.spring_layout(net, seed=7, iterations=rounds, method="force"))
    else:
        spots = _place_on_rings(picture.things)
    places = {}
    for thing in picture.things:
        x, y = spots[thing.id]
        lines = cut_label(thing.label, 20)
        place = Place(
            round(side * (0.5 + 0.44 * float(x)), 1),
            round(side * (0.5 + 0.46 * float(y)), 1),
            130,
            len(lines) * ROW + 14,
            lines,
        )
        places[thing.id] = place
    return Layout(places, side, side, layered=False)


def _spread(
    spots: Mapping[str, Sequence[float]],
) -> dict[str, tuple[float, float]]:
    """Return places drawn apart: half where the forces put them, half by their rank."""
    found: dict[str, list[float]] = {id_: [] for id_ in spots}
    for axis in (0, 1):
        ranked = sorted(spots, key=lambda i: (float(spots[i][axis]), i))
        for rank, id_ in enumerate(ranked):
            even = 2 * rank / max(len(ranked) - 1, 1) - 1
            found[id_].append(0.4 * float(spots[id_][axis]) + 0.6 * even)
    return {id_: (x, y) for id_, (x, y) in found.items()}


def _place_on_rings(things: Sequence[Thing]) -> dict[str, tuple[float, float]]:
    """Return places on a sunflower spiral: even, instant, and the same every time."""
    from math import cos, pi, sin, sqrt

    turn = pi * (3 - sqrt(5))
    count = max(len(things), 1)
    spots = {}
    for n, thing in enumerate(things):
        radius = sqrt((n + 0.5) / count)
        spots[thing.id] = (radius * cos(n * turn), radius * sin(n * turn))
    return spots

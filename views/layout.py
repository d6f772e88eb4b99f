"""Where the things of a network stand: computed here, so that a page draws at once.

Layered networks get columns whose order keeps ties short; all others a force layout with a
fixed seed. The same picture always gets the same places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehabgraph.queries.pictures.network import Picture, Thing

ROW = 17
"""Height of a line of text, in pixels."""

ANCHORS = {0: 212, 1: 384, 2: 622}
"""Layer → where ties meet its boxes: the right edge, then the left edge."""

WIDTHS = {0: 204, 1: 150, 2: 146}
LETTERS = {0: 27, 1: 20, 2: 20}
PAGE_WIDTH = 776


@dataclass(frozen=True, slots=True)
class Columns:
    """How the columns of a layered picture stand: where ties meet them, width, letters a line."""

    anchors: Mapping[int, int]
    widths: Mapping[int, int]
    letters: Mapping[int, int]
    lines: int = 2
    has_sums: bool = True


COLUMNS = {
    "lineage": Columns(
        {0: 176, 1: 288, 2: 622}, {0: 168, 1: 226, 2: 146}, {0: 22, 1: 30, 2: 19}, 4, has_sums=False
    ),
}
"""Kind of network → its columns; others have those of the delivery network."""

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


def place_groups(groups: Sequence[str], width: int, height: int) -> dict[str, tuple[float, float]]:
    """Return places on an ellipse for the groups of a summarised picture.

    >>> place_groups(["a"], 100, 100)
    {'a': (50.0, 50.0)}
    """
    from math import cos, pi, sin

    if len(groups) == 1:
        return {groups[0]: (width / 2, height / 2)}
    spots = {}
    for n, group in enumerate(groups):
        turn = 2 * pi * n / len(groups) - pi / 2
        x, y = width * (0.5 + 0.3 * cos(turn)), height * (0.5 + 0.4 * sin(turn))
        spots[group] = (round(x, 1), round(y, 1))
    return spots


def _place_in_layers(picture: Picture) -> Layout:
    columns = COLUMNS.get(picture.kind, Columns(ANCHORS, WIDTHS, LETTERS))
    layers: dict[int, list[Thing]] = {}
    for thing in picture.things:
        layers.setdefault(thing.layer or 0, []).append(thing)
    if picture.kind == "lineage":
        order_columns(picture, layers)
    elif 1 in layers:
        _shorten_ties(picture, layers)
    heights = {t.id: _box_height(t, columns) for t in picture.things}
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
            lines = _cut(thing, columns)
            width = columns.widths.get(number, 150)
            x = columns.anchors.get(number, PAGE_WIDTH + (number - 3) * 220)
            places[thing.id] = Place(x, round(y + height / 2, 1), width, height, lines)
            y += height + gap
    return Layout(places, PAGE_WIDTH, round(tallest) + 12, layered=True)


def _cut(thing: Thing, columns: Columns) -> tuple[str, ...]:
    return cut_label(thing.label, columns.letters.get(thing.layer or 0, 22), columns.lines)


def _box_height(thing: Thing, columns: Columns) -> int:
    second = 0 if thing.kind == "area" or not columns.has_sums else ROW
    return len(_cut(thing, columns)) * ROW + second + (6 if second else 10)


def order_columns(picture: Picture, layers: dict[int, list[Thing]]) -> None:
    """Order every column by the middle of what its things are tied to; gaps stay last."""
    for _ in range(6):
        for column in layers.values():
            rank = {t.id: (n + 0.5) / len(of) for of in layers.values() for n, t in enumerate(of)}
            near: dict[str, list[float]] = {}
            for tie in picture.ties:
                for one, other in ((tie.source, tie.target), (tie.target, tie.source)):
                    if not any(t.id == other and t.gap for t in layers.get(2, ())):
                        near.setdefault(one, []).append(rank[other])

            def middle(thing: Thing, near: dict[str, list[float]] = near) -> tuple[Any, ...]:
                own = near.get(thing.id, [0.5])
                return bool(thing.gap), sum(own) / len(own), thing.label.casefold(), thing.id

            column.sort(key=middle)


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
    from rehabgraph.views.force_layout import place_by_forces, place_on_spiral

    ids = [t.id for t in picture.things]
    if len(ids) <= MANY:
        spots = place_by_forces(ids, [(t.source, t.target) for t in picture.ties])
    else:
        spots = place_on_spiral(ids)
    side = max(PAGE_WIDTH, round(48 * min(len(ids), MANY) ** 0.5))
    places = {}
    for thing in picture.things:
        x, y = spots[thing.id]
        lines = cut_label(thing.label, 20)
        place = Place(
            round(side * (0.04 + 0.92 * x), 1), round(side * (0.04 + 0.92 * y), 1), 130, 48, lines
        )
        places[thing.id] = place
    return Layout(places, side, side, layered=False)

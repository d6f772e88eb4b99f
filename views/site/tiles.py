"""The tile map: one square for each police area, as inline SVG with links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIZE, GAP = 44, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map.

    Attributes:
        state: `full` for an area that the page is about, `part` for one served as a partner
            only, empty for the rest.
    """

    name: str
    short: str
    to: str
    x: int
    y: int
    state: str = ""


@dataclass(frozen=True, slots=True)
class TileMap:
    """The squares, the size of the whole, and what the two kinds of filling mean."""

    tiles: tuple[Tile, ...]
    width: int
    height: int
    legend: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()
    """Names of areas meant that have no square."""


def build_tiles(
    areas: Sequence[tuple[str, str, str, int | None, int | None]],
    states: Mapping[str, str],
    legend: Sequence[tuple[str, str]],
) -> TileMap:
    """Return the map.

    Args:
        areas: thing, name, page, column and row of each area; None for one without a square.
        states: thing → its filling.
        legend: filling and its meaning, for those that occur.

    >>> build_tiles([("a", "Kent", "/k", 2, 1)], {"a": "full"}, []).tiles[0].short
    'Ken'
    """
    placed = [a for a in areas if a[3] is not None and a[4] is not None]
    left = min((a[3] or 0 for a in placed), default=0)
    top = min((a[4] or 0 for a in placed), default=0)
    shorts = shorten_names([a[1] for a in placed])
    tiles = tuple(
        Tile(
            name,
            short,
            to,
            ((column or 0) - left) * (SIZE + GAP),
            ((row or 0) - top) * (SIZE + GAP),
            states.get(thing, ""),
        )
        for (thing, name, to, column, row), short in zip(placed, shorts, strict=True)
    )
    used = {t.state for t in tiles}
    return TileMap(
        tiles,
        max((t.x + SIZE for t in tiles), default=SIZE),
        max((t.y + SIZE for t in tiles), default=SIZE),
        tuple(pair for pair in legend if pair[0] in used),
        tuple(a[1] for a in areas if a[3] is None and states.get(a[0])),
    )


def shorten_names(names: Sequence[str]) -> list[str]:
    """Return a short sign for each name, no two alike.

    >>> shorten_names(["Kent", "West Mercia", "West Midlands", "South Wales"])
    ['Ken', 'WMe', 'WMi', 'SWa']
    """
    taken: set[str] = set()
    found = []
    for name in names:
        words = [w for w in name.replace("-", " ").split() if w[:1].isalnum() and w != "and"]
        first = words[0] if words else "?"
        base = first[:3] if len(words) < 2 else words[0][0] + words[1][:2]
        tries = [base, *(base[:2] + c for c in "".join(words)[2:]), *map(str, range(100))]
        sign = next(t for t in tries if t not in taken)
        taken.add(sign)
        found.append(sign)
    return found

"""Colours of the pages, each with a sign that is not a colour, and their measured contrast.

Nothing on a page speaks by colour alone: a lot has a letter and a dash pattern beside its
colour, a kind of thing has a shape. `PAIRS` lists every pair of colours that a page puts
together; a test measures each of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

INK = "#14181c"
PAPER = "#ffffff"
WASH = "#f2f4f6"
MUTED = "#4a525b"
RULE = "#7d858e"
LINK = "#1b4d91"
FOCUS = "#ffd23f"
GAP = "#5c646d"

SURFACES: dict[str, str] = {
    "ink": INK,
    "paper": PAPER,
    "wash": WASH,
    "muted": MUTED,
    "rule": RULE,
    "link": LINK,
    "focus": FOCUS,
    "gap": GAP,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """How a lot is shown: a letter, a colour and a dash pattern.

    Attributes:
        letter: stands in the squares of the matrix and in the legend.
        colour: of squares and lines; white text on it passes 4.5:1, the colour on white 3:1.
        dash: lengths of dashes and gaps in pixels, in turns; empty for a solid line.
    """

    letter: str
    colour: str
    dash: tuple[int, ...]


SIGNS: dict[str, Sign] = {
    "womens-services": Sign("W", "#7a1e52", ()),
    "personal-wellbeing": Sign("P", "#17406b", (10, 5)),
    "accommodation": Sign("A", "#12756b", (2, 4)),
    "education-training-employment": Sign("E", "#b0480c", (12, 4, 2, 4)),
    "dependency-recovery": Sign("D", "#5a48a5", (18, 6)),
    "finance-benefit-debt": Sign("F", "#5b6200", (12, 4, 2, 4, 2, 4)),
    "mentoring": Sign("M", "#41484f", (4, 8)),
}
"""Lot id → sign. A lot that is not named here gets one from `find_signs`."""

_SPARE_COLOURS = ("#8a2a2a", "#27613a", "#6b3f8f", "#22606f")
_SPARE_DASHES = ((6, 3), (3, 3, 9, 3), (1, 5), (14, 3, 3, 3))

SHADES = ("#ffffff", "#e6eef7", "#c9dcee", "#a9c7e2", "#88b0d5")
"""Squares of the tile map by number of lead providers: none, 1, 2, 3, 4 or more. The number
stands in the square too."""

TINTS = (
    "#f6e3d3",
    "#dbe9f6",
    "#e3efd9",
    "#f3dfea",
    "#f7efc6",
    "#d9eeee",
    "#e6e0f2",
    "#eae4dc",
)
"""Squares of the tile map by lead provider, where one leads several areas. The name stands in
the square too."""

TextOrGraphic = Literal["text", "graphic"]

PAIRS: tuple[tuple[str, str, str, TextOrGraphic], ...] = (
    ("text on the page", INK, PAPER, "text"),
    ("text on a shaded panel", INK, WASH, "text"),
    ("quiet text on the page", MUTED, PAPER, "text"),
    ("quiet text on a shaded panel", MUTED, WASH, "text"),
    ("link on the page", LINK, PAPER, "text"),
    ("link on a shaded panel", LINK, WASH, "text"),
    ("text in focus or marked", INK, FOCUS, "text"),
    ("button and selected thing", PAPER, INK, "text"),
    ("focus ring against the page", INK, PAPER, "graphic"),
    ("edge of a control", RULE, PAPER, "graphic"),
    ("edge of a control on a shaded panel", RULE, WASH, "graphic"),
    ("line that stands back", RULE, PAPER, "graphic"),
    ("hatching and dashes of a gap", GAP, PAPER, "graphic"),
    ("words of a gap", GAP, PAPER, "text"),
    *((f"letter {s.letter} on its square", PAPER, s.colour, "text") for s in SIGNS.values()),
    *((f"line of {s.letter} on the page", s.colour, PAPER, "graphic") for s in SIGNS.values()),
    *((f"square {s.letter} on a shaded row", s.colour, WASH, "graphic") for s in SIGNS.values()),
    *((f"text on shade {c}", INK, c, "text") for c in SHADES),
    *((f"text on tint {c}", INK, c, "text") for c in TINTS),
    *((f"quiet text on {c}", MUTED, c, "text") for c in TINTS),
    *((f"border of a region on shade {c}", INK, c, "graphic") for c in SHADES),
    *((f"letter on spare {c}", PAPER, c, "text") for c in _SPARE_COLOURS),
    *((f"spare {c} on the page", c, PAPER, "graphic") for c in _SPARE_COLOURS),
)
"""Every pair in use: what it is, its colour, the colour behind it, and which bound holds."""

BOUNDS: dict[TextOrGraphic, float] = {"text": 4.5, "graphic": 3.0}
"""Least contrast, from WCAG 2.2, criteria 1.4.3 and 1.4.11."""


def measure_contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, from 1 to 21.

    Args:
        first: a colour as `#rrggbb`.
        second: the other colour; the order does not matter.

    Returns:
        The ratio of the relative luminances, each raised by 0.05.

    Source: W3C, Web Content Accessibility Guidelines 2.2, definition of contrast ratio.

    >>> measure_contrast("#000000", "#ffffff")
    21.0
    >>> round(measure_contrast("#777777", "#ffffff"), 2)
    4.48
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def find_signs(lots: Iterable[tuple[str, str]]) -> dict[str, Sign]:
    """Return a sign for each lot; no two lots share a letter.

    Args:
        lots: id and label of each lot; a lot that has no sign of its own gets the first
            free letter of its label, then of the alphabet.

    >>> find_signs([("accommodation", "Accommodation"), ("art", "Art")])["art"].letter
    'R'
    """
    asked = list(dict.fromkeys(lots))
    found = {id_: SIGNS[id_] for id_, _ in asked if id_ in SIGNS}
    taken = {s.letter for s in SIGNS.values()}
    for number, (id_, label) in enumerate(pair for pair in asked if pair[0] not in SIGNS):
        letters = [c for c in label.upper() if "A" <= c <= "Z"] + list("BCGHIJKLNOQRSTUVXYZ")
        letter = next((c for c in letters if c not in taken), "?")
        taken.add(letter)
        colour = _SPARE_COLOURS[number % len(_SPARE_COLOURS)]
        found[id_] = Sign(letter, colour, _SPARE_DASHES[number % len(_SPARE_DASHES)])
    return {id_: found[id_] for id_, _ in asked}


def rank_lots(signs: Mapping[str, Sign]) -> list[str]:
    """Return lots in the order of the palette, others after them by letter.

    >>> rank_lots(find_signs([("mentoring", "Mentoring"), ("accommodation", "Accommodation")]))
    ['accommodation', 'mentoring']
    """
    known = list(SIGNS)
    return sorted(
        signs,
        key=lambda t: (known.index(t) if t in known else len(known), signs[t].letter),
    )


def find_tie_signs(kinds: Iterable[str]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return a colour and a dash pattern for each kind of tie; no two kinds share both.

    >>> find_tie_signs(["creates"])
    {'creates': ('#7a1e52', ())}
    """
    every = [(s.colour, s.dash) for s in SIGNS.values()]
    every += list(zip(_SPARE_COLOURS, _SPARE_DASHES, strict=True))
    found = {}
    for number, kind in enumerate(dict.fromkeys(kinds)):
        turn, place = divmod(number, len(every))
        found[kind] = (every[place][0], every[(place + turn) % len(every)][1])
    return found

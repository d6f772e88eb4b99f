"""The overview of the ontology: its main classes as boxes, its main properties as arrows.

The places of the boxes are chosen by hand so that no arrow crosses another; everything else is
computed, so the same ontology gives the same picture.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rehabgraph.graph.vocabulary import Vocabulary
from rehabgraph.views import palette
from rehabgraph.views.pages import make_environment, wrap_text

STEP_X, STEP_Y = 248, 104
WIDE, HIGH, LINE = 138, 48, 15
MARGIN = 12
ANY = "Any row"
BOXES = {
    "PolicyLink": (0, 0), "Policy": (1, 0), "Round": (2, 0), "Person": (3, 0), "Role": (4, 0),
    "Term": (0, 1), "Lot": (1, 1), "Contract": (2, 1), "Award": (3, 1), "Organisation": (4, 1),
    "Commissioning": (0, 2), "ProbationRegion": (1, 2), "PoliceArea": (2, 2),
    "Participation": (3, 2), "Relation": (4, 2),
    ANY: (0, 3), "Citation": (1, 3), "Source": (2, 3), "SourceLine": (3, 3),
}  # fmt: skip
"""Class → column and row; `ANY` is every row of every table."""
ARROWS = (
    ("PolicyLink", "rg:policy", "Policy"),
    ("Round", "rg:framework", "Policy"),
    ("Contract", "rg:round", "Round"),
    ("Role", "rg:person", "Person"),
    ("Role", "rg:organisation", "Organisation"),
    ("Term", "rg:lot", "Lot"),
    ("Contract", "rg:lot", "Lot"),
    ("Contract", "rg:award", "Award"),
    ("Award", "rg:awardedTo", "Organisation"),
    ("Commissioning", "rg:region", "ProbationRegion"),
    ("Contract", "rg:region", "ProbationRegion"),
    ("Contract", "rg:area", "PoliceArea"),
    ("PoliceArea", "geo:sfWithin", "ProbationRegion"),
    ("Participation", "rg:contract", "Contract"),
    ("Participation", "rg:organisation", "Organisation"),
    ("Relation", "rg:subject", "Organisation"),
    (ANY, "rg:citation", "Citation"),
    ("Citation", "prov:wasDerivedFrom", "Source"),
    ("SourceLine", "dcterms:isPartOf", "Source"),
)
"""Class, property, class."""


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A class: its name, where its box begins, and its label in lines with their heights."""

    name: str
    label: str
    x: float
    y: float
    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A property: a line, its head as points, and its label beside the middle."""

    line: str
    head: str
    label: str
    x: float
    y: float
    anchor: str


def tell_arrows(vocabulary: Vocabulary) -> list[str]:
    """Return what the arrows say, in words, in the order of the boxes they begin at.

    >>> from rehabgraph.graph.vocabulary import read_vocabulary
    >>> tell_arrows(read_vocabulary())[0]
    'Policy link: policy → Policy'
    """
    order = list(BOXES)
    said = sorted(ARROWS, key=lambda a: (order.index(a[0]), order.index(a[2])))
    return [
        f"{_label(vocabulary, start)}: {_property(vocabulary, name)} → {_label(vocabulary, end)}"
        for start, name, end in said
    ]


def draw_overview(vocabulary: Vocabulary, *, standalone: bool = True) -> str:
    """Return the overview as SVG.

    Args:
        vocabulary: the terms, for their labels.
        standalone: whether it is a file of its own; in a page the boxes lead to the terms.
    """
    columns, rows = (max(place[axis] for place in BOXES.values()) for axis in (0, 1))
    return (
        make_environment()
        .get_template("ontology.svg.j2")
        .render(
            standalone=standalone,
            width=columns * STEP_X + WIDE + 2 * MARGIN,
            height=rows * STEP_Y + HIGH + 2 * MARGIN,
            wide=WIDE,
            high=HIGH,
            any=ANY,
            boxes=[_box(vocabulary, name) for name in BOXES],
            arrows=[_arrow(vocabulary, *arrow) for arrow in ARROWS],
            told=tell_arrows(vocabulary),
            c=palette.SURFACES,
        )
    )


def _label(vocabulary: Vocabulary, name: str) -> str:
    return name if name == ANY else vocabulary.find(name).label


def _property(vocabulary: Vocabulary, name: str) -> str:
    prefix, _, local = name.partition(":")
    return vocabulary.find(local).label if prefix == "rg" else name


def _corner(name: str) -> Point:
    column, row = BOXES[name]
    return MARGIN + column * STEP_X, MARGIN + row * STEP_Y


def _box(vocabulary: Vocabulary, name: str) -> Box:
    x, y = _corner(name)
    label = _label(vocabulary, name)
    lines = wrap_text(label, 18)
    first = y + HIGH / 2 + 5 - (len(lines) - 1) * LINE / 2
    return Box(name, label, x, y, tuple((t, first + n * LINE) for n, t in enumerate(lines)))


def _arrow(vocabulary: Vocabulary, start: str, name: str, end: str) -> Arrow:
    """Return an arrow between two boxes: along the row, along the column, or across."""
    (x1, y1), (x2, y2) = _corner(start), _corner(end)
    right, down = (x2 > x1) - (x2 < x1), (y2 > y1) - (y2 < y1)
    label = _property(vocabulary, name).partition(":")[2] or _property(vocabulary, name)
    if down == 0:
        ends: list[Point] = [
            (x1 + WIDE * (right > 0), y1 + HIGH / 2),
            (x2 + WIDE * (right < 0), y2 + HIGH / 2),
        ]
        place, anchor = ((ends[0][0] + ends[1][0]) / 2, y1 + HIGH / 2 - 6), "middle"
    else:
        lean = WIDE * 0.36 * right
        ends = [
            (x1 + WIDE / 2 + lean, y1 + HIGH * (down > 0)),
            (x2 + WIDE / 2 - lean, y2 + HIGH * (down < 0)),
        ]
        middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2 + 4)
        place, anchor = (middle, "middle") if right else ((middle[0] + 8, middle[1]), "start")
    return Arrow(
        "M{0[0]:g} {0[1]:g}L{1[0]:g} {1[1]:g}".format(*ends),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in _head(*ends)),
        label,
        *place,
        anchor,
    )


def _head(start: Point, end: Point) -> Iterable[Point]:
    """Yield the three corners of an arrow's head."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    along, across = ((x2 - x1) / length, (y2 - y1) / length), 4.5
    back = (x2 - 10 * along[0], y2 - 10 * along[1])
    yield end
    yield back[0] - across * along[1], back[1] + across * along[0]
    yield back[0] + across * along[1], back[1] - across * along[0]

"""The overview of the ontology as a drawing."""

import re
from xml.etree import ElementTree

from rehabgraph.graph.vocabulary import read_vocabulary
from rehabgraph.views.ontology_picture import (
    ANY,
    ARROWS,
    BOXES,
    HIGH,
    WIDE,
    draw_overview,
    tell_arrows,
)


def find_lines(svg: str) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the two ends of each arrow."""
    found = re.findall(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', svg)
    return [((float(a), float(b)), (float(c), float(d))) for a, b, c, d in found]


def test_arrows_say_what_the_ontology_says() -> None:
    """An arrow of ours begins at a class of the property's domain and ends at its range."""
    vocabulary = read_vocabulary()
    for start, name, end in ARROWS:
        prefix, _, local = name.partition(":")
        if prefix != "rg":
            assert name in vocabulary.others, name
            continue
        term = vocabulary.find(local)
        assert start == ANY or not term.domains or f"rg:{start}" in term.domains, name
        assert not term.ranges or f"rg:{end}" in term.ranges, name
        assert (start == ANY) == (not term.domains) or local == "subject", name


def test_boxes_and_arrows_keep_apart() -> None:
    """No two boxes share a place, no arrow runs through a box, and no two arrows cross."""
    assert len(set(BOXES.values())) == len(BOXES)
    svg = draw_overview(read_vocabulary())
    boxes = [(float(x), float(y)) for x, y in re.findall(r'<rect x="(\d+)" y="(\d+)"', svg)]
    lines = find_lines(svg)
    assert (len(boxes), len(lines)) == (len(BOXES), len(ARROWS))
    for (x1, y1), (x2, y2) in lines:
        for step in range(1, 100):
            x, y = x1 + (x2 - x1) * step / 100, y1 + (y2 - y1) * step / 100
            assert not any(a < x < a + WIDE and b < y < b + HIGH for a, b in boxes)
    for n, one in enumerate(lines):
        for other in lines[n + 1 :]:
            assert not _cross(*one, *other), (one, other)


def _cross(*ends: tuple[float, float]) -> bool:
    def side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    a, b, c, d = ends
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def test_it_says_in_words_what_it_draws() -> None:
    """Every arrow has a line of words, which the file holds as its description."""
    vocabulary = read_vocabulary()
    told = tell_arrows(vocabulary)
    assert len(told) == len(ARROWS)
    assert "Contract: award → Award" in told
    root = ElementTree.fromstring(draw_overview(vocabulary))  # noqa: S314 - our own drawing
    [described] = root.findall("{http://www.w3.org/2000/svg}desc")
    assert described.text == f"{'; '.join(told)}."
    assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_the_same_bytes_each_time() -> None:
    """The drawing depends on nothing but the ontology; in a page its boxes are links."""
    vocabulary = read_vocabulary()
    assert draw_overview(vocabulary) == draw_overview(vocabulary)
    assert "style=" not in draw_overview(vocabulary)
    inside = draw_overview(vocabulary, standalone=False)
    assert inside.count('<a href="#') == len(BOXES) - 1

"""Colours are told apart by everyone: contrast measured, and never colour alone."""

import re
from importlib.resources import files
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.views.palette import BOUNDS, PAIRS, SIGNS, SURFACES, find_signs, measure_contrast

COLOURS = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


def test_contrast_agrees_with_published_values() -> None:
    """Values of WCAG's own definition: 21 for black on white, 4.54 for #767676 on white."""
    assert measure_contrast("#000000", "#ffffff") == 21
    assert round(measure_contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(measure_contrast("#0000ff", "#ffffff"), 2) == 8.59


@given(COLOURS, COLOURS)
def test_contrast_has_bounds_and_no_order(first: str, second: str) -> None:
    """Contrast lies between 1 and 21 and does not depend on which colour comes first."""
    contrast = measure_contrast(first, second)
    assert 1 <= contrast <= 21
    assert contrast == measure_contrast(second, first)


def test_every_pair_in_use_passes() -> None:
    """Text has at least 4.5:1 and graphics 3:1 against what is behind them."""
    low = [
        (what, round(measure_contrast(front, back), 2))
        for what, front, back, kind in PAIRS
        if measure_contrast(front, back) < BOUNDS[kind]
    ]
    assert not low


def test_no_two_lots_share_a_letter_a_colour_or_a_dash() -> None:
    """A lot can be told from another without seeing its colour."""
    for name in ("letter", "colour", "dash"):
        assert len({getattr(s, name) for s in SIGNS.values()}) == len(SIGNS), name


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=12))
def test_letters_of_unknown_lots_are_their_own(lots: list[tuple[str, str]]) -> None:
    """Lots that the palette does not name get letters that no other lot has."""
    signs = find_signs(lots)
    assert set(signs) == {id_ for id_, _ in lots}
    letters = [s.letter for s in signs.values()]
    assert len(set(letters)) == len(letters)


def test_the_style_sheet_names_no_other_colour() -> None:
    """The style sheet uses the palette: every colour in it is a surface or a sign's."""
    style = (files("rehabgraph.views") / "templates" / "page.css").read_text(encoding="utf-8")
    known = {s.colour for s in SIGNS.values()} | set(SURFACES.values())
    assert set(re.findall(r"#[0-9a-f]{6}\b", style)) <= known
    used = set(re.findall(r"var\(--([a-z]+)\)", style))
    assert used <= set(SURFACES)


def test_the_page_about_pictures_tells_the_measured_contrasts() -> None:
    """Each colour of the palette stands in the documentation with the contrasts it has."""
    text = (Path(__file__).parents[2] / "docs" / "pictures.md").read_text(encoding="utf-8")
    for sign in SIGNS.values():
        on_white = f"{measure_contrast(sign.colour, SURFACES['paper']):.2f}"
        on_wash = f"{measure_contrast(sign.colour, SURFACES['wash']):.2f}"
        row = next(n for n in text.splitlines() if n.startswith(f"| {sign.letter} |"))
        assert [c.strip() for c in row.split("|")][2] == f"`{sign.colour}`"
        assert [c.strip() for c in row.split("|")][4:7] == [on_white, on_white, on_wash]
    for name, colour in SURFACES.items():
        contrast = measure_contrast(colour, SURFACES["paper"])
        assert f"| {name} | `{colour}` | {contrast:.2f} |" in text

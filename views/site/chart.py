"""A plain bar chart of an answer that has a column of words and a column of numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rehabgraph.views.layout import cut_label

LABEL, BARS, FIGURE, ROW = 200, 380, 120, 26
MOST = 30
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class ChartBar:
    """A bar: its words in full and cut, its figure as written, and where it stands."""

    label: str
    short: str
    figure: str
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, what they are called, and the size of the whole."""

    title: str
    bars: tuple[ChartBar, ...]
    left: int
    width: int
    height: int
    left_out: int


def build_chart(
    heads: Sequence[str], rows: Sequence[Sequence[str]], figures: Sequence[bool]
) -> Chart | None:
    """Return a chart of the first column of numbers by the first column of words.

    Args:
        heads: names of the columns.
        rows: cells as text; empty where there is no value.
        figures: for each column, whether it holds numbers.

    Returns:
        None where there are no two such columns, fewer than two bars, or a number below zero.

    >>> found = build_chart(["lot", "lines"], [["women", "12"], ["wellbeing", "24"]], [False, True])
    >>> found.title, [b.width for b in found.bars]
    ('lines by lot', [190.0, 380.0])
    >>> build_chart(["lot"], [["women"], ["wellbeing"]], [False]) is None
    True
    """
    if True not in figures or False not in figures:
        return None
    label, value = figures.index(False), figures.index(True)
    pairs = [(row[label], row[value]) for row in rows if row[label] and row[value]]
    numbers = [_read_number(figure) for _, figure in pairs]
    known = [n for n in numbers if n is not None]
    if len(known) < 2 or len(known) != len(numbers) or min(known) < 0 or max(known) == 0:
        return None
    scale = BARS / max(known)
    bars = tuple(
        ChartBar(name, cut_label(name, _LETTERS, 1)[0], figure, n * ROW, round(number * scale, 1))
        for n, ((name, figure), number) in enumerate(zip(pairs[:MOST], known, strict=False))
    )
    title = f"{heads[value]} by {heads[label]}"
    width = LABEL + BARS + FIGURE
    return Chart(title, bars, LABEL, width, len(bars) * ROW, len(rows) - len(bars))


def _read_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None

"""The timeline of a thing: a bar for each contract, as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ROW, LEFT, WIDTH, HEAD = 24, 12, 720, 26
MOST = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A contract: its words, its page, and where its bar stands; open ends are broken."""

    text: str
    to: str
    x: float
    y: int
    width: float
    open_start: bool
    open_end: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars, the years over them and the size of the whole."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[int, float], ...]
    width: int
    height: int
    left_out: int = 0


def build_bars(rows: Sequence[tuple[str, str, date | None, date | None]]) -> Bars | None:
    """Return the timeline of rows of words, page, first day and last day; None without any date.

    A row without a first or a last day is drawn to the edge, with a broken end.

    >>> found = build_bars([("a", "/a", date(2021, 6, 26), None)])
    >>> found.bars[0].open_end, [y for y, _ in found.years]
    (True, [2021, 2022, 2023])
    """
    dated = [r for r in rows if r[2] or r[3]]
    days = [d for r in dated for d in r[2:] if d is not None]
    if not days:
        return None
    first, last = min(days).year, max(max(days).year + 1, min(days).year + 2)
    start = date(first, 1, 1)
    span = (date(last, 1, 1) - start).days + 365
    scale = (WIDTH - LEFT) / span

    def place(day: date) -> float:
        return round(LEFT + (day - start).days * scale, 1)

    shown = sorted(dated, key=lambda r: (r[2] or start, r[3] or date.max, r[0]))[:MOST]
    bars = []
    for n, (text, to, begin, end) in enumerate(shown):
        x = place(begin) if begin else float(LEFT)
        right = place(end) if end else float(WIDTH)
        width = max(3.0, round(right - x, 1))
        bars.append(Bar(text, to, x, HEAD + n * ROW, width, begin is None, end is None))
    step = 1 if last - first < 14 else 5
    years = tuple((y, place(date(y, 1, 1))) for y in range(first, last + 1) if y % step == 0)
    height = HEAD + ROW * len(bars) + 4
    return Bars(tuple(bars), years, WIDTH, height, len(dated) - len(shown))

"""Where the bars and marks of the timeline stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rehabgraph.queries.pictures.matrix import name_thing
from rehabgraph.queries.pictures.timeline import Bar, Moment, Span, Timeline
from rehabgraph.views import palette
from rehabgraph.views.layout import cut_label
from rehabgraph.views.palette import Sign
from rehabgraph.views.words import count_words, format_day

LEFT, RIGHT, WIDTH = 186, 12, 980
GAP = 8
STEP, HEAD, AXIS = 28, 34, 22
DERIVED = 18
LETTER = 6.3
"""Width of a letter of bar text in pixels, on the wide side."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to pixels."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Return where a day stands; days outside stand at the edge.

        >>> Scale(date(2021, 1, 1), date(2022, 1, 1)).place(date(2021, 1, 1))
        186.0
        """
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return round(LEFT + min(max(share, 0), 1) * (WIDTH - LEFT - RIGHT), 1)

    def list_years(self) -> list[dict[str, Any]]:
        """Return the start of each year with its label."""
        years = range(self.first.year, self.last.year + 1)
        starts = [(date(y, 1, 1), str(y)) for y in years]
        return [{"x": self.place(d), "label": t} for d, t in starts if self.first <= d < self.last]


def make_scale(days: Sequence[date]) -> Scale:
    """Return a scale of whole years that holds all days."""
    if not days:
        return Scale(date(2021, 1, 1), date(2022, 1, 1))
    return Scale(date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1))


def measure_contracts(
    timeline: Timeline, signs: Mapping[str, Sign], order: Sequence[str]
) -> dict[str, Any]:
    """Return where the bars of contracts stand, by lot and region, and their rows.

    Args:
        timeline: what to draw.
        signs: lot id → sign.
        order: lots from top to bottom.
    """
    days = [d for b in timeline.bars for d in (b.start, b.end) if d is not None]
    scale = make_scale([*days, *(timeline.window or ())])
    ordered = order_bars(timeline, order)
    numbers = {id(b): n + 1 for n, b in enumerate(ordered)}
    dated = [b for b in ordered if b.start or b.end]
    y = float(AXIS + 20)
    heads: list[dict[str, Any]] = []
    names, bars = [], []
    for lot in order:
        own = [b for b in dated if b.lot == lot]
        if not own:
            continue
        inside = [b for b in own if is_shown(timeline, b)]
        sign, label = signs[lot], name_thing(timeline.market, "lot", lot)
        y += GAP if heads and inside else 0
        head = {"y": y, "letter": sign.letter, "colour": sign.colour, "label": label, "lot": lot}
        heads.append(head | {"off": not inside})
        y += HEAD if inside else 0
        for region in dict.fromkeys(b.region for b in own):
            here = [b for b in own if b.region == region]
            name = cut_label(name_thing(timeline.market, "region", region), 25, 1)[0]
            off = not any(is_shown(timeline, b) for b in here)
            names.append({"y": y, "text": name, "lot": lot, "region": region, "off": off})
            for bar in here:
                off, number = not is_shown(timeline, bar), numbers[id(bar)]
                placed = _place_bar(timeline, bar, scale, sign=sign, y=y, row=f"row-{number}")
                bars.append(placed | {"thing": f"bar/{number}", "off": off})
                y += 0 if off else STEP
    y += GAP
    window = None
    if timeline.window is not None:
        left, right = (scale.place(d) for d in timeline.window)
        window = {"x": left, "width": max(right - left, 2), "label": "expiring"}
    day = timeline.filters.as_of
    return {
        "label": "Contracts over time",
        "width": WIDTH,
        "height": y + 6,
        "left": LEFT,
        "axis": {"top": 20, "bottom": y, "years": scale.list_years()},
        "heads": heads,
        "names": names,
        "bars": bars,
        "window": window,
        "day": scale.place(day) if day and scale.first <= day <= scale.last else None,
        "scale": scale,
    }


def is_shown(timeline: Timeline, bar: Bar) -> bool:
    """Say whether a bar has a contract of the day that is asked for."""
    return any(c.reference in timeline.shown for c in bar.contracts)


def order_bars(timeline: Timeline, order: Sequence[str]) -> list[Bar]:
    """Return the bars from top to bottom: by lot, then region, then day."""
    regions = list(timeline.market.region_areas)
    return sorted(
        timeline.bars,
        key=lambda b: (
            order.index(b.lot),
            _rank(b.region, regions),
            b.start or date.max,
            b.end or date.max,
            b.is_derived,
        ),
    )


def describe_bar(timeline: Timeline, bar: Bar) -> str:
    """Return who leads the contracts of a bar, each lead once."""
    leads = dict.fromkeys(c.lead for c in bar.contracts)
    return ", ".join(name_thing(timeline.market, "organisation", lead) for lead in leads)


def describe_days(bar: Bar) -> str:
    """Return from when to when the contracts of a bar run, and how their end is known."""
    if bar.end is None:
        return f"{format_day(bar.start)}, no end published"
    end = format_day(bar.end, bar.end_precision or "day")
    how = "end derived from the term" if bar.is_derived else "end stated"
    return f"{format_day(bar.start)} to {end} ({how})"


def _place_bar(
    timeline: Timeline, bar: Bar, scale: Scale, *, sign: Sign, y: float, row: str
) -> dict[str, Any]:
    known = bar.end is not None
    first = scale.place(bar.start) if bar.start else scale.place(scale.first)
    stop = scale.place(bar.end) if bar.end else scale.place(scale.last)
    x = first if bar.start else max(stop - DERIVED - 6, first)
    if not known:
        width = min(24.0, stop - x)
    elif bar.is_derived:
        width = max(stop - x - DERIVED, 2)
    else:
        width = max(stop - x, 2)
    words = describe_bar(timeline, bar)
    if len(bar.contracts) > 1:
        words = f"{words} ({len(bar.contracts)})"
    where = name_thing(timeline.market, "region", bar.region)
    lot = name_thing(timeline.market, "lot", bar.lot)
    count = count_words(len(bar.contracts), "contract", "contracts")
    placed = {
        "row": row,
        "x": x,
        "y": y,
        "width": round(width, 1),
        "open": round(stop - x - width, 1) if bar.is_derived or not known else 0,
        "before": round(x - first, 1),
        "diamond": False,
        "rough": False,
        "colour": sign.colour,
        "text": f"{lot}, {where}: {count}, {describe_days(bar)}. {describe_bar(timeline, bar)}.",
    }
    return placed | _place_words(words, x, width, stop, inside=known)


def _place_words(
    words: str, x: float, width: float, stop: float, *, inside: bool
) -> dict[str, Any]:
    """Return where the words of a bar stand: in it, after its solid part, or beside it."""
    fit = int((width - 14) / LETTER)
    if inside and (len(words) <= fit or fit >= 24):
        return {"words": _cut(words, fit), "words_x": x + 8, "anchor": "start", "inside": True}
    if not inside and stop - x - width > 120:
        room = int((stop - x - width - 14) / LETTER)
        at = x + width + 8
        return {"words": _cut(words, room), "words_x": at, "anchor": "start", "inside": False}
    right, left = int((WIDTH - stop - 12) / LETTER), int((x - 12) / LETTER)
    if len(words) <= right or right >= left:
        at = stop + 8
        return {"words": _cut(words, right), "words_x": at, "anchor": "start", "inside": False}
    return {"words": _cut(words, left), "words_x": x - 8, "anchor": "end", "inside": False}


def measure_past(timeline: Timeline) -> dict[str, Any]:
    """Return where the bars of policies and the marks of events stand."""
    days = [m.day for m in timeline.moments]
    days += [d for s in timeline.spans for d in (s.start, s.end, s.issued) if d is not None]
    scale = make_scale(days)
    things: list[Span | Moment] = [*timeline.spans, *timeline.moments]
    numbers = {t.id: f"past-{n + 1}" for n, t in enumerate(things)}
    y, heads, bars = AXIS + 20.0, [], []
    dated: list[Span | Moment] = [s for s in timeline.spans if has_day(s)]
    groups = [
        ("Policies, agreements and programmes", dated),
        ("Events", things[len(timeline.spans) :]),
    ]
    for label, group in groups:
        if not group:
            continue
        heads.append({"y": y, "letter": "", "colour": "", "label": label, "lot": "", "off": False})
        y += HEAD
        for thing in group:
            placed = _place_past(thing, scale, y, numbers[thing.id])
            bars.append(placed | {"thing": thing.id, "off": False})
            y += STEP
        y += 8
    return {
        "label": "Policies and events over time",
        "width": WIDTH,
        "height": y + 6,
        "left": LEFT,
        "axis": {"top": 20, "bottom": y, "years": scale.list_years()},
        "heads": heads,
        "names": [],
        "bars": bars,
        "window": None,
        "day": None,
    }


def has_day(span: Span) -> bool:
    """Say whether any day of a policy is published.

    >>> has_day(Span("policy/x", "fund", "X"))
    False
    """
    return any((span.start, span.end, span.issued))


def describe_past(thing: Span | Moment) -> str:
    """Return the days of a policy or event in words."""
    if isinstance(thing, Moment):
        return format_day(thing.day, thing.precision)
    parts = []
    if thing.issued:
        parts.append(f"issued {format_day(thing.issued, thing.precision)}")
    if thing.start:
        parts.append(f"from {format_day(thing.start, thing.precision)}")
    if thing.end:
        parts.append(f"to {format_day(thing.end, thing.precision)}")
    return ", ".join(parts) or "no day published"


def _place_past(thing: Span | Moment, scale: Scale, y: float, row: str) -> dict[str, Any]:
    is_span = isinstance(thing, Span)
    start = thing.start if isinstance(thing, Span) else None
    end = thing.end if isinstance(thing, Span) else None
    day = (thing.issued or end) if isinstance(thing, Span) else thing.day
    words = thing.label.strip() or "(no name)"
    placed: dict[str, Any] = {
        "row": row,
        "y": y,
        "colour": palette.LINK if is_span else palette.INK,
        "text": f"{words}: {thing.kind}, {describe_past(thing)}.",
        "before": 0,
        "rough": thing.precision not in ("", "day"),
        "diamond": start is None,
        "open": 0,
        "width": 0,
    }
    if start is None:
        x = scale.place(day) if day else scale.place(scale.first)
        return {**placed, "x": x, **_place_words(words, x - 10, 0, x + 10, inside=True)}
    x = scale.place(start)
    stop = scale.place(end) if end else scale.place(scale.last)
    width = round(max(stop - x, 2), 1) if end else round(min(24.0, stop - x), 1)
    placed |= {"x": x, "width": width, "open": 0 if end else round(stop - x - width, 1)}
    return placed | _place_words(words, x, width, stop, inside=end is not None)


def _cut(words: str, room: int) -> str:
    return words if len(words) <= room else f"{words[: max(room - 1, 1)]}…"


def _rank(region: str, regions: Sequence[str]) -> tuple[int, str]:
    return (regions.index(region) if region in regions else len(regions), region)

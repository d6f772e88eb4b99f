"""What the squares of the tile map say: headings, legends and sentences for each way to shade."""

from collections.abc import Mapping
from typing import Any

from rehabgraph.queries.intervals import Interval
from rehabgraph.queries.market import Market
from rehabgraph.queries.pictures.matrix import NOT_LISTED, name_thing
from rehabgraph.queries.pictures.tiles import TileCell, TileMap
from rehabgraph.views import palette
from rehabgraph.views.palette import Sign
from rehabgraph.views.words import count_words

MODES = ("lot", "holders", "concentration")
"""What the squares can show: who leads, how many lead, how concentrated the prices are."""

TITLE = "Who leads probation services in each area"
TITLES = {
    "lot": TITLE,
    "holders": TITLE,
    "concentration": "How concentrated probation services are in each area",
}
HEADINGS = {
    "lot": "Areas by lead provider",
    "holders": "Areas by number of lead providers",
    "concentration": "Areas by concentration of prices",
}
MEANINGS = {
    "lot": "The name in a square is who leads there; areas with the same single lead have the "
    "same tint.",
    "holders": "A darker square has more lead providers; its letters are the services.",
    "concentration": "The figure is the Herfindahl–Hirschman index of the prices in the area: "
    "10,000 if one lead has all. A price that covers more than the area lies in it to an unknown "
    "part, so the figure is an interval; a darker square has a higher low end, which is certain.",
}
BANDS = (1, 2500, 3333, 5000)
"""Low ends at which the shade changes: the index of 4, 3 and 2 equal leads."""

_BAND_WORDS = (
    "no price",
    "low end below 2,500",
    "2,500 or more (4 equal leads)",
    "3,333 or more (3 equal leads)",
    "5,000 or more (2 equal leads)",
)


def show_interval(interval: Interval | None, unpriced: int = 0) -> str:
    """Return an index as one figure or two ends, or words where there is none.

    >>> show_interval(Interval(3333.3, 10000.0)), show_interval(Interval(2500.0, 2500.0))
    ('3,333 to 10,000', '2,500')
    >>> show_interval(None), show_interval(None, 2)
    ('no price', 'price unknown')
    """
    if interval is None:
        return "price unknown" if unpriced else "no price"
    low, high = (f"{int(end + 0.5):,}" for end in (interval.low, interval.high))
    return low if low == high else f"{low} to {high}"


def describe_cell(
    market: Market, cell: TileCell, by: str, interval: Interval | None, unpriced: int
) -> str:
    """Return one sentence on an area: its region, and who leads there."""
    leads = ", ".join(name_thing(market, "organisation", lead) for lead in cell.leads)
    state = NOT_LISTED if cell.is_empty else leads or "no contract inside the filters"
    region = name_thing(market, "region", cell.tile.region)
    more = ""
    if by == "concentration" and interval is not None:
        more = f", concentration {show_interval(interval, unpriced)}"
    return f"{cell.tile.name.strip() or '(no name)'}, {region}: {state}{more}."


def list_legends(
    tile_map: TileMap, signs: Mapping[str, Sign], tints: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return for each way to shade what the colours and letters mean."""
    market = tile_map.market
    letters = [
        {
            "fill": s.colour,
            "stroke": s.colour,
            "letter": s.letter,
            "label": name_thing(market, "lot", lot),
        }
        for lot, s in signs.items()
    ]
    last = len(palette.SHADES) - 1
    leads = [
        f"{n} or more leads" if n == last else count_words(n, "lead", "leads")
        for n in range(len(palette.SHADES))
    ]
    return {
        "lot": [_swatch(t, name_thing(market, "organisation", lead)) for lead, t in tints.items()],
        "holders": [_swatch(s, leads[n]) for n, s in enumerate(palette.SHADES) if n] + letters,
        "concentration": [_swatch(s, _BAND_WORDS[n]) for n, s in enumerate(palette.SHADES) if n]
        + letters,
    }


def _swatch(fill: str, label: str) -> dict[str, Any]:
    return {"fill": fill, "stroke": palette.RULE, "letter": "", "label": label}

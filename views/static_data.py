"""What the map and the timeline carry for their scripts: rows, filters, caption."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.pictures.matrix import Item, name_thing
from rehabgraph.views import palette
from rehabgraph.views.pages import LICENCE, PageInfo
from rehabgraph.views.palette import Sign
from rehabgraph.views.rows import describe_items

STATIC_SCRIPTS = (
    "state.js",
    "select.js",
    "words.js",
    "svg_text.js",
    "panel.js",
    "controls.js",
    "download.js",
    "static.js",
)
"""Scripts that the map and the timeline share; the one that draws comes before the last."""

HINT = "Point at the picture, or move in it with Tab, to read about one thing here. Enter keeps it."


def describe_static_data(
    market: Market,
    filters: Filters,
    items: Sequence[Item],
    signs: Mapping[str, Sign],
    *,
    things: Sequence[dict[str, Any]],
    dates: Sequence[date],
    info: PageInfo,
    name: str,
    modes: Sequence[str] = (),
    by: str = "",
) -> dict[str, Any]:
    """Return what a page with a static picture needs, in the same form as a network page.

    Args:
        market: the labels of what the items name.
        filters: what the page was asked for; its day is where the date control starts.
        items: the rows of all dates.
        signs: lot id → sign, in the order of the legend.
        things: what can be chosen in the picture.
        dates: where the date slider stops.
        info: what the page says about itself.
        name: the last part of the name of its downloads.
        modes: what the squares can be coloured by.
        by: what they are coloured by first.
    """
    listed = {i.region for i in items}
    return {
        "file_name": f"rehabgraph-{name}",
        "rows": "lines",
        "static": True,
        "large": False,
        "things": [
            {"aliases": [], "gaps": [], "group_label": "", "parent": "", "is_gap": False, **t}
            for t in things
        ],
        "ties": [],
        "clusters": [],
        "items": describe_items(market, items, signs),
        "lots": [
            {
                "id": lot,
                "label": name_thing(market, "lot", lot),
                "letter": sign.letter,
                "fill": sign.colour,
            }
            for lot, sign in signs.items()
        ],
        "tie_kinds": [],
        "kinds": [],
        "regions": [
            {"id": r, "label": name_thing(market, "region", r), "gap": r not in listed}
            for r in market.region_areas
            if not filters.regions or r in filters.regions
        ],
        "areas": [],
        "base_areas": list(filters.areas),
        "dates": [d.isoformat() for d in dates],
        "initial": {"on": filters.as_of.isoformat() if filters.as_of else "", "by": by},
        "modes": list(modes),
        "colours": palette.SURFACES,
        "kind_names": {"area": "Police and crime commissioner area", "region": "Probation region"},
        "words": {"hint": HINT, "rows": "Lines", "kind_filter": "", "things": ["thing", "things"]},
        "sorts": {},
        "number_column": "",
        "csv_columns": [],
        "title": info.title,
        "caption": {"dated": info.dated, "lines": list(info.to_lines()[1:])},
        "licence": LICENCE,
    }

"""The tile map page: the areas as squares, by lead provider, their number, or concentration."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.intervals import Interval
from rehabgraph.queries.pictures.matrix import NOT_LISTED, name_thing
from rehabgraph.queries.pictures.tiles import TileCell, TileMap
from rehabgraph.views import palette
from rehabgraph.views.layout import cut_label
from rehabgraph.views.pages import (
    PageInfo,
    clean_text,
    data_link,
    describe_page,
    frame_page,
    make_environment,
    read_scripts,
    wrap_text,
    write_json,
)
from rehabgraph.views.palette import Sign, find_signs, rank_lots
from rehabgraph.views.rows import write_table_csv
from rehabgraph.views.static_data import STATIC_SCRIPTS, describe_static_data
from rehabgraph.views.tile_rows import COLUMNS, describe_rows, measure_own
from rehabgraph.views.tile_words import (
    BANDS,
    HEADINGS,
    MEANINGS,
    MODES,
    TITLE,
    TITLES,
    describe_cell,
    list_legends,
    show_interval,
)
from rehabgraph.views.words import count_words, describe_totals

WIDTH, HEIGHT = 137, 110
NAME_FITS, WORDS_FIT = 16, 18
"""Letters of a line that fit into a square; more are set closer."""


def render_tile_map(
    tile_map: TileMap, *, by: str = "", title: str = "", lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the tile map as one self-contained HTML page.

    Args:
        tile_map: what to draw.
        by: what the squares show first: `lot` for the leads, `holders` for their number,
            `concentration` for the interval of the HHI of the prices. When left out, the leads
            if there is one lot, else their number.
        title: heading of the page; names the lot when left out.
        lead: a sentence under it; made from the totals when left out.
        notes: further remarks for the foot of the page.
    """
    from markupsafe import Markup

    by = by or choose_mode(tile_map)
    info, signs = _describe(tile_map, by, title, lead, notes), _find_signs(tile_map)
    rows = describe_rows(tile_map, signs)
    data = clean_text(_describe_data(tile_map, info, signs, by))
    page = make_environment().get_template("tiles.html.j2")
    legends = clean_text(list_legends(tile_map, signs, _find_tints(tile_map)))
    svg = _render_svg(tile_map, info, signs, by, standalone=False)
    scripts = [*STATIC_SCRIPTS[:-1], "tiles.js", STATIC_SCRIPTS[-1]]
    return page.render(
        **frame_page(info, [read_scripts(*scripts)]),
        svg=Markup(svg),  # noqa: S704 - ours
        by=by,
        modes=MODES,
        headings=HEADINGS,
        meanings=MEANINGS,
        totals=describe_totals(tile_map.totals),
        legends=legends,
        has_gaps=any(cell.gaps for cell in tile_map.cells),
        columns=COLUMNS,
        rows=rows,
        page=data,
        page_json=Markup(write_json(data)),  # noqa: S704 - escaped by write_json
        svg_link=data_link(
            _render_svg(tile_map, info, signs, by, standalone=True), "image/svg+xml"
        ),
        csv_link=data_link(write_table_csv(COLUMNS, rows, info), "text/csv"),
    )


def render_tile_map_svg(
    tile_map: TileMap, *, by: str = "", title: str = "", lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the tile map as an SVG picture with its title, date, source and coverage in it."""
    by = by or choose_mode(tile_map)
    info = _describe(tile_map, by, title, lead, notes)
    return _render_svg(tile_map, info, _find_signs(tile_map), by, standalone=True)


def choose_mode(tile_map: TileMap) -> str:
    """Return what the squares show where nobody says: the leads of one lot, else their number."""
    return "lot" if tile_map.lot else "holders"


def _describe(tile_map: TileMap, by: str, title: str, lead: str, notes: Sequence[str]) -> PageInfo:
    if not title:
        lot = name_thing(tile_map.market, "lot", tile_map.lot) if tile_map.lot else ""
        title = TITLES[by] if by != "lot" or not lot else "who leads in each area"
        title = f"{lot}: {title[:1].lower()}{title[1:]}" if lot else title
    areas = count_words(len(tile_map.cells), "area", "areas")
    return describe_page(
        title or TITLE,
        lead or f"{areas} of England and Wales.",
        tile_map.coverage,
        tile_map.sources,
        filters=tile_map.filters,
        notes=notes,
    )


def _find_signs(tile_map: TileMap) -> dict[str, Sign]:
    signs = find_signs([(t, name_thing(tile_map.market, "lot", t)) for t in tile_map.lots])
    return {lot: signs[lot] for lot in rank_lots(signs)}


def _describe_data(
    tile_map: TileMap, info: PageInfo, signs: Mapping[str, Sign], by: str
) -> dict[str, Any]:
    market = tile_map.market
    things, cells = [], []
    left, top = _find_corner(tile_map.cells)
    for number, cell in enumerate(tile_map.cells):
        name, region = cell.tile.name.strip() or "(no name)", cell.tile.region
        id_, row = f"area/{cell.tile.area}", f"row-{number + 1}"
        gaps = [name_thing(market, "lot", lot) for lot in cell.gaps]
        things.append(
            {
                "id": id_,
                "kind": "area",
                "label": name,
                "row": row,
                "is_gap": cell.is_empty,
                "gaps": [f"{gap}: {NOT_LISTED}, which does not mean none." for gap in gaps],
                "group_label": f"Area in {name_thing(market, 'region', region)}",
            }
        )
        cells.append(
            {
                "id": id_,
                "area": cell.tile.area,
                "region": region,
                "region_name": name_thing(market, "region", region),
                "name": name,
                "row": row,
                "column": cell.tile.column,
                "row_": cell.tile.row,
                "x": (cell.tile.column - left) * WIDTH + 2,
                "y": (cell.tile.row - top) * HEIGHT + 2,
                "lines": list(cut_label(cell.tile.name, 17, 3)),
                "gaps": list(cell.gaps),
            }
        )
    data = describe_static_data(
        market,
        tile_map.filters,
        tile_map.all_items,
        signs,
        things=things,
        dates=tile_map.dates,
        info=info,
        name="map",
        modes=MODES,
        by=by,
    )
    data["map"] = {
        "cells": cells,
        "width": WIDTH,
        "height": HEIGHT,
        "name_fits": NAME_FITS,
        "words_fit": WORDS_FIT,
        "steps": [find_step(n) for n in range(len(signs) + 1)],
        "tints": list(palette.TINTS),
        "shades": list(palette.SHADES),
        "bands": list(BANDS),
    }
    return data


def _render_svg(
    tile_map: TileMap, info: PageInfo, signs: Mapping[str, Sign], by: str, *, standalone: bool
) -> str:
    template = make_environment().get_template("tiles.svg.j2")
    return template.render(
        m=clean_text(_measure(tile_map, info, signs, by)),
        c=palette.SURFACES,
        info=info,
        standalone=standalone,
    )


def _measure(
    tile_map: TileMap, info: PageInfo, signs: Mapping[str, Sign], by: str
) -> dict[str, Any]:
    left, first = _find_corner(tile_map.cells)
    columns = max([c.tile.column for c in tile_map.cells], default=0) + 1 - left
    down = max([c.tile.row for c in tile_map.cells], default=0) + 1 - first
    width, height = columns * WIDTH + 4, down * HEIGHT + 6
    tints = _find_tints(tile_map)
    heading, legend = wrap_text(info.title, 60), list_legends(tile_map, signs, tints)[by]
    x, y = 2, 28 * len(heading) + 14
    placed = []
    for entry in legend:
        room = 48 + round(7.2 * len(entry["label"]))
        if x > 2 and x + room > width:
            x, y = 2, y + 30
        placed.append({**entry, "x": x, "y": y})
        x += room
    top = y + 40
    caption = [line for text in info.to_lines() for line in wrap_text(text, width // 7)]
    caption_y = top + height + 24
    return {
        "width": width,
        "height": height,
        "tile_width": WIDTH,
        "tile_height": HEIGHT,
        "name_fits": NAME_FITS,
        "words_fit": WORDS_FIT,
        "tiles": [_place_tile(tile_map, cell, signs, tints, by) for cell in tile_map.cells],
        "borders": _find_borders(tile_map.cells),
        "heading": heading,
        "legend": placed,
        "top": top,
        "caption": caption,
        "caption_y": caption_y,
        "full_height": caption_y + 18 * len(caption),
    }


def _place_tile(
    tile_map: TileMap, cell: TileCell, signs: Mapping[str, Sign], tints: Mapping[str, str], by: str
) -> dict[str, Any]:
    market, tile = tile_map.market, cell.tile
    interval, unpriced = measure_own(cell)
    left, top = _find_corner(tile_map.cells)
    leads = [name_thing(market, "organisation", lead) for lead in cell.leads]
    name = cut_label(tile.name, 17, 3)
    fill = palette.PAPER
    if cell.is_empty:
        words, fill = [NOT_LISTED], "url(#hatch)"
    elif by == "lot":
        words = [line for lead in leads[:2] for line in cut_label(lead, 18)] or ["no contract"]
        more = len(leads) - 2
        words = [*words[:3], f"and {more} more"] if more > 0 else words[:4]
        fill = tints.get(cell.leads[0], palette.PAPER) if len(leads) == 1 else palette.PAPER
    elif by == "holders":
        words = [count_words(len(leads), "lead", "leads")]
        fill = palette.SHADES[min(len(leads), len(palette.SHADES) - 1)]
    else:
        nothing = "price unknown" if cell.leads else "no contract"
        words = [show_interval(interval, unpriced) if interval else nothing]
        fill = palette.SHADES[_rank_band(interval)]
    badges = [
        {"letter": s.letter, "colour": s.colour, "gap": lot in cell.gaps and not cell.items[lot]}
        for lot, s in signs.items()
        if by != "lot" and not cell.is_empty and (cell.items[lot] or lot in cell.gaps)
    ]
    return {
        "thing": f"area/{tile.area}",
        "x": (tile.column - left) * WIDTH + 2,
        "y": (tile.row - top) * HEIGHT + 2,
        "name": name,
        "words": words,
        "fill": fill,
        "empty": cell.is_empty,
        "badges": badges,
        "step": find_step(len(badges)),
        "row": f"row-{tile_map.cells.index(cell) + 1}",
        "text": describe_cell(market, cell, by, interval, unpriced),
    }


def _rank_band(interval: Interval | None) -> int:
    """Return which shade an interval has: by its low end, which is certain."""
    return sum(int(interval.low + 0.5) >= least for least in BANDS) if interval else 0


def find_step(badges: int) -> int:
    """Return how far apart the letters of a square stand, so that all of them fit.

    >>> find_step(4), find_step(7)
    (21, 16)
    """
    return min(21, (WIDTH - 20) // max(badges, 1))


def _find_corner(cells: Sequence[TileCell]) -> tuple[int, int]:
    """Return the first column and row that have a square: nothing is drawn before them."""
    columns, rows = [c.tile.column for c in cells], [c.tile.row for c in cells]
    return min(columns, default=0), min(rows, default=0)


def _find_borders(cells: Sequence[TileCell]) -> str:
    """Return the lines between squares of different regions, and round the outside."""
    left, top = _find_corner(cells)
    regions = {(c.tile.column, c.tile.row): c.tile.region for c in cells}
    parts = []
    for (column, row), region in sorted(regions.items()):
        x, y = (column - left) * WIDTH + 2, (row - top) * HEIGHT + 2
        if regions.get((column - 1, row)) != region:
            parts.append(f"M{x} {y}v{HEIGHT}")
        if regions.get((column, row - 1)) != region:
            parts.append(f"M{x} {y}h{WIDTH}")
        if (column + 1, row) not in regions:
            parts.append(f"M{x + WIDTH} {y}v{HEIGHT}")
        if (column, row + 1) not in regions:
            parts.append(f"M{x} {y + HEIGHT}h{WIDTH}")
    return "".join(parts)


def _find_tints(tile_map: TileMap) -> dict[str, str]:
    """Return a tint for each provider that leads several areas alone, most areas first."""
    alone = Counter(c.leads[0] for c in tile_map.cells if len(c.leads) == 1)
    several = sorted((lead for lead, n in alone.items() if n > 1), key=lambda p: (-alone[p], p))
    return dict(zip(several, palette.TINTS, strict=False))

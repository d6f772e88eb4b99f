"""The tile map page: the areas as squares, shaded by lead provider or by how many there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.picture import NOT_LISTED, name_thing
from rehabgraph.queries.picture_items import Item
from rehabgraph.queries.tile_picture import TileCell, TileMap
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
)
from rehabgraph.views.palette import Sign, find_signs, rank_lots
from rehabgraph.views.rows import gather_proofs, write_table_csv
from rehabgraph.views.words import count_words, describe_term, describe_totals, format_pounds

TITLE = "Who leads probation services in each area"
WIDTH, HEIGHT = 140, 104
COLUMNS = ("Area", "Region", "Lead providers", "Contracts and prices", "Not in this list", "Source")


def render_tile_map(
    tile_map: TileMap, *, title: str = "", lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the tile map as one self-contained HTML page.

    Args:
        tile_map: what to draw; with one lot its leads are shown, otherwise how many there are.
        title: heading of the page; names the lot when left out.
        lead: a sentence under it; made from the totals when left out.
        notes: further remarks for the foot of the page.
    """
    from markupsafe import Markup

    info, signs = _describe(tile_map, title, lead, notes), _find_signs(tile_map)
    rows = _describe_rows(tile_map, signs)
    page = make_environment().get_template("tiles.html.j2")
    is_one = bool(tile_map.lot)
    meaning = (
        "The name in a square is who leads there; areas with the same lead have the same tint."
        if is_one
        else "A darker square has more lead providers; its letters are the services."
    )
    return page.render(
        **frame_page(info, [read_scripts("matrix.js")]),
        svg=Markup(_render_svg(tile_map, info, signs, standalone=False)),  # noqa: S704 - ours
        heading="Areas by lead provider" if is_one else "Areas by number of lead providers",
        meaning=meaning,
        totals=describe_totals(tile_map.totals),
        legend=clean_text(_list_legend(tile_map, signs)),
        has_gaps=any(cell.gaps for cell in tile_map.cells),
        columns=COLUMNS,
        rows=rows,
        svg_link=data_link(_render_svg(tile_map, info, signs, standalone=True), "image/svg+xml"),
        csv_link=data_link(write_table_csv(COLUMNS, rows, info), "text/csv"),
    )


def render_tile_map_svg(
    tile_map: TileMap, *, title: str = "", lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the tile map as an SVG picture with its title, date, source and coverage in it."""
    info = _describe(tile_map, title, lead, notes)
    return _render_svg(tile_map, info, _find_signs(tile_map), standalone=True)


def _describe(tile_map: TileMap, title: str, lead: str, notes: Sequence[str]) -> PageInfo:
    if not title:
        lot = name_thing(tile_map.market, "lot", tile_map.lot) if tile_map.lot else ""
        title = f"{lot}: who leads in each area" if lot else TITLE
    areas = count_words(len(tile_map.cells), "area", "areas")
    return describe_page(
        title,
        lead or f"{areas} of England and Wales.",
        tile_map.coverage,
        tile_map.sources,
        as_of=tile_map.filters.as_of,
        notes=notes,
    )


def _find_signs(tile_map: TileMap) -> dict[str, Sign]:
    signs = find_signs([(t, name_thing(tile_map.market, "lot", t)) for t in tile_map.lots])
    return {lot: signs[lot] for lot in rank_lots(signs)}


def _render_svg(
    tile_map: TileMap, info: PageInfo, signs: Mapping[str, Sign], *, standalone: bool
) -> str:
    template = make_environment().get_template("tiles.svg.j2")
    return template.render(
        m=clean_text(_measure(tile_map, info, signs)),
        c=palette.SURFACES,
        info=info,
        standalone=standalone,
    )


def _measure(tile_map: TileMap, info: PageInfo, signs: Mapping[str, Sign]) -> dict[str, Any]:
    columns = max([c.tile.column for c in tile_map.cells], default=0) + 1
    down = max([c.tile.row for c in tile_map.cells], default=0) + 1
    width, height = columns * WIDTH + 4, down * HEIGHT + 6
    heading, legend = wrap_text(info.title, 60), _list_legend(tile_map, signs)
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
    tints = _find_tints(tile_map)
    return {
        "width": width,
        "height": height,
        "tile_width": WIDTH,
        "tile_height": HEIGHT,
        "tiles": [
            _place_tile(tile_map, cell, signs, tints, n) for n, cell in enumerate(tile_map.cells)
        ],
        "borders": _find_borders(tile_map.cells),
        "heading": heading,
        "legend": placed,
        "top": top,
        "caption": caption,
        "caption_y": caption_y,
        "full_height": caption_y + 18 * len(caption),
    }


def _place_tile(
    tile_map: TileMap,
    cell: TileCell,
    signs: Mapping[str, Sign],
    tints: Mapping[str, str],
    number: int,
) -> dict[str, Any]:
    market, tile = tile_map.market, cell.tile
    leads = [name_thing(market, "organisation", lead) for lead in cell.leads]
    region = name_thing(market, "region", tile.region)
    name = cut_label(tile.name, 17, 3)
    if cell.is_empty:
        words, fill = [NOT_LISTED], "url(#hatch)"
    elif tile_map.lot:
        words = [line for lead in leads[:2] for line in cut_label(lead, 18)] or ["no contract"]
        more = len(leads) - 2
        words = [*words[:3], f"and {more} more"] if more > 0 else words[:4]
        fill = tints.get(cell.leads[0], palette.PAPER) if len(leads) == 1 else palette.PAPER
    else:
        words = [count_words(len(leads), "lead", "leads")]
        fill = palette.SHADES[min(len(leads), len(palette.SHADES) - 1)]
    badges = [
        {"letter": s.letter, "colour": s.colour, "gap": lot in cell.gaps and not cell.items[lot]}
        for lot, s in signs.items()
        if not tile_map.lot and not cell.is_empty and (cell.items[lot] or lot in cell.gaps)
    ]
    state = NOT_LISTED if cell.is_empty else ", ".join(leads) or "no contract inside the filters"
    return {
        "row": f"row-{number + 1}",
        "x": tile.column * WIDTH + 2,
        "y": tile.row * HEIGHT + 2,
        "name": name,
        "words": words,
        "fill": fill,
        "empty": cell.is_empty,
        "badges": badges[:6],
        "text": f"{tile.name.strip() or '(no name)'}, {region}: {state}.",
    }


def _find_borders(cells: Sequence[TileCell]) -> str:
    """Return the lines between squares of different regions, and round the outside."""
    regions = {(c.tile.column, c.tile.row): c.tile.region for c in cells}
    parts = []
    for (column, row), region in sorted(regions.items()):
        x, y = column * WIDTH + 2, row * HEIGHT + 2
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


def _list_legend(tile_map: TileMap, signs: Mapping[str, Sign]) -> list[dict[str, str]]:
    market = tile_map.market
    if tile_map.lot:
        return [
            {
                "fill": tint,
                "stroke": palette.RULE,
                "letter": "",
                "label": name_thing(market, "organisation", lead),
            }
            for lead, tint in _find_tints(tile_map).items()
        ]
    last = len(palette.SHADES) - 1
    shades = [
        {
            "fill": shade,
            "stroke": palette.RULE,
            "letter": "",
            "label": f"{n} or more leads" if n == last else count_words(n, "lead", "leads"),
        }
        for n, shade in enumerate(palette.SHADES)
        if n
    ]
    letters = [
        {
            "fill": s.colour,
            "stroke": s.colour,
            "letter": s.letter,
            "label": name_thing(market, "lot", lot),
        }
        for lot, s in signs.items()
    ]
    return shades + letters


def _describe_rows(tile_map: TileMap, signs: Mapping[str, Sign]) -> list[dict[str, Any]]:
    market = tile_map.market
    rows = []
    for number, cell in enumerate(tile_map.cells):
        items = [(i, s) for lot, s in signs.items() for i in cell.items[lot]]
        proofs = gather_proofs([i.evidence for i, _ in items])
        gaps = [name_thing(market, "lot", lot) for lot in cell.gaps if not cell.items[lot]]
        leads = [name_thing(market, "organisation", lead) for lead in cell.leads]
        count = count_words(len(leads), "lead provider", "lead providers")
        cells: list[dict[str, Any]] = [
            {"text": cell.tile.name.strip() or "(no name)", "small": ""},
            {"text": name_thing(market, "region", cell.tile.region), "small": ""},
            {"text": ", ".join(leads) or "none in this list", "small": count if leads else ""},
            {"lines": [_describe_item(tile_map, item, sign) for item, sign in items]},
            {"text": ", ".join(gaps) or "–", "small": ""},
            {"proofs": proofs},
        ]
        rows.append({"row": f"row-{number + 1}", "cells": cells})
    cleaned: list[dict[str, Any]] = clean_text(rows)
    return cleaned


def _describe_item(tile_map: TileMap, item: Item, sign: Sign) -> dict[str, str]:
    lead = name_thing(tile_map.market, "organisation", item.lead)
    lot = name_thing(tile_map.market, "lot", item.lot)
    terms = "; ".join(f"{c.reference}, {describe_term(c)}" for c in item.contracts)
    price = "no published price"
    if item.value is not None:
        price = format_pounds(item.value)
        price += "" if item.whole else " for more than this area; its share is not published"
    return {"letter": sign.letter, "text": f"{lot}: {lead}", "small": f"{price}. {terms}"}

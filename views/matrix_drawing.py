"""Where the squares, names and gaps of the matrix stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.pictures.matrix import NOT_LISTED, Item, Matrix, Totals, name_thing
from rehabgraph.queries.report import format_pounds
from rehabgraph.views import palette
from rehabgraph.views.layout import cut_label
from rehabgraph.views.pages import PageInfo, wrap_text
from rehabgraph.views.palette import Sign, rank_lots
from rehabgraph.views.words import format_interval, format_short

NAME_RIGHT = 210
NAME_LETTERS = 30
STEP, ROW_HEIGHT, HEAD = 27, 30, 66
LEAST_COLUMN = 76


def measure_matrix(
    matrix: Matrix, info: PageInfo, signs: Mapping[str, Sign], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return where everything of the picture stands, in pixels.

    Args:
        matrix: what to draw.
        info: title and caption, drawn in the picture that stands alone.
        signs: lot id → sign.
        rows: the rows of the table, which the squares lead to.
    """
    value_right = NAME_RIGHT + (92 if matrix.totals.parts else 62)
    columns = _place_columns(matrix, value_right + 12)
    gaps = _place_gaps(matrix, columns, signs)
    last = HEAD + ROW_HEIGHT * len(matrix.rows)
    foot = last + (ROW_HEIGHT if gaps else 0)
    height = foot + (50 if matrix.totals.parts else 34)
    heading = wrap_text(info.title, 80)
    top = 28 * len(heading) + 56
    caption = [line for text in info.to_lines() for line in wrap_text(text, 150)]
    return {
        "columns": columns,
        "rows": [
            {
                "name": cut_label(row.name, NAME_LETTERS, 1)[0],
                "full_name": row.name,
                "value": shorten_totals(row.totals),
                "y": HEAD + n * ROW_HEIGHT,
            }
            for n, row in enumerate(matrix.rows)
        ],
        "marks": _place_marks(matrix, columns, signs, rows),
        "gaps": gaps,
        "gap_y": last if gaps else None,
        "head": HEAD,
        "foot": foot,
        "row_height": ROW_HEIGHT,
        "name_right": NAME_RIGHT,
        "value_right": value_right,
        "total": _stack(matrix.totals),
        "width": columns[-1]["x"] + columns[-1]["width"] + 1 if columns else 600,
        "height": height,
        "heading": heading,
        "legend": _place_legend(matrix, signs),
        "legend_y": 28 * len(heading) + 14,
        "top": top,
        "caption": caption,
        "caption_y": top + height + 22,
        "full_height": top + height + 22 + 18 * len(caption),
    }


def _place_columns(matrix: Matrix, x: int) -> list[dict[str, Any]]:
    columns = []
    for region, name in matrix.columns:
        is_empty = region in matrix.empty_regions
        gaps = 0 if is_empty else len(matrix.gaps.get(region, ()))
        most = max([len(_gather(r.cells[region])) for r in matrix.rows] + [gaps])
        width = max(LEAST_COLUMN, most * STEP + 4)
        columns.append(
            {
                "id": region,
                "name": name,
                "lines": cut_label(name, 12, 3),
                "x": x,
                "width": width,
                "middle": x + width / 2,
                "empty": is_empty,
                "gap_text": NOT_LISTED,
                "total": [] if is_empty else _stack(matrix.column_totals[region]),
            }
        )
        x += width
    return columns


def _place_marks(
    matrix: Matrix,
    columns: Sequence[Mapping[str, Any]],
    signs: Mapping[str, Sign],
    rows: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    by_id = {row["id"]: row for row in rows}
    marks = []
    for number, row in enumerate(matrix.rows):
        y = HEAD + number * ROW_HEIGHT + 3
        for column in columns:
            squares = _gather(_by_letter(row.cells[column["id"]], signs))
            left = column["middle"] - (len(squares) * STEP - 3) / 2
            marks += [
                _mark(items, by_id[items[0].id], signs[items[0].lot], left + n * STEP, y)
                for n, items in enumerate(squares)
            ]
    return marks


def shorten_totals(totals: Totals) -> str:
    """Return what a row or column adds up to, as short as a cell needs.

    A sum with a line that is only partly inside is an interval; a sum without any price is
    the word.
    """
    if totals.lines == 0:
        return "unknown" if totals.unpriced else ""
    low = format_short(totals.pounds)
    if totals.parts:
        return format_interval(totals.pounds, totals.pounds + totals.parts_at_most)
    return f"{low}+" if totals.unpriced else low


def _stack(totals: Totals) -> list[str]:
    """Return the same over two lines, for the foot of a narrow column."""
    if totals.parts:
        high = format_short(totals.pounds + totals.parts_at_most)
        return [format_short(totals.pounds), f"to {high}"]
    return [shorten_totals(totals)]


def _gather(items: Sequence[Item]) -> list[list[Item]]:
    """Return what stands in one square each: a priced line, or all unpriced ones of a lot."""
    squares: dict[str, list[Item]] = {}
    for item in items:
        key = item.id if item.value is not None else f"{item.lot} {item.whole}"
        squares.setdefault(key, []).append(item)
    return list(squares.values())


def _mark(
    items: Sequence[Item], row: Mapping[str, Any], sign: Sign, x: float, y: float
) -> dict[str, Any]:
    item = items[0]
    is_solid = item.value is not None and item.whole
    proof = row["evidence"]
    place = f" Source: {proof['title']}, {proof['locator']}." if proof else ""
    part = "" if item.whole else f" Only {row['inside']}."
    value = format_pounds(item.value) if item.value is not None else "value unknown"
    text = (
        f"{row['lead_name']}, {row['region_name']}, {row['lot_name']}: {value}. "
        f"{row['areas']}.{part}{place}"
    )
    if len(items) > 1:
        text = (
            f"{row['lead_name']}, {row['region_name']}, {row['lot_name']}: "
            f"{len(items)} contracts without a published price; the first of them: {row['areas']}."
        )
    return {
        "row": row["row"],
        "count": len(items) if len(items) > 1 else 0,
        "x": x,
        "y": y,
        "letter": sign.letter,
        "colour": sign.colour,
        "fill": sign.colour if is_solid else palette.PAPER,
        "ink": palette.PAPER if is_solid else sign.colour,
        "dash": not item.whole,
        "text": text,
    }


def _place_gaps(
    matrix: Matrix, columns: Sequence[Mapping[str, Any]], signs: Mapping[str, Sign]
) -> list[dict[str, Any]]:
    found = []
    for column in columns:
        lots = () if column["empty"] else matrix.gaps.get(column["id"], ())
        left = column["middle"] - (len(lots) * STEP - 3) / 2
        for n, lot in enumerate(lots):
            text = f"{column['name']}, {name_thing(matrix.market, 'lot', lot)}: {NOT_LISTED}"
            found.append({"x": left + n * STEP, "letter": signs[lot].letter, "text": text})
    return found


def _place_legend(matrix: Matrix, signs: Mapping[str, Sign]) -> list[dict[str, Any]]:
    placed: list[dict[str, Any]] = []
    x = 0
    for sign in list_legend(matrix, signs):
        placed.append({**sign, "x": x})
        x += 60 + round(7.4 * len(sign["label"]))
    return placed


def _by_letter(items: Sequence[Item], signs: Mapping[str, Sign]) -> list[Item]:
    order = rank_lots(signs)
    return sorted(items, key=lambda i: (order.index(i.lot), i.id))


def list_legend(matrix: Matrix, signs: Mapping[str, Sign]) -> list[dict[str, str]]:
    """Return letter, label and colour of each lot, in the order of the palette."""
    labels = dict(matrix.lots)
    ordered = rank_lots(signs)
    return [
        {"letter": signs[t].letter, "label": labels[t], "colour": signs[t].colour} for t in ordered
    ]

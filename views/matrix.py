"""The matrix page: lead providers × regions, a letter and a colour per lot."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.picture import NOT_LISTED, Item, Matrix, Totals, name_thing
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
)
from rehabgraph.views.palette import Sign, find_signs
from rehabgraph.views.rows import describe_items, write_csv
from rehabgraph.views.words import count_words, describe_totals, format_interval, format_pounds, format_short

TITLE = "Who leads which probation service, and where"
NAME_RIGHT = 210
NAME_LETTERS = 30
STEP, ROW_HEIGHT, HEAD = 27, 30, 66
LEAST_COLUMN = 76


def render_matrix(
    matrix: Matrix,
    *,
    title: str = TITLE,
    lead: str = "",
    notes: Sequence[str] = (),
    gap_notes: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """Return the matrix as one self-contained HTML page.

    Args:
        matrix: what to draw.
        title: heading of the page.
        lead: a sentence under it; made from the totals when left out.
        notes: further remarks for the foot of the page.
        gap_notes: region and lot → why the list has no line there.
    """
    info = _describe(matrix, title, lead, notes)
    signs = find_signs(matrix.lots)
    rows = describe_items(matrix.market, matrix.items, signs)
    svg = _render_svg(matrix, info, signs, rows, standalone=False)
    picture = _render_svg(matrix, info, signs, rows, standalone=True)
    from markupsafe import Markup

    return make_environment().get_template("matrix.html.j2").render(
        **frame_page(info, [read_scripts("matrix.js")]),
        svg=Markup(svg),  # noqa: S704 - our own template, escaped
        totals=describe_totals(matrix.totals),
        legend=_list_legend(matrix, signs),
        has_parts=matrix.totals.parts > 0,
        has_unpriced=matrix.totals.unpriced > 0,
        has_gaps=bool(matrix.gaps),
        gap_lines=_describe_gaps(matrix, gap_notes or {}),
        rows=rows,
        file_name="rehabgraph-matrix",
        svg_link=data_link(picture, "image/svg+xml"),
        csv_link=data_link(write_csv(rows, info), "text/csv"),
    )


def render_matrix_svg(
    matrix: Matrix, *, title: str = TITLE, lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the matrix as an SVG picture with its title, date, source and coverage in it."""
    signs = find_signs(matrix.lots)
    rows = describe_items(matrix.market, matrix.items, signs)
    return _render_svg(
        matrix, _describe(matrix, title, lead, notes), signs, rows, standalone=True
    )


def _describe(matrix: Matrix, title: str, lead: str, notes: Sequence[str]) -> PageInfo:
    counts = (
        f"{count_words(matrix.totals.leads, 'lead provider', 'lead providers')} in "
        f"{count_words(matrix.totals.regions, 'region', 'regions')} of England and Wales."
    )
    return describe_page(
        title,
        lead or counts,
        matrix.coverage,
        matrix.sources,
        as_of=matrix.filters.as_of,
        notes=notes,
    )


def _render_svg(
    matrix: Matrix,
    info: PageInfo,
    signs: Mapping[str, Sign],
    rows: Sequence[Mapping[str, Any]],
    *,
    standalone: bool,
) -> str:
    return make_environment().get_template("matrix.svg.j2").render(
        m=clean_text(_measure(matrix, info, signs, rows)),
        c=palette.SURFACES,
        info=info,
        standalone=standalone,
        not_listed=NOT_LISTED,
    )


def _measure(
    matrix: Matrix, info: PageInfo, signs: Mapping[str, Sign], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return where everything stands, in pixels."""
    value_right = NAME_RIGHT + (62 if not matrix.totals.parts else 92)
    columns, x = [], value_right + 12
    for region, name in matrix.columns:
        most = max([len(r.cells[region]) for r in matrix.rows] + [0])
        gaps = matrix.gaps.get(region, ())
        is_empty = region in matrix.empty_regions
        most = max(most, 0 if is_empty else len(gaps))
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
    by_id = {row["id"]: row for row in rows}
    lines, marks, y = [], [], HEAD
    for row in matrix.rows:
        name = cut_label(row.name, NAME_LETTERS, 1)[0]
        value = shorten_totals(row.totals)
        lines.append({"name": name, "full_name": row.name, "value": value, "y": y})
        for column in columns:
            items = row.cells[column["id"]]
            left = column["middle"] - (len(items) * STEP - 3) / 2
            marks += [
                _mark(item, by_id[item.id], signs[item.lot], left + n * STEP, y + 3)
                for n, item in enumerate(_by_letter(items, signs))
            ]
        y += ROW_HEIGHT
    gaps = _place_gaps(matrix, columns, signs)
    gap_y = y if gaps else None
    foot = y + (ROW_HEIGHT if gaps else 0)
    height = foot + (50 if matrix.totals.parts else 34)
    heading = _wrap(info.title, 80)
    top = 28 * len(heading) + 56
    caption = [line for text in info.to_lines() for line in _wrap(text, 150)]
    return {
        "columns": columns,
        "rows": lines,
        "marks": marks,
        "gaps": gaps,
        "gap_y": gap_y,
        "head": HEAD,
        "foot": foot,
        "row_height": ROW_HEIGHT,
        "name_right": NAME_RIGHT,
        "value_right": value_right,
        "total": _stack(matrix.totals),
        "width": x + 1,
        "height": height,
        "heading": heading,
        "legend": _place_legend(matrix, signs),
        "legend_y": 28 * len(heading) + 14,
        "top": top,
        "caption": caption,
        "caption_y": top + height + 22,
        "full_height": top + height + 22 + 18 * len(caption),
    }


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


def _mark(item: Item, row: Mapping[str, Any], sign: Sign, x: float, y: float) -> dict[str, Any]:
    is_solid = item.value is not None and item.whole
    proof = row["evidence"]
    place = f" Source: {proof['title']}, {proof['locator']}." if proof else ""
    part = "" if item.whole else f" Only {row['inside']}."
    value = format_pounds(item.value) if item.value is not None else "value unknown"
    return {
        "row": row["row"],
        "x": x,
        "y": y,
        "letter": sign.letter,
        "colour": sign.colour,
        "fill": sign.colour if is_solid else palette.PAPER,
        "ink": palette.PAPER if is_solid else sign.colour,
        "dash": not item.whole,
        "text": f"{row['lead_name']}, {row['region_name']}, {row['lot_name']}: {value}. "
        f"{row['areas']}.{part}{place}",
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


def _describe_gaps(matrix: Matrix, notes: Mapping[tuple[str, str], str]) -> list[str]:
    lines = []
    for region, name in matrix.columns:
        lots = matrix.gaps.get(region, ())
        names = ", ".join(name_thing(matrix.market, "lot", lot) for lot in lots)
        what = "no line at all" if region in matrix.empty_regions else f"no line for {names}"
        why = "; ".join(dict.fromkeys(notes[region, t] for t in lots if (region, t) in notes))
        if lots:
            lines.append(f"{name}: {what}.{f' {why}' if why else ''}")
    return lines


def _list_legend(matrix: Matrix, signs: Mapping[str, Sign]) -> list[dict[str, str]]:
    labels = dict(matrix.lots)
    ordered = sorted(signs, key=lambda lot: _rank(lot, signs))
    return [
        {"letter": signs[t].letter, "label": labels[t], "colour": signs[t].colour}
        for t in ordered
    ]


def _place_legend(matrix: Matrix, signs: Mapping[str, Sign]) -> list[dict[str, Any]]:
    placed: list[dict[str, Any]] = []
    x = 0
    for sign in _list_legend(matrix, signs):
        placed.append({**sign, "x": x})
        x += 60 + round(7.4 * len(sign["label"]))
    return placed


def _by_letter(items: Sequence[Item], signs: Mapping[str, Sign]) -> list[Item]:
    return sorted(items, key=lambda i: (_rank(i.lot, signs), i.id))


def _rank(lot: str, signs: Mapping[str, Sign]) -> tuple[int, str]:
    known = list(palette.SIGNS)
    return (known.index(lot) if lot in known else len(known), signs[lot].letter)


def _wrap(text: str, width: int) -> list[str]:
    from textwrap import wrap

    return wrap(text, width) or [""]

"""The matrix page: lead providers × regions, a letter and a colour per lot."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehabgraph.queries.pictures.matrix import NOT_LISTED, Matrix, name_thing
from rehabgraph.views import palette
from rehabgraph.views.matrix_drawing import list_legend, measure_matrix
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
from rehabgraph.views.words import count_words, describe_totals

TITLE = "Who leads which probation service, and where"


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

    return (
        make_environment()
        .get_template("matrix.html.j2")
        .render(
            **frame_page(info, [read_scripts("matrix.js")]),
            svg=Markup(svg),  # noqa: S704 - our own template, escaped
            totals=describe_totals(matrix.totals),
            legend=list_legend(matrix, signs),
            has_parts=matrix.totals.parts > 0,
            has_unpriced=matrix.totals.unpriced > 0,
            has_gaps=bool(matrix.gaps),
            gap_lines=_describe_gaps(matrix, gap_notes or {}),
            rows=rows,
            file_name="rehabgraph-matrix",
            svg_link=data_link(picture, "image/svg+xml"),
            csv_link=data_link(write_csv(rows, info), "text/csv"),
        )
    )


def render_matrix_svg(
    matrix: Matrix, *, title: str = TITLE, lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the matrix as an SVG picture with its title, date, source and coverage in it."""
    signs = find_signs(matrix.lots)
    rows = describe_items(matrix.market, matrix.items, signs)
    return _render_svg(matrix, _describe(matrix, title, lead, notes), signs, rows, standalone=True)


def render_matrix_part(matrix: Matrix, page: str) -> tuple[str, list[dict[str, str]]]:
    """Return the matrix for a page of its own making: SVG, and the letters that it uses.

    Args:
        matrix: what to draw.
        page: address of the matrix page, where the squares lead.
    """
    signs = find_signs(matrix.lots)
    rows = describe_items(matrix.market, matrix.items, signs)
    info = _describe(matrix, TITLE, "", ())
    svg = _render_svg(matrix, info, signs, rows, standalone=False, page=page)
    return svg, list_legend(matrix, signs)


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
        filters=matrix.filters,
        notes=notes,
    )


def _render_svg(
    matrix: Matrix,
    info: PageInfo,
    signs: Mapping[str, Sign],
    rows: Sequence[Mapping[str, Any]],
    *,
    standalone: bool,
    page: str = "",
) -> str:
    return (
        make_environment()
        .get_template("matrix.svg.j2")
        .render(
            m=clean_text(measure_matrix(matrix, info, signs, rows)),
            c=palette.SURFACES,
            info=info,
            standalone=standalone,
            page=page,
            not_listed=NOT_LISTED,
        )
    )


def _describe_gaps(matrix: Matrix, notes: Mapping[tuple[str, str], str]) -> list[str]:
    lines = []
    for region, name in matrix.columns:
        lots = matrix.gaps.get(region, ())
        names = ", ".join(name_thing(matrix.market, "lot", lot) for lot in lots)
        what = "no line at all" if region in matrix.empty_regions else f"no line for {names}"
        why = "; ".join(dict.fromkeys(notes[region, t] for t in lots if (region, t) in notes))
        if lots:
            lines.append(f"{name}: {what}{f'; {why}' if why else ''}.")
    return lines

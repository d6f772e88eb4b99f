"""The timeline page: contracts and policies as bars, events as marks, precision shown."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rehabgraph.queries.market import Contract
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.matrix import name_thing
from rehabgraph.queries.pictures.timeline import Moment, Span, Timeline, is_expiring
from rehabgraph.views import palette
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
from rehabgraph.views.rows import gather_proofs, write_table_csv
from rehabgraph.views.static_data import STATIC_SCRIPTS, describe_static_data
from rehabgraph.views.time_drawing import (
    AXIS,
    GAP,
    HEAD,
    LEFT,
    RIGHT,
    STEP,
    WIDTH,
    describe_days,
    describe_past,
    is_shown,
    measure_contracts,
    measure_past,
    order_bars,
)
from rehabgraph.views.words import count_words, describe_totals, format_day

TITLE = "When probation services run, and when they end"
COLUMNS = ("Service and region", "Runs", "Lead providers", "Contracts", "Source")
PAST_COLUMNS = ("What", "Kind", "When", "Source")


def render_timeline(
    timeline: Timeline, *, title: str = TITLE, lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the timeline as one self-contained HTML page.

    Args:
        timeline: what to draw.
        title: heading of the page.
        lead: a sentence under it; made from the contracts when left out.
        notes: further remarks for the foot of the page.
    """
    from markupsafe import Markup

    info, signs = _describe(timeline, title, lead, notes), _find_signs(timeline)
    rows, past_rows = _describe_rows(timeline, signs), _describe_past_rows(timeline)
    has_past = bool(past_rows)
    contracts = measure_contracts(timeline, signs, list(signs))
    past = measure_past(timeline)
    data = clean_text(_describe_data(timeline, info, signs, contracts))
    scripts = [*STATIC_SCRIPTS[:-1], "timeline.js", STATIC_SCRIPTS[-1]]
    page = make_environment().get_template("timeline.html.j2")
    return page.render(
        **frame_page(info, [read_scripts(*scripts)]),
        page=data,
        page_json=Markup(write_json(data)),  # noqa: S704 - escaped by write_json
        c=palette.SURFACES,
        contracts_svg=Markup(_render_svg(contracts, info, standalone=False)),  # noqa: S704 - ours
        past_svg=Markup(_render_svg(past, info, standalone=False)) if has_past else "",  # noqa: S704
        totals=describe_totals(timeline.totals),
        window=_describe_window(timeline),
        expiring=count_words(len(timeline.expiring), "contract ends", "contracts end"),
        undated=_describe_undated(timeline),
        columns=COLUMNS,
        rows=rows,
        past_columns=PAST_COLUMNS,
        past_rows=past_rows,
        svg_link=data_link(_render_svg(contracts, info, standalone=True), "image/svg+xml"),
        past_link=data_link(_render_svg(past, info, standalone=True), "image/svg+xml")
        if has_past
        else "",
        csv_link=data_link(write_table_csv(COLUMNS, rows, info), "text/csv"),
    )


def render_timeline_svg(
    timeline: Timeline, *, title: str = TITLE, lead: str = "", notes: Sequence[str] = ()
) -> str:
    """Return the contracts of the timeline as an SVG picture with its caption in it."""
    signs = _find_signs(timeline)
    info = _describe(timeline, title, lead, notes)
    return _render_svg(measure_contracts(timeline, signs, list(signs)), info, standalone=True)


def _describe(timeline: Timeline, title: str, lead: str, notes: Sequence[str]) -> PageInfo:
    counts = count_words(timeline.totals.contracts, "contract", "contracts")
    if any(b.is_derived for b in timeline.bars):
        notes = (*notes, "A broken end of a bar is derived from the standard term.")
    if window := _describe_window(timeline):
        ends = count_words(len(timeline.expiring), "contract ends", "contracts end")
        notes = (*notes, f"Shaded: {window}; {ends} in it.")
    return describe_page(
        title,
        lead or f"{counts} in {count_words(timeline.totals.regions, 'region', 'regions')}.",
        timeline.coverage,
        timeline.sources,
        filters=timeline.filters,
        notes=notes,
    )


def _find_signs(timeline: Timeline) -> dict[str, Sign]:
    lots = dict.fromkeys(b.lot for b in timeline.bars)
    signs = find_signs([(t, name_thing(timeline.market, "lot", t)) for t in lots])
    return {lot: signs[lot] for lot in rank_lots(signs)}


def _render_svg(measured: dict[str, Any], info: PageInfo, *, standalone: bool) -> str:
    heading = wrap_text(info.title, 70)
    top = 28 * len(heading) + 20
    caption = [line for text in info.to_lines() for line in wrap_text(text, 140)]
    caption_y = top + measured["height"] + 20
    frame = {
        "heading": heading,
        "top": top,
        "caption": caption,
        "caption_y": caption_y,
        "full_height": caption_y + 18 * len(caption),
    }
    template = make_environment().get_template("timeline.svg.j2")
    return template.render(
        m=clean_text(measured | frame), c=palette.SURFACES, info=info, standalone=standalone
    )


def _describe_window(timeline: Timeline) -> str:
    if timeline.window is None:
        return ""
    first, last = (format_day(d) for d in timeline.window)
    return f"{first} to {last}"


def _describe_undated(timeline: Timeline) -> str:
    bars = [b for b in timeline.bars if not (b.start or b.end) and is_shown(timeline, b)]
    count = sum(len(b.contracts) for b in bars)
    if not count:
        return ""
    some = count_words(count, "contract has", "contracts have")
    return f"{some} neither a start nor an end published: not drawn, but in the table."


def _describe_rows(timeline: Timeline, signs: dict[str, Sign]) -> list[dict[str, Any]]:
    market = timeline.market
    records = {
        c.reference: r for i in timeline.items for c, r in zip(i.contracts, i.records, strict=True)
    }
    lines = {c.reference: i.evidence for i in timeline.items for c in i.contracts}
    rows = []
    for number, bar in enumerate(order_bars(timeline, list(signs))):
        lot, sign = name_thing(market, "lot", bar.lot), signs[bar.lot]
        region = name_thing(market, "region", bar.region)
        leads = dict.fromkeys(c.lead for c in bar.contracts)
        ends = [c for c in bar.contracts if c.reference in timeline.expiring]
        small = count_words(len(ends), "ends", "end") + " in the shaded time" if ends else ""
        proofs: list[Evidence | None] = [lines[c.reference] for c in bar.contracts]
        proofs += [records[c.reference] for c in bar.contracts]
        cells: list[dict[str, Any]] = [
            {"lines": [{"letter": sign.letter, "text": lot, "small": region}]},
            {"text": describe_days(bar), "small": small},
            {"text": ", ".join(name_thing(market, "organisation", t) for t in leads), "small": ""},
            {"lines": [_describe_contract(timeline, c) for c in bar.contracts]},
            {"proofs": gather_proofs(proofs)},
        ]
        hidden = not is_shown(timeline, bar)
        rows.append({"row": f"row-{number + 1}", "cells": cells, "hidden": hidden})
    cleaned: list[dict[str, Any]] = clean_text(rows)
    return cleaned


def _describe_data(
    timeline: Timeline, info: PageInfo, signs: dict[str, Sign], measured: dict[str, Any]
) -> dict[str, Any]:
    market = timeline.market
    bars = []
    for number, bar in enumerate(order_bars(timeline, list(signs))):
        lot, region = (
            name_thing(market, "lot", bar.lot),
            name_thing(market, "region", bar.region),
        )
        bars.append(
            {
                "id": f"bar/{number + 1}",
                "kind": "bar",
                "label": f"{lot}, {region}",
                "row": f"row-{number + 1}",
                "lot": bar.lot,
                "region": bar.region,
                "refs": [c.reference for c in bar.contracts],
                "days": f"{describe_days(bar)}.",
            }
        )
    things: list[Span | Moment] = [*timeline.spans, *timeline.moments]
    past = [
        {
            "id": t.id,
            "kind": "past",
            "label": t.label.strip() or "(no name)",
            "row": f"past-{n + 1}",
        }
        for n, t in enumerate(things)
    ]
    data = describe_static_data(
        market,
        timeline.filters,
        timeline.items,
        signs,
        things=[*bars, *past],
        dates=timeline.dates,
        info=info,
        name="timeline",
    )
    ends = timeline.window or (date.max, date.min)
    data["expiring"] = [
        c.reference for b in timeline.bars for c in b.contracts if is_expiring(c, ends)
    ]
    scale = measured["scale"]
    data["drawing"] = {
        "first": AXIS + 20,
        "gap": GAP,
        "head": HEAD,
        "step": STEP,
        "top": 20,
        "width": WIDTH,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "from": scale.first.isoformat(),
        "to": scale.last.isoformat(),
    }
    return data


def _describe_contract(timeline: Timeline, contract: Contract) -> dict[str, str]:
    where = name_thing(timeline.market, "area", contract.area) if contract.area else "Whole region"
    closed = contract.referrals_closed
    small = f"closed to new referrals on {format_day(closed)}" if closed else ""
    return {"letter": "", "text": f"{where}: {contract.reference}", "small": small}


def _describe_past_rows(timeline: Timeline) -> list[dict[str, Any]]:
    things: list[Span | Moment] = [*timeline.spans, *timeline.moments]
    rows = [
        {"row": f"past-{n + 1}", "cells": _describe_past_cells(thing)}
        for n, thing in enumerate(things)
    ]
    cleaned: list[dict[str, Any]] = clean_text(rows)
    return cleaned


def _describe_past_cells(thing: Span | Moment) -> list[dict[str, Any]]:
    return [
        {"text": thing.label.strip() or "(no name)", "small": ""},
        {"text": thing.kind, "small": ""},
        {"text": describe_past(thing), "small": ""},
        {"proofs": gather_proofs([thing.evidence])},
    ]

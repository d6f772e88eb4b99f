"""The timeline: bars from start to end, ends shown as they are known, every mark in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.timeline import Moment, Span, build_timeline
from rehabgraph.queries.pictures.timeline_facts import read_moments, read_spans
from rehabgraph.queries.report import SourceRef
from rehabgraph.views.time_drawing import make_scale, measure_contracts
from rehabgraph.views.timeline import render_timeline, render_timeline_svg

PROOF = Evidence("law", "The gazette", "https://example.org/law", "p1")
SPANS = (
    Span("policy/a", "reform", "A reform", None, date(2014, 6, 1), date(2021, 6, 25), "day", PROOF),
    Span("policy/b", "fund", "A fund without a day"),
    Span("policy/c", "strategy", "A strategy", date(2018, 5, 24), precision="month"),
    Span("policy/d", "programme", "A programme without an end", start=date(2019, 1, 1)),
)
MOMENTS = (
    Moment("event/x", "award", "An award", date(2021, 5, 21), "day", PROOF),
    Moment("event/y", "closure", "A closure", date(2021, 6, 1), "month"),
)
WINDOW = (date(2023, 4, 1), date(2024, 3, 31))


def test_bars_hold_every_contract_once(market: Market) -> None:
    """Contracts of one lot, region and term share a bar; none is lost or shown twice."""
    filters = Filters(rounds=())
    bars = build_timeline(market, filters).bars
    shown = [c.reference for b in bars for c in b.contracts]
    assert sorted(shown) == sorted(c.reference for c in select_contracts(market, filters))
    assert all(
        (c.lot, c.region, c.end) == (b.lot, b.region, b.end) for b in bars for c in b.contracts
    )


def test_expiring_contracts_are_those_that_end_in_the_window(market: Market) -> None:
    """By hand: C1 and C5 end in June 2023, C3, C6 and C8 on 25 March 2024, others later."""
    timeline = build_timeline(market, Filters(), window=WINDOW)
    assert timeline.expiring == {"C1", "C5", "C3", "C6", "C8"}
    assert build_timeline(market, Filters()).expiring == frozenset()


DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(st.lists(DAYS, min_size=2))
def test_the_scale_keeps_the_order_of_days(days: list[date]) -> None:
    """An earlier day never stands to the right of a later one, and all stand in the picture."""
    scale = make_scale(days)
    places = [scale.place(d) for d in sorted(days)]
    assert places == sorted(places)
    assert all(0 <= p <= 980 for p in places)
    assert scale.place(min(days) - timedelta(days=4000)) == places[0] or places[0] >= 186


def test_a_derived_or_missing_end_is_drawn_open(market: Market) -> None:
    """A stated end closes its bar, a derived or missing one leaves a broken outline."""
    ends = {"C1": "stated", "C3": "derived", "C8": "missing"}
    changed = tuple(
        replace(c, end=None, end_basis="") if ends.get(c.reference) == "missing" else c
        for c in market.contracts
    )
    timeline = build_timeline(replace(market, contracts=changed), Filters())
    from rehabgraph.views.palette import find_signs

    lots = ["womens-services", "personal-wellbeing"]
    measured = measure_contracts(timeline, find_signs([(t, t) for t in lots]), lots)
    found = {b["text"]: b["open"] for b in measured["bars"]}
    stated = [o for t, o in found.items() if "end stated" in t]
    derived = [o for t, o in found.items() if "end derived" in t]
    missing = [o for t, o in found.items() if "no end published" in t]
    assert stated == [0] * len(stated)
    assert len(stated) == 2
    assert all(o > 0 for o in derived)
    assert len(missing) == 1
    assert missing[0] > 100


def test_the_real_record_is_on_the_page(world: Graph) -> None:
    """Every policy and event of the record stands in the tables of the page."""
    spans, moments = read_spans(world), read_moments(world)
    page = render_timeline(build_timeline(world.market(), Filters(), spans=spans, moments=moments))
    assert len(spans) == 23
    assert page.count('id="past-') >= len(spans) + len(moments)
    assert "Transforming Rehabilitation" in page


@pytest.fixture
def page_html(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> str:
    """The timeline of the small market, with policies, events and a window."""
    filters = Filters(rounds=())
    timeline = build_timeline(
        market, filters, evidence, spans=SPANS, moments=MOMENTS, window=WINDOW, sources=sources
    )
    assert render_timeline(timeline) == render_timeline(timeline)
    return render_timeline(timeline)


def test_dates_are_no_finer_than_they_are_known(page_html: str) -> None:
    """A day known to the month is printed as a month; a missing one is said to be missing."""
    assert "26 June 2021 to June 2023 (end stated)" in page_html
    assert "issued May 2018" in page_html
    assert "no day published" in page_html


def test_picture_has_its_caption(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> None:
    """The SVG parses and says title, date, source and coverage."""
    timeline = build_timeline(market, Filters(), evidence, sources=sources)
    root = ElementTree.fromstring(render_timeline_svg(timeline))  # noqa: S314
    words = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    for part in ("When probation", "Date:", "The award list", "5 of 5 rows"):
        assert part in words


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_page_is_quiet_and_open_to_all(
    page_html: str,
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """No request, no error, no barrier that axe-core finds, nothing wider than the screen."""
    page = open_page(page_html, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []
    assert page.said == []
    assert [a for a in page.asked if not a.startswith("file:")] == []
    page.locator("a.mark").last.focus()
    assert "A closure" in page.locator("#pointed").inner_text()


@pytest.mark.browser
def test_without_scripts_everything_is_there(page_html: str, open_page: Callable[..., Any]) -> None:
    """With scripts off the notice, both pictures and both tables remain."""
    page = open_page(page_html, java_script_enabled=False)
    assert page.locator(".notice").is_visible()
    assert page.locator("svg.timeline").count() == 2
    assert page.locator("#past tbody tr").count() == 6


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_hostile_page_runs_nothing(
    hostile_market: Market,
    hostile_evidence: Mapping[str, Evidence],
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """Hostile names in every place are harmless text."""
    name = "</script><img src=x onerror=alert(1)>" + "n" * 200
    spans = [replace(s, label=name, kind=name) for s in SPANS]
    moments = [replace(m, label=name, kind=name) for m in MOMENTS]
    timeline = build_timeline(
        hostile_market, Filters(rounds=()), hostile_evidence, spans=spans, moments=moments
    )
    page = open_page(render_timeline(timeline), width)
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img").count() == 0
    assert find_barriers(page) == []

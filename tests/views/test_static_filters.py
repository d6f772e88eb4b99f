"""Filters of the map and the timeline: the same counts as the selection, the same as Python."""

import csv
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.pictures.facts import read_evidence
from rehabgraph.queries.pictures.matrix import build_items, measure_totals
from rehabgraph.queries.pictures.tile_facts import read_tiles
from rehabgraph.queries.pictures.tiles import Tile, TileMap, build_tile_map, measure_cell
from rehabgraph.queries.pictures.timeline import Timeline, build_timeline
from rehabgraph.queries.pictures.timeline_facts import read_moments, read_spans
from rehabgraph.views.tile_map import render_tile_map, render_tile_map_svg
from rehabgraph.views.tile_words import MODES, show_interval
from rehabgraph.views.timeline import render_timeline
from rehabgraph.views.words import describe_totals

AREAS = (("e1", "east"), ("n1", "north"), ("w1", "west"))
DAYS = ("2021-07-01", "2023-07-01", "2024-04-01")
TEXTS = """[...document.querySelectorAll('a.mark:not([display])')].map((mark) =>
  [mark.getAttribute('aria-label'), ...[...mark.querySelectorAll('text')].map((t) => t.textContent),
   mark.querySelector('rect').getAttribute('fill')])"""


def make_map(world: Graph, filters: Filters) -> TileMap:
    """Return the map of the record under filters."""
    return build_tile_map(world.market(), read_tiles(world), filters, read_evidence(world))


def make_timeline(world: Graph, filters: Filters) -> Timeline:
    """Return the timeline of the record under filters."""
    return build_timeline(
        world.market(), filters, read_evidence(world),
        spans=read_spans(world), moments=read_moments(world),
    )  # fmt: skip


@pytest.fixture(scope="module")
def map_html(world: Graph) -> str:
    """The map of all rounds."""
    return render_tile_map(make_map(world, Filters(rounds=())))


@pytest.fixture(scope="module")
def timeline_html(world: Graph) -> str:
    """The timeline of all rounds."""
    return render_timeline(make_timeline(world, Filters(rounds=())))


def test_concentration_of_an_area_is_that_of_its_prices(market: Market) -> None:
    """By hand: one price in E1, of one lead: 10,000. In N1 two prices that cover N2 too.

    Alpha and Beta can have equal parts there (5,000), or either all (10,000). W1 has no price.
    """
    tiles = [Tile(area, area, region, 0, 0) for area, region in AREAS]
    cells = build_tile_map(market, tiles, Filters()).cells
    found = [measure_cell(i for of in cell.items.values() for i in of) for cell in cells]
    assert [show_interval(*one) for one in found] == ["10,000", "5,000 to 10,000", "no price"]
    every = build_tile_map(market, [Tile("s2", "S2", "south", 0, 0)], Filters(rounds=())).cells[0]
    assert measure_cell(i for of in every.items.values() for i in of)[1] == 1


@pytest.mark.browser
@pytest.mark.parametrize("by", MODES)
@pytest.mark.parametrize("filters", [Filters(), Filters(rounds=(), as_of=date(2023, 7, 1))])
def test_scripts_draw_what_python_draws(
    world: Graph, by: str, filters: Filters, open_page: Callable[..., Any]
) -> None:
    """The squares as the page is written and as its script draws them are the same."""
    html = render_tile_map(make_map(world, filters), by=by)
    scripts_on, scripts_off = open_page(html), open_page(html, java_script_enabled=False)
    drawn = scripts_on.evaluate(TEXTS)
    assert len(drawn) == 42
    written = [
        [
            mark.get_attribute("aria-label"),
            *[text.text_content() for text in mark.query_selector_all("text")],
            mark.query_selector("rect").get_attribute("fill"),
        ]
        for mark in scripts_off.query_selector_all("a.mark")
    ]
    assert drawn == written
    both = "[...document.querySelectorAll('#areas tbody tr')].map((row) => row.innerText)"
    rows = [row.inner_text() for row in scripts_off.query_selector_all("#areas tbody tr")]
    assert [r.split() for r in scripts_on.evaluate(both)] == [r.split() for r in rows]


@pytest.mark.browser
@pytest.mark.parametrize("day", DAYS)
def test_the_map_on_a_day_is_the_selection(
    world: Graph, map_html: str, day: str, open_page: Callable[..., Any]
) -> None:
    """Count, contracts of each area and intervals are those of the contracts in force."""
    filters = Filters(rounds=(), as_of=date.fromisoformat(day))
    page = open_page(map_html)
    page.locator("#day").fill(day)
    page.keyboard.press("Enter")
    contracts = select_contracts(world.market(), filters)
    words = describe_totals(measure_totals(build_items(world.market(), filters, {})))
    assert page.locator("#status").inner_text().startswith(words)
    shown = page.evaluate(
        """[...document.querySelectorAll('#areas tbody tr')].flatMap((row) =>
        [...row.cells[3].querySelectorAll('li:not([hidden])')]
          .map((li) => [row.id, li.dataset.refs]))"""
    )
    cells = make_map(world, filters).cells
    wanted = {
        (f"row-{n + 1}", c.reference)
        for n, cell in enumerate(cells)
        for c in contracts
        if cell.tile.area in c.areas
    }
    assert {tuple(pair) for pair in shown} == wanted
    assert len(shown) == len(wanted)
    column = page.evaluate(
        "[...document.querySelectorAll('#areas tbody tr')]"
        ".map((r) => r.cells[4].querySelector('bdi').textContent)"
    )
    assert column == [
        show_interval(*measure_cell(i for of in cell.items.values() for i in of)) for cell in cells
    ]


@pytest.mark.browser
@pytest.mark.parametrize("day", DAYS)
def test_the_timeline_on_a_day_is_the_question(
    world: Graph, day: str, open_page: Callable[..., Any]
) -> None:
    """The contracts in the table are those that the saved question `active-on` gives."""
    page = open_page(render_timeline(make_timeline(world, Filters())), hash_=f"#on={day}")
    refs = page.evaluate(
        """[...document.querySelectorAll('#contracts tbody tr:not([hidden])')].flatMap((row) =>
        [...row.cells[3].querySelectorAll('li')]
          .map((li) => li.textContent.match(/: (\\S+?)(closed|$)/)[1]))"""
    )
    answer = world.query("active-on", on=day)
    assert len(refs) == len(set(refs))
    assert set(refs) == {row["reference"] for row in answer.rows}
    bars = page.locator("svg.timeline").first.locator("a.mark:not([display])").count()
    assert bars == page.locator("#contracts tbody tr:not([hidden])").count()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map", "timeline"])
def test_lot_and_region_filter_count_table_and_link(
    world: Graph, name: str, map_html: str, timeline_html: str, open_page: Callable[..., Any]
) -> None:
    """Unticked lots and regions are gone; a copied link opens the same, Back brings them back."""
    html = map_html if name == "map" else timeline_html
    page = open_page(html)
    first = page.locator("#status").inner_text()
    page.locator("[data-filter=lot][value=accommodation]").uncheck()
    page.locator("summary", has_text="Region").click()
    page.locator("[data-filter=region][value=london]").uncheck()
    market = world.market()
    lots = tuple({c.lot for c in market.contracts} - {"accommodation"})
    regions = tuple(r for r in market.region_areas if r != "london")
    filters = Filters(rounds=(), lots=lots, regions=regions)
    words = describe_totals(measure_totals(build_items(market, filters, {})))
    assert page.locator("#status").inner_text() == words
    table = "areas" if name == "map" else "contracts"
    visible = page.locator(f"#{table} tbody tr:not([hidden])")
    seen, texts = visible.count(), " ".join(visible.all_inner_texts())
    assert "Accommodation" not in texts
    again = open_page(html, hash_=page.evaluate("location.hash"))
    assert again.locator("#status").inner_text() == words
    assert again.locator(f"#{table} tbody tr:not([hidden])").count() == seen
    page.go_back()
    page.go_back()
    assert page.locator("#status").inner_text() == first
    assert page.said == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map", "timeline"])
def test_a_click_keeps_the_details_open(
    name: str, map_html: str, timeline_html: str, open_page: Callable[..., Any]
) -> None:
    """A kept thing stays in the panel and in the address, with the source of its lines."""
    page = open_page(map_html if name == "map" else timeline_html)
    mark = page.locator("svg.matrix a.mark").first
    mark.focus()
    page.keyboard.press("Enter")
    page.locator("h1").hover()
    words = page.locator("#pointed").text_content()
    assert "Source: " in words or "Record: " in words
    assert "at=" in page.evaluate("location.hash")
    page.keyboard.press("Escape")
    assert "Source: " not in page.locator("#pointed").text_content()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["map", "timeline"])
def test_copies_are_what_is_shown(
    name: str, map_html: str, timeline_html: str, open_page: Callable[..., Any]
) -> None:
    """CSV, SVG and PNG under a filter: fewer rows than the whole, with date and source."""
    page = open_page(
        map_html if name == "map" else timeline_html, hash_="#on=2023-07-01&lot=mentoring"
    )

    def save(kind: str) -> bytes:
        with page.expect_download() as waiting:
            page.locator(f"[data-save={kind}]").click()
        return bytes(waiting.value.path().read_bytes())

    rows = list(csv.reader(save("csv").decode("utf-8-sig").splitlines()))
    assert any(r and r[0] == "# Date: contracts in force on 1 July 2023" for r in rows)
    assert any(r and r[0].startswith("# Filters: service: Mentoring") for r in rows)
    table = "areas" if name == "map" else "contracts"
    kept = [r for r in rows if r and not r[0].startswith("#")]
    assert len(kept) == page.locator(f"#{table} tbody tr:not([hidden])").count() + 1
    root = ElementTree.fromstring(save("svg"))  # noqa: S314
    text = " ".join("".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Date: contracts in force on 1 July 2023" in text
    assert "Source: " in text
    png = save("png")
    assert png.startswith(b"\x89PNG")
    assert b"1 July 2023" in png
    assert page.said == []


def test_a_day_given_to_the_command_is_drawn_without_scripts(world: Graph) -> None:
    """The SVG of a day shows that day's leads, and two builds give the same bytes."""
    tile_map = make_map(world, Filters(rounds=(), lots=("mentoring",), as_of=date(2024, 4, 1)))
    text = render_tile_map_svg(tile_map)
    assert text == render_tile_map_svg(tile_map)
    assert "contracts in force on 1 April 2024" in text
    timeline = make_timeline(world, Filters(rounds=(), as_of=date(2024, 4, 1)))
    assert render_timeline(timeline) == render_timeline(timeline)


def test_a_map_of_one_region_has_no_empty_rows(world: Graph) -> None:
    """A region alone stands at the top left of its drawing, and the drawing ends with it."""
    whole = render_tile_map_svg(make_map(world, Filters()))
    alone = render_tile_map_svg(make_map(world, Filters(regions=("wales",))))
    sizes = [float(ElementTree.fromstring(t).get("height", "0")) for t in (whole, alone)]  # noqa: S314
    assert sizes[1] < sizes[0] - 300

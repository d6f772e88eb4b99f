"""The tile map: every area once, leads as the contracts say, gaps as gaps."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters, Market, select_contracts
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.tile_facts import read_tiles
from rehabgraph.queries.pictures.tiles import Tile, build_tile_map
from rehabgraph.queries.report import SourceRef
from rehabgraph.views.tile_map import render_tile_map, render_tile_map_svg

SVG = "{http://www.w3.org/2000/svg}"
TILES = (
    Tile("n1", "Area N1", "north", 0, 0),
    Tile("n2", "Area N2", "north", 1, 0),
    Tile("w1", "Area W1", "west", 0, 1),
    Tile("s1", "Area S1", "south", 1, 1),
    Tile("s2", "Area S2", "south", 2, 1),
    Tile("e1", "Area E1", "east", 2, 0),
)


def test_leads_of_each_area_are_those_of_its_contracts(market: Market) -> None:
    """By hand: N1 has Alpha and Beta, S1 Beta and Gamma, S2 and E1 Gamma, W1 nobody."""
    cells = {c.tile.area: c for c in build_tile_map(market, TILES, Filters()).cells}
    leads = {area: set(c.leads) for area, c in cells.items()}
    assert leads == {
        "n1": {"alpha", "beta"},
        "n2": {"alpha", "beta"},
        "w1": set(),
        "s1": {"beta", "gamma"},
        "s2": {"gamma"},
        "e1": {"gamma"},
    }
    assert cells["w1"].is_empty
    assert cells["e1"].gaps == ("womens-services",)
    assert not cells["e1"].is_empty


@pytest.mark.parametrize("day", [None, date(2021, 7, 1), date(2023, 7, 1), date(2024, 4, 1)])
def test_contracts_of_areas_are_the_selected_ones(market: Market, day: date | None) -> None:
    """Each selected contract stands in each of its areas, and nowhere else."""
    filters = Filters(rounds=(), as_of=day)
    shown = {
        (c.reference, cell.tile.area)
        for cell in build_tile_map(market, TILES, filters).cells
        for items in cell.items.values()
        for item in items
        for c in item.contracts
    }
    wanted = {(c.reference, a) for c in select_contracts(market, filters) for a in c.areas}
    assert shown == wanted


def test_a_price_of_several_areas_is_whole_in_none(market: Market) -> None:
    """£1.0m covers N1 and N2: neither gets it, and £0.1m of E1 alone is whole."""
    cells = {c.tile.area: c for c in build_tile_map(market, TILES, Filters()).cells}
    assert [i.whole for i in cells["n1"].items["womens-services"]] == [False]
    assert [i.whole for i in cells["n1"].items["personal-wellbeing"]] == [False]
    assert [i.whole for i in cells["e1"].items["personal-wellbeing"]] == [True]


def test_the_real_map_has_42_areas_on_squares_of_their_own(world: Graph) -> None:
    """England and Wales have 42 commissioned police areas; no two share a square."""
    tiles = read_tiles(world)
    assert len(tiles) == 42
    assert len({(t.column, t.row) for t in tiles}) == 42
    cells = build_tile_map(world.market(), tiles, Filters()).cells
    assert [c.tile.area for c in cells if c.is_empty] == ["greater-manchester"]


@pytest.fixture
def pages(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> dict[str, str]:
    """The map of all lots and that of one."""
    both = {"all": Filters(rounds=()), "one": Filters(lots=("womens-services",))}
    return {
        name: render_tile_map(build_tile_map(market, TILES, f, evidence, sources=sources))
        for name, f in both.items()
    }


def test_picture_has_each_area_and_its_caption(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> None:
    """The SVG parses, has a square for each area, and says where it comes from."""
    tile_map = build_tile_map(market, TILES, Filters(), evidence, sources=sources)
    text = render_tile_map_svg(tile_map)
    assert text == render_tile_map_svg(tile_map)
    root = ElementTree.fromstring(text)  # noqa: S314
    titles = [t.text or "" for t in root.iter(f"{SVG}title")]
    assert sum(t.startswith("Area ") for t in titles) == 6
    assert "Area W1, West: not in this list." in titles
    words = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    for part in ("Date:", "The award list", "5 of 5 rows"):
        assert part in words


@pytest.mark.browser
@pytest.mark.parametrize("name", ["all", "one"])
@pytest.mark.parametrize("width", [1280, 320])
def test_page_is_quiet_and_open_to_all(
    pages: dict[str, str],
    name: str,
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """No request, no error, no barrier that axe-core finds, nothing wider than the screen."""
    page = open_page(pages[name], width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []
    assert page.said == []
    assert [a for a in page.asked if not a.startswith("file:")] == []
    page.locator("a.mark").first.focus()
    assert "Area N1" in page.locator("#pointed").inner_text()


@pytest.mark.browser
def test_without_scripts_everything_is_there(
    pages: dict[str, str], open_page: Callable[..., Any]
) -> None:
    """With scripts off the notice, the picture, the table and the CSV remain."""
    page = open_page(pages["all"], java_script_enabled=False)
    assert page.locator(".notice").is_visible()
    assert page.locator("svg.tiles").is_visible()
    assert page.locator("#areas tbody tr").count() == 6
    with page.expect_download() as waiting:
        page.get_by_role("link", name="table (CSV)").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text(encoding="utf-8"))))
    assert any(r[0].startswith("# Source: The award list") for r in rows)
    assert len([r for r in rows if not r[0].startswith("#")]) == 7


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
    tiles = [
        Tile(t.area, hostile_market.labels[f"area/{t.area}"], t.region, t.column, t.row)
        for t in TILES
    ]
    tile_map = build_tile_map(hostile_market, tiles, Filters(rounds=()), hostile_evidence)
    page = open_page(render_tile_map(tile_map), width)
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img").count() == 0
    assert find_barriers(page) == []
    ElementTree.fromstring(render_tile_map_svg(tile_map))  # noqa: S314

"""Large networks open on the table, say so, and draw without running into trouble."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.pictures.network import Picture, Thing, Tie, build_network
from rehabgraph.views.layout import MANY, place_things
from rehabgraph.views.network_page import render_network


def make_large(picture: Picture, count: int) -> Picture:
    """Return a network of so many things, each tied to two others."""
    things = tuple(
        Thing(f"organisation/{n}", "organisation", f"Organisation {n}") for n in range(count)
    )
    ties = tuple(
        Tie(f"t{n}-{step}", "partner", things[n].id, things[(n * step + 1) % count].id)
        for n in range(count)
        for step in (1, 7)
    )
    kinds = (("partner", "Works with"),)
    return replace(picture, things=things, ties=ties, tie_kinds=kinds)


@pytest.fixture
def picture(market: Market, evidence: Mapping[str, Evidence]) -> Picture:
    """The network of the small market, to take things from and put others in."""
    return build_network(market, Filters(), evidence)


@pytest.mark.parametrize("count", [1, 2, 300, MANY + 1])
def test_places_are_inside_and_the_same_each_time(picture: Picture, count: int) -> None:
    """However many things there are, each has one place in the picture, always the same."""
    large = make_large(picture, count)
    layout = place_things(large)
    assert layout == place_things(large)
    assert len(layout.places) == count
    assert all(0 <= p.x <= layout.width for p in layout.places.values())
    assert all(0 <= p.y <= layout.height for p in layout.places.values())


@pytest.mark.browser
def test_a_large_network_opens_on_its_table_and_draws(
    picture: Picture, open_page: Callable[..., Any]
) -> None:
    """Above the limit the table comes first; the picture is there at a press."""
    page = open_page(render_network(make_large(picture, MANY + 500)))
    assert page.locator("#lines").is_visible()
    assert "2,500 things" in page.locator(".notice").last.inner_text()
    page.locator("[data-view=picture]").click()
    assert page.locator("#stage canvas").is_visible()
    page.locator("#find").fill("Organisation 42")
    page.keyboard.press("Enter")
    assert page.locator("#details h3").inner_text() == "Organisation 42"
    assert page.said == []

"""The pages of the packaged record: published totals, and the same counts as the selection."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters, select_contracts, select_lines
from rehabgraph.queries.pictures.matrix import build_items, build_matrix, measure_totals
from rehabgraph.views.pictures import NETWORKS, SQUARES, Wishes, render_view
from rehabgraph.views.words import describe_totals

PAGES = {
    "matrix": ("matrix", Wishes()),
    "timeline": ("timeline", Wishes()),
    "lineage": ("lineage", Wishes()),
    "map-lot": ("map", Wishes()),
    **{f"map-{by}": ("map", Wishes(by=by)) for by in SQUARES if by != "lot"},
    **{f"network-{of}": ("network", Wishes(of=of)) for of in NETWORKS},
    "all-around-ingeus": ("network", Wishes(of="all", focus="Ingeus")),
    "partners-around-shelter": ("network", Wishes(of="partnerships", focus="Shelter")),
}
"""Every page of the record. At 320 pixels a network opens on its table; axe-core takes long over
hundreds of rows that are all alike: the two longest are held there around one organisation."""

NARROW = [n for n in PAGES if n not in ("network-all", "network-partnerships", "map-concentration")]
WIDE = [n for n in PAGES if "around" not in n and n != "map-holders"]
DAYS = ("2021-07-01", "2023-07-01", "2024-04-01")


def render_page(world: Graph, name: str) -> str:
    """Return a page of the whole record, all rounds; the leads of the map for one lot."""
    kind, wishes = PAGES[name]
    rounds = ("day-one",) if name.startswith("map") else ()
    filters = Filters(rounds, lots=("accommodation",) if name == "map-lot" else ())
    return render_view(world, kind, filters, wishes)


@pytest.fixture(scope="module")
def network_html(world: Graph) -> str:
    """The network page of day one."""
    return render_view(world, "network", Filters())


def test_the_matrix_has_the_published_lines(world: Graph) -> None:
    """The award list of 21 May 2021 has 66 priced lines of 26 leads; none in Greater Manchester.

    The sum £196,074,277 is that of the 66 printed prices, added up outside the program.
    """
    matrix = build_matrix(world.market(), Filters())
    totals = matrix.totals
    assert (totals.lines, totals.contracts, totals.leads) == (66, 110, 26)
    assert totals.pounds == 196_074_277
    assert matrix.empty_regions == ("greater-manchester",)
    assert matrix.gaps["london"] == ("womens-services",)
    assert set(matrix.gaps) == {"london", "greater-manchester"}


@pytest.mark.parametrize("name", PAGES)
def test_no_mail_address_gets_into_a_page(world: Graph, name: str) -> None:
    """A page of the record carries no e-mail address."""
    html = re.sub(r"<script>.*?</script>", "", render_page(world, name), flags=re.S)
    assert not re.findall(r"(?<![\w.])[\w.]{1,64}@[\w.]+\.\w+", html)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width"), [*((n, 1280) for n in WIDE), *((n, 320) for n in NARROW)]
)
def test_real_page_is_quiet_and_open_to_all(
    world: Graph,
    name: str,
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """The page of the whole record, all rounds: no request, error, barrier or overflow."""
    page = open_page(render_page(world, name), width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []
    assert page.said == []
    assert [a for a in page.asked if not a.startswith("file:")] == []


@pytest.mark.browser
def test_dates_agree_with_the_selection(
    world: Graph, network_html: str, open_page: Callable[..., Any]
) -> None:
    """At three dates count, parts and rows are those of `select_contracts` and `select_lines`."""
    market = world.market()
    page = open_page(network_html)
    for day in DAYS:
        filters = Filters(as_of=date.fromisoformat(day))
        page.locator("#day").fill(day)
        page.keyboard.press("Enter")
        words = describe_totals(measure_totals(build_items(market, filters, {})))
        assert page.locator("#status").inner_text().startswith(words)
        counts = page.evaluate(
            """[document.querySelectorAll('#lines tbody tr:not([hidden])').length,
            document.querySelectorAll('#lines tbody tr:not([hidden]) li:not([hidden])').length]"""
        )
        lines, contracts = select_lines(market, filters), select_contracts(market, filters)
        assert counts == [len(lines), len(contracts)]


@pytest.mark.browser
@pytest.mark.parametrize(("text", "name"), [("Catch 22", "Catch22"), ("NACRO", "Nacro")])
def test_printed_names_lead_to_their_provider(
    network_html: str, text: str, name: str, open_page: Callable[..., Any]
) -> None:
    """The names as the list prints them find the organisation they belong to."""
    page = open_page(network_html)
    page.locator("#find").fill(text)
    page.keyboard.press("Enter")
    assert page.locator("#details h3").inner_text() == name

"""A sample of each type of page in a browser: wide and narrow, with scripts and without."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rehabgraph.queries.graph import Graph

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SAMPLES = (
    "index",
    "list/contracts",
    "list/contracts/lot/accommodation",
    "page/organisation/ingeus",
    "page/region/wales",
    "page/contract/PRJ_5596",
    "page/source/moj-2021",
    "page/scheme/organisation-kind",
    "report/market-share",
    "report/concentration",
    "why/market-share/1",
    "question/index",
    "question/who-serves-area",
    "network/provider-provider",
    "downloads",
    "limits",
    "corrections",
    "ontology",
    "search",
    "names",
)
HEAVY = (
    "list/contracts/lot/accommodation",
    "report/concentration",
    "page/region/wales",
    "question/index",
    "names",
    "corrections",
    "list/contracts",
    "page/source/moj-2021",
    "network/provider-provider",
)


@pytest.fixture
def visit(open_address: Callable[..., Any], built: Path) -> Callable[..., Any]:
    """Return a function that opens a page of the built site."""

    def open_it(stem: str, width: int = 1280, **more: object) -> "Page":
        path, _, query = stem.partition("?")
        address = (built / f"{path}.html").as_uri() + (f"?{query}" if query else "")
        return open_address(address, width, **more)  # type: ignore[no-any-return]

    return open_it


@pytest.mark.parametrize("stem", ["report/reconcile", "report/failure", "report/sources"])
def test_a_printed_table_is_not_cut(visit: Callable[..., Any], stem: str) -> None:
    """On A4 across, 273 mm wide, every column of the widest tables is there, each figure whole."""
    page = visit(stem, 1032)
    page.emulate_media(media="print")
    wide = "[...document.querySelectorAll('.table-box')].map(b => b.scrollWidth - b.clientWidth)"
    assert max(page.evaluate(wide)) <= 0
    whole = """[...document.querySelectorAll('td.num')].every(cell => {
        const all = document.createRange();
        all.selectNodeContents(cell);
        return new Set([...all.getClientRects()].map(box => box.top)).size <= 1;
    })"""
    assert page.evaluate(whole)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("stem", SAMPLES)
def test_page_is_quiet_and_fits(
    visit: Callable[..., Any], built: Path, stem: str, width: int
) -> None:
    """A page asks only for its own files, says nothing, and is no wider than the screen."""
    page = visit(stem, width)
    assert all(url.startswith(built.as_uri()) for url in page.asked)
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"  # the style came


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("stem", [s for s in SAMPLES if s not in HEAVY])
def test_page_has_no_barrier(
    visit: Callable[..., Any], find_barriers: Callable[[Any], list[str]], stem: str, width: int
) -> None:
    """axe-core finds nothing."""
    assert find_barriers(visit(stem, width)) == []


def test_served_forms_have_no_barrier(
    open_page: Callable[..., Any], find_barriers: Callable[[Any], list[str]], world: Graph
) -> None:
    """The forms that only a server shows are labelled."""
    from rehabgraph.views.site.frame import read_assets
    from rehabgraph.views.site.respond import get_page

    style = f"<style>{read_assets()['/assets/site.css'].decode()}</style>"
    for path in (
        "/report/concentration.html",
        "/question/who-serves-area.html",
        "/search.html?q=x",
    ):
        text = get_page(world, path).body.decode()
        start = text.index('<meta http-equiv="Content-Security-Policy"')
        text = text[:start] + text[text.index("\n", start) :]
        text = text.replace('<link rel="stylesheet" href="../assets/site.css">', style)
        text = text.replace('<link rel="stylesheet" href="assets/site.css">', style)
        page = open_page(text, 320)
        assert find_barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_keyboard_reaches_the_content_first(visit: Callable[..., Any]) -> None:
    """The first stop is the skip link; it leads to the content."""
    page = visit("page/organisation/ingeus")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "A"


def test_search_finds_an_alias_by_script(visit: Callable[..., Any]) -> None:
    """The search of plain files answers from the address and as one types."""
    page = visit("search?q=growth co")
    assert "The Growth Company" in page.text_content("#search-found")
    page.fill("#q", "wales")
    page.keyboard.press("Enter")
    page.click("#search-found a:text-is('Wales')")
    assert page.text_content("h1") == "Wales"
    assert page.said == []


def test_without_scripts_everything_can_be_read(visit: Callable[..., Any]) -> None:
    """With scripts off a figure opens to its source by links alone, and search names its list."""
    page = visit("index", java_script_enabled=False)
    page.click("text=How do we know")
    page.click("text=moj-2021 L50")
    assert "rests on it" in page.text_content("main")
    page = visit("search", java_script_enabled=False)
    page.click("main noscript a")
    assert page.text_content("h1") == "Every name"

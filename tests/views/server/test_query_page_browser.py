"""The query page in a browser: no barrier, by keyboard, with scripts off."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.views.server.conftest import Live

pytestmark = pytest.mark.browser
ROWS = "SELECT ?name ?n { VALUES (?name ?n) { ('one' 1) ('two' 2) } } ORDER BY ?n"
STATES = {
    "empty": "",
    "example": "?example=who-serves-area",
    "answer": "?query=" + quote(ROWS),
    "truth": "?query=" + quote("ASK {}"),
    "triples": "?query=" + quote("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5"),
    "error": "?query=" + quote("SELECT * {\n ?s ?p }"),
}


@pytest.fixture
def ask_page(open_address: Callable[..., Any], explorer: "Live") -> Callable[..., Any]:
    """Return a function that opens the query page in one of its states."""

    def open_it(state: str, width: int = 1280, **more: object) -> "Page":
        return open_address(f"{explorer.sparql}{STATES[state]}", width, **more)  # type: ignore[no-any-return]

    return open_it


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("state", STATES)
def test_query_page_has_no_barrier(
    ask_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
    explorer: "Live",
    state: str,
    width: int,
) -> None:
    """axe-core finds nothing; the page fits, asks only its own server and breaks no policy."""
    page = ask_page(state, width)
    assert find_barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert all(url.startswith(explorer.url) for url in page.asked)
    assert [s for s in page.said if "400 (Bad Request)" not in s] == []


def test_one_asks_by_keyboard_alone(ask_page: Callable[..., Any]) -> None:
    """The editor takes the focus, can be left again, and Ctrl+Enter asks."""
    page = ask_page("empty")
    page.focus("#query-text")
    page.keyboard.press("Control+a")
    page.keyboard.type(ROWS)
    assert page.text_content("#query-paint").strip() == ROWS
    assert page.locator("#query-paint .tok-keyword").count() > 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ask"
    page.keyboard.press("Shift+Tab")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.locator("#answer").count() == 1
    assert page.input_value("#query-text") == ROWS
    assert page.said == []


def test_one_asks_with_scripts_off(ask_page: Callable[..., Any]) -> None:
    """Without scripts: a saved question, the answer as a table, a file, the address to send on."""
    page = ask_page("empty", java_script_enabled=False)
    page.select_option("#example", "value-by-lot")
    page.click("text=Put it in the editor")
    assert "value-by-lot" in page.url
    page.click("button:text-is('Ask')")
    assert page.locator("section:has(#answer) tbody tr").count() > 1
    assert "query=" in page.url
    again = ask_page("empty", java_script_enabled=False)
    again.goto(page.url)
    assert again.text_content("main") == page.text_content("main")
    assert "format=csv" in page.get_attribute("a:text-is('CSV file')", "href")


def test_the_editor_shows_what_it_paints(ask_page: Callable[..., Any]) -> None:
    """Painted text and typed text stand in the same place: same size, font and wrapping."""
    page = ask_page("example", 320)
    sizes = page.evaluate(
        "['#query-text', '#query-paint'].map((s) => { const e = document.querySelector(s);"
        "const c = getComputedStyle(e);"
        "return [e.clientWidth, c.fontFamily, c.fontSize, c.lineHeight, c.paddingLeft].join() })"
    )
    assert sizes[0] == sizes[1]
    assert (
        page.evaluate(
            "(() => { const e = document.getElementById('query-text');"
            "return e.scrollHeight - e.clientHeight })()"
        )
        <= 1
    )

"""The matrix: the figures of the report, gaps as gaps, and a page anyone can use."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from rehabgraph.queries.market import Filters, Market, select_contracts, select_lines
from rehabgraph.queries.pictures.matrix import Evidence, build_matrix, find_gaps
from rehabgraph.queries.report import SourceRef
from rehabgraph.views.matrix import render_matrix, render_matrix_svg
from rehabgraph.views.matrix_drawing import shorten_totals

SVG = "{http://www.w3.org/2000/svg}"


def test_totals_are_those_worked_out_by_hand(market: Market) -> None:
    """Five lines of £1.0m, £0.5m, £0.3m, £0.2m and £0.1m make £2.1m for 7 contracts."""
    totals = build_matrix(market, Filters()).totals
    assert (totals.lines, totals.contracts, totals.pounds) == (5, 7, 2_100_000)
    assert (totals.parts, totals.unpriced, totals.leads, totals.regions) == (0, 0, 3, 3)


def test_a_line_partly_inside_is_an_interval(market: Market) -> None:
    """In July 2023 two of the lines have lost a contract: £0.9m and up to £1.2m more."""
    totals = build_matrix(market, Filters(as_of=date(2023, 7, 15))).totals
    assert (totals.pounds, totals.parts, totals.parts_at_most) == (900_000, 2, 1_200_000)
    assert totals.contracts == 5
    assert shorten_totals(totals) == "£0.9–2.1m"


def test_a_copy_says_what_it_was_drawn_for_and_what_a_price_is(market: Market) -> None:
    """A drawing that is sent alone names its round and lot; a price is none that was paid."""
    svg = render_matrix_svg(build_matrix(market, Filters(lots=("womens-services",))))
    text = " ".join(t.strip() for t in ElementTree.fromstring(svg).itertext())  # noqa: S314 - ours
    assert "Drawn for round: day-one; lot: womens-services." in text
    assert "announced or predicted for the standard terms, not what was paid." in text


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(lots=("womens-services",)),
        Filters(areas=("n1",)),
        Filters(regions=("south", "east"), as_of=date(2023, 7, 1)),
        Filters(rounds=(), providers=("alpha",)),
        Filters(kinds=("charity",), as_of=date(2024, 4, 1)),
    ],
)
def test_rows_columns_and_whole_agree_with_the_selection(market: Market, filters: Filters) -> None:
    """Rows and columns add up to the whole, and the whole is what `select_lines` gives."""
    matrix = build_matrix(market, filters)
    selected = select_lines(market, filters)
    assert matrix.totals.lines == len(selected)
    assert matrix.totals.pounds == sum(s.line.value for s in selected if s.whole)
    assert matrix.totals.contracts == len(select_contracts(market, filters))
    for name in ("lines", "contracts", "pounds", "parts", "parts_at_most", "unpriced"):
        whole = getattr(matrix.totals, name)
        assert sum(getattr(r.totals, name) for r in matrix.rows) == whole
        assert sum(getattr(t, name) for t in matrix.column_totals.values()) == whole


def test_gaps_are_regions_and_lots_without_a_line(market: Market) -> None:
    """West has no line at all, East none for women's services; a date makes no gap."""
    both = ("personal-wellbeing", "womens-services")
    gaps = find_gaps(market, Filters(as_of=date(2030, 1, 1)))
    assert {r: tuple(sorted(t)) for r, t in gaps.items()} == {
        "west": both,
        "east": ("womens-services",),
    }
    assert build_matrix(market, Filters()).empty_regions == ("west",)


def test_unpriced_contracts_of_a_lot_share_a_square(
    market: Market, evidence: Mapping[str, Evidence]
) -> None:
    """Three contracts without a price, same lead, region and lot: one square that says 3."""
    seventh = market.contracts[-1]
    more = tuple(replace(seventh, reference=f"C7{n}") for n in "ab")
    filters = Filters(rounds=("later",))
    matrix = build_matrix(replace(market, contracts=(*market.contracts, *more)), filters, evidence)
    page = render_matrix(matrix)
    assert page.count('class="mark"') == 1
    assert "3 contracts without a published price" in page
    assert page.count('<tr role="row" id="row-') == 3


def test_rows_sort_by_value_or_by_name(market: Market) -> None:
    """Alpha leads £1.0m, Beta £0.8m, Gamma £0.3m; names follow the alphabet."""
    assert [r.lead for r in build_matrix(market, Filters()).rows] == ["alpha", "beta", "gamma"]
    labels = {**market.labels, "organisation/alpha": "Zeta"}
    renamed = replace(market, labels=labels)
    rows = build_matrix(renamed, Filters(), sort="name").rows
    assert [r.name for r in rows] == ["Beta", "Gamma Works", "Zeta"]


def test_a_page_has_the_same_bytes_twice(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> None:
    """Nothing of the time or the machine gets into a page."""
    pages = {
        render_matrix(build_matrix(market, Filters(), evidence, sources=sources)) for _ in "ab"
    }
    assert len(pages) == 1


def test_the_picture_is_svg_with_its_caption(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> None:
    """The SVG parses, has a square for each line, and says title, date, source, coverage."""
    matrix = build_matrix(market, Filters(), evidence, sources=sources)
    root = ElementTree.fromstring(render_matrix_svg(matrix, title="A title"))  # noqa: S314
    words = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    assert "A title" in words
    for part in ("Date: all dates; newest source 21 May 2021", "The award list", "5 of 5 rows"):
        assert part in words
    titles = [t.text or "" for t in root.iter(f"{SVG}title")]
    assert sum("Source:" in t for t in titles) == 5
    assert "not in this list" in words


def test_hostile_names_stay_text(
    hostile_market: Market, hostile_evidence: Mapping[str, Evidence]
) -> None:
    """Names that look like code are escaped in the page, the picture and the table."""
    matrix = build_matrix(hostile_market, Filters(rounds=()), hostile_evidence)
    page = render_matrix(matrix, title="</title><script>alert(1)</script>", lead="<b>")
    assert "<img src=x" not in page
    assert "javascript:" not in page
    assert page.count("<script") == 1
    ElementTree.fromstring(render_matrix_svg(matrix, title="<&>\"'"))  # noqa: S314


@pytest.fixture
def page_html(
    market: Market, evidence: Mapping[str, Evidence], sources: tuple[SourceRef, ...]
) -> str:
    """The matrix page of the small market, all rounds, with a date that cuts lines."""
    filters = Filters(rounds=(), as_of=date(2023, 7, 15))
    return render_matrix(build_matrix(market, filters, evidence, sources=sources))


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
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    assert page.locator("h1").count() == 1


@pytest.mark.browser
def test_a_square_shows_its_line_and_leads_to_it(
    page_html: str, open_page: Callable[..., Any]
) -> None:
    """Focus shows the line; Enter goes to its row; squares are reached with Tab."""
    page = open_page(page_html)
    mark = page.locator("a.mark").first
    mark.focus()
    row = page.locator("#" + mark.get_attribute("data-row"))
    name = row.locator("th").inner_text().splitlines()[0]
    assert name in page.locator("#pointed").inner_text()
    assert "£" in page.locator("#pointed").inner_text()
    page.keyboard.press("Enter")
    assert page.url.endswith("#" + mark.get_attribute("data-row"))
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('mark')"):
            break
    else:
        pytest.fail("no square is reached with Tab")


@pytest.mark.browser
def test_without_scripts_everything_is_there(page_html: str, open_page: Callable[..., Any]) -> None:
    """With scripts off the notice, the picture, the table and the downloads remain."""
    page = open_page(page_html, java_script_enabled=False)
    assert page.locator(".notice").is_visible()
    assert page.locator("svg.matrix").is_visible()
    assert page.locator("#lines tbody tr").count() == 6
    with page.expect_download() as waiting:
        page.get_by_role("link", name="table (CSV)").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0].startswith("# Who leads")
    assert any(r[0].startswith("# Source: The award list") for r in rows)
    assert len([r for r in rows if not r[0].startswith("#")]) == 7
    with page.expect_download() as waiting:
        page.get_by_role("link", name="picture (SVG)").click()
    ElementTree.parse(waiting.value.path())  # noqa: S314


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_hostile_page_runs_nothing(
    hostile_market: Market,
    hostile_evidence: Mapping[str, Evidence],
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """Nothing runs, nothing is asked for, nothing sticks out of the page."""
    matrix = build_matrix(hostile_market, Filters(rounds=()), hostile_evidence)
    page = open_page(render_matrix(matrix, title="<script>alert(1)</script> matrix"), width)
    assert page.said == []
    assert [a for a in page.asked if not a.startswith("file:")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img").count() == 0
    assert find_barriers(page) == []
    assert re.search(r"onerror", page.locator("#lines").inner_text())

"""The network page, tested by doing what a reader does and comparing with the selection."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.market import Filters, Market, select_contracts, select_lines
from rehabgraph.queries.pictures.matrix import Evidence, build_items, measure_totals
from rehabgraph.queries.pictures.network import Picture, Thing, Tie, build_network
from rehabgraph.views.layout import place_things
from rehabgraph.views.network_page import render_network
from rehabgraph.views.words import describe_totals

if TYPE_CHECKING:
    from playwright.sync_api import Page


def read_page_data(html: str) -> dict[str, Any]:
    """Return the data that a page carries for its script."""
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.S)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def count(market: Market, filters: Filters) -> str:
    """Return the sentence that the selection itself gives for filters."""
    return describe_totals(measure_totals(build_items(market, filters, {})))


def test_the_page_carries_every_line_and_contract(market: Market, page_html: str) -> None:
    """Lines, prices, contracts, dates and evidence in the page are those of the market."""
    data = read_page_data(page_html)
    items = {i["id"]: i for i in data["items"]}
    for line in market.lines:
        item = items[f"award/{line.id}"]
        assert (item["value"], item["all"]) == (line.value, len(line.contracts))
        assert [(c["ref"], c["start"], c["end"]) for c in item["contracts"]] == [
            (c.reference, str(c.start), str(c.end)) for c in line.contracts
        ]
        assert item["evidence"]["title"] == "The award list"
    assert items["contract/C7"]["value"] is None


def test_parallel_ties_keep_their_ids(market: Market) -> None:
    """Two lots of one provider in one region are two ties with ids, bent apart."""
    line = market.lines[1]
    second = replace(line, id="l9", lot="accommodation", contracts=())
    contract = replace(line.contracts[0], reference="C9", lot="accommodation", award="l9")
    second = replace(second, contracts=(contract,))
    more = replace(market, lines=(*market.lines, second), contracts=(*market.contracts, contract))
    data = read_page_data(render_network(build_network(more, Filters())))
    ties = [
        t for t in data["ties"] if t["from"] == "organisation/beta" and t["to"] == "region/north"
    ]
    assert {t["id"] for t in ties} == {"award/l2", "award/l9"}
    assert {t["bend"] for t in ties} == {-1, 1}


def test_two_builds_give_the_same_bytes(picture: Picture, page_html: str) -> None:
    """Nothing of the time, the machine or a random choice gets into the page."""
    assert render_network(picture) == page_html


def test_the_page_asks_no_network_for_anything(page_html: str) -> None:
    """No address is loaded: no source, no style sheet, no import, and a policy that forbids all."""
    policy = re.findall(r'Policy" content="([^"]*)"', page_html)[0]
    assert "default-src 'none'" in unescape(policy)
    assert not re.findall(r"<(?:script|img|iframe|link|object|embed)[^>]+(?:src|href)=", page_html)
    assert "sourceMappingURL" not in page_html
    assert "unsafe" not in policy


def test_only_the_market_network_is_made_here(market: Market) -> None:
    """Another kind of network is refused by its name."""
    with pytest.raises(BadParameter, match="other"):
        build_network(market, Filters(), kind="other")


def test_layers_do_not_overlap(picture: Picture) -> None:
    """Boxes of one column stand apart, inside the picture."""
    layout = place_things(picture)
    assert layout.layered
    columns: dict[int, list[tuple[float, float]]] = {}
    for thing in picture.things:
        place = layout.places[thing.id]
        columns.setdefault(thing.layer or 0, []).append(
            (place.y - place.height / 2, place.y + place.height / 2)
        )
    for spans in columns.values():
        spans.sort()
        assert spans[0][0] >= 0
        assert spans[-1][1] <= layout.height
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_forces_give_the_same_places_each_time(picture: Picture) -> None:
    """Things without layers get places from a seeded layout, all inside the picture."""
    things = tuple(Thing(f"organisation/{n}", "organisation", f"Name {n}") for n in range(12))
    ties = tuple(Tie(f"t{n}", "partner", things[0].id, t.id) for n, t in enumerate(things[1:]))
    loose = replace(picture, things=things, ties=ties)
    first, second = place_things(loose), place_things(loose)
    assert first == second
    assert not first.layered
    assert all(0 <= p.x <= first.width and 0 <= p.y <= first.height for p in first.places.values())


def test_hostile_names_stay_text(
    hostile_market: Market, hostile_evidence: Mapping[str, Evidence]
) -> None:
    """Names that look like code end no element and become no address."""
    names = {"organisation/alpha": ("</datalist><script>alert(2)</script>",)}
    picture = build_network(hostile_market, Filters(rounds=()), hostile_evidence, aliases=names)
    html = render_network(replace(picture, title="</title><script>alert(3)</script>"))
    assert "<img src=x" not in html
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert len(re.findall(r"^<script", html, re.M)) == 3
    read_page_data(html)


# What follows is tested by doing, in a browser.


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize(
    "hash_", ["", "#view=picture&at=organisation%2Fbeta", "#view=table&on=2023-07-01"]
)
def test_page_is_quiet_and_open_to_all(
    page_html: str,
    width: int,
    hash_: str,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """No request, no error, no barrier that axe-core finds, nothing wider than the screen."""
    page = open_page(page_html, width, hash_=hash_)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []
    assert page.said == []
    assert [a for a in page.asked if not a.startswith("file:")] == []
    assert page.locator("h1").count() == 1
    assert page.title()


def wait_for_table(page: "Page") -> list[str]:
    """Return the ids of the rows that the table shows."""
    ids: list[str] = page.evaluate(
        "[...document.querySelectorAll('#lines tbody tr')].filter(r => !r.hidden).map(r => r.id)"
    )
    return ids


def list_items(html: str, rows: list[str]) -> set[str]:
    """Return the items behind rows."""
    data = read_page_data(html)
    return {i["id"] for i in data["items"] if i["row"] in rows}


@pytest.mark.browser
@pytest.mark.parametrize("text", ["GW", "gammaworks ltd", "Gamma Works", "gamma"])
def test_an_alias_and_enter_open_its_provider(
    page_html: str, text: str, open_page: Callable[..., Any]
) -> None:
    """Typing any name of a provider and Enter shows it, its lines and their evidence."""
    page = open_page(page_html)
    page.locator("#find").fill(text)
    page.keyboard.press("Enter")
    panel = page.locator("#details")
    assert panel.locator("h3").inner_text() == "Gamma Works"
    assert panel.locator("details").count() == 2
    panel.locator("details").first.evaluate("d => { d.open = true; }")
    assert "The award list" in panel.inner_text()
    assert "L13" in panel.inner_text()
    assert page.evaluate("document.activeElement.id") == "details"


@pytest.mark.browser
def test_totals_keep_pence(
    market: Market, evidence: Mapping[str, Evidence], open_page: Callable[..., Any]
) -> None:
    """What the script adds up has its pence, in the words of the selection itself."""
    lines = tuple(
        replace(line, value=Decimal(f"{line.value}.{n}1")) for n, line in enumerate(market.lines)
    )
    pence = replace(market, lines=lines)
    page = open_page(render_network(build_network(pence, Filters(rounds=()), evidence)))
    page.locator("[data-filter=lot][value=womens-services]").uncheck()
    filters = Filters(rounds=(), lots=("personal-wellbeing", "dependency-recovery"))
    assert page.locator("#status").inner_text() == count(pence, filters)
    assert "£800,000.83" in count(pence, filters)
    assert page.said == []


def test_a_name_that_nothing_has_is_said(page_html: str, open_page: Callable[..., Any]) -> None:
    """A search without a hit says so where a screen reader hears it."""
    page = open_page(page_html)
    page.locator("#find").fill("zzz")
    page.keyboard.press("Enter")
    assert "zzz" in page.get_by_role("status").first.inner_text()


@pytest.mark.browser
def test_unticking_a_lot_agrees_with_the_selection(
    market: Market, page_html: str, open_page: Callable[..., Any]
) -> None:
    """Count and table are those of `select_lines` and `select_contracts` for the other lots."""
    page = open_page(page_html)
    page.locator("[data-filter=lot][value=womens-services]").uncheck()
    filters = Filters(rounds=(), lots=("personal-wellbeing", "dependency-recovery"))
    assert page.locator("#status").inner_text() == count(market, filters)
    wanted = {f"award/{s.line.id}" for s in select_lines(market, filters)} | {"contract/C7"}
    assert list_items(page_html, wait_for_table(page)) == wanted


@pytest.mark.browser
@pytest.mark.parametrize("day", ["2021-07-01", "2023-07-01", "2024-04-01"])
def test_the_date_slider_agrees_with_the_selection(
    market: Market, page_html: str, day: str, open_page: Callable[..., Any]
) -> None:
    """At three dates the count, the parts and the table are those of the selection."""
    page = open_page(page_html)
    stops = read_page_data(page_html)["dates"]
    slider = page.locator("#slider")
    slider.focus()
    for _ in range(stops.index(day) + 1):
        page.keyboard.press("ArrowRight")
    assert page.locator("#day").input_value() == day
    filters = Filters(rounds=(), as_of=date.fromisoformat(day))
    assert page.locator("#status").inner_text().startswith(count(market, filters) + " In force")
    wanted = {f"award/{s.line.id}" for s in select_lines(market, filters)} | {"contract/C7"}
    assert list_items(page_html, wait_for_table(page)) == wanted
    shown = page.evaluate(
        "[...document.querySelectorAll('#lines tbody tr:not([hidden]) li:not([hidden])')].length"
    )
    assert shown == len(select_contracts(market, filters))


@pytest.mark.browser
def test_an_area_takes_in_only_part_of_a_price(
    market: Market, page_html: str, open_page: Callable[..., Any]
) -> None:
    """Two lines touch area N1, both only in part: nothing known, up to £1.5m; and by hand."""
    page = open_page(page_html)
    page.locator("#area").select_option("n1")
    status = page.locator("#status").inner_text()
    assert status == count(market, Filters(rounds=(), areas=("n1",)))
    assert "2 lines partly inside, worth between £0 and £1,500,000" in status
    assert "Known value £0" in status


@pytest.mark.browser
def test_a_typed_day_is_taken_or_refused_in_words(
    page_html: str, open_page: Callable[..., Any]
) -> None:
    """A day that exists moves the page there; one that does not is refused in words."""
    page = open_page(page_html)
    page.locator("#day").fill("2023-06-30")
    page.keyboard.press("Enter")
    assert "7 contracts" not in page.locator("#status").inner_text()
    assert "In force on 30 June 2023" in page.locator("#status").inner_text()
    page.locator("#day").fill("2023-02-30")
    page.keyboard.press("Enter")
    assert "is not a day" in page.locator("#status").inner_text()


@pytest.mark.browser
def test_a_copied_link_opens_the_same_state_and_back_goes_back(
    page_html: str, open_page: Callable[..., Any]
) -> None:
    """The address holds filters, date and choice; reload keeps them, Back undoes one step."""
    page = open_page(page_html)
    start = page.locator("#status").inner_text()
    page.locator("[data-filter=lot][value=womens-services]").uncheck()
    fewer = page.locator("#status").inner_text()
    page.locator("#find").fill("Beta")
    page.keyboard.press("Enter")
    page.locator("[data-view=table]").click()
    page.locator("th[data-sort=value] button").click()
    assert "lot=" in page.url
    order = wait_for_table(page)
    text = page.locator("#details").inner_text()
    page.reload()
    assert page.locator("#status").inner_text() == fewer
    assert page.locator("#details").inner_text() == text
    assert wait_for_table(page) == order
    assert not page.locator("[data-filter=lot][value=womens-services]").is_checked()
    for _ in range(4):
        page.go_back()
    assert page.locator("#status").inner_text() == start
    assert page.locator("[data-filter=lot][value=womens-services]").is_checked()
    page.go_forward()
    assert page.locator("#status").inner_text() == fewer


@pytest.mark.browser
def test_the_table_sorts_and_says_how(page_html: str, open_page: Callable[..., Any]) -> None:
    """By value, highest first, then lowest first; an unknown price stays last."""
    page = open_page(page_html, hash_="#view=table")
    button = page.locator("th[data-sort=value] button")
    button.click()
    sums = page.locator("#lines tbody tr:not([hidden]) .sum")
    wanted = ["£1,000,000", "£500,000", "£300,000", "£200,000", "£100,000"]
    assert sums.all_inner_texts() == [*wanted, "unknown"]
    assert page.locator("th[data-sort=value]").get_attribute("aria-sort") == "descending"
    button.click()
    assert sums.all_inner_texts() == [*reversed(wanted), "unknown"]


@pytest.mark.browser
def test_the_picture_obeys_the_keyboard(page_html: str, open_page: Callable[..., Any]) -> None:
    """Arrows move to a neighbour, Enter goes to the details, Escape shows the whole."""
    page = open_page(page_html)
    page.locator("#stage").focus()
    page.keyboard.press("ArrowDown")
    first = page.locator("#details h3").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#details h3").inner_text() in ("North", "South", "East")
    assert page.locator("#spoken").inner_text()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#details h3").inner_text() in ("Alpha Trust", "Beta", "Gamma Works")
    assert first
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "details"
    page.keyboard.press("Escape")
    assert page.locator("#details h3").count() == 0
    assert page.evaluate("document.activeElement.id") == "stage"


@pytest.mark.browser
def test_a_click_on_a_box_opens_it(page_html: str, open_page: Callable[..., Any]) -> None:
    """Pointing works where the keyboard does: a click on a drawn box shows its details."""
    page = open_page(page_html)
    thing = next(t for t in read_page_data(page_html)["things"] if t["id"] == "region/south")
    scale = float(page.locator("#stage").get_attribute("data-scale"))
    box = page.locator("#stage").bounding_box()
    page.mouse.click(box["x"] + (thing["x"] + 20) * scale, box["y"] + thing["y"] * scale)
    assert page.locator("#details h3").inner_text() == "South"


@pytest.mark.browser
def test_a_line_of_the_panel_leads_to_its_row(
    page_html: str, open_page: Callable[..., Any]
) -> None:
    """The link of a line in the panel opens the table and moves to the row."""
    page = open_page(page_html, hash_="#at=organisation%2Falpha")
    page.get_by_role("link", name="Show this line in the table").first.click()
    assert page.evaluate("document.activeElement.id") == "row-1"
    assert page.locator("#row-1").is_visible()


@pytest.mark.browser
def test_every_control_is_reached_with_tab(page_html: str, open_page: Callable[..., Any]) -> None:
    """Tab goes through every button, field and link that is shown, and shows where it is."""
    page = open_page(page_html)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    wanted = page.evaluate(
        """[...document.querySelectorAll('a[href],button,input,select,summary,[tabindex="0"]')]
        .filter(e => e.checkVisibility({visibilityProperty: true}))
        .map((e, n) => { e.dataset.stop = n; return n; })"""
    )
    reached = set()
    for _ in range(len(wanted) + 8):
        page.keyboard.press("Tab")
        stop = page.evaluate("document.activeElement.dataset.stop")
        if stop is not None:
            reached.add(int(stop))
    assert reached == set(wanted)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_without_scripts_the_table_and_a_notice_remain(
    page_html: str, width: int, open_page: Callable[..., Any]
) -> None:
    """With scripts off: the notice, the totals and every line; no control that does nothing."""
    page = open_page(page_html, width, java_script_enabled=False)
    assert page.locator(".notice").is_visible()
    assert page.locator("#lines tbody tr").count() == 6
    assert page.locator("#lines").is_visible()
    assert not page.locator("#filters-box").is_visible()
    assert not page.locator("[data-save=csv]").is_visible()


@pytest.mark.browser
def test_a_phone_opens_on_the_table(page_html: str, open_page: Callable[..., Any]) -> None:
    """On a narrow screen the table comes first and the picture is a press away."""
    page = open_page(page_html, 320)
    assert page.locator("#lines").is_visible()
    assert not page.locator("#stage").is_visible()
    page.locator("[data-view=picture]").click()
    assert page.locator("#stage canvas").is_visible()


@pytest.mark.browser
def test_two_openings_show_the_same_picture(page_html: str, open_page: Callable[..., Any]) -> None:
    """The picture does not depend on the time or on chance."""
    shots = []
    for _ in range(2):
        page = open_page(page_html)
        page.locator("#stage canvas").wait_for()
        shots.append(page.screenshot())
    assert shots[0] == shots[1]


@pytest.mark.browser
def test_print_has_picture_and_table(page_html: str, open_page: Callable[..., Any]) -> None:
    """On paper the picture is drawn as SVG, the table follows, and controls are left out."""
    page = open_page(page_html)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#print-picture svg").is_visible()
    assert page.locator("#lines").is_visible()
    assert not page.locator("#filters-box").is_visible()
    assert page.locator(".page-foot").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("more", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_other_ways_of_seeing_work(
    page_html: str, more: dict[str, str], open_page: Callable[..., Any]
) -> None:
    """In forced colours and with less motion the page draws and stays quiet."""
    page = open_page(page_html, hash_="#at=organisation%2Fbeta", **more)
    assert page.locator("#stage canvas").is_visible()
    assert page.said == []
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == (
        "auto" if "reduced_motion" in more else "smooth"
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_hostile_page_runs_nothing(
    hostile_market: Market,
    hostile_evidence: Mapping[str, Evidence],
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
    download: Callable[..., Path],
) -> None:
    """Nothing runs or is asked for, in the page, the panel, the table and the downloads."""
    picture = build_network(hostile_market, Filters(rounds=()), hostile_evidence)
    page = open_page(render_network(picture), width, hash_="#view=picture&at=organisation%2Falpha")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert "<img src=x onerror" in page.locator("#details").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []
    ElementTree.parse(download(page, "svg"))  # noqa: S314
    rows = list(csv.reader(io.StringIO(download(page, "csv").read_text("utf-8-sig"))))
    assert not [c for r in rows for c in r if c.startswith(("=", "+", "@"))]
    page.locator("[data-view=table]").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("img").count() == 0
    assert page.said == []
    assert [a for a in page.asked if not a.startswith(("file:", "blob:"))] == []


@pytest.mark.browser
@pytest.mark.parametrize(
    "hash_",
    ["#lot=%E0%A4%A&on=2023-99-99&at=nothing&view=x&sort=y", "#constructor=1&__proto__=2", "#&&=&"],
)
def test_a_broken_link_opens_the_whole(
    page_html: str, hash_: str, open_page: Callable[..., Any]
) -> None:
    """An address that makes no sense does not break the page."""
    page = open_page(page_html, hash_=hash_)
    assert page.said == []
    assert page.locator("#details h3").count() == 0

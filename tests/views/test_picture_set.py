"""The command `view`: forms, file names, options that a picture has not, and the whole set."""

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from rehabgraph.graph.errors import BadParameter, OutputError
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.views import screenshot
from rehabgraph.views.picture_set import CARDS, choose_form, draw_view, render_index, write_set
from rehabgraph.views.pictures import PAGES, Wishes, render_view, render_view_svg


@pytest.mark.parametrize(
    ("wanted", "target", "form"),
    [
        ("", None, "html"),
        ("", "-", "html"),
        ("", "x.SVG", "svg"),
        ("png", "x.png", "png"),
        ("svg", "-", "svg"),
        ("", "folder.d/page.htm", "html"),
        ("png", None, "png"),
    ],
)
def test_the_form_is_asked_for_or_named_by_the_file(
    wanted: str, target: str | None, form: str
) -> None:
    """An option and an ending say the same; without either it is a page."""
    assert choose_form(wanted, target) == form


def test_an_ending_that_disagrees_is_refused() -> None:
    """`--svg -o x.png` and unknown endings are mistakes, said in one line."""
    with pytest.raises(BadParameter, match="agree"):
        choose_form("svg", "x.png")
    with pytest.raises(OutputError, match=r"html, \.svg or \.png"):
        choose_form("", "x.pdf")


@pytest.mark.parametrize(
    ("kind", "filters", "wishes", "words"),
    [
        ("matrix", Filters(), Wishes(by="holders"), "--by: only the map"),
        ("map", Filters(), Wishes(by="lot"), "name one service"),
        ("map", Filters(), Wishes(by="colour"), "choose one of"),
        ("map", Filters(), Wishes(focus="Kent"), "--focus"),
        ("timeline", Filters(), Wishes(within="12m"), "--as-of"),
        ("network", Filters(), Wishes(steps=2), "--focus"),
        ("network", Filters(), Wishes(of="friends"), "choose one of"),
        ("network", Filters(lots=("mentoring",)), Wishes(of="policies"), "--lot"),
        ("lineage", Filters(regions=("wales",)), Wishes(), "--region"),
        ("lineage", Filters(areas=("nowhere",)), Wishes(), "no company"),
    ],
)
def test_what_a_picture_has_not_is_refused(
    world: Graph, kind: str, filters: Filters, wishes: Wishes, words: str
) -> None:
    """An option is never dropped in silence: the error names it and says what to do."""
    with pytest.raises(BadParameter, match=words):
        render_view(world, kind, filters, wishes)


@pytest.mark.parametrize("kind", ["matrix", "map", "timeline"])
def test_static_pictures_are_svg_too(world: Graph, kind: str) -> None:
    """The SVG parses, has a size and its source in words, and is the same each time."""
    text = render_view_svg(world, kind, Filters())
    root = ElementTree.fromstring(text)  # noqa: S314
    assert int(float(root.get("width", "0"))) > 600
    assert "Source: " in "".join(root.itertext())
    assert text == render_view_svg(world, kind, Filters())


def test_a_network_is_no_drawing(world: Graph) -> None:
    """A network is drawn in the browser: the error says where its copies are."""
    with pytest.raises(BadParameter, match="open the page"):
        draw_view(world, "network", Filters(), Wishes(), "png")


def test_png_without_chromium_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Chromium the answer is one line that names the other way."""
    monkeypatch.delenv("REHABGRAPH_CHROMIUM", raising=False)
    monkeypatch.setattr(screenshot.shutil, "which", lambda _: None)
    with pytest.raises(OutputError, match="no Chromium"):
        screenshot.draw_png("<svg/>")


def test_png_with_a_broken_chromium_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that draws nothing is one line, not a traceback."""
    monkeypatch.setenv("REHABGRAPH_CHROMIUM", "/nonexistent/chromium")
    with pytest.raises(OutputError, match="could not draw"):
        screenshot.draw_png('<svg width="10" height="10"></svg>')


@pytest.mark.browser
def test_png_has_the_size_of_the_drawing(world: Graph, browser: Any) -> None:  # noqa: ANN401, ARG001
    """The PNG is as large as the SVG says, and not blank."""
    svg = render_view_svg(world, "map", Filters())
    png = screenshot.draw_png(svg)
    width, height = struct.unpack(">II", png[16:24])
    root = ElementTree.fromstring(svg)  # noqa: S314
    assert abs(width - float(root.get("width", "0"))) <= 1
    assert abs(height - float(root.get("height", "0"))) <= 1
    assert len(png) > 20_000


def test_the_window_of_the_timeline_is_the_report(world: Graph) -> None:
    """The contracts counted as expiring are those of the report `expiring`."""
    report = world.report("expiring", as_of="2023-04-01", within="12m")
    filters = world.filters(as_of="2023-04-01")
    page = render_view(world, "timeline", filters, Wishes(within="12m"))
    assert f'<span id="expiring">{len(report.rows)} contracts end</span>' in page


def test_the_set_has_a_card_for_every_page(world: Graph, tmp_path: Path) -> None:
    """`view all` writes each picture once and an index whose links all lead somewhere."""
    files = write_set(world, Filters(), tmp_path)
    assert sorted(files) == sorted(p.name for p in tmp_path.iterdir())
    assert {kind for _, kind, *_ in CARDS} == set(PAGES)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = re.findall(r'<h3><a href="([^"]+)"', index)
    assert sorted([*links, "index.html"]) == sorted(files)
    assert index == render_index(world, Filters())


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_the_index_is_quiet_and_open_to_all(
    world: Graph,
    width: int,
    open_page: Callable[..., Any],
    find_barriers: Callable[[Any], list[str]],
) -> None:
    """No request, no barrier, nothing wider than the screen."""
    page = open_page(render_index(world, Filters()), width)
    assert find_barriers(page) == []
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

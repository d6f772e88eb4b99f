"""A page's content as HTML, JSON or CSV bytes."""

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from rehabgraph.views.delimited import render_csv
from rehabgraph.views.markup import render_json
from rehabgraph.views.pages import clean_text, make_environment, read_style, read_template, safe_url
from rehabgraph.views.site.content import Cell, Content, Link
from rehabgraph.views.site.links import relative

if TYPE_CHECKING:
    from jinja2 import Template

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'"
)
NAVIGATION = (
    Link("Start", "/index.html"),
    Link("Providers", "/list/providers.html"),
    Link("Regions", "/list/regions.html"),
    Link("Lists", "/list/index.html"),
    Link("Reports", "/report/index.html"),
    Link("Questions", "/question/index.html"),
    Link("Pictures", "/picture/index.html"),
    Link("Search", "/search.html"),
)
FOOT = (
    Link("Method", "/method.html"),
    Link("What is not known", "/limits.html"),
    Link("Corrections", "/corrections.html"),
    Link("The terms", "/ontology.html"),
    Link("Downloads", "/downloads.html"),
    Link("Accessibility", "/accessibility.html"),
)
SERVED_FOOT = (Link("SPARQL endpoint", "/sparql"),)
"""What only a server has."""
MOST_IN_CELL = 8
MEDIA = {"html": "text/html", "json": "application/json", "csv": "text/csv"}


@cache
def read_assets() -> dict[str, bytes]:
    """Return the style sheet and the script of the site by path."""
    style = f"{read_style()}\n{read_template('site.css')}"
    return {
        "/assets/site.css": style.encode(),
        "/assets/search.js": read_template("site_search.js").encode(),
    }


@cache
def read_served_assets() -> dict[str, bytes]:
    """Return those of `read_assets`, and the script of the page that only a server has."""
    return {**read_assets(), "/assets/query.js": read_template("query.js").encode()}


@cache
def _template() -> "Template":
    return make_environment().get_template("site.html.j2")


def render_content(content: Content, form: str, *, live: bool = False) -> bytes:
    """Return a page in one of its three forms.

    Args:
        content: the page.
        form: `html`, `json` or `csv`.
        live: whether a server hands it out, whose endpoint it may lead to.
    """
    if form == "json":
        return render_json(content.report).encode("utf-8", "replace")
    if form == "csv":
        return render_csv(content.report).encode("utf-8", "replace")
    return render_html(content, live=live).encode("utf-8", "replace")


def render_html(content: Content, *, live: bool = False) -> str:
    """Return a page as HTML; see `render_content`."""
    from markupsafe import Markup

    def lead_to(to: str) -> str:
        return relative(to, content.path)

    def show(link: Link) -> Markup:
        return Markup(write_link(link, content.path))  # noqa: S704 - escaped there

    def show_all(cell: Cell) -> Markup:
        return Markup(write_cell(cell, content.path))  # noqa: S704 - escaped there

    page: dict[str, Any] = {
        "c": content,
        "to": lead_to,
        "one": show,
        "cell": show_all,
        "words": clean_words,
        "policy": POLICY,
        "navigation": NAVIGATION,
        "foot": (*FOOT, *SERVED_FOOT) if live else FOOT,
        "twin": content.path.rpartition("/")[2],
    }
    return _template().render(**page)


def write_link(link: Link, at: str) -> str:
    """Return some words as HTML, leading where they lead; most of a page is made of these.

    Args:
        link: the words.
        at: path of the page.

    >>> write_link(Link("Wales & more", "/page/region/wales.html"), "index")
    '<a href="page/region/wales.html">Wales &amp; more</a>'
    >>> write_link(Link("here", "javascript:alert(1)"), "index")
    '<bdi>here</bdi>'
    """
    words = escape(clean_words(link.text))
    inside = link.to.startswith("/")
    target = relative(link.to, at) if inside else safe_url(link.to)
    if not target:
        return f"<bdi>{words}</bdi>"
    heard = escape(clean_words(link.hidden)) if link.hidden else ""
    hidden = f'<span class="sr-only">{heard}</span>' if heard else ""
    away = "" if inside else ' rel="noreferrer"'
    return f'<a href="{escape(target)}"{away}>{words}{hidden}</a>'


def write_cell(cell: Cell, at: str) -> str:
    """Return a cell as HTML: one thing as it is, several as a list, many in a box that opens."""
    if len(cell) == 1:
        return write_link(cell[0], at)
    items = "".join(f"<li>{write_link(link, at)}</li>" for link in cell)
    found = f'<ul class="plain">{items}</ul>'
    if len(cell) <= MOST_IN_CELL:
        return found
    return f"<details><summary>{len(cell)} of them</summary>{found}</details>"


def clean_words(text: object) -> str:
    r"""Return words without signs that no page can hold; an empty name says so.

    >>> clean_words("a\x07b"), clean_words(" ")
    ('a�b', '(no name)')
    """
    if isinstance(text, str) and text.isprintable() and not text.isspace() and text:
        return text  # nearly all, and this is asked some hundred thousand times
    cleaned = str(clean_text(str(text)))
    return cleaned if cleaned.strip() else "(no name)"

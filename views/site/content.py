"""What a page holds before it is HTML: a title, blocks, and the report that its twins are made of.

Addresses inside the site are written from its root, as `/page/region/wales.html`; the frame
turns them into relative links, so the same bytes work on a server, in a folder and on a
memory stick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehabgraph.queries.report import Column, Report


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a request: status, media type, bytes and further headers.

    Attributes:
        refused: why there is no such page, in one line; empty where there is one.
    """

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Some words, and where they lead: a path of the site, a web address, or nowhere.

    Attributes:
        hidden: words for those who hear the page, such as the row that "Evidence" belongs to.
    """

    text: str
    to: str = ""
    hidden: str = ""


Cell = tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page under a heading of its own.

    Attributes:
        id: fragment of the heading.
        form: name of the macro in `site_blocks.html.j2` that shows it, as `prose` or `table`.
        data: what that macro needs.
        intro: a sentence under the heading.
        level: level of the heading.
    """

    id: str
    title: str
    form: str
    data: Any
    intro: str = ""
    level: int = 2


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under heads; a row may have an id that addresses lead to."""

    heads: tuple[tuple[str, bool], ...]
    """Words of each head, and whether its column holds figures."""
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A whole page.

    Attributes:
        path: its address in the site without the ending, as `page/region/wales`.
        report: what its JSON and CSV twins hold.
        crumbs: the way to it, from the start page; the page itself left out.
        scripts: our own scripts that it loads, as paths of the site.
        kicker: what kind of page it is, over the title.
        status: 200, or what went wrong.
        twins: whether the page has JSON and CSV twins.
    """

    path: str
    title: str
    lead: str
    report: Report
    blocks: tuple[Block, ...] = ()
    crumbs: tuple[Link, ...] = ()
    kicker: str = ""
    scripts: tuple[str, ...] = ()
    status: int = 200
    wide: bool = False
    twins: bool = True


def plain(text: str) -> Cell:
    """Return a cell of words that lead nowhere.

    >>> plain("Wales")[0].text
    'Wales'
    """
    return (Link(text),)


def raise_first(text: str) -> str:
    """Return a text with a capital at its start and the rest as it is.

    >>> raise_first("shares and HHI")
    'Shares and HHI'
    """
    return text[:1].upper() + text[1:]


def text_report(name: str, title: str, parts: Sequence[tuple[str, str]]) -> Report:
    """Return a page of prose as a report: a row a paragraph.

    Args:
        name: the page's path.
        title: its title.
        parts: heading and paragraph of each row.

    >>> text_report("limits", "Limits", [("Prices", "Not split.")]).rows[0]["text"]
    'Not split.'
    """
    return Report(
        name=name,
        title=title,
        columns=(Column("part", "Part"), Column("text", "Text")),
        rows=tuple({"part": part, "text": text, "ids": []} for part, text in parts),
    )

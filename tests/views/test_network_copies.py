"""Copies of the network page as a reader takes them: CSV, SVG and PNG."""

import csv
import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from rehabgraph.queries.pictures.network import Picture
from rehabgraph.views.network_data import find_page_signs


@pytest.mark.browser
def test_csv_is_what_is_shown_with_its_caption(
    page_html: str, open_page: Callable[..., Any], download: Callable[..., Path]
) -> None:
    """The CSV has the rows of the table, in its order, and says where they come from."""
    page = open_page(page_html, hash_="#on=2023-07-01&sort=value-down")
    text = download(page, "csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    head = "\n".join(r[0] for r in rows if r[0].startswith("#"))
    for part in ("Who delivers", "contracts in force on 1 July 2023", "The award list", "5 of 6"):
        assert part in head
    body = [r for r in rows if not r[0].startswith("#")]
    assert body[0][:4] == [
        "Lead provider",
        "Lot",
        "Region",
        "Value of all contracts of the line (GBP)",
    ]
    assert [r[3] for r in body[1:]] == [
        "1000000",
        "500000",
        "300000",
        "200000",
        "100000",
        "unknown",
    ]
    assert body[1][5] == "part (1 of 2 contracts), worth between £0 and £1,000,000"


@pytest.mark.browser
def test_svg_is_what_is_shown_with_its_caption(
    page_html: str, open_page: Callable[..., Any], download: Callable[..., Path]
) -> None:
    """The SVG parses, draws the ties that are shown, and holds its caption."""
    page = open_page(page_html, hash_="#lot=personal-wellbeing&tie=line")
    root = ElementTree.parse(download(page, "svg")).getroot()  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    group = next(g for g in root.iter(f"{space}g"))
    assert len(list(group.iter(f"{space}path"))) == 3
    words = " ".join(t.text or "" for t in root.iter(f"{space}text"))
    for part in ("Who delivers", "Date: all dates", "The award list", "5 of 6", "Filters: service"):
        assert part in words


def read_png_texts(data: bytes) -> dict[str, str]:
    """Return the text chunks of a PNG, having checked every chunk's checksum."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    texts, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + body) == checksum
        if kind == b"iTXt":
            key, rest = body.split(b"\0", 1)
            texts[key.decode()] = rest[4:].decode()
        at += 12 + length
    return texts


@pytest.mark.browser
def test_a_copy_has_our_colours_whatever_the_reader_sees(
    picture: Picture, page_html: str, open_page: Callable[..., Any], download: Callable[..., Path]
) -> None:
    """In forced colours a copy still draws each tie in the colour of its lot, on white."""
    page = open_page(page_html, forced_colors="active", color_scheme="dark")
    root = ElementTree.parse(download(page, "svg")).getroot()  # noqa: S314
    strokes = {p.get("stroke") for p in root.iter("{http://www.w3.org/2000/svg}path")}
    lots = {sign.colour for sign in find_page_signs(picture).values()}
    assert strokes == lots | {"#7d858e"}


@pytest.mark.browser
def test_png_is_a_picture_with_its_caption(
    page_html: str, open_page: Callable[..., Any], download: Callable[..., Path]
) -> None:
    """The PNG is sound and large enough to print, and its text chunk holds the caption."""
    page = open_page(page_html)
    data = download(page, "png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert width > 1000
    assert height > 500
    caption = read_png_texts(data)["Description"]
    for part in ("Who delivers", "Date:", "The award list", "5 of 6"):
        assert part in caption

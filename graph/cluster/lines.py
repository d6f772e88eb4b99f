"""Lines of JSON to cleaned releases, on whichever machine has the lines.

A line is a release, a record, a package or a list of them. One that is none of these is told
by file and line, and loses nothing but itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from rehabgraph.graph.cluster.told import Told, mark_place
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.ocds_clean import clean_release
from rehabgraph.graph.imports.ocds_read import split_releases

Line = tuple[bytes, str, int]
"""Content, address of the file, and first byte of the block that Spark read it in."""
Spooled = tuple[str, str, int, int, int, int, str]
"""ocid, date, then file, block, line and number in the line for the order, and the release."""
SPOOLED = "ocid string, date string, file int, block long, line long, n int, body string"
ORDER = ("ocid", "date", "file", "block", "line", "n")
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"


def read_lines(rows: Iterable[Line], files: Mapping[str, int], told: Told) -> Iterator[Spooled]:
    r"""Yield the releases of some lines, cleaned.

    Args:
        rows: the lines, in the order of each block.
        files: address of each file → its number.
        told: told of what was lost, and how many lines there were.

    >>> told = Told()
    >>> lines = [(b'{"ocid": "a", "id": "1"}', "x", 0), (b"{oh", "x", 0)]
    >>> [row[0] for row in read_lines(lines, {"x": 0}, told)], told.findings.shown[0].kind
    (['a'], 'bad line')
    """
    for content, address, block in rows:
        file = files[address]
        told.blocks[file, block] += 1
        line = told.blocks[file, block]
        place = mark_place(file, block, line)
        if not content.strip():
            continue
        text = _decode(bytes(content), place, told)
        found = []
        try:
            for ocid, raw in split_releases([text], place, told.packages, told.findings):
                release = clean_release(raw, ocid, told.findings)
                body = json.dumps(release, ensure_ascii=False, separators=(",", ":"))
                found.append((ocid, str(release.get("date", "")), body))
        except (InvalidData, RecursionError) as e:
            words = str(e).removeprefix(f"{place}: line 1: ").removesuffix("; nothing was added")
            told.findings.warn("bad line", place, "", f"{words}; the line is left out")
            continue
        told.counts["releases"] += len(found)
        for n, (ocid, date, body) in enumerate(found):
            yield ocid, date, file, block, line, n, body


def _decode(content: bytes, place: str, told: Told) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "latin-1" if any(byte in content for byte in _NOT_CP1252) else "cp1252"
        told.findings.warn("encoding", place, "", f"not UTF-8; read as {encoding}")
        return content.decode(encoding)

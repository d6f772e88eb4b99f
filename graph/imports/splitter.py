"""JSON cut into elements as it streams, whichever way it was put together.

One object, an array of them, objects one after another or one a line: each is a *document*.
The arrays `releases`, `records` and `results` of a document are yielded element by element,
the rest of it when it ends; so no more than one element is ever held.
"""

import json
import re
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from rehabgraph.graph.errors import InvalidData

STREAMED = frozenset({"releases", "records", "results"})
MAX_ELEMENT = 16 << 20
"""Characters of one element, or of all else that a document holds."""
MAX_DEPTH = 64
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]|"', re.DOTALL)
_BLANK = re.compile(r"(?:[\s,\x1e\ufeff]|null)*")
_PAIRS = {"}": "{", "]": "["}


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of a file: an element of a streamed array, or what is left of a document.

    Attributes:
        key: `releases`, `records`, `results`, or empty for a document.
        value: the parsed JSON object; its numbers are `Written`.
        number: which document of the file, from 1.
    """

    key: str
    value: dict[str, Any]
    number: int


class Written(str):
    """A number as it is written; what it is worth is read by those who know what it is for."""

    __slots__ = ()


@dataclass(slots=True)
class _Cutter:
    """Where the cutter stands. `text[start:]` is not yet handed on."""

    name: str
    text: str = ""
    start: int = 0
    lines: int = 1
    stack: str = ""
    base: int = 0  # 1 inside an array of documents
    key: str = ""  # the streamed array that is open
    last: str = ""  # the last string at the level of a document's keys
    number: int = 0
    rest: list[str] = field(default_factory=list)

    def refuse(self, at: int, why: str) -> NoReturn:
        line = self.lines + self.text.count("\n", 0, at)
        raise InvalidData([f"{self.name}: line {line}: {why}; nothing was added"])

    def feed(self, block: str) -> None:
        """Add text, and let go of what was handed on."""
        self.lines += self.text.count("\n", 0, self.start)
        self.text, self.start = self.text[self.start :] + block, 0

    def check_gap(self, at: int) -> None:
        """Refuse anything but white space, commas and nulls before `at`."""
        gap = self.text[self.start : at]
        if not _BLANK.fullmatch(gap):
            self.refuse(at, f"this is not JSON of objects: {' '.join(gap.split())[:40]!r}")

    def parse(self, text: str, at: int) -> dict[str, Any]:
        if len(text) > MAX_ELEMENT:
            self.refuse(at, f"a value of over {MAX_ELEMENT:,} characters")
        try:
            found: dict[str, Any] = _DECODER.decode(text)
        except ValueError as e:
            self.refuse(at, f"this is not JSON ({e})")
        return found

    def open(self, mark: str, at: int) -> None:
        """Take an opening bracket."""
        level = len(self.stack) - self.base
        if not self.stack and mark == "[":
            self.check_gap(at)
            self.base, self.start = 1, at + 1
        elif level == 0:
            self.check_gap(at)
            if mark == "[":
                self.refuse(at, "an array of arrays; an array of objects was expected")
            self.start, self.number, self.rest, self.key, self.last = (
                at,
                self.number + 1,
                [],
                "",
                "",
            )
        elif level == 1 and mark == "[" and self._is_streamed(at):
            self.key = self.last
            self.rest.append(self.text[self.start : at + 1])
            self.start = at + 1
        elif level == 2 and self.key:
            self.check_gap(at)
            if mark == "[":
                self.refuse(at, f"an array inside {self.key}; objects were expected")
            self.start = at
        self.stack += mark
        if len(self.stack) > MAX_DEPTH:
            self.refuse(at, f"brackets nested over {MAX_DEPTH} deep")

    def close(self, mark: str, at: int) -> Element | None:
        """Take a closing bracket; return the element that it ends."""
        if not self.stack.endswith(_PAIRS[mark]):
            self.refuse(at, f"{mark} closes nothing")
        self.stack = self.stack[:-1]
        level = len(self.stack) - self.base
        if level == -1:  # the array of documents
            self.check_gap(at)
            self.base, self.start = 0, at + 1
        elif level == 2 and self.key:
            found = self.parse(self.text[self.start : at + 1], at)
            self.start = at + 1
            return Element(self.key, found, self.number)
        elif level == 1 and self.key and mark == "]":
            self.check_gap(at)
            self.key, self.start = "", at
        elif level == 0:
            found = self.parse("".join([*self.rest, self.text[self.start : at + 1]]), at)
            self.start = at + 1
            return Element("", found, self.number)
        return None

    def _is_streamed(self, at: int) -> bool:
        before = self.text[max(self.start, at - 200) : at].rstrip()
        return self.last in STREAMED and before.endswith(":")


_DECODER = json.JSONDecoder(
    parse_int=Written, parse_float=Written, parse_constant=Written, strict=False
)


def split_json(blocks: Iterable[str], name: str) -> Generator[Element, None, None]:
    r"""Yield the elements of JSON text that comes in blocks.

    Args:
        blocks: the text.
        name: what to call the file in messages.

    Raises:
        InvalidData: it is not JSON, ends in the middle, or passes a limit of size or depth.

    >>> text = '{"releases": [{"ocid": "a"}, {"ocid": "b"}], "uri": "u"}\n{"ocid": "c"}'
    >>> [(e.key, e.value, e.number) for e in split_json([text], "x.json")][:2]
    [('releases', {'ocid': 'a'}, 1), ('releases', {'ocid': 'b'}, 1)]
    >>> [(e.key, e.value, e.number) for e in split_json([text], "x.json")][2:]
    [('', {'releases': [], 'uri': 'u'}, 1), ('', {'ocid': 'c'}, 2)]
    """
    cutter = _Cutter(name)
    scanned = 0
    for block in blocks:
        scanned -= cutter.start
        cutter.feed(block)
        if len(cutter.text) > MAX_ELEMENT + len(block):
            cutter.refuse(0, f"a value of over {MAX_ELEMENT:,} characters")
        text = cutter.text
        for token in _TOKEN.finditer(text, scanned):
            mark, at = text[token.start()], token.start()
            if mark == '"':
                if token.end() == at + 1:  # a string whose end is still to come
                    scanned = at
                    break
                if len(cutter.stack) == cutter.base + 1 and not cutter.key:
                    cutter.last = text[at + 1 : token.end() - 1] if token.end() - at < 20 else ""
            elif mark in "{[":
                cutter.open(mark, at)
            elif (element := cutter.close(mark, at)) is not None:
                yield element
        else:
            scanned = len(text)
    if cutter.stack or scanned < len(cutter.text):
        cutter.refuse(len(cutter.text), "the file ends in the middle; get the whole file")
    cutter.check_gap(len(cutter.text))

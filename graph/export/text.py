"""Text made safe for where it goes: spreadsheets, XML, lists inside one cell."""

import re
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DELIMITERS = ("|", ";", "¦", "␟", "\u2063")
"""What may stand between the values of one cell, the first that no value holds."""


def safe_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: a dangerous start gets a quote.

    >>> safe_text("=cmd|' /C calc'!A0"), safe_text("Ingeus")
    ("'=cmd|' /C calc'!A0", 'Ingeus')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def xml_text(text: str) -> str:
    r"""Return text with a replacement mark for each character that XML 1.0 cannot hold.

    >>> xml_text("a\x00b")
    'a�b'
    """
    return _NOT_XML.sub("\ufffd", text)


def choose_delimiter(values: Iterable[str]) -> str:
    """Return a mark that none of the values holds, to stand between them.

    >>> choose_delimiter(["a", "b|c"])
    ';'
    """
    used = set().union(*map(set, values)) if values else set()
    return next((mark for mark in DELIMITERS if mark not in used), "\u241e\u241e")

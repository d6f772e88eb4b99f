"""The mapping of a table: which column is what, and what holds for all its rows.

[columns]
supplier = "Supplier name"
value = "Contract value"

[constants]
currency = "GBP"

[format]
dates = "day-first"
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.table_cells import CellError, read_currency_cell

FIELDS: Mapping[str, str] = {
    "id": "reference of the award",
    "title": "title of the award",
    "supplier": "name of the supplier",
    "company_number": "its number at Companies House",
    "charity_number": "its number at the Charity Commission",
    "buyer": "name of the buyer",
    "value": "value of the award",
    "currency": "its currency, three letters",
    "date": "date of the award",
    "start": "first day",
    "end": "last day",
    "lot": "service, in the table's words",
    "place": "place, in the table's words",
}
DATES = ("iso", "day-first", "month-first")
TAXES = ("net", "gross", "not stated")
_FORMAT = ("sheet", "header", "dates", "delimiter", "several", "encoding")
_WORDS: Mapping[str, str] = {
    "id": r"^(?!.*(supplier|vendor|buyer|cost))"
    r".*\b(ref|reference|id|(contract|award) (no|number))\b",
    "company_number": r"(company|companies house|\bcrn\b).*(no|num|id|reg)|\bcrn\b",
    "charity_number": r"charity.*(no|num|id|reg)",
    "supplier": r"^(?!.*\b(id|no|number|ref|code|type|postcode|vat)\b).*"
    r"(supplier|provider|contractor|awarded to|vendor|recipient)",
    "buyer": r"buyer|authority|commissioner|purchaser|department|organisation name",
    "value": r"^(?!vat\b|.*\bcost (centre|center|code)).*(value|amount|price|spend|cost|total|£)",
    "currency": r"currency",
    "start": r"start|begin|commenc|\bfrom\b",
    "end": r"\bend|expir|finish|\buntil\b",
    "date": r"date",
    "lot": r"\blot\b|service|category",
    "place": r"region|(?<!expense )area|place|location",
    "title": r"title|name|description",
}


@dataclass(frozen=True, slots=True)
class TableMap:
    """A mapping as read: headings by field, constants by field, and how cells are written."""

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    tax: str = "not stated"
    sheet: str = ""
    header: int = 1
    dates: str = ""
    delimiter: str = ""
    several: str = ""
    encoding: str = ""


def read_map(path: Path) -> TableMap:
    """Return the mapping in a TOML file.

    Raises:
        InvalidData: it is not TOML, or says something that a mapping has not.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as e:
        why = getattr(e, "strerror", None) or " ".join(str(e).split())
        raise InvalidData([f"{path.name or path}: cannot be read as a mapping ({why})"]) from e
    return check_map(raw, path.name)


def check_map(raw: Mapping[str, object], name: str) -> TableMap:
    """Return a mapping from plain values, held to what a mapping can say.

    Raises:
        InvalidData: a part, a field or a value is none that a mapping has.
    """
    problems = [f"{name}: no part [{p}] in a mapping" for p in raw if p not in _PARTS]
    columns, constants, form = (dict(_part(raw, p, name)) for p in _PARTS)
    tax = str(constants.pop("tax", "not stated"))
    for part, given, allowed in (
        ("columns", columns, tuple(FIELDS)),
        ("constants", constants, tuple(FIELDS)),
        ("format", form, _FORMAT),
    ):
        problems += [
            f"{name}: [{part}] has no {key!r}; it has: {', '.join(allowed)}"
            for key in given
            if key not in allowed
        ]
    header = form.pop("header", 1)
    if not isinstance(header, int) or not 1 <= header <= 1000:
        problems.append(f"{name}: header is the number of the row of headings, from 1")
    texts = [*columns.values(), *constants.values(), *form.values()]
    if not all(isinstance(text, str) for text in texts):
        problems.append(f"{name}: every value is text in quotes, save header")
    if tax not in TAXES:
        problems.append(f"{name}: tax is one of {', '.join(TAXES)}")
    if form.get("dates", "iso") not in DATES:
        problems.append(f"{name}: dates is one of {', '.join(DATES)}")
    try:
        read_currency_cell(str(constants.get("currency", "")))
    except CellError as e:
        problems.append(f"{name}: currency in [constants]: {e}")
    if "supplier" not in columns:
        problems.append(f"{name}: [columns] must name the supplier's column")
    if problems:
        raise InvalidData(problems)
    words = {key: str(value) for key, value in form.items()}
    return TableMap(
        {k: str(v) for k, v in columns.items()},
        {k: str(v) for k, v in constants.items()},
        tax,
        header=int(str(header)),
        **words,
    )


_PARTS = ("columns", "constants", "format")


def _part(raw: Mapping[str, object], part: str, name: str) -> Mapping[str, object]:
    found = raw.get(part, {})
    if not isinstance(found, dict):
        raise InvalidData([f"{name}: [{part}] is a table of names and values"])
    return found


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of the likeliest row of headings: that with most fields to be drafted.

    >>> find_header([["Contracts 2023"], [], ["Supplier", "Value", "Start"], ["A", "1", "2"]])
    3
    """
    counts = [len(_match([h for h in row if len(h) < 60])) for row in rows]
    return counts.index(max(counts)) + 1 if any(counts) else 1


def _match(headings: Sequence[str]) -> dict[str, str]:
    """Return the heading that each field's words find, each heading once."""
    left = [h for h in headings if h.strip()]
    taken: dict[str, str] = {}
    for name, words in _WORDS.items():
        hit = next((h for h in left if re.search(words, h.casefold())), None)
        if hit is not None:
            taken[name] = hit
            left.remove(hit)
    return taken


def propose_map(
    headings: Sequence[str], sheet: str = "", header: int = 1, others: Sequence[str] = ()
) -> str:
    """Return a draft of a mapping for a table's headings, for a person to finish.

    >>> print(propose_map(["Supplier", "Value (£)"]).splitlines()[3])
    supplier = "Supplier"
    """
    taken = _match(headings)
    left = [h for h in headings if h.strip() and h not in taken.values()]
    lines = ["# A draft by the headings alone: check every line before use.", "", "[columns]"]
    lines += [
        f"{name} = {_quoted(taken[name])}" if name in taken else f'# {name} = ""  # {words}'
        for name, words in sorted(FIELDS.items(), key=lambda f: f[0] not in taken)
    ]
    lines += [f"# not used: {_quoted(h)}" for h in left]
    pounds = any("£" in h or "gbp" in h.casefold() for h in taken.values())
    lines += ["", "[constants]", f'{"" if pounds else "# "}currency = "GBP"']
    lines += ['# tax = "net"  # or "gross"; not stated unless said', "", "[format]"]
    lines += ['# dates = "day-first"  # or "month-first", "iso"', f"header = {header}"]
    lines += [f"sheet = {_quoted(sheet)}"] if sheet else []
    lines += [f"# other sheets: {', '.join(map(_quoted, others))}"] if others else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped) + '"'

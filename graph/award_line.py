"""One priced line of an award list: `Name - £value (areas – until …) (notes)`.

A line is read whole or not at all: anything that fits nothing raises `NotUnderstoodLine`
with the reason, and `read_award_list` reports it.
"""

import calendar
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rehabgraph.graph.award_results import AreaGroup, Repair
from rehabgraph.graph.award_words import key, nearest_name, plain

ANNOUNCED, SUBJECT_TO_CONTRACT = "announced", "subject-to-contract"

_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){0,4}(?:\.[0-9]{2})?")
_UNGROUPED = re.compile(r"[0-9]{1,15}(?:\.[0-9]{2})?")
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3}){1,4}(?:\.[0-9]{2})?")
_UNTIL = re.compile(r"(?:\ball )?\buntil\b")
_DATE = re.compile(
    r"(?:(?:the )?end (?:of )?)?(?:(?:([0-9]{1,2})(?:st|nd|rd|th)? )?([a-z]+) )?([0-9]{4})"
)
_MONTH_NAMES = "january february march april may june july august september october november"
_MONTHS = {name: n for n, name in enumerate([*_MONTH_NAMES.split(), "december"], start=1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
_MOST_NAME = 200
_MOST_ANDS = 8


class NotUnderstoodLine(Exception):
    """A line fits no form that we know; the message is the reason."""


@dataclass(slots=True)
class PricedText:
    """What one priced line says, before its name is matched."""

    name: str
    value_as_printed: str
    value: Decimal
    groups: list[AreaGroup] = field(default_factory=list)
    status: str = ANNOUNCED
    notes: list[str] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)


def looks_priced(text: str) -> bool:
    """Tell whether a line has the shape of a name, a dash, a pound sign and a digit.

    >>> looks_priced("Nacro – £633,425"), looks_priced("over £33 million is shared")
    (True, False)
    """
    before, pound, after = plain(text).partition("£")
    name = before.rstrip()
    return bool(pound) and name.endswith("-") and len(name) > 1 and after.lstrip()[:1].isdigit()


def read_value(printed: str) -> Decimal:
    """Return the sum that a printed figure gives, stray spaces left out.

    Args:
        printed: the figure as it stands, with its pound sign.

    Raises:
        NotUnderstoodLine: the figure is abbreviated, or its groups of digits do not add up.

    >>> read_value("£2,593, 567")
    Decimal('2593567')
    """
    figure = " ".join(plain(printed).removeprefix("£").split())
    compact = figure.replace(" ", "")
    if "," in compact or " " not in figure:
        good = _GROUPED.fullmatch(compact) or _UNGROUPED.fullmatch(compact)
    else:  # spaces alone may part the thousands, but no other digits
        good = _SPACED.fullmatch(figure)
    if not good:
        raise NotUnderstoodLine(f"{printed[:60]!r} is not a whole figure in pounds")
    return Decimal(compact.replace(",", ""))


def read_until(text: str) -> tuple[date, str]:
    """Return the last day that a printed end takes in, and how exactly it is printed.

    Args:
        text: words such as `June 2023`, `30 June 2023` or `2023`.

    Raises:
        NotUnderstoodLine: the words are no date.

    >>> read_until("June 2023")
    (datetime.date(2023, 6, 30), 'month')
    """
    found = _DATE.fullmatch(key(text).rstrip("."))
    day, month_name, year = found.groups() if found else (None, None, "0")
    month = _MONTHS.get(month_name, 0) if month_name else 12
    if not month or int(year) == 0:
        raise NotUnderstoodLine(f"{text.strip()[:60]!r} after 'until' is no date")
    last = calendar.monthrange(int(year), month)[1]
    if day is None:
        return date(int(year), month, last), "month" if month_name else "year"
    if not 1 <= int(day) <= last:
        raise NotUnderstoodLine(f"{text.strip()[:60]!r} after 'until' is no date")
    return date(int(year), month, int(day)), "day"


def read_priced_line(text: str, areas: Mapping[str, str]) -> PricedText:
    """Return what a priced line says.

    Args:
        text: the line without its end.
        areas: area ids by the `key` of their names.

    Raises:
        NotUnderstoodLine: some part of the line fits nothing.

    >>> line = read_priced_line("Advance - £2,111,499 (Kent) (Sussex – until June 2023)",
    ...                         {"kent": "kent", "sussex": "sussex"})
    >>> line.value, [(group.areas, group.precision) for group in line.groups]
    (Decimal('2111499'), [(('kent',), None), (('sussex',), 'month')])
    """
    flat = plain(text)
    pound = flat.find("£")
    if pound < 0 or not looks_priced(flat):
        raise NotUnderstoodLine("is no heading, no statement and no `Name - £value` line")
    if flat.count("£") > 1:
        raise NotUnderstoodLine("has two prices; one line gives one")
    dash = flat.rindex("-", 0, pound)
    bracket = flat.find("(", pound)
    value_end = len(flat) if bracket < 0 else bracket
    name, printed = text[:dash].strip(), text[pound:value_end].strip()
    if not any(letter.isalpha() for letter in name) or len(name) > _MOST_NAME:
        raise NotUnderstoodLine("has no name of a provider before the dash")
    line = PricedText(name, printed, read_value(printed))
    if " " in plain(printed):
        why = "a stray space stands inside the figure"
        line.repairs.append(Repair("reads-as", printed, f"£{line.value:,}", why))
    around = text[len(text[:dash].rstrip()) : pound]
    if not (plain(around).startswith(" ") and plain(around).endswith(" ")):
        why = "a space is missing at the dash between name and price"
        line.repairs.append(Repair("reads-as", f"{name}{around}£", f"{name} - £", why))
    _read_groups(text, value_end, areas, line)
    return line


def _read_groups(text: str, start: int, areas: Mapping[str, str], line: PricedText) -> None:
    """Read every bracket group after the value into the line."""
    previous = line.value_as_printed
    spaced = start >= len(text) or plain(text)[start - 1] == " "
    for printed, followed in _split_groups(text[start:]):
        if not spaced:
            why = "a space is missing before the bracket"
            both = f"{previous}{printed}", f"{previous} {printed}"
            line.repairs.append(Repair("reads-as", *both, why))
        previous, spaced = printed, followed
        inner = key(printed[1:-1])
        if inner == "subject to contract":
            line.status = SUBJECT_TO_CONTRACT
        if inner.startswith("subject to "):
            line.notes.append(printed)
        else:
            line.groups.append(_read_group(printed, areas, line.repairs))
    named = Counter(area for group in line.groups for area in group.areas)
    if twice := sorted(area for area, times in named.items() if times > 1):
        raise NotUnderstoodLine(f"names {twice[0]} twice")
    if len(line.groups) > 1 and not all(group.areas for group in line.groups):
        raise NotUnderstoodLine("has an 'until' in brackets of its own beside other brackets")


def _split_groups(rest: str) -> list[tuple[str, bool]]:
    """Return the outermost brackets as printed, each with whether a space follows it."""
    groups: list[tuple[str, bool]] = []
    depth = opened = 0
    flat = plain(rest)
    for at, letter in enumerate(flat):
        if letter == "(":
            opened = at if depth == 0 else opened
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth < 0:
                raise NotUnderstoodLine("closes a bracket that it never opened")
            if depth == 0:
                groups.append((rest[opened : at + 1], flat[at + 1 : at + 2] == " "))
        elif depth == 0 and letter != " ":
            raise NotUnderstoodLine(f"has {rest[at : at + 40]!r} after the price, in no brackets")
    if depth:
        raise NotUnderstoodLine("opens a bracket that it never closes")
    return groups


def _read_group(printed: str, areas: Mapping[str, str], repairs: list[Repair]) -> AreaGroup:
    inner = plain(printed[1:-1]).strip()
    until = _UNTIL.search(inner.casefold()) if len(inner.casefold()) == len(inner) else None
    if not until:
        return AreaGroup(printed, _read_areas(inner, areas))
    end, precision = read_until(inner[until.end() :])
    names = inner[: until.start()].rstrip(" -,")
    found = _read_areas(names, areas) if names else ()
    if len(found) > 1 and not until.group().startswith("all "):
        why = "one end is printed after several areas of one bracket, without the word all"
        repairs.append(Repair("reads-as", printed, f"all until {end.isoformat()}", why))
    return AreaGroup(printed, found, end, precision)


def _read_areas(names: str, areas: Mapping[str, str]) -> tuple[str, ...]:
    found: list[str] = []
    for part in re.split("[,;]", names):
        words = key(part).split(" and ")
        at = 0
        while at < len(words):
            ends = range(min(len(words), at + _MOST_ANDS), at, -1)
            end = next((e for e in ends if " and ".join(words[at:e]) in areas), None)
            if end is None:
                near = nearest_name(key(part), areas)
                name = " ".join(part.split())[:60]
                raise NotUnderstoodLine(f"{name!r} in brackets is no known area{near}")
            found.append(areas[" and ".join(words[at:end])])
            at = end
    return tuple(found)

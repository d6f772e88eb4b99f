"""What reading an award list gives: proposals, statements, and what was not understood."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Who a printed name is held to be.

    `status` is `known` (a name or alias of one organisation), `proposed` (the nearest name,
    for a person to confirm) or `unknown`; `score` is the likeness from 0 to 100.
    """

    organisation: str | None
    status: str
    known_name: str | None
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Repair:
    """What we read differently from what is printed; each becomes a judgement.

    `kind` is a notation of the judgement kinds: `reads-as` or `counts-as`.
    """

    kind: str
    as_printed: str
    read_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class AreaGroup:
    """One bracket group: its areas and the end that belongs to them alone.

    No areas means the whole region. `until` is the last day of the month or year printed;
    `precision` (`day`, `month`, `year`) says how much of it is printed.
    """

    printed: str
    areas: tuple[str, ...]
    until: date | None = None
    precision: str | None = None


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One priced line, as printed and as read.

    `cohorts` are those that the lot heading names, none when it names none. `value` is in
    pounds and belongs to the whole line: it is never divided among areas.
    """

    line: int
    region: str
    lot: str
    cohorts: tuple[str, ...]
    name: str
    match: NameMatch
    value_as_printed: str
    value: Decimal
    groups: tuple[AreaGroup, ...]
    status: str
    notes: tuple[str, ...]
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, slots=True)
class ProposedContract:
    """One contract that a line covers.

    `area` is None when the line covers its whole region, `cohort` when the heading names
    none, `end` when none is stated.
    """

    line: int
    region: str
    lot: str
    area: str | None
    cohort: str | None
    end: date | None
    end_precision: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that stands under a heading in place of priced lines."""

    line: int
    region: str
    lot: str | None
    text: str


@dataclass(frozen=True, slots=True)
class AwardList:
    """What an announcement says, line by line.

    `not_understood` holds the line number and the reason of every line inside the list that
    fits nothing, and of every priced line that stands outside a list.
    """

    lines: tuple[ProposedLine, ...]
    contracts: tuple[ProposedContract, ...]
    statements: tuple[Statement, ...]
    not_understood: tuple[tuple[int, str], ...]

"""The market as plain rows: priced lines, their contracts, and who leads them.

Every measure of the market starts here. `read_market` asks the store once; `select_lines`
narrows lines by filters and says of each line whether it lies wholly inside or only partly:
the share of a price that covers several areas, cohorts or end dates is not published, so a
part of a line is worth anything between nothing and the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

NOTHING_INSIDE = (
    "no contract of these rounds lies inside these filters; widen them, change --as-of, or ask for "
    "every round with --round all (Greater Manchester, and women's services in London, are not in "
    "the day-one list)"
)
"""What is said where a market is empty: not in the list is not the same as nobody."""

Money: TypeAlias = int | Decimal
"""Pounds, exactly: an int where they are whole."""


def to_amount(price: Money) -> float:
    """Return pounds as measures of shares take them; they need no more than a float holds.

    >>> to_amount(544992), to_amount(Decimal("544992.55"))
    (544992, 544992.55)
    """
    return price if isinstance(price, int) else float(price)


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract. Ids are short (`kind/id` without the kind); None is unknown or not so."""

    reference: str
    round: str
    lot: str
    region: str
    areas: tuple[str, ...]
    cohort: str
    route: str
    lead: str
    start: date | None = None
    end: date | None = None
    end_precision: str = ""
    end_basis: str = ""
    award: str | None = None
    area: str | None = None
    referrals_closed: date | None = None

    def is_active(self, on: date) -> bool:
        """Say whether the contract runs on a day, both its first and last day included.

        A contract without a published start or end is taken as running on that side.
        """
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)


@dataclass(frozen=True, slots=True)
class Line:
    """One priced line of an announcement; its value in pounds covers all its contracts."""

    id: str
    round: str
    lot: str
    region: str
    lead: str
    value: Money
    value_kind: str
    status: str
    name_as_printed: str
    source: str
    locator: str
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """What measures need to know of a lead provider."""

    id: str
    name: str
    kind: str
    group: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Market:
    """All lines and contracts of the graph, with the labels of what they name."""

    lines: tuple[Line, ...]
    contracts: tuple[Contract, ...]
    holders: Mapping[str, Holder]
    labels: Mapping[str, str] = field(default_factory=dict)
    """`kind/id` → label, for lots, regions, areas, organisations, kinds and rounds."""
    region_areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, kind: str, id_: str) -> str:
        """Return the label of a thing, or its id where it has none."""
        return self.labels.get(f"{kind}/{id_}", id_)


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the market is asked for; ids of things, empty for all.

    Attributes:
        rounds: commissioning rounds; the default is the one round whose lines are all priced.
        as_of: only contracts that run on this day; None for all, as announced.
    """

    rounds: tuple[str, ...] = ("day-one",)
    lots: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    as_of: date | None = None

    def to_dict(self) -> dict[str, list[str] | str]:
        """Return the filters that are set, for a report's head."""
        found: dict[str, list[str] | str] = {}
        for name in ("rounds", "lots", "regions", "areas", "providers", "kinds"):
            if ids := getattr(self, name):
                found[name.removesuffix("s")] = list(ids)
        if self.as_of is not None:
            found["as_of"] = self.as_of.isoformat()
        return found


@dataclass(frozen=True, slots=True)
class Selected:
    """A line with those of its contracts that the filters let through."""

    line: Line
    contracts: tuple[Contract, ...]
    whole: bool
    """True when every contract of the line is inside: only then is its worth inside known."""


@dataclass(frozen=True, slots=True)
class PartTotals:
    """What any answer about a part of the market must say of itself, in numbers.

    Attributes:
        lines: priced lines with at least one contract inside.
        predicted: those of them whose value is a prediction.
        partly: those of them that lie only partly inside.
        partly_value: the sum of the latter's whole prices, in pounds.
        known: lines wholly inside.
        known_value: the sum of their prices.
        contracts: contracts inside.
        unpriced: those of them without a published price.
        derived: those whose end is worked out from the standard term.
        undated: those without a known first or last day.
    """

    lines: int
    predicted: int
    partly: int
    partly_value: Money
    known: int
    known_value: Money
    contracts: int
    unpriced: int
    derived: int
    undated: int


def count_part(lines: Iterable[Selected], contracts: Iterable[Contract]) -> PartTotals:
    """Return the totals of the lines and contracts of a part of the market."""
    lines, contracts = tuple(lines), tuple(contracts)
    partly = [s.line.value for s in lines if not s.whole]
    known = [s.line.value for s in lines if s.whole]
    priced = {s.line.id for s in lines}
    return PartTotals(
        lines=len(lines),
        predicted=sum(1 for s in lines if s.line.value_kind == "predicted"),
        partly=len(partly),
        partly_value=sum(partly),
        known=len(known),
        known_value=sum(known),
        contracts=len(contracts),
        unpriced=sum(1 for c in contracts if c.award not in priced),
        derived=sum(1 for c in contracts if c.end_basis == "derived"),
        undated=sum(1 for c in contracts if c.start is None or c.end is None),
    )


def select_contracts(market: Market, filters: Filters) -> tuple[Contract, ...]:
    """Return the contracts that the filters let through, in the market's order."""
    return tuple(c for c in market.contracts if _is_inside(market, c, filters))


def select_lines(market: Market, filters: Filters) -> tuple[Selected, ...]:
    """Return the priced lines with at least one contract inside the filters."""
    found = []
    for line in market.lines:
        inside = tuple(c for c in line.contracts if _is_inside(market, c, filters))
        if inside:
            whole = len(inside) == len(line.contracts) and not _cuts_areas(inside, filters)
            found.append(Selected(line, inside, whole))
    return tuple(found)


def count_cells(contracts: Iterable[Contract], areas: tuple[str, ...] = ()) -> int:
    """Return the number of lot × area cells that the contracts cover, each counted once."""
    return len(
        {(c.lot, a) for c in contracts for a in c.areas if not areas or a in areas},
    )


def _is_inside(market: Market, contract: Contract, filters: Filters) -> bool:
    holder = market.holders.get(contract.lead)
    return (
        (not filters.rounds or contract.round in filters.rounds)
        and (not filters.lots or contract.lot in filters.lots)
        and (not filters.regions or contract.region in filters.regions)
        and (not filters.areas or any(a in filters.areas for a in contract.areas))
        and (not filters.providers or contract.lead in filters.providers)
        and (not filters.kinds or (holder is not None and holder.kind in filters.kinds))
        and (filters.as_of is None or contract.is_active(filters.as_of))
    )


def _cuts_areas(contracts: tuple[Contract, ...], filters: Filters) -> bool:
    """Say whether an area filter takes in only some of the areas of region-wide contracts."""
    return bool(filters.areas) and any(a not in filters.areas for c in contracts for a in c.areas)

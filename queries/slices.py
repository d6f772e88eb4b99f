"""The market cut into slices, with what each holder has in each.

A slice is all that lies in one lot, region, area, or any crossing of them. Contracts and cells
(lot × area) lie in a slice or not. A price lies in it wholly, or only partly: then its part is
not published and may be anything from nothing to the whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.facts import award_iri, contract_iri
from rehabgraph.queries.intervals import SharedPrice, split_amount
from rehabgraph.queries.market import (
    NOTHING_INSIDE,
    Contract,
    Filters,
    Line,
    Market,
    Money,
    select_contracts,
    to_amount,
)

BASES = ("value", "contracts", "areas")
HOLDERS = ("provider", "group", "kind")
SPLITS = ("equal", "population")
LABELS: Mapping[str, tuple[str, str]] = {
    "lot": ("lot", "Lot"),
    "region": ("region", "Probation region"),
    "area": ("area", "Police area"),
    "cohort": ("cohort", "Cohort"),
    "round": ("round", "Round"),
    "provider": ("organisation", "Lead provider"),
    "group": ("organisation", "Corporate group of the lead"),
    "kind": ("organisation-kind", "Kind of lead provider"),
    "commissioner": ("organisation", "Commissioner"),
}
"""Side that a market can be cut along → kind of its things, and heading."""

Pair = tuple[Contract, str]


@dataclass(frozen=True, slots=True)
class SliceSizes:
    """How many contracts, cells (lot, area) and priced lines lie in a slice."""

    contracts: int
    cells: int
    lines: int


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of the market.

    Attributes:
        key: one id for each side that the market was cut along.
        contracts: those with at least one area in the slice.
        lines: priced lines with at least one contract in it.
        known: holder → prices that lie in it for certain, in pounds.
        shared: prices that lie in it only partly.
        counts: holder → its contracts.
        cells: holder → its cells (lot, area), each once.
        unpriced: number of contracts of which no price is published.
        worth: the sum of the known prices, exactly; in whole pounds where a rule divided them.
        worth_most: the same with the whole of the shared ones.
    """

    key: tuple[str, ...]
    contracts: tuple[Contract, ...]
    lines: tuple[Line, ...]
    known: Mapping[str, tuple[float, ...]]
    shared: tuple[SharedPrice, ...]
    counts: Mapping[str, tuple[Contract, ...]]
    cells: Mapping[str, frozenset[tuple[str, str]]]
    unpriced: int
    worth: Money
    worth_most: Money

    @property
    def sizes(self) -> "SliceSizes":
        """How many contracts, cells and priced lines lie in the slice."""
        cells: frozenset[tuple[str, str]] = frozenset().union(*self.cells.values())
        return SliceSizes(len(self.contracts), len(cells), len(self.lines))

    def ids(self, basis: str) -> list[str]:
        """Return the addresses that a figure of the slice rests on."""
        lines = [award_iri(line.id) for line in self.lines] if basis == "value" else []
        return lines + [contract_iri(c.reference) for c in self.contracts]

    def amounts(self, basis: str) -> dict[str, float]:
        """Return holder → what it has for certain on a basis: pounds, contracts or cells."""
        if basis == "value":
            return {holder: sum(prices) for holder, prices in self.known.items()}
        held: Mapping[str, tuple[Contract, ...] | frozenset[tuple[str, str]]]
        held = self.counts if basis == "contracts" else self.cells
        return {holder: float(len(of)) for holder, of in held.items()}

    def blocks(self, basis: str) -> dict[str, list[float]]:
        """Return holder → the sizes of its priced lines or contracts, for the floor of an HHI.

        On the basis of areas a cell counts with the first of the holder's contracts in it.
        """
        if basis == "value":
            return {holder: list(prices) for holder, prices in self.known.items()}
        if basis == "contracts":
            return {holder: [1.0] * len(of) for holder, of in self.counts.items()}
        found: dict[str, list[float]] = {}
        for holder, of in self.counts.items():
            seen: set[tuple[str, str]] = set()
            for contract in of:
                cells = {(contract.lot, a) for a in areas_of(contract)} & self.cells[holder] - seen
                seen |= cells
                found.setdefault(holder, []).append(float(len(cells)))
        return found


@dataclass(slots=True)
class _Parts:
    """A slice while it is put together."""

    contracts: dict[str, Contract] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    known: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    shared: list[SharedPrice] = field(default_factory=list)
    counts: dict[str, dict[str, Contract]] = field(default_factory=lambda: defaultdict(dict))
    cells: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    worth: Money = 0
    open: Money = 0
    divided: float = 0.0


def build_slices(
    market: Market,
    filters: Filters,
    by: Sequence[str],
    of: str = "provider",
    *,
    split: str | None = None,
    populations: Mapping[str, float] | None = None,
    commissioners: Mapping[str, str] | None = None,
) -> tuple[Slice, ...]:
    """Return the slices of the part of the market that the filters let through.

    Args:
        market: all lines and contracts.
        filters: the part asked for.
        by: sides to cut along, keys of `LABELS`; empty for one slice of all.
        of: side whose things are the holders, a key of `LABELS`.
        split: `equal` or `population` to divide each price over its areas by that rule (and
            within an area equally over its contracts); None leaves it undivided.
        populations: area → people, for the split by population.
        commissioners: round → organisation that commissioned it, for the side `commissioner`.

    Returns:
        The slices, in order of key.

    Raises:
        BadParameter: no such split.
        EmptyMarket: no contract lies inside the filters.
    """
    if split is not None and split not in SPLITS:
        raise BadParameter(f"--split {split}: choose equal or population")
    contracts = select_contracts(market, filters)
    if not contracts:
        raise EmptyMarket(NOTHING_INSIDE)
    sides = [_side(market, name, commissioners or {}) for name in by]
    holder_of = _side(market, of, commissioners or {})
    parts: dict[tuple[str, ...], _Parts] = defaultdict(_Parts)
    for contract in contracts:
        for area in areas_of(contract, filters.areas):
            part = parts[tuple(side(contract, area) for side in sides)]
            holder = holder_of(contract, area)
            part.contracts[contract.reference] = contract
            part.counts[holder][contract.reference] = contract
            part.cells[holder].add((contract.lot, area))
    inside = {c.reference for c in contracts}
    for line in market.lines:
        pairs = [(c, a) for c in line.contracts for a in areas_of(c)]
        here: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
        for contract, area in pairs:
            if contract.reference in inside and (not filters.areas or area in filters.areas):
                here[tuple(side(contract, area) for side in sides)].append((contract, area))
        for key, mine in here.items():
            holder = holder_of(*mine[0])
            parts[key].lines.append(line)
            if split is not None:
                part_of = _split_line(line, pairs, mine, split, populations)
                parts[key].known[holder].append(part_of)
                parts[key].divided += part_of
            elif len(mine) == len(pairs):
                parts[key].known[holder].append(to_amount(line.value))
                parts[key].worth += line.value
            else:
                parts[key].shared.append(SharedPrice(holder, to_amount(line.value)))
                parts[key].open += line.value
    return tuple(_close(key, parts[key]) for key in sorted(parts))


def areas_of(contract: Contract, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the areas of a contract among those wanted (all when empty); `""` where unknown."""
    return tuple(a for a in contract.areas or ("",) if not wanted or a in wanted)


def label_key(market: Market, by: Sequence[str], key: Sequence[str]) -> str:
    """Return a slice's name as people read it, its sides joined by commas."""
    names = [
        market.label(LABELS[side][0], id_) or "unknown" for side, id_ in zip(by, key, strict=True)
    ]
    return ", ".join(names) or "all"


def check_choice(option: str, value: str, choices: Iterable[str]) -> str:
    """Return a value that is one of the choices.

    Raises:
        BadParameter: it is not; the message lists them.

    >>> check_choice("--of", "kind", ["provider", "kind"])
    'kind'
    """
    known = list(choices)
    if value not in known:
        raise BadParameter(f"{option} {value}: choose one of {', '.join(known)}")
    return value


def check_bases(value: str) -> tuple[str, ...]:
    """Return the bases that a text names: one of `BASES`, or `all`.

    Raises:
        BadParameter: no such basis.

    >>> check_bases("all")
    ('value', 'contracts', 'areas')
    """
    return BASES if check_choice("--basis", value, (*BASES, "all")) == "all" else (value,)


def check_sides(value: str, choices: Sequence[str]) -> tuple[str, ...]:
    """Return the sides that a text such as `lot,region` names; none for `all`.

    Raises:
        BadParameter: an unknown side, or one named twice.

    >>> check_sides("lot,region", ["lot", "region"]), check_sides("all", ["lot"])
    (('lot', 'region'), ())
    """
    if value == "all":
        return ()
    sides = tuple(name.strip() for name in value.split(","))
    for name in sides:
        if name not in choices or sides.count(name) > 1:
            raise BadParameter(
                f"--by {value}: name all, or some of {', '.join(choices)}, each once, "
                "joined by commas"
            )
    return sides


def _side(
    market: Market, name: str, commissioners: Mapping[str, str]
) -> Callable[[Contract, str], str]:
    if name == "area":
        return lambda _, area: area
    if name == "provider":
        return lambda contract, _: contract.lead
    if name == "commissioner":
        return lambda contract, _: commissioners.get(contract.round, "")
    if name in ("group", "kind"):
        named = {id_: str(getattr(holder, name)) for id_, holder in market.holders.items()}
        return lambda contract, _: named.get(contract.lead, contract.lead)
    return lambda contract, _: str(getattr(contract, name))


def _split_line(
    line: Line,
    pairs: Sequence[Pair],
    mine: Sequence[Pair],
    split: str,
    populations: Mapping[str, float] | None,
) -> float:
    """Return the part of a line's price that a rule gives to some of its contracts' areas."""
    contracts: dict[str, int] = defaultdict(int)
    for _, area in pairs:
        contracts[area] += 1
    parts = split_amount(to_amount(line.value), sorted(contracts), split, populations)
    return sum(parts[area] / contracts[area] for _, area in mine)


def _close(key: tuple[str, ...], part: _Parts) -> Slice:
    priced = {c.reference for line in part.lines for c in line.contracts}
    return Slice(
        key=key,
        contracts=tuple(part.contracts.values()),
        lines=tuple(part.lines),
        known={holder: tuple(prices) for holder, prices in part.known.items()},
        shared=tuple(part.shared),
        counts={holder: tuple(of.values()) for holder, of in part.counts.items()},
        cells={holder: frozenset(of) for holder, of in part.cells.items()},
        unpriced=sum(1 for reference in part.contracts if reference not in priced),
        worth=part.worth + round(part.divided),
        worth_most=part.worth + part.open + round(part.divided),
    )

"""The report `dependency`: how much a place, lot or provider rests on its largest other side."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rehabgraph.queries.facts import read_market
from rehabgraph.queries.intervals import Interval, measure_share_intervals
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.concentration import measure_largest_share
from rehabgraph.queries.market_reports.frame import (
    build_report,
    name_ids,
    note_split,
    read_commissioners,
    read_populations,
)
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.slices import (
    HOLDERS,
    LABELS,
    Slice,
    build_slices,
    check_bases,
    check_choice,
)

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

PLACES = ("region", "area", "lot")
PROVIDER_RESTS_ON = ("lot", "region", "commissioner")
_ORDER = {LABELS[name][1]: place for place, name in enumerate(PROVIDER_RESTS_ON)}
METHOD = (
    "The share of the largest holder in what the region, area or lot has; for a provider, that of "
    "its largest lot, region and commissioner in what it leads. Value takes announced prices, "
    "contracts counts references, areas counts lot × area cells."
)


def report_dependency(
    graph: "Graph",
    filters: Filters,
    *,
    by: str = "region",
    of: str = "provider",
    basis: str = "all",
    matrix: bool = False,
    split: str | None = None,
) -> Report:
    """Return how much each region, area, lot or provider rests on its largest counterpart.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        by: who rests: `region`, `area`, `lot`, or `provider`.
        of: on whom a place or lot rests: `provider`, `group` or `kind`; and, for `provider`,
            what the provider is taken as.
        basis: `value`, `contracts`, `areas`, or `all`.
        matrix: every pair, for a heat matrix, instead of the largest alone.
        split: `equal` or `population` to divide prices by that rule.

    Raises:
        BadParameter: an option has no such value.
        EmptyMarket: no contract lies inside the filters.
    """
    check_choice("--by", by, (*PLACES, "provider"))
    check_choice("--of", of, HOLDERS)
    bases = check_bases(basis)
    market = read_market(graph.store, filters.rounds)
    commissioners, labels = read_commissioners(graph.store)
    people = read_populations(graph.store) if split == "population" else None
    dependent = of if by == "provider" else by
    rows: list[dict[str, Any]] = []
    for other in PROVIDER_RESTS_ON if by == "provider" else (of,):
        slices = build_slices(
            market,
            filters,
            (dependent,),
            other,
            split=split,
            populations=people,
            commissioners=commissioners,
        )
        names = {**market.labels, **labels}
        for part in slices:
            for name in bases:
                sides = (dependent, other)
                rows += (
                    pair_rows(part, name, sides, names)
                    if matrix
                    else largest_rows(part, name, sides, names)
                )
    rows.sort(key=lambda r: (_ORDER.get(r["on"], 0), bases.index(r["basis"])))
    uncertain = any(r["share"] is None and r["share_low"] is not None for r in rows)
    return build_report(
        graph,
        market,
        filters,
        name="dependency",
        title=f"What each {_word(dependent)} rests on",
        columns=_columns(dependent, uncertain=uncertain, matrix=matrix),
        rows=rows,
        method=METHOD,
        own={"by": by, "of": of, "basis": basis, "matrix": matrix, "split": split},
        notes=[*note_split(split), *_notes(by, rows, uncertain=uncertain)],
        split=split,
    )


def largest_rows(
    part: Slice, basis: str, sides: tuple[str, str], labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the row of a slice's largest counterpart on a basis; a list of one."""
    shares = measure_shares_of(part, basis)
    row = _start(part, basis, sides, labels)
    row |= {"largest": None, "share": None, "share_low": None, "share_high": None}
    row |= {"counterparts": len(shares) or None}
    if not shares:
        return [row]
    amounts, shared = part.amounts(basis), part.shared if basis == "value" else ()
    low, high = measure_largest_share(amounts, shared)
    least = max(share.low for share in shares.values())
    leading = [name for name, share in shares.items() if share.high >= least]
    exact = not shared or len(shares) == 1
    if exact:
        leading = [name for name in leading if shares[name].low == least]
        row |= {"share": low}
    row |= {"share_low": low, "share_high": high}
    row["largest"] = " or ".join(sorted(_label(labels, sides[1], name) for name in leading))
    row["ids"] = [i for name in sorted(leading) for i in _ids(part, basis, name)] or row["ids"]
    return [row]


def pair_rows(
    part: Slice, basis: str, sides: tuple[str, str], labels: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a row for each counterpart of a slice on a basis, largest first."""
    shares = measure_shares_of(part, basis)
    exact = basis != "value" or not part.shared or len(shares) == 1
    rows = []
    for name, share in sorted(shares.items(), key=lambda item: (-item[1].high, item[0])):
        row = _start(part, basis, sides, labels)
        row |= {
            "id": f"{row['id']}:{name}",
            "counterpart": _label(labels, sides[1], name),
            "share": share.low if exact else None,
            "share_low": share.low,
            "share_high": share.high,
            "ids": _ids(part, basis, name),
        }
        rows.append(row)
    return rows


def measure_shares_of(part: Slice, basis: str) -> dict[str, Interval]:
    """Return the interval of each counterpart's share of a slice, in percent; empty if unknown."""
    amounts = {name: amount for name, amount in part.amounts(basis).items() if amount}
    shared = [p for p in part.shared if p.amount] if basis == "value" else []
    return measure_share_intervals(amounts, shared) if amounts or shared else {}


def _start(
    part: Slice, basis: str, sides: tuple[str, str], labels: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "id": f"{part.key[0]}:{sides[1]}:{basis}",
        "name": _label(labels, sides[0], part.key[0]),
        "on": LABELS[sides[1]][1],
        "basis": basis,
        "ids": name_ids((), part.contracts),
    }


def _ids(part: Slice, basis: str, name: str) -> list[str]:
    of = part.counts.get(name, ())
    mine = {c.reference for c in of}
    lines = [line for line in part.lines if any(c.reference in mine for c in line.contracts)]
    return name_ids(lines if basis == "value" else (), of)


def _label(labels: Mapping[str, str], side: str, id_: str) -> str:
    return labels.get(f"{LABELS[side][0]}/{id_}", id_) or "unknown"


def _word(side: str) -> str:
    return LABELS[side][1][0].lower() + LABELS[side][1][1:]


def _columns(dependent: str, *, uncertain: bool, matrix: bool) -> Sequence[Column]:
    share = [Column("share", "Share", "number", "percent")]
    if uncertain:
        share.append(Column("share_low", "Share, least", "number", "percent"))
        share.append(Column("share_high", "Share, most", "number", "percent"))
    if matrix:
        rest = [Column("counterpart", "Counterpart"), *share]
    else:
        rest = [Column("largest", "Largest"), *share]
        rest.append(Column("counterparts", "Of how many", "integer"))
    first = (Column("name", LABELS[dependent][1]), Column("on", "Rests on"))
    return (*first, Column("basis", "Basis"), *rest)


def _notes(by: str, rows: Iterable[Mapping[str, Any]], *, uncertain: bool) -> Iterable[str]:
    if uncertain:
        yield (
            "Where a price lies only partly inside, a share is the least and the most over all "
            "its possible splits; where several could then be the largest, all are named."
        )
    if any(r["share_high"] is None for r in rows):
        yield "Where no price is published the share of value is unknown."
    if by == "provider":
        yield (
            "These are the contracts of this graph alone: a provider's other income is not in it, "
            "so it may rest less on a lot, region or commissioner than the row says."
        )
        yield "The commissioner is that of the round; joint commissioners are not counted again."
    else:
        yield "Leads alone are counted: several leads can rest on one subcontractor."

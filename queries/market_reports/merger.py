"""The report `merger`: the HHI before and after providers become one, cell by cell."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, UnknownName
from rehabgraph.queries.bands import Bands, read_bands
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.intervals import Interval, SharedPrice, measure_hhi_interval
from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.market_reports.concentration import name_band
from rehabgraph.queries.market_reports.frame import build_report
from rehabgraph.queries.merger import measure_merger
from rehabgraph.queries.report import Column, Report, join_names
from rehabgraph.queries.slices import Slice, build_slices, check_bases, check_choice, label_key

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

CELL = ("lot", "region")
METHOD = (
    "The parties' amounts become one holder's and nothing else changes. The rise of the HHI is "
    "2 × the product of the parties' percentage shares, summed over each pair. One row for the "
    "market as a whole, and one for each lot in a region where two parties or more hold something."
)


def report_merger(
    graph: "Graph",
    filters: Filters,
    *,
    parties: str = "",
    of: str = "provider",
    basis: str = "all",
    bands: str | None = None,
) -> Report:
    """Return the HHI before and after providers become one, overall and in each lot and region.

    Args:
        graph: the graph.
        filters: the part of the market asked for.
        parties: two leads or more, by name or id, joined by commas.
        of: `provider`, or `group` for their whole corporate groups.
        basis: `value`, `contracts`, `areas` or `all`.
        bands: screens to hold the change against, such as `us-2023`; none without it.

    Raises:
        BadParameter: fewer than two parties, or a choice that is none.
        UnknownName: a party leads nothing inside the filters.
        EmptyMarket: no contract lies inside the filters.
    """
    check_choice("--of", of, ("provider", "group"))
    bases = check_bases(basis)
    screen = read_bands(bands) if bands else None
    market = read_market(graph.store, filters.rounds)
    whole = build_slices(market, filters, (), of)[0]
    merging = _resolve(graph, market, parties, of, whole)
    slices = [(("all lots and regions"), whole)]
    slices += [
        (label_key(market, CELL, part.key), part)
        for part in build_slices(market, filters, CELL, of)
        if len(merging & set(part.counts)) > 1
    ]
    rows = [
        {
            "id": f"{'/'.join(part.key) or 'all'}:{name}",
            "name": label,
            "basis": name,
            **measure_slice_merger(part, name, merging, screen),
            "ids": part.ids(name),
        }
        for label, part in slices
        for name in bases
    ]
    names = [market.label("organisation", party) for party in sorted(merging)]
    return build_report(
        graph,
        market,
        filters,
        name="merger",
        title=f"If {join_names(names)} were one",
        columns=_columns(rows, bands=screen is not None),
        rows=rows,
        method=METHOD,
        own={"parties": sorted(merging), "of": of, "basis": basis, "bands": bands},
        notes=_notes(rows, len(slices) == 1, screen),
    )


def measure_slice_merger(
    part: Slice, basis: str, parties: Iterable[str], bands: Bands | None = None
) -> dict[str, Any]:
    """Return the merger of the parties in one slice on one basis; None for what is unknown."""
    amounts = {name: x for name, x in part.amounts(basis).items() if x}
    shared = part.shared if basis == "value" else ()
    meeting = {*amounts, *(p.holder for p in shared)} & set(parties)
    names = ("share", "before", "after", "change")
    found: dict[str, Any] = dict.fromkeys(names)
    found |= dict.fromkeys(f"{name}_{end}" for name in names for end in ("low", "high"))
    found |= {"band_before": None, "band_after": None, "robust": None, "screen": None}
    if len(meeting) < 2:
        return found
    if not shared:
        m = measure_merger(amounts, meeting)
        for name, figure in zip(names, (m.share, m.before, m.after, m.change), strict=True):
            found |= {name: figure, f"{name}_low": figure, f"{name}_high": figure}
    else:
        found |= _intervals(amounts, shared, meeting)
    if bands is not None:
        found |= _screen(found, bands)
    return found


def measure_change_interval(
    first: tuple[float, float], second: tuple[float, float], others: tuple[float, float]
) -> Interval:
    """Return the least and the most that 2·s(a)·s(b) can be, in points of the HHI.

    With a and b the amounts of the parties and c that of all others, the change is
    20,000·a·b/(a + b + c)². It falls with c. In a it rises up to b + c and falls after, and the
    same for b: so it is least at a corner, and largest at a corner or where one amount, held to
    its limits, is the other plus c.

    Args:
        first: least and most of one party's amount.
        second: least and most of the other's.
        others: least and most of the sum of all others.

    >>> measure_change_interval((5, 5), (4, 4), (91, 91))
    Interval(low=40.0, high=40.0, exact=True, may_be_empty=False)
    """

    def change(a: float, b: float, c: float) -> float:
        return 20_000 * a * b / (a + b + c) ** 2 if a and b else 0.0

    def hold(x: float, ends: tuple[float, float]) -> float:
        return min(max(x, ends[0]), ends[1])

    low, high = others
    corners = [(a, b) for a in first for b in second]
    peaks = [(hold(b + low, first), b) for b in second]
    peaks += [(a, hold(a + low, second)) for a in first]
    return Interval(
        min(change(a, b, high) for a, b in corners),
        max(change(a, b, low) for a, b in [*corners, *peaks]),
    )


def _intervals(
    amounts: Mapping[str, float], shared: Sequence[SharedPrice], meeting: set[str]
) -> dict[str, Any]:
    """Return the intervals of a merger when prices lie only partly in the slice."""
    ends: dict[str, tuple[float, float]] = {name: (x, x) for name, x in amounts.items()}
    for holder, amount in shared:
        low, high = ends.get(holder, (0.0, 0.0))
        ends[holder] = (low, high + amount)
    before = measure_hhi_interval(amounts, shared)
    merged: dict[str, float] = {}
    for name, x in amounts.items():
        key = "the parties together" if name in meeting else name
        merged[key] = merged.get(key, 0.0) + x
    joined = [
        SharedPrice("the parties together" if p.holder in meeting else p.holder, p.amount)
        for p in shared
    ]
    after = measure_hhi_interval(merged, joined)
    own = [sum(ends[name][end] for name in meeting) for end in (0, 1)]
    rest = [sum(of[end] for name, of in ends.items() if name not in meeting) for end in (0, 1)]
    found: dict[str, Any] = {
        "share_low": 100 * own[0] / (own[0] + rest[1]) if own[0] else 0.0,
        "share_high": 100 * own[1] / (own[1] + rest[0]),
        "before_low": before.low,
        "before_high": before.high,
        "after_low": after.low,
        "after_high": after.high,
    }
    if len(meeting) == 2:
        first, second = (ends[name] for name in sorted(meeting))
        change = measure_change_interval(first, second, (rest[0], rest[1]))
        found |= {"change_low": change.low, "change_high": change.high}
    return found


def _screen(found: Mapping[str, Any], bands: Bands) -> dict[str, Any]:
    """Hold a merger against an authority's screens; `robust` when every split agrees."""
    before, sure_before = name_band(bands, Interval(found["before_low"], found["before_high"]))
    after, sure_after = name_band(bands, Interval(found["after_low"], found["after_high"]))
    screens: dict[str, Any] = {"band_before": before, "band_after": after}
    if found["change_low"] is None:
        return {**screens, "screen": None, "robust": False}
    ends = ("low", "high")
    flags = {
        bands.flags_change(found[f"after_{a}"], found[f"change_{c}"], found[f"share_{s}"])
        for a in ends
        for c in ends
        for s in ends
    }
    sure = len(flags) == 1
    screens["screen"] = flags.pop() if sure else None
    return {**screens, "robust": sure_before and sure_after and sure}


def _resolve(graph: "Graph", market: Market, text: str, of: str, whole: Slice) -> set[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    found = set()
    for name in names:
        id_ = graph.resolve(name, ("organisation",)).rsplit("/", 1)[-1]
        holder = market.holders.get(id_)
        party = holder.group if holder and of == "group" else id_
        if party not in whole.counts:
            raise UnknownName(f"{name!r} leads no contract inside these filters")
        found.add(party)
    if len(found) < 2:
        raise BadParameter(
            "merger needs two different parties or more: --parties A,B"
            + (" (these are one group already)" if len(names) > 1 else "")
        )
    return found


def _columns(rows: list[dict[str, Any]], *, bands: bool) -> list[Column]:
    uncertain = any(r["before"] is None and r["before_low"] is not None for r in rows)
    columns = [Column("name", "Lot and region"), Column("basis", "Basis")]
    for name, label, unit in (
        ("share", "Parties' share", "percent"),
        ("before", "HHI before", ""),
        ("after", "HHI after", ""),
        ("change", "Change", ""),
    ):
        columns.append(Column(name, label, "number", unit))
        if uncertain:
            columns.append(Column(f"{name}_low", f"{label}, least", "number", unit))
            columns.append(Column(f"{name}_high", f"{label}, most", "number", unit))
    if bands:
        columns += [
            Column("screen", "Above the authority's screen", "boolean"),
            Column("robust", "Robust", "boolean"),
            Column("band_before", "Band before"),
            Column("band_after", "Band after"),
        ]
    return columns


def _notes(rows: list[dict[str, Any]], apart: bool, bands: Bands | None) -> Iterable[str]:
    yield (
        "Arithmetic on public contracts: no view on any organisation, and no sign that these "
        "plan to merge. These contracts are already awarded; a merger would not move their prices."
    )
    if apart:
        yield "The parties meet in no lot of any region: there the HHI would not change."
    if any(r["before_low"] is not None and r["change_low"] is None for r in rows):
        yield "With three parties or more and unknown splits the change itself is not computed."
    elif any(r["before"] is None and r["before_low"] is not None for r in rows):
        yield "Where a price lies only partly inside: the least and the most over its splits."
    if bands is not None:
        yield (
            f"Screens: {bands.authority}, {bands.document} ({bands.published}). {bands.words} To "
            "lie above a screen is a reason to look, not a finding. Robust: all splits give one "
            "answer."
        )
        yield "The Competition and Markets Authority has applied no such threshold since 2021."

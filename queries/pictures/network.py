"""The network that a page draws: things, ties between them, and the rows behind the ties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.pictures.items import (
    NOT_LISTED,
    Evidence,
    Item,
    Totals,
    build_items,
    find_coverage,
    find_dates,
    find_sources,
    measure_totals,
    name_thing,
    without_date,
)
from rehabgraph.queries.pictures.links import Link
from rehabgraph.queries.pictures.matrix import find_gaps
from rehabgraph.queries.report import Coverage, SourceRef

NetworkKind = Literal[
    "delivery", "subcontractors", "partnerships", "policies", "lineage", "all", "other"
]


@dataclass(frozen=True, slots=True)
class Thing:
    """A node of the picture.

    Attributes:
        id: `organisation/…`, `region/…`, `area/…` or another `kind/id`.
        group: kind of an organisation, such as `charity`; empty for other things.
        layer: column it stands in, from the left; None where nothing gives an order.
        gap: why nothing leads to it, such as *not in this list*; empty for other things.
        parent: the region of an area.
        group_label: what the kind of an organisation is called; the market's label when empty.
    """

    id: str
    kind: str
    label: str
    aliases: tuple[str, ...] = ()
    group: str = ""
    layer: int | None = None
    gap: str = ""
    parent: str = ""
    group_label: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge of the picture; two things may have many.

    Attributes:
        kind: `line`, `contract`, `part` or another key of `Picture.tie_kinds`.
        item: id of the row that it stands for; empty for a tie that has no row.
    """

    id: str
    kind: str
    source: str
    target: str
    label: str = ""
    item: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A network ready to be drawn: what it shows, and what its page needs to filter it.

    Attributes:
        filters: the filters it was built under; its `as_of` is where the date control starts.
        totals: what the items add up to under these filters, the date included.
        coverage: how many items have a published price, all dates together.
        dates: where the date slider stops.
        links: the rows of a network whose table lists ties, not priced lines; then `items` is
            empty.
        notes: what a reader should know, for the foot of the page.
    """

    kind: NetworkKind
    title: str
    things: tuple[Thing, ...]
    ties: tuple[Tie, ...]
    items: tuple[Item, ...]
    tie_kinds: tuple[tuple[str, str], ...]
    market: Market
    filters: Filters
    totals: Totals
    coverage: Coverage
    sources: tuple[SourceRef, ...]
    dates: tuple[date, ...] = ()
    gaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


def build_network(
    market: Market,
    filters: Filters,
    evidence: Mapping[str, Evidence] | None = None,
    kind: NetworkKind = "delivery",
    *,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
    sources: Sequence[SourceRef] = (),
) -> Picture:
    """Return who delivers what where: lead providers, regions and their areas.

    Args:
        market: all lines and contracts.
        filters: what part of it is asked for; the page can narrow it further, and holds the
            contracts of all dates.
        evidence: `award/<id>` or `contract/<reference>` → its evidence.
        kind: which network; only `delivery` is made from the market alone.
        aliases: `kind/id` → other names to find it by.
        sources: fuller records of the sources that the evidence names, for the caption.

    Raises:
        BadParameter: no network of this kind is made here.
    """
    if kind != "delivery":
        raise BadParameter(f"network {kind!r}: not made from the market; use 'delivery'")
    evidence = evidence or {}
    items = build_items(market, without_date(filters), evidence)
    gaps = find_gaps(market, filters)
    things = _find_things(market, filters, items, aliases or {})
    return Picture(
        kind=kind,
        title="Who delivers probation rehabilitation services, and where",
        things=things,
        ties=_find_ties(market, items, things),
        items=items,
        tie_kinds=_name_ties(items),
        market=market,
        filters=filters,
        totals=measure_totals(build_items(market, filters, evidence)),
        coverage=find_coverage(items, sources),
        sources=find_sources(items, sources),
        dates=find_dates(items),
        gaps=gaps,
    )


def _find_things(
    market: Market, filters: Filters, items: Sequence[Item], aliases: Mapping[str, tuple[str, ...]]
) -> tuple[Thing, ...]:
    things = []
    for lead in dict.fromkeys(i.lead for i in items):
        id_ = f"organisation/{lead}"
        label = name_thing(market, "organisation", lead)
        printed = tuple(i.name_as_printed for i in items if i.lead == lead and i.name_as_printed)
        names = dict.fromkeys((*aliases.get(id_, ()), *printed))
        holder = market.holders.get(lead)
        group = holder.kind if holder else ""
        others = tuple(n for n in names if n != label)
        things.append(Thing(id_, "organisation", label, others, group, layer=0))
    served = {i.region for i in items}
    listed = {c.region for c in market.contracts if c.round in filters.rounds or not filters.rounds}
    for region, areas in market.region_areas.items():
        is_gap = region not in listed and (not filters.regions or region in filters.regions)
        if region not in served and not is_gap:
            continue
        id_ = f"region/{region}"
        gap = NOT_LISTED if is_gap else ""
        others = aliases.get(id_, ())
        things.append(
            Thing(id_, "region", name_thing(market, "region", region), others, "", 1, gap)
        )
        for area in areas:
            other = aliases.get(f"area/{area}", ())
            label = name_thing(market, "area", area)
            things.append(Thing(f"area/{area}", "area", label, other, "", 2, gap, id_))
    return tuple(things)


def _find_ties(market: Market, items: Sequence[Item], things: Sequence[Thing]) -> tuple[Tie, ...]:
    ties = [
        Tie(
            id=item.id,
            kind="line" if item.value is not None else "contract",
            source=f"organisation/{item.lead}",
            target=f"region/{item.region}",
            label=name_thing(market, "lot", item.lot),
            item=item.id,
            lot=item.lot,
        )
        for item in items
    ]
    ties += [
        Tie(f"part/{t.id}", "part", t.parent, t.id, "area of this region")
        for t in things
        if t.kind == "area"
    ]
    return tuple(ties)


def _name_ties(items: Sequence[Item]) -> tuple[tuple[str, str], ...]:
    kinds = [("line", "Priced line: leads services in")]
    if any(i.value is None for i in items):
        kinds.append(("contract", "Contract without a published price"))
    return (*kinds, ("part", "Region and its areas"))

"""What the failure of organisations leaves in the part of the market asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rehabgraph.graph.errors import EmptyMarket, UnknownName
from rehabgraph.queries.intervals import measure_hhi_interval, measure_share_intervals
from rehabgraph.queries.market import (
    Contract,
    Filters,
    Market,
    Selected,
    select_contracts,
    select_lines,
)
from rehabgraph.queries.parts import MEMBER, ContractPart
from rehabgraph.queries.resilience import (
    Holding,
    Lead,
    measure_failure,
    measure_lost_cells,
    measure_regional_failure,
)
from rehabgraph.queries.slices import Slice, areas_of, build_slices


@dataclass(frozen=True, slots=True)
class Loss:
    """What fails and what it leaves.

    Attributes:
        failed: organisations that fail together.
        contracts: contracts that lose their lead.
        lines: priced lines that lose theirs.
        under: contracts of others that lose a partner.
        cells: cells left without a lead, (lot, area).
        weakened: cells that lose a lead and keep another.
        no_region: cells of `cells` in whose region nobody else leads anything.
        no_lot: cells in whose lot nobody else leads anywhere.
        no_lot_region: cells in whose lot nobody else leads in the region.
        exposed: subcontractor → (contracts under the failed, all contracts that list it).
        consortia: consortium that loses its lead's contracts → its members.
        weaker_consortia: consortium of others that loses a member → that member.
    """

    failed: tuple[str, ...]
    contracts: tuple[Contract, ...]
    lines: tuple[Selected, ...]
    under: tuple[Contract, ...]
    cells: tuple[tuple[str, str], ...]
    weakened: tuple[tuple[str, str], ...]
    no_region: tuple[tuple[str, str], ...]
    no_lot: tuple[tuple[str, str], ...]
    no_lot_region: tuple[tuple[str, str], ...]
    exposed: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    consortia: dict[str, tuple[str, ...]]
    weaker_consortia: dict[str, tuple[str, ...]]


def widen(ids: Sequence[str], market: Market, parts: Iterable[ContractPart]) -> tuple[str, ...]:
    """Return the organisations of the corporate groups of those given, the latter first."""
    group_of = {p.organisation: p.group for p in parts}
    group_of |= {id_: holder.group for id_, holder in market.holders.items()}
    wanted = {group_of.get(i, i) for i in ids}
    return tuple(dict.fromkeys([*ids, *sorted(i for i, g in group_of.items() if g in wanted)]))


def measure_loss(
    market: Market, filters: Filters, parts: Iterable[ContractPart], failed: Sequence[str]
) -> Loss:
    """Return what the failure of organisations leaves within the filters.

    Raises:
        UnknownName: none of them has a part in these contracts.
        EmptyMarket: no contract lies inside the filters.
    """
    gone = set(failed)
    inside = select_contracts(market, filters)
    if not inside:
        raise EmptyMarket("no contract lies inside these filters; widen them or change --as-of")
    led = tuple(c for c in inside if c.lead in gone)
    left = [c for c in inside if c.lead not in gone]
    references, lost_references = {c.reference for c in inside}, {c.reference for c in led}
    listed = [p for p in parts if p.contract in references]
    others = {c.reference: c for c in left}
    under = [others[p.contract] for p in listed if p.organisation in gone and p.contract in others]
    if not led and not under:
        names = ", ".join(market.label("organisation", i) for i in failed)
        raise UnknownName(
            f"{names}: no part in these contracts, so none of them would stop; widen the filters, "
            "or say --round all, to count others"
        )
    leads = [Lead(c.lead, c.lot, a) for c in inside for a in areas_of(c, filters.areas)]
    leading = gone & {c.lead for c in inside}
    lost = measure_lost_cells(leads, leading) if leading else None
    cells = lost.lost if lost else ()
    region = {a: c.region for c in led for a in areas_of(c)}
    regions, lots = {c.region for c in left}, {c.lot for c in left}
    both = {(c.lot, c.region) for c in left}
    work: dict[str, set[str]] = {}
    for p in listed:
        if p.organisation not in gone:
            work.setdefault(p.organisation, set()).add(p.contract)
    partners = {
        p.organisation
        for p in listed
        if p.contract in lost_references and p.role != "lead" and p.organisation not in gone
    }
    return Loss(
        failed=tuple(failed),
        contracts=led,
        lines=tuple(s for s in select_lines(market, filters) if s.line.lead in gone),
        under=tuple(dict.fromkeys(under)),
        cells=cells,
        weakened=lost.weakened if lost else (),
        no_region=tuple(c for c in cells if region[c[1]] not in regions),
        no_lot=tuple(c for c in cells if c[0] not in lots),
        no_lot_region=tuple(c for c in cells if (c[0], region[c[1]]) not in both),
        exposed={
            name: (tuple(sorted(work[name] & lost_references)), tuple(sorted(work[name])))
            for name in sorted(partners)
        },
        consortia=_consortia(listed, {c.reference: c.lead for c in led}, lambda _: True),
        weaker_consortia=_consortia(
            listed, {c.reference: c.lead for c in left}, lambda name: name in gone
        ),
    )


def measure_reallocation(
    market: Market, filters: Filters, failed: Sequence[str], basis: str, of: str = "provider"
) -> dict[str, Any]:
    """Return share, uplift and HHI of a failure on one basis; None for what cannot be known."""
    whole = build_slices(market, filters, (), of)[0]
    names: tuple[str, ...] = ("share", "share_low", "share_high", "uplift", "uplift_low")
    names += ("uplift_high",)
    names += ("hhi_before", "hhi_after", "hhi_after_region", "stranded")
    names += ("before_low", "before_high", "after_low", "after_high")
    found: dict[str, Any] = dict.fromkeys(names)
    gone = set(failed) if of == "provider" else {name_group(market, i) for i in failed}
    amounts = {name: x for name, x in whole.amounts(basis).items() if x}
    shared = whole.shared if basis == "value" else ()
    if not amounts and not shared:
        return found
    if shared:
        return found | _intervals(whole, gone)
    here = gone & set(amounts)
    if not here:
        return found | {"share": 0.0, "uplift": 0.0}
    regions = build_slices(market, filters, ("region",), of)
    holdings = [
        Holding(name, part.key[0], x) for part in regions for name, x in part.amounts(basis).items()
    ]
    try:
        f = measure_failure(amounts, here)
    except EmptyMarket:  # nobody is left to take over
        return found | {"share": 100.0, "stranded": sum(amounts.values())}
    found |= {"share": f.share, "uplift": f.uplift}
    found |= {"hhi_before": f.hhi_before, "hhi_after": f.hhi_after}
    r = measure_regional_failure(holdings, here)
    return found | {"hhi_after_region": r.hhi_after, "stranded": sum(r.stranded.values())}


def _consortia(
    listed: Iterable[ContractPart],
    leads: dict[str, str],
    wanted: Callable[[str], bool],
) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for p in listed:
        if p.role == MEMBER and p.contract in leads and wanted(p.organisation):
            found.setdefault(leads[p.contract], set()).add(p.organisation)
    return {lead: tuple(sorted(found[lead])) for lead in sorted(found)}


def _intervals(whole: Slice, gone: set[str]) -> dict[str, Any]:
    """Return what can be said on the basis of value when prices lie only partly inside."""
    amounts = whole.amounts("value")
    merged: dict[str, float] = {"failed": 0.0, "rest": 0.0}
    for name, x in amounts.items():
        merged["failed" if name in gone else "rest"] += x
    parts = [("failed" if p.holder in gone else "rest", p.amount) for p in whole.shared]
    share = measure_share_intervals(merged, parts)["failed"]
    before = measure_hhi_interval(amounts, whole.shared)
    found: dict[str, Any] = {
        "share_low": share.low,
        "share_high": share.high,
        "uplift_low": share.low / (100 - share.low) if share.low < 100 else None,
        "uplift_high": share.high / (100 - share.high) if share.high < 100 else None,
        "before_low": before.low,
        "before_high": before.high,
    }
    left = {name: x for name, x in amounts.items() if name not in gone}
    still = [p for p in whole.shared if p.holder not in gone]
    if any(left.values()) or still:
        after = measure_hhi_interval(left, still)
        found |= {"after_low": after.low, "after_high": after.high}
    return found


def name_group(market: Market, id_: str) -> str:
    """Return the corporate group of a lead; itself where it is none."""
    holder = market.holders.get(id_)
    return holder.group if holder else id_

"""The report `partnerships`: who is tied to whom, how, and on what evidence."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.cooccurrence import Cooccurrence, measure_cooccurrence
from rehabgraph.queries.facts import PREFIXES, contract_iri, read_market
from rehabgraph.queries.large.engine import choose_facts
from rehabgraph.queries.market import Contract, Filters, Market, select_contracts
from rehabgraph.queries.market_reports.frame import build_report
from rehabgraph.queries.market_reports.partnership_tables import (
    DUAL,
    OWNERSHIP,
    PAIRS,
    PARTNERS,
    SAME_AREA,
    SHARED,
    TIE_KINDS,
    TIES,
    list_dual,
    list_pairs,
    list_partners,
    list_shared,
    list_ties,
)
from rehabgraph.queries.partnerships import Part, Tie, measure_ties
from rehabgraph.queries.parts import ContractPart, keep_closest, part_iri, read_parts
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.slices import areas_of, check_choice

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

SHOWS = ("ties", "partners", "subcontractors", "dual", "pairs")
METHOD = (
    "A tie joins two organisations that have a part in one contract (lead and subcontractor, named "
    "partner or consortium member; or co-delivery, both under a lead), that are parties of one "
    "agreement, that lead in the same area, or that belong to one corporate group."
)
PARTIES = (
    PREFIXES
    + """SELECT ?party ?agreement ?organisation ?name ?role WHERE {
  ?party a rg:Party ; rg:agreement ?agreement ; rg:organisation ?organisation ; rg:role ?as .
  ?organisation rdfs:label ?name . ?as skos:notation ?role
} ORDER BY ?party"""
)
GROUPS = (
    PREFIXES
    + """SELECT ?organisation ?name ?group ?group_name ?relation WHERE {
  ?organisation rg:group ?group ; rg:parent ?parent ; rdfs:label ?name .
  ?group rdfs:label ?group_name .
  ?relation a rg:Relation ; rg:subject ?organisation ; rg:object ?parent .
} ORDER BY ?organisation ?relation"""
)


def report_partnerships(
    graph: "Graph", filters: Filters, show: str = "ties", tie: str | None = None
) -> Report:
    """Return the ties between organisations, or what follows from them.

    Args:
        graph: the graph.
        filters: the part of the market asked for; agreements and groups are left out as soon as
            it is narrowed by lot, place, provider or kind.
        show: `ties`; `partners`, who works with whom most; `subcontractors` that serve several
            leads; `dual`, leads that are subcontractors elsewhere; `pairs`, whether two leads
            serve the same areas more often than chance would have it.
        tie: only ties of this kind.

    Raises:
        BadParameter: a choice that is none, or `tie` with another table than the ties.
    """
    check_choice("--show", show, SHOWS)
    if tie is not None:
        check_choice("--tie", tie, TIE_KINDS)
        if show != "ties":
            raise BadParameter("--tie narrows the ties alone; leave --show out")
    market = read_market(graph.store, filters.rounds)
    contracts = select_contracts(market, filters)
    references = {c.reference for c in contracts}
    listed = [p for p in read_parts(graph.store, filters.rounds) if p.contract in references]
    names = {p.organisation: p.name for p in listed}
    found: Cooccurrence | None = None
    rows: list[dict[str, Any]]
    columns: tuple[Column, ...]
    if show == "pairs":
        found = measure_pairs(market, filters, contracts)
        rows, columns = list_pairs(market, found, contracts), PAIRS
    elif show == "dual":
        rows, columns = list_dual(listed, names), DUAL
    elif show == "subcontractors":
        rows, columns = list_shared(listed, names), SHARED
    else:
        ties = find_ties(graph.store, filters, listed, names)
        if show == "partners":
            rows, columns = list_partners(ties, names), PARTNERS
        else:
            if tie in (None, SAME_AREA):
                ties += _same_area(contracts, filters)
            if tie in (None, OWNERSHIP) and is_open(filters):
                ties += find_ownership(graph.store, names)
            rows, columns = list_ties(ties, names, listed), TIES
            rows = [r for r in rows if tie in (None, r["kind"])]
    return build_report(
        graph,
        market,
        filters,
        name="partnerships",
        title=_TITLES[show],
        columns=columns,
        rows=rows,
        method=METHOD,
        own={"show": show, "tie": tie},
        notes=_notes(show, found, listed, len(references)),
    )


def find_ties(
    store: "Store", filters: Filters, listed: Iterable[ContractPart], names: dict[str, str]
) -> list[Tie]:
    """Return the ties of contracts and agreements; `names` learns the parties' names.

    An organisation in two parts of one contract has one tie there, by the part closest to the
    lead.
    """
    parts: list[Part] = []
    known: list[Tie] = []
    if (facts := choose_facts(store).facts) is not None:
        from rehabgraph.queries.large.ties import read_large_ties

        known = read_large_ties(facts, {p.contract for p in listed})
    else:
        parts = [
            Part(of, organisation, mine[0].role, "|".join(part_iri(p.id) for p in mine))
            for (of, organisation), mine in keep_closest(listed).items()
        ]
    if is_open(filters):
        for row in store.select(PARTIES):
            names.setdefault(row["organisation"].id, str(row["name"]))
            role = str(row["role"])
            id_ = row["organisation"].id
            parts.append(Part(row["agreement"].short, id_, role, str(row["party"])))
    return join_ties([*known, *measure_ties(parts)])


def join_ties(ties: Iterable[Tie]) -> list[Tie]:
    """Return ties with those of one pair, kind and role made one, in order.

    >>> one, other = (Tie("a", "b", "agreement", "party", (i,), ()) for i in ("y", "x"))
    >>> join_ties([one, other])[0].ids
    ('x', 'y')
    """
    found: dict[tuple[str, str, str, str], Tie] = {}
    for tie in ties:
        key = (tie.source, tie.target, tie.kind, tie.role)
        if held := found.get(key):
            ids, evidence = {*held.ids, *tie.ids}, {*held.evidence, *tie.evidence}
            tie = Tie(*key, tuple(sorted(ids)), tuple(sorted(evidence)))  # noqa: PLW2901
        found[key] = tie
    return [found[key] for key in sorted(found)]


def measure_pairs(market: Market, filters: Filters, contracts: Iterable[Contract]) -> Cooccurrence:
    """Return how often each pair of leads serves the same areas, beside chance."""
    served: dict[str, set[str]] = defaultdict(set)
    for c in contracts:
        served[c.lead] |= set(areas_of(c, filters.areas)) - {""}
    areas = [
        area
        for region, of in market.region_areas.items()
        for area in of
        if (not filters.regions or region in filters.regions)
        and (not filters.areas or area in filters.areas)
    ]
    let = {area for of in served.values() for area in of}
    regions = {r for r, of in market.region_areas.items() if let & set(of)}
    every = [a for r in regions for a in market.region_areas[r] if a in areas]
    return measure_cooccurrence(served, every)


def is_open(filters: Filters) -> bool:
    """Say whether the market is not narrowed: only then do agreements and groups belong to it."""
    return not (
        filters.lots or filters.regions or filters.areas or filters.providers or filters.kinds
    )


def _same_area(contracts: Iterable[Contract], filters: Filters) -> list[Tie]:
    """Return a tie for each two leads that serve an area at the same time."""
    by_area: dict[str, list[Contract]] = defaultdict(list)
    for c in contracts:
        for area in areas_of(c, filters.areas):
            by_area[area].append(c)
    areas: dict[tuple[str, str], set[str]] = defaultdict(set)
    evidence: dict[tuple[str, str], set[str]] = defaultdict(set)
    for area, of in by_area.items():
        for one, other in combinations(of, 2):
            if area and one.lead != other.lead and _overlap(one, other):
                pair = (min(one.lead, other.lead), max(one.lead, other.lead))
                areas[pair].add(area)
                evidence[pair] |= {contract_iri(one.reference), contract_iri(other.reference)}
    return [
        Tie(
            *pair,
            SAME_AREA,
            "lead / lead",
            tuple(sorted(areas[pair])),
            tuple(sorted(evidence[pair])),
        )
        for pair in sorted(areas)
    ]


def _overlap(one: Contract, other: Contract) -> bool:
    first_ends_early = one.end is not None and other.start is not None and one.end < other.start
    other_ends_early = other.end is not None and one.start is not None and other.end < one.start
    return not first_ends_early and not other_ends_early


def find_ownership(store: "Store", names: dict[str, str]) -> list[Tie]:
    """Return a tie for each two organisations of one corporate group."""
    members: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in store.select(GROUPS):
        group, id_ = row["group"].id, row["organisation"].id
        names.setdefault(id_, str(row["name"]))
        names.setdefault(group, str(row["group_name"]))
        members[group][id_].add(str(row["relation"]))
        members[group].setdefault(group, set())
    found = []
    for group, of in sorted(members.items()):
        for one, other in combinations(sorted(of), 2):
            evidence = tuple(sorted(of[one] | of[other]))
            found.append(
                Tie(one, other, OWNERSHIP, "one group", (f"organisation/{group}",), evidence)
            )
    return found


_TITLES = {
    "ties": "Ties between organisations",
    "partners": "Who works with whom most",
    "subcontractors": "Subcontractors of several leads",
    "dual": "Leads that are subcontractors elsewhere",
    "pairs": "Leads that serve the same areas, beside chance",
}


def _notes(
    show: str, found: Cooccurrence | None, listed: list[ContractPart], contracts: int
) -> Iterable[str]:
    if found is not None:
        yield (
            "p is the chance of as many shared areas or more if areas were drawn blindly "
            f"(hypergeometric); adjusted by {found.correction}."
        )
        yield found.power
        yield "The buyer drew the lots by area and region: areas are not drawn blindly."
        return
    with_partner = len({p.contract for p in listed if p.role != "lead"})
    yield (
        f"{with_partner} of {contracts} contracts list a subcontractor or partner; no list is "
        "known to be complete, so no tie means that none is printed, not that there is none."
    )
    twice = {key for key, of in keep_closest(listed).items() if len(of) > 1}
    if twice and show in ("ties", "partners"):
        names = sorted({next(p.name for p in listed if p.organisation == o) for _, o in twice})
        yield (
            f"{', '.join(names)}: named as member or partner and listed as subcontractor of the "
            "same contracts too; each such tie counts once, by the closer part."
        )
    if show == "ties":
        yield "A tie says nothing of how closely two organisations work or what either is paid."

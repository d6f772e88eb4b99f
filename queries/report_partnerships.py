"""The report `partnerships`: who is tied to whom, how, and on what evidence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.cooccurrence import Cooccurrence, measure_cooccurrence
from rehabgraph.queries.facts import PREFIXES, contract_iri, read_market
from rehabgraph.queries.market import Contract, Filters, Market, select_contracts
from rehabgraph.queries.partnerships import (
    Part,
    Tie,
    measure_dual_roles,
    measure_partners,
    measure_shared_subcontractors,
    measure_ties,
)
from rehabgraph.queries.parts import ContractPart, keep_closest, part_iri, read_parts
from rehabgraph.queries.report import Column, Report
from rehabgraph.queries.report_frame import build_report
from rehabgraph.queries.slices import areas_of, check_choice

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

SHOWS = ("ties", "partners", "subcontractors", "dual", "pairs")
SAME_AREA, OWNERSHIP = "same-area", "common-ownership"
TIE_KINDS = (
    "lead-subcontractor", "lead-partner", "consortium", "co-delivery", "agreement",
    SAME_AREA, OWNERSHIP,
)  # fmt: skip
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
        rows, columns = _pair_rows(market, found, contracts), _PAIRS
    elif show == "dual":
        rows, columns = _dual_rows(listed, names), _DUAL
    elif show == "subcontractors":
        rows, columns = _shared_rows(listed, names), _SHARED
    else:
        ties = find_ties(graph.store, filters, listed, names)
        if show == "partners":
            rows, columns = _partner_rows(ties, names), _PARTNERS
        else:
            ties = [*ties, *_same_area(contracts, filters)]
            ties += _ownership(graph.store, names) if _is_open(filters) else []
            rows, columns = _tie_rows(ties, names, listed), _TIES
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
    parts = [
        Part(of, organisation, mine[0].role, "|".join(part_iri(p.id) for p in mine))
        for (of, organisation), mine in keep_closest(listed).items()
    ]
    if _is_open(filters):
        for row in store.select(PARTIES):
            names.setdefault(row["organisation"].id, str(row["name"]))
            role = str(row["role"])
            id_ = row["organisation"].id
            parts.append(Part(row["agreement"].short, id_, role, str(row["party"])))
    return list(measure_ties(parts))


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


def _is_open(filters: Filters) -> bool:
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


def _ownership(store: "Store", names: dict[str, str]) -> list[Tie]:
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


def _tie_rows(
    ties: Iterable[Tie], names: Mapping[str, str], listed: Iterable[ContractPart]
) -> list[dict[str, Any]]:
    parts = keep_closest(listed)
    rows: list[dict[str, Any]] = []
    for t in ties:
        also = {
            p.role
            for of in t.ids
            for end in (t.source, t.target)
            for p in parts.get((of, end), [])[1:]
        }
        one, other = names.get(t.source, t.source), names.get(t.target, t.target)
        rows.append(
            {
                "id": f"{t.source}~{t.target}:{t.kind}:{t.role}",
                "name": f"{one} – {other}",
                "kind": t.kind,
                "role": t.role,
                "also": ", ".join(sorted(also)),
                "shared": len(t.ids),
                "where": ", ".join(t.ids),
                "ids": _evidence(t.evidence),
            }
        )
    rows.sort(key=lambda r: (TIE_KINDS.index(r["kind"]), -r["shared"], r["name"], r["role"]))
    return rows


def _evidence(evidence: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(i for e in evidence for i in e.split("|")))


def _partner_rows(ties: Iterable[Tie], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{p.first}~{p.second}",
            "name": f"{names.get(p.first, p.first)} – {names.get(p.second, p.second)}",
            "shared": p.shared,
            "kinds": ", ".join(p.kinds),
            "where": ", ".join(p.ids),
            "ids": _evidence(p.evidence),
        }
        for p in measure_partners(ties)
    ]


def _plain_parts(listed: Iterable[ContractPart]) -> list[Part]:
    return [Part(p.contract, p.organisation, p.role, part_iri(p.id)) for p in listed]


def _shared_rows(listed: list[ContractPart], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": s.organisation,
            "name": names.get(s.organisation, s.organisation),
            "leads": len(s.leads),
            "contracts": len(s.ids),
            "which": ", ".join(sorted(names.get(lead, lead) for lead in s.leads)),
            "ids": _evidence(s.evidence),
        }
        for s in measure_shared_subcontractors(measure_ties(_plain_parts(listed)))
    ]


def _dual_rows(listed: list[ContractPart], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "id": d.organisation,
            "name": names.get(d.organisation, d.organisation),
            "leading": len(d.leading),
            "under": len(d.under),
            "leads": ", ".join(sorted(names.get(lead, lead) for lead in d.leads)),
            "ids": _evidence(d.evidence),
        }
        for d in measure_dual_roles(_plain_parts(listed))
    ]


def _pair_rows(
    market: Market, found: Cooccurrence, contracts: Iterable[Contract]
) -> list[dict[str, Any]]:
    held: dict[str, list[Contract]] = defaultdict(list)
    for c in contracts:
        held[c.lead].append(c)
    rows = []
    for p in found.pairs:
        shared = set(p.shared)
        of = [c for c in (*held[p.first], *held[p.second]) if shared & set(c.areas)]
        ids = of or [*held[p.first], *held[p.second]]
        one, other = (market.label("organisation", i) for i in (p.first, p.second))
        rows.append(
            {
                "id": f"{p.first}~{p.second}",
                "name": f"{one} – {other}",
                "first_areas": p.first_areas,
                "second_areas": p.second_areas,
                "observed": p.observed,
                "expected": p.expected,
                "ratio": p.observed / p.expected,
                "p_value": p.p_value,
                "adjusted": p.adjusted,
                "significant": p.significant,
                "needed": _say(p.smallest_alone),
                "needed_alone": _say(p.smallest_corrected),
                "ids": [contract_iri(c.reference) for c in ids],
            }
        )
    return rows


def _say(overlap: int | None) -> str:
    return "no overlap" if overlap is None else f"from {overlap}"


_TITLES = {
    "ties": "Ties between organisations",
    "partners": "Who works with whom most",
    "subcontractors": "Subcontractors of several leads",
    "dual": "Leads that are subcontractors elsewhere",
    "pairs": "Leads that serve the same areas, beside chance",
}
_TIES = (
    Column("name", "Between"),
    Column("kind", "Kind of tie"),
    Column("shared", "Shared", "integer"),
    Column("role", "Role"),
    Column("also", "Also listed as"),
    Column("where", "Contracts, agreements or areas"),
)
_PARTNERS = (
    Column("name", "Between"),
    Column("shared", "Contracts and agreements", "integer"),
    Column("kinds", "Kinds of tie"),
    Column("where", "Which"),
)
_SHARED = (
    Column("name", "Subcontractor"),
    Column("leads", "Leads", "integer"),
    Column("contracts", "Contracts", "integer"),
    Column("which", "Which leads"),
)
_DUAL = (
    Column("name", "Organisation"),
    Column("leading", "Contracts led", "integer"),
    Column("under", "Listed as subcontractor in", "integer"),
    Column("leads", "Under"),
)
_PAIRS = (
    Column("name", "Between"),
    Column("observed", "Areas shared", "integer"),
    Column("expected", "By chance", "number"),
    Column("ratio", "Ratio", "number"),
    Column("p_value", "p", "number"),
    Column("adjusted", "p, adjusted", "number"),
    Column("significant", "Significant", "boolean"),
    Column("first_areas", "Areas of the first", "integer"),
    Column("second_areas", "Areas of the second", "integer"),
    Column("needed", "Would be alone"),
    Column("needed_alone", "Would be among all"),
)


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

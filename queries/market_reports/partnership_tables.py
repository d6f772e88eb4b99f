"""The tables of the report `partnerships`: rows, each with what it rests on, and columns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rehabgraph.queries.cooccurrence import Cooccurrence
from rehabgraph.queries.facts import contract_iri
from rehabgraph.queries.market import Contract, Market
from rehabgraph.queries.partnerships import (
    Part,
    Tie,
    measure_dual_roles,
    measure_partners,
    measure_shared_subcontractors,
    measure_ties,
)
from rehabgraph.queries.parts import ContractPart, keep_closest, part_iri
from rehabgraph.queries.report import Column

SAME_AREA, OWNERSHIP = "same-area", "common-ownership"
TIE_KINDS = (
    "lead-subcontractor", "lead-partner", "consortium", "co-delivery", "agreement",
    SAME_AREA, OWNERSHIP,
)  # fmt: skip


def list_ties(
    ties: Iterable[Tie], names: Mapping[str, str], listed: Iterable[ContractPart]
) -> list[dict[str, Any]]:
    """Return a row for each tie, in order of its kind."""
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


def list_partners(ties: Iterable[Tie], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each two organisations, the most shared first."""
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


def list_shared(listed: list[ContractPart], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each subcontractor of several leads."""
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


def list_dual(listed: list[ContractPart], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each lead that is a subcontractor elsewhere."""
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


def list_pairs(
    market: Market, found: Cooccurrence, contracts: Iterable[Contract]
) -> list[dict[str, Any]]:
    """Return a row for each two leads, and what chance would give."""
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
    return "no number" if overlap is None else f"{overlap} shared"


TIES = (
    Column("name", "Between"),
    Column("kind", "Kind of tie"),
    Column("shared", "Shared", "integer"),
    Column("role", "Role"),
    Column("also", "Also listed as"),
    Column("where", "Contracts, agreements or areas"),
)
PARTNERS = (
    Column("name", "Between"),
    Column("shared", "Contracts and agreements", "integer"),
    Column("kinds", "Kinds of tie"),
    Column("where", "Which"),
)
SHARED = (
    Column("name", "Subcontractor"),
    Column("leads", "Leads", "integer"),
    Column("contracts", "Contracts", "integer"),
    Column("which", "Which leads"),
)
DUAL = (
    Column("name", "Organisation"),
    Column("leading", "Contracts led", "integer"),
    Column("under", "Listed as subcontractor in", "integer"),
    Column("leads", "Under"),
)
PAIRS = (
    Column("name", "Between"),
    Column("observed", "Areas shared", "integer"),
    Column("expected", "By chance", "number"),
    Column("ratio", "Ratio", "number"),
    Column("p_value", "p", "number"),
    Column("adjusted", "p, adjusted for all pairs", "number"),
    Column("significant", "Significant", "boolean"),
    Column("first_areas", "Areas of the first", "integer"),
    Column("second_areas", "Areas of the second", "integer"),
    Column("needed", "Enough if tested alone"),
    Column("needed_alone", "Enough among all pairs"),
)

"""Who works with whom: ties between organisations, read from who does what in a contract.

The functions take plain rows, one per part that an organisation plays. Every tie keeps the
contracts and the evidence behind it, so that a figure can be opened down to its lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

LEAD = "lead"
CO_DELIVERY = "co-delivery"
AGREEMENT = "agreement"
LED_KINDS = {
    "subcontractor": "lead-subcontractor",
    "named-partner": "lead-partner",
    "consortium-member": "consortium",
}


@dataclass(frozen=True, slots=True)
class Part:
    """The part one organisation plays in one contract, agreement or programme."""

    of: str
    organisation: str
    role: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie between two organisations, with everything that it rests on.

    A tie from a lead points from the lead to the other party. Ties of the kinds `co-delivery`
    and `agreement` have no direction: their ends stand in alphabetical order.
    """

    source: str
    target: str
    kind: str
    role: str
    ids: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Partners:
    """Two organisations and the contracts or agreements that they share, whatever the kind."""

    first: str
    second: str
    shared: int
    kinds: tuple[str, ...]
    ids: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedSubcontractor:
    """A subcontractor that serves more than one lead."""

    organisation: str
    leads: tuple[str, ...]
    ids: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DualRole:
    """An organisation that leads some contracts and is a subcontractor in others."""

    organisation: str
    leading: tuple[str, ...]
    under: tuple[str, ...]
    leads: tuple[str, ...]
    evidence: tuple[str, ...]


def measure_ties(parts: Iterable[Part]) -> tuple[Tie, ...]:
    """Return the ties that a set of parts implies, one for each pair, kind and role.

    In one contract each lead is tied to every other party, by that party's role; the others are
    tied to each other by co-delivery, and so are joint leads. Where nobody leads, as in an
    agreement, all parties are tied by agreement. An organisation is never tied to itself.

    Args:
        parts: who does what in which contract or agreement.

    Returns:
        The ties, sorted by source, target, kind and role; `role` is the role of the target,
        or both roles where the tie has no direction and they differ.

    Example:
        >>> parts = [
        ...     Part("c1", "Ash", "lead", "e1"),
        ...     Part("c1", "Birch", "subcontractor", "e2"),
        ...     Part("c1", "Cedar", "subcontractor", "e3"),
        ... ]
        >>> for tie in measure_ties(parts):
        ...     print(tie.source, tie.target, tie.kind, tie.evidence)
        Ash Birch lead-subcontractor ('e1', 'e2')
        Ash Cedar lead-subcontractor ('e1', 'e3')
        Birch Cedar co-delivery ('e2', 'e3')

    Source:
        Wasserman and Faust, Social Network Analysis (1994), chapter 8 (affiliation networks).
    """
    held: dict[str, set[Part]] = defaultdict(set)
    for part in parts:
        held[part.of].add(part)
    ids: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    evidence: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for of, group in held.items():
        led = any(part.role == LEAD for part in group)
        for one, other in combinations(group, 2):
            if one.organisation != other.organisation:
                key = _tie_key(one, other, led=led)
                ids[key].add(of)
                evidence[key] |= {e for e in (one.evidence, other.evidence) if e}
    return tuple(Tie(*key, _sorted(ids[key]), _sorted(evidence[key])) for key in sorted(ids))


def _tie_key(one: Part, other: Part, *, led: bool) -> tuple[str, str, str, str]:
    """Return source, target, kind and role of the tie between two parts of one contract."""
    if (one.role == LEAD) != (other.role == LEAD):
        lead, rest = (one, other) if one.role == LEAD else (other, one)
        return lead.organisation, rest.organisation, _led_kind(rest.role), rest.role
    first, second = sorted((one, other), key=lambda part: part.organisation)
    roles = " / ".join(sorted({first.role, second.role}))
    return first.organisation, second.organisation, CO_DELIVERY if led else AGREEMENT, roles


def _led_kind(role: str) -> str:
    return LED_KINDS.get(role, f"lead-{role}")


def measure_partners(ties: Iterable[Tie]) -> tuple[Partners, ...]:
    """Return who works with whom, the pairs with most contracts or agreements in common first.

    Args:
        ties: ties, as `measure_ties` returns them.

    Returns:
        One row for each pair of organisations; a contract counts once however many ties it
        gives the pair. Pairs with equal counts stand in alphabetical order.

    Example:
        >>> ties = [
        ...     Tie("Ash", "Birch", "lead-subcontractor", "subcontractor", ("c1", "c2"), ()),
        ...     Tie("Birch", "Ash", "lead-subcontractor", "subcontractor", ("c3",), ()),
        ... ]
        >>> [(row.first, row.second, row.shared) for row in measure_partners(ties)]
        [('Ash', 'Birch', 3)]

    Source:
        Newman, Scientific collaboration networks II, Physical Review E 64 (2001) 016132, for
        counting joint works as the strength of a tie (there divided by the size of the team).
    """
    grouped: dict[tuple[str, ...], list[Tie]] = defaultdict(list)
    for tie in ties:
        grouped[_sorted((tie.source, tie.target))].append(tie)
    rows = []
    for (first, second), group in grouped.items():
        ids = _sorted({i for tie in group for i in tie.ids})
        kinds = _sorted({tie.kind for tie in group})
        evidence = _sorted({e for tie in group for e in tie.evidence})
        rows.append(Partners(first, second, len(ids), kinds, ids, evidence))
    return tuple(sorted(rows, key=lambda row: (-row.shared, row.first, row.second)))


def measure_shared_subcontractors(
    ties: Iterable[Tie], *, at_least: int = 2
) -> tuple[SharedSubcontractor, ...]:
    """Return the subcontractors that serve several leads, those with most leads first.

    Args:
        ties: ties, as `measure_ties` returns them; only ties of the kind `lead-subcontractor`
            count.
        at_least: the smallest number of leads to list.

    Returns:
        One row for each subcontractor; equal numbers stand in alphabetical order.

    Example:
        >>> ties = [
        ...     Tie("Ash", "Cedar", "lead-subcontractor", "subcontractor", ("c1",), ()),
        ...     Tie("Birch", "Cedar", "lead-subcontractor", "subcontractor", ("c2",), ()),
        ... ]
        >>> measure_shared_subcontractors(ties)[0].leads
        ('Ash', 'Birch')

    Source:
        This project's own definition: in-degree of the lead-subcontractor network.
    """
    grouped: dict[str, list[Tie]] = defaultdict(list)
    for tie in ties:
        if tie.kind == LED_KINDS["subcontractor"]:
            grouped[tie.target].append(tie)
    rows = []
    for organisation, group in grouped.items():
        leads = _sorted({tie.source for tie in group})
        if len(leads) >= at_least:
            ids = _sorted({i for tie in group for i in tie.ids})
            evidence = _sorted({e for tie in group for e in tie.evidence})
            rows.append(SharedSubcontractor(organisation, leads, ids, evidence))
    return tuple(sorted(rows, key=lambda row: (-len(row.leads), row.organisation)))


def measure_dual_roles(parts: Iterable[Part]) -> tuple[DualRole, ...]:
    """Return the organisations that lead a contract and are subcontractors in another.

    It takes parts, not ties, because a lead without any known partner has no tie.

    Args:
        parts: who does what in which contract.

    Returns:
        One row for each such organisation, in alphabetical order: the contracts it leads, those
        it is a subcontractor in, and the leads of the latter.

    Example:
        >>> parts = [
        ...     Part("c1", "Ash", "lead"),
        ...     Part("c2", "Birch", "lead"),
        ...     Part("c2", "Ash", "subcontractor"),
        ... ]
        >>> row, = measure_dual_roles(parts)
        >>> row.organisation, row.leading, row.under, row.leads
        ('Ash', ('c1',), ('c2',), ('Birch',))

    Source:
        This project's own definition.
    """
    rows = list(parts)
    leading: dict[str, set[str]] = defaultdict(set)
    under: dict[str, set[str]] = defaultdict(set)
    leads_of: dict[str, set[str]] = defaultdict(set)
    for part in rows:
        if part.role == LEAD:
            leading[part.organisation].add(part.of)
            leads_of[part.of].add(part.organisation)
        elif part.role == "subcontractor":
            under[part.organisation].add(part.of)
    found = []
    for name in sorted(leading.keys() & under.keys()):
        leads = {lead for of in under[name] for lead in leads_of[of]} - {name}
        own = {p.evidence for p in rows if p.organisation == name and p.evidence}
        found.append(
            DualRole(
                name, _sorted(leading[name]), _sorted(under[name]), _sorted(leads), _sorted(own)
            )
        )
    return tuple(found)


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(values))

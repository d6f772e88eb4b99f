"""The report of proposals: which organisations may be one, how sure that is, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import read_sources
from rehabgraph.queries.identity.candidates import describe_setting, find_pairs
from rehabgraph.queries.identity.organisations import (
    Party,
    pair_of,
    read_known,
    read_parties,
)
from rehabgraph.queries.identity.same import Identity, read_identity
from rehabgraph.queries.identity.weigh import POSSIBLE, Evidence, weigh_pair
from rehabgraph.queries.report import Column, Report, count_things

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

DECISIONS = ("certain", "likely", "possible")
COLUMNS = (
    Column("name", "Organisation"),
    Column("other_name", "May be the same as"),
    Column("score", "Score", "integer"),
    Column("decision", "How sure"),
    Column("reasons", "Why"),
    Column("one", "Id"),
    Column("other", "Id of the other"),
)
METHOD = (
    "Numbers of registers, then names without case, punctuation, legal form and a leading “the”; "
    "names that differ are compared where they share a rare word (rapidfuzz ratio of 88 or more). "
    "Certain: one number of a register that gives each organisation its own, and nothing against "
    "it. A name alone is never certain."
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two organisations that may be one; the first is the record's, where one of them is."""

    one: Party
    other: Party
    evidence: Evidence
    matches: tuple[str, ...] = ()
    """Addresses of what imports propose."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """All proposals of a store, best first, and how many like pairs are judged already."""

    open: tuple[Proposal, ...]
    same: int = 0
    not_same: int = 0
    imported: int = 0
    refused: tuple[str, ...] = ()
    """Judgements that are not acted on, in words."""


def find_proposals(graph: "Graph") -> Proposals:
    """Return every pair of a store's organisations that may be one and is not judged."""
    parties, known = read_parties(graph.store), read_known(graph.store)
    identity = read_identity(graph.store)
    setting = describe_setting(parties, known, identity)
    judged: Counter[str] = Counter()
    directly = {pair_of(j.one, j.other) for j in identity.judged if j.kind == "not-same-as"}
    found = []
    for one, other in find_pairs(parties, known, identity):
        pair = pair_of(one.iri, other.iri)
        if identity.first(one.iri) == identity.first(other.iri):
            judged["same"] += 1
            continue
        evidence = weigh_pair(one, other, setting)
        if pair in directly or (not evidence.decision and identity.apart(*pair)):
            judged["not same"] += 1
        elif evidence.decision:
            matches = tuple(iri for iri, _ in known.proposed.get(pair, ()))
            found.append(Proposal(one, other, evidence, matches))
    found.sort(
        key=lambda p: (-p.evidence.score, p.one.label, p.other.label, p.one.iri, p.other.iri)
    )
    numbers = judged["same"], judged["not same"], len(known.proposed)
    return Proposals(tuple(found), *numbers, identity.notes(()))


def report_match(
    graph: "Graph", min_score: int = POSSIBLE, decision: str | Iterable[str] = ()
) -> Report:
    """Return the pairs of organisations that may be one and are not judged yet.

    Args:
        graph: the graph.
        min_score: least score of a pair, 0 to 100.
        decision: `certain`, `likely` or `possible`; all when empty.

    Raises:
        BadParameter: a score or a decision that is none.
    """
    wanted = (decision,) if isinstance(decision, str) and decision else tuple(decision)
    if wrong := [w for w in wanted if w not in DECISIONS]:
        raise BadParameter(f"--decision {wrong[0]!r}: say {', '.join(DECISIONS)}")
    if not 0 <= min_score <= 100:
        raise BadParameter(f"--min-score {min_score}: say a number from 0 to 100")
    found = find_proposals(graph)
    shown = [
        p
        for p in found.open
        if p.evidence.score >= min_score and p.evidence.decision in (wanted or DECISIONS)
    ]
    filters = {"min_score": min_score} | ({"decision": list(wanted)} if wanted else {})
    return Report(
        name="match",
        title="Organisations that may be one",
        columns=COLUMNS,
        rows=tuple(_row(p) for p in shown),
        method=METHOD,
        filters=filters,
        notes=(*_notes(found, shown), *found.refused),
        sources=read_sources(
            graph.store, [party.iri for p in shown[:250] for party in (p.one, p.other)]
        ),
    )


def _row(p: Proposal) -> dict[str, object]:
    one, other = (party.iri.removeprefix(f"{ID}organisation/") for party in (p.one, p.other))
    return {
        "name": p.one.label,
        "other_name": p.other.label,
        "score": p.evidence.score,
        "decision": p.evidence.decision,
        "reasons": "; ".join(p.evidence.reasons),
        "one": one,
        "other": other,
        "id": f"{one} {other}",
        "ids": [p.one.iri, p.other.iri, *p.matches],
    }


def _notes(found: Proposals, shown: list[Proposal]) -> tuple[str, ...]:
    number = Counter(p.evidence.decision for p in found.open)
    notes = [
        f"{count_things(len(found.open), 'pair')}: "
        + ", ".join(f"{number[d]:,} {d}" for d in DECISIONS)
        + (f"; {len(shown):,} shown." if len(shown) < len(found.open) else "."),
        f"Judged already and not proposed again: {count_things(found.same, 'like pair')} as the "
        f"same, {found.not_same:,} as not the same.",
        "A proposal merges nothing. rehabgraph match review records what a person decides.",
        "A score orders the pairs; it is not a probability.",
    ]
    if found.imported:
        notes.append(f"{count_things(found.imported, 'proposal')} of imports are taken up here.")
    return tuple(notes)


def judge_open(identity: Identity, proposal: Proposal) -> bool:
    """Say whether a proposal is still open after decisions that came since."""
    one, other = proposal.one.iri, proposal.other.iri
    return identity.first(one) != identity.first(other) and not identity.apart(one, other)

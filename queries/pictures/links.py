"""A tie of a network with what it rests on: contracts, agreements or a row of the record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rehabgraph.queries.market import Contract
from rehabgraph.queries.pictures.items import Evidence
from rehabgraph.queries.report import SourceRef


@dataclass(frozen=True, slots=True)
class Basis:
    """One thing that a tie rests on.

    Attributes:
        id: `contract/<reference>`, `policy/<id>` or another `kind/id`.
        contract: the contract, where it is one.
        label: what it is, in words; of a contract its parties' parts.
        start: first day, no more exact than `precision`; None where none is published.
        end: last day, likewise.
        areas: police areas that it concerns.
        evidence: where the parts of both ends stand.
    """

    id: str
    contract: Contract | None = None
    label: str = ""
    start: date | None = None
    end: date | None = None
    precision: str = "day"
    areas: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two things of a network, as a row of its page's table.

    Attributes:
        kind: one of the kinds of tie that the page filters by.
        role: what the source is to the target, or both roles; empty where the kind says it.
        via: a thing that stands between the two, such as the area of a company.
        note: a remark of the record.
    """

    id: str
    kind: str
    source: str
    target: str
    role: str = ""
    via: str = ""
    bases: tuple[Basis, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class LinkTotals:
    """What links add up to: ties, the things that they join, the contracts that they rest on."""

    ties: int
    things: int
    contracts: int


def measure_links(links: Iterable[Link]) -> LinkTotals:
    """Return how many ties there are, between how many things, resting on how many contracts.

    >>> measure_links([Link("1", "partner", "a", "b"), Link("2", "partner", "b", "c")])
    LinkTotals(ties=2, things=3, contracts=0)
    """
    found = tuple(links)
    ends = {end for link in found for end in (link.source, link.via, link.target) if end}
    contracts = {b.id for link in found for b in link.bases if b.contract is not None}
    return LinkTotals(len(found), len(ends), len(contracts))


def find_link_sources(
    links: Iterable[Link], known: Sequence[SourceRef] = ()
) -> tuple[SourceRef, ...]:
    """Return the sources that the links' evidence names, each once, in order of first use."""
    by_id = {s.id: s for s in known}
    found: dict[str, SourceRef] = {}
    for link in links:
        for one in (e for basis in link.bases for e in basis.evidence):
            if one.source not in found:
                plain = SourceRef(one.source, one.title, one.url)
                found[one.source] = by_id.get(one.source, plain)
    return tuple(found.values())

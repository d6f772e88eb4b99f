"""Which organisations count as one, by the judgements that say so; never by likeness."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES

JUDGED = (
    PREFIXES
    + """SELECT DISTINCT ?judgement ?kind ?one ?other ?reason ?one_is ?other_is WHERE {
  VALUES ?k { <https://w3id.org/rehabgraph/id/judgement-kind/same-as>
              <https://w3id.org/rehabgraph/id/judgement-kind/not-same-as> }
  ?judgement rg:judgementKind ?k ; rg:subject ?one ; rg:object ?other ; rdfs:comment ?reason .
  ?k skos:notation ?kind .
  OPTIONAL { ?one a ?one_is . FILTER (?one_is = rg:Organisation) }
  OPTIONAL { ?other a ?other_is . FILTER (?other_is = rg:Organisation) }
  FILTER (STRSTARTS(STR(?one), "https://w3id.org/rehabgraph/id/organisation/"))
} ORDER BY ?judgement ?one ?other"""
)
SHOWN = 20
"""So many judgements are told in the notes of a report; the rest are counted."""
_OF_RECORD = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement that two organisations are, or are not, one."""

    id: str
    kind: str
    one: str
    other: str
    reason: str

    def __str__(self) -> str:
        """Return it as a sentence of a note."""
        both = f"{self.one.removeprefix(ID)} and {self.other.removeprefix(ID)}"
        return f"{self.id} ({self.kind}): {both}: {self.reason}"


def is_recorded(iri: str) -> bool:
    """Say whether a thing is of the record; ids of imported things have other letters too.

    >>> is_recorded(ID + "organisation/ingeus"), is_recorded(ID + "organisation/GB-COH-04320853")
    (True, False)
    """
    return _OF_RECORD.fullmatch(iri.rsplit("/", 1)[-1]) is not None


def rank(iri: str) -> tuple[bool, str]:
    """Return the place of an organisation among those that are one: the record's comes first."""
    return not is_recorded(iri), iri


@dataclass(slots=True)
class Identity:
    """Organisations that are one by judgement, and those that are not.

    A judgement "same as" is not acted on, and stands in `refused`, where it would join two that
    are judged not the same, or two rows of the tables: those are made one when the tables are
    opened (see `merge`), and a report must not take them as one where it is not so. Of several
    that contradict each other, the one whose id comes first in the alphabet is heeded.

    Attributes:
        judged: the judgements.
        gone: addresses of rows that are merged into another already.
        joins_rows: whether two rows of the tables may be joined.
        refused: judgements that are not acted on.
    """

    judged: tuple[Judged, ...] = ()
    gone: frozenset[str] = frozenset()
    joins_rows: bool = False
    refused: list[Judged] = field(default_factory=list)
    _group: dict[str, list[str]] = field(default_factory=dict)
    _first: dict[int, str] = field(default_factory=dict)
    _joined: dict[str, list[Judged]] = field(default_factory=dict)
    _apart: dict[str, list[Judged]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ordered = sorted(self.judged, key=lambda j: (j.id, j.one, j.other))
        for one in sorted(ordered, key=lambda j: j.kind):  # "not-same-as" comes before "same-as"
            self._heed(one)

    def add(self, judged: Judged) -> None:
        """Take one more judgement in."""
        self.judged = (*self.judged, judged)
        self._heed(judged)

    def _heed(self, judged: Judged) -> None:
        if judged.kind == "same-as":
            self._join(judged)
        elif judged.one != judged.other:
            for iri in {self.first(judged.one), self.first(judged.other)}:
                self._apart.setdefault(iri, []).append(judged)

    def _join(self, judged: Judged) -> None:
        one, other = sorted((self.first(judged.one), self.first(judged.other)), key=self._rank)
        if self.apart(one, other) or self.are_rows(one, other):
            self.refused.append(judged)
            return
        if one != other:
            groups = [self._group.setdefault(iri, [iri]) for iri in (one, other)]
            large, small = sorted(groups, key=len, reverse=True)
            self._first.pop(id(small), None)
            large.extend(small)
            self._group |= dict.fromkeys(small, large)
            self._first[id(large)] = one
            for held in (self._joined, self._apart):
                if more := held.pop(other, None):
                    held.setdefault(one, []).extend(more)
        self._joined.setdefault(one, []).append(judged)

    def _rank(self, iri: str) -> tuple[bool, bool, str]:
        return iri in self.gone, *rank(iri)

    def are_rows(self, one: str, other: str) -> bool:
        """Say whether two are, or are one with, two rows of the tables that stay two."""
        rows = {r for r in (self.first(one), self.first(other)) if is_recorded(r)} - self.gone
        return len(rows) > 1 and not self.joins_rows

    def first(self, iri: str) -> str:
        """Return the organisation that stands for this one: the record's, where there is one."""
        group = self._group.get(iri)
        return iri if group is None else self._first[id(group)]

    def members(self, iri: str) -> tuple[str, ...]:
        """Return all that are one with this organisation, itself among them."""
        return tuple(sorted(self._group.get(iri, [iri]), key=self._rank))

    def joined(self) -> dict[str, str]:
        """Return each organisation that is one with another → the one that stands for it."""
        return {iri: self.first(iri) for iri in self._group if self.first(iri) != iri}

    def apart(self, one: str, other: str) -> tuple[Judged, ...]:
        """Return the judgements by which two are not the same, themselves or what they are."""
        first, second = self.first(one), self.first(other)
        if first == second:
            return ()
        return tuple(
            j
            for j in self._apart.get(first, ())
            if {self.first(j.one), self.first(j.other)} == {first, second}
        )

    def links(self, things: Iterable[str]) -> tuple[Judged, ...]:
        """Return the judgements by which any of these organisations is one with another."""
        firsts = sorted({self.first(t) for t in things})
        return tuple(j for f in firsts for j in self._joined.get(f, ()))

    def notes(self, things: Iterable[str]) -> tuple[str, ...]:
        """Return what a report says of the judgements that joined its organisations."""
        links = self.links(things)
        joined = [f"One organisation by judgement {j}" for j in links[:SHOWN]]
        if len(links) > SHOWN:
            more = len(links) - SHOWN
            joined.append(f"{more:,} further judgements join organisations: see list judgements.")
        return (
            *joined,
            *(
                f"Not acted on, as it contradicts another judgement or joins two rows of the "
                f"tables: {j}"
                for j in self.refused[:SHOWN]
            ),
        )


def read_identity(store: Store, *, joins_rows: bool = False) -> Identity:
    """Return which organisations of a store are one by its judgements.

    Args:
        store: the graph.
        joins_rows: whether two rows of the tables may be joined.
    """
    judged, gone = [], set()
    for r in store.select(JUDGED):
        one, other = str(r["one"]), str(r["other"])
        if other.startswith(f"{ID}organisation/"):
            judged.append(Judged(r["judgement"].id, str(r["kind"]), one, other, str(r["reason"])))
            gone |= {i for i, is_ in ((one, r["one_is"]), (other, r["other_is"])) if not is_}
    return Identity(tuple(judged), frozenset(gone), joins_rows)

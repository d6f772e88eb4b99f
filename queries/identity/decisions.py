"""Decisions that two organisations are, or are not, one: checked, kept, and taken back.

A decision is a row of judgements. It changes no other statement, so taking the row out undoes it.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rehabgraph.graph.errors import BadParameter, InvalidData
from rehabgraph.graph.judgement_rows import JudgementRow, check_row
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.identity.same import Identity, Judged, read_identity

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

STANDS = (
    PREFIXES
    + """SELECT ?source ?locator ?printed WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
  OPTIONAL {{ ?c rg:printed ?printed }}
}} ORDER BY ?source ?locator ?printed"""
)


class Keeper(Protocol):
    """Where decisions are kept; see `TableJudgements` and `StoreJudgements`."""

    @property
    def joins_rows(self) -> bool:
        """Whether two rows of the tables can be judged one there."""
        ...

    def ids(self) -> frozenset[str]:
        """Return the ids that are taken there."""
        ...

    def waiting(self) -> list[JudgementRow]:
        """Return decisions that the graph may not hold yet."""
        ...

    def keep(self, add: Sequence[JudgementRow], drop: Collection[str] = ()) -> None:
        """Add rows and take others out, all or nothing."""
        ...

    def settle(self) -> None:
        """Let what was kept take effect."""
        ...


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: addresses of two organisations, whether they are one, and why.

    Attributes:
        one: address of an organisation.
        other: address of another.
        same: whether they are one.
        reason: why, in words.
        source: id of the source that it rests on; empty for the place's own.
        locator: place in that source.
    """

    one: str
    other: str
    same: bool
    reason: str
    source: str = ""
    locator: str = ""

    @property
    def kind(self) -> str:
        """Kind of the judgement."""
        return "same-as" if self.same else "not-same-as"


def name_party(graph: "Graph", text: str) -> str:
    """Return the address of the organisation that an id, an address or a name names.

    An organisation that is judged to be one with another keeps its own address here.

    Raises:
        UnknownName: none or several bear the name.
    """
    for iri in (text, ID + text, f"{ID}organisation/{text}"):
        if iri.startswith(f"{ID}organisation/") and (
            iri in graph.names.labels or iri in graph.names.same
        ):
            return iri
    return graph.resolve(text, ("organisation",))


def check_decision(identity: Identity, decision: Decision) -> bool:
    """Say whether a decision is new; False where it is judged so already.

    Raises:
        BadParameter: it names one organisation twice, or contradicts what is judged.
    """
    both = f"{decision.one.removeprefix(ID)} and {decision.other.removeprefix(ID)}"
    if decision.one == decision.other:
        raise BadParameter(f"{both}: one organisation, named twice")
    are_one = identity.first(decision.one) == identity.first(decision.other)
    apart = identity.apart(decision.one, decision.other)
    if decision.same and apart:
        raise BadParameter(f"{both}: judged not to be the same ({_names(apart)}); undo that first")
    if decision.same and not are_one and identity.are_rows(decision.one, decision.other):
        raise BadParameter(
            f"{both}: two rows of the tables; judge them in tables of your own: "
            "rehabgraph --data DIR match review …"
        )
    if not decision.same and are_one:
        links = _names(identity.links([decision.one]))
        raise BadParameter(f"{both}: judged to be one ({links}); undo that first")
    return not are_one if decision.same else not apart


def _names(judged: Iterable[Judged]) -> str:
    return ", ".join(sorted({j.id for j in judged}))


def read_judged(graph: "Graph", keeper: Keeper) -> Identity:
    """Return what is judged in a graph, and by decisions that it does not hold yet."""
    identity = read_identity(graph.store, joins_rows=keeper.joins_rows)
    held = {j.id for j in identity.judged}
    for row in keeper.waiting():
        if row.id not in held:
            both = (ID + row.subject, ID + row.object)
            identity.add(Judged(row.id, row.kind, *both, row.reason))
    return identity


def keep_decisions(
    graph: "Graph", keeper: Keeper, decisions: Sequence[Decision], identity: Identity | None = None
) -> list[JudgementRow]:
    """Keep decisions, all of them or none, and return their rows; those judged so are left out.

    Args:
        graph: the graph that they are about.
        keeper: where they are kept.
        decisions: the decisions, each checked against those before it too.
        identity: what is judged so far, which takes the new ones in; read when left out.

    Raises:
        BadParameter: one contradicts what is judged.
        InvalidData: a row breaks a rule.
        UnknownName: a source that is none.
    """
    identity = identity or read_judged(graph, keeper)
    taken = set(keeper.ids()) | {j.id for j in identity.judged}
    rows = []
    for decision in decisions:
        if check_decision(identity, decision):
            row = _make_row(graph, keeper, decision, taken)
            if wrong := check_row(row):
                raise InvalidData([f"judgement {row.id}: {wrong}"])
            rows.append(row)
            taken.add(row.id)
            identity.add(Judged(row.id, row.kind, decision.one, decision.other, decision.reason))
    if rows:
        keeper.keep(rows)
    return rows


def _make_row(
    graph: "Graph", keeper: Keeper, decision: Decision, taken: Collection[str]
) -> JudgementRow:
    one, other = decision.one.removeprefix(ID), decision.other.removeprefix(ID)
    id_ = judgement_id(one, other, same=decision.same, taken=taken)
    source, locator, printed = _place(graph, keeper, decision, id_)
    return JudgementRow(
        id_, decision.kind, one, other, "", "", decision.reason, source, locator, printed
    )


def judgement_id(one: str, other: str, *, same: bool, taken: Collection[str] = ()) -> str:
    """Return an id for a judgement about two organisations that is not taken.

    >>> judgement_id("organisation/foundation", "organisation/foundation-92", same=False)
    'foundation-not-foundation-92'
    >>> judgement_id("organisation/a", "organisation/GB-1", same=True, taken={"a-is-gb-1"})
    'a-is-gb-1-2'
    """
    slugs = [
        re.sub(r"[^a-z0-9]+", "-", text.removeprefix("organisation/").casefold()).strip("-")
        for text in (one, other)
    ]
    stem = f"-{'is' if same else 'not'}-".join(slugs)
    id_, number = stem, 1
    while id_ in taken:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def _place(graph: "Graph", keeper: Keeper, decision: Decision, id_: str) -> tuple[str, str, str]:
    """Return source, place and printed words that a decision rests on.

    A store has a source of its own for them. A table has none: where no source is named, the
    decision rests on the place where the first organisation stands.
    """
    from rehabgraph.graph.imports.judged import DECISIONS, StoreJudgements
    from rehabgraph.queries.citing import ask_about

    if decision.source:
        source = graph.resolve(decision.source, ("source",)).rsplit("/", 1)[-1]
        return source, decision.locator or id_, ""
    if isinstance(keeper, StoreJudgements):
        return DECISIONS, id_, ""
    if not (stands := ask_about(graph.store, STANDS, [decision.one])):
        raise BadParameter(f"{decision.one.removeprefix(ID)}: stands in no source; name --source")
    source, locator = stands[0]["source"], stands[0]["locator"]
    same = [r for r in stands if (r["source"], r["locator"]) == (source, locator)]
    return source.id, str(locator), "|".join(str(r["printed"]) for r in same if r["printed"])


def undo_decisions(graph: "Graph", keeper: Keeper, names: Sequence[str]) -> list[str]:
    """Take decisions back and return their ids.

    Args:
        graph: the graph that they are about.
        keeper: where they are kept.
        names: the id of a judgement, or two organisations.

    Raises:
        BadParameter: there is no such decision in that place.
        UnknownName: an organisation that is none.
    """
    kept = keeper.ids()
    if len(names) == 1:
        wanted = [names[0].removeprefix(ID).removeprefix("judgement/")]
        if wanted[0] not in kept:
            raise BadParameter(f"{names[0]}: no decision of that id in {keeper}; nothing undone")
    else:
        pair = {name_party(graph, text) for text in names}
        judged = read_judged(graph, keeper).judged
        found = list(dict.fromkeys(j.id for j in judged if {j.one, j.other} == pair))
        if not (wanted := [id_ for id_ in found if id_ in kept]):
            where = f"; {', '.join(found)} is of the record" if found else ""
            raise BadParameter(f"{' and '.join(names)}: no decision in {keeper}{where}")
    keeper.keep((), wanted)
    return wanted


def one_line(text: str) -> str:
    r"""Return a reason as a table can hold it: on one line, never the start of a formula.

    >>> one_line("  =same\n number")
    'same number'
    """
    return " ".join(text.split()).lstrip("=+-@' ")


def with_reason(decision: Decision, reasons: Iterable[str]) -> Decision:
    """Return a decision that has a reason: its own, or what was proposed.

    >>> with_reason(Decision("a", "b", False, ""), ["both have the name 'Ash'"]).reason
    "Not the same, although: both have the name 'Ash'"

    Raises:
        BadParameter: there is neither.
    """
    reason = one_line(decision.reason)
    if not reason and (proposed := one_line("; ".join(reasons))):
        reason = proposed if decision.same else f"Not the same, although: {proposed}"
    if not reason:
        raise BadParameter("nothing proposes this pair; say why with --reason")
    return replace(decision, reason=reason)

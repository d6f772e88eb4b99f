"""What counts as a charity, or as voluntary: four readings, from the narrowest to the widest.

The claims say "registered charities" and "the voluntary sector" without saying what they count.
Each reading sorts the leads three ways: counted for certain, counted as the record holds them,
and possibly counted, where the record knows a kind only from belief or from sources at odds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rehabgraph.graph.store import Store
from rehabgraph.queries.facts import PREFIXES

KINDS = (
    PREFIXES
    + """
SELECT ?organisation ?kind ?basis ?number WHERE {
  ?organisation a rg:Organisation ; rg:kind ?kind ; rg:kindBasis ?basis .
  OPTIONAL { ?organisation rg:identifier ?number }
} ORDER BY ?organisation ?number"""
)
MEMBERS = (
    PREFIXES + "SELECT ?member ?of WHERE { ?r a rg:Relation ; rg:subject ?member ; rg:object ?of ;"
    " rg:relationKind <https://w3id.org/rehabgraph/id/relation-kind/member-of> }"
    " ORDER BY ?of ?member"
)
FIRM = frozenset({"stated", "name"})
"""Bases on which a kind is taken as settled."""
REGISTERS = ("GB-CHC-", "GB-SC-", "GB-NIC-")
"""Prefixes of charity numbers."""
WIDE = frozenset(
    {
        "charity", "community-interest-company", "social-enterprise", "not-for-profit-company",
        "housing-association",
    }
)  # fmt: skip
COMMERCIAL = frozenset({"company", "employee-owned-company"})


@dataclass(frozen=True, slots=True)
class Lead:
    """An organisation's kind, how firmly it is known, its charity number and its members."""

    id: str
    kind: str
    basis: str
    registered: bool = False
    members: "tuple[Lead, ...]" = ()

    @property
    def firm(self) -> bool:
        """True when a source states the kind, or the name does."""
        return self.basis in FIRM


Test = Callable[[Lead], bool]


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a word.

    Attributes:
        id: short name.
        label: what is counted, for a row's name.
        text: the same in a sentence.
        tests: counted for certain, as held, possibly.
    """

    id: str
    label: str
    text: str
    tests: tuple[Test, Test, Test]


def read_leads(store: Store) -> dict[str, Lead]:
    """Return every organisation with what is known of its kind."""
    found: dict[str, Lead] = {}
    for r in store.select(KINDS):
        id_ = r["organisation"].id
        number = str(r["number"] or "").startswith(REGISTERS)
        known = number or (id_ in found and found[id_].registered)
        found[id_] = Lead(id_, r["kind"].id, r["basis"].id, known)
    members: dict[str, list[Lead]] = {}
    for r in store.select(MEMBERS):
        members.setdefault(r["of"].id, []).append(found[r["member"].id])
    for id_, of in members.items():
        lead = found[id_]
        found[id_] = Lead(id_, lead.kind, lead.basis, lead.registered, tuple(of))
    return found


def _numbered(lead: Lead) -> bool:
    return lead.registered


def _charity(lead: Lead) -> bool:
    return lead.kind == "charity"


def _certain_charity(lead: Lead) -> bool:
    return _charity(lead) and lead.firm


def _possible_charity(lead: Lead) -> bool:
    return _charity(lead) or not lead.firm


def _wide(lead: Lead) -> bool:
    return lead.kind in WIDE or bool(lead.kind == "partnership" and _all(lead, _wide))


def _certain_wide(lead: Lead) -> bool:
    if lead.kind == "partnership":
        return _all(lead, _certain_wide)
    return _wide(lead) and lead.firm


def _possible_wide(lead: Lead) -> bool:
    return _wide(lead) or not lead.firm


def _not_commercial(lead: Lead) -> bool:
    return not (lead.kind in COMMERCIAL and lead.firm)


def _all(lead: Lead, test: Test) -> bool:
    return bool(lead.members) and all(test(m) for m in lead.members)


READINGS = (
    Reading(
        "registered",
        "charity number in the record",
        "Leads whose charity number the record holds; that it holds none does not mean that there "
        "is none.",
        (_numbered, _numbered, _possible_charity),
    ),
    Reading(
        "charity",
        "kind charity",
        "Leads of the kind charity.",
        (_certain_charity, _charity, _possible_charity),
    ),
    Reading(
        "voluntary",
        "voluntary in the wide sense",
        "Charities, community interest companies, social enterprises, not-for-profit companies, "
        "housing associations, and partnerships whose members all are such.",
        (_certain_wide, _wide, _possible_wide),
    ),
    Reading(
        "not-commercial",
        "all but commercial companies",
        "All leads but those known for certain to be commercial or employee-owned companies.",
        (_not_commercial, _not_commercial, _not_commercial),
    ),
)
"""The readings, from the narrowest to the widest."""

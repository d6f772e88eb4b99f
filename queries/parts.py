"""Who does what in each contract, as plain rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehabgraph.ontology import ID
from rehabgraph.queries.catalogue import bind_terms, read_question
from rehabgraph.queries.large.engine import choose_facts

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store

LEAD, MEMBER, PARTNER, SUBCONTRACTOR = "lead", "consortium-member", "named-partner", "subcontractor"
CLOSEST_FIRST = (LEAD, MEMBER, PARTNER, SUBCONTRACTOR)
"""Parts in a contract, the closest to the lead first."""


@dataclass(frozen=True, slots=True)
class ContractPart:
    """The part of one organisation in one contract; `charity`, `voluntary` None where unknown."""

    id: str
    contract: str
    round: str
    organisation: str
    name: str
    role: str
    kind: str
    group: str
    charity: bool | None
    voluntary: bool | None


def read_parts(store: "Store", rounds: Collection[str] = ()) -> tuple[ContractPart, ...]:
    """Return every part in a contract, in order of id.

    Args:
        store: the graph.
        rounds: ids of the commissioning rounds wanted; all when empty.
    """
    if (facts := choose_facts(store).facts) is not None:
        from rehabgraph.queries.large.rows import read_part_rows

        return read_part_rows(facts, rounds)
    terms = {"round": [f"<{ID}round/{r}>" for r in rounds]}
    return tuple(
        ContractPart(
            id=row["part"].id,
            contract=str(row["reference"]),
            round=row["round"].id,
            organisation=row["organisation"].id,
            name=str(row["name"]),
            role=str(row["role"]),
            kind=row["kind"].id,
            group=row["group"].id if row["group"] else row["organisation"].id,
            charity=row["charity"],
            voluntary=row["voluntary"],
        )
        for row in store.select(bind_terms(read_question("who-does-what"), terms))
    )


def keep_closest(parts: Iterable[ContractPart]) -> dict[tuple[str, str], list[ContractPart]]:
    """Return (contract, organisation) → its parts, the closest to the lead first.

    A member of a consortium, or a named partner, that the records list as a subcontractor of the
    same contract too is one party of it, not two.
    """
    found: dict[tuple[str, str], list[ContractPart]] = {}
    for part in parts:
        found.setdefault((part.contract, part.organisation), []).append(part)
    for of in found.values():
        of.sort(key=lambda p: (_rank(p.role), p.id))
    return found


def part_iri(id_: str) -> str:
    """Return the address of a part in a contract."""
    return f"{ID}participation/{id_}"


def _rank(role: str) -> int:
    return CLOSEST_FIRST.index(role) if role in CLOSEST_FIRST else len(CLOSEST_FIRST)

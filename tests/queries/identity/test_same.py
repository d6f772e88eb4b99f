"""Which organisations are one by judgement."""

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.ontology import ID
from rehabgraph.queries.identity.same import Identity, Judged

ORG = f"{ID}organisation/"
IDS = [f"x:{n}" for n in range(6)]


def judged(kind: str, one: str, other: str, id_: str = "") -> Judged:
    """Return a judgement about two organisations."""
    return Judged(id_ or f"{one}-{kind}-{other}", kind, ORG + one, ORG + other, "A reason.")


def same(one: str, other: str, id_: str = "") -> Judged:
    """Return the judgement that two are one."""
    return judged("same-as", one, other, id_)


def test_the_records_organisation_stands_for_the_others() -> None:
    """Then one with a number of a register; the order of the judgements is no matter."""
    chain = (same("ocds-1:party-a", "GB-COH-01"), same("GB-COH-01", "alder"))
    for given_ in (chain, chain[::-1]):
        identity = Identity(given_)
        assert identity.first(f"{ORG}ocds-1:party-a") == f"{ORG}alder"
        assert identity.members(f"{ORG}alder") == (
            f"{ORG}alder",
            f"{ORG}GB-COH-01",
            f"{ORG}ocds-1:party-a",
        )


def test_not_the_same_wins() -> None:
    """A judgement that would join two that are judged apart is not acted on, and said."""
    identity = Identity(
        (same("x:1", "x:2", "a"), same("x:2", "x:3", "b"), judged("not-same-as", "x:1", "x:3"))
    )
    assert [j.id for j in identity.refused] == ["b"]
    assert identity.first(f"{ORG}x:3") == f"{ORG}x:3"
    assert [j.kind for j in identity.apart(f"{ORG}x:2", f"{ORG}x:3")] == ["not-same-as"]
    assert any("Not acted on" in note for note in identity.notes([f"{ORG}x:1"]))


def test_two_rows_of_the_tables_stay_two_in_a_store() -> None:
    """Directly or through an imported one, unless it is said that rows may be joined."""
    chain = (same("alder", "x:1", "a"), same("birch", "x:1", "b"))
    identity = Identity(chain)
    assert [j.id for j in identity.refused] == ["b"]
    assert identity.first(f"{ORG}x:1") == f"{ORG}alder"
    assert Identity(chain, joins_rows=True).first(f"{ORG}birch") == f"{ORG}alder"
    assert Identity(chain, gone=frozenset((f"{ORG}birch",))).refused == []


@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=8), st.randoms())
def test_groups_are_connected_components(pairs: list[tuple[str, str]], random: object) -> None:
    """The groups are those of networkx, whatever the order of the judgements."""
    net: nx.Graph[str] = nx.Graph(pairs)
    shuffled = [same(a, b) for a, b in pairs]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    identity = Identity(tuple(shuffled))
    for group in nx.connected_components(net):
        members = tuple(sorted(ORG + m for m in group))
        assert identity.members(members[0]) == members
        assert {identity.first(m) for m in members} == {members[0]}


@given(st.permutations(IDS))
def test_one_apart_keeps_a_whole_group_apart(order: list[str]) -> None:
    """The last of a chain is not the first, so it is none of those between."""
    chain = [same(a, b) for a, b in pairwise(order[:-1])]
    apart = judged("not-same-as", order[0], order[-1])
    identity = Identity((*chain, apart))
    assert all(identity.apart(ORG + one, ORG + order[-1]) == (apart,) for one in order[:-1])

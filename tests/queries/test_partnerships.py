"""Tests of the ties between organisations."""

from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.queries.partnerships import (
    DualRole,
    Part,
    Partners,
    SharedSubcontractor,
    Tie,
    measure_dual_roles,
    measure_partners,
    measure_shared_subcontractors,
    measure_ties,
)

# Three contracts and one agreement, small enough to answer by eye.
PARTS = [
    Part("c1", "Ash", "lead", "e1"),
    Part("c1", "Birch", "subcontractor", "e2"),
    Part("c1", "Cedar", "named-partner", "e3"),
    Part("c2", "Dogwood", "lead", "e4"),
    Part("c2", "Birch", "subcontractor", "e5"),
    Part("c2", "Ash", "subcontractor", "e6"),
    Part("c3", "Ash", "lead", "e7"),
    Part("c3", "Birch", "subcontractor", "e8"),
    Part("a1", "Elm", "party", "e9"),
    Part("a1", "Ash", "party"),
]

parts_lists = st.lists(
    st.builds(
        Part,
        of=st.sampled_from(["c1", "c2", "c3"]),
        organisation=st.sampled_from("ABCDE"),
        role=st.sampled_from(["lead", "subcontractor", "named-partner", "party"]),
        evidence=st.sampled_from(["", "e1", "e2"]),
    ),
    max_size=12,
)


def test_ties_by_hand() -> None:
    """Each lead is tied to its partners, partners to each other, parties by agreement."""
    sub, led = "subcontractor", "lead-subcontractor"
    assert measure_ties(PARTS) == (
        Tie("Ash", "Birch", "co-delivery", sub, ("c2",), ("e5", "e6")),
        Tie("Ash", "Birch", led, sub, ("c1", "c3"), ("e1", "e2", "e7", "e8")),
        Tie("Ash", "Cedar", "lead-partner", "named-partner", ("c1",), ("e1", "e3")),
        Tie("Ash", "Elm", "agreement", "party", ("a1",), ("e9",)),
        Tie("Birch", "Cedar", "co-delivery", f"named-partner / {sub}", ("c1",), ("e2", "e3")),
        Tie("Dogwood", "Ash", led, sub, ("c2",), ("e4", "e6")),
        Tie("Dogwood", "Birch", led, sub, ("c2",), ("e4", "e5")),
    )


def test_joint_leads_are_tied_by_co_delivery() -> None:
    """Two leads of one contract deliver together; neither is the other's subcontractor."""
    parts = [Part("c1", "Birch", "lead"), Part("c1", "Ash", "lead")]
    assert measure_ties(parts) == (Tie("Ash", "Birch", "co-delivery", "lead", ("c1",), ()),)


def test_consortium_and_unknown_roles_keep_their_names() -> None:
    """A consortium member has its own kind, and a role not listed still shows as it is."""
    parts = [
        Part("c1", "Ash", "lead"),
        Part("c1", "Birch", "consortium-member"),
        Part("c1", "Cedar", "evaluator"),
    ]
    kinds = {tie.target: tie.kind for tie in measure_ties(parts) if tie.source == "Ash"}
    assert kinds == {"Birch": "consortium", "Cedar": "lead-evaluator"}


def test_an_organisation_is_not_tied_to_itself() -> None:
    """A lead that is also printed as its own subcontractor gives no tie."""
    assert measure_ties([Part("c1", "Ash", "lead"), Part("c1", "Ash", "subcontractor")]) == ()


def test_partners_count_a_contract_once() -> None:
    """Ash and Birch share three contracts, through ties of two kinds; they come first."""
    rows = measure_partners(measure_ties(PARTS))
    assert rows[0] == Partners(
        first="Ash",
        second="Birch",
        shared=3,
        kinds=("co-delivery", "lead-subcontractor"),
        ids=("c1", "c2", "c3"),
        evidence=("e1", "e2", "e5", "e6", "e7", "e8"),
    )
    assert [(row.first, row.second, row.shared) for row in rows[1:]] == [
        ("Ash", "Cedar", 1),
        ("Ash", "Dogwood", 1),
        ("Ash", "Elm", 1),
        ("Birch", "Cedar", 1),
        ("Birch", "Dogwood", 1),
    ]


def test_shared_subcontractors_by_hand() -> None:
    """Birch serves Ash and Dogwood; Ash serves Dogwood alone and is listed only on request."""
    ties = measure_ties(PARTS)
    birch = SharedSubcontractor(
        "Birch",
        ("Ash", "Dogwood"),
        ("c1", "c2", "c3"),
        ("e1", "e2", "e4", "e5", "e7", "e8"),
    )
    assert measure_shared_subcontractors(ties) == (birch,)
    names = [row.organisation for row in measure_shared_subcontractors(ties, at_least=1)]
    assert names == ["Birch", "Ash"]


def test_dual_roles_by_hand() -> None:
    """Ash leads c1 and c3 and is a subcontractor of Dogwood in c2; its own evidence is kept."""
    assert measure_dual_roles(PARTS) == (
        DualRole("Ash", ("c1", "c3"), ("c2",), ("Dogwood",), ("e1", "e6", "e7")),
    )


def test_a_lead_without_partners_can_have_a_dual_role() -> None:
    """A lead alone in its contract has no tie, but still leads."""
    parts = [
        Part("c1", "Ash", "lead"),
        Part("c2", "Birch", "lead"),
        Part("c2", "Ash", "subcontractor"),
    ]
    assert [row.organisation for row in measure_dual_roles(parts)] == ["Ash"]


@given(parts_lists, st.randoms())
def test_order_of_rows_does_not_matter(parts: list[Part], random: object) -> None:
    """The same rows in another order, or twice, give the same answers."""
    other = parts * 2
    random.shuffle(other)  # type: ignore[attr-defined]
    assert measure_ties(other) == measure_ties(parts)
    assert measure_dual_roles(other) == measure_dual_roles(parts)


@given(parts_lists)
def test_each_pair_in_a_contract_has_a_tie(parts: list[Part]) -> None:
    """Two organisations are partners exactly when a contract names both; brute force."""
    expected: dict[tuple[str, ...], set[str]] = {}
    for one in parts:
        for other in parts:
            if one.of == other.of and one.organisation < other.organisation:
                expected.setdefault((one.organisation, other.organisation), set()).add(one.of)
    found = {(row.first, row.second): set(row.ids) for row in measure_partners(measure_ties(parts))}
    assert found == expected


@given(parts_lists)
def test_relabelling_changes_names_only(parts: list[Part]) -> None:
    """Renaming organisations renames the answers and changes no count."""
    names = dict(zip("ABCDE", "VWXYZ", strict=True))
    renamed = [Part(p.of, names[p.organisation], p.role, p.evidence) for p in parts]
    before = [
        (names[row.first], names[row.second], row.shared, row.kinds, row.ids)
        for row in measure_partners(measure_ties(parts))
    ]
    after = [
        (row.first, row.second, row.shared, row.kinds, row.ids)
        for row in measure_partners(measure_ties(renamed))
    ]
    assert after == before

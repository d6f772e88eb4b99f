"""Which pairs are found and how they are weighed, on organisations made by hand or at random."""

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from rehabgraph.ontology import ID
from rehabgraph.queries.identity.candidates import describe_setting, find_pairs
from rehabgraph.queries.identity.forms import ONE_TO_ONE, read_forms
from rehabgraph.queries.identity.organisations import Known, Party, pair_of
from rehabgraph.queries.identity.same import Identity, Judged
from rehabgraph.queries.identity.weigh import Evidence, weigh_pair

PLACES = Known(frozenset(("leeds", "kent", "gwent", "north", "east", "west")))


def party(id_: str, name: str, *numbers: str, codes: tuple[str, ...] = (), **more: str) -> Party:
    """Return an organisation of one name and further ones by how they are borne."""
    names = ((name, "name"), *((text, how) for how, text in more.items()))
    return Party(f"{ID}organisation/{id_}", names, numbers, codes)


def weigh(*parties: Party, known: Known = PLACES, identity: Identity | None = None) -> Evidence:
    """Return the evidence of the first two, the others standing by."""
    setting = describe_setting(parties, known, identity or Identity())
    return weigh_pair(parties[0], parties[1], setting)


def test_one_number_is_certain() -> None:
    """A lost nought and the legal form make no difference."""
    found = weigh(
        party("a", "Alder Trust", "GB-COH-01234567"),
        party("x:1", "ALDER TRUST LTD", "GB-COH-1234567"),
    )
    assert (found.decision, found.reasons[0]) == ("certain", "both have GB-COH-01234567")


def test_an_equal_name_is_likely_and_no_more() -> None:
    """However equal: a name can be borne by two."""
    assert weigh(party("a", "Alder Trust"), party("x:1", "Alder Trust")).decision == "likely"


def test_other_numbers_of_one_register_speak_against_it() -> None:
    """Never certain or likely, and the reasons name both numbers."""
    found = weigh(
        party("a", "Alder Trust", "GB-CHC-500640"), party("x:1", "Alder Trust", "GB-CHC-500641")
    )
    assert found.decision == "possible"
    assert "against it: GB-CHC gives them different numbers: 500640 and 500641" in found.reasons


def test_one_number_shared_and_one_in_conflict() -> None:
    """A shared number does not outweigh a conflict in another register."""
    found = weigh(
        party("a", "Alder Trust", "GB-COH-01234567", "GB-CHC-500640"),
        party("x:1", "Alder Trust", "GB-COH-01234567", "GB-CHC-500641"),
    )
    assert found.decision == "possible"


def test_one_number_of_strangers_is_not_certain() -> None:
    """A number can be given to the wrong party; two shared numbers are no accident."""
    one, other = party("a", "Alder Trust", "GB-COH-01234567"), party("x:1", "Birch Homes",
                                                                   "GB-COH-01234567")  # fmt: skip
    found = weigh(one, other)
    assert found.decision == "likely"
    assert any("nothing in common" in reason for reason in found.reasons)
    numbers = ("GB-COH-01234567", "GB-CHC-500640")
    twice = weigh(party("a", "Alder Trust", *numbers), party("x:1", "Birch Homes", *numbers))
    assert twice.decision == "certain"


def test_registers_that_share_numbers_are_never_certain() -> None:
    """One VAT number can be that of a whole group."""
    found = weigh(
        party("a", "Alder Trust", "GB-VAT-123456780"),
        party("x:1", "Alder Trust", "GB-VAT-123456780"),
    )
    assert found.decision == "likely"


def test_a_filler_is_no_number() -> None:
    """Two organisations without a number are not one for it."""
    found = weigh(
        party("a", "Alder", "GB-COH-00000000"), party("x:1", "Birch Homes", "GB-COH-00000000")
    )
    assert found.decision == ""


def test_a_name_of_several_is_only_possible() -> None:
    """Where two of the record bear a name, a third bearer may be either."""
    found = weigh(
        party("pact", "Prison Advice and Care Trust", alias="Pactum"),
        party("x:1", "PACTUM"),
        party("pact-thames", "Pactum of the Thames", alias="PACTUM"),
    )
    assert found.decision == "possible"
    assert any("a name of several" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Probation Service: North East", "Probation Service: North West"),
        ("Kent Women's Centre", "Gwent Women's Centre"),
        ("Foundation 92", "Foundation 93"),
        ("Alder Homes", "Birch Homes"),
    ],
)
def test_names_of_two(one: str, other: str) -> None:
    """Names that tell places or numbers apart are no likeness."""
    assert weigh(party("a", one), party("x:1", other)).decision == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Inspira Cumbria", "Inspire Cumbria"),
        ("Alder", "Alder UK Services"),
        ("Touchstone", "Touchstone Leeds"),
        ("Changing Lives", "Changing Lives Together"),
        ("Domestic Abuse Service", "DAS"),
        ("Alder Homes Trust", "Trust Alder Homes"),
    ],
)
def test_near_names_are_possible_and_no_more(one: str, other: str) -> None:
    """A letter, a word more, a place more or first letters: for a person to look at."""
    assert weigh(party("x:1", one), party("x:2", other)).decision == "possible"


def test_legal_forms_and_codes_and_relations_speak_against_it() -> None:
    """Each sets a ceiling below likely, and says so."""
    forms = weigh(party("a", "Alder Works CIC"), party("x:1", "Alder Works Plc"))
    codes = weigh(
        party("a", "Alder Works", codes=("ALDER",)), party("b", "Alder Works", codes=("ALDER_2",))
    )
    one, other = party("a", "Alder Works"), party("b", "Alder Works")
    known = Known(related={pair_of(one.iri, other.iri): "owned by"})
    related = weigh(one, other, known=known)
    for found, words in ((forms, "legal forms"), (codes, "codes of their own"),
                         (related, "owned by")):  # fmt: skip
        assert found.decision == "possible"
        assert any(r.startswith("against it: ") and words in r for r in found.reasons)


def test_what_one_is_not_the_other_is_not() -> None:
    """Alder is not Birch, and the imported one is Birch: so it is not Alder, number or not."""
    alder = party("alder", "Alder Works", "GB-COH-01234567")
    birch, imported = party("birch", "Birch"), party("x:1", "Alder Works", "GB-COH-01234567")
    identity = Identity(
        (
            Judged("no", "not-same-as", alder.iri, birch.iri, "Two."),
            Judged("yes", "same-as", birch.iri, imported.iri, "One."),
        )
    )
    found = weigh(alder, imported, birch, identity=identity)
    assert found.decision == "possible"
    assert any("judged not to be the same" in r and "no" in r for r in found.reasons)


def test_a_proposal_of_an_import_is_taken_up() -> None:
    """Where nothing else is found, it is possible, with the import's own reason."""
    one, other = party("a", "Alder"), party("x:1", "Birch Homes")
    known = Known(proposed={pair_of(one.iri, other.iri): (("match/1", "a hunch"),)})
    assert find_pairs([other, one], known, Identity()) == [(one, other)]
    found = weigh(one, other, known=known)
    assert (found.decision, found.reasons) == ("possible", ("an import proposes it: a hunch",))


def test_many_of_one_name_meet_the_first_only() -> None:
    """Four hundred unnumbered bearers of a name make 400 pairs with the record's, not 80,000."""
    many = [party(f"x:{n}", "Alder Works Ltd") for n in range(400)]
    pairs = find_pairs([*many, party("alder", "Alder Works")], Known(), Identity())
    assert len(pairs) == 400
    assert {one.iri for one, _ in pairs} == {f"{ID}organisation/alder"}


WORDS = st.sampled_from(["Alder", "Aldar", "Birch", "Trust", "Homes", "North", "Kent", "92", "UK"])
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
NUMBERS = st.lists(
    st.sampled_from(["GB-COH-01234567", "GB-COH-1234567", "GB-COH-7654321", "GB-CHC-500640",
                     "GB-VAT-123456780", "GB-COH-00000000", "junk"]),
    max_size=2,
)  # fmt: skip


@st.composite
def parties(draw: st.DrawFn) -> list[Party]:
    """Return up to eight organisations of few names and numbers, of the record or imported."""
    names = draw(st.lists(st.tuples(NAMES, NUMBERS, st.booleans()), min_size=2, max_size=8))
    return [
        party(f"r{n}" if recorded else f"x:{n}", name, *numbers)
        for n, (name, numbers, recorded) in enumerate(names)
    ]


@given(parties())
def test_weighing_is_symmetric(found: list[Party]) -> None:
    """It does not matter which of two is given first."""
    setting = describe_setting(found, PLACES, Identity())
    for one, other in combinations(found, 2):
        assert weigh_pair(one, other, setting) == weigh_pair(other, one, setting)


@given(parties(), st.randoms())
def test_order_makes_no_difference(found: list[Party], random: object) -> None:
    """The same organisations in another order give the same pairs and the same evidence."""
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pairs = find_pairs(found, PLACES, Identity())
    assert pairs == find_pairs(shuffled, PLACES, Identity())
    settings = [describe_setting(f, PLACES, Identity()) for f in (found, shuffled)]
    assert [weigh_pair(*p, settings[0]) for p in pairs] == [
        weigh_pair(*p, settings[1]) for p in pairs
    ]


@given(parties())
def test_pairs_are_of_two_and_each_once(found: list[Party]) -> None:
    """Nobody is paired with itself, and no pair stands there twice, turned round or not."""
    pairs = [pair_of(one.iri, other.iri) for one, other in find_pairs(found, PLACES, Identity())]
    assert all(one != other for one, other in pairs)
    assert len(pairs) == len(set(pairs))


@given(parties())
def test_certain_rests_on_a_number_and_no_conflict(found: list[Party]) -> None:
    """Whatever the names: one shared number, and no register in which the two differ."""
    setting = describe_setting(found, PLACES, Identity())
    for one, other in combinations(found, 2):
        if weigh_pair(one, other, setting).decision == "certain":
            both = {s: (one.numbers[s], other.numbers[s]) for s in ONE_TO_ONE
                    if s in one.numbers and s in other.numbers}  # fmt: skip
            assert both
            assert all(mine & theirs for mine, theirs in both.values())


@given(parties())
def test_equals_are_joined_by_the_pairs(found: list[Party]) -> None:
    """Those of one name or number are connected through the pairs, by a brute-force comparison."""
    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(p.iri for p in found)
    net.add_edges_from((a.iri, b.iri) for a, b in find_pairs(found, PLACES, Identity()))
    for one, other in combinations(found, 2):
        names = {f.key for f in one.forms} & {f.key for f in other.forms}
        shared = [s for s in one.numbers if one.numbers[s] & other.numbers.get(s, frozenset())]
        if names or shared:
            assert nx.has_path(net, one.iri, other.iri)


@given(st.lists(NAMES, min_size=2, max_size=10, unique_by=lambda name: read_forms(name)[0].key))
def test_no_near_pair_is_missed_in_small_sets(names: list[str]) -> None:
    """All that brute force finds near and sharing a word, by the ratio of sorted words."""
    found = [party(f"x:{n}", name) for n, name in enumerate(names)]
    pairs = {(a.iri, b.iri) for a, b in find_pairs(found, Known(), Identity())}
    for one, other in combinations(found, 2):
        mine, theirs = one.forms[0], other.forms[0]
        near = fuzz.ratio(mine.text, theirs.text) >= 88
        if near and set(mine.tokens) & set(theirs.tokens):
            assert (one.iri, other.iri) in pairs or (other.iri, one.iri) in pairs


def test_a_common_word_does_not_hide_a_near_pair() -> None:
    """Six hundred names share one word, more than are compared each with each."""
    letters = "abcdefghijklmnopqrstuvwxy"
    many = [f"Harbour {a}{b}{a}{b}{a}{b}{a}{b}" for a in letters for b in letters]
    parties_ = [party(f"x:{n}", name) for n, name in enumerate([*many, "Harbour Rowanberry"])]
    typo = party("x:typo", "Harbour Rowanbery")
    pairs = find_pairs([typo, *parties_], Known(), Identity())
    assert any(typo in pair and "Rowanberry" in f"{pair[0].label}{pair[1].label}" for pair in pairs)

"""The homonyms of the record: whoever is only called alike is never taken as certain.

The labels are written by hand. Names are as printed in the award list (`moj-2021`), the
articles (`ia-2021`, `ia-2022`, `wired-2019`) and the ministry's provider codes
(`moj-providers`, `moj-contracts`); who is meant is what those documents say. Numbers are
those that the record's sources give. Numbers of bodies that are not of the record are made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from rehabgraph.ontology import ID
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.identity.candidates import describe_setting, find_pairs
from rehabgraph.queries.identity.organisations import Known, Party, read_known, read_parties
from rehabgraph.queries.identity.same import Identity, read_identity
from rehabgraph.queries.identity.weigh import weigh_pair

NUMBERED = (
    ("INGEUS UK LTD", ("GB-COH-4320853",), "ingeus"),  # a nought lost, as spreadsheets do
    ("Ingeus", ("GB-COH-04320853",), "ingeus"),
    ("Changing Lives", ("GB-CHC-500640",), "changing-lives"),
    ("The Cyrenians Limited", ("GB-COH-995799",), "changing-lives"),
    ("St Giles Trust", ("GB-CHC-801355",), "st-giles-trust"),
    ("FORWARD TRUST", ("GB-COH-02560474", "GB-CHC-1001701"), "forward-trust"),
    ("Person Shaped Support", ("GB-CHC-224469",), "pss"),
    ("PSS (UK)", ("GB-COH-00214077",), "pss"),
    ("Thirteen Housing Group Limited", ("GB-RSH-L4522",), "thirteen"),
    ("GM Women's Support Alliance", ("GB-COH-12312174",), "gmwsa"),
    ("COMMUNITY LED INITIATIVES CIC", ("GB-PPON-PHQQ-4657-JMMY",), "cli"),
)
"""Printed with a number, and whom it names."""

NAMED = (
    ("Catch 22", "catch22"),  # moj-2021 L88
    ("St Mungo", "st-mungos"),  # moj-2021 L90
    ("St Giles Wise (SGW)", "st-giles-wise"),  # moj-2021 L60
    ("PSS UK", "pss"),  # moj-2021 L111
    ("Nelson Trust", "nelson-trust"),  # moj-2021 L135
    ("Forward Trust", "forward-trust"),  # moj-2021 L152
    ("Women’s Work Derbyshire", "womens-work"),  # moj-2021 L47
    ("Nottingham Women’s Centre", "nottingham-womens-centre"),  # moj-2021 L46
    ("The Women’s Centre Cornwall", "womens-centre-cornwall"),  # moj-2021 L136
    ("NACRO", "nacro"),  # moj-2021 L23
    ("Wise Group", "wise-group"),  # moj-2021 L21
    ("Department of Work and Pensions", "dwp"),  # wired-2019 L5
    ("Seetec Group", "seetec"),  # ia-2022 L43
    ("Prison Advice and Care Trust (Pact)", "pact"),  # ia-2021 L16
    ("Catch22 Charity Limited", "catch22"),
    ("Ingeus UK Limited", "ingeus"),
    ("MAXIMUS UK Services Limited", "maximus"),
    ("The Growth Company Ltd", "growth-company"),
    ("Advance Charity", "advance"),
    ("PACT Futures Community Interest Company", "pact-futures"),
    ("Touchstone - Leeds", "touchstone"),
    ("HumanKind", "humankind"),
    ("Reform,Restore,Respect", "reform-restore-respect"),
    ("RISE Mutual CIC", "rise-mutual"),
    ("Anglia Care Trust (ACT)", "anglia-care-trust"),
    ("Independent Domestic Abuse Service (IDAS)", "idas"),
    ("BWC (Brighton Women's Centre)", "bwc"),
    ("v-i-a", "via"),
    ("Inspire Cumbria Ltd", "inspira-cumbria"),
    ("Salford Foundation Limited", "salford-foundation"),
    ("Together Women Project", "together-women"),
    ("Rethink Mental Illness Ltd", "rethink"),
    ("Working Chance Ltd", "working-chance"),
    ("Foundation 92", "foundation-92"),
    ("Stepping Stone (Bury)", "stepping-stone-bury"),
    ("Changing Lives Together", "changing-lives-together"),
)
"""Printed without a number, and whom the documents mean."""

STRANGERS = (
    ("Changing Lives", ("GB-CHC-9900001",)),
    ("Women in Prison", ("GB-CHC-9900008",)),  # the record has no number that could tell
    ("Foundation", ("GB-COH-99000003",)),
    ("Foundation 93", ()),
    ("PACT", ("GB-CHC-9900004",)),
    ("PACT Futures East", ()),
    ("St Giles", ("GB-CHC-9900005",)),
    ("Ingeus UK Limited", ("GB-COH-99000006",)),
    ("Maximus Homes", ()),
    ("Stepping Stones (Bury)", ("GB-COH-99000007",)),
    ("Women's Centre Kent", ()),
    ("Probation Service: South East", ()),
)
"""Called like somebody of the record, and made up: nobody of the record is meant."""

ALIKE = (
    ("Foundation", "foundation-92"),
    ("Foundation", "salford-foundation"),
    ("Foundation 92", "foundation"),
    ("Foundation 92", "salford-foundation"),
    ("Salford Foundation Limited", "foundation"),
    ("Changing Lives", "changing-lives-together"),
    ("Changing Lives Together", "changing-lives"),
    ("PACT Futures Community Interest Company", "pact"),
    ("PACT Futures Community Interest Company", "pact-thames-valley"),
    ("Prison Advice and Care Trust (Pact)", "pact-futures"),
    ("Prison Advice and Care Trust (Pact)", "pact-thames-valley"),
    ("St Giles Wise (SGW)", "st-giles-trust"),
    ("MAXIMUS UK Services Limited", "maximus-inc"),
    ("Stepping Stone (Bury)", "stepping-stones-luton"),
)
"""Printed, and who is called alike but not meant."""


@dataclass(frozen=True)
class Judgement:
    """One proposed pair of a printed name and an organisation of the record."""

    printed: str
    id: str
    decision: str
    right: bool


def printed_parties() -> Iterator[tuple[Party, str]]:
    """Yield each printed organisation by itself, and whom it means; empty for nobody."""
    every = [
        *NUMBERED,
        *((name, (), id_) for name, id_ in NAMED),
        *((name, numbers, "") for name, numbers in STRANGERS),
    ]
    for n, (name, numbers, id_) in enumerate(every):
        yield Party(f"{ID}organisation/made-{n}:party-1", ((name, "name"),), numbers), id_


def judge(record: list[Party], known: Known, identity: Identity) -> list[Judgement]:
    """Return every proposal that joins a printed organisation to one of the record."""
    meant = dict(printed_parties())
    everybody = [*record, *meant]
    setting = describe_setting(everybody, known, identity)
    found = []
    for one, other in find_pairs(everybody, known, identity):
        decision = weigh_pair(one, other, setting).decision
        if decision and other in meant and one not in meant:
            id_ = one.iri.rsplit("/", 1)[-1]
            found.append(Judgement(other.label, id_, decision, meant[other] == id_))
    return found


def as_recorded(world: Graph) -> list[Judgement]:
    """Return the proposals with all that the record knows: further names, codes, judgements."""
    return judge(read_parties(world.store), read_known(world.store), read_identity(world.store))


def bare(world: Graph) -> list[Judgement]:
    """Return the proposals with names in use and numbers alone, and nothing judged."""
    record = [
        replace(p, names=tuple(n for n in p.names if n[1] == "name")[:1], codes=())
        for p in read_parties(world.store)
    ]
    return judge(record, Known(places=read_known(world.store).places), Identity())


@pytest.mark.parametrize("know", [as_recorded, bare])
def test_certain_is_never_wrong_and_recall_is_told(
    world: Graph, capsys: pytest.CaptureFixture[str], know: object
) -> None:
    """Precision is 1.0 at the automatic threshold; below it the figures are told.

    A stranger of the very same name, without a number on either side that could tell, is
    `likely`: that is why `likely` is for a person to decide.
    """
    found = know(world)  # type: ignore[operator]
    labelled = len(NUMBERED) + len(NAMED)
    lines = []
    for level in (("certain",), ("certain", "likely"), ("certain", "likely", "possible")):
        taken = [f for f in found if f.decision in level]
        right = sum(f.right for f in taken)
        lines.append(
            f"  {level[-1]:9} precision {right}/{len(taken)} = {right / len(taken):.3f}, "
            f"recall {right}/{labelled} = {right / labelled:.3f}"
        )
    with capsys.disabled():
        print(f"\nmatching, {know.__name__}, down to:", *lines, sep="\n")  # type: ignore[attr-defined]
    certain = [f for f in found if f.decision == "certain"]
    assert len(certain) >= len(NUMBERED) - 1
    assert all(f.right for f in certain)


def test_each_number_is_certain(world: Graph) -> None:
    """What is printed with a number of the record is found by it, whatever the spelling."""
    certain = {(f.printed, f.id) for f in as_recorded(world) if f.decision == "certain"}
    assert certain == {(name, id_) for name, _, id_ in NUMBERED}


@pytest.mark.parametrize(("printed", "id_"), ALIKE)
def test_the_one_called_alike_is_not_likely(world: Graph, printed: str, id_: str) -> None:
    """With the record's knowledge and without it."""
    for found in (as_recorded(world), bare(world)):
        decisions = {f.decision for f in found if (f.printed, f.id) == (printed, id_)}
        assert decisions <= {"possible"}


def test_the_record_proposes_nothing_of_itself(world: Graph) -> None:
    """Its organisations stand there once each; the homonyms are judged, and counted."""
    report = world.report("match")
    assert report.rows == ()
    (told,) = [n for n in report.notes if n.startswith("Judged already")]
    assert "0 like pairs as the same" in told
    assert "0 as not the same" not in told

"""The tiny dataset is what its head says, so that others can lean on the figures there."""

from __future__ import annotations

from rdflib import RDF, Graph, Namespace

from rehabgraph.ontology import ID, RG

R = Namespace(RG)
I = Namespace(ID)  # noqa: E741


def test_counts(tiny: Graph) -> None:
    """There are as many rows of each class as the head lists."""
    counts = {
        "Contract": 6,
        "Award": 4,
        "Participation": 9,
        "ProbationRegion": 2,
        "PoliceArea": 4,
        "Lot": 4,
        "Round": 2,
        "Term": 4,
        "Organisation": 9,
    }
    for name, expected in counts.items():
        assert len(set(tiny.subjects(RDF.type, R[name]))) == expected, name


def test_values(tiny: Graph) -> None:
    """The four awards sum to the totals by provider and region that the head gives."""
    by_lead: dict[str, int] = {}
    by_region: dict[str, int] = {}
    for award in tiny.subjects(RDF.type, R.Award):
        value = int(tiny.value(award, R.value))  # type: ignore[arg-type]
        for prop, totals in ((R.awardedTo, by_lead), (R.region, by_region)):
            key = str(tiny.value(award, prop)).split("/")[-1]
            totals[key] = totals.get(key, 0) + value
    assert by_lead == {"alder": 400_000, "birch": 600_000, "cedar": 500_000, "dogwood": 300_000}
    assert by_region == {"eastmark": 1_500_000, "westmark": 300_000}


def test_one_award_covers_two_contracts(tiny: Graph) -> None:
    """The wellbeing line covers T_0002 and T_0003; each other line covers one contract."""
    covered = {
        str(a).split("/")[-1]: len(set(tiny.subjects(R.award, a)))
        for a in tiny.subjects(RDF.type, R.Award)
    }
    assert covered == {
        "eastmark-wom-alder": 1,
        "eastmark-pwb-birch": 2,
        "eastmark-acc-cedar": 1,
        "westmark-acc-dogwood": 1,
    }
    assert tiny.value(I["contract/T_0006"], R.award) is None

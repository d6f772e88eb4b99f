"""Tests of the claims held against the graph.

Sums by hand from the 66 lines of the award list of 21 May 2021: 196,074,277 pounds in all;
women's services 46,609,099, accommodation 33,649,410, education and work 33,836,715, wellbeing
81,979,053. Kinds of leads as the organisations table holds them.
"""

from typing import Any

import pytest

from rehabgraph.queries.claims.readings import READINGS, Lead
from rehabgraph.queries.claims.record import read_years
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report import Report


@pytest.fixture(scope="module")
def report(world: Graph) -> Report:
    """Return the report on the packaged data."""
    return world.report("reconcile")


@pytest.fixture(scope="module")
def rows(report: Report) -> dict[str, Any]:
    """Return its rows by id."""
    return {row["id"]: row for row in report.rows}


@pytest.mark.parametrize(
    ("id_", "computed", "result"),
    [
        ("moj-26-organisations", 26, "match"),
        ("moj-more-than-25", 26, "match"),
        ("clinks-leads-26", 26, "match"),
        ("clinks-contracts-110", 110, "match"),
        ("moj-initial-195", 196_074_277, "differs"),
        ("wwo-total-195", 196_074_277, "differs"),
        ("moj-around-200", 196_074_277, "match"),
        ("moj-title-200", 196_074_277, "differs"),
        ("moj-womens-over-45", 46_609_099, "match"),
        ("moj-womens-almost-46", 46_609_099, "differs"),
        ("moj-accommodation-33", 33_649_410, "match"),
        ("moj-ete-33", 33_836_715, "differs"),
        ("moj-wellbeing-118", 81_979_053, "not comparable"),
        ("moj-up-to-270", None, "not comparable"),
        ("moj-supply-chain-50", 67, "differs"),
        ("moj-twelve-regions", 12, "match"),
        ("wwo-english-regions-11", 11, "match"),
        ("wwo-wales-region-1", 1, "match"),
        ("wwo-wales-ete-1", 1, "match"),
        ("wwo-term-most", 2.75, "match"),
        ("wwo-term-womens", 1, "match"),
        ("ia-four-regions", 4, "match"),
        ("clinks-welsh-leads-none", None, "not comparable"),
        ("moj-reoffending-18bn", None, "not comparable"),
    ],
)
def test_claim_against_the_graph(
    rows: dict[str, Any], id_: str, computed: float | None, result: str
) -> None:
    """Each claim meets the figure that the printed lines give by hand."""
    row = rows[id_]
    assert (row["computed_low"], row["computed_high"]) == (computed, computed)
    assert row["result"] == result
    assert row["why"]


def test_a_figure_does_not_test_itself(rows: dict[str, Any]) -> None:
    """The standard term is taken from the very line of the claim, so it proves nothing."""
    assert rows["moj-term-standard"]["result"] == "not comparable"
    assert "this very line" in rows["moj-term-standard"]["why"]


def test_four_headlines_are_not_parts_of_one_sum(rows: dict[str, Any]) -> None:
    """46 + 33 + 33 + 118 = 230 against 195: the 118 is an up-to figure."""
    row = rows["moj-headlines-sum"]
    assert row["computed_low"] == 230_000_000
    assert row["result"] == "not comparable"
    assert "118 million is an up-to figure" in row["why"]


@pytest.mark.parametrize(
    ("reading", "low_high_held", "result"),
    [
        ("registered", (26_844_303, 97_041_092, 26_844_303), "differs"),
        ("charity", (78_193_628, 97_041_092, 94_517_125), "differs"),
        ("voluntary", (93_394_587, 125_547_725, 123_023_758), "not comparable"),
        ("not-commercial", (125_547_725, 125_547_725, 125_547_725), "match"),
    ],
)
def test_two_thirds_at_each_reading(
    rows: dict[str, Any], reading: str, low_high_held: tuple[int, int, int], result: str
) -> None:
    """Pounds led by each kind, added by hand, over 196,074,277; two-thirds within a twentieth."""
    row = rows[f"moj-charities-two-thirds/{reading}"]
    found = [row["computed_low"], row["computed_high"], row["computed_held"]]
    assert found == pytest.approx([x / 196_074_277 for x in low_high_held], abs=1e-6)
    assert row["result"] == result
    assert rows[f"clinks-voluntary-two-thirds/{reading}"]["computed"] == row["computed"]


def test_23_voluntary_leads_needs_the_widest_reading(rows: dict[str, Any]) -> None:
    """All but Ingeus, Maximus and Seetec are 23 of 26; charities by kind are 10 to 20."""
    assert rows["clinks-voluntary-leads-23/not-commercial"]["computed_low"] == 23
    charity = rows["clinks-voluntary-leads-23/charity"]
    assert (charity["computed_low"], charity["computed_high"]) == (10, 20)
    assert rows["clinks-voluntary-leads-23/voluntary"]["result"] == "not comparable"


def test_womens_lot_has_no_commercial_lead(rows: dict[str, Any]) -> None:
    """No line of the lot is led by Ingeus, Maximus or Seetec; two companies are in doubt."""
    assert rows["clinks-womens-all-voluntary/not-commercial"]["result"] == "match"
    held = rows["clinks-womens-all-voluntary/voluntary"]["computed_held"]
    assert held == pytest.approx(100 * (46_609_099 - 1_509_887 - 1_014_080) / 46_609_099, abs=1e-5)


def test_every_claim_has_a_row(world: Graph, report: Report, rows: dict[str, Any]) -> None:
    """No claim is left out, and none is corrected: what was stated stays as it was."""
    claims = world.store.select(
        "SELECT ?c ?v WHERE { ?c a <https://w3id.org/rehabgraph/ontology#Claim> ;"
        " <https://w3id.org/rehabgraph/ontology#value> ?v }"
    )
    stated = {row["ids"][0]: row["stated_value"] for row in report.rows}
    assert {str(c["c"]): pytest.approx(float(c["v"])) for c in claims} == stated
    assert {row["result"] for row in rows.values()} == {"match", "differs", "not comparable"}
    assert any("44 lines price one contract each; 22 price the other 66" in n for n in report.notes)


def test_readings_widen() -> None:
    """What is counted for certain is possibly counted, whatever the kind and its basis."""
    kinds = ("charity", "company", "housing-association", "partnership", "unknown")
    for kind in kinds:
        for basis in ("stated", "name", "believed", "conflicting", "unknown"):
            lead = Lead("x", kind, basis, registered=kind == "charity")
            for reading in READINGS:
                certain, held, possible = (test(lead) for test in reading.tests)
                assert certain <= held <= possible, (reading.id, kind, basis)


def test_partnership_counts_by_its_members() -> None:
    """A partnership is voluntary when its members are, and for certain when they are so."""
    charity, believed = Lead("a", "charity", "stated"), Lead("b", "charity", "believed")
    company = Lead("c", "company", "stated")
    certain, held, _ = next(r for r in READINGS if r.id == "voluntary").tests

    def joined(*members: Lead) -> Lead:
        return Lead("p", "partnership", "stated", members=members)

    assert certain(joined(charity, charity))
    assert held(joined(charity, believed))
    assert not certain(joined(charity, believed))
    assert not held(joined(charity, company))


def test_terms_read_in_years() -> None:
    """Two years and nine months are 2.75 years."""
    assert [read_years(t) for t in ("P2Y9M", "P3Y", "P6M")] == [2.75, 3, 0.5]

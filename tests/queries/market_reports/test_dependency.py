"""The report `dependency`: against hand arithmetic on the award list and on the tiny world."""

from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.graph import Graph


def rows_of(graph: Graph, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report by id."""
    return {str(r["id"]): dict(r) for r in graph.report("dependency", **options).rows}


def test_kent_surrey_and_sussex_rests_on_seetec(world: Graph) -> None:
    """Lines 72 to 81: 2,135,134 + 1,977,871 + 1,903,774 of 11,647,747 are Seetec's."""
    row = rows_of(world, basis="value")["kent-surrey-and-sussex:provider:value"]
    seetec = 2_135_134 + 1_977_871 + 1_903_774
    others = 1_317_735 + 1_167_285 + 588_630 + 2_557_318
    assert row["largest"] == "Seetec"
    assert row["share"] == pytest.approx(100 * seetec / (seetec + others))
    assert row["counterparts"] == 5


def test_ties_are_all_named(world: Graph) -> None:
    """London has three contracts of three leads: each is the largest on that basis."""
    row = rows_of(world, basis="contracts", region="London")["london:provider:contracts"]
    assert row["largest"] == "Catch22 or Maximus or St Mungo's"
    assert row["share"] == pytest.approx(100 / 3)


def test_area_with_unknown_splits(world: Graph) -> None:
    """In Surrey only Women in Prison's 588,630 is certain; two others may hold far more."""
    row = rows_of(world, by="area", basis="value", area="Surrey")["surrey:provider:value"]
    assert row["share"] is None
    assert row["share_low"] == pytest.approx(100 / 3)
    assert row["share_high"] == pytest.approx(100)
    assert row["largest"] == "Seetec or The Forward Trust or Women in Prison"


def test_provider_rests_on_lot_region_and_commissioner(world: Graph) -> None:
    """A provider rests on three sides; every line of the round is the ministry's.

    St Giles Wise, lines 60, 98, 101, 150 and 174: of 13,305,674, Wales holds 6,011,313 and
    personal wellbeing 3,177,664 + 6,011,313.
    """
    found = rows_of(world, by="provider", basis="value")
    lot, region, buyer = (
        found[f"st-giles-wise:{side}:value"] for side in ("lot", "region", "commissioner")
    )
    assert lot["largest"] == "Personal wellbeing"
    assert lot["share"] == pytest.approx(100 * (3_177_664 + 6_011_313) / 13_305_674)
    assert region["largest"] == "Wales"
    assert region["share"] == pytest.approx(100 * 6_011_313 / 13_305_674)
    assert (buyer["largest"], buyer["share"]) == ("Ministry of Justice", 100)


def test_other_commissioners_count_when_all_rounds_do(world: Graph) -> None:
    """With every round, some lead has contracts of the Combined Authority alone."""
    found = rows_of(world, by="provider", basis="contracts", round="all")
    largest = {r["largest"] for r in found.values() if r["on"] == "Commissioner"}
    assert "Greater Manchester Combined Authority" in largest


def test_matrix_gives_every_pair(tiny: Graph) -> None:
    """In Eastmark Birch has 600, Cedar 500, Alder 400 of 1,500 thousand: three cells of the map."""
    report = tiny.report("dependency", matrix=True, basis="value", region="Eastmark")
    assert [r["counterpart"] for r in report.rows] == ["Birch", "Cedar Homes", "Alder Trust"]
    assert [r["share"] for r in report.rows] == pytest.approx([40, 100 / 3, 400 / 15])


def test_shares_of_a_matrix_add_up(world: Graph) -> None:
    """The shares of one region on one basis are 100 percent together."""
    report = world.report("dependency", matrix=True)
    sums: dict[tuple[str, str], float] = {}
    for r in report.rows:
        key = (r["name"], r["basis"])
        sums[key] = sums.get(key, 0.0) + r["share"]
    assert len(sums) == 33
    assert list(sums.values()) == pytest.approx([100] * 33)


def test_unpriced_share_is_unknown(world: Graph) -> None:
    """Without prices the share of value is unknown, and the row stays."""
    found = rows_of(world, basis="value", round="dependency-recovery-2022")
    assert found
    assert all(r["share"] is None and r["share_high"] is None for r in found.values())


def test_bad_choice_is_one_line(world: Graph) -> None:
    """A choice that is none says what there is."""
    with pytest.raises(BadParameter, match="--by town: choose one of region, area, lot, provider"):
        world.report("dependency", by="town")


def test_why_opens_a_row(world: Graph) -> None:
    """What London rests on opens to the three contracts of the records."""
    found = world.why("dependency", "London", basis="contracts")
    assert len(found.rows) == 3

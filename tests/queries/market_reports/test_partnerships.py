"""The report `partnerships`: ties of the record, each counted once and each with its evidence."""

import csv
from collections import defaultdict
from math import comb
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.graph import Graph


def rows_of(graph: Graph, **options: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report."""
    return [dict(r) for r in graph.report("partnerships", **options).rows]


def test_tiny_ties_by_hand(tiny: Graph) -> None:
    """The tiny world's own note: Birch with Elm in two contracts, Cedar with Elm in one."""
    found = {r["name"]: r["shared"] for r in rows_of(tiny, tie="lead-subcontractor")}
    assert found == {"Birch – Elm Women's Centre": 2, "Cedar Homes – Elm Women's Centre": 1}


def test_tiny_groups(tiny: Graph) -> None:
    """Dogwood is owned by Birch: one group, on the evidence of that relation."""
    (row,) = rows_of(tiny, tie="common-ownership")
    assert row["name"] == "Birch – Dogwood"
    assert row["ids"]


def test_double_parts_count_once(world: Graph) -> None:
    """Each tie is there once, by the closer part.

    Members of St Giles Wise, and Seetec's named partners, are also listed as subcontractors of
    the same contracts: 16 and 2.
    """
    ties = rows_of(world)
    for pair, kind, shared in (
        ("St Giles Wise – St Giles Trust", "consortium", 16),
        ("St Giles Wise – The Wise Group", "consortium", 16),
        ("Seetec – The Forward Trust", "lead-partner", 2),
        ("Seetec – Prison Advice and Care Trust", "lead-partner", 2),
    ):
        found = [r for r in ties if r["name"] == pair and r["kind"] != "same-area"]
        assert [(r["kind"], r["shared"], r["also"]) for r in found] == [
            (kind, shared, "subcontractor")
        ]


@pytest.mark.shared
def test_subcontractors_against_the_reference_table(world: Graph, shared: Path) -> None:
    """The reference table, read on its own, gives each subcontractor's leads and contracts."""
    leads: dict[str, set[str]] = defaultdict(set)
    contracts: dict[str, int] = defaultdict(int)
    with (shared / "reference" / "contracts_2021.csv").open(encoding="utf-8-sig") as file:
        for r in csv.DictReader(file):
            for code in r["subcontractor_moj_codes"].replace(",", ";").split(";"):
                if code.strip():
                    leads[code.strip()].add(r["lead_moj_code"])
                    contracts[code.strip()] += 1
    expected = sorted((len(leads[c]), contracts[c]) for c in leads if len(leads[c]) > 1)
    found = sorted((r["leads"], r["contracts"]) for r in rows_of(world, show="subcontractors"))
    assert found == expected


def test_most_shared_pairs_come_first(world: Graph) -> None:
    """The three parties of St Giles Wise share sixteen contracts, the most of all."""
    rows = rows_of(world, show="partners")
    assert [r["shared"] for r in rows[:4]] == [16, 16, 16, 11]
    assert rows[3]["name"] == "Change Grow Live – Ingeus"


def test_leads_that_are_subcontractors(world: Graph) -> None:
    """The Forward Trust leads ten contracts and stands in two of Seetec's."""
    row = next(r for r in rows_of(world, show="dual") if r["name"] == "The Forward Trust")
    assert (row["leading"], row["under"], row["leads"]) == (10, 2, "Seetec")


def test_chance_of_shared_areas_by_hand(world: Graph) -> None:
    """The Growth Company serves 7 of 41 areas and Shelter 4, all of them shared.

    By hand: p = C(7, 4) / C(41, 4) = 35 / 101,270; by chance they would share 28/41.
    """
    report = world.report("partnerships", show="pairs")
    row = next(r for r in report.rows if r["name"] == "The Growth Company – Shelter")
    assert (row["first_areas"], row["second_areas"], row["observed"]) == (7, 4, 4)
    assert row["expected"] == pytest.approx(28 / 41)
    assert row["p_value"] == pytest.approx(comb(7, 4) / comb(41, 4))
    assert any("Benjamini" in note for note in report.notes)
    assert any("could not have been significant" in note for note in report.notes)


def test_narrowed_market_leaves_agreements_out(world: Graph) -> None:
    """Agreements belong to no lot: they are there for all of the market and for no part of it."""
    assert rows_of(world, tie="agreement")
    assert not rows_of(world, tie="agreement", lot="ACC")


@pytest.mark.parametrize(
    "options", [{"show": "all"}, {"tie": "friends"}, {"tie": "consortium", "show": "pairs"}]
)
def test_bad_choices_are_one_line(world: Graph, options: dict[str, str]) -> None:
    """A choice that is none says what there is."""
    with pytest.raises(BadParameter) as caught:
        world.report("partnerships", **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("show", ["ties", "partners", "subcontractors", "dual", "pairs"])
def test_every_row_has_evidence(world: Graph, show: str) -> None:
    """Each tie keeps what it rests on, and `why` opens it."""
    rows = rows_of(world, show=show)
    assert rows
    assert all(r["ids"] for r in rows)
    assert world.why("partnerships", "1", show=show).rows

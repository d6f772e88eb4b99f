"""Tests of who covers what, and of the signs for nobody."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.coverage import NONE, NOT_HERE, NOT_RUNNING, OTHER
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters

LOTS = {"Women": "womens-services", "PWB": "personal-wellbeing", "Accom": "accommodation",
        "ETE": "education-training-employment"}  # fmt: skip


def cells(graph: Graph, **options: str) -> dict[str, Any]:
    """Return the report's cells by `area/lot`."""
    return {r["id"]: r for r in graph.report("coverage", by="cell", **options).rows}


def test_five_cells_are_not_in_the_record(world: Graph) -> None:
    """42 areas and 4 lots: all of Greater Manchester and London's women's services are absent.

    Lines 86 and 187 of the announcement: the services there are commissioned with partners.
    """
    found = cells(world)
    missing = {id_ for id_, row in found.items() if row["cell"] == NOT_HERE}
    assert len(found) == 168
    assert missing == {
        "metropolitan/womens-services",
        *(f"greater-manchester/{lot}" for lot in LOTS.values()),
    }
    assert not any(row["cell"] == NONE for row in found.values())
    assert not any("city-of-london" in id_ for id_ in found)
    assert "Combined Authority" in found["greater-manchester/accommodation"]["why"]


def test_city_of_london_is_named_as_no_commissioned_area(world: Graph) -> None:
    """The area without a row is named in the notes."""
    assert any("City of London has no row" in note for note in world.report("coverage").notes)


def test_later_rounds_fill_in(world: Graph) -> None:
    """With every round Greater Manchester has a lead for housing; mentoring in Kent stays open."""
    found = cells(world, round="all")
    assert found["greater-manchester/accommodation"]["cell"] == "Ingeus"
    assert found["metropolitan/womens-services"]["cell"] not in (NONE, NOT_HERE)
    assert found["kent/mentoring"]["cell"] == NOT_HERE


def test_ended_term_is_neither_none_nor_absent(world: Graph) -> None:
    """On 1 May 2024 only women's services run by their announced terms: 32 of the cells."""
    found = cells(world, as_of="2024-05-01")
    assert found["kent/accommodation"]["cell"] == NOT_RUNNING
    assert "2024-03-31" in found["kent/accommodation"]["why"]
    named = [r for r in found.values() if r["cell"] not in (NONE, NOT_HERE, OTHER, NOT_RUNNING)]
    assert {r["lot_id"] for r in named} == {"womens-services"}
    assert len(named) == 32


def test_other_leads_are_not_none(world: Graph) -> None:
    """A filter by provider leaves the others' cells led by another, not empty."""
    found = cells(world, provider="Ingeus")
    assert found["derbyshire/personal-wellbeing"]["cell"] == "Ingeus"
    assert found["kent/accommodation"]["cell"] == OTHER


def test_area_rows_repeat_the_cells(world: Graph) -> None:
    """Both forms say the same."""
    found = cells(world)
    for row in world.report("coverage").rows:
        for lot in LOTS.values():
            assert row[lot.replace("-", "_")] == found[f"{row['id']}/{lot}"]["cell"]


def test_tiny_world(tiny: Graph) -> None:
    """In the hand-written world Alder leads for women in Ash Valley and Birch for wellbeing."""
    found = cells(tiny)
    assert found["ash-valley/womens-services"]["cell"] == "Alder Trust"
    assert found["ash-valley/personal-wellbeing"]["cell"] == "Birch"


def test_none_needs_the_commissioners_own_row() -> None:
    """A cell that the round's commissioner lets alone, and nobody leads, is none."""
    from rehabgraph.queries.coverage import Commissioning, Scope, measure_coverage
    from rehabgraph.queries.market import Market

    market = Market((), (), {}, {}, {"north": ("a", "b", "c")})
    rows = [
        Commissioning("x", "north", "moj", None, "Ministry (sole)", "lot-1", "a"),
        Commissioning("y", "north", "moj", "gmca", "Ministry with Authority (joint)", "lot-1", "b"),
    ]
    scope = Scope(frozenset({("moj", None)}))
    found = measure_coverage(market, Filters(), ["lot-1"], rows, scope)
    assert [r["cell"] for r in found] == [NONE, NOT_HERE, NOT_HERE]


def test_unknown_form_is_one_line(world: Graph) -> None:
    """A wrong --by says what to choose."""
    with pytest.raises(BadParameter, match="choose one of area, cell"):
        world.report("coverage", by="lot")


@pytest.mark.shared
def test_cells_are_those_of_the_reference_table(world: Graph, shared: Path) -> None:
    """Lead by area and lot equals the reference list of the 110 contracts."""
    found = cells(world)
    region_areas = defaultdict(set)
    code = "<https://w3id.org/rehabgraph/ontology#regionCode>"
    found_codes = world.store.select(f"SELECT ?region ?code WHERE {{ ?region {code} ?code }}")
    codes = {r["region"].id: str(r["code"]) for r in found_codes}
    for region, areas in world.market().region_areas.items():
        region_areas[codes[region]] |= set(areas)
    market = world.market()
    lead_of = {c.reference: market.label("organisation", c.lead) for c in market.contracts}
    expected: dict[str, set[str]] = defaultdict(set)
    with (shared / "reference" / "contracts_2021.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            place = row["area_or_region"]
            for area in region_areas.get(place) or {place}:
                name = lead_of[row["contract_reference"]]
                expected[f"{area}/{LOTS[row['category']]}"].add(name)
    named = {id_: row["cell"] for id_, row in found.items() if row["cell"] != NOT_HERE}
    assert {id_: ", ".join(sorted(names)) for id_, names in expected.items()} == named

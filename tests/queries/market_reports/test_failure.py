"""The report `failure`: by hand, and against a market read again without the failed."""

from dataclasses import replace
from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter, UnknownName
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.loss import measure_loss, measure_reallocation
from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.parts import read_parts
from rehabgraph.queries.slices import BASES, areas_of


def figures(graph: Graph, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the figures of the report by name."""
    return {str(r["name"]): r["figure"] for r in graph.report("failure", **options).rows}


def test_birch_by_hand(tiny: Graph) -> None:
    """The tiny world's own note: T_0002 and T_0003 (600,000) lose their lead, Elm is exposed.

    A third fails, so the rest must grow by a half; 500, 400 and 300 of 1,200 thousand remain.
    """
    found = figures(tiny, provider="Birch")
    assert found["Contracts that lose their lead"] == 2
    assert found["Value of their priced lines"] == 600_000
    assert found["Cells left without a lead"] == 2
    assert found["Partners and subcontractors exposed"] == 1
    assert found["Share that fails (value)"] == pytest.approx(100 / 3)
    assert found["Uplift for the rest, s/(1 − s) (value)"] == pytest.approx(0.5)
    assert found["HHI before (value)"] == pytest.approx(10_000 * 86 / 324)
    assert found["HHI after, in proportion (value)"] == pytest.approx(10_000 * 50 / 144)
    east = 1 + 600 / 900  # Cedar and Alder take over what Birch had in Eastmark
    after = [500 * east, 400 * east, 300]
    assert found["HHI after, in the region (value)"] == pytest.approx(
        10_000 * sum(x * x for x in after) / 1_800**2
    )


def test_birch_with_its_group(tiny: Graph) -> None:
    """The tiny world's own note: with Dogwood 900,000 fail, and nobody is left in Westmark."""
    found = figures(tiny, provider="Birch", group=True)
    assert found["Contracts that lose their lead"] == 3
    assert found["Value of their priced lines"] == 900_000
    assert found["Nobody in the region to take over (value)"] == 300_000
    assert found["Cells with no other lead in the region"] == 2  # accommodation in Coombe and Down
    assert figures(tiny, joint="Birch, Dogwood")["Value of their priced lines"] == 900_000


def test_subcontractor_leads_nothing(tiny: Graph) -> None:
    """The tiny world's own note: if Elm fails, three contracts lose a subcontractor."""
    found = figures(tiny, provider="elm")
    assert found["Contracts of others that lose a partner"] == 3
    assert "Contracts that lose their lead" not in found


def test_share_of_listed_work(tiny: Graph) -> None:
    """Elm is listed in three contracts, two of them Birch's: 66.7 percent of its listed work."""
    (row,) = tiny.report("failure", provider="Birch", show="subcontractors").rows
    assert (row["contracts"], row["all"]) == (2, 3)
    assert row["share"] == pytest.approx(200 / 3)


def test_seetec_by_hand(world: Graph) -> None:
    """The award list gives Seetec nine lines of £22,203,074.

    Two are for wellbeing in one area each, the others for accommodation or employment in East
    of England, Kent Surrey and Sussex, South West and North West.

    Cells: 2 + (7 + 7) + (3 + 3) + (5 + 5) + 4 = 36, by the areas of those regions.
    """
    found = figures(world, provider="Seetec")
    assert found["Contracts that lose their lead"] == 9
    assert found["Value of their priced lines"] == 22_203_074
    assert found["Cells left without a lead"] == 36
    assert found["Uplift for the rest, s/(1 − s) (value)"] == pytest.approx(
        22_203_074 / (196_074_277 - 22_203_074)
    )
    # wellbeing in Kent and Cheshire has other leads in the region; the other lots have one each
    assert found["Cells with no other lead in the lot and region"] == 34


def test_consortium_and_its_members(world: Graph) -> None:
    """St Giles Wise leads 16 contracts; its two members lose that lead, and count once each."""
    report = world.report("failure", provider="St Giles Wise", show="subcontractors")
    members = {r["name"]: r for r in report.rows if r["member"]}
    assert set(members) == {"St Giles Trust", "The Wise Group"}
    assert all(r["contracts"] == 16 for r in members.values())
    assert figures(world, provider="St Giles Wise")["Consortia that lose their lead"] == 1
    assert figures(world, provider="St Giles Trust")["Consortia of others that lose a member"] == 1


def drop(market: Market, failed: set[str]) -> Market:
    """Return the market without the contracts and lines of some leads."""
    return replace(
        market,
        lines=tuple(line for line in market.lines if line.lead not in failed),
        contracts=tuple(c for c in market.contracts if c.lead not in failed),
    )


@pytest.mark.parametrize("failed", [("seetec",), ("ingeus", "catch22"), ("st-giles-wise",)])
@pytest.mark.parametrize("basis", BASES)
def test_agrees_with_the_market_read_again(
    world: Graph, failed: tuple[str, ...], basis: str
) -> None:
    """HHI and cells after a failure are those of the market without its contracts."""
    market, filters = read_market(world.store, ("day-one",)), Filters()
    left = drop(market, set(failed))
    found = measure_reallocation(market, filters, failed, basis)
    held: dict[str, float] = {}
    for c in left.contracts:
        cells = {(c.lead, c.lot, a) for a in areas_of(c)}
        if basis == "contracts":
            held[c.lead] = held.get(c.lead, 0) + 1
        elif basis == "areas":
            held |= dict.fromkeys("/".join(cell) for cell in cells)  # type: ignore[arg-type]
    if basis == "areas":
        counted: dict[str, float] = {}
        for cell in held:
            lead = cell.split("/")[0]
            counted[lead] = counted.get(lead, 0) + 1
        held = counted
    elif basis == "value":
        for line in left.lines:
            held[line.lead] = held.get(line.lead, 0) + line.value
    total = sum(held.values())
    assert found["hhi_after"] == pytest.approx(
        10_000 * sum(x * x for x in held.values()) / total**2
    )
    before = {(c.lot, a) for c in market.contracts for a in areas_of(c)}
    after = {(c.lot, a) for c in left.contracts for a in areas_of(c)}
    loss = measure_loss(market, filters, read_parts(world.store, ("day-one",)), failed)
    assert set(loss.cells) == before - after
    assert found["uplift"] == pytest.approx(found["share"] / (100 - found["share"]))


def test_unknown_amounts_are_intervals(world: Graph) -> None:
    """After June 2023 some of Ingeus's prices are partly gone: share and uplift have two ends."""
    rows = world.report("failure", provider="Ingeus", as_of="2023-08-01").rows
    share = next(r for r in rows if r["name"] == "Share that fails (value)")
    assert share["figure"] is None
    assert 0 < share["least"] < share["most"] < 100


def test_ranking_by_what_would_be_left(world: Graph) -> None:
    """The ranking is by cells left, and each row is what the single report says."""
    report = world.report("failure", top=26)
    cells = [r["cells"] for r in report.rows]
    assert cells == sorted(cells, reverse=True)
    assert sum(cells) == 163  # every cell of the round has one lead
    assert report.rows[0]["name"] == "Seetec"
    assert report.rows[0]["uplift_value"] == pytest.approx(22_203_074 / 173_871_203)
    assert len(world.report("failure", top=3).rows) == 3


def test_wording_is_neutral(world: Graph) -> None:
    """The report says that it is arithmetic and holds no view on any organisation."""
    notes = world.report("failure", provider="Ingeus").notes
    assert notes[0].startswith("Arithmetic on public contracts: no view on any organisation")


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"top": 0},
        {"top": -1},
        {"top": 3, "provider": "Ingeus"},
        {"provider": "Ingeus", "show": "x"},
    ],
)
def test_bad_options_are_one_line(world: Graph, options: dict[str, Any]) -> None:
    """What is missing or does not go together is said in one line."""
    with pytest.raises(BadParameter) as caught:
        world.report("failure", **options)
    assert "\n" not in str(caught.value)


def test_organisation_without_a_part(world: Graph) -> None:
    """An organisation that has no part in these contracts is named as such."""
    with pytest.raises(UnknownName, match="no part in these contracts"):
        world.report("failure", provider="dwp")


@pytest.mark.parametrize("show", ["summary", "contracts", "cells", "subcontractors"])
def test_why_opens_every_row(world: Graph, show: str) -> None:
    """Each row of each table opens to things with a citation."""
    report = world.report("failure", provider="Nacro", show=show)
    assert all(r["ids"] for r in report.rows)
    assert world.why("failure", "1", provider="Nacro", show=show).rows


def test_no_part_is_said_by_name(world: Graph) -> None:
    """The message names the organisation as people do, and joint names read as a sentence."""
    with pytest.raises(UnknownName, match="Ingeus: no part in these contracts"):
        world.report("failure", provider="ingeus", region="Wales")
    report = world.report("failure", joint="Ingeus,Seetec,Nacro")
    assert report.title == "What the failure of Ingeus, Seetec and Nacro would leave"

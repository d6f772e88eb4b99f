"""The report `merger`: by hand, and against the HHI of a market in which the parties are one."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, UnknownName
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.merger import measure_change_interval
from rehabgraph.queries.slices import BASES, build_slices


def rows_of(graph: Graph, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report by id."""
    return {str(r["id"]): dict(r) for r in graph.report("merger", **options).rows}


def test_tiny_merger_by_hand(tiny: Graph) -> None:
    """Alder 2/9 and Cedar 5/18: the HHI rises by 2 × 22.22 × 27.78 = 1,234.57."""
    row = rows_of(tiny, parties="Alder Trust, Cedar Homes")["all:value"]
    assert row["change"] == pytest.approx(2 * (200 / 9) * (500 / 18))
    assert row["after"] - row["before"] == pytest.approx(row["change"])
    assert row["share"] == pytest.approx(50)


def test_where_the_parties_meet(world: Graph) -> None:
    """Ingeus and Catch22 meet in one lot of one region, wellbeing in the West Midlands.

    Lines 163 and 164: £1,639,494 and £8,324,204, nobody else. The HHI rises to 10,000.
    """
    found = rows_of(world, parties="Ingeus,Catch22", basis="value")
    assert set(found) == {"all:value", "personal-wellbeing/west-midlands:value"}
    cell = found["personal-wellbeing/west-midlands:value"]
    a, b = 1_639_494, 8_324_204
    assert cell["after"] == pytest.approx(10_000)
    assert cell["change"] == pytest.approx(20_000 * a * b / (a + b) ** 2)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("parties", [("seetec", "nacro"), ("ingeus", "catch22", "maximus")])
def test_agrees_with_recomputation(world: Graph, parties: tuple[str, ...], basis: str) -> None:
    """The HHI after is that of the same market with the parties' amounts under one name."""
    whole = build_slices(read_market(world.store, ("day-one",)), Filters(), ())[0]
    amounts = whole.amounts(basis)
    merged = [x for name, x in amounts.items() if name not in parties]
    merged.append(sum(amounts[name] for name in parties))
    total = sum(merged)
    row = rows_of(world, parties=",".join(parties), basis=basis)[f"all:{basis}"]
    assert row["after"] == pytest.approx(10_000 * sum(x * x for x in merged) / total**2)
    assert row["change"] == pytest.approx(row["after"] - row["before"])


def test_unknown_splits_give_intervals(world: Graph) -> None:
    """After June 2023 the parties' prices are partly gone: each figure has two ends."""
    row = rows_of(world, parties="Ingeus,Catch22", basis="value", as_of="2023-08-01")["all:value"]
    for name in ("share", "before", "after", "change"):
        assert row[name] is None
        assert row[f"{name}_low"] < row[f"{name}_high"]


def test_screens_only_by_name(world: Graph) -> None:
    """A screen is shown only on request, with its authority, and with whether it is robust."""
    plain = world.report("merger", parties="Seetec,Nacro")
    assert "screen" not in {c.name for c in plain.columns}
    report = world.report("merger", parties="Ingeus,Catch22", bands="us-2023")
    row = next(r for r in report.rows if r["id"] == "personal-wellbeing/west-midlands:value")
    assert row["screen"] is True
    assert row["robust"] is True
    assert "Department of Justice" in row["band_after"]
    assert any("Competition and Markets Authority" in note for note in report.notes)


def test_parties_of_one_group_are_one(tiny: Graph) -> None:
    """Birch and Dogwood are one group already, so by group there is nothing to merge."""
    assert rows_of(tiny, parties="Birch,Dogwood")["all:value"]["change"] > 0
    with pytest.raises(BadParameter, match="one group already"):
        tiny.report("merger", parties="Birch,Dogwood", of="group")


@pytest.mark.parametrize("parties", ["", "Seetec", "Seetec,Seetec", " , "])
def test_two_parties_are_needed(world: Graph, parties: str) -> None:
    """Fewer than two different parties are no merger."""
    with pytest.raises(BadParameter, match="two different parties"):
        world.report("merger", parties=parties)


def test_party_that_leads_nothing(world: Graph) -> None:
    """A subcontractor leads nothing here and cannot be a party."""
    with pytest.raises(UnknownName, match="leads no contract"):
        world.report("merger", parties="Seetec,St Giles Trust")


ends = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda t: (min(t), max(t)))


@given(first=ends, second=ends, others=ends)
def test_change_interval_holds_every_split(
    first: tuple[int, int], second: tuple[int, int], others: tuple[int, int]
) -> None:
    """Every split on a grid lies inside the interval of the change."""
    found = measure_change_interval(first, second, others)

    def grid(of: tuple[int, int]) -> list[float]:
        return [of[0] + (of[1] - of[0]) * i / 6 for i in range(7)]

    for a, b, c in itertools.product(grid(first), grid(second), grid(others)):
        if a + b + c:
            change = 20_000 * a * b / (a + b + c) ** 2
            assert found.low - 1e-6 <= change <= found.high + 1e-6


def test_why_opens_a_row(world: Graph) -> None:
    """A merger's cell opens to the two lines that make it up."""
    found = world.why(
        "merger", "Personal wellbeing, West Midlands", parties="Ingeus,Catch22", basis="value"
    )
    assert [r["value"] for r in found.rows if str(r["thing"]).startswith("award/")] == [
        1_639_494,
        8_324_204,
    ]

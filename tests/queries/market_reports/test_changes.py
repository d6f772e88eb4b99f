"""The report `changes`: the parts sum to the change, and the ends of June 2023 by hand."""

from collections import defaultdict
from typing import Any

import pytest

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.graph import Graph

DAYS: dict[str, Any] = {"from_": "2023-06-30", "to": "2023-07-01"}


def test_june_2023_by_hand(world: Graph) -> None:
    """The list ends 17 contracts with June 2023; none starts on the next day."""
    rows = world.report("changes", **DAYS, basis="contracts").rows
    whole, *parts = rows
    assert whole["name"] == "whole change"
    assert len(parts) == 17
    assert {r["effect"] for r in parts} == {"ended"}


def test_parts_sum_to_the_change(world: Graph) -> None:
    """On each basis the parts of the HHI add up to its change, which two reports confirm."""
    sums: dict[str, float] = defaultdict(float)
    whole: dict[str, float] = {}
    for r in world.report("changes", **DAYS).rows:
        if r["name"] == "whole change":
            whole[r["basis"]] = r["hhi"]
        else:
            sums[r["basis"]] += r["hhi"]
    assert set(whole) == {"value", "contracts", "areas"}
    for basis, change in whole.items():
        assert sums[basis] == pytest.approx(change)
    for basis in ("contracts", "areas"):
        before, after = (
            world.report("concentration", by="all", basis=basis, as_of=day).rows[0]["hhi"]
            for day in DAYS.values()
        )
        assert whole[basis] == pytest.approx(after - before)


@pytest.mark.parametrize("of", ["provider", "group", "kind"])
def test_holders_shares_sum_to_nothing(world: Graph, of: str) -> None:
    """Shares at both dates are 100 together, and each change is its own parts and the others'."""
    rows = world.report("changes", **DAYS, show="holders", of=of, basis="contracts").rows
    assert sum(r["before"] for r in rows) == pytest.approx(100)
    assert sum(r["after"] for r in rows) == pytest.approx(100)
    for r in rows:
        assert r["own"] + r["others"] == pytest.approx(r["change"])


def test_lines_with_an_unknown_part_are_left_out(world: Graph) -> None:
    """Of ten lines with a June 2023 end, three end whole (lines 112, 147, 148); seven are split."""
    report = world.report("changes", **DAYS, basis="value")
    names = [r["name"] for r in report.rows[1:]]
    assert sorted(names) == ["day-one-l112", "day-one-l147", "day-one-l148"]
    assert any("7 priced lines" in note for note in report.notes)
    assert report.coverage is not None
    assert (report.coverage.rows_known, report.coverage.rows_all) == (66 - 7, 66)


def test_tiny_by_hand(tiny: Graph) -> None:
    """T_0003 of Birch ends with June 2023: 2, 1, 1, 1 contracts become one of each.

    The HHI falls from 2,800 to 2,500, all by that one contract.
    """
    rows = tiny.report("changes", **DAYS, basis="contracts").rows
    assert [r["name"] for r in rows] == ["whole change", "T_0003"]
    assert rows[0]["hhi"] == pytest.approx(-300)
    assert rows[1]["hhi"] == pytest.approx(-300)
    assert rows[1]["share"] == pytest.approx(25 - 40)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"from_": "2023-06-30"},
        {"from_": "2023-07-01", "to": "2023-06-30"},
        {"from_": "soon", "to": "2023-06-30"},
        {**DAYS, "as_of": "2023-06-30"},
        {**DAYS, "show": "all"},
    ],
)
def test_bad_dates_are_one_line(world: Graph, options: dict[str, str]) -> None:
    """Missing, wrong or turned dates are said in one line."""
    with pytest.raises(BadParameter) as caught:
        world.report("changes", **options)
    assert "\n" not in str(caught.value)


def test_market_that_is_empty_at_a_date(world: Graph) -> None:
    """Before the first contract there are no shares to compare."""
    with pytest.raises(EmptyMarket):
        world.report("changes", from_="2020-01-01", to="2022-01-01")


def test_command_line_spells_from(cli: Any) -> None:  # noqa: ANN401
    """`--from` is spelt so on the command line, though Python keeps the word for itself."""
    args = [
        "report",
        "changes",
        "--from",
        "2023-06-30",
        "--to",
        "2023-07-01",
        "--basis",
        "contracts",
    ]
    found = cli(*args, "--format", "tsv")
    assert found.exit_code == 0
    assert "whole change" in found.output


def test_why_opens_a_row(world: Graph) -> None:
    """A contract's part opens to its record."""
    found = world.why("changes", "PRJ_6555", basis="contracts", **DAYS)
    assert [r["thing"] for r in found.rows] == ["contract/PRJ_6555"]

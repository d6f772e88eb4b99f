"""Tests of the contracts that end in a window."""

import csv
from datetime import date
from pathlib import Path

import pytest

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.expiring import NONE_KNOWN, add_time
from rehabgraph.queries.graph import Graph


def test_direct_awards_end_in_june_2023(world: Graph) -> None:
    """The announcement lets 17 contracts "until June 2023": 9 for wellbeing, 8 for women."""
    report = world.report("expiring", as_of="2023-06-01", within="1m")
    assert len(report.rows) == 17
    assert {row["end"] for row in report.rows} == {date(2023, 6, 30)}
    assert {(row["precision"], row["basis"]) for row in report.rows} == {("month", "stated")}


def test_only_lines_of_one_contract_have_a_value(world: Graph) -> None:
    """Lines 112 and 148 price one of the 17 each: £319,435 and £432,225; the rest share a price."""
    rows = world.report("expiring", as_of="2023-06-01", within="1m").rows
    assert sorted(r["value"] for r in rows if r["value"] is not None) == [319_435, 432_225]
    shared = [r for r in rows if r["value"] is None]
    assert all(r["line_value"] and r["line_contracts"] > 1 for r in shared)


def test_follow_on_is_of_the_same_lot_and_area(world: Graph) -> None:
    """The dates file starts Gwent's next women's contract on 31 March 2024; wellbeing has none."""
    rows = {r["id"]: r for r in world.report("expiring", as_of="2023-06-01", within="1m").rows}
    assert rows["PRJ_6557"]["follow_on_start"] == date(2024, 3, 31)
    assert "PRJ_12498_GWENT" in rows["PRJ_6557"]["follow_on"]
    assert rows["PRJ_6531"]["follow_on"] == NONE_KNOWN


def test_window_takes_in_both_ends(world: Graph) -> None:
    """61 contracts end with March 2024: 36 for wellbeing, 14 for housing, 11 for work."""
    assert len(world.report("expiring", as_of="2024-03-31", within="1d").rows) == 61
    assert len(world.report("expiring", as_of="2024-03-30", within="1d").rows) == 61
    assert not world.report("expiring", as_of="2024-04-01", within="1m").rows


def test_today_is_named_when_no_day_is_given(world: Graph) -> None:
    """Without --as-of the notes say which day was taken."""
    report = world.report("expiring")
    assert report.as_of == date.today()
    assert any("begins today" in note for note in report.notes)


@pytest.mark.parametrize("bad", ["12", "m", "0m", "-1m", "1w", "９m", "9999y"])
def test_length_that_is_none_is_one_line(bad: str) -> None:
    """A length of time that cannot be read says how to write it."""
    with pytest.raises(BadParameter, match="--within"):
        add_time(date(2023, 1, 1), bad)


def test_short_month_gives_its_last_day() -> None:
    """A month after 31 January is the last day of February."""
    assert add_time(date(2023, 1, 31), "1m") == date(2023, 2, 28)
    assert add_time(date(2024, 2, 29), "1y") == date(2025, 2, 28)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("day", "count"), [("2021-07-01", 110), ("2023-07-01", 93), ("2024-04-01", 32)]
)
def test_contracts_running_on_a_day(world: Graph, shared: Path, day: str, count: int) -> None:
    """By the reference table: 110 begin, 17 end in June 2023, women's 32 last to March 2025."""
    with (shared / "reference" / "contracts_2021.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    standard = [r for r in table if r["award_route"] == "standard"]
    women = [r for r in standard if r["category"] == "Women"]
    by_hand = {"2021-07-01": len(table), "2023-07-01": len(standard), "2024-04-01": len(women)}
    report = world.query("active-on", on=day)
    assert len(report.rows) == by_hand[day] == count
    assert any("announced term" in note for note in report.notes)

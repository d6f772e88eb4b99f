"""Market share: the announcement's own sums, and intervals that hold for every split."""

import csv
import itertools
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market_reports.share import BY, share_interval

# Sums of the lines printed in the announcement, added by hand with the stray space of
# line 179 read as a comma; `reference/contracts_2021.csv` of the source texts agrees.
TOTAL = 196_074_277
LOTS = {"WOM": 46_609_099, "PWB": 81_979_053, "ACC": 33_649_410, "ETE": 33_836_715}
CONTRACTS = {"WOM": 40, "PWB": 45, "ACC": 14, "ETE": 11}
LOT_IDS = {
    "WOM": "womens-services",
    "PWB": "personal-wellbeing",
    "ACC": "accommodation",
    "ETE": "education-training-employment",
}


def test_the_announcement_in_total(world: Graph) -> None:
    """26 leads hold 66 lines of 196,074,277 pounds and 110 contracts; shares add up to 100."""
    rows = world.report("market-share").rows
    assert len(rows) == 26
    assert sum(r["value"] for r in rows) == TOTAL
    assert sum(r["lines"] for r in rows) == 66
    assert sum(r["contracts"] for r in rows) == 110
    for share in ("share_value", "share_contracts", "share_cells"):
        assert sum(r[share] for r in rows) == pytest.approx(100)


def test_ingeus(world: Graph) -> None:
    """Ingeus: lines 50, 54, 100, 105, 128, 130, 164 and 178 make 33,585,120 pounds, 17.1 %."""
    first = world.report("market-share").rows[0]
    printed = (
        6_021_064
        + 2_913_656
        + 3_032_996
        + 2_903_359
        + 1_828_763
        + 1_889_412
        + 8_324_204
        + 6_671_666
    )
    assert (first["name"], first["value"]) == ("Ingeus", 33_585_120)
    assert first["value"] == printed
    assert first["share_value"] == pytest.approx(100 * printed / TOTAL)
    assert round(first["share_value"], 1) == 17.1
    assert (first["lines"], first["contracts"]) == (8, 13)


def test_by_lot(world: Graph) -> None:
    """The four lots: 40, 45, 14 and 11 contracts; the sums are those of the printed lines."""
    rows = {r["id"]: r for r in world.report("market-share", by="lot").rows}
    assert {k: rows[i]["value"] for k, i in LOT_IDS.items()} == LOTS
    assert {k: rows[i]["contracts"] for k, i in LOT_IDS.items()} == CONTRACTS
    assert sum(LOTS.values()) == TOTAL


@pytest.mark.shared
@pytest.mark.parametrize("by", ["provider", "region", "lot"])
def test_sums_agree_with_the_reference_table(by: str, world: Graph, shared: Path) -> None:
    """Value and contracts of every holder are those added up from `contracts_2021.csv`."""
    path = shared / "reference" / "contracts_2021.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {"provider": "lead_moj_code", "region": "region", "lot": "category"}[by]
    values: Counter[str] = Counter()
    contracts = Counter(r[column] for r in rows)
    for _, same in itertools.groupby(
        sorted(rows, key=lambda r: int(r["line_in_moj_2021"])), lambda r: r["line_in_moj_2021"]
    ):
        first = next(same)
        values[first[column]] += int(first["line_value_gbp"])
    report = world.report("market-share", by=by).rows
    want = sorted((values[k], n) for k, n in contracts.items())
    assert sorted((r["value"], r["contracts"]) for r in report) == want


@pytest.mark.parametrize(
    ("day", "contracts"),
    [
        ("2021-06-25", 0),
        ("2021-06-26", 110),
        ("2021-07-01", 110),
        ("2023-06-30", 110),
        ("2023-07-01", 93),
        ("2024-03-31", 93),
        ("2024-04-01", 32),
        ("2025-03-31", 32),
        ("2025-04-01", 0),
    ],
)
def test_contracts_that_run_on_a_day(day: str, contracts: int, world: Graph) -> None:
    """Counted by hand on the announcement, lines 43 to 187.

    17 contracts end "until June 2023": 8 of women's services (Northamptonshire, Cumbria, Thames
    Valley, three in Wales, North Wales, Staffordshire) and 9 of wellbeing (Cumbria, three in the
    South West, four in Wales, Warwickshire). The rest of the women's services, 40 - 8 = 32, run
    3 years and 9 months; all others 2 years and 9 months, both from 26 June 2021.
    """
    if contracts:
        rows = world.report("market-share", as_of=day).rows
        assert sum(r["contracts"] for r in rows) == contracts
    else:
        with pytest.raises(EmptyMarket):
            world.report("market-share", as_of=day)
    assert len(world.query("active-on", on=day).rows) == contracts


def test_direct_awards(world: Graph) -> None:
    """17 contracts of day one were let directly: those that end in June 2023."""
    direct = [c for c in world.market().contracts if c.round == "day-one" and c.route != "competed"]
    assert len(direct) == 17
    assert {c.end for c in direct} == {date(2023, 6, 30)}


def test_on_a_day_values_become_intervals(world: Graph) -> None:
    """On 1 July 2023 a line of which a part has ended is worth from nothing to its whole price."""
    report = world.report("market-share", as_of="2023-07-01")
    names = [c.name for c in report.columns]
    assert "share_value_low" in names
    assert "share_value" not in names
    for row in report.rows:
        assert row["share_value"] is None
        if row["lines"]:
            assert 0 <= row["value"] <= row["value_most"]
            assert 0 <= row["share_value_low"] <= row["share_value_high"] <= 100
    # The Nelson Trust: line 135 (2,897,254) runs on whole; line 147, Wales, has ended whole.
    nelson = next(r for r in report.rows if r["name"] == "The Nelson Trust")
    assert (nelson["value"], nelson["value_most"], nelson["lines"]) == (2_897_254, 2_897_254, 1)
    # St Giles Wise: lines 60, 98, 101, 149/150 and 174; 60 and 150 have ended in part.
    giles = next(r for r in report.rows if r["name"] == "St Giles Wise")
    assert giles["value"] == 866_581 + 3_177_664 + 1_072_461
    assert giles["value_most"] == giles["value"] + 2_177_655 + 6_011_313
    assert any("not split in any source" in note for note in report.notes)


def test_an_area_is_an_interval(world: Graph) -> None:
    """In Derbyshire: line 50 prices three areas, so Ingeus has between 0 and 6,021,064 of it.

    Wholly inside is line 47 alone (1,509,887, women's services); the region-wide lines 52 and 54
    (2,963,412 and 2,913,656) cover five areas and are open too.
    """
    report = world.report("market-share", area="Derbyshire")
    rows = {r["name"]: r for r in report.rows}
    ingeus = rows["Ingeus"]
    assert (ingeus["value"], ingeus["value_most"]) == (0, 6_021_064 + 2_913_656)
    assert ingeus["share_value_low"] == 0
    most = 6_021_064 + 2_913_656
    assert ingeus["share_value_high"] == pytest.approx(100 * most / (most + 1_509_887))
    women = next(r for r in report.rows if r["value"] == 1_509_887)
    whole = 1_509_887 + most + 2_963_412
    assert women["share_value_low"] == pytest.approx(100 * 1_509_887 / whole)
    assert women["share_value_high"] == pytest.approx(100)
    assert {r["areas"] for r in report.rows} == {1}


def test_rounds_without_prices(world: Graph) -> None:
    """With every round the contracts grow and the pounds do not: their value is unknown."""
    report = world.report("market-share", round="all")
    assert sum(r["value"] or 0 for r in report.rows) == TOTAL
    assert sum(r["contracts"] for r in report.rows) > 110
    unpriced = [r for r in report.rows if not r["lines"]]
    assert unpriced
    assert all(r["value"] is None and r["share_value"] is None for r in unpriced)
    assert any("unknown, not nil" in note for note in report.notes)


@pytest.mark.parametrize(
    ("by", "want"),
    [
        (
            "provider",
            [("birch", 600000), ("cedar", 500000), ("alder", 400000), ("dogwood", 300000)],
        ),
        ("group", [("birch", 900000), ("cedar", 500000), ("alder", 400000)]),
        ("kind", [("company", 900000), ("housing-association", 500000), ("charity", 400000)]),
        ("region", [("eastmark", 1500000), ("westmark", 300000)]),
        (
            "lot",
            [
                ("accommodation", 800000),
                ("personal-wellbeing", 600000),
                ("womens-services", 400000),
            ],
        ),
    ],
)
def test_the_tiny_market_by_hand(by: str, want: list[tuple[str, int]], tiny: Graph) -> None:
    """The sums that stand in the head of `tiny.ttl`, largest first."""
    rows = tiny.report("market-share", by=by).rows
    assert [(r["id"], r["value"]) for r in rows] == want
    for row, (_, value) in zip(rows, want, strict=True):
        assert row["share_value"] == pytest.approx(100 * value / 1_800_000)


def test_cells_of_the_tiny_market(tiny: Graph) -> None:
    """Cells: Cedar 2 (two areas), Dogwood 2, Birch 2, Alder 1; 7 in all."""
    rows = {r["id"]: r for r in tiny.report("market-share").rows}
    assert {k: r["cells"] for k, r in rows.items()} == {
        "birch": 2,
        "cedar": 2,
        "dogwood": 2,
        "alder": 1,
    }
    assert rows["alder"]["share_cells"] == pytest.approx(100 / 7)


def test_every_row_opens(world: Graph) -> None:
    """Every row of every basis carries the addresses behind it, each once."""
    for by in BY:
        for row in world.report("market-share", by=by).rows:
            assert row["ids"]
            assert len(set(row["ids"])) == len(row["ids"])


def test_wrong_options_are_one_line(world: Graph) -> None:
    """A basis or option that there is not is refused with those that there are."""
    with pytest.raises(BadParameter, match="provider, group, kind, lot, region"):
        world.report("market-share", by="colour")
    with pytest.raises(BadParameter, match="no option 'colour'"):
        world.report("market-share", colour="red")
    with pytest.raises(BadParameter, match="2023-07-01"):
        world.report("market-share", as_of="yesterday")


# ---- intervals

pounds = st.integers(0, 12)


def shares_of_all_splits(low: int, open_: int, others_low: int, others_open: int) -> set[Fraction]:
    """Return the holder's share for every whole-pound worth of the open parts."""
    return {
        Fraction(100 * (low + mine), total)
        for mine in range(open_ + 1)
        for others in range(others_open + 1)
        if (total := low + mine + others_low + others)
    }


@given(pounds, pounds, pounds, pounds)
def test_the_interval_is_that_of_all_splits(
    low: int, open_: int, others_low: int, others_open: int
) -> None:
    """Brute force over every split gives the very ends; no share exists where nothing is worth."""
    found = shares_of_all_splits(low, open_, others_low, others_open)
    got = share_interval(low, open_, low + others_low, open_ + others_open)
    if not found:
        assert got == (None, None)
    else:
        assert got == (pytest.approx(float(min(found))), pytest.approx(float(max(found))))


def test_alone_in_the_market() -> None:
    """A sole holder has all of it whatever its open lines are worth; a holder of nothing none."""
    assert share_interval(0, 5, 0, 5) == (100, 100)
    assert share_interval(0, 0, 0, 5) == (0, 0)
    assert share_interval(0, 0, 0, 0) == (None, None)


@pytest.mark.parametrize(
    ("day", "count"), [("2021-07-01", 110), ("2023-07-01", 93), ("2024-04-01", 32)]
)
def test_a_day_is_stated_with_its_basis(world: Graph, day: str, count: int) -> None:
    """How many contracts run on a day, by which terms, and that extensions are not known.

    By hand from the announcement: 110 contracts; the 17 let until June 2023 leave 93; of the 40
    for women's services, which alone last to 2025, 8 are among the 17, which leaves 32.
    """
    notes = world.report("market-share", as_of=day).notes
    (note,) = (n for n in notes if "announced terms" in n)
    assert note.startswith(f"{count} contracts on that day")
    assert "Extensions are not in the record" in note
    assert not any("announced terms" in n for n in world.report("market-share").notes)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("market-share", {"by": "kind"}, True),
        ("market-share", {"kind": "charity"}, True),
        ("concentration", {"of": "kind"}, True),
        ("market-share", {}, False),
    ],
)
def test_a_figure_by_kind_says_how_kinds_are_known(
    name: str, options: dict[str, str], said: bool, world: Graph
) -> None:
    """The record believes some kinds and holds two in conflict: a share of charities says so."""
    notes = world.report(name, **options).notes
    assert any("believed or in conflict" in n for n in notes) is said

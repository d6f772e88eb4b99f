"""The report `concentration`: against hand arithmetic on the award list and on the tiny world."""

import csv
import itertools
import math
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter, EmptyMarket
from rehabgraph.queries.concentration import BANDS
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.intervals import Interval, SharedPrice
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.concentration import measure_largest_share, name_band
from rehabgraph.queries.slices import BASES, build_slices
from rehabgraph.views.table import render_table


def rows_of(graph: Graph, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """Return the rows of the report by id."""
    return {str(r["id"]): dict(r) for r in graph.report("concentration", **options).rows}


def test_tiny_market_by_hand(tiny: Graph) -> None:
    """The tiny world's own note: 600, 500, 400, 300 of 1,800 thousand give 10,000 × 86/324."""
    row = rows_of(tiny, by="all")["all:value"]
    assert row["hhi"] == pytest.approx(10_000 * 86 / 324)
    assert row["equivalent"] == pytest.approx(324 / 86)
    assert row["cr1"] == pytest.approx(100 / 3)
    assert row["cr3"] == pytest.approx(1500 / 18)
    assert row["cr5"] == 100
    assert (row["holders"], row["value"], row["contracts"]) == (4, 1_800_000, 5)
    assert row["floor"] == pytest.approx(row["hhi"])  # each holds one priced line
    shares = [6 / 18, 5 / 18, 4 / 18, 3 / 18]
    assert row["entropy"] == pytest.approx(-sum(s * math.log(s) for s in shares))
    gini = sum(abs(a - b) for a in shares for b in shares) / (2 * 4 * 4 * (1 / 4))
    assert row["gini"] == pytest.approx(gini)


def test_tiny_market_by_group(tiny: Graph) -> None:
    """The tiny world's own note: Birch with Dogwood gives an HHI of 10,000 × 122/324."""
    assert rows_of(tiny, by="all", of="group")["all:value"]["hhi"] == pytest.approx(3765.432)


def test_other_bases_by_hand(tiny: Graph) -> None:
    """Contracts 2, 1, 1, 1 of 5 give 2,800; cells 2, 2, 2, 1 (accommodation covers two areas)."""
    found = rows_of(tiny, by="all")
    assert found["all:contracts"]["hhi"] == pytest.approx(2_800)
    assert found["all:contracts"]["floor"] == pytest.approx(2_000)
    assert found["all:contracts"]["excess"] == pytest.approx(800 / 8_000)
    assert found["all:areas"]["hhi"] == pytest.approx(10_000 * (4 + 4 + 4 + 1) / 49)


def test_unknown_split_is_an_interval(tiny: Graph) -> None:
    """In Brook, Birch's 600,000 and Cedar's 500,000 lie only partly: the HHI is 5,000 to 10,000."""
    row = rows_of(tiny, by="area")["brook:value"]
    assert row["hhi"] is None
    assert row["cr3"] is None
    assert (row["hhi_low"], row["hhi_high"]) == (pytest.approx(5_000), pytest.approx(10_000))
    assert (row["value"], row["value_most"]) == (0, 1_100_000)


def test_named_split_is_an_assumption(tiny: Graph) -> None:
    """In equal parts Brook has 300,000 and 250,000, and the report says that this is assumed."""
    report = tiny.report("concentration", by="area", split="equal")
    row = next(r for r in report.rows if r["id"] == "brook:value")
    assert row["hhi"] == pytest.approx(10_000 * (300**2 + 250**2) / 550**2)
    assert any("assumption" in note for note in report.notes)


def test_as_of_makes_a_price_partial(tiny: Graph) -> None:
    """On the last day of 2023 one of Birch's two contracts has ended: its price is unknown there.

    Alder 400, Cedar 500, Dogwood 300 thousand stand; Birch has 0 to 600. By hand: without Birch
    10,000 × 50/144 = 3,472.2; the least is where Birch stands at G/F = 500/1200 of a million.
    """
    row = rows_of(tiny, by="all", as_of="2023-12-31")["all:value"]
    assert row["hhi_high"] == pytest.approx(10_000 * 50 / 144)
    level = 500 / 1200
    least = (0.16 + 0.25 + 0.09 + level**2) / (1.2 + level) ** 2
    assert row["hhi_low"] == pytest.approx(10_000 * least)


def test_kent_surrey_and_sussex_womens_services(world: Graph) -> None:
    """Lines 72 to 74 of the award list: £1,317,735, £1,167,285 and £588,630, one holder each.

    By hand: 10,000 × (1317735² + 1167285² + 588630²) / 3073650² = 3,647.01.
    """
    row = rows_of(world, by="lot,region", lot="WOM", region="KSS")
    found = row["womens-services/kent-surrey-and-sussex:value"]
    assert found["value"] == 3_073_650
    assert found["hhi"] == pytest.approx(3_647.01, abs=0.02)
    assert found["excess"] == pytest.approx(0)
    assert found["cr1"] == pytest.approx(100 * 1_317_735 / 3_073_650)


def test_kent_prices_that_cover_more_than_kent(world: Graph) -> None:
    """Regional prices lie in Kent to an unknown part.

    By hand: Advance 1,317,735 and Seetec 2,135,134 for certain, Seetec's two regional lines
    (1,977,871 and 1,903,774) to an unknown part.
    """
    row = rows_of(world, by="area", area="Kent")["kent:value"]
    advance, low, high = 1_317_735, 2_135_134, 2_135_134 + 1_977_871 + 1_903_774

    def hhi(seetec: float) -> float:
        return 10_000 * (advance**2 + seetec**2) / (advance + seetec) ** 2

    assert row["hhi_low"] == pytest.approx(hhi(low))
    assert row["hhi_high"] == pytest.approx(hhi(high))
    assert row["cr1_low"] == pytest.approx(100 * low / (low + advance))
    assert row["cr1_high"] == pytest.approx(100 * high / (high + advance))


def test_worth_of_a_price_that_lies_partly_inside_is_not_nil(world: Graph) -> None:
    """Line 81 (£1,903,774) covers three areas: in Kent it is worth from nothing to all of it."""
    report = world.report("concentration", area="Kent", lot="ETE", basis="value")
    assert {c.name: c.label for c in report.columns}["value"] == "Value, known"
    assert "value_most" in {c.name for c in report.columns}
    assert (report.rows[0]["value"], report.rows[0]["value_most"]) == (0, 1_903_774)
    assert any("Only partly inside: 1 line, of £1,903,774" in n for n in report.notes)


@pytest.mark.shared
def test_every_lot_from_the_reference_table(world: Graph, shared: Path) -> None:
    """An independent reading of the reference table of 2021 gives the HHI of each lot."""
    lots = {"Women": "WOM", "Personal wellbeing": "PWB"}
    prices: dict[tuple[str, str], dict[str, tuple[str, int]]] = defaultdict(dict)
    with (shared / "reference" / "contracts_2021.csv").open(encoding="utf-8-sig") as file:
        for r in csv.DictReader(file):
            value = int(re.sub(r"\D", "", r["line_value_gbp"]))
            prices[r["category"], r["region"]][r["line_in_moj_2021"]] = (r["lead_moj_code"], value)
    by_lot: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (lot, _), lines in prices.items():
        for lead, value in lines.values():
            by_lot[lots.get(lot, lot)][lead] += value
    expected = sorted(
        10_000 * sum(v * v for v in held.values()) / sum(held.values()) ** 2
        for held in by_lot.values()
    )
    found = sorted(r["hhi"] for r in rows_of(world, by="lot", basis="value").values())
    assert found == pytest.approx(expected)


def test_bands_only_with_their_authority(world: Graph) -> None:
    """No band without the option; with it, each one bears the authority's name."""
    plain = world.report("concentration")
    assert "band" not in {c.name for c in plain.columns}
    report = world.report("concentration", bands="us-2023")
    assert all("Department of Justice" in r["band"] for r in report.rows)
    assert all(r["robust"] is True for r in report.rows)


def test_band_that_the_split_decides_is_not_robust() -> None:
    """Below 1,000 at one end and above 2,000 at the other is no statement that holds throughout."""
    band, robust = name_band(BANDS["eu-2004"], Interval(900, 2_100))
    assert not robust
    assert band.endswith("(European Commission, 2004)")
    assert name_band(BANDS["eu-2004"], Interval(2_001, 9_000)) == (
        "HHI above 2,000 (European Commission, 2004)",
        True,
    )


def test_one_dominant_buyer_is_said(world: Graph) -> None:
    """Shares of awards under one buyer are not shares of supply, and the report says so."""
    report = world.report("concentration")
    assert any("dominant buyer" in note for note in report.notes)
    assert report.coverage is not None
    assert report.coverage.pounds_known == 196_074_277  # the sum of the 66 lines of the list


def test_unpriced_market_is_unknown(world: Graph) -> None:
    """A market without published prices has no HHI of value; contracts and areas still count."""
    found = rows_of(world, by="lot", round="dependency-recovery-2022")
    value, contracts = (found[f"dependency-recovery:{b}"] for b in ("value", "contracts"))
    assert value["hhi"] is None
    assert value["value"] is None
    assert contracts["hhi"] is not None
    assert contracts["unpriced"] == contracts["contracts"] > 0


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"by": "town"}, "--by town"),
        ({"by": "lot,lot"}, "each once"),
        ({"of": "town"}, "--of town"),
        ({"basis": "people"}, "--basis people"),
        ({"bands": "no-such"}, "no bands"),
        ({"split": "halves"}, "--split halves"),
    ],
)
def test_bad_choices_are_one_line(world: Graph, options: dict[str, str], word: str) -> None:
    """A choice that is none says what there is."""
    with pytest.raises(BadParameter, match=word) as caught:
        world.report("concentration", **options)
    assert "\n" not in str(caught.value)


def test_empty_market_is_our_own_error(world: Graph) -> None:
    """Before any contract ran there is no market."""
    with pytest.raises(EmptyMarket):
        world.report("concentration", as_of="2001-01-01")


def test_why_opens_a_row(world: Graph) -> None:
    """A figure opens down to the lines of the list that it is made from."""
    found = world.why("concentration", "womens-services:value")
    lines = [r for r in found.rows if str(r["thing"]).startswith("award/")]
    assert len(lines) == 24  # 4, 2, 3, 2, 3, 1, 2, 2, 2 and 3, region by region
    assert all(r["place"].startswith("moj-2021 L") for r in lines)


def test_every_slice_adds_up(world: Graph) -> None:
    """Slices by lot and region hold each contract, cell and pound once."""
    market = read_market(world.store, ("day-one",))
    parts = build_slices(market, Filters(), ("lot", "region"))
    assert sum(len(p.contracts) for p in parts) == 110
    assert sum(sum(p.amounts("value").values()) for p in parts) == 196_074_277
    whole = build_slices(market, Filters(), ())[0]
    for basis in BASES:
        summed: dict[str, float] = defaultdict(float)
        for part in parts:
            for holder, amount in part.amounts(basis).items():
                summed[holder] += amount
        assert summed == pytest.approx(whole.amounts(basis))


@pytest.mark.parametrize("mode", ["equal", "population"])
def test_a_split_keeps_the_whole(world: Graph, mode: str) -> None:
    """Dividing prices over areas neither makes nor loses money."""
    found = rows_of(world, by="area", split=mode, basis="value")
    assert sum(r["value"] for r in found.values()) == pytest.approx(196_074_277, abs=42)


@given(
    known=st.lists(st.integers(0, 50), min_size=1, max_size=4),
    shared=st.lists(st.tuples(st.integers(0, 5), st.integers(1, 50)), min_size=1, max_size=4),
)
def test_largest_share_holds_every_split(known: list[int], shared: list[tuple[int, int]]) -> None:
    """Each split on a grid lies inside the interval of the largest share, and its top is met."""
    amounts = {str(i): float(x) for i, x in enumerate(known)}
    prices = tuple(SharedPrice(str(i), float(x)) for i, x in shared)
    low, high = measure_largest_share(amounts, prices)
    met = 0.0
    for parts in itertools.product((0, 0.25, 0.5, 1), repeat=len(prices)):
        held = dict(amounts)
        for price, part in zip(prices, parts, strict=True):
            held[price.holder] = held.get(price.holder, 0.0) + part * price.amount
        if total := sum(held.values()):
            largest = 100 * max(held.values()) / total
            assert low - 1e-9 <= largest <= high + 1e-9
            met = max(met, largest)
    assert met == pytest.approx(high)


def test_it_prints(world: Graph) -> None:
    """The table shows the market, the basis and the HHI at any width."""
    report = world.report("concentration", as_of=date(2023, 8, 1))
    text = render_table(report, 100)
    assert "HHI, least" in render_table(report, 400)
    assert "HHI," in text
    assert "Coverage:" in text

"""The market as plain rows: what lies inside a filter, and what only partly."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.queries.facts import line_number, read_market
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import (
    Contract,
    Filters,
    Holder,
    Line,
    Market,
    count_cells,
    select_contracts,
    select_lines,
)

D = date


def contract(reference: str, **changes: object) -> Contract:
    """Return a contract of day one for Kent, with changes."""
    facts: dict[str, object] = {
        "reference": reference,
        "round": "day-one",
        "lot": "wom",
        "region": "south",
        "areas": ("kent",),
        "cohort": "women",
        "route": "competed",
        "lead": "alder",
        "start": D(2021, 6, 26),
        "end": D(2024, 3, 31),
        "award": "one",
        "area": "kent",
    }
    return Contract(**{**facts, **changes})  # type: ignore[arg-type]


def line(id_: str, contracts: tuple[Contract, ...], **changes: object) -> Line:
    """Return a line that prices contracts."""
    facts: dict[str, object] = {
        "id": id_,
        "round": "day-one",
        "lot": "wom",
        "region": "south",
        "lead": "alder",
        "value": 100,
        "value_kind": "announced",
        "status": "announced",
        "name_as_printed": "Alder",
        "source": "list",
        "locator": "L1",
        "contracts": contracts,
    }
    return Line(**{**facts, **changes})  # type: ignore[arg-type]


KENT = contract("K")
SUSSEX = contract("S", areas=("sussex",), area="sussex", end=D(2023, 6, 30))
WHOLE = contract(
    "W", lot="acc", areas=("kent", "sussex"), area=None, award="two", lead="birch", end=None
)
LATER = contract("L", round="later", award=None, lead="cedar", start=None)
MARKET = Market(
    lines=(
        line("one", (KENT, SUSSEX)),
        line("two", (WHOLE,), lot="acc", lead="birch", value=50),
    ),
    contracts=(KENT, SUSSEX, WHOLE, LATER),
    holders={
        "alder": Holder("alder", "Alder", "charity", "alder"),
        "birch": Holder("birch", "Birch", "company", "group"),
    },
)


def inside(**filters: object) -> tuple[set[str], dict[str, bool]]:
    """Return the contracts inside, and each line inside with whether it is whole."""
    chosen = Filters(**filters)  # type: ignore[arg-type]
    contracts = {c.reference for c in select_contracts(MARKET, chosen)}
    return contracts, {s.line.id: s.whole for s in select_lines(MARKET, chosen)}


@pytest.mark.parametrize(
    ("filters", "contracts", "lines"),
    [
        ({}, {"K", "S", "W"}, {"one": True, "two": True}),
        ({"rounds": ()}, {"K", "S", "W", "L"}, {"one": True, "two": True}),
        ({"rounds": ("later",)}, {"L"}, {}),
        ({"lots": ("acc",)}, {"W"}, {"two": True}),
        ({"regions": ("north",)}, set(), {}),
        ({"areas": ("kent",)}, {"K", "W"}, {"one": False, "two": False}),
        ({"areas": ("kent", "sussex")}, {"K", "S", "W"}, {"one": True, "two": True}),
        ({"areas": ("durham",)}, set(), {}),
        ({"providers": ("birch",)}, {"W"}, {"two": True}),
        ({"kinds": ("charity",)}, {"K", "S"}, {"one": True}),
        ({"kinds": ("charity",), "rounds": ()}, {"K", "S"}, {"one": True}),
        ({"as_of": D(2021, 6, 25)}, {"W"} - {"W"}, {}),
        ({"as_of": D(2021, 6, 26)}, {"K", "S", "W"}, {"one": True, "two": True}),
        ({"as_of": D(2023, 6, 30)}, {"K", "S", "W"}, {"one": True, "two": True}),
        ({"as_of": D(2023, 7, 1)}, {"K", "W"}, {"one": False, "two": True}),
        ({"as_of": D(2024, 4, 1)}, {"W"}, {"two": True}),
        ({"as_of": D(2000, 1, 1), "rounds": ("later",)}, {"L"}, {}),
        ({"areas": ("sussex",), "as_of": D(2023, 7, 1)}, {"W"}, {"two": False}),
    ],
)
def test_what_lies_inside(
    filters: dict[str, object], contracts: set[str], lines: dict[str, bool]
) -> None:
    """Filters narrow contracts; a line is whole only when all that it prices is inside.

    Sussex ends on 30 June 2023: that day counts, the next does not. A region-wide contract is
    cut by a filter of one area. Without an end, or a start, a contract runs on that side.
    """
    assert inside(**filters) == (contracts, lines)


@given(
    st.lists(st.sampled_from(["kent", "sussex", "durham"]), unique=True),
    st.lists(st.sampled_from(["wom", "acc"]), unique=True),
    st.none() | st.dates(D(2021, 1, 1), D(2025, 1, 1)),
)
def test_a_line_is_inside_exactly_when_a_contract_of_it_is(
    areas: list[str], lots: list[str], day: date | None
) -> None:
    """No line without a contract inside, and no priced contract inside without its line."""
    chosen = Filters(areas=tuple(areas), lots=tuple(lots), as_of=day)
    of_lines = {c.reference for s in select_lines(MARKET, chosen) for c in s.contracts}
    assert of_lines == {c.reference for c in select_contracts(MARKET, chosen) if c.award}


@given(st.dates(D(2020, 1, 1), D(2026, 1, 1)))
def test_a_contract_runs_from_its_first_to_its_last_day(day: date) -> None:
    """Both ends count."""
    assert KENT.is_active(day) == (D(2021, 6, 26) <= day <= D(2024, 3, 31))
    assert contract("x", start=None, end=None).is_active(day)
    assert contract("x", start=day, end=day).is_active(day)
    assert not contract("x", start=day, end=day).is_active(day + timedelta(1))


def test_cells_are_counted_once() -> None:
    """Two contracts for one lot and area are one cell; a region-wide one is a cell an area."""
    twice = contract("K2", cohort="young")
    assert count_cells([KENT, twice]) == 1
    assert count_cells([KENT, SUSSEX, WHOLE]) == 4
    assert count_cells([KENT, SUSSEX, WHOLE], ("kent",)) == 2


def test_filters_say_what_is_set() -> None:
    """The head of a report lists the filters that are set, and no others."""
    assert Filters().to_dict() == {"round": ["day-one"]}
    assert Filters(rounds=(), lots=("acc",), as_of=D(2023, 7, 1)).to_dict() == {
        "lot": ["acc"],
        "as_of": "2023-07-01",
    }


def test_the_tiny_market(tiny: Graph) -> None:
    """4 lines of 1,800,000 pounds, 6 contracts, 4 leads; groups by the head of `tiny.ttl`."""
    market = read_market(tiny.store)
    assert sum(one.value for one in market.lines) == 1_800_000
    assert [c.reference for c in market.contracts] == [f"T_000{n}" for n in range(1, 7)]
    assert {h.id: h.group for h in market.holders.values()} == {
        "alder": "alder",
        "birch": "birch",
        "cedar": "cedar",
        "dogwood": "birch",
    }
    assert market.holders["cedar"].sector == "social-enterprise"
    areas = {c.reference: c.areas for c in market.contracts}
    assert areas["T_0004"] == ("ash-valley", "brook")
    assert areas["T_0006"] == ("coombe",)


def test_the_real_market(world: Graph) -> None:
    """66 lines and 110 contracts of day one; 22 lines cover 66 (sources' README)."""
    market = read_market(world.store)
    day_one = [c for c in market.contracts if c.round == "day-one"]
    assert len(market.lines) == 66
    assert len(day_one) == 110
    assert len({c.reference for c in market.contracts}) == len(market.contracts)
    several = [len(one.contracts) for one in market.lines if len(one.contracts) > 1]
    assert (len(several), sum(several)) == (22, 66)
    assert sum(1 for one in market.lines if len(one.contracts) == 1) == 44
    assert all(one.locator == f"L{line_number(one.locator)}" for one in market.lines)


@pytest.mark.parametrize(
    ("locator", "want"),
    [("L50", 50), ("L37-L39", 37), ("record 7", None), ("", None), ("l5", None)],
)
def test_line_number(locator: str, want: int | None) -> None:
    """A locator begins at a line, or names none."""
    assert line_number(locator) == want

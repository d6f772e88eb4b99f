"""A report says the same from the facts as from the store, to the last address and note."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehabgraph.queries.facts import read_market, read_sources
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.concentration import report_concentration
from rehabgraph.queries.market_reports.share import BY, report_market_share
from rehabgraph.queries.parts import read_parts
from rehabgraph.queries.report import Report

Both = Callable[[Callable[[], Report]], tuple[Any, Any]]
WORLDS = ("packaged", "tiny_facts", "made_up")
SIDES = ("all", "lot", "region", "area", "cohort", "round", "lot,region", "area,lot")
REPORTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("partnerships", {"show": "ties"}),
    ("partnerships", {"show": "partners"}),
    ("partnerships", {"show": "pairs"}),
    ("partnerships", {"show": "dual"}),
    ("partnerships", {"tie": "co-delivery"}),
    ("expiring", {"within": "5y"}),
    ("coverage", {"by": "cell"}),
    ("dependency", {"by": "area"}),
    ("layers", {}),
    ("concentration", {"by": "area", "split": "equal"}),
    ("concentration", {"by": "lot,region", "bands": "us-2023"}),
)


@pytest.fixture(params=WORLDS)
def any_world(request: pytest.FixtureRequest) -> Graph:
    """Return each world in turn."""
    found: Graph = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("rounds", [(), ("day-one",)])
def test_rows(any_world: Graph, rounds: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain rows and their sources are the same, in the same order."""
    found = []
    for mode in ("never", "always"):
        monkeypatch.setenv("REHABGRAPH_FACTS", mode)
        market = read_market(any_world.store, rounds)
        ids = [f"https://w3id.org/rehabgraph/id/contract/{c.reference}" for c in market.contracts]
        organisation = "https://w3id.org/rehabgraph/id/organisation/"
        ids += [organisation + holder for holder in market.holders]
        parts = read_parts(any_world.store, rounds)
        found.append((market, list(market.region_areas), parts, read_sources(any_world.store, ids)))
    assert found[0] == found[1]
    assert found[0][0].contracts


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("rounds", ["all", "day-one"])
def test_market_share(any_world: Graph, both: Both, by: str, rounds: str) -> None:
    """All five ways of cutting shares."""
    store, facts = both(lambda: any_world.report("market-share", by=by, round=rounds))
    assert facts == store
    assert store["rows"]


@pytest.mark.parametrize("by", SIDES)
@pytest.mark.parametrize("of", ["provider", "group", "kind"])
def test_concentration(any_world: Graph, both: Both, by: str, of: str) -> None:
    """All slices and holders, intervals of shared prices among them."""
    store, facts = both(lambda: any_world.report("concentration", by=by, of=of, round="all"))
    assert facts == store
    assert store["rows"]


@pytest.mark.parametrize(("name", "options"), REPORTS, ids=str)
def test_other_reports(any_world: Graph, both: Both, name: str, options: dict[str, Any]) -> None:
    """Reports that take plain rows take them from the facts."""
    store, facts = both(lambda: any_world.report(name, round="all", **options))
    assert facts == store


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_filters(any_world: Graph, both: Both, data: st.DataObject) -> None:
    """Whatever part of the market is asked for, both say the same of it."""
    market = read_market(any_world.store)
    contracts = market.contracts

    def some(of: set[str]) -> st.SearchStrategy[tuple[str, ...]]:
        few = st.lists(st.sampled_from(sorted(of)), max_size=3, unique=True).map(tuple)
        return st.one_of(st.just(()), few)

    days = st.dates(date(2021, 1, 1), date(2026, 12, 31))
    starts = st.sampled_from(sorted({c.start for c in contracts if c.start}))
    ends = st.sampled_from(sorted({c.end for c in contracts if c.end}))
    days |= st.one_of(starts, ends, starts.map(lambda day: day - timedelta(days=1)))
    filters = Filters(
        rounds=data.draw(some({c.round for c in contracts})),
        lots=data.draw(some({c.lot for c in contracts})),
        regions=data.draw(some({c.region for c in contracts})),
        areas=data.draw(some({a for c in contracts for a in c.areas})),
        providers=data.draw(st.one_of(st.just(()), some({c.lead for c in contracts}))),
        kinds=data.draw(some({h.kind for h in market.holders.values()})),
        as_of=data.draw(st.none() | days),
    )
    by, of = (
        data.draw(st.sampled_from(BY)),
        data.draw(st.sampled_from(("provider", "group", "kind"))),
    )
    side = data.draw(st.sampled_from(SIDES))
    store, facts = both(lambda: report_market_share(any_world, filters, by))
    assert facts == store
    store, facts = both(lambda: report_concentration(any_world, filters, by=side, of=of))
    assert facts == store

"""Markets of odd shapes, made at random: what a tidy record never holds, both engines still agree.

Leads that are no known organisation, prices whose lead is not that of their contracts, prices
over contracts of other rounds, regions without areas, contracts without dates.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehabgraph.graph.large.facts import write_facts
from rehabgraph.graph.store import open_memory
from rehabgraph.queries.facts import read_market
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters
from rehabgraph.queries.market_reports.concentration import report_concentration
from rehabgraph.queries.market_reports.partnerships import report_partnerships
from rehabgraph.queries.market_reports.share import BY, report_market_share
from rehabgraph.queries.report import Report

Both = Callable[[Callable[[], Report]], tuple[Any, Any]]
RG, ID = "https://w3id.org/rehabgraph/ontology#", "https://w3id.org/rehabgraph/id/"
RDFS, SCHEMA = "http://www.w3.org/2000/01/rdf-schema#", "https://schema.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PROV, GEO = "http://www.w3.org/ns/prov#", "http://www.opengis.net/ont/geosparql#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
ROLES = ("lead", "subcontractor", "named-partner", "consortium-member")
AREAS = {"kent": "south", "essex": "south", "avon": "west"}  # the region "east" has none
few = st.sampled_from


def line(subject: str, predicate: str, target: str) -> str:
    """Return a statement; a target with a slash is a thing, another one text or a typed value."""
    if "/" in target and "^^" not in target:
        object_ = f"<{target if target.startswith('http') else ID + target}>"
    else:
        text, _, datatype = target.partition("^^")
        object_ = f'"{text}"' + (f"^^<{XSD}{datatype}>" if datatype else "")
    whole = predicate if predicate.startswith("http") else RG + predicate
    return f"<{ID}{subject}> <{whole}> {object_} <{ID}dataset/x> .\n"


@st.composite
def parts_of(draw: st.DrawFn, contract: str) -> list[str]:
    """Draw the statements of who does what in a contract; nobody may lead, or one thing twice."""
    found = []
    for n in range(draw(st.integers(0, 4))):
        part = f"participation/{contract.rpartition('/')[2]}-{n}"
        who = draw(few(["ash", "birch", "cedar", "dogwood"]))
        found.append(line(part, TYPE, f"{RG}Participation"))
        found.append(line(part, "contract", contract))
        found.append(line(part, "organisation", f"organisation/{who}"))
        found.append(line(part, "role", f"participation-role/{draw(few(ROLES))}"))
    return found


@st.composite
def markets(draw: st.DrawFn) -> list[str]:
    """Draw the statements of a small market."""
    found = [line("source/s", TYPE, f"{RG}Source")]
    found += [
        line("source/s", f"{RDFS}label", "S"),
        line("source/s", f"{SCHEMA}url", "https://x/y"),
    ]
    found.append(line("source/s", "http://purl.org/dc/terms/rights", "free"))
    for area, region in AREAS.items():
        found += [line(f"area/{area}", TYPE, f"{RG}PoliceArea"),
                  line(f"area/{area}", f"{RDFS}label", area.title()),
                  line(f"area/{area}", "commissionedArea", "true^^boolean"),
                  line(f"area/{area}", f"{GEO}sfWithin", f"region/{region}")]  # fmt: skip
    for region in ("south", "west", "east"):
        found += [line(f"region/{region}", TYPE, f"{RG}ProbationRegion"),
                  line(f"region/{region}", f"{RDFS}label", region.title())]  # fmt: skip
    for name in ("ash", "birch", "cedar"):  # "dogwood" leads too and is unknown
        kind = f"organisation-kind/{draw(few(['x', 'y']))}"
        found.append(line(f"organisation/{name}", f"{RDFS}label", name.title()))
        found.append(line(f"organisation/{name}", "kind", kind))
    if draw(st.booleans()):
        found.append(line("organisation/birch", "group", "organisation/ash"))
    awards = draw(st.integers(0, 4))
    leads = few(["ash", "birch", "cedar", "dogwood"])
    rounds, lots, regions = (
        few(["day-one", "later"]),
        few(["a", "b"]),
        few(["south", "west", "east"]),
    )

    def place(thing: str) -> None:
        for term, ids in (("round", rounds), ("lot", lots), ("region", regions)):
            found.append(line(thing, term, f"{term}/{draw(ids)}"))
        if draw(st.booleans()):
            found.append(line(thing, "citation", f"{ID}{thing}#evidence"))
            found.append(line(f"{thing}#evidence", f"{PROV}wasDerivedFrom", "source/s"))
            found.append(line(f"{thing}#evidence", "locator", "L1"))

    for n in range(awards):
        thing = f"award/w{n}"
        place(thing)
        kind = draw(few(["predicted", "announced-for-standard-term"]))
        value = draw(few(["0^^integer", "5^^integer", "7^^integer", "900000000000^^integer"]))
        found.append(line(thing, TYPE, f"{RG}Award"))
        found.append(line(thing, "awardedTo", f"organisation/{draw(leads)}"))
        found.append(line(thing, "value", value))
        found.append(line(thing, "valueKind", f"value-kind/{kind}"))
        found.append(line(thing, "status", "status/announced"))
        found.append(line(thing, "nameAsPrinted", "N"))
    day = date(2021, 6, 26)
    for n in range(draw(st.integers(0, 9))):
        thing = f"contract/C{n}"
        place(thing)
        found += [line(thing, TYPE, f"{RG}Contract"), line(thing, "reference", f"C{n}"),
                  line(thing, "cohort", f"cohort/{draw(few(['men', 'all']))}"),
                  line(thing, "route", "route/competed"),
                  line(thing, "lead", f"organisation/{draw(leads)}")]  # fmt: skip
        if awards and draw(st.booleans()):
            found.append(line(thing, "award", f"award/w{draw(st.integers(0, awards - 1))}"))
        if draw(st.booleans()):
            found.append(line(thing, "area", f"area/{draw(few(sorted(AREAS)))}"))
        for term in ("startDate", "endDate"):
            if draw(st.booleans()):
                on = day + timedelta(days=draw(st.integers(-1, 1)))
                found.append(line(thing, f"{SCHEMA}{term}", f"{on}^^date"))
        if draw(st.booleans()):
            found.append(line(thing, "endBasis", f"basis/{draw(few(['derived', 'stated']))}"))
        found += draw(parts_of(thing))
    for role in ROLES:
        found.append(line(f"participation-role/{role}", f"{SKOS}notation", role))
    return found


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """Draw a part of the market."""

    def some(*ids: str) -> tuple[str, ...]:
        return tuple(draw(st.lists(few(ids), max_size=2, unique=True)))

    return Filters(
        some("day-one", "later"), some("a", "b"), some("south", "west", "east"),
        some(*AREAS), some("ash", "dogwood"), some("x", "y"),
        draw(few([None, None, date(2021, 6, 26)])),
    )  # fmt: skip


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(quads=markets(), part=filters())
def test_odd_markets(both: Both, tmp_path: Path, quads: list[str], part: Filters) -> None:
    """Rows, shares and slices agree whatever the market looks like."""
    store = open_memory(quads)
    store.facts = tmp_path / "facts"
    facts = write_facts(store, store.facts)
    assert not facts.refused
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REHABGRAPH_FACTS", "never")
        rows = read_market(store, part.rounds)
        patch.setenv("REHABGRAPH_FACTS", "always")
        assert read_market(store, part.rounds) == rows
    graph = Graph(store)
    for by in BY:
        asked, told = both(lambda by=by: report_market_share(graph, part, by))
        assert told == asked
    for own in ({"show": "partners"}, {"tie": "co-delivery"}, {"tie": "agreement"}):
        asked, told = both(lambda own=own: report_partnerships(graph, part, **own))
        assert told == asked
    for side in ("all", "lot", "area", "region,lot"):
        asked, told = both(lambda side=side: report_concentration(graph, part, by=side, of="group"))
        assert told == asked

"""Tests of the reports on the record: timeline, policies, lineage, sources, quality, profile."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from rehabgraph.graph.errors import BadParameter, UnknownName
from rehabgraph.queries.citing import read_labels, read_places, show_date, take_one
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.lineage import NONE_KNOWN

ROOT = Path(__file__).resolve().parents[2]
OPTIONS: dict[str, dict[str, Any]] = {
    "reconcile": {},
    "coverage": {},
    "expiring": {"as_of": "2023-06-01"},
    "timeline": {},
    "policies": {"policy": "reunification"},
    "lineage": {},
    "sources": {},
    "quality": {},
    "profile": {"about": "Seetec"},
}


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a packaged table."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", OPTIONS)
def test_every_row_opens(world: Graph, name: str) -> None:
    """Each row carries ids, and the first, middle and last open down to a citation."""
    report = world.report(name, **OPTIONS[name])
    assert report.rows
    assert all(row["ids"] for row in report.rows)
    for number in {1, (len(report.rows) + 1) // 2, len(report.rows)}:
        why = world.why(name, str(number), **OPTIONS[name])
        assert why.rows
        assert all(row["place"] for row in why.rows)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_row_has_a_place_of_its_own(world: Graph, name: str) -> None:
    """Every thing behind a row that is not a source itself has a citation for at least one id."""
    report = world.report(name, **OPTIONS[name])
    places = read_places(world.store, {i for row in report.rows for i in row["ids"]})
    if name == "sources":
        return
    bare = [row for row in report.rows if not any(i in places for i in row["ids"])]
    assert not bare, bare[:2]


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("form", ["table", "csv", "json", "md"])
def test_every_form_prints(cli: Callable[..., Result], name: str, form: str) -> None:
    """The command prints each report in each form, with as many rows."""
    args = [x for k, v in OPTIONS[name].items() for x in (f"--{k.replace('_', '-')}", v)]
    result = cli("report", name, *args, "--format", form)
    assert result.exit_code == 0, result.output
    if form == "json":
        rows = json.loads(result.stdout)["rows"]
        assert rows
        assert all(row["ids"] for row in rows)
    if form == "csv":
        header, *rows = csv.reader(io.StringIO(result.stdout))
        assert rows
        assert all(len(row) == len(header) for row in rows)


def test_timeline_is_in_order_and_keeps_precision(world: Graph) -> None:
    """Days run upwards, and a month stays a month; the strategy of 2013 is exact to the month."""
    rows = world.report("timeline").rows
    days = [row["date"] for row in rows]
    assert days == sorted(days)
    assert rows[0]["when"] == "2013-05"
    ends = [r for r in rows if r["kind"] == "Contracts end" and r["basis"] == "derived"]
    assert {r["when"] for r in ends} == {"2024-03", "2025-03"}


def test_timeline_has_every_event(world: Graph) -> None:
    """As many rows of events as the table of events has."""
    rows = world.report("timeline", what=["events"]).rows
    assert len(rows) == len(read_table("events"))


def test_timeline_narrows(world: Graph) -> None:
    """A window holds only its own days, years and months as wide as they are."""
    rows = world.report("timeline", what="events", since="2021-06", until="2021-06").rows
    assert {(r["date"].year, r["date"].month) for r in rows} == {(2021, 6)}
    seetec = world.report("timeline", about="Seetec", what="contracts").rows
    assert sum(len(r["ids"]) for r in seetec) == 18  # nine contracts begin and end


def test_timeline_refuses_unknown_kind(world: Graph) -> None:
    """A wrong --what or date says what to write."""
    with pytest.raises(BadParameter, match="choose among"):
        world.report("timeline", what=["people"])
    with pytest.raises(BadParameter, match="not a date"):
        world.report("timeline", since="soon")


def test_reunification_ends_the_21_companies(world: Graph) -> None:
    """It creates one service, brings three in house and ends 21 companies' areas, Wales first."""
    rows = world.report("policies", policy="reunification").rows
    ends = [r for r in rows if r["effect"] == "ends" and r["kind"] == "crc area"]
    assert len(ends) == 21
    assert [r["when"] for r in ends if r["name"].startswith("C10")] == ["2019-12"]
    assert {r["when"] for r in ends if not r["name"].startswith("C10")} == {"2021-06-25"}
    assert [r["name"] for r in rows if r["effect"] == "creates"] == ["Probation Service"]
    assert sum(1 for r in rows if r["effect"] == "brings in house") == 3


def test_policies_has_every_link_party_and_sum(world: Graph) -> None:
    """All links, all parties and the sums whose subject is a policy, and no more."""
    sums = [r for r in read_table("amounts") if r["subject"].startswith("policy/")]
    expected = len(read_table("policy_links")) + len(read_table("parties")) + len(sums)
    assert len(world.report("policies").rows) == expected


def test_unknown_policy_is_named(world: Graph) -> None:
    """A policy that is none is a user's mistake."""
    with pytest.raises(UnknownName):
        world.report("policies", policy="no such policy at all")


def test_lineage_keeps_owners_without_a_tie(world: Graph) -> None:
    """Every ownership has a row; 19 have the tie of the lineage table, the rest none known."""
    rows = world.report("lineage").rows
    assert len(rows) == len(read_table("crc_owners"))
    assert sum(1 for r in rows if r["successor"] != NONE_KNOWN) == len(read_table("lineage"))
    sodexo = [r for r in rows if r["name"].startswith("Sodexo")]
    assert sodexo
    assert all(r["successor"] == NONE_KNOWN for r in sodexo)


def test_lineage_of_an_area(world: Graph) -> None:
    """In Kent Seetec owned the company and leads again."""
    (row,) = world.report("lineage", area="Kent").rows
    assert (row["name"], row["successor"], row["role"]) == ("Seetec", "Seetec", "Owner")


def test_sources_are_all_there(world: Graph) -> None:
    """One row a source; every citing row of the tables is counted once."""
    rows = {r["id"]: r for r in world.report("sources").rows}
    assert set(rows) == {r["id"] for r in read_table("sources")}
    claims = [r for r in read_table("claims") if r["source"] == "wwo-2021"]
    assert rows["wwo-2021"]["rows"] >= len(claims)
    tables = [p.stem for p in (ROOT / "data").glob("*.csv")]
    cited = [
        row["id"] if "id" in row else row["reference"]
        for table in tables
        if table not in ("sources", "evidence", "lines")
        for row in read_table(table)
        if row.get("source") == "wwo-2021"
    ]
    assert rows["wwo-2021"]["rows"] == len(cited)


def test_quality_shows_the_figures_at_odds(world: Graph) -> None:
    """Two notices give 5,862,806 and 2,443,171 where the list has 4,134,343 and 1,828,763."""
    rows = [r for r in world.report("quality").rows if r["check"] == "figures at odds"]
    details = sorted(r["detail"] for r in rows)
    assert len(rows) == 2
    assert "£2,443,171" in details[0]
    assert "£1,828,763" in details[0]
    assert "1.336" in details[0]
    assert "£5,862,806" in details[1]
    assert "£4,134,343" in details[1]
    assert "1.418" in details[1]


def test_quality_shows_york_and_counts(world: Graph) -> None:
    """York stands in West Yorkshire; 575 participations have no share; 142 judgements by kind."""
    rows = world.report("quality").rows
    (york,) = [r for r in rows if r["check"] == "place at odds"]
    assert york["name"].startswith("York")
    assert "West Yorkshire" in york["detail"]
    counts = {r["name"]: r["count"] for r in rows}
    assert counts["participation without a share"] == len(read_table("participations"))
    judged = [r["count"] for r in rows if r["check"] == "judgements"]
    assert sum(judged) == len(read_table("judgements"))
    kinds = [r["kind_basis"] for r in read_table("organisations")]
    for basis in ("unknown", "believed", "conflicting"):
        assert counts[f"kind {basis}"] == kinds.count(basis)
    assert not [r for r in rows if r["check"] == "rule broken"]


def test_profile_of_an_organisation(world: Graph) -> None:
    """Seetec leads nine lines for £22,203,074 (added by hand), held by two trusts and a company."""
    report = world.report("profile", provider="Seetec")
    items = {(r["section"], r["item"]): r for r in report.rows}
    assert items["Leads", "announced value"]["value"].startswith("£22,203,074 over 9 priced lines")
    owners = [r["value"] for r in report.rows if r["item"] == "Owned by"]
    assert len(owners) == 3
    assert all(r["place"] for r in report.rows)


def test_profile_of_a_place(world: Graph) -> None:
    """Greater Manchester has no priced line, and says so by contracts without a price."""
    rows = world.report("profile", region="Greater Manchester").rows
    sections = {r["section"] for r in rows}
    assert "Priced lines" not in sections
    assert "Contracts without a published price" in sections
    kent = world.report("profile", area=("Kent",)).rows
    assert any(r["value"] == "1,868,199" for r in kent)


def test_profile_needs_one_name(world: Graph) -> None:
    """None or two names are a user's mistake."""
    for options in ({}, {"area": "Kent", "about": "Seetec"}):
        with pytest.raises(BadParameter, match="needs one of"):
            world.report("profile", **options)
    with pytest.raises(BadParameter, match="give one"):
        world.report("profile", area=("Kent", "Surrey"))


def test_dates_show_what_is_known() -> None:
    """A month is shown as a month, and no date as unknown."""
    assert show_date(date(2023, 6, 30), "month") == "2023-06"
    assert show_date(date(2023, 6, 30), None) == "2023-06-30"
    assert show_date(None, "day") == "unknown"


def test_labels_and_places_of_nothing(world: Graph) -> None:
    """Things without a name keep their id, and no things ask nothing."""
    stranger = "https://w3id.org/rehabgraph/id/organisation/nobody-at-all"
    assert read_labels(world.store, [stranger]) == {stranger: "nobody-at-all"}
    assert read_places(world.store, []) == {}
    assert take_one([], "area") == ""

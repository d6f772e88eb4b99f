"""Networks of ties: every tie of the tables, its evidence, and what a focus leaves of them."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import rehabgraph
from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.market import Filters, Market
from rehabgraph.queries.pictures.focus import focus_picture
from rehabgraph.queries.pictures.items import Evidence, measure_totals
from rehabgraph.queries.pictures.lineage import NOBODY, build_lineage
from rehabgraph.queries.pictures.links import Basis, Link, measure_links
from rehabgraph.queries.pictures.network import Picture, Thing, Tie
from rehabgraph.queries.pictures.record import build_everything, build_policies
from rehabgraph.queries.pictures.ties import build_partnerships, build_subcontractors
from rehabgraph.queries.report import Coverage
from rehabgraph.views.layout import place_things
from rehabgraph.views.link_rows import describe_link_totals
from rehabgraph.views.network_page import render_network

DATA = Path(rehabgraph.__file__).parent / "data"
BUILDERS = {
    "subcontractors": build_subcontractors,
    "partnerships": build_partnerships,
    "policies": build_policies,
    "all": build_everything,
    "lineage": build_lineage,
}


def read_rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a packaged table, read with nothing but the csv module."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_subcontractors_are_those_of_the_tables(world: Graph) -> None:
    """Each pair of a lead and a listed subcontractor of day one, with all its contracts."""
    contracts = {r["reference"]: r for r in read_rows("contracts") if r["round"] == "day-one"}
    parts = [r for r in read_rows("participations") if r["contract"] in contracts]
    leads = {r["contract"]: r["organisation"] for r in parts if r["role"] == "lead"}
    closer = {
        (r["contract"], r["organisation"])
        for r in parts
        if r["role"] in ("named-partner", "consortium-member")
    }
    wanted: dict[tuple[str, str], set[str]] = {}
    for part in parts:
        key = (part["contract"], part["organisation"])
        if part["role"] == "subcontractor" and key not in closer:
            pair = (
                f"organisation/{leads[part['contract']]}",
                f"organisation/{part['organisation']}",
            )
            if pair[0] != pair[1]:
                wanted.setdefault(pair, set()).add(f"contract/{part['contract']}")
    picture = build_subcontractors(world, Filters())
    found = {(i.source, i.target): {b.id for b in i.bases} for i in picture.links}
    assert found == wanted


def test_policies_are_those_of_the_tables(world: Graph) -> None:
    """Each row of the links of policies and of the parties of agreements is one tie."""
    wanted = {f"policy-link/{r['id']}" for r in read_rows("policy_links")}
    wanted |= {f"party/{r['id']}" for r in read_rows("parties")}
    assert {link.id for link in build_policies(world, Filters()).links} == wanted


def test_lineage_has_every_owner_and_says_where_none_is_known(world: Graph) -> None:
    """Each owner or partner of each company once for each tie to a lead, or to nobody."""
    tied: dict[tuple[str, str], list[str]] = {}
    for row in read_rows("lineage"):
        tied.setdefault((row["crc_area"], row["predecessor"]), []).append(row["successor"])
    wanted = sorted(
        (f"organisation/{r['organisation']}", f"crc-area/{r['crc_area']}", target)
        for r in read_rows("crc_owners")
        for target in [f"lead-2021/{t}" for t in tied.get((r["crc_area"], r["organisation"]), [])]
        or [NOBODY]
    )
    picture = build_lineage(world, Filters())
    assert sorted((i.source, i.via, i.target) for i in picture.links) == wanted
    layout = place_things(picture)
    assert layout.layered
    columns = {t.layer: layout.places[t.id].x for t in picture.things}
    assert columns[0] < columns[1] < columns[2]


def test_partnerships_are_those_of_the_report(world: Graph) -> None:
    """The same ties as the report, but for leads that merely serve the same area."""
    report = world.report("partnerships")
    wanted = {(r["id"], r["kind"]) for r in report.rows if r["kind"] != "same-area"}
    links = build_partnerships(world, Filters()).links
    assert len(links) == len(wanted)
    assert {link.kind for link in links} == {kind for _, kind in wanted}


@pytest.mark.parametrize("kind", BUILDERS)
def test_every_tie_has_its_evidence(world: Graph, kind: str) -> None:
    """No tie of any network stands without a source and a place in it."""
    picture = BUILDERS[kind](world, Filters())
    bare = [i.id for i in picture.links if not any(b.evidence for b in i.bases)]
    assert bare == []
    assert len({i.id for i in picture.links}) == len(picture.links)
    assert {t.item for t in picture.ties} == {i.id for i in picture.links}


def test_a_focus_keeps_what_it_touches(world: Graph) -> None:
    """One step gives the ties of a thing; two steps those of its neighbours too."""
    whole = build_subcontractors(world, Filters())
    middle = "organisation/st-giles-wise"
    one, two = (focus_picture(whole, middle, steps) for steps in (1, 2))
    assert {i.id for i in one.links} == {
        i.id for i in whole.links if middle in (i.source, i.target)
    }
    near = {t.id for t in one.things}
    assert {i.id for i in two.links} == {i.id for i in whole.links if near & {i.source, i.target}}


def test_a_focus_that_is_not_there_is_refused(world: Graph) -> None:
    """A thing outside the network, or a third step, is a user's mistake in one line."""
    whole = build_subcontractors(world, Filters())
    with pytest.raises(BadParameter, match="not in this network"):
        focus_picture(whole, "policy/nothing")
    with pytest.raises(BadParameter, match="1 or 2"):
        focus_picture(whole, "organisation/st-giles-wise", 3)


def make_hostile(names: list[str]) -> Picture:
    """Return a small network with a hostile text in every place that holds one."""
    evidence = Evidence(
        names[0], names[1], "javascript:alert(1)", names[2], (names[0],), (names[3],)
    )
    things = tuple(
        Thing(f"organisation/{n}", "organisation", name, (names[n - 1],), "x", group_label=name)
        for n, name in enumerate(names)
    )
    links = tuple(
        Link(
            f"l{n}", "k", things[0].id, thing.id, names[n],
            bases=(Basis("x/y", None, names[n - 1], evidence=(evidence,)),), note=names[n - 2],
        )
        for n, thing in enumerate(things[1:], 1)
    )  # fmt: skip
    ties = tuple(Tie(i.id, "k", i.source, i.target, i.role, i.id) for i in links)
    return Picture(
        "partnerships", names[0], things, ties, (), (("k", names[0]),), Market((), (), {}),
        Filters(), measure_totals(()), Coverage(1, 1), (), links=links, notes=(names[5],),
    )  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_hostile_names_stay_text(
    width: int, open_page: Callable[..., Any], find_barriers: Callable[[Any], list[str]]
) -> None:
    """Names that look like code run nothing, end no element and push nothing off the screen."""
    names = [
        "</script><img src=x onerror=alert(1)>", "<!--<script>alert(1)</script>",
        "\u202eمؤسسة العدل\u202c", "n" * 200, "", "\"quotes' & `ticks` ${x} {{ y }}", "👩🏽‍⚖️ Emoji",
        "=1+1", "\x00\x07 control",
    ]  # fmt: skip
    page = open_page(render_network(make_hostile(names)), width, hash_="#at=organisation%2F0")
    page.locator("[data-view=picture]").click()
    assert page.said == []
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_barriers(page) == []


@pytest.mark.parametrize("kind", BUILDERS)
def test_two_builds_give_the_same_bytes(world: Graph, kind: str) -> None:
    """Places, order and text are the same each time."""
    first, second = (render_network(BUILDERS[kind](world, Filters())) for _ in range(2))
    assert first == second


@pytest.mark.browser
@pytest.mark.parametrize("day", ["2021-07-01", "2023-07-01", "2024-04-01"])
def test_a_day_leaves_the_ties_of_its_contracts(
    world: Graph, day: str, open_page: Callable[..., Any]
) -> None:
    """On a day the page counts the ties whose contracts the question `active-on` gives."""
    running = {f"contract/{r['reference']}" for r in world.query("active-on", on=day).rows}
    picture = build_subcontractors(world, Filters())
    kept = [replace(i, bases=tuple(b for b in i.bases if b.id in running)) for i in picture.links]
    kept = [i for i in kept if i.bases]
    words = describe_link_totals(measure_links(kept), ("organisation", "organisations"))
    page = open_page(render_network(picture), hash_=f"#on={day}")
    assert page.locator("#status").inner_text().startswith(words)
    assert page.locator("#lines tbody tr:not([hidden])").count() == len(kept)
    same = replace(picture, filters=Filters(as_of=date.fromisoformat(day)))
    started = open_page(render_network(same))
    assert started.locator("#status").inner_text().startswith(words)


@pytest.mark.browser
def test_kinds_of_tie_and_thing_filter_the_table(
    world: Graph, open_page: Callable[..., Any]
) -> None:
    """Unticking a kind takes its ties out of table, count and CSV; the link keeps it."""
    picture = build_partnerships(world, Filters())
    page = open_page(render_network(picture))
    page.locator("[data-filter=tie][value=co-delivery]").uncheck()
    rest = [i for i in picture.links if i.kind != "co-delivery"]
    assert page.locator("#lines tbody tr:not([hidden])").count() == len(rest)
    assert page.evaluate("location.hash").startswith("#tie=")
    with page.expect_download() as waiting:
        page.locator("[data-save=csv]").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = [r for r in csv.reader(text.splitlines()) if not r[0].startswith("#")]
    assert len(rows) == len(rest) + 1
    page.go_back()
    assert page.locator("#lines tbody tr:not([hidden])").count() == len(picture.links)
    assert page.said == []


@pytest.mark.browser
def test_a_thing_opens_with_the_places_behind_its_ties(
    world: Graph, open_page: Callable[..., Any]
) -> None:
    """A name and Enter show the thing; its ties open down to contract, source and place."""
    page = open_page(render_network(build_subcontractors(world, Filters())))
    page.locator("#find").fill("st giles wise")
    page.keyboard.press("Enter")
    assert page.locator("#details h3").inner_text() == "St Giles Wise"
    page.locator("#details summary").first.click()
    words = page.locator("#details details").first.inner_text()
    assert "PRJ_" in words
    assert "Source: " in words

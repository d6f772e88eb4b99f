"""Names to things: nothing is guessed, and a miss names the nearest."""

import csv
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import UnknownName
from rehabgraph.ontology import DATA, ID
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.resolve import NameIndex, fold, kind_of


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Yorkshire & The Humber", "yorkshire and the humber"),
        ("The Nelson Trust", "nelson trust"),
        ("St Mungo’s", "st mungos"),
        ("  St.  Giles—Wise ", "st giles wise"),
        ("CATCH22", "catch22"),
        ("Ynys Môn", "ynys mon"),
        ("the", "the"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_fold(text: str, want: str) -> None:
    """Case, punctuation, accents, `&` and a leading "the" make no difference."""
    assert fold(text) == want


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """A folded name without a leading article folds to itself."""
    once = fold(text)
    assert fold(once) == once.removeprefix("the ")


@pytest.mark.parametrize(
    ("text", "kinds", "want"),
    [
        ("Birch", (), "organisation/birch"),
        ("birch", ("organisation",), "organisation/birch"),
        ("organisation/birch", (), "organisation/birch"),
        (ID + "organisation/birch", (), "organisation/birch"),
        ("BIRCH SERVICES LIMITED", (), "organisation/birch"),
        ("The Alder Trust", (), "organisation/alder"),
        ("alder trust", (), "organisation/alder"),
        ("elm womens centre", (), "organisation/elm"),
        ("A", ("region",), "region/eastmark"),
        ("East Mark", ("region",), "region/eastmark"),
        ("ACC", ("lot",), "lot/accommodation"),
        ("women's services", ("lot",), "lot/womens-services"),
        ("T_0003", (), "contract/T_0003"),
        ("award/eastmark-wom-alder", (), "award/eastmark-wom-alder"),
        ("participation/T_0004-elm", (), "participation/T_0004-elm"),
        ("charity", ("organisation-kind",), "organisation-kind/charity"),
    ],
)
def test_names_ids_and_addresses(text: str, kinds: tuple[str, ...], want: str, tiny: Graph) -> None:
    """A name, an alias, a notation, an id or an address all lead to the thing."""
    assert tiny.resolve(text, kinds) == ID + want


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Nobody", ()),
        ("", ()),
        ("birch", ("region",)),
        ("organisation/birch", ("region",)),
        (ID + "organisation/nobody", ()),
        ("https://example.org/", ()),
        ("> <", ()),
        ("\x00", ()),
        ("x" * 10_000, ()),
    ],
)
def test_a_miss_is_one_line(text: str, kinds: tuple[str, ...], tiny: Graph) -> None:
    """What nothing bears is refused, without a guess."""
    with pytest.raises(UnknownName) as caught:
        tiny.resolve(text, kinds)
    assert "\n" not in str(caught.value)


def test_a_miss_names_the_nearest(tiny: Graph) -> None:
    """A slip of the pen shows the name meant."""
    with pytest.raises(UnknownName, match="Cedar Homes"):
        tiny.resolve("Ceder Homes", ("organisation",))


def test_two_bearers_are_both_named() -> None:
    """A name that two things bear is not chosen between: both ids are given."""
    index = NameIndex()
    for iri in (ID + "organisation/a", ID + "organisation/b"):
        index.labels[iri] = "Hope"
        index.add(iri, "Hope")
    with pytest.raises(UnknownName, match=r"2 things: organisation/a .* or organisation/b"):
        index.resolve("hope")
    assert index.resolve("organisation/b") == ID + "organisation/b"


def test_an_own_name_wins_over_an_alias() -> None:
    """Where one thing's name is another's alias, the name counts."""
    index = NameIndex()
    index.labels.update({ID + "lot/a": "Kent", ID + "lot/b": "Kent and Surrey"})
    index.add(ID + "lot/a", "Kent")
    index.add(ID + "lot/b", "Kent")
    assert index.resolve("KENT") == ID + "lot/a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nelson Trust", "The Nelson Trust"),
        ("Forward Trust", "The Forward Trust"),
        ("NACRO", "Nacro"),
        ("St Mungo", "St Mungo's"),
        ("Catch 22", "Catch22"),
    ],
)
def test_spellings_of_one_organisation(one: str, other: str, world: Graph) -> None:
    """The spellings that the source texts mix name one organisation each (sources' README)."""
    kinds = ("organisation",)
    assert world.resolve(one, kinds) == world.resolve(other, kinds)


def test_every_region_area_and_lot_is_found_by_its_name_and_id(world: Graph) -> None:
    """What lists show can be typed back: each label and id of a kind leads to its thing."""
    for kind in ("regions", "areas", "lots"):
        for row in world_list(world, kind):
            (iri,) = row["ids"]
            assert world.resolve(row["name"], (kind_of(iri),)) == iri
            assert world.resolve(row["id"], (kind_of(iri),)) == iri


def world_list(world: Graph, kind: str) -> tuple[dict[str, object], ...]:
    """Return the rows of a list."""
    from rehabgraph.queries.browse import report_list

    return report_list(world, kind).rows  # type: ignore[return-value]


def test_every_thing_with_a_citation_can_be_shown(tiny: Graph) -> None:
    """What stands behind a figure is shown by the id that `why` prints, named or not."""
    from rehabgraph.queries.browse import report_show

    rows = tiny.why("market-share", "Birch").rows
    assert {r["thing"] for r in rows} >= {"award/eastmark-pwb-birch", "contract/T_0002"}
    for row in rows:
        assert report_show(tiny, row["thing"]).rows


@pytest.mark.parametrize("kind", ["providers", "subcontractors"])
def test_lists_leave_nobody_out(kind: str, world: Graph) -> None:
    """Everybody with the part is in the list, with or without a note in the record.

    The list is held against the table of parts; six of the names in it are lead providers in
    the announcement of 21 May 2021 (lines 44 to 187).
    """
    role = {"providers": "lead", "subcontractors": "subcontractor"}[kind]
    with (DATA / "participations.csv").open(encoding="utf-8", newline="") as file:
        wanted = {r["organisation"] for r in csv.DictReader(file) if r["role"] == role}
    found = {str(row["id"]) for row in world_list(world, kind)}
    assert found == wanted
    if kind == "providers":
        assert {"ingeus", "seetec", "pss", "shelter", "nelson-trust", "willowdene"} < found


def test_status_says_how_old_the_sources_are(world: Graph) -> None:
    """The dates of the sources are years, months or days, and some have none: all count."""
    from rehabgraph.queries.browse import report_status

    (note,) = (n for n in report_status(world).notes if "sources" in n)
    assert "None" not in note
    assert re.search(r"dated, from \d{4}\S* to \d{4}\S*\.", note)


def test_show_gives_the_line_first(world: Graph) -> None:
    """The line and what is printed on it stand before the statements.

    Line 179 of the announcement prints “£2,593, 567” for The Growth Company.
    """
    from rehabgraph.queries.browse import report_show

    rows = report_show(world, "award/day-one-l179").rows
    assert {r["value"] for r in rows if r["property"] == "stands in"} >= {
        "moj-2021 L179: £2,593, 567"
    }
    assert rows[0]["property"] == "stands in"
    assert not any("of of" in str(r["property"]) for r in rows)


def test_what_nobody_bears_is_told_once(world: Graph) -> None:
    """A hint names each thing once; where there are few of a kind it names them all."""
    with pytest.raises(UnknownName) as caught:
        world.resolve("Nowhere")
    near = str(caught.value).partition("did you mean ")[2].partition("?")[0].split(" or ")
    assert len(near) == len(set(near))
    with pytest.raises(UnknownName, match=r"there are: Accommodation; .*Women's services"):
        world.resolve("housing", ("lot",))


def test_the_short_form_of_a_name_finds_it(world: Graph) -> None:
    """What stands in brackets at the end of a name is a name too; an id has no case.

    The anniversary article of 2022 (line 37) prints “… Intervention (COBI)”.
    """
    assert world.find("COBI")[0].iri == ID + "intervention/cobi"
    assert world.resolve("COBI") == world.resolve("cobi") == ID + "intervention/cobi"


def test_find_gives_the_best_first(tiny: Graph) -> None:
    """An equal name scores 100 and stands first; nothing scores above it."""
    found = tiny.find("cedar homes")
    assert found[0].iri == ID + "organisation/cedar"
    assert found[0].score == 100
    assert all(f.score <= 100 for f in found)
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    assert tiny.find("") == []
    assert len(tiny.find("a", limit=2)) <= 2

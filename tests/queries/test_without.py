"""Any report with a judgement switched off: what moves is what the judgement decided."""

import csv
from typing import Any

import pytest

from rehabgraph.graph.errors import UnknownName
from rehabgraph.ontology import DATA
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.undo import undo_judgement
from rehabgraph.queries.without import read_judgements

L60, L179 = 2_177_655, 2_593_567


def rows_of(graph: Graph, report: str, **options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    """Return the rows of a report by id."""
    return {str(r["id"]): dict(r) for r in graph.report(report, **options).rows}


def test_name_judgement_makes_a_holder_of_its_own(world: Graph) -> None:
    """Line 60 names "St Giles Wise (SGW)": unread, its £2,177,655 and 4 contracts stand apart."""
    found = rows_of(world, "market-share", without_judgement="name-l060")
    apart = next(r for r in found.values() if r["name"] == "St Giles Wise (SGW)")
    assert (apart["value"], apart["contracts"], apart["moves"]) == (L60, 4, "new")
    row = found["st-giles-wise"]
    assert row["value_with"] - row["value"] == L60
    assert (row["contracts_with"], row["contracts"]) == (16, 12)
    assert found["ingeus"]["moves"] == "same"


def test_equal_printed_names_are_one(world: Graph) -> None:
    """Lines 60 and 98 print the same name: unread together they are one holder of both."""
    found = rows_of(world, "market-share", without_judgement=["name-l060", "name-l098"])
    apart = [r for r in found.values() if r["moves"] == "new"]
    assert [r["value"] for r in apart] == [L60 + 866_581]


def test_unread_number_is_unknown(world: Graph) -> None:
    """Line 179 prints "£2,593, 567": unread, its value is unknown; its contract still counts."""
    found = rows_of(world, "market-share", without_judgement="value-l179")
    row = found["growth-company"]
    assert row["value_with"] - row["value"] == L179
    assert row["contracts"] == 5


def test_unread_number_is_missing_from_the_coverage(world: Graph) -> None:
    """The list has 66 lines, by count of the award list: with one unread, 65 are known, not all."""
    report = world.report("market-share", without_judgement="value-l179")
    assert report.coverage is not None
    assert (report.coverage.rows_known, report.coverage.rows_all) == (65, 66)
    assert any(note.startswith("1 contract has no published price") for note in report.notes)


def test_cohorts_count_as_one(world: Graph) -> None:
    """Line 150 counts as eight contracts, two an area; otherwise as four."""
    found = rows_of(world, "market-share", without_judgement="cohorts-l150")
    assert found["st-giles-wise"]["contracts"] == 12
    assert found["st-giles-wise"]["contracts_with"] == 16
    assert found["st-giles-wise"]["cells"] == 12


def test_end_in_brackets_follows_the_term(world: Graph) -> None:
    """Line 150 ends four contracts with June 2023; otherwise the term keeps them to March 2024."""
    options = {"by": "all", "basis": "contracts", "as_of": "2023-07-01"}
    row = rows_of(world, "concentration", **options, without_judgement="until-l150")[
        "all:contracts"
    ]
    assert row["contracts"] - row["contracts_with"] == 4


def test_believed_kind_is_unknown(world: Graph) -> None:
    """Foundation is believed to be a charity; otherwise its £1,246,789 is of unknown kind."""
    found = rows_of(world, "market-share", by="kind", without_judgement="kind-foundation")
    assert found["unknown"]["value"] == 1_246_789
    assert found["charity"]["value_with"] - found["charity"]["value"] == 1_246_789


def test_second_parts_can_be_dropped(world: Graph) -> None:
    """Without it, members of St Giles Wise are no subcontractors of their own consortium."""
    found = rows_of(
        world, "partnerships", show="subcontractors", without_judgement="members-as-subcontractors"
    )
    row = found["st-giles-trust"]
    assert (row["contracts_with"], row["contracts"]) == (20, 4)


def test_not_the_same_becomes_one(world: Graph) -> None:
    """Were St Giles Trust and St Giles Wise one, the consortium's holder would be the trust."""
    judgement = "st-giles-trust-not-st-giles-wise"
    found = rows_of(world, "market-share", without_judgement=judgement)
    moved = {r["moves"]: r for r in found.values() if r["moves"] != "same"}
    assert moved["new"]["value"] == moved["gone"]["value_with"] == 13_305_674


def test_judgement_without_an_alternative_says_so(world: Graph) -> None:
    """A reading that nothing can undo leaves the report as it is, with one line to say it."""
    report = world.report("market-share", without_judgement="status-l112")
    assert report.notes[0] == (
        "Judgement status-l112 (reads-as) cannot be undone here: the tables hold no alternative "
        "to it."
    )
    assert report.to_dicts() == world.report("market-share").to_dicts()


def test_figure_that_does_not_move_says_so(world: Graph) -> None:
    """London has one area, so where its contract is held makes no difference."""
    report = world.report("market-share", without_judgement="london-wellbeing-area")
    assert any("No figure of this report moves" in note for note in report.notes)


def test_unknown_judgement_is_one_line(world: Graph) -> None:
    """An id that is none is answered with the nearest ones."""
    with pytest.raises(UnknownName, match="did you mean name-l0"):
        world.report("market-share", without_judgement="name-l0600")


def test_the_graph_itself_stays_as_it_is(world: Graph) -> None:
    """Switching off works on a copy: the same report afterwards is unchanged."""
    before = world.report("market-share").to_dicts()
    world.report("market-share", without_judgement="name-l060")
    assert world.report("market-share").to_dicts() == before


def test_every_judgement_can_be_asked_for(world: Graph) -> None:
    """Each judgement of the tables is either undone by updates or touches no market figure.

    The readings of printed names and numbers on lines must all be among the former.
    """
    with (DATA / "judgements.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    undone = {j.id for j in read_judgements(world, [r["id"] for r in listed]) if undo_judgement(j)}
    names = {r["id"] for r in listed if r["subject"].startswith("award/")} - {"status-l112"}
    assert names <= undone


def test_why_opens_a_moved_row_with_its_judgement(world: Graph) -> None:
    """A row that moves opens to its lines and to the judgement that moves it."""
    found = world.why("market-share", "St Giles Wise", without_judgement="name-l060")
    assert any(r["thing"] == "judgement/name-l060" for r in found.rows)

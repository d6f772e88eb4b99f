"""Decisions in tables of one's own: a row of judgements, and what it does when they are opened."""

from collections.abc import Callable

import pytest

from rehabgraph.graph.errors import BadParameter, InvalidData
from rehabgraph.graph.judgement_rows import JudgementRow, TableJudgements
from rehabgraph.queries.graph import Graph, open_graph
from rehabgraph.queries.identity.decisions import undo_decisions

Decide = Callable[..., list[str]]


def values(graph: Graph, **options: object) -> dict[str, object]:
    """Return the announced value of each lead in the market report."""
    return {str(r["name"]): r["value"] for r in graph.report("market-share", **options).rows}


def test_two_rows_are_one_in_every_report(tables: TableJudgements, decide: Decide) -> None:
    """By the award list: Nacro L52, L62, L153, L166, and Shelter L181, in one sum.

    A trial: nobody says that they are one.
    """
    nacro = 2_963_412 + 3_054_280 + 633_425 + 3_823_196
    graph = open_graph(data=tables.folder)
    assert values(graph)["Nacro"] == nacro
    (id_,) = decide(graph, tables, "nacro", "shelter")
    merged = open_graph(data=tables.folder)
    assert values(merged)["Nacro"] == nacro + 4_068_990
    assert "Shelter" not in values(merged)
    assert values(merged, provider="Shelter") == {"Nacro": nacro + 4_068_990}
    report = merged.report("market-share")
    assert any(id_ in note and "Said by a test." in note for note in report.notes)
    assert sum(v for v in values(merged).values() if isinstance(v, int)) == 196_074_277
    things = {r["thing"] for r in merged.why("market-share", "Nacro").rows}
    assert {"award/day-one-l052", "award/day-one-l181"} <= things
    off = merged.report("market-share", without_judgement=id_)
    kept = {r["name"]: r["value"] for r in off.rows if r["moves"] != "gone"}
    assert kept == values(graph)


def test_a_rejection_and_its_undoing_leave_the_table_as_it_was(
    tables: TableJudgements, decide: Decide
) -> None:
    """The row rests on the source and place of Nacro's own row; undone, no byte differs."""
    before = tables.path.read_bytes()
    graph = open_graph(data=tables.folder)
    (id_,) = decide(graph, tables, "nacro", "shelter", same=False)
    added = tables.path.read_bytes().removeprefix(before).decode()
    assert added == (
        "nacro-not-shelter,not-same-as,organisation/nacro,organisation/shelter,,,Said by a test.,"
        "moj-providers,NACRO,\n"
    )
    with pytest.raises(BadParameter, match="nacro-not-shelter"):
        decide(open_graph(data=tables.folder), tables, "nacro", "shelter")
    undo_decisions(open_graph(data=tables.folder), tables, [id_])
    assert tables.path.read_bytes() == before


def test_bad_tables_are_not_written_into(tables: TableJudgements) -> None:
    """All the tables are held against their rules before a row is kept."""
    before = tables.path.read_bytes()
    row = JudgementRow("a-is-b", "same-as", "organisation/nacro", "organisation/shelter", "", "",
                       "R", "no-such-source", "L1", "")  # fmt: skip
    with pytest.raises(InvalidData, match="no-such-source"):
        tables.keep([row])
    assert tables.path.read_bytes() == before


def test_the_packaged_record_is_opened_as_it_is(world: Graph) -> None:
    """None of its rows are judged one, so nothing is copied."""
    assert world.unmerged is None

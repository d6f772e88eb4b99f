"""Why: every figure opens down to its lines and the judgements that touched them."""

import re

import pytest

from rehabgraph.graph.errors import BadParameter, UnknownReport
from rehabgraph.queries.graph import Graph

INGEUS = {50, 54, 100, 105, 128, 130, 164, 178}


def lines_of(report_rows: tuple[dict[str, object], ...]) -> set[int]:
    """Return the lines of moj-2021 that award rows name."""
    found = set()
    for row in report_rows:
        if str(row["thing"]).startswith("award/"):
            match = re.fullmatch(r"moj-2021 L(\d+)", str(row["place"]))
            assert match, row
            found.add(int(match[1]))
    return found


def test_ingeus_opens_to_its_eight_lines(world: Graph) -> None:
    """`why market-share Ingeus`: the eight lines that name it, and their sum."""
    report = world.why("market-share", "Ingeus")
    assert lines_of(report.rows) == INGEUS  # type: ignore[arg-type]
    awards = [r for r in report.rows if str(r["thing"]).startswith("award/")]
    assert sum(r["value"] for r in awards) == 33_585_120
    assert any("33,585,120" in note for note in report.notes)
    printed = next(r for r in awards if r["thing"] == "award/day-one-l050")
    assert "£6,021,064" in str(printed["printed"])


def test_the_judgements_that_touched_a_line_are_named(world: Graph) -> None:
    """Line 164's bracket was read by a judgement; it stands on its row and in the notes."""
    report = world.why("market-share", "Ingeus")
    row = next(r for r in report.rows if r["thing"] == "award/day-one-l164")
    assert "until-l164" in str(row["judgements"])
    assert any("until-l164" in note for note in report.notes)


def test_the_stray_space_is_told(world: Graph) -> None:
    """The Growth Company's line 179 is printed `£2,593, 567`; that it was read is said."""
    report = world.why("market-share", "The Growth Company")
    row = next(r for r in report.rows if r["thing"] == "award/day-one-l179")
    assert row["value"] == 2_593_567
    assert "2,593, 567" in str(row["printed"])
    assert row["judgements"]


def test_every_row_of_the_report_opens_and_adds_up(world: Graph) -> None:
    """For each lead the lines behind it add up to its value: nothing twice, nothing missing."""
    shares = world.report("market-share")
    seen: list[int] = []
    for row in shares.rows:
        opened = world.why("market-share", row["name"])
        awards = [r for r in opened.rows if str(r["thing"]).startswith("award/")]
        assert sum(r["value"] for r in awards) == row["value"], row["name"]
        assert len(opened.rows) == len(row["ids"])
        seen += lines_of(opened.rows)  # type: ignore[arg-type]
    assert len(seen) == len(set(seen)) == 66


def test_the_tiny_world(tiny: Graph) -> None:
    """Dogwood rests on line 14 and T_0005; a judgement read its stray space."""
    report = tiny.why("market-share", "dogwood")
    assert [(r["thing"], r["place"]) for r in report.rows] == [
        ("award/westmark-acc-dogwood", "list-2021 L14"),
        ("contract/T_0005", "records T_0005"),
    ]
    assert report.rows[0]["printed"] == "£300, 000"
    assert "dogwood-space" in str(report.rows[0]["judgements"])
    assert any("A stray space." in note for note in report.notes)


def test_a_row_by_name_number_or_id(tiny: Graph) -> None:
    """`Birch`, `birch`, an alias, its id and row 1 open the same row."""
    want = tiny.why("market-share", "Birch").rows
    for row in ("birch", "1", "Birch Services Limited", "organisation/birch"):
        assert tiny.why("market-share", row).rows == want


@pytest.mark.parametrize("row", ["Nobody", "0", "5", "-1", "", "²", "1.0"])
def test_a_row_that_is_none(row: str, tiny: Graph) -> None:
    """A wrong row is one line that names the report."""
    with pytest.raises(BadParameter, match="market-share has no row"):
        tiny.why("market-share", row)


def test_a_report_that_is_none(tiny: Graph) -> None:
    """A wrong report names the nearest."""
    with pytest.raises(UnknownReport, match="market-share"):
        tiny.why("market-shares", "Birch")


def test_filters_reach_the_row(world: Graph) -> None:
    """Opened within a lot, Ingeus rests on the lines of that lot alone: 54, 105 and 130."""
    report = world.why("market-share", "Ingeus", lot="ETE")
    assert lines_of(report.rows) == {54, 105, 130}  # type: ignore[arg-type]


def test_a_judgement_without_a_printed_text(world: Graph) -> None:
    """Line 88 names no area: the judgement says how it is held and quotes nothing."""
    report = world.why("market-share", "Catch22", lot="personal-wellbeing", region="london")
    note = next(n for n in report.notes if "london-wellbeing-area" in n)
    assert "(held-as): held as “area metropolitan”:" in note
    assert "None" not in note

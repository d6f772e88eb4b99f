"""The curated tables held against the real texts: every citation, and one changed character."""

import csv
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from rehabgraph.graph.evidence import (
    check_evidence,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
SHARED = Path(os.environ.get("REHABGRAPH_SHARED") or ROOT.parent / "shared")
Row = dict[str, str]
Tables = dict[str, list[Row]]


@pytest.fixture(scope="module")
def curated() -> Tables:
    """Return the curated tables as raw rows, or skip where there are none."""
    found: Tables = {}
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    if "lines" not in found:
        pytest.skip("needs the curated tables")
    return found


@pytest.fixture(scope="module")
def texts() -> Path:
    """Return the folder of the source texts, or skip where there is none."""
    folder = SHARED / "sources"
    if not folder.is_dir():
        pytest.skip("needs the source texts folder")
    return folder


@pytest.mark.shared
def test_every_curated_citation_of_a_text_holds(curated: Tables, texts: Path) -> None:
    """All rows that cite one of the five texts pass: file, line and printed words."""
    found = check_evidence(curated, texts)
    held = {path.stem for path in texts.glob("*.txt")}
    citing = [
        row
        for table, rows in curated.items()
        if table not in {"sources", "lines"}
        for row in rows
        if row["source"] in held
    ]
    assert found.failures == ()
    assert (found.hash_mismatches, found.altered) == ((), ())
    assert found.checked == found.passed == len(citing) > 400


@pytest.mark.shared
def test_every_award_and_statement_of_the_list_is_used(curated: Tables, texts: Path) -> None:
    """Lines 41 to 187 hold 66 awards and 2 statements; the only unused lines are headings."""
    found = check_evidence(curated, texts)
    kinds = [row["kind"] for row in curated["lines"] if row["of"] == "moj-2021"]
    assert (kinds.count("award"), kinds.count("statement")) == (66, 2)
    assert kinds.count("region-heading") == 12
    unused = found.unused_by_kind
    assert (unused["award"], unused["statement"]) == (0, 0)
    assert {each.kind for each in found.unused} <= {"region-heading", "lot-heading"}


def rows_on(rows: Mapping[str, list[Row]], source: str, line: int) -> set[tuple[str, str]]:
    """Return table and id of the rows that cite a line, with a reading of ranges of its own."""
    found = set()
    for table, each in rows.items():
        for row in each:
            if table in {"sources", "lines"} or row["source"] != source:
                continue
            numbers = [int(part.lstrip("L")) for part in row["locator"].split("-")]
            if numbers[0] <= line <= numbers[-1]:
                found.add((table, row.get("id") or row["reference"]))
    return found


@pytest.mark.shared
@pytest.mark.parametrize("line", [39, 50, 112, 160, 179, 187])
def test_one_character_changed_in_a_copy_fails_exactly_the_facts_on_its_line(
    curated: Tables, texts: Path, tmp_path: Path, line: int
) -> None:
    """A copy of the announcement with one other character on one line."""
    copy = (texts / "moj-2021.txt").read_bytes().decode().split("\n")
    copy[line - 1] = copy[line - 1].replace("e", "3", 1)
    (tmp_path / "moj-2021.txt").write_bytes("\n".join(copy).encode())
    found = check_evidence(curated, tmp_path)
    failed = {(failure.table, failure.row) for failure in found.failures}
    assert failed == rows_on(curated, "moj-2021", line) != set()
    assert found.altered == (f"moj-2021.L{line}",)
    assert [each.source for each in found.hash_mismatches] == ["moj-2021"]

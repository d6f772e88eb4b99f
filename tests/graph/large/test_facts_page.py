"""The page about large data names each table of facts with its columns."""

from pathlib import Path

from rehabgraph.graph.large.facts import FACTS_FROM
from rehabgraph.graph.large.facts_schema import TABLES, file_name
from rehabgraph.queries.large.engine import CONTRACTS_FROM

PAGE = Path(__file__).resolve().parents[3] / "docs" / "large.md"


def test_tables_of_the_page() -> None:
    """Every file is there with all its columns, in order."""
    rows = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    found = {r[1].strip(" `"): r[3].strip().split(", ") for r in rows if len(r) == 5}
    for table, columns in TABLES.items():
        assert found[file_name(table)] == list(columns)


def test_limits_of_the_page() -> None:
    """The limits that the page names are those of the program."""
    text = PAGE.read_text(encoding="utf-8")
    assert f"{FACTS_FROM:,} statements" in text
    assert f"{CONTRACTS_FROM:,} contracts" in text

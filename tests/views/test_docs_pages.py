"""The pages of the documentation that are made from the record."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from rehabgraph.ontology import DATA, METADATA
from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.queries.graph import Graph
from rehabgraph.views.docs_pages import THEMES, render_data, render_pages, stale_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"
Cli = Callable[..., Result]


def test_the_pages_are_fresh(world: Graph) -> None:
    """The pages say what the record says today; `rehabgraph docs` makes them anew."""
    assert stale_pages(render_pages(world), DOCS) == []


def test_every_question_stands_on_the_page_with_an_answer(world: Graph) -> None:
    """Each has its command; a required parameter has an example; checks find nothing."""
    page = render_pages(world)["questions.md"]
    for name in question_files():
        assert f"`rehabgraph query {name}" in page
        assert read_question(name).theme in THEMES
    assert "Needs " not in page
    assert page.count("No rows, as it should be.") == sum(
        name.endswith("-violation") for name in question_files()
    )


def test_every_column_stands_on_the_page() -> None:
    """Each table has its columns in order, with what they refer to."""
    metadata = json.loads((DATA / METADATA).read_text("utf-8"))
    page = render_data(metadata)
    for table in metadata["tables"]:
        part = page.split(f"### {table['url'].removesuffix('.csv')}\n")[1].split("\n### ")[0]
        rows = [line.split(" | ")[0] for line in part.splitlines() if line.startswith("| ")][2:]
        assert [row.removeprefix("| ").replace("\\", "") for row in rows] == [
            column["name"]
            for column in table["tableSchema"]["columns"]
            if not column.get("virtual")
        ]
    assert "| table awards | rg:award |" in page


def test_a_stale_page_is_named(cli: Cli, tmp_path: Path) -> None:
    """The command writes the pages; --check says which one has changed, with exit code 1."""
    assert cli("docs", "--out", str(tmp_path)).exit_code == 0
    assert cli("docs", "--out", str(tmp_path), "--check").exit_code == 0
    (tmp_path / "data.md").write_text("old", "utf-8")
    result = cli("docs", "--out", str(tmp_path), "--check")
    assert result.exit_code == 1
    assert "data.md: stale; run rehabgraph docs" in result.stderr
    assert (tmp_path / "data.md").read_text("utf-8") == "old"

"""The examples of the documentation run and print what the pages say."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "docs" / "measures").glob("*.md"))
MODULES = (
    "amounts", "attribution", "bands", "concentration", "intervals", "layers", "merger",
    "market_reports.concentration", "market_reports.merger", "resilience", "slices",
)  # fmt: skip
HEADINGS = ["Definition", "Formula", "Worked example", "Source", "What it does not say"]


class FencedParser(doctest.DocTestParser):
    """Reads examples in Markdown: a fence ends an example as an empty line does."""

    def parse(self, string: str, name: str = "<string>") -> list[str | doctest.Example]:
        """Split a page into examples and the text between them."""
        lines = string.splitlines()
        return super().parse(
            "\n".join("" if line.startswith("```") else line for line in lines) + "\n", name
        )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_measure_page_run(page: Path) -> None:
    """Each page about a measure has a worked example, and it is true."""
    result = doctest.testfile(
        str(page), module_relative=False, parser=FencedParser(), encoding="utf-8"
    )
    assert result.attempted > 0, f"{page.name} has no >>> example"
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_measure_page_has_its_five_parts(page: Path) -> None:
    """Definition, formula, example, source and limits, in this order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line[3:] for line in lines if line[3:] in HEADINGS] == HEADINGS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_measure_pages_lead_somewhere(page: Path) -> None:
    """A link to another page names a file that is there."""
    text = page.read_text(encoding="utf-8")
    for part in text.split("](")[1:]:
        target = part.split(")")[0]
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    """The examples of the arithmetic measures are true."""
    result = doctest.testmod(importlib.import_module(f"rehabgraph.queries.{name}"))
    assert result.attempted > 0
    assert result.failed == 0

"""The query page's content and its chart, without a server."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.views.site.ask_page import Asking, build_ask_page
from rehabgraph.views.site.chart import BARS, MOST, build_chart
from rehabgraph.views.site.content import Content
from rehabgraph.views.site.frame import render_content

XSD = "http://www.w3.org/2001/XMLSchema#"


def blocks_of(content: Content) -> set[str]:
    """Return the names of a page's parts."""
    return {b.id for b in content.blocks}


def rows_of(*pairs: tuple[str, str]) -> dict[str, object]:
    """Return SPARQL results of a name and a whole number each."""
    number = {"type": "literal", "datatype": XSD + "integer"}
    bindings = [
        {"a": {"type": "literal", "value": a}, "n": {**number, "value": n}} for a, n in pairs
    ]
    return {"head": {"vars": ["a", "n"]}, "results": {"bindings": bindings}}


def test_an_answer_has_table_chart_and_files() -> None:
    """Two rows of words and numbers: a table, a chart, four files and the address."""
    page = build_ask_page(Asking(text="SELECT *", found=rows_of(("x", "1"), ("y", "2"))))
    assert blocks_of(page) >= {"query", "answer", "chart", "files", "examples"}
    files = next(b for b in page.blocks if b.id == "files")
    assert len(files.data) == 5


def test_many_rows_are_cut_and_said() -> None:
    """600 rows: 500 are shown, and the page says so; 30 bars, and the page says so."""
    found = rows_of(*((f"n{i}", str(i)) for i in range(600)))
    page = build_ask_page(Asking(text="SELECT *", found=found))
    answer = next(b for b in page.blocks if b.id == "answer")
    assert len(answer.data.rows) == 500
    assert answer.intro.startswith("600 rows. The first 500")
    chart = next(b for b in page.blocks if b.id == "chart")
    assert chart.intro == "570 rows are not drawn."


def test_a_problem_keeps_the_query_and_marks_the_place() -> None:
    """The mark stands under the fourth sign of the second line."""
    asking = Asking(
        text="SELECT\n ?s%\n", problem="line 2, column 4: no", line=2, column=4, status=400
    )
    page = build_ask_page(asking)
    problem = next(b for b in page.blocks if b.id == "problem")
    assert problem.data["place"] == " ?s%\n   ^"
    assert page.status == 400
    assert "files" not in blocks_of(page)
    assert b"aria-invalid" in render_content(page, "html", live=True)


def test_the_graphs_of_the_address_stay() -> None:
    """Graphs that the address names go on into the form and the files."""
    graphs = (("default-graph-uri", "urn:g"),)
    html = render_content(
        build_ask_page(Asking(text="ASK {}", graphs=graphs, found={"boolean": True})), "html"
    ).decode()
    assert '<input type="hidden" name="default-graph-uri" value="urn:g">' in html
    assert "default-graph-uri=urn%3Ag&amp;format=csv" in html


@pytest.mark.parametrize(
    "hostile", ["</textarea><script>alert(1)</script>", "\x00\ud800", "<img src=x onerror=a()>"]
)
def test_hostile_text_is_harmless(hostile: str) -> None:
    """A query, a value and a message are text and nothing else."""
    found = rows_of((hostile, "1"), (hostile, "2"))
    for asking in (Asking(text=hostile, found=found), Asking(text=hostile, problem=hostile)):
        html = render_content(build_ask_page(asking), "html").decode()
        assert "<script>" not in html
        assert "<img" not in html


@given(
    st.lists(st.tuples(st.text(max_size=40), st.one_of(st.floats().map(str), st.text(max_size=5))))
)
def test_a_chart_never_says_more_than_its_rows(pairs: list[tuple[str, str]]) -> None:
    """Bars are in proportion, none is longer than the space, and what is left out is counted."""
    chart = build_chart(["a", "n"], pairs, [False, True])
    if chart is None:
        return
    assert 0 < len(chart.bars) <= MOST
    assert len(chart.bars) + chart.left_out == len(pairs)
    for bar in chart.bars:
        assert 0 <= bar.width <= BARS
        assert math.isfinite(float(bar.figure))


def test_no_chart_where_it_would_mislead() -> None:
    """Numbers below zero, one row, no words, or no numbers: no chart."""
    assert build_chart(["a", "n"], [["x", "-1"], ["y", "2"]], [False, True]) is None
    assert build_chart(["a", "n"], [["x", "1"]], [False, True]) is None
    assert build_chart(["n"], [["1"], ["2"]], [True]) is None
    assert build_chart(["a", "n"], [["x", "0"], ["y", "0"]], [False, True]) is None

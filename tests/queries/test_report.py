"""The one type of every answer."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.graph import Graph, parse_date
from rehabgraph.queries.report import Column, Report, format_cell, to_plain

GBP = Column("v", "Value", "integer", "GBP")
PERCENT = Column("s", "Share", "number", "percent")
COUNT = Column("n", "Number", "integer")
NUMBER = Column("x", "X", "number")
TEXT = Column("t", "Text")


@pytest.mark.parametrize(
    ("value", "column", "want"),
    [
        (None, GBP, "unknown"),
        (None, TEXT, "unknown"),
        (0, GBP, "£0"),
        (33_585_120, GBP, "£33,585,120"),
        (Decimal("1234.4"), GBP, "£1,234.40"),
        (17.1288, PERCENT, "17.1 %"),
        (0.0, PERCENT, "0.0 %"),
        (100, PERCENT, "100.0 %"),
        (1234, COUNT, "1,234"),
        (0.1234, NUMBER, "0.1234"),
        (1234.5678, NUMBER, "1,234.57"),
        (True, TEXT, "yes"),
        (False, TEXT, "no"),
        (date(2021, 6, 26), TEXT, "2021-06-26"),
        (["a", "b"], TEXT, "a, b"),
        ("Ingeus", TEXT, "Ingeus"),
    ],
)
def test_format_cell(value: object, column: Column, want: str) -> None:
    """Cells as people read them; unknown is a word, never a nought."""
    assert format_cell(value, column) == want


cells = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(cells)
def test_a_plain_value_is_json(value: object) -> None:
    """Whatever a row holds becomes JSON by the letter of the standard, and plain stays plain."""
    plain = to_plain(value)
    text = json.dumps(plain, allow_nan=False)
    assert to_plain(plain) == plain
    assert json.loads(text) == json.loads(json.dumps(plain))


def test_json_form_of_a_real_report(world: Graph) -> None:
    """The JSON form has the published keys, in their order, and names its sources."""
    form: dict[str, Any] = world.report("market-share", as_of="2023-07-01").to_json()
    assert list(form) == [
        "report",
        "title",
        "version",
        "as_of",
        "filters",
        "method",
        "coverage",
        "notes",
        "columns",
        "rows",
        "sources",
    ]
    assert form["as_of"] == "2023-07-01"
    assert {s["id"] for s in form["sources"]} >= {"moj-2021", "moj-contracts"}
    assert form["coverage"]["rows_all"] == 66
    # the announcement of 21 May 2021, line 13: an initial value of 195 million pounds
    assert form["coverage"]["pounds_headline"] == 195_000_000


def test_notes_are_added_to_a_copy() -> None:
    """A report is never changed: with_notes gives another."""
    report = Report("r", "R", (TEXT,), ())
    assert report.with_notes("one").with_notes("two").notes == ("one", "two")
    assert report.notes == ()


def test_html_for_notebooks_escapes() -> None:
    """A name of markup is text in a notebook too."""
    report = Report("r", "<b>", (TEXT,), ({"t": "<script>alert(1)</script>", "ids": []},))
    assert "<script>" not in report._repr_html_()
    assert "<b>" not in report._repr_html_()


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (None, None),
        (date(2021, 7, 1), date(2021, 7, 1)),
        (datetime(2021, 7, 1, 12, 30), date(2021, 7, 1)),
        ("2021-07-01", date(2021, 7, 1)),
        ("2021-07", date(2021, 7, 1)),
    ],
)
def test_parse_date(value: date | str | None, want: date | None) -> None:
    """A day, a day with a time, or a month as its first day."""
    got = parse_date(value)
    assert got == want
    assert type(got) is type(want)


@pytest.mark.parametrize(
    "value", ["", "2021", "2021-13", "2021-02-30", "01/07/2021", "now", "2021-7-1"]
)
def test_what_is_no_date(value: str) -> None:
    """A text that is no date is refused with the form to write."""
    with pytest.raises(BadParameter, match="2023-07-01"):
        parse_date(value)

"""Tables as people keep them: read exactly, or refused by row and column.

Every table is made by hand, and what is expected is what a person reads in it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.table import draft_map, import_table
from rehabgraph.graph.imports.table_cells import (
    CellError,
    read_company_number,
    read_date_cell,
    read_money_cell,
)
from rehabgraph.graph.imports.table_map import TableMap, check_map, propose_map, read_map
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.queries.graph import Graph

MAP = TableMap(
    {"supplier": "Supplier", "value": "Value", "company_number": "Company no", "date": "Date"},
    {"currency": "GBP"},
    dates="day-first",
)
CSV = 'Supplier,Value,Company no,Date\nCafé Oak,"£1,234.50",4320853,01/02/2021\nBirch,(10),,\n'
Into = Callable[..., Any]


@pytest.fixture
def into(workspace: Workspace, tmp_path: Path) -> Into:
    """Return a function that imports a table's text or bytes."""

    def run(content: str | bytes, mapping: TableMap = MAP, **more: Any) -> Any:  # noqa: ANN401
        path = tmp_path / "awards.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_table(workspace, path, mapping, How(), **more)

    return run


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_encodings_and_delimiters(
    encoding: str, mark: str, into: Into, graph: Callable[[], Graph]
) -> None:
    """Whatever it was saved as, the names and sums are the same: £1,234.50 less £10."""
    text = CSV.replace("1,234.50", "1234.50").replace(",", mark)
    found = into(text.encode(encoding))
    assert [found.count(w) for w in ("rows", "awards", "suppliers of awards")] == [2, 2, 2]
    assert found.sums == (("GBP", "not stated", "1224.50", 2),)
    names = [r["name"] for r in graph().report("imported").rows]
    assert names == ["Café Oak", "Birch"]


def test_what_reaches_the_store(into: Into, graph: Callable[[], Graph]) -> None:
    """The company number has its lost nought again, and it is said; the row is the place."""
    found = into(CSV)
    assert "row 2: company number 4320853 read as 04320853" in map(str, found.findings.shown)
    why = graph().why("imported", "Café Oak")
    assert "row 2" in str(why.rows)
    (row,) = graph().store.select(
        "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> SELECT ?o ?d WHERE { ?a rg:awardedTo "
        "?o ; <http://purl.org/dc/terms/issued> ?d . ?o rg:identifier 'GB-COH-04320853' }"
    )
    assert (row["o"].id, row["d"]) == ("GB-COH-04320853", date(2021, 2, 1))


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("A,1,,,extra", "row 2: 1 cells more than headings"),
        ("A,1", "row 2: 2 cells fewer than headings"),
        ('A,"1.234,56",,', "row 2, column 'Value': "),
        ("A,£1m,,", "row 2, column 'Value': "),
        ("A,$5,,", "which dollar"),
        ("A,€5,,", "shows EUR, but the currency is GBP"),
        ("A,(-5),,", "below nothing twice"),
        ("A,1e9999,,", "row 2, column 'Value': "),
        ("A,1,12,", "row 2, column 'Company no': '12' is no company number"),
        ("A,1,4.32E+06,", "row 2, column 'Company no': "),
        ("A,1,,31/02/2021", "row 2, column 'Date': "),
        ("A,1,,44000", "row 2, column 'Date': "),
        (",1,,", "row 2, column 'Supplier': "),
        ('A,"1', "not CSV"),
    ],
)
def test_refusals_name_row_and_column(
    row: str, place: str, into: Into, workspace: Workspace
) -> None:
    """Nothing is guessed and nothing is kept."""
    with pytest.raises(InvalidData) as caught:
        into(f"Supplier,Value,Company no,Date\n{row}\n")
    assert any(place in problem for problem in caught.value.problems), caught.value.problems
    assert not workspace.imports


def test_rows_can_be_left_out_by_name(into: Into) -> None:
    """With skip_rows the good rows are read, and each other one is told of."""
    found = into(CSV + "A,much,,\n", skip_rows=True)
    assert (found.count("awards"), found.count("rows left out")) == (2, 1)
    assert "row 4, column 'Value'" in str(found.findings.shown[-1])


def test_identical_rows_are_told_of(into: Into) -> None:
    """Two rows of one content both count, and a warning names the row and the one before it."""
    found = into("Supplier,Value,Company no,Date\nA,10,,\nB,10,,\nA,10,,\nA,10,,2021-06-26\n")
    assert found.count("awards") == 4
    assert [str(w) for w in found.findings.shown if w.kind == "same row"] == [
        "row 4: the same in every cell as row 2; counted twice, so take out a copy"
    ]


def test_unknown_stays_unknown(into: Into) -> None:
    """Empty, a dash and 'tbc' are no noughts."""
    found = into("Supplier,Value,Company no,Date\nA,,,\nB,-,,\nC,TBC,n/a,\nD,0,,\n")
    assert found.count("awards without a value") == 3
    assert found.sums == (("GBP", "not stated", "0", 1),)


def test_several_suppliers_and_words_of_the_table(into: Into, graph: Callable[[], Graph]) -> None:
    """Names are parted where the mapping says how; service and place stay as printed."""
    mapping = check_map(
        {
            "columns": {"supplier": "Who", "value": "£", "lot": "Service", "id": "Ref"},
            "constants": {"currency": "GBP", "tax": "net", "buyer": "Ministry"},
            "format": {"several": ";", "header": 2},
        },
        "map",
    )
    found = into("Awards\nRef,Who,£,Service\nR1,A; B,90,ACC\nR1,A,10,ACC\n", mapping)
    assert found.count("awards to several") == 1
    assert found.findings.counts["repeated id"] == 1
    rows = {r["name"]: (r["least"], r["most"]) for r in graph().report("imported").rows}
    assert rows == {"A": (10, 100), "B": (0, 90)}


def test_workbooks(workspace: Workspace, tmp_path: Path) -> None:
    """Numbers and days of a workbook are read; a formula is refused by row and column."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Awards"
    sheet.append(["Supplier", "Value", "Company no", "Date"])
    sheet.append(["Oak", 12.5, 4320853, date(2021, 6, 26)])
    sheet.append(["Oak", "£7.50", "04320853", "26/06/2021"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = import_table(workspace, path, MAP)
    assert found.sums == (("GBP", "not stated", "20.00", 2),)
    assert found.count("organisations") == 1
    assert 'sheet = "Awards"' in draft_map(path)
    sheet["B3"] = "=B2*2"
    book.save(path)
    with pytest.raises(InvalidData, match=r"row 3, column 'Value': a formula"):
        import_table(workspace, path, MAP)


def test_files_that_are_no_tables(workspace: Workspace, tmp_path: Path) -> None:
    """A damaged workbook, an empty file and a zip bomb are one line each."""
    import zipfile

    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    (tmp_path / "cut.xlsx").write_bytes(bomb.read_bytes()[:100])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "twice.csv").write_text("A,A\n1,2\n")
    for name, words in (
        ("bomb.xlsx", "no ordinary file"),
        ("cut.xlsx", "damaged"),
        ("empty.csv", "holds no headings"),
        ("twice.csv", "stands twice"),
        ("none.csv", "no such file"),
    ):
        with pytest.raises(InvalidData, match=words):
            import_table(workspace, tmp_path / name, MAP)


def test_the_draft_of_a_mapping_is_a_mapping(tmp_path: Path) -> None:
    """What is drafted from headings reads back, with the columns that a person would choose."""
    headings = ["Notice ref", "Contract title", "Supplier name", "Supplier company number"]
    headings += ["Award value (£)", "Award date", "Start date", "End date", 'Odd "one"']
    path = tmp_path / "map.toml"
    path.write_text(propose_map(headings), "utf-8")
    found = read_map(path)
    assert found.columns == {
        "id": "Notice ref",
        "title": "Contract title",
        "supplier": "Supplier name",
        "company_number": "Supplier company number",
        "value": "Award value (£)",
        "date": "Award date",
        "start": "Start date",
        "end": "End date",
    }
    assert found.constants == {"currency": "GBP"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns = 1", "table of names"),
        ("[columns]\nvalue = 'V'", "must name the supplier"),
        ("[columns]\nsupplier = 'S'\nprice = 'V'", "no 'price'"),
        ("[columns]\nsupplier = 1", "text in quotes"),
        ("[columns]\nsupplier = 'S'\n[format]\nheader = 0", "from 1"),
        ("[columns]\nsupplier = 'S'\n[constants]\ntax = 'VAT'", "tax is one of"),
        ("[columns]\nsupplier = 'S'\n[format]\ndates = 'us'", "dates is one of"),
        ("[colums]", "no part"),
        ("not toml", "cannot be read"),
    ],
)
def test_mappings_that_are_none(text: str, words: str, tmp_path: Path) -> None:
    """Each mistake is told in words."""
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(InvalidData) as caught:
        read_map(path)
    assert any(words in problem for problem in caught.value.problems)


def test_a_day_that_could_be_two_is_refused() -> None:
    """1 February or 2 January: only the mapping can say; 26/06 can be read in one way only."""
    with pytest.raises(CellError, match="change places"):
        read_date_cell("01/02/2021", "")
    assert read_date_cell("01/02/2021", "month-first") == date(2021, 1, 2)
    assert read_date_cell("06/26/2021", "") == date(2021, 6, 26)


@given(st.decimals(-9_999_999, 9_999_999, places=2), st.sampled_from(["", "£", "€"]))
def test_money_survives_its_spellings(amount: Decimal, symbol: str) -> None:
    """With or without thousands, by minus or brackets, a sum reads back as itself."""
    size = abs(amount)
    minus = "-" if amount < 0 else ""
    spelled = [f"{minus}{symbol}{size:,.2f}", f"{symbol}{minus}{size:.2f}"]
    if amount < 0:
        spelled.append(f"({symbol}{size:,.2f})")
    for text in spelled:
        assert read_money_cell(text)[0] == amount


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No cell makes a traceback."""
    for read in (read_money_cell, read_company_number, lambda cell: read_date_cell(cell, "")):
        with suppress(CellError):
            read(text)


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0" + b"0" * 600, b"Supplier,Value\nA,1\n"])
def test_what_is_no_workbook_is_not_read_as_text(content: bytes, tmp_path: Path) -> None:
    """A workbook of the old form, and a text called .xlsx, are refused in one line."""
    path = tmp_path / "awards.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidData, match=r"awards\.xlsx") as caught:
        draft_map(path)
    assert len(caught.value.problems) == 1

"""Tables in the forms of public bodies: spending over a threshold, registers of contracts.

The tables are made by hand after the headings that such bodies use; what is expected is what a
person reads in them.
"""

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.record import How
from rehabgraph.graph.imports.table import draft_map, import_table
from rehabgraph.graph.imports.table_cells import CellError, read_currency_cell, read_date_cell
from rehabgraph.graph.imports.table_map import TableMap, check_map, read_map
from rehabgraph.graph.imports.workspace import Workspace

SPEND = (
    "Department family,Entity,Date,Expense Type,Expense area,Supplier,Transaction number,Amount,"
    "Description\n"
    'Ministry,Probation,01/04/2023,Rehabilitation,Community,Alder,51,"£125,000.50",Housing\n'
    'Ministry,Probation,13/04/2023,Rehabilitation,Community,Birch,52," 25,000.00 ",Wellbeing\n'
    'Ministry,Probation,28/04/2023,Rehabilitation,Community,REDACTED PERSONAL DATA,53,"(30.00)",\n'
)
REGISTER = (
    "Borough of Exampleton – Contracts register,,,,,,\n"
    "Published 1 April 2023,,,,,,\n"
    ",,,,,,\n"
    "Contract reference,Title of agreement,Supplier name,Company number,Start date,End date,"
    "Contract value (£)\n"
    'C001,Cleaning,Alder Ltd,4320853,01-Apr-2021,31 March 2024,"£1,200,000"\n'
    'C002,"Meals\nat home",Birch CIC,,2021-04-01,31/03/2024,"300,000.00"\n'
)
Into = Callable[..., Any]


@pytest.fixture
def into(workspace: Workspace, tmp_path: Path) -> Into:
    """Return a function that imports a table by its own draft, in pounds and days first."""

    def run(content: str | Path, **more: Any) -> Any:  # noqa: ANN401
        path = content if isinstance(content, Path) else tmp_path / "table.csv"
        if isinstance(content, str):
            path.write_text(content, "cp1252")
        draft = draft_map(path)
        for said in ('dates = "day-first"', 'currency = "GBP"'):
            draft = draft.replace(f"# {said}", said)
        (tmp_path / "map.toml").write_text(draft, "utf-8")
        mapping = read_map(tmp_path / "map.toml")
        return import_table(workspace, path, mapping, How(dry_run=True), **more)

    return run


def test_spending_over_a_threshold(into: Into) -> None:
    """Three payments, £149,970.50; one is to nobody named, and no organisation is `REDACTED`."""
    found = into(SPEND)
    counts = ("awards", "suppliers of awards", "organisations")  # two suppliers and a buyer
    assert [found.count(what) for what in counts] == [3, 2, 3]
    assert found.sums == (("GBP", "not stated", "149970.50", 3),)
    assert found.findings.counts["redacted"] == 1


def test_a_register_below_its_title(into: Into, tmp_path: Path) -> None:
    """The headings stand in row 4; days are written in three ways; £1.5 million in all."""
    found = into(REGISTER)
    assert found.sums == (("GBP", "not stated", "1500000.00", 2),)
    assert "header = 4" in (tmp_path / "map.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "last", [",,Total,,,,1500000", "Grand total:,,,,,,1500000", ",Sub-total,,,,,1500000"]
)
def test_a_total_is_no_award(last: str, into: Into) -> None:
    """A row of totals would double the sum; it is refused by its number, or left out when asked."""
    with pytest.raises(InvalidData, match=r"table.csv: row 8: a total of other rows"):
        into(REGISTER + last + "\n")
    found = into(REGISTER + last + "\n", skip_rows=True)
    assert found.sums == (("GBP", "not stated", "1500000.00", 2),)


def test_a_supplier_called_total_with_a_date_is_a_supplier(into: Into) -> None:
    """A date is what no total has."""
    assert into(SPEND.replace("Alder", "Total")).count("suppliers of awards") == 2


def test_a_hidden_sheet_is_not_taken_for_the_first(
    into: Into, workspace: Workspace, tmp_path: Path
) -> None:
    """The first sheet that people see is read, below its merged titles; the others are named."""
    import openpyxl

    book = openpyxl.Workbook()
    hidden, shown = book.active, book.create_sheet("Register")
    assert hidden is not None
    hidden.title, hidden.sheet_state = "Lookups", "hidden"
    for row in (["Supplier", "Value (£)"], ["Wrong", 1]):
        hidden.append(row)
    for line in (
        ["Contracts register 2023"],
        [None, "Supplier", None, "Dates", None],
        ["Ref", "Supplier name", "Company no", "Start", "Value (£)"],
        ["1", "Alder", 4320853, datetime(2021, 6, 26), 1234.5],
    ):
        shown.append(line)
    shown.merge_cells("A1:E1")
    shown.merge_cells("B2:C2")
    book.save(tmp_path / "register.xlsx")
    found = into(tmp_path / "register.xlsx")
    assert found.sums == (("GBP", "not stated", "1234.5", 1),)
    draft = (tmp_path / "map.toml").read_text("utf-8")
    assert 'sheet = "Register"\n# other sheets: "Lookups (hidden)"' in draft
    unsaid = TableMap({"supplier": "Supplier name"}, header=3)
    found = import_table(workspace, tmp_path / "register.xlsx", unsaid, How(dry_run=True))
    said = [str(w) for w in found.findings.shown if w.kind == "sheet"]
    assert said == ["register.xlsx: read 'Register', and not Lookups (hidden)"]


def test_cost_centres_and_numbers_of_suppliers_are_no_values_and_no_suppliers(
    tmp_path: Path,
) -> None:
    """The draft takes the supplier's name and the net amount, not the codes beside them."""
    path = tmp_path / "spend.csv"
    path.write_text("Cost Centre,Supplier ID,Supplier Name,Expense area,VAT,Net Amount\n")
    lines = draft_map(path).splitlines()
    assert {'supplier = "Supplier Name"', 'value = "Net Amount"'} <= set(lines)
    for left in ("Cost Centre", "Supplier ID", "Expense area", "VAT"):
        assert f'# not used: "{left}"' in lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("26-Jun-2021", date(2021, 6, 26)),
        ("1 September 2021", date(2021, 9, 1)),
        ("01 sept 2021", date(2021, 9, 1)),
    ],
)
def test_days_with_their_month_in_words(text: str, expected: date) -> None:
    """A month in words leaves no doubt."""
    assert read_date_cell(text, "") == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("26-Jun-21", "the century"),
        ("26/06/21", "the century"),
        ("31 June 2021", "is no date"),
        ("26 Juin 2021", "is no date"),
        ("June 2021", "is no date"),
    ],
)
def test_days_that_are_none(text: str, why: str) -> None:
    """Two figures do not say the century, and a month alone no day."""
    with pytest.raises(CellError, match=why):
        read_date_cell(text, "day-first")


def test_currencies_of_a_column_and_of_the_mapping(into: Into) -> None:
    """`£` and small letters are read; `POUNDS` is refused in its cell, and in the mapping."""
    assert [read_currency_cell(text) for text in ("£", "eur", "GBP")] == ["GBP", "EUR", "GBP"]
    with pytest.raises(InvalidData, match="row 3, column 'Currency': 'POUNDS' is no currency") as e:
        into("Supplier,Amount,Currency\nAlder,1,GBP\nBirch,2,POUNDS\n")
    assert len(e.value.problems) == 1
    with pytest.raises(InvalidData, match=r"currency in \[constants\]: 'POUNDS' is no"):
        check_map({"columns": {"supplier": "S"}, "constants": {"currency": "POUNDS"}}, "m.toml")


def test_a_pipe_is_refused_at_once(tmp_path: Path, workspace: Workspace) -> None:
    """Nothing waits for somebody to write into it."""
    os = pytest.importorskip("os")
    if not hasattr(os, "mkfifo"):
        pytest.skip("needs named pipes")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InvalidData, match="save it as one first"):
        import_table(workspace, tmp_path / "pipe.csv", TableMap({"supplier": "S"}))


def test_a_sheet_that_breaks_off_is_one_line(tmp_path: Path, workspace: Workspace) -> None:
    """The workbook opens and its third row is cut; the place is said, and there is no traceback."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Supplier"], ["Alder"], ["Birch"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "whole.xlsx")
    inner = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts[inner] = parts[inner][: parts[inner].index(b'<row r="3"') + 20]
    with zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as cut:
        for name, content in parts.items():
            cut.writestr(name, content)
    with pytest.raises(InvalidData, match=r"cut.xlsx: a damaged workbook, after row 2") as caught:
        import_table(workspace, tmp_path / "cut.xlsx", TableMap({"supplier": "Supplier"}))
    assert "\n" not in str(caught.value)

"""Rows of a CSV or XLSX file, as cells that know their place.

A cell that is a formula, or a row with more or fewer cells than there are headings, is
marked, so that whoever wants the cell can refuse it by row and column.
"""

import csv
import warnings
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.reader import MAX_RATIO, inspect_file, read_text

MAX_UNPACKED = 1 << 30
FREE_UNPACKED = 32 << 20
MAX_ROWS = 5_000_000
MAX_COLUMNS = 2_000
MAX_LINE = 4 << 20

Cell: TypeAlias = "str | int | float | Decimal | date | bool | Formula | None"


Lines: TypeAlias = "Generator[tuple[int, tuple[Cell, ...]], None, None]"


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell whose value is only known to the program that wrote it."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, its cells, and how many headings it does not fit."""

    number: int
    cells: tuple[Cell, ...]
    surplus: int = 0
    """Cells beyond the last heading that hold something; below nothing: cells missing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings of a table, and its rows still to be read; the sheets that are not read."""

    headings: tuple[str, ...]
    rows: Generator[Row, None, None]
    sha256: str
    encoding: str
    name: str = ""
    others: tuple[str, ...] = ()


def open_table(
    path: Path,
    *,
    header: int = 1,
    sheet: str = "",
    delimiter: str = "",
    encoding: str = "",
) -> Sheet:
    """Return a table's headings and rows.

    Args:
        path: a CSV, TSV or XLSX file; told apart by its content.
        header: number of the row of headings, from 1.
        sheet: name of a workbook's sheet; the first that is not hidden when empty.
        delimiter: of a CSV file; seen from the headings when empty.
        encoding: of a CSV file; seen from the file when empty.

    Raises:
        InvalidData: it cannot be read, has no such row or sheet, or a heading stands twice.
    """
    lines: Lines
    others: tuple[str, ...] = ()
    if _is_workbook(path):
        sha256 = _check_workbook(path)
        name, others, lines = _read_workbook(path, sheet)
        encoding = ""
    else:
        opened = inspect_file(path)
        sha256, name = opened.sha256, ""
        encoding = encoding or opened.encoding
        if encoding != opened.encoding:
            opened = replace(opened, encoding=encoding)
        lines = _read_csv(_split_lines(read_text(opened)), path.name, delimiter, header)
    first = next((cells for number, cells in lines if number == header), None)
    if first is None or not any(first):
        raise InvalidData([f"{path.name}: row {header} holds no headings; set header in [format]"])
    headings = [_heading(cell) for cell in first]
    while headings and not headings[-1]:
        headings.pop()
    double = sorted({h for h in headings if h and headings.count(h) > 1})
    if double:
        raise InvalidData([f"{path.name}: row {header}: the heading {double[0]!r} stands twice"])
    rows = _fit(lines, len(headings), path.name)
    return Sheet(tuple(headings), rows, sha256, encoding, name, others)


def peek_rows(path: Path, sheet: str = "", rows: int = 20) -> list[tuple[str, ...]]:
    """Return the first rows of a table, roughly: lines of CSV are cut at their commonest sign.

    Args:
        path: a CSV, TSV or XLSX file.
        sheet: name of a workbook's sheet; the first that is not hidden when empty.
        rows: greatest number of rows.

    Raises:
        InvalidData: it cannot be read.
    """
    if _is_workbook(path):
        _check_workbook(path)
        _, _, found = _read_workbook(path, sheet)
        with closing(found):
            return [tuple(map(_heading, cells)) for _, cells in islice(found, rows)]
    lines = islice(_split_lines(read_text(inspect_file(path))), rows)
    return [tuple(map(_heading, line.split(_delimiter(line)))) for line in lines]


def _is_workbook(path: Path) -> bool:
    """Say whether a file is packed as a workbook is; refuse what looks like one and is none."""
    head = b""
    try:
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(4)
    except OSError as e:
        raise InvalidData([f"{path.name}: cannot be read ({e.strerror})"]) from e
    if head == b"\xd0\xcf\x11\xe0":
        raise InvalidData([f"{path.name}: a workbook of the old form, or locked; save it as .xlsx"])
    if path.is_file() and path.suffix.lower() == ".xlsx" and head != b"PK\x03\x04":
        raise InvalidData([f"{path.name}: not a workbook; get the whole file again"])
    return head == b"PK\x03\x04"


def _heading(cell: Cell) -> str:
    return " ".join(str("" if cell is None or isinstance(cell, Formula) else cell).split())


def _fit(lines: Lines, width: int, name: str) -> Generator[Row, None, None]:
    with closing(lines):
        for count, (number, cells) in enumerate(lines):
            if count >= MAX_ROWS:
                raise InvalidData([f"{name}: over {MAX_ROWS:,} rows; split it up"])
            if all(cell is None or cell == "" for cell in cells):
                continue
            beyond = sum(1 for cell in cells[width:] if cell not in (None, ""))
            missing = max(0, width - len(cells))
            padded = cells[:width] + (None,) * missing
            yield Row(number, padded, beyond or -missing)


def _split_lines(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text that comes in blocks, each with its end."""
    left = ""
    for block in blocks:
        *lines, left = (left + block).split("\n")
        if len(left) > MAX_LINE:
            raise InvalidData([f"a line of over {MAX_LINE:,} characters; this is no table"])
        for line in lines:
            yield line + "\n"
    if left:
        yield left


def _delimiter(line: str) -> str:
    return max(",;\t|", key=line.count)


def _read_csv(lines: Iterator[str], name: str, delimiter: str, header: int) -> Lines:
    head = list(islice(lines, header))
    if any("\0" in line for line in head):
        raise InvalidData([f"{name}: holds NUL characters; save it as CSV in UTF-8"])
    if head:
        head[0] = head[0].removeprefix("\ufeff")
    found = delimiter or _delimiter((head or [""])[-1])
    reader = csv.reader(chain(head, lines), delimiter=found, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, tuple(cells)
            start = reader.line_num + 1
    except csv.Error as e:
        raise InvalidData([f"{name}: line {reader.line_num}: not CSV ({e})"]) from e


def _check_workbook(path: Path) -> str:
    """Hold a workbook to the limits of size before it is unpacked; return its hash."""
    import hashlib

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as e:
        raise InvalidData([f"{path.name}: a damaged workbook ({e})"]) from e
    ratio = size / max(path.stat().st_size, 1)
    if size > MAX_UNPACKED or (size > FREE_UNPACKED and ratio > MAX_RATIO):
        raise InvalidData([f"{path.name}: unpacks to {size:,} bytes; this is no ordinary file"])
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_workbook(path: Path, sheet: str) -> tuple[str, tuple[str, ...], Lines]:
    import openpyxl

    warnings.filterwarnings("ignore", module="openpyxl")  # of styles and the like, not of cells
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as e:  # openpyxl lets through whatever the XML below it raises
        raise InvalidData(
            [f"{path.name}: no workbook that can be read ({type(e).__name__})"]
        ) from e
    names = book.sheetnames
    if sheet and sheet not in names:
        book.close()
        raise InvalidData([f"{path.name}: no sheet {sheet!r}; it has: {', '.join(names)}"])
    shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    chosen = book[sheet or (shown or names)[0]]

    def rows() -> Lines:
        with closing(book):
            chosen.reset_dimensions()
            number = 0
            try:
                for number, cells in enumerate(chosen.iter_rows(max_col=MAX_COLUMNS), 1):
                    yield number, tuple(_workbook_cell(cell) for cell in cells)
            except Exception as e:  # a sheet is only parsed as its rows are read
                words = f"a damaged workbook, after row {number} ({type(e).__name__})"
                raise InvalidData([f"{path.name}: {words}; get the whole file again"]) from e

    others = tuple(n if n in shown else f"{n} (hidden)" for n in names if n != chosen.title)
    return chosen.title, others, rows()


def _workbook_cell(cell: object) -> Cell:
    value = getattr(cell, "value", None)
    if getattr(cell, "data_type", "") == "f":
        return Formula(str(value)[:40])
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, str | int | float | date | bool):
        return value
    return str(value)

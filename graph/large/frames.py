"""Tables read as Polars frames, a block of lines at a time.

A clean file is one whose every line is one row of plain cells: that is seen for a whole block
at once. Whatever else a file holds (a byte order mark, a line break in a cell, Windows line
ends, a missing comma) is left to the plain reader, which is slower and names each problem by
row and column. So both readings of a table are the same, and so are their findings.
"""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.tables import FORMULA_START, NUMERIC, read_rows

if TYPE_CHECKING:
    import polars as pl

NUMBER = "#row"
"""Column of a frame that holds the row's number in the file; the header is row 1."""
BLOCK = 16 << 20
"""Bytes of a table that are held at once."""
ROWS = 100_000
"""Rows that are held at once where the plain reader has to read."""
_CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]"


class Unclean(Exception):
    """A file that the plain reader has to read."""


def read_frames(path: Path, columns: list[Any]) -> "Iterator[pl.DataFrame]":
    """Yield the rows of a clean table: text columns and the row's number, in any order.

    Args:
        path: the file.
        columns: its columns as csvw describes them.

    Raises:
        Unclean: the file, or one cell of it, needs a second look by the plain reader.
    """
    header = [str(c.name) for c in columns]
    try:
        with path.open("rb") as file:
            if file.readline() != ",".join(header).encode() + b"\n":
                raise Unclean
            number = 2
            while piece := file.read(BLOCK):
                lines = (piece + file.readline()).decode("utf-8").split("\n")
                if not lines[-1]:
                    lines.pop()
                frame = _split(lines, header, number)
                if frame.select(_suspicions(columns)).to_numpy().any():
                    raise Unclean
                yield frame
                number += len(lines)
    except (OSError, UnicodeDecodeError) as e:
        raise Unclean from e


def _split(lines: list[str], header: list[str], number: int) -> "pl.DataFrame":
    """Return lines as a frame: those without quotes in one go, the others by `csv`."""
    import polars as pl

    frame = pl.DataFrame({"": lines}).with_columns(
        pl.int_range(number, number + len(lines), dtype=pl.Int64).alias(NUMBER)
    )
    line = pl.col("")
    wrong = line.str.contains(_CONTROL) | (
        ~line.str.contains('"', literal=True)
        & (line.str.count_matches(",", literal=True) != len(header) - 1)
    )
    if frame.select(wrong.any()).item():
        raise Unclean
    quoted = frame.filter(line.str.contains('"', literal=True))
    plain = frame.filter(~line.str.contains('"', literal=True))
    cells = line.str.split_exact(",", len(header) - 1).struct.rename_fields(header)
    found = plain.select(cells.alias("cells"), NUMBER).unnest("cells")
    if not len(quoted):
        return found
    reader = csv.reader(quoted[""], strict=True)
    try:
        rows = list(reader)
    except csv.Error as e:
        raise Unclean from e
    if len(rows) != len(quoted) or any(len(row) != len(header) for row in rows):
        raise Unclean  # a cell runs over several lines, or a comma is missing
    others = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    return pl.concat([found, others.with_columns(quoted[NUMBER])])


def _suspicions(columns: list[Any]) -> "list[pl.Expr]":
    """Return, for each column, whether some cell may break a rule that holds for any type."""
    import re

    import polars as pl

    found = []
    for n, column in enumerate(columns):
        cell = pl.col(column.name)
        apart = re.escape(column.separator) if column.separator else ""
        starts, ends = (f"^|{apart}", f"$|{apart}") if apart else ("^", "$")
        wrong = cell.str.contains(rf"(?:{starts})\s|\s(?:{ends})")
        if apart:
            wrong |= cell.str.contains(f"^{apart}|{apart}{apart}|{apart}$")
        if column.required:
            wrong |= cell == ""
        if column.datatype is None or column.datatype.base not in NUMERIC:
            wrong |= cell.str.contains(f"^[{re.escape(''.join(FORMULA_START))}]")
        found.append(wrong.any().alias(str(n)))
    return found


def read_plain_frames(
    path: Path, columns: list[Any], problems: list[str]
) -> "Iterator[pl.DataFrame]":
    """Yield the good rows of any table; what is wrong with the others goes into `problems`."""
    import polars as pl

    schema = {str(c.name): pl.String for c in columns} | {NUMBER: pl.Int64}
    rows = read_rows(path, columns, problems)
    while some := list(islice(rows, ROWS)):
        yield pl.DataFrame(
            [(*row.cells.values(), row.number) for row in some], schema=schema, orient="row"
        )

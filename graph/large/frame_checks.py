"""The rules of the tables, held against frames: the findings of `graph/tables.py`, word for word.

What can be seen for a whole column at once is; a cell that does not pass so is given to the
very function that the plain path asks, once for each distinct value.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.large.frames import (
    NUMBER,
    Unclean,
    read_frames,
    read_plain_frames,
)
from rehabgraph.graph.table_problems import (
    concept_problem,
    key_problem,
    reference_problem,
    stray_problems,
    thing_problem,
)
from rehabgraph.graph.tables import (
    Table,
    find_schemes,
    find_targets,
    key_column,
    kind_of,
    real_columns,
    type_problem,
)

if TYPE_CHECKING:
    import polars as pl

_SAFE_FORMAT = re.compile(r"[A-Za-z0-9_.,/\-\[\](){}|+*?]+")
"""Formats that mean the same to Python and to Polars: no backslash, no anchor."""


@dataclass(slots=True)
class TableCheck:
    """What the check of one table gathers while its rows go by.

    Attributes:
        table: its name and description, without rows.
        path: its file.
        problems: what the plain reader could not read.
        types: row, place of the column, and what is wrong with the cell's type.
        seen: column → its distinct values, for the columns that refer or are referred to.
    """

    table: Table
    path: Path
    problems: list[str] = field(default_factory=list)
    types: list[tuple[int, int, str]] = field(default_factory=list)
    keys: "list[pl.DataFrame]" = field(default_factory=list)
    seen: "dict[str, list[pl.Series]]" = field(default_factory=dict)
    clean: bool = True

    def frames(self) -> "Iterator[pl.DataFrame]":
        """Yield the rows once more, as they were read the first time."""
        columns = real_columns(self.table.spec)
        if self.clean:
            return read_frames(self.path, columns)
        return read_plain_frames(self.path, columns, [])

    def note(self, frame: "pl.DataFrame", wanted: set[str]) -> None:
        """Check the types of a frame's cells; keep its keys and the values asked for."""
        import polars as pl

        columns = real_columns(self.table.spec)
        for place, column in enumerate(columns):
            name = str(column.name)
            if wrong := dict(_wrong_types(frame[name], column)):
                rows = frame.select(NUMBER, name).filter(pl.col(name).is_in(list(wrong)))
                self.types += [(number, place, wrong[cell]) for number, cell in rows.iter_rows()]
        key = key_column(self.table)
        self.keys.append(frame.select(NUMBER, key))
        for name in wanted:
            self.seen.setdefault(name, []).append(frame[name].unique())

    def values(self, column: str) -> "pl.Series":
        """Return the distinct values of a column."""
        import polars as pl

        pieces = self.seen.get(column) or [pl.Series(column, [], dtype=pl.String)]
        merged = pieces[0] if len(pieces) == 1 else pl.concat(pieces).unique()
        self.seen[column] = [merged]
        return merged


def _wrong_types(cells: "pl.Series", column: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield each distinct cell that is no value of the column's type, and why."""
    kind = column.datatype
    if kind is None or (kind.base == "string" and not _constraints(kind)):
        return
    some = cells.filter(cells != "").unique()
    form = str(kind.format) if kind.base == "string" and not column.separator else ""
    if _constraints(kind) == {"format"} and _SAFE_FORMAT.fullmatch(form):
        some = some.filter(~some.str.contains(rf"\A(?:{form})\z"))
    for cell in some:
        if why := type_problem(cell, column):
            yield cell, why


def _constraints(kind: Any) -> set[str]:  # noqa: ANN401
    """Return what a datatype asks beyond its base."""
    named = ("format", "length", "minLength", "maxLength", "minimum", "maximum",
             "minInclusive", "maxInclusive", "minExclusive", "maxExclusive")  # fmt: skip
    return {name for name in named if getattr(kind, name, None) is not None}


def check_tables(
    folder: Path,
    specs: list[Any],
    take: "Callable[[Table, Iterator[pl.DataFrame]], None]",
) -> None:
    """Read every table once, hand its frames on, and check what it says.

    Args:
        folder: where the tables are.
        specs: their descriptions.
        take: called once a table with its frames, as they are read; called anew, with the same
            rows again, for a table that turned out to need the plain reader. What it makes of
            them counts only when this function returns.

    Raises:
        InvalidData: with the same problems, in the same order, as `read_tables`.
    """
    tables = [Table(str(spec.url).removesuffix(".csv"), spec, ()) for spec in specs]
    wanted = _wanted_columns(tables)
    checks = [
        _check_table(TableCheck(t, folder / f"{t.name}.csv"), wanted[t.name], take) for t in tables
    ]
    problems = [p for check in checks for p in check.problems]
    problems += stray_problems(folder, [t.name for t in tables])
    if not problems:
        problems += [
            f"{c.table.name}.csv: row {number}, column "
            f"{real_columns(c.table.spec)[place].name}: {why}"
            for c in checks
            for number, place, why in sorted(c.types)
        ]
    problems += [p for check in checks for p in _check_keys(check)]
    if not problems:
        problems += [*_check_references(checks), *_check_concepts(checks)]
    if problems:
        raise InvalidData(problems)


def _wanted_columns(tables: list[Table]) -> dict[str, set[str]]:
    """Return, for each table, the columns whose values the checks between tables need."""
    wanted = {table.name: {key_column(table)} for table in tables}
    for table in tables:
        for column, (target, goal) in find_targets(table, tables).items():
            wanted[table.name].add(column)
            wanted[target.name].add(goal)
        wanted[table.name] |= {*find_schemes(table, tables), *_thing_columns(table)}
    return wanted


def _thing_columns(table: Table) -> list[str]:
    """Return the columns whose cells are a kind/id of any table."""
    columns = real_columns(table.spec)
    return [str(c.name) for c in columns if c.valueUrl and "{+" in str(c.valueUrl)]


def _check_table(
    check: TableCheck,
    wanted: set[str],
    take: "Callable[[Table, Iterator[pl.DataFrame]], None]",
) -> TableCheck:
    def noted(frames: "Iterator[pl.DataFrame]") -> "Iterator[pl.DataFrame]":
        for frame in frames:
            check.note(frame, wanted)
            yield frame

    columns = real_columns(check.table.spec)
    try:
        take(check.table, noted(read_frames(check.path, columns)))
    except Unclean:
        check.clean = False
        check.types, check.keys, check.seen = [], [], {}
        take(check.table, noted(read_plain_frames(check.path, columns, check.problems)))
    return check


def _check_keys(check: TableCheck) -> Iterator[str]:
    import polars as pl

    if not check.keys:
        return
    key = key_column(check.table)
    rows = pl.concat(check.keys)
    twice = rows.filter(pl.col(key).is_duplicated()).sort(NUMBER)
    first: dict[str, int] = {}
    for number, value in twice.iter_rows():
        if (before := first.setdefault(value, number)) != number:
            yield key_problem(check.table.name, number, key, value, before)


def _check_references(checks: list[TableCheck]) -> Iterator[str]:
    import polars as pl

    tables = [check.table for check in checks]
    by_name = {check.table.name: check for check in checks}
    for check in checks:
        for column, (target, goal) in find_targets(check.table, tables).items():
            name, known = target.name, by_name[target.name].values(goal)

            def tell(number: int, cell: str, at: tuple[str, str, str, str]) -> str:
                return reference_problem(at[0], number, at[1], cell, at[2], at[3])

            place = (check.table.name, column, name, goal)
            for number, cell in _rows_without(check, column, known):
                yield tell(number, cell, place)
    things = pl.concat(
        [f"{kind_of(c.table)}/" + c.values(key_column(c.table)).rename("") for c in checks]
    )
    for check in checks:
        for column in _thing_columns(check.table):
            for number, cell in _rows_without(check, column, things):
                yield thing_problem(check.table.name, number, column, cell)


def _check_concepts(checks: list[TableCheck]) -> Iterator[str]:
    import polars as pl

    tables = [check.table for check in checks]
    for check in checks:
        for column, has in find_schemes(check.table, tables).items():
            known = pl.Series(list(has), dtype=pl.String)
            for number, cell in _rows_without(check, column, known):
                yield concept_problem(check.table.name, number, column, cell, has)


def _rows_without(
    check: TableCheck, column: str, known: "pl.Series"
) -> "Iterator[tuple[int, str]]":
    """Yield the rows, in order, whose cell is none of the known values; the table is read again."""
    import polars as pl

    values = check.values(column)
    bad = values.filter((values != "") & ~values.is_in(known.implode()))
    if not len(bad):
        return
    found = [
        frame.select(NUMBER, column).filter(pl.col(column).is_in(bad.implode()))
        for frame in check.frames()
    ]
    yield from pl.concat(found).sort(NUMBER).iter_rows()

"""Read the curated tables and refuse, by file, row and column, whatever breaks a rule.

The rules are those of `csv-metadata.json` (W3C CSV on the Web): types, required columns,
keys and foreign keys, read with the library `csvw`. Beside them stand a few that every table
shares: UTF-8, the very columns described, one line a row, and no cell that a spreadsheet
would take for a formula.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.table_problems import (
    concept_problem,
    key_problem,
    reference_problem,
    stray_problems,
    thing_problem,
)
from rehabgraph.ontology import DATA, FOLDER, ID, METADATA

NUMERIC = frozenset({"decimal", "integer", "double", "float"})
FORMULA_START = ("=", "+", "-", "@")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# The plain form of each type: csvw alone lets through `5%`, `1_000`, `NaN` and days with a zone.
_FORMS = {
    "decimal": r"-?[0-9]+(\.[0-9]+)?",
    "integer": r"-?[0-9]+",
    "boolean": r"true|false",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "gYear": r"[0-9]{4}",
    "yearMonthDuration": r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?",
    "anyURI": r"https?://[^\s<>\"{}|\\^`]+",
}
_SHOWN = {
    "date": "date (YYYY-MM-DD)",
    "boolean": "boolean (true or false)",
    "gYear": "year (YYYY)",
    "yearMonthDuration": "term (such as P2Y9M)",
    "anyURI": "web address (https://…)",
}


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in the file (the header is row 1) and its cells as written."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as read: its name, its csvw description and its rows."""

    name: str
    spec: Any
    rows: tuple[TableRow, ...]


def open_metadata(folder: Path = DATA) -> Any:  # noqa: ANN401 - csvw has no types
    """Return the csvw description of the tables in a folder.

    Raises:
        InvalidData: there is no description, or it is not valid.
    """
    from csvw import TableGroup

    path = folder / METADATA
    if not path.is_file():
        if any((folder / name).is_file() for name in ("CURRENT", "current")):
            raise InvalidData([f"{folder}: a store, no folder of tables; say --store {folder}"])
        raise InvalidData([f"{path}: no such file; a folder of tables needs its {METADATA}"])
    try:
        group = TableGroup.from_file(path)
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise InvalidData([f"{path}: not a valid table description: {e}"]) from e
    if problems := [f"{path}: {problem}" for problem in _description_problems(group)]:
        raise InvalidData(problems)
    return group


def _description_problems(group: Any) -> Iterator[str]:  # noqa: ANN401
    """Check what csvw does not: every table has one key, and every foreign key a goal."""
    columns = {str(t.url): {c.name for c in t.tableSchema.columns} for t in group.tables}
    for table in group.tables:
        schema = table.tableSchema
        key = schema.primaryKey or []
        if len(key) != 1 or key[0] not in columns[str(table.url)] or not schema.aboutUrl:
            yield f"{table.url}: needs an aboutUrl and a primaryKey of one of its columns; add them"
        for foreign in schema.foreignKeys:
            goal, names = str(foreign.reference.resource), foreign.reference.columnReference
            own = foreign.columnReference
            if len(own) != 1 or len(names) != 1 or own[0] not in columns[str(table.url)]:
                yield f"{table.url}: a foreign key must join one column to one; correct it"
            elif names[0] not in columns.get(goal, ()):
                yield f"{table.url}: its key to {goal} ({names[0]}) has no such goal; correct it"
        for column in schema.columns:
            if not column.suppressOutput and not column.propertyUrl:
                yield f"{table.url}, column {column.name}: has no propertyUrl; add one"


def read_tables(folder: Path = DATA) -> list[Table]:
    """Return every table of a folder, checked.

    Raises:
        InvalidData: with every problem found, each naming file, row, column and mend.
    """
    group = open_metadata(folder)
    problems: list[str] = []
    tables = []
    for spec in group.tables:
        name = str(spec.url)
        rows = tuple(read_rows(folder / name, real_columns(spec), problems))
        tables.append(Table(name.removesuffix(".csv"), spec, rows))
    problems += stray_problems(folder, [t.name for t in tables])
    if not problems:
        for table in tables:
            problems += _check_types(table)
        problems += _check_keys(tables)
    if not problems:
        problems += [*_check_references(tables), *_check_concepts(tables)]
    if problems:
        raise InvalidData(problems)
    return tables


def real_columns(spec: Any) -> list[Any]:  # noqa: ANN401
    """Return the columns of a described table that stand in its file."""
    return [c for c in spec.tableSchema.columns if not c.virtual]


def read_rows(path: Path, columns: list[Any], problems: list[str]) -> Iterator[TableRow]:
    """Yield the rows of one file; what cannot be read goes into `problems`."""
    text = _read_text(path, problems)
    if text is None:
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [c.name for c in columns]
    try:
        found = next(lines, [])
        if found != header:
            problems.append(_header_problem(path.name, found, header))
            return
        for cells in lines:
            number = lines.line_num
            if len(cells) != len(header):
                problems.append(
                    f"{path.name}: row {number}: {len(cells)} cells where the header has "
                    f"{len(header)}; add or remove commas, or put the cell in quotes"
                )
                continue
            bad = [
                f"{path.name}: row {number}, column {column.name}: {why}"
                for column, cell in zip(columns, cells, strict=True)
                if (why := cell_problem(cell, column))
            ]
            problems += bad
            if not bad:
                yield TableRow(number, dict(zip(header, cells, strict=True)))
    except csv.Error as e:
        problems.append(f"{path.name}: row {lines.line_num}: not valid CSV ({e}); mend the quotes")


def _read_text(path: Path, problems: list[str]) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as e:
        problems.append(f"{path.name}: cannot be read ({e.strerror}); put the file in place")
        return None
    if not raw.strip():
        problems.append(f"{path.name}: empty; it needs at least its header row")
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        problems.append(f"{path.name}: row 1: starts with a byte order mark; save as plain UTF-8")
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as e:
        row = raw.count(b"\n", 0, e.start) + 1
        problems.append(
            f"{path.name}: row {row}: byte {raw[e.start]:#04x} is not UTF-8; save the file as UTF-8"
        )
        return None


def _header_problem(name: str, found: list[str], wanted: list[str]) -> str:
    missing = [c for c in wanted if c not in found]
    extra = [c for c in found if c not in wanted]
    if missing:
        return f"{name}: row 1: column {missing[0]} is missing; add it"
    if extra:
        return f"{name}: row 1, column {extra[0]}: not described in {METADATA}; remove it"
    return f"{name}: row 1: columns must stand in the order {', '.join(wanted)}"


def cell_problem(cell: str, column: Any) -> str:  # noqa: ANN401
    """Return what no cell may be, whatever its type; '' when the cell is none of it."""
    if not cell:
        return "empty, but required; fill it in" if column.required else ""
    if _CONTROL.search(cell):
        return "holds a line break, tab or control character; put it on one line of plain text"
    for part in cell.split(column.separator) if column.separator else [cell]:
        if part != part.strip():
            return f"{part!r} starts or ends with a space; remove it"
        if not part:
            return f"{cell!r} has nothing between two {column.separator}; remove one"
    numeric = column.datatype is not None and column.datatype.base in NUMERIC
    if cell.startswith(FORMULA_START) and not numeric:
        return f"{cell!r} would start a formula in a spreadsheet; begin with a letter or digit"
    return ""


def _check_types(table: Table) -> Iterator[str]:
    for row in table.rows:
        for column in real_columns(table.spec):
            cell = row.cells[column.name]
            if cell and (why := type_problem(cell, column)):
                yield f"{table.name}.csv: row {row.number}, column {column.name}: {why}"


def type_problem(cell: str, column: Any) -> str:  # noqa: ANN401
    """Return why a cell is no value of its column's type; '' when it is one."""
    base = column.datatype.base if column.datatype else "string"
    try:
        if (form := _FORMS.get(base)) and not re.fullmatch(form, cell):
            raise ValueError("not its plain form")
        column.read(cell)
    except (ValueError, ArithmeticError) as e:
        mend = column.common_props.get("rdfs:comment", "correct the cell")
        return f"{cell!r} is not a valid {_expected(base, column)} ({e}); {mend}"
    return ""


def _expected(base: str, column: Any) -> str:  # noqa: ANN401
    if base in _SHOWN:
        return _SHOWN[base]
    form = getattr(column.datatype, "format", None)
    if form and base == "string":
        return f"text of the form {form}"
    low = getattr(column.datatype, "minimum", None)
    return f"{base} of {low} or more" if low is not None else str(base)


def _check_keys(tables: list[Table]) -> Iterator[str]:
    for table in tables:
        key = table.spec.tableSchema.primaryKey or []
        seen: dict[tuple[str, ...], int] = {}
        for row in table.rows:
            value = tuple(row.cells[k] for k in key)
            if (first := seen.setdefault(value, row.number)) != row.number:
                yield key_problem(table.name, row.number, ", ".join(key), ", ".join(value), first)


def _check_references(tables: list[Table]) -> Iterator[str]:
    """Check declared foreign keys, then columns whose value is a `kind/id` of any table."""
    for table in tables:
        for column, (target, goal) in find_targets(table, tables).items():
            known = {row.cells[goal] for row in target.rows}
            for row in table.rows:
                if (cell := row.cells[column]) and cell not in known:
                    yield reference_problem(table.name, row.number, column, cell, target.name, goal)
    things = {f"{kind_of(t)}/{row.cells[key_column(t)]}" for t in tables for row in t.rows}
    for table in tables:
        for column in real_columns(table.spec):
            if not column.valueUrl or "{+" not in str(column.valueUrl):
                continue
            for row in table.rows:
                cell = row.cells[column.name]
                if cell and cell not in things:
                    yield thing_problem(table.name, row.number, column.name, cell)


def find_targets(table: Table, tables: list[Table]) -> dict[str, tuple[Table, str]]:
    """Return the table and column that each referring column names a row of.

    A foreign key says so; else the address that a cell makes, when rows of a table have such.
    """
    by_about = {
        str(t.spec.tableSchema.aboutUrl).partition("{")[0]: (t, key_column(t)) for t in tables
    }
    found = {}
    for column in real_columns(table.spec):
        start, slot, _ = str(column.valueUrl or "").partition(f"{{{column.name}}}")
        if slot and start in by_about and not column.separator:
            found[str(column.name)] = by_about[start]
    by_file = {f"{t.name}.csv": t for t in tables}
    for key in table.spec.tableSchema.foreignKeys:
        target = by_file[str(key.reference.resource.string)]
        found[key.columnReference[0]] = (target, key.reference.columnReference[0])
    return found


def _check_concepts(tables: list[Table]) -> Iterator[str]:
    """Check the columns whose values are concepts of a scheme, such as a kind or a role."""
    for table in tables:
        for column, has in find_schemes(table, tables).items():
            for row in table.rows:
                if (cell := row.cells[column]) and cell not in has:
                    yield concept_problem(table.name, row.number, column, cell, has)


def find_schemes(table: Table, tables: list[Table]) -> dict[str, tuple[str, ...]]:
    """Return, for each column whose cells are concepts, the notations of its scheme in order."""
    foreign = find_targets(table, tables)
    found = {}
    for column in real_columns(table.spec):
        scheme, slot, _ = str(column.valueUrl or "").partition(f"{{{column.name}}}")
        if slot and scheme.startswith(ID) and column.name not in foreign:
            has = sorted(i.removeprefix(scheme) for i in _concepts() if i.startswith(scheme))
            found[str(column.name)] = tuple(has)
    return found


@cache
def _concepts() -> frozenset[str]:
    """Return the address of everything that the schemes describe."""
    from pyoxigraph import RdfFormat, parse

    schemes = parse(path=str(FOLDER / "schemes.ttl"), format=RdfFormat.TURTLE)
    return frozenset(str(getattr(t.subject, "value", "")) for t in schemes)


def kind_of(table: Table) -> str:
    """Return the kind that the rows' addresses carry: `award` for `…/id/award/{id}`."""
    about = str(table.spec.tableSchema.aboutUrl)
    return about.removeprefix(ID).split("/")[0]


def key_column(table: Table) -> str:
    """Return the name of the column that is a table's key."""
    return str(table.spec.tableSchema.primaryKey[0])

"""The graph back into tables, with the W3C CSV on the Web description that goes with them.

This is the way of `csv2rdf` backwards, by the same `csv-metadata.json`: a statement whose
subject, predicate and object fit a column becomes its cell. What fits no column is counted,
never forced. Where a store holds more than our tables allow (two values in one cell, a
reference to nothing), the description that is written says so instead of the data being cut.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from rehabgraph.graph.csv2rdf import XSD, expand
from rehabgraph.graph.export.files import Bundle, text_file
from rehabgraph.graph.export.text import choose_delimiter, safe_text
from rehabgraph.graph.store import Store
from rehabgraph.ontology import BASE, DATA, DERIVED, METADATA

if TYPE_CHECKING:
    from pyoxigraph import Quad

NOT_TABLES = frozenset({DERIVED, BASE + "ontology", BASE + "dataset/schemes"})
"""Graphs that no table makes: what rules derive, and the terms."""
_NUMERIC = frozenset({"decimal", "integer", "double", "float"})
Row = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class OutTable:
    """A table read out of the graph.

    Attributes:
        description: its part of the metadata, as plain JSON.
        rows: key → cells by column; a cell is a list of values as written.
    """

    description: Mapping[str, Any]
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the table without its ending."""
        return str(self.description["url"]).removesuffix(".csv")

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns that stand in the file."""
        columns = self.description["tableSchema"]["columns"]
        return [c for c in columns if not c.get("virtual")]

    @property
    def key(self) -> str:
        """Name of the column that the address is made of."""
        (name,) = self.description["tableSchema"]["primaryKey"]
        return str(name)

    def sorted_rows(self) -> Iterator[tuple[str, Row]]:
        """Yield the rows by key."""
        yield from sorted(self.rows.items())


@dataclass(frozen=True, slots=True)
class OutTables:
    """The tables of a graph, their description, and how many statements fit none."""

    document: Mapping[str, Any]
    tables: tuple[OutTable, ...]
    left_over: int


def read_out_tables(store: Store, folder: Path = DATA) -> OutTables:
    """Return the tables that a graph makes.

    Args:
        store: the graph.
        folder: where the `csv-metadata.json` is that says what the tables are.
    """
    from pyoxigraph import RdfFormat, parse

    document = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    tables = tuple(OutTable(description) for description in document["tables"])
    places = _Places(tables)
    left_over = 0
    held: list[str] = []
    for line in _with_end(line for line in store.quads() if not _is_derived(line)):
        if line is not None:
            held.append(line)
        if held and (line is None or len(held) >= 50_000):
            for quad in parse(input="".join(held), format=RdfFormat.N_QUADS):
                left_over += not places.put(quad)
            held = []
    for table in tables:
        for key, row in table.rows.items():
            for name in row:
                row[name] = sorted(set(row[name]))
            row[table.key] = [key]
    return OutTables(document, tables, left_over)


def _is_derived(line: str) -> bool:
    return line.endswith(tuple(f" <{graph}> .\n" for graph in NOT_TABLES))


def _with_end(lines: Iterable[str]) -> Iterator[str | None]:
    yield from lines
    yield None


class _Places:
    """Where a statement belongs: table, row and column."""

    def __init__(self, tables: tuple[OutTable, ...]) -> None:
        self._tables: dict[str, OutTable] = {}
        self._columns: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for table in tables:
            schema = table.description["tableSchema"]
            start, _, end = str(schema["aboutUrl"]).partition(f"{{{table.key}}}")
            if end or "{" in start:
                continue
            self._tables[start] = table
            for column in schema["columns"]:
                if column.get("suppressOutput"):
                    continue
                about = str(column.get("aboutUrl") or schema["aboutUrl"])
                suffix = about.removeprefix(str(schema["aboutUrl"]))
                key = (start, suffix, str(column["propertyUrl"]))
                self._columns.setdefault(key, []).append(column)

    def put(self, quad: "Quad") -> bool:
        """Put a statement into its cell; say whether it has one."""
        address = str(getattr(quad.subject, "value", ""))
        about, mark, suffix = address.partition("#")
        start, slash, name = about.rpartition("/")
        table = self._tables.get(start + slash)
        if table is None or not name:
            return False
        key = unquote(name)
        if expand(f"{start}{slash}{{key}}", {"key": key}) != about:
            return False
        columns = self._columns.get((start + slash, mark + suffix, quad.predicate.value), ())
        for column in columns:
            value = _read_value(column, table.key, key, quad.object)
            if value is None:
                continue
            cells = table.rows.setdefault(key, {})
            if not column.get("virtual"):
                cells.setdefault(column["name"], []).append(value)
            return True
        return False


def _read_value(column: Mapping[str, Any], key_name: str, key: str, term: Any) -> str | None:  # noqa: ANN401
    """Return a cell that gives this object back, or None where none does."""
    from pyoxigraph import Literal, NamedNode

    template = str(column.get("valueUrl") or "")
    if template and isinstance(term, NamedNode):
        if column.get("virtual"):
            return "" if expand(template, {key_name: key}) == term.value else None
        return _read_address(str(column["name"]), template, term.value)
    if template or not isinstance(term, Literal) or term.language or not term.value:
        return None
    lost = column["name"] == key_name and term.value != key
    return None if lost or term.datatype.value != XSD + _base(column) else term.value


def _read_address(name: str, template: str, address: str) -> str | None:
    """Return the cell that a template makes this address of."""
    for slot in (f"{{{name}}}", f"{{+{name}}}"):
        start, found, end = template.partition(slot)
        if found and address.startswith(start) and address.endswith(end):
            part = address[len(start) : len(address) - len(end)]
            cell = part if "+" in slot else unquote(part)
            return cell if cell and expand(template, {name: cell}) == address else None
    return None


def _base(column: Mapping[str, Any]) -> str:
    datatype = column.get("datatype", "string")
    return str(datatype["base"] if isinstance(datatype, Mapping) else datatype)


def write_csvw(found: OutTables, bundle: Bundle) -> None:
    """Write every table as CSV, and the description that they are valid against."""
    document = json.loads(json.dumps(found.document))
    document["dc:description"] = (
        "Text that a spreadsheet would take for a formula has an apostrophe in front."
    )
    for table, description in zip(found.tables, document["tables"], strict=True):
        _loosen(table, description, found)
        separators = {
            c["name"]: str(c["separator"])
            for c in description["tableSchema"]["columns"]
            if c.get("separator")
        }
        with text_file(bundle, str(description["url"])) as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow([c["name"] for c in table.columns])
            for _, row in table.sorted_rows():
                writer.writerow(
                    [
                        _cell(row.get(c["name"], []), c, separators.get(c["name"], ""))
                        for c in table.columns
                    ]
                )
    with text_file(bundle, METADATA) as out:
        out.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _cell(values: list[str], column: Mapping[str, Any], separator: str) -> str:
    text = separator.join(values)
    text = "".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in text)
    return text if _base(column) in _NUMERIC else safe_text(text)


def _loosen(table: OutTable, description: dict[str, Any], found: OutTables) -> None:
    """Change a description where the rows need it: separators, required cells, references."""
    from csvw.metadata import Column

    schema = description["tableSchema"]
    for column in schema["columns"]:
        if column.get("virtual"):
            continue
        cells = [row.get(column["name"], []) for row in table.rows.values()]
        values = sorted({value for cell in cells for value in cell})
        if column.get("separator") or any(len(cell) > 1 for cell in cells):
            mark = column.get("separator")
            if not mark or any(mark in value for value in values):
                column["separator"] = choose_delimiter(values)
        if column.get("required") and not all(cells):
            del column["required"]
        spec = Column.fromvalue(column)
        if not all(_is_valid(spec, value) for value in values):
            column["datatype"] = "string"
    goals = {t.description["url"]: t.rows for t in found.tables}
    schema["foreignKeys"] = [
        key
        for key in schema.get("foreignKeys", [])
        if _refers(table, description, key, goals[key["reference"]["resource"]])
    ]
    if not schema["foreignKeys"]:
        del schema["foreignKeys"]


def _is_valid(column: Any, value: str) -> bool:  # noqa: ANN401
    try:
        column.read(value)
    except (ValueError, ArithmeticError):
        return False
    return True


def _refers(
    table: OutTable, description: Mapping[str, Any], key: Mapping[str, Any], rows: dict[str, Row]
) -> bool:
    """Say whether every cell of a foreign key is one value and names a row that is there.

    The standard knows no optional reference: a key with empty cells is left out too.
    """
    own, goal = key["columnReference"], key["reference"]["columnReference"]
    own, goal = (v if isinstance(v, str) else v[0] for v in (own, goal))
    separated = {c["name"] for c in description["tableSchema"]["columns"] if c.get("separator")}
    known = {value for row in rows.values() for value in row.get(goal, [])}
    used = {value for row in table.rows.values() for value in row.get(own, [])}
    full = all(row.get(own) for row in table.rows.values())
    return own not in separated and full and used <= known

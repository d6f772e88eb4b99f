"""Tables as Parquet, for DuckDB, Polars, pandas, R and Spark; needs the extra `parquet`."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

from rehabgraph.graph.errors import OutputError
from rehabgraph.graph.export.tables_zip import OutTable

MISSING = "parquet needs pyarrow, which is not installed: pip install 'rehabgraph[parquet]'"
ROWS_A_GROUP = 100_000
_TYPES = {
    "string": "string",
    "integer": "int64",
    "boolean": "bool_",
    "date": "date32",
    "double": "float64",
    "gYear": "int16",
}


def import_arrow() -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the library pyarrow.

    Raises:
        OutputError: it is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as e:
        raise OutputError(MISSING) from e
    return pyarrow


def write_rows(columns: Mapping[str, str], rows: Iterable[Sequence[Any]], out: IO[bytes]) -> int:
    """Write rows as one Parquet file, a bounded number of rows at a time.

    Args:
        columns: name → `string`, `integer`, `boolean`, `date` or `double`; `[]` after it for
            a list.
        rows: cells in the order of the columns; None is unknown.
        out: an open file.

    Returns:
        How many rows were written.

    Raises:
        OutputError: pyarrow is not installed.
    """
    arrow = import_arrow()
    schema = arrow.schema([(name, _type(arrow, kind)) for name, kind in columns.items()])
    count = 0
    with arrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        held: list[Sequence[Any]] = []
        for row in rows:
            held.append(row)
            if len(held) == ROWS_A_GROUP:
                count += _write_group(arrow, writer, schema, held)
                held = []
        count += _write_group(arrow, writer, schema, held)
    return count


def _write_group(arrow: Any, writer: Any, schema: Any, rows: list[Sequence[Any]]) -> int:  # noqa: ANN401
    cells = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [arrow.array(list(c), f.type) for c, f in zip(cells, schema, strict=True)]
    writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
    return len(rows)


def _type(arrow: Any, kind: str) -> Any:  # noqa: ANN401
    base = kind.removesuffix("[]")
    if base.startswith("decimal"):
        found = arrow.decimal128(38, int(base.removeprefix("decimal")))
    else:
        found = getattr(arrow, _TYPES[base])()
    return arrow.list_(found) if kind.endswith("[]") else found


def write_table(table: OutTable, out: IO[bytes]) -> int:
    """Write a table read out of the graph; returns how many rows.

    A column keeps its type; one with a separator, or with several values, is a list.
    """
    kinds, readers = {}, []
    for column in table.columns:
        name = str(column["name"])
        cells = [row.get(name, []) for row in table.rows.values()]
        several = bool(column.get("separator")) or any(len(cell) > 1 for cell in cells)
        values = {value for cell in cells for value in cell}
        kind = _column_kind(column, values)
        kinds[name] = kind + ("[]" if several else "")
        readers.append((name, _READ.get(kind.rstrip("0123456789"), str), several))

    def rows() -> Iterable[list[Any]]:
        for _, row in table.sorted_rows():
            cells = ((row.get(name), read, several) for name, read, several in readers)
            yield [
                None if cell is None else [read(v) for v in cell] if several else read(cell[0])
                for cell, read, several in cells
            ]

    return write_rows(kinds, rows(), out)


def _column_kind(column: Mapping[str, Any], values: set[str]) -> str:
    datatype = column.get("datatype", "string")
    base = str(datatype["base"] if isinstance(datatype, Mapping) else datatype)
    if base not in {*_TYPES, "decimal"}:
        return "string"
    try:
        read = [_READ[base](v) for v in values] if base in _READ else []
        if base == "decimal":
            numbers = [n for n in read if isinstance(n, Decimal)]
            scale = max([0, *(-int(n.as_tuple().exponent) for n in numbers)])
            whole = max([0, *(n.adjusted() + 1 for n in numbers)])
            return f"decimal{scale}" if scale + whole <= 38 else "string"
        if base in ("integer", "gYear"):
            bound = 2**63 if base == "integer" else 2**15
            return base if all(abs(n) < bound for n in read) else "string"
    except (ValueError, ArithmeticError, KeyError, TypeError):
        return "string"
    return base


def _read_date(text: str) -> Any:  # noqa: ANN401
    from datetime import date

    return date.fromisoformat(text)


_READ: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "gYear": int,
    "decimal": Decimal,
    "double": float,
    "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    "date": _read_date,
}

"""Frames to N-Quads by the same description as `graph/csv2rdf.py`, a column at a time.

That module is the measure: for the same tables both make the same lines. Nothing here knows
any table by name.

Source: https://www.w3.org/TR/csv2rdf/
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.csv2rdf import expand, literal

if TYPE_CHECKING:
    import polars as pl

_SLOT = re.compile(r"\{(\+?)([^{}]*)\}")
_PLAIN = r"\A[A-Za-z0-9_.~-]*\z"
"""Cells that stand in an address as they are (RFC 6570, unreserved)."""
_PLAIN_PATH = r"\A[A-Za-z0-9_.~/-]*\z"


def write_lines(spec: Any, frame: "pl.DataFrame", graph: str) -> "Iterator[pl.Series]":  # noqa: ANN401
    """Yield the N-Quads lines of a frame, without line ends, one series a column of the table.

    Args:
        spec: the table as csvw describes it.
        frame: its rows as text columns, checked.
        graph: address of the named graph that the statements go into.
    """
    import polars as pl

    schema = spec.tableSchema
    for column in schema.columns:
        if column.suppressOutput:
            continue
        name = str(column.name)
        rows = frame
        if name in frame.columns:
            rows = frame.filter(pl.col(name) != "")
        elif not column.virtual:
            continue
        if not len(rows):
            continue
        about = _address(str(column.aboutUrl or schema.aboutUrl), rows)
        predicate = _address(str(column.propertyUrl), rows)
        if column.separator:
            held = rows.with_columns(about.alias("#about"), predicate.alias("#predicate"))
            rows = held.with_columns(pl.col(name).str.split(column.separator)).explode(name)
            about, predicate = pl.col("#about"), pl.col("#predicate")
        if column.valueUrl:
            value = pl.concat_str(pl.lit("<"), _address(str(column.valueUrl), rows), pl.lit(">"))
        else:
            value = _literal(pl.col(name) if name in frame.columns else pl.lit(""), column)
        parts = (pl.lit("<"), about, pl.lit("> <"), predicate, pl.lit("> "), value)
        yield rows.select(pl.concat_str(*parts, pl.lit(f" <{graph}> .")).alias("")).to_series()


def _address(template: str, rows: "pl.DataFrame") -> "pl.Expr":
    """Return a URI template with the cells of each row put in, as an expression."""
    import polars as pl

    parts: list[pl.Expr] = []
    end = 0
    for slot in _SLOT.finditer(template):
        parts.append(pl.lit(template[end : slot.start()]))
        parts.append(_slot(slot[0], slot[1], slot[2], rows))
        end = slot.end()
    parts.append(pl.lit(template[end:]))
    return pl.concat_str(*parts) if end else parts[0]


def _slot(whole: str, operator: str, name: str, rows: "pl.DataFrame") -> "pl.Expr":
    """Return one slot of a template: most cells stand as they are, the others are encoded."""
    import polars as pl

    if name not in rows.columns:
        names = [n for n in rows.columns if n in re.split(r"[^\w]+", name)]
        return pl.struct(names or rows.columns[:1]).map_elements(
            lambda cells: expand(whole, {n: cells[n] for n in names}), return_dtype=pl.String
        )
    plain = _PLAIN_PATH if operator else _PLAIN
    odd = rows[name].filter(~rows[name].str.contains(plain)).unique().to_list()
    if not odd:
        return pl.col(name)
    return pl.col(name).replace(odd, [expand(whole, {name: cell}) for cell in odd])


def _literal(cell: "pl.Expr", column: Any) -> "pl.Expr":  # noqa: ANN401
    """Return a cell as a literal; a checked cell holds no line break or tab to escape."""
    import polars as pl

    empty = literal("", column.datatype)  # '""' or '""^^<type>'
    escaped = cell.str.replace_all("\\", "\\\\", literal=True)
    escaped = escaped.str.replace_all('"', '\\"', literal=True)
    return pl.concat_str(pl.lit('"'), escaped, pl.lit(empty[1:]))

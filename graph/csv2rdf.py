"""Tables to quads by the rules of the W3C, "Generating RDF from Tabular Data on the Web".

This is the standard's *minimal mode* for the features that our metadata uses: aboutUrl,
propertyUrl and valueUrl templates on tables and columns, virtual columns, datatypes,
separators and suppressed columns. Nothing here knows any table by name.

Source: https://www.w3.org/TR/csv2rdf/
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from rehabgraph.graph.tables import Table

XSD = "http://www.w3.org/2001/XMLSchema#"
_XSD_NAMES = {"number": "double", "any": "anyAtomicType", "datetime": "dateTime"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def write_quads(tables: list[Table], graph: str) -> Iterator[str]:
    """Yield one N-Quads line for each statement that the tables make, unsorted.

    Args:
        tables: tables as read and checked by `read_tables`.
        graph: address of the named graph that the statements go into.
    """
    end = f"<{graph}> .\n"
    for table in tables:
        for row in table.rows:
            for subject, predicate, term in _row_statements(table.spec, row.cells):
                yield f"<{subject}> <{predicate}> {term} {end}"


def _row_statements(spec: Any, cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    schema = spec.tableSchema
    for column in schema.columns:
        if column.suppressOutput:
            continue
        cell = cells.get(column.name, "")
        if not column.virtual and not cell:
            continue
        about = expand(str(column.aboutUrl or schema.aboutUrl), cells)
        predicate = expand(str(column.propertyUrl), cells)
        for value in cell.split(column.separator) if column.separator else [cell]:
            if column.valueUrl:
                scope = cells if column.virtual else {**cells, column.name: value}
                yield about, predicate, f"<{expand(str(column.valueUrl), scope)}>"
            else:
                yield about, predicate, literal(value, column.datatype)


def expand(template: str, cells: dict[str, str]) -> str:
    """Return a URI template (RFC 6570) with a row's cells put in.

    >>> expand("https://example.org/{kind}/{id}", {"kind": "award", "id": "a b"})
    'https://example.org/award/a%20b'
    """
    if "{" not in template:
        return template
    variables = _variables(template)
    return _expand(template, tuple((v, cells.get(v, "")) for v in variables))


@cache
def _variables(template: str) -> tuple[str, ...]:
    from uritemplate import URITemplate

    return tuple(URITemplate(template).variable_names)


@lru_cache(maxsize=65536)
def _expand(template: str, values: tuple[tuple[str, str], ...]) -> str:
    from uritemplate import URITemplate

    return URITemplate(template).expand(dict(values))


def literal(value: str, datatype: Any = None) -> str:  # noqa: ANN401
    """Return a cell as an N-Quads literal, typed by the column's CSVW datatype.

    >>> print(literal('say "no"').count(chr(92)))
    2
    """
    base = str(datatype.base) if datatype is not None else "string"
    text = f'"{value.translate(_ESCAPES)}"'
    return text if base == "string" else f"{text}^^<{XSD}{_XSD_NAMES.get(base, base)}>"

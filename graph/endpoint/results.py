"""Read a server's SPARQL results (JSON) into plain values, whole or not at all.

Source: https://www.w3.org/TR/sparql11-results-json/
"""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.store import Iri, Solution, parse_literal

Cell: TypeAlias = tuple[str, str, str, str] | None
"""A term: `uri`, `bnode` or `literal`; its text; its datatype; its language. None is unbound."""
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_DURATION = XSD + "yearMonthDuration"
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
IRI_BREAKERS = re.compile(r'[\x00-\x20<>"{}|^`\\]')


@dataclass(frozen=True, slots=True)
class Table:
    """The solutions of a SELECT: variables in order, and a cell for each in every row."""

    variables: tuple[str, ...]
    rows: list[tuple[Cell, ...]]

    def to_solutions(self) -> list[Solution]:
        """Return the rows as plain values by variable."""
        names = self.variables
        return [dict(zip(names, map(to_value, row), strict=True)) for row in self.rows]


def read_results(body: bytes, where: str) -> Table | bool:
    """Return the solutions, or the truth, in a JSON document of SPARQL results.

    Args:
        body: the document.
        where: the server's address, for messages.

    Raises:
        StoreError: the document is cut off, or is none of SPARQL results.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise StoreError(f"{where}: the answer is cut off or is no JSON; nothing was used") from e
    try:
        if "boolean" in found:
            if not isinstance(found["boolean"], bool):
                raise TypeError
            return found["boolean"]
        names = tuple(found["head"]["vars"])
        if len(set(names)) != len(names) or not all(isinstance(n, str) for n in names):
            raise TypeError
        known = frozenset(names)
        rows = []
        for binding in found["results"]["bindings"]:
            if not binding.keys() <= known:
                raise TypeError
            rows.append(tuple(_read_cell(binding.get(name)) for name in names))
    except (KeyError, TypeError, AttributeError) as e:
        raise StoreError(
            f"{where}: the answer is no document of SPARQL results; is this its SPARQL endpoint?"
        ) from e
    return Table(names, rows)


def write_results(found: Table | bool) -> bytes:
    """Return solutions or a truth as a JSON document of SPARQL results."""
    if isinstance(found, bool):
        return json.dumps({"head": {}, "boolean": found}).encode()
    bindings = [
        {n: _write_cell(c) for n, c in zip(found.variables, row, strict=True) if c}
        for row in found.rows
    ]
    document = {"head": {"vars": list(found.variables)}, "results": {"bindings": bindings}}
    return json.dumps(document).encode()


def _write_cell(cell: tuple[str, str, str, str]) -> dict[str, str]:
    kind, text, datatype, language = cell
    written = {"type": kind, "value": text}
    if language:
        return {**written, "xml:lang": language}
    return {**written, "datatype": datatype} if kind == "literal" else written


def _read_cell(found: Any) -> Cell:  # noqa: ANN401 - whatever JSON holds
    if found is None:
        return None
    kind, text = found["type"], found["value"]
    if not isinstance(text, str):
        raise TypeError
    if kind == "uri":
        return "uri", text, "", ""
    if kind == "bnode":
        return "bnode", re.sub(r"[^A-WYZa-z0-9]", lambda m: f"X{ord(m[0]):x}X", text), "", ""
    if kind not in ("literal", "typed-literal"):  # the second is a name of older servers
        raise TypeError
    language = found.get("xml:lang", "")
    datatype = found.get("datatype") or (RDF_LANG if language else XSD + "string")
    if not isinstance(datatype, str) or not isinstance(language, str):
        raise TypeError
    if datatype == _DURATION and text.lstrip("-").isdecimal():
        text = months_as_duration(int(text))
    if datatype == XSD + "boolean" and text in ("0", "1"):
        text = "true" if text == "1" else "false"
    return "literal", text, datatype, language


def months_as_duration(months: int) -> str:
    """Return a duration that a server gives as a number of months in the standard's form.

    >>> months_as_duration(33)
    'P2Y9M'
    """
    years, rest = divmod(abs(months), 12)
    parts = (f"{years}Y" if years else "") + (f"{rest}M" if rest or not years else "")
    return f"{'-' if months < 0 else ''}P{parts}"


def to_value(cell: Cell) -> Any:  # noqa: ANN401 - a plain value of any kind
    """Return a cell as a plain value; unbound is None."""
    if cell is None:
        return None
    kind, text, datatype, _ = cell
    return parse_literal(text, datatype) if kind == "literal" else Iri(text)


def to_term(cell: Cell) -> str:
    r"""Return a cell as an N-Triples term.

    >>> to_term(("literal", "a\nb", XSD + "string", ""))
    '"a\\nb"'

    Raises:
        StoreError: an address holds signs that none can hold.
    """
    if cell is None:
        raise StoreError("a statement of the server has an empty place; nothing was used")
    kind, text, datatype, language = cell
    if kind == "bnode":
        return f"_:b{text}"
    address = text if kind == "uri" else datatype
    if IRI_BREAKERS.search(address) or ":" not in address:
        raise StoreError(f"the server gives an address that is none: {address[:100]!r}")
    if kind == "uri":
        return f"<{text}>"
    quoted = f'"{text.translate(_ESCAPES)}"'
    if language:
        return f"{quoted}@{language}"
    return quoted if datatype == XSD + "string" else f"{quoted}^^<{datatype}>"

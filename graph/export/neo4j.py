"""The graph for Neo4j: nodes, relationships, and the Cypher that loads them.

Every thing is a node with its literals as properties; every statement that joins two things is
a relationship. The two tables have the headers of `neo4j-admin database import`, and the same
files load through `import.cypher`. The ontology's own terms are left out; kinds become labels.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.export.files import Bundle, text_file
from rehabgraph.graph.export.sorting import read_sorted
from rehabgraph.graph.export.text import DELIMITERS, safe_text
from rehabgraph.graph.store import Store
from rehabgraph.ontology import BASE, PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Quad

NODES, RELATIONSHIPS, CYPHER = "nodes.csv", "relationships.csv", "import.cypher"
_TERMS = BASE + "ontology"
_TYPE = PREFIXES["rdf"] + "type"
_XSD = PREFIXES["xsd"]
_FUNCTIONS = {
    "long": "toInteger({})",
    "double": "toFloat({})",
    "boolean": "toBoolean({})",
    "date": "date({})",
    "string": "{}",
}
_RESERVED = {"iri"}


@dataclass(slots=True)
class _Property:
    """What is known of a property: its type and whether a node has several values of it."""

    kinds: set[str] = field(default_factory=set)
    several: bool = False
    marks: set[str] = field(default_factory=set)
    name: str = ""

    @property
    def kind(self) -> str:
        return next(iter(self.kinds)) if len(self.kinds) == 1 else "string"


@dataclass(slots=True)
class _Shape:
    """What a first reading of the graph finds."""

    nodes: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    properties: dict[str, _Property] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    delimiter: str = DELIMITERS[0]


def write_neo4j(store: Store, bundle: Bundle) -> tuple[int, int]:
    """Write the two tables and the Cypher script into a bundle.

    Args:
        store: the graph.
        bundle: archive or folder that takes the files.

    Returns:
        How many nodes and how many relationships were written.
    """
    shape = _read_shape(store)
    with text_file(bundle, NODES) as out:
        nodes = _write_nodes(store, shape, csv.writer(out, lineterminator="\n"))
    with text_file(bundle, RELATIONSHIPS) as out:
        links = _write_relationships(store, shape, csv.writer(out, lineterminator="\n"))
    with text_file(bundle, CYPHER) as out:
        out.write(";\n\n".join(_statements(shape)) + ";\n")
    return nodes, links


def _read_things(store: Store) -> "Iterator[tuple[str, Iterator[Quad]]]":
    """Yield each subject, with its statements sorted, but those of the ontology's own graph."""
    quads = (q for q in read_sorted(store) if getattr(q.graph_name, "value", "") != _TERMS)
    return groupby(quads, lambda q: _name(q.subject))


def _name(term: Any) -> str:  # noqa: ANN401
    return str(term.value) if str(term).startswith("<") else str(term)


def _read_shape(store: Store) -> _Shape:
    from pyoxigraph import Literal

    shape = _Shape()
    targets: set[str] = set()
    for subject, quads in _read_things(store):
        shape.nodes.add(subject)
        for predicate, group in groupby(quads, lambda q: q.predicate.value):
            terms = list({q.object: None for q in group})
            if predicate == _TYPE:
                shape.labels |= {_name(t) for t in terms}
                continue
            literals = [t for t in terms if isinstance(t, Literal)]
            if len(literals) < len(terms):
                shape.links.add(predicate)
                targets |= {_name(t) for t in terms if not isinstance(t, Literal)}
            if literals:
                found = shape.properties.setdefault(predicate, _Property())
                found.several |= len(literals) > 1
                found.kinds |= {_kind(t) for t in literals}
                found.marks |= {m for m in DELIMITERS if any(m in t.value for t in literals)}
    shape.nodes |= targets  # a thing that is only named, such as a page elsewhere
    for iri, name in _short_names(shape.properties).items():
        shape.properties[iri].name = name
    shape.names = _short_names(shape.labels) | {
        iri: _upper(name) for iri, name in _short_names(shape.links).items()
    }
    taken: set[str] = set().union(*(p.marks for p in shape.properties.values() if p.several))
    shape.delimiter = next((m for m in DELIMITERS if m not in taken), DELIMITERS[-1])
    return shape


def _kind(literal: Any) -> str:  # noqa: ANN401
    """Return the type that holds a literal without loss; text where none does."""
    kind = literal.datatype.value.removeprefix(_XSD)
    if kind == "date":
        return "date" if _is_day(literal.value) else "string"
    if kind == "boolean":
        return "boolean" if literal.value in ("true", "false") else "string"
    return _number_kind(kind, literal.value)


def _number_kind(kind: str, text: str) -> str:
    try:
        number = Decimal(text)
        if kind == "integer" and abs(number) < 2**63:
            return "long"
        if kind in ("decimal", "double") and number.is_finite():
            return "double" if Decimal(repr(float(number))) == number else "string"
    except (InvalidOperation, ValueError, OverflowError):
        return "string"
    return "string"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _short_names(iris: Iterable[str]) -> dict[str, str]:
    """Return the last part of each address; with its prefix where two would be the same.

    >>> _short_names(["https://schema.org/name", "urn:x#name", "urn:x#part"])
    {'https://schema.org/name': 'schema_name', 'urn:x#name': 'urn:x#name', 'urn:x#part': 'part'}
    """
    found: dict[str, list[str]] = {}
    for iri in sorted(iris):
        found.setdefault(re.split("[/#]", iri)[-1].lower(), []).append(iri)
    names = {}
    for same in found.values():
        for iri in same:
            local = re.split("[/#]", iri)[-1]
            if len(same) > 1 or not local or local in _RESERVED:
                prefix = next((p for p, base in PREFIXES.items() if iri == base + local), "")
                local = f"{prefix}_{local}" if prefix else iri
            names[iri] = local
    return names


def _upper(name: str) -> str:
    """Return a name in the form of relationship types: `awardedTo` becomes `AWARDED_TO`."""
    if not re.fullmatch(r"\w+", name):
        return name
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def _write_nodes(store: Store, shape: _Shape, writer: Any) -> int:  # noqa: ANN401
    from pyoxigraph import Literal

    columns = sorted(shape.properties.items(), key=lambda item: item[1].name)
    head = [f"{_plain(p.name)}:{p.kind}{'[]' if p.several else ''}" for _, p in columns]
    writer.writerow(["iri:ID", ":LABEL", *head])
    rest = set(shape.nodes)
    for subject, quads in _read_things(store):
        labels: dict[str, None] = {"Thing": None}
        cells: dict[str, list[str]] = {}
        for quad in quads:
            if quad.predicate.value == _TYPE:
                labels[shape.names[_name(quad.object)]] = None
            elif isinstance(quad.object, Literal):
                values = cells.setdefault(quad.predicate.value, [])
                if quad.object.value not in values:
                    values.append(quad.object.value)
        writer.writerow(
            [subject, shape.delimiter.join(map(_plain, labels))]
            + [_cell(cells.get(iri, []), known, shape.delimiter) for iri, known in columns]
        )
        rest.discard(subject)
    for name in sorted(rest):
        writer.writerow([name, "Thing"] + [""] * len(columns))
    return len(shape.nodes)


def _cell(values: list[str], known: _Property, delimiter: str) -> str:
    text = delimiter.join(values)
    text = "".join(c if c >= " " or c in "\t\n\r" else "\ufffd" for c in text)
    return safe_text(text) if known.kind == "string" else text


def _write_relationships(store: Store, shape: _Shape, writer: Any) -> int:  # noqa: ANN401
    from pyoxigraph import Literal

    writer.writerow([":START_ID", ":END_ID", ":TYPE", "graphs:string[]"])
    count = 0
    for subject, quads in _read_things(store):
        for triple, group in groupby(quads, lambda q: (q.predicate, q.object)):
            predicate, term = triple
            if predicate.value == _TYPE or isinstance(term, Literal):
                continue
            names = (getattr(q.graph_name, "value", "default").removeprefix(BASE) for q in group)
            graphs = shape.delimiter.join(n.removeprefix("dataset/") for n in names)
            writer.writerow([subject, _name(term), _plain(shape.names[predicate.value]), graphs])
            count += 1
    return count


def _plain(name: str) -> str:
    """Return a name without what has a meaning in a header or between back quotes."""
    return re.sub(r"[^\w]", "_", name)


def quote_text(text: str) -> str:
    r"""Return text as a Cypher string.

    >>> quote_text("it's \\ so")
    "'it\\'s \\\\ so'"
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"


def quote_name(name: str) -> str:
    """Return a name between back quotes, as Cypher takes any.

    >>> quote_name("a`b")
    '`a``b`'
    """
    return f"`{name.replace('`', '``')}`"


def _statements(shape: _Shape) -> Iterator[str]:
    mark = quote_text(shape.delimiter)
    yield (
        "// Put the two tables into Neo4j's import folder, then: cypher-shell -f import.cypher\n"
        "// Backslashes are text here: set db.import.csv.legacy_quote_escaping=false.\n"
        "CREATE CONSTRAINT rehabgraph_iri IF NOT EXISTS FOR (n:Thing) REQUIRE n.iri IS UNIQUE"
    )
    nodes = f"LOAD CSV WITH HEADERS FROM {quote_text(f'file:///{NODES}')} AS row\n"
    sets = []
    for known in sorted(shape.properties.values(), key=lambda p: p.name):
        name = _plain(known.name)
        cell = f"row.{quote_name(name + ':' + known.kind + ('[]' if known.several else ''))}"
        function = _FUNCTIONS[known.kind]
        if known.several:
            value = f"[x IN split({cell}, {mark}) | {function.format('x')}]"
        else:
            value = function.format(cell)
        sets.append(f"  n.{quote_name(name)} = {value}")
    settings = "\nSET\n" + ",\n".join(sets) if sets else ""
    yield f"{nodes}MERGE (n:Thing {{iri: row.{quote_name('iri:ID')}}}){settings}"
    for label in sorted({_plain(shape.names[iri]) for iri in shape.labels}):
        yield (
            f"{nodes}WITH row WHERE {quote_text(label)} "
            f"IN split(row.{quote_name(':LABEL')}, {mark})\n"
            f"MATCH (n:Thing {{iri: row.{quote_name('iri:ID')}}})\nSET n:{quote_name(label)}"
        )
    rows = f"LOAD CSV WITH HEADERS FROM {quote_text(f'file:///{RELATIONSHIPS}')} AS row\n"
    for kind in sorted({_plain(shape.names[iri]) for iri in shape.links}):
        yield (
            f"{rows}WITH row WHERE row.{quote_name(':TYPE')} = {quote_text(kind)}\n"
            f"MATCH (a:Thing {{iri: row.{quote_name(':START_ID')}}})\n"
            f"MATCH (b:Thing {{iri: row.{quote_name(':END_ID')}}})\n"
            f"MERGE (a)-[r:{quote_name(kind)}]->(b)\n"
            f"SET r.graphs = split(row.{quote_name('graphs:string[]')}, {mark})"
        )

"""The shapes read from their file; a construct that is not compiled is refused by name.

Source: https://www.w3.org/TR/shacl/
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import InvalidData
from rehabgraph.ontology import FOLDER, PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import BlankNode, Literal, NamedNode, Triple

SH = "http://www.w3.org/ns/shacl#"
_RDF = PREFIXES["rdf"]
_ABOUT = {"message", "path", "property", "targetClass", "prefixes", "select"}
_OF_SHAPES = frozenset({"node", "or", "not", "qualifiedValueShape"})
AT_TOP = frozenset(
    {"minCount", "maxCount", "class", "datatype", "minLength", "pattern", "minInclusive"}
    | {"maxInclusive", "node", "or", "lessThanOrEquals", "disjoint", "sparql"}
    | {"qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"}
)
"""What a shape with a target, or a property of one, may ask."""
INSIDE = frozenset({"minCount", "maxCount", "class", "hasValue", "equals", "not"})
"""What a shape within `sh:or`, `sh:not`, `sh:node` or `sh:qualifiedValueShape` may ask."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a shape asks.

    Attributes:
        name: the SHACL parameter without its prefix, such as `minCount`.
        value: its value as SPARQL writes it; a SELECT query for `sparql`.
        shapes: the shapes that it speaks of, for `node`, `or`, `not` and `qualifiedValueShape`.
    """

    name: str
    value: str = ""
    shapes: "tuple[Shape, ...]" = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape: what it asks of a node, or of the values at the end of its path."""

    id: str
    path: str
    message: str
    targets: tuple[str, ...]
    asks: tuple[Ask, ...]
    properties: "tuple[Shape, ...]"


def read_shapes(file: Path = FOLDER / "shapes.ttl") -> tuple[Shape, ...]:
    """Return the shapes that have a target.

    Raises:
        InvalidData: the file uses what is not compiled; each line names shape and construct.

    >>> len(read_shapes()) > 40
    True
    """
    from pyoxigraph import RdfFormat, parse

    try:
        triples = [q.triple for q in parse(path=str(file), format=RdfFormat.TURTLE)]
    except (OSError, SyntaxError) as e:
        raise InvalidData([f"{file}: cannot be read as Turtle: {e}"]) from e
    return _Reader(file, triples).read()


class _Reader:
    """Reads shapes out of the triples of one file."""

    def __init__(self, file: Path, triples: "list[Triple]") -> None:
        self.file = file
        self.problems: list[str] = []
        self.said: dict[str, dict[str, list[NamedNode | BlankNode | Literal]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for triple in triples:
            of = self.said[str(triple.subject)]
            of[triple.predicate.value].append(triple.object)  # type: ignore[arg-type]

    def read(self) -> tuple[Shape, ...]:
        """Return the shapes with a target, in order of name."""
        for node, said in self.said.items():
            kinds = {str(kind) for kind in said.get(_RDF + "type", ())}
            unknown = [p for p in said if p.startswith(SH + "target") and p != SH + "targetClass"]
            is_class = {f"<{PREFIXES['rdfs']}Class>", f"<{PREFIXES['owl']}Class>"} & kinds
            if unknown or (is_class and f"<{SH}NodeShape>" in kinds):
                self._refuse(node, unknown[0] if unknown else "a class that is a shape")
        found = tuple(
            self._shape(node, AT_TOP)
            for node in sorted(self.said)
            if SH + "targetClass" in self.said[node]
        )
        if self.problems:
            raise InvalidData(self.problems)
        return found

    def _refuse(self, node: str, what: str) -> None:
        name = what.replace(SH, "sh:")
        self.problems.append(
            f"{self.file}: shape {node.strip('<>')} uses {name}, which is not compiled to SPARQL; "
            "validate with --engine pyshacl"
        )

    def _shape(self, node: str, known: frozenset[str], *, inner: bool = False) -> Shape:
        said = self.said[node]
        for predicate in said:
            name = predicate.removeprefix(SH)
            if predicate != _RDF + "type" and name not in known | _ABOUT:
                self._refuse(node, predicate)
        messages = said.get(SH + "message", [])
        if inner and known is AT_TOP and len(messages) != 1:
            self._refuse(node, "none or several sh:message")
        paths = said.get(SH + "path", [])
        return Shape(
            id=node.strip("<>"),
            path=self._path(str(paths[0])) if paths else "",
            message=messages[0].value if messages else "",
            targets=tuple(sorted(str(t) for t in said.get(SH + "targetClass", ()))),
            asks=tuple(self._asks(node, known)),
            properties=tuple(
                self._shape(str(p), known, inner=True) for p in said.get(SH + "property", ())
            ),
        )

    def _asks(self, node: str, known: frozenset[str]) -> Iterator[Ask]:
        for predicate, values in self.said[node].items():
            name = predicate.removeprefix(SH)
            if name not in known:
                continue
            for value in values:
                if name == "sparql":
                    yield self._select(str(value))
                elif name == "or":
                    shapes = tuple(self._shape(str(m), INSIDE) for m in self._list(str(value)))
                    yield Ask(name, shapes=shapes)
                elif name in _OF_SHAPES:
                    yield Ask(name, shapes=(self._shape(str(value), INSIDE),))
                else:
                    yield Ask(name, str(value))

    def _select(self, node: str) -> Ask:
        """Return a query of the shape's own; its message stands with it."""
        said = self.said[node]
        (query,) = said[SH + "select"]
        lines = []
        for owner in said.get(SH + "prefixes", ()):
            for declared in self.said[str(owner)].get(SH + "declare", ()):
                prefix = self.said[str(declared)]
                name, space = prefix[SH + "prefix"][0].value, prefix[SH + "namespace"][0].value
                lines.append(f"PREFIX {name}: <{space}>")
        if "$" in query.value.replace("$this", "") or "?value" in query.value:
            self._refuse(node, "sh:sparql with more than $this")
        lines.append(query.value.replace("$this", "?this"))
        message = Shape(node, "", said[SH + "message"][0].value, (), (), ())
        return Ask("sparql", "\n".join(lines), (message,))

    def _list(self, node: str) -> Iterator[str]:
        while node != f"<{_RDF}nil>":
            (first,), (rest,) = self.said[node][_RDF + "first"], self.said[node][_RDF + "rest"]
            yield str(first)
            node = str(rest)

    def _path(self, node: str) -> str:
        """Return a path as SPARQL writes it: a property, its inverse, or one after another."""
        if node.startswith("<"):
            return node
        said = self.said[node]
        if inverse := said.get(SH + "inversePath"):
            return f"^{self._path(str(inverse[0]))}"
        if _RDF + "first" in said:
            return "/".join(self._path(step) for step in self._list(node))
        self._refuse(node, next(iter(said), "an empty path"))
        return "<urn:none>"

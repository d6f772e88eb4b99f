"""Shapes to SPARQL: for each thing that a shape asks, the query that finds who breaks it.

A query gives the focus node as `?this` and the value that is wrong as `?value`. One cheap query
for a whole property comes first: only where it finds somebody are the others asked.

The results are those of pySHACL, but for one fault of its own: a literal that cannot be compared
may pass its sh:minInclusive and sh:maxInclusive, where the standard has it fail. Our shapes ask
for the datatype at the same place, so there is a result either way.

Source: https://www.w3.org/TR/shacl/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, count

from rehabgraph.graph.shapes.model import Ask, Shape
from rehabgraph.ontology import PREFIXES

_XSD = PREFIXES["xsd"]
_SURE = {
    "integer": "[0-9]{1,18}",
    "decimal": "[0-9]{1,18}([.][0-9]{1,9})?",
    "boolean": "true|false",
    "date": "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
    "gYear": "[1-9][0-9]{3}",
    "anyURI": "https?://[A-Za-z0-9._~/?#%&=+,;:-]+",
    "yearMonthDuration": "P([0-9]{1,9}Y)?([0-9]{1,9}M)?",
}
"""Texts that are surely values of a datatype; whether others are is asked of rdflib, one by one."""
_OF_VALUES = frozenset(
    {"class", "datatype", "minLength", "pattern", "minInclusive", "maxInclusive"}
    | {"node", "or", "lessThanOrEquals", "disjoint"}
)
Subclasses = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the shape and message of its results, and the query that finds them.

    Attributes:
        datatype: set where `?value` is only suspected of being no value of this datatype.
    """

    shape: str
    message: str
    query: str
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one property of one shape, and the queries that tell whether any is needed.

    An empty `screens` says that the checks are asked straight away.
    """

    screens: tuple[str, ...]
    checks: tuple[Check, ...]


def compile_shape(shape: Shape, subclasses: Subclasses) -> Iterator[Group]:
    """Yield the groups of checks of a shape with a target.

    Args:
        shape: as read by `read_shapes`.
        subclasses: class → itself and its subclasses, as SPARQL writes them.
    """
    writer = _Writer(subclasses)
    focus = writer.focus(shape.targets)
    if shape.asks:
        yield Group((), tuple(writer.node_checks(shape, focus)))
    for one in shape.properties:
        yield writer.property_group(one, focus)


class _Writer:
    """Writes SPARQL; every variable that it makes has a name of its own."""

    def __init__(self, subclasses: Subclasses) -> None:
        self.subclasses = subclasses
        self._numbers = count(1)

    def _new(self, much: int = 1) -> list[str]:
        return [f"?x{next(self._numbers)}" for _ in range(much)]

    def _is_a(self, node: str, class_: str) -> str:
        known = self.subclasses.get(class_, (class_,))
        if len(known) == 1:
            return f"{node} a {class_} ."
        (kind,) = self._new()
        return f"VALUES {kind} {{ {' '.join(known)} }} {node} a {kind} ."

    def focus(self, targets: tuple[str, ...]) -> str:
        """Return the pattern of the nodes that a shape is about."""
        return " UNION ".join(f"{{ {self._is_a('?this', target)} }}" for target in targets)

    def node_checks(self, shape: Shape, focus: str) -> Iterator[Check]:
        """Yield the checks of what a shape asks of its focus nodes themselves."""
        for ask in shape.asks:
            if ask.name == "sparql":
                body = f"{{ {focus} }} {{ {_inner_select(ask.value)} }}"
                head = "".join(f"{line}\n" for line in ask.value.split("\n") if _is_prefix(line))
                query = f"{head}SELECT DISTINCT ?this (?this AS ?value) WHERE {{ {body} }}"
                yield Check(shape.id, ask.shapes[0].message, query)
            else:
                query = (
                    "SELECT DISTINCT ?this (?this AS ?value) WHERE "
                    f"{{ {focus} FILTER ({self._breaks(ask, '?this', '?this')}) }}"
                )
                yield Check(shape.id, shape.message, query)

    def property_group(self, shape: Shape, focus: str) -> Group:
        """Return the checks of what a shape asks of the values at the end of a path."""
        screens, checks, of_values = [], [], []
        at_values = f"{focus} ?this {shape.path} ?value ."
        for ask in shape.asks:
            if ask.name in _OF_VALUES:
                breaks = self._breaks(ask, "?this", "?value")
                of_values.append(f"({breaks})")
                pairs = ""
                if ask.name == "lessThanOrEquals":  # a result for each pair that is wrong
                    pairs, breaks = f"?this {ask.value} ?other .", _not_at_most("?value", "?other")
                names = "?this ?value ?other" if pairs else "?this ?value"
                query = f"SELECT DISTINCT {names} WHERE {{ {at_values} {pairs} FILTER ({breaks}) }}"
                datatype = ask.value.strip("<>") if ask.name == "datatype" else ""
                checks.append(Check(shape.id, shape.message, query, datatype))
            elif (wrong := self._miscounted(ask, shape)) is not None:
                query = f"SELECT DISTINCT ?this WHERE {{ {focus} {wrong} }}"
                screens.append(query)
                checks.append(Check(shape.id, shape.message, query))
        if of_values:
            either = " || ".join(of_values)
            screens.append(f"SELECT ?this WHERE {{ {at_values} FILTER ({either}) }} LIMIT 1")
        return Group(tuple(screens), tuple(checks))

    def _miscounted(self, ask: Ask, shape: Shape) -> str | None:
        """Return the pattern that is true of a focus node with too few or too many values."""
        wanted: Shape | None = None
        if ask.name.startswith("qualified"):
            if ask.name == "qualifiedValueShape":
                return None
            wanted = next(a for a in shape.asks if a.name == "qualifiedValueShape").shapes[0]
        number = _number(ask.value)
        if ask.name.lower().endswith("mincount"):
            return f"FILTER ({self._fewer('?this', shape.path, number, wanted)})"
        return self._several("?this", shape.path, number + 1, wanted)

    def _fewer(self, node: str, path: str, number: int, wanted: Shape | None = None) -> str:
        """Return the expression that a node has fewer values than a number."""
        if number == 0:
            return "false"
        return f"NOT EXISTS {{ {self._several(node, path, number, wanted)} }}"

    def _several(self, node: str, path: str, number: int, wanted: Shape | None = None) -> str:
        """Return the pattern of a node with at least so many different values."""
        values = self._new(number)
        if number == 1 and wanted is None:
            return self._reaches(node, path, values[0])
        parts = [f"{node} {path} {value} ." for value in values]
        parts += [f"FILTER (!sameTerm({a}, {b}))" for a, b in combinations(values, 2)]
        if wanted is not None:
            parts += [f"FILTER ({self._conforms(wanted, value)})" for value in values]
        return " ".join(parts)

    def _reaches(self, node: str, path: str, value: str, then: str = "") -> str:
        """Return the pattern of a node from which a path leads to some value, for EXISTS.

        Each step of a path stands in an EXISTS of its own: so an engine goes from the node to
        the value, where it might else gather all that have the last property, for every node.
        """
        first, *rest = re.split(r"(?<=>)/", path)
        if not rest:
            return f"{node} {path} {value} . {then}"
        (between,) = self._new()
        inner = self._reaches(between, "/".join(rest), value, then)
        return f"{node} {first} {between} . FILTER EXISTS {{ {inner} }}"

    def _breaks(self, ask: Ask, this: str, value: str) -> str:
        """Return the expression that a value breaks what is asked of each value."""
        match ask.name:
            case "class":
                return f"NOT EXISTS {{ {self._is_a(value, ask.value)} }}"
            case "datatype":
                sure = _SURE.get(ask.value.strip("<>").removeprefix(_XSD))
                certain = f'REGEX(STR({value}), "^({sure})$")' if sure else "false"
                if ask.value == f"<{_XSD}string>":
                    certain = "true"
                return f"!COALESCE(DATATYPE({value}) = {ask.value}, false) || !{certain}"
            case "minLength":
                return f"isBlank({value}) || STRLEN(STR({value})) < {_number(ask.value)}"
            case "pattern":
                return f"isBlank({value}) || !REGEX(STR({value}), {ask.value})"
            case "minInclusive":
                return f"!COALESCE({value} >= {ask.value}, false)"
            case "maxInclusive":
                return f"!COALESCE({value} <= {ask.value}, false)"
            case "node":
                return f"!({self._conforms(ask.shapes[0], value)})"
            case "or":
                return f"!({' || '.join(self._conforms(s, value) for s in ask.shapes)})"
            case "not":
                return self._conforms(ask.shapes[0], value)
            case "lessThanOrEquals":
                (other,) = self._new()
                wrong = _not_at_most(value, other)
                return f"EXISTS {{ {this} {ask.value} {other} . FILTER ({wrong}) }}"
            case "disjoint":
                return f"EXISTS {{ {this} {ask.value} {value} . }}"
        raise AssertionError(ask.name)  # the reader lets no other through

    def _conforms(self, shape: Shape, node: str) -> str:
        """Return the expression that a node conforms to a shape."""
        parts = [f"!({self._breaks(ask, node, node)})" for ask in shape.asks]
        for one in shape.properties:
            parts += [self._keeps(ask, one, node) for ask in one.asks]
        return f"({' && '.join(parts) or 'true'})"

    def _keeps(self, ask: Ask, shape: Shape, node: str) -> str:
        """Return the expression that a node's values keep what is asked of them."""
        path = shape.path
        match ask.name:
            case "minCount":
                return f"!({self._fewer(node, path, _number(ask.value))})"
            case "maxCount":
                return f"NOT EXISTS {{ {self._several(node, path, _number(ask.value) + 1)} }}"
            case "hasValue":
                return f"EXISTS {{ {self._reaches(node, path, ask.value)} }}"
            case "equals":
                one, two = self._new(2)
                missing = f"FILTER NOT EXISTS {{ {node} {ask.value} {one} . }}"
                there = self._reaches(node, path, one, missing)
                reached = self._reaches(node, path, two)
                here = f"{node} {ask.value} {two} . FILTER NOT EXISTS {{ {reached} }}"
                return f"NOT EXISTS {{ {there} }} && NOT EXISTS {{ {here} }}"
        (value,) = self._new()
        wrong = f"FILTER ({self._breaks(ask, node, value)})"
        return f"NOT EXISTS {{ {self._reaches(node, path, value, wrong)} }}"


def _not_at_most(one: str, other: str) -> str:
    return f"!COALESCE({one} <= {other}, false)"


def _number(literal: str) -> int:
    return int(literal.split('"')[1])


def _is_prefix(line: str) -> bool:
    return line.startswith("PREFIX ")


def _inner_select(query: str) -> str:
    """Return a SELECT query without its prefixes."""
    return re.sub(r"(?m)^PREFIX .*\n", "", query)

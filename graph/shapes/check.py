"""A store held against the compiled shapes."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from rehabgraph.graph.progress import Progress
from rehabgraph.graph.shapes.compiled import Check, compile_shape
from rehabgraph.graph.shapes.model import read_shapes
from rehabgraph.graph.validate import Violation
from rehabgraph.ontology import FOLDER, PREFIXES

_SUBCLASS = PREFIXES["rdfs"] + "subClassOf"


def check_store(store: Any, shapes: Path = FOLDER / "shapes.ttl") -> list[Violation]:  # noqa: ANN401
    """Return the violations of the shapes in a pyoxigraph store, in order of thing.

    They are those that pySHACL finds in the same statements: focus node, shape, value, message.
    What breaks one shape in two ways, a value of the wrong type that is also too small, stands
    there once.

    Args:
        store: the dataset with schemes and ontology; its graphs are read as one.
        shapes: a Turtle file of shapes.

    Raises:
        InvalidData: the shapes use what is not compiled.
    """
    read = read_shapes(shapes)
    subclasses = read_subclasses(store)
    found: list[Violation] = []
    with Progress("Shapes") as progress:
        for shape in read:
            progress.tell(shape.id.rpartition("#")[2])
            for group in compile_shape(shape, subclasses):
                if not group.screens or any(_any(store, screen) for screen in group.screens):
                    for check in group.checks:
                        found += _run(store, check)
    return sorted(set(found), key=lambda v: (v.thing, v.message, v.value))


def read_subclasses(store: Any) -> dict[str, tuple[str, ...]]:  # noqa: ANN401
    """Return each class with itself and all its subclasses, by the store and the ontology."""
    from pyoxigraph import RdfFormat, parse

    pairs = {
        (str(q.subject), str(q.object))
        for q in parse(path=str(FOLDER / "rehab.ttl"), format=RdfFormat.TURTLE)
        if q.predicate.value == _SUBCLASS
    }
    rows = _rows(store, f"SELECT ?below ?above WHERE {{ ?below <{_SUBCLASS}> ?above }}")
    pairs |= {(str(row["below"]), str(row["above"])) for row in rows}
    below: dict[str, set[str]] = defaultdict(set)
    for one, above in pairs:
        if one.startswith("<") and above.startswith("<"):
            below[above].add(one)
    closed = {}
    for top in list(below):
        known, todo = {top}, [top]
        while todo:
            new = below.get(todo.pop(), set()) - known
            known |= new
            todo += new
        closed[top] = tuple(sorted(known))
    return closed


def _rows(store: Any, query: str) -> Any:  # noqa: ANN401
    return store.query(query, use_default_graph_as_union=True)


def _any(store: Any, query: str) -> bool:  # noqa: ANN401
    return next(iter(_rows(store, query)), None) is not None


def _run(store: Any, check: Check) -> list[Violation]:  # noqa: ANN401
    """Return what one check finds."""
    rows = _rows(store, check.query)
    has_value = "value" in {v.value for v in rows.variables}
    found = []
    for row in rows:
        value = row["value"] if has_value else None
        if check.datatype and _is_of(value, check.datatype):
            continue
        found.append(Violation(_text(row["this"]), check.shape, check.message, _text(value)))
    return found


def _is_of(term: Any, datatype: str) -> bool:  # noqa: ANN401
    """Say whether a literal is a value of a datatype, as rdflib reads it."""
    from rdflib import Literal, URIRef

    if getattr(getattr(term, "datatype", None), "value", None) != datatype:
        return False
    literal = Literal(term.value, datatype=URIRef(datatype))
    return literal.ill_typed is not True


def _text(term: Any) -> str:  # noqa: ANN401
    """Return a term's text as rdflib holds it, which writes numbers in its own way."""
    if term is None:
        return ""
    datatype = getattr(term, "datatype", None)
    if datatype is None or datatype.value == PREFIXES["xsd"] + "string":
        return str(term.value)
    from rdflib import Literal, URIRef

    return str(Literal(term.value, datatype=URIRef(datatype.value)))

"""Answer saved questions and queries of one's own."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadParameter, BadQuery
from rehabgraph.queries.catalogue import Param, Question, bind_terms, read_question
from rehabgraph.queries.report import Column, ColumnType, Report

if TYPE_CHECKING:
    from rehabgraph.graph.store import Store
    from rehabgraph.queries.graph import Graph

_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPES: Mapping[str, tuple[ColumnType, str]] = {
    "iri": ("text", ""),
    "text": ("text", ""),
    "integer": ("integer", ""),
    "number": ("number", ""),
    "gbp": ("integer", "GBP"),
    "percent": ("number", "percent"),
    "date": ("date", ""),
    "boolean": ("boolean", ""),
}
_KINDS: Mapping[str, tuple[str, ...]] = {"kind": ("organisation-kind",), "thing": ()}


def answer_question(graph: "Graph", name: str, params: Mapping[str, object]) -> Report:
    """Return the answer of a saved question as a report; see `Graph.query`."""
    from rehabgraph.graph.store import Iri
    from rehabgraph.queries.facts import read_sources, refuse_other_currency

    question = read_question(name)
    by_name = {p.name: p for p in question.params}
    terms = {
        key: [to_term(graph, by_name[key], one) for one in _several(value)]
        if key in by_name
        else [""]
        for key, value in params.items()
        if value is not None
    }
    named = {c.label for c in question.columns if c.type != "iri"}
    columns = tuple(
        Column(
            c.name,
            f"{c.label}, id" if c.type == "iri" and c.label in named else c.label,
            *_TYPES[c.type],
        )
        for c in question.columns
    )
    if any(c.type == "gbp" for c in question.columns):
        refuse_other_currency(graph.store)
    rows = []
    things: list[str] = []
    for found in graph.store.select(bind_terms(question, terms)):
        ids = [str(v) for v in found.values() if isinstance(v, Iri)]
        things += ids
        cells = {c.name: found.get(c.name) for c in columns}
        rows.append(
            {k: v.short if isinstance(v, Iri) else v for k, v in cells.items()} | {"ids": ids}
        )
    return Report(
        name=f"query/{name}",
        title=question.title,
        columns=columns,
        rows=tuple(rows),
        method=question.question,
        filters={k: [str(v) for v in _several(val)] for k, val in params.items() if val},
        notes=question.notes,
        sources=read_sources(graph.store, things),
    )


def to_term(graph: "Graph", param: Param, value: object) -> str:
    """Return a parameter's value as an N-Triples term, checked against the parameter's type.

    Raises:
        BadParameter: the value is not of the type.
        UnknownName: a name that no thing bears.
    """
    text = value.isoformat() if isinstance(value, date) else str(value)
    where = f"parameter {param.name}"
    if param.type == "date":
        from rehabgraph.queries.graph import parse_date

        try:
            day = parse_date(text)
        except BadParameter as e:
            raise BadParameter(f"{where}: {e}") from e
        return f'"{day}"^^<{_XSD}date>'
    if param.type == "integer":
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit():
            raise BadParameter(f"{where}: {text!r} is not a whole number")
        return f'"{int(text)}"^^<{_XSD}integer>'
    if param.type == "text":
        from rehabgraph.graph.csv2rdf import literal

        return literal(text)
    return f"<{graph.resolve(text, _KINDS.get(param.type, (param.type,)))}>"


def answer_own_query(store: "Store", text: str) -> Report:
    """Return the answer of a SELECT or ASK query that somebody wrote; see `Graph.sparql`."""
    from rehabgraph.graph.foreign import run_foreign

    answer = run_foreign(store, text)
    if "ids" in answer.variables:
        raise BadQuery("?ids: every row has a column ids of its own; give this one another name")
    columns = tuple(
        Column(name, name, _type_of(answer.rows, index))
        for index, name in enumerate(answer.variables)
    )
    rows = tuple(
        dict(zip(answer.variables, row, strict=True))
        | {"ids": [v for v in row if isinstance(v, str) and v.startswith("http")]}
        for row in answer.rows
    )
    return Report(
        name="query/own", title="Answer to a query of your own", columns=columns, rows=rows,
        method="The query as given, over the union of all named graphs; read-only.",
    )  # fmt: skip


def _type_of(rows: Iterable[tuple[Any, ...]], index: int) -> ColumnType:
    types = {type(row[index]) for row in rows if row[index] is not None}
    if types == {int}:
        return "integer"
    if types and all(t in (int, float, Decimal) for t in types):
        return "number"
    return "date" if types == {date} else "text"


def _several(value: object) -> list[object]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


__all__ = ["Question", "answer_own_query", "answer_question", "to_term"]

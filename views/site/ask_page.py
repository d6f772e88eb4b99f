"""The page on which people ask in SPARQL: an editor, saved questions, the answer, its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from rehabgraph.graph.errors import UnknownQuestion
from rehabgraph.ontology import ID, PREFIXES, shorten_term
from rehabgraph.queries.catalogue import question_files, read_question
from rehabgraph.views.docs_pages import THEMES
from rehabgraph.views.pages import safe_url
from rehabgraph.views.site.chart import build_chart
from rehabgraph.views.site.content import Block, Content, Link, Table, plain, text_report
from rehabgraph.views.words import count_words

MOST_ROWS = 500
FIRST = f"""PREFIX rg: <{PREFIXES["rg"]}>
PREFIX rdfs: <{PREFIXES["rdfs"]}>

SELECT ?region (COUNT(?contract) AS ?contracts) WHERE {{
  ?contract a rg:Contract ; rg:region/rdfs:label ?region .
}}
GROUP BY ?region
ORDER BY DESC(?contracts) ?region
"""
TABLES = {"csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML"}
TRIPLES = {"turtle": "Turtle", "jsonld": "JSON-LD", "ntriples": "N-Triples", "rdfxml": "RDF/XML"}
_XSD = PREFIXES["xsd"]
_NUMBERS = frozenset(
    _XSD + name
    for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What stands on the page.

    Attributes:
        text: the query in the editor; empty for one to begin with.
        graphs: the graphs that the address names, as its parameters.
        example: the saved question that the editor begins with.
        problem: why there is no answer.
        line: where in the query the problem is, from 1; 0 when that is not known.
        column: likewise.
        status: the HTTP status.
        found: the answer: JSON of the SPARQL results, or Turtle.
    """

    text: str = ""
    graphs: tuple[tuple[str, str], ...] = ()
    example: str = ""
    problem: str = ""
    line: int = 0
    column: int = 0
    status: int = 200
    found: Mapping[str, Any] | str | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int | None] = field(default_factory=dict)


def build_ask_page(asking: Asking) -> Content:
    """Return the page."""
    asked = asking.found is not None or bool(asking.problem)
    editor = {
        "text": asking.text if asking.text.strip() else _begin_with(asking.example),
        "graphs": asking.graphs,
        "wrong": bool(asking.problem),
    }
    blocks = [Block("query", "Query", "editor", editor)]
    if asking.problem:
        blocks.append(Block("problem", "No answer", "problem", _show_problem(asking)))
    elif asking.found is not None:
        blocks += _show_answer(asking.found)
    if asked and asking.status != 400:
        blocks.append(_list_downloads(asking))
    limits = [(name.capitalize(), plain(value)) for name, value in asking.limits.items()]
    graphs = [
        (name, plain("not counted" if n is None else count_words(n, "statement", "statements")))
        for name, n in asking.counts.items()
    ]
    blocks += [
        Block("examples", "Begin with a saved question", "examples", _list_examples(asking)),
        Block("limits", "Limits", "facts", limits),
        Block("graphs", "Graphs", "facts", graphs,
              "Unless a query names graphs, it asks all of them together."),
    ]  # fmt: skip
    return Content(
        path="sparql",
        title="Error: ask in SPARQL" if asking.problem else "Ask in SPARQL",
        lead="Your own query over everything here. It only reads. Programs ask at this same "
        "address; the endpoint is described there for them.",
        report=text_report("sparql", "Ask in SPARQL", []),
        blocks=tuple(b for b in blocks if b.data),
        scripts=("/assets/query.js",),
        kicker="SPARQL 1.1",
        status=asking.status,
        wide=True,
        twins=False,
    )


def _begin_with(example: str) -> str:
    if example:
        try:
            return read_question(example).sparql
        except UnknownQuestion:
            pass
    return FIRST


def _show_problem(asking: Asking) -> dict[str, str]:
    """Return the message, and the line of the query with a mark under the place."""
    lines = asking.text.splitlines()
    if not 1 <= asking.line <= len(lines):
        return {"message": asking.problem, "place": ""}
    line, start = lines[asking.line - 1].replace("\t", " "), max(0, asking.column - 60)
    mark = " " * (asking.column - 1 - start) + "^"
    return {"message": asking.problem, "place": f"{line[start : start + 120]}\n{mark}"}


def _show_answer(found: Mapping[str, Any] | str) -> list[Block]:
    if isinstance(found, str):
        shown = "\n".join(found.splitlines()[:MOST_ROWS])
        more = f"The first {MOST_ROWS} lines; the files hold all." if shown != found.strip() else ""
        return [Block("answer", "Answer", "code", shown or "# no triples", more)]
    if "boolean" in found:
        return [Block("answer", "Answer", "prose", ["Yes." if found["boolean"] else "No."])]
    names: list[str] = found["head"]["vars"]
    bindings: list[Mapping[str, Mapping[str, str]]] = found["results"]["bindings"]
    rows = [[read_value(row.get(name)) for name in names] for row in bindings[:MOST_ROWS]]
    figures = [_is_number(bindings, name) for name in names]
    intro = f"{count_words(len(bindings), 'row', 'rows')}."
    if len(bindings) > MOST_ROWS:
        intro += f" The first {MOST_ROWS} are shown; the files hold all."
    heads = tuple(zip(names, figures, strict=True))
    table = Table(
        heads or (("no columns", False),), tuple(("", tuple((c,) for c in r)) for r in rows)
    )
    texts = [
        ["" if name not in row else read_value(row[name]).text for name in names]
        for row in bindings
    ]
    blocks = [Block("answer", "Answer", "table", table, intro)]
    if chart := build_chart(names, texts, figures):
        left = count_words(chart.left_out, "row is", "rows are")
        intro = f"{left} not drawn." if chart.left_out else ""
        blocks.append(Block("chart", f"Chart: {chart.title}", "chart", chart, intro))
    return blocks


def read_value(term: Mapping[str, str] | None) -> Link:
    """Return a term of a SPARQL answer as words, leading to the thing that it names.

    >>> read_value({"type": "uri", "value": "https://w3id.org/rehabgraph/id/region/wales"})
    Link(text='region/wales', to='/id/region/wales', hidden='')
    >>> read_value(None).text
    'no value'
    """
    if term is None:
        return Link("no value")
    if term["type"] != "uri":
        return Link(str(term.get("value", "")) or "(empty)")
    address = term["value"]
    if address.startswith(ID):
        return Link(address.removeprefix(ID), f"/id/{address.removeprefix(ID)}")
    return Link(shorten_term(address), safe_url(address))


def _is_number(bindings: Sequence[Mapping[str, Mapping[str, str]]], name: str) -> bool:
    terms = [row[name] for row in bindings if name in row]
    return bool(terms) and all(t.get("datatype") in _NUMBERS for t in terms)


def _list_downloads(asking: Asking) -> Block:
    forms = TRIPLES if isinstance(asking.found, str) else TABLES
    fields = [("query", asking.text), *asking.graphs]
    links = [
        (Link(f"{words} file", f"/sparql?{_encode([*fields, ('format', name)])}"),)
        for name, words in forms.items()
    ]
    links.append((Link("This page, to send on", f"/sparql?{_encode(fields)}"),))
    return Block("files", "The whole answer", "links", links)


def _list_examples(asking: Asking) -> dict[str, Any]:
    groups: dict[str, list[tuple[str, str]]] = {heading: [] for heading in THEMES.values()}
    for name in question_files():
        question = read_question(name)
        groups[THEMES[question.theme]].append((name, question.title))
    return {"groups": list(groups.items()), "chosen": asking.example}


def _encode(fields: Sequence[tuple[str, str]]) -> str:
    return urlencode(fields, errors="replace")

"""The catalogue of saved questions as RDF, for tools that read collections of examples.

Each question is a SHACL SPARQL executable and a schema.org question; its parameters are the
`VALUES` slots of its text, which runs as it stands.

Sources: https://www.w3.org/TR/shacl-af/#SPARQLExecutable , https://schema.org/Question
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from rehabgraph.ontology import BASE, PREFIXES
from rehabgraph.queries.catalogue import Param, Question, question_files, read_question

if TYPE_CHECKING:
    from pyoxigraph import Triple

QUESTIONS = BASE + "questions"
CATALOGUE_PREFIXES = {
    **PREFIXES,
    "sh": "http://www.w3.org/ns/shacl#",
    "question": QUESTIONS + "#",
}
_FORMS = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
}


@lru_cache(maxsize=1)
def write_catalogue() -> str:
    """Return every saved question as Turtle, the same each time.

    >>> "sh:SPARQLSelectExecutable" in write_catalogue()
    True
    """
    from pyoxigraph import RdfFormat, serialize

    triples = (t for name in question_files() for t in describe_question(read_question(name)))
    written = serialize(triples, format=RdfFormat.TURTLE, prefixes=CATALOGUE_PREFIXES)
    lines = (written or b"").decode("utf-8").splitlines(keepends=True)
    return "".join(sorted(lines, key=lambda line: (0, line) if line[0] == "@" else (1, "")))


def describe_question(question: Question) -> "Iterator[Triple]":
    """Yield what there is to say of a question.

    Args:
        question: a saved question.
    """
    from pyoxigraph import Literal, NamedNode, Triple

    from rehabgraph.graph.guard import check_query

    node = NamedNode(f"{QUESTIONS}#{question.name}")
    kind, text = _FORMS[check_query(question.sparql, BASE).form]

    def say(subject: NamedNode, term: str, value: object) -> Triple:
        prefix, _, name = term.partition(":")
        plain = isinstance(value, (NamedNode, Literal))
        return Triple(
            subject,
            NamedNode(CATALOGUE_PREFIXES[prefix] + name),
            value if plain else Literal(value, language="en"),  # type: ignore[arg-type]
        )

    yield say(node, "rdf:type", NamedNode(CATALOGUE_PREFIXES["schema"] + "Question"))
    yield say(node, "rdf:type", NamedNode(CATALOGUE_PREFIXES["sh"] + kind))
    yield say(node, "rdfs:label", question.title)
    yield say(node, "rdfs:comment", question.question)
    yield say(node, f"sh:{text}", Literal(question.sparql))
    yield say(node, "schema:isPartOf", NamedNode(QUESTIONS))
    for tag in dict.fromkeys((question.theme, *question.tags)):
        if tag:
            yield say(node, "schema:keywords", tag)
    for note in question.notes:
        yield say(node, "skos:note", note)
    for order, param in enumerate(question.params):
        slot = NamedNode(f"{node.value}/{param.name}")
        yield say(node, "sh:parameter", slot)
        yield say(slot, "rdf:type", NamedNode(CATALOGUE_PREFIXES["sh"] + "Parameter"))
        yield say(slot, "sh:path", NamedNode(f"{QUESTIONS}#{param.name}"))
        yield say(slot, "sh:name", Literal(param.name))
        yield say(slot, "sh:description", param.text)
        yield say(slot, "sh:order", Literal(order))
        yield say(slot, "sh:optional", Literal(not param.required))
        yield from (say(slot, "sh:" + k, NamedNode(v)) for k, v in _constrain(param))


def _constrain(param: Param) -> Iterator[tuple[str, str]]:
    """Yield which values a parameter takes: a datatype, or an address."""
    types = {"date": "date", "integer": "integer", "text": "string"}
    if param.type in types:
        yield "datatype", PREFIXES["xsd"] + types[param.type]
    else:
        yield "nodeKind", CATALOGUE_PREFIXES["sh"] + "IRI"

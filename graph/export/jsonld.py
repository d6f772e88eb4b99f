"""The graph as JSON-LD 1.1 in the words of our context, which stands in the file itself.

A reader needs no network: the context is written out, not named by an address. One named
graph follows another, one node a line; whole numbers and truth values are JSON's own.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

from rehabgraph.graph.errors import OutputError
from rehabgraph.graph.export.sorting import read_sorted
from rehabgraph.graph.store import Store
from rehabgraph.ontology import FOLDER

if TYPE_CHECKING:
    from pyoxigraph import Literal, Quad

CONTEXT = "context.jsonld"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_WHOLE = re.compile("0|-?[1-9][0-9]{0,14}")
_LOCAL = re.compile(r"[A-Za-z_][\w-]*")


class Context:
    """The context read backwards: from addresses to the words for them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        entries = {k: v for k, v in document.items() if not k.startswith("@")}
        self.prefixes = {
            name: value
            for name, value in entries.items()
            if isinstance(value, str) and value.endswith(("#", "/"))
        }
        self.words: dict[str, str] = {}
        self.types: dict[str, str] = {}
        for name, value in entries.items():
            iri = value if isinstance(value, str) else value["@id"]
            if iri.startswith("@") or name in self.prefixes:
                continue
            self.words[self.expand(iri)] = name
            if not isinstance(value, str) and "@type" in value:
                self.types[name] = self.expand(value["@type"])

    def expand(self, text: str) -> str:
        """Return the address that a short form stands for."""
        prefix, colon, rest = text.partition(":")
        return self.prefixes[prefix] + rest if colon and prefix in self.prefixes else text

    def shorten(self, iri: str) -> str:
        """Return the word for an address, or prefix and name, or the address."""
        if iri in self.words:
            return self.words[iri]
        for prefix, base in self.prefixes.items():
            if iri.startswith(base) and _LOCAL.fullmatch(iri[len(base) :]):
                return f"{prefix}:{iri[len(base) :]}"
        return self.check(iri)

    def check(self, iri: str) -> str:
        """Return a whole address, unless a reader would take its start for a prefix."""
        scheme, _, rest = iri.partition(":")
        if not rest.startswith("//") and (scheme in self.prefixes or scheme in self.document):
            raise OutputError(f"<{iri}> would be read as a short form in JSON-LD; use nquads")
        return iri

    def value(self, word: str, term: Any) -> Any:  # noqa: ANN401
        """Return the object of a statement as JSON under a word of the context."""
        from pyoxigraph import BlankNode, Literal, NamedNode

        wanted = self.types.get(word)
        if isinstance(term, (NamedNode, BlankNode)):
            iri = self.check(term.value) if isinstance(term, NamedNode) else str(term)
            return iri if wanted == "@id" else {"@id": iri}
        if not isinstance(term, Literal):
            raise OutputError("JSON-LD has no form for a statement about a statement; use nquads")
        if term.direction or term.language:
            with_direction = {"@direction": str(term.direction)} if term.direction else {}
            return {"@value": term.value, "@language": term.language, **with_direction}
        kind = term.datatype.value
        if kind == f"{_XSD}string":
            return {"@value": term.value} if wanted else term.value
        if kind != wanted:
            return {"@value": term.value, "@type": self.shorten(kind)}
        return _plain_value(kind, term)


def _plain_value(kind: str, term: "Literal") -> str | int | bool:
    """Return a literal of the very type that its word has: JSON's own number or truth value."""
    if kind == f"{_XSD}boolean" and term.value in ("true", "false"):
        return term.value == "true"
    if kind in (f"{_XSD}integer", f"{_XSD}decimal") and _WHOLE.fullmatch(term.value):
        return int(term.value)
    return term.value


def read_context() -> Context:
    """Return the context of the graph.

    >>> read_context().shorten("https://w3id.org/rehabgraph/ontology#awardedTo")
    'awardedTo'
    """
    document = json.loads((FOLDER / CONTEXT).read_text(encoding="utf-8"))
    return Context(document["@context"])


def write_jsonld(store: Store, out: IO[bytes]) -> None:
    """Write every statement as JSON-LD, the context first, then one object a named graph.

    Raises:
        OutputError: an address or a statement has no form in JSON-LD.
    """
    context = read_context()
    out.write(b'{"@context": ' + _dump(context.document) + b',\n"@graph": [')
    comma = b""
    for name, quads in groupby(read_sorted(store, by_graph=True), lambda q: q.graph_name):
        iri = getattr(name, "value", "")
        if iri:
            iri = context.check(iri) if str(name).startswith("<") else str(name)
            out.write(comma + b'\n{"id": ' + _dump(iri) + b', "@graph": [')
            comma = b""
        for node in _nodes(context, quads):
            out.write(comma + b"\n" + _dump(node))
            comma = b","
        if iri:
            out.write(b"\n]}")
            comma = b","
    out.write(b"\n]}\n")


def _nodes(context: Context, quads: "Iterator[Quad]") -> Iterator[dict[str, Any]]:
    from pyoxigraph import NamedNode

    for subject, statements in groupby(quads, lambda q: q.subject):
        named = isinstance(subject, NamedNode)
        node: dict[str, Any] = {"id": context.check(subject.value) if named else str(subject)}
        for predicate, group in groupby(statements, lambda q: q.predicate.value):
            terms = [q.object for q in group]
            kinds = [context.shorten(t.value) for t in terms if isinstance(t, NamedNode)]
            if predicate == _TYPE and len(kinds) == len(terms):
                node["type"] = kinds
                continue
            word = context.shorten(predicate)
            values = [context.value(word, t) for t in terms]
            node[word] = values[0] if len(values) == 1 else values
        yield node


def _dump(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False)
    for mark in "<>&\u2028\u2029":  # so that the text can stand inside a page
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text.encode("utf-8", "replace")

"""The terms of the ontology, read from its files, for pages that explain them.

One `Term` a class or property, one `Scheme` a list of concepts. What a term leads to is said by
short names: `rg:Contract`, `org:Organization`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from rehabgraph.ontology import FOLDER, PREFIXES, RG, shorten_term

if TYPE_CHECKING:
    from pyoxigraph import NamedNode, Store

FILES = ("rehab.ttl", "schemes.ttl", "alignment.ttl")
MORE_PREFIXES = {
    **PREFIXES,
    "epo": "http://data.europa.eu/a4g/ontology#",
    "rov": "http://www.w3.org/ns/regorg#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "ocds": "http://data.tbfy.eu/ontology/ocds#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "oa": "http://www.w3.org/ns/oa#",
    "pav": "http://purl.org/pav/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "vann": "http://purl.org/vocab/vann/",
}
"""Prefix → namespace of every vocabulary that the ontology or its alignment names."""
KINDS = {
    "owl:Class": "class",
    "owl:ObjectProperty": "property to a thing",
    "owl:DatatypeProperty": "property to a value",
    "owl:AnnotationProperty": "annotation",
}
MATCHES = {
    "skos:closeMatch": "close to",
    "skos:broadMatch": "narrower than",
    "skos:relatedMatch": "related to",
}


@dataclass(frozen=True, slots=True)
class Match:
    """How a term of ours compares with one of another vocabulary.

    Attributes:
        how: the kind of match, in words.
        other: short name of the other term.
        why: the reason, in one sentence.
    """

    how: str
    other: str
    why: str


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of ours; terms it leads to are short names.

    Attributes:
        name: name without prefix, as `Contract`.
        kind: one of the words of `KINDS`.
        domains: classes that it may be said of; none where that is open on purpose.
        ranges: classes or datatypes of its values; none where that is open on purpose.
        above: classes or properties that it is below.
        known_by: property and value by which a member is told, for a defined class.
        edge: properties that hold the ends and the label of an edge, by `edgeSource` and so on.
    """

    name: str
    kind: str
    label: str
    definition: str
    example: str
    notes: tuple[str, ...]
    domains: tuple[str, ...]
    ranges: tuple[str, ...]
    above: tuple[str, ...]
    source: str
    known_by: tuple[str, str] | None
    edge: tuple[tuple[str, str], ...]
    matches: tuple[Match, ...]

    @property
    def iri(self) -> str:
        """The term's address."""
        return RG + self.name


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list of concepts; each is a notation, a label and a definition."""

    name: str
    title: str
    definition: str
    concepts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms in order of their labels, all lists, and what the header says."""

    terms: tuple[Term, ...]
    schemes: tuple[Scheme, ...]
    header: tuple[tuple[str, str], ...]
    others: tuple[str, ...]
    """Terms of other vocabularies that the ontology declares."""

    def find(self, name: str) -> Term:
        """Return the term of a name without prefix.

        Raises:
            KeyError: there is none.
        """
        return {term.name: term for term in self.terms}[name]


def _short(iri: str) -> str:
    return shorten_term(iri, MORE_PREFIXES)


def expand_term(short: str) -> str:
    """Return the address of a short name; an address stays as it is.

    >>> expand_term("org:Site")
    'http://www.w3.org/ns/org#Site'
    """
    prefix, _, name = short.partition(":")
    return MORE_PREFIXES[prefix] + name if prefix in MORE_PREFIXES else short


@cache
def read_vocabulary() -> Vocabulary:
    """Return the terms of the packaged ontology.

    >>> read_vocabulary().find("lot").ranges
    ('rg:Lot',)
    """
    from pyoxigraph import RdfFormat, Store

    store = Store()
    for name in FILES:
        store.load((FOLDER / name).read_bytes(), format=RdfFormat.TURTLE)
    reader = _Reader(store)
    terms = [t for kind in KINDS for t in reader.read_terms(kind)]
    return Vocabulary(
        terms=tuple(sorted(terms, key=lambda t: (t.label.casefold(), t.name))),
        schemes=tuple(sorted(reader.read_schemes(), key=lambda s: s.title)),
        header=tuple(reader.read_header()),
        others=tuple(reader.list_others()),
    )


class _Reader:
    """Reads terms from a store that holds the files."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._why = {
            tuple(self._one(axiom, f"owl:annotated{p}") for p in ("Source", "Property", "Target")):
                self._one(axiom, "rdfs:comment")
            for axiom in self._subjects("rdf:type", "owl:Axiom")
        }  # fmt: skip

    def read_terms(self, kind: str) -> Iterator[Term]:
        """Yield our terms of a kind, as `owl:Class`."""
        for node in self._subjects("rdf:type", kind):
            short = _short(getattr(node, "value", ""))
            if short.startswith("rg:") and self._all(node, "rdfs:isDefinedBy"):
                yield self._read_term(node, short, KINDS[kind])

    def _read_term(self, node: Any, short: str, kind: str) -> Term:  # noqa: ANN401 - a node
        above = self._all(node, "rdfs:subClassOf") + self._all(node, "rdfs:subPropertyOf")
        edges = ("rg:edgeSource", "rg:edgeTarget", "rg:edgeLabel")
        return Term(
            name=short.removeprefix("rg:"),
            kind=kind,
            label=self._one(node, "rdfs:label"),
            definition=self._one(node, "skos:definition"),
            example=self._one(node, "skos:example"),
            notes=tuple(self._all(node, "skos:scopeNote")),
            domains=tuple(self._classes(node, "rdfs:domain")),
            ranges=tuple(self._classes(node, "rdfs:range")),
            above=tuple(above),
            source=expand_term(self._one(node, "dcterms:source")),
            known_by=self._known_by(node),
            edge=tuple((e.removeprefix("rg:"), v) for e in edges for v in self._all(node, e)),
            matches=tuple(
                Match(words, other, self._why[short, match, other])
                for match, words in MATCHES.items()
                for other in self._all(node, match)
            ),
        )

    def read_schemes(self) -> Iterator[Scheme]:
        """Yield every list of concepts that stands in the files."""
        for node in self._subjects("rdf:type", "skos:ConceptScheme"):
            concepts = [
                (self._one(c, "skos:notation"), self._one(c, "skos:prefLabel"),
                 self._one(c, "skos:definition"))
                for c in self._subjects("skos:inScheme", node)
            ]  # fmt: skip
            name = node.value.rsplit("/", 1)[-1]
            title, meaning = self._one(node, "skos:prefLabel"), self._one(node, "skos:definition")
            yield Scheme(name, title, meaning, tuple(sorted(concepts)))

    def read_header(self) -> Iterator[tuple[str, str]]:
        """Yield property and value of the ontology's own header."""
        node = self._node(RG.rstrip("#"))
        for quad in self._store.quads_for_pattern(node, None, None, None):
            yield _short(quad.predicate.value), str(getattr(quad.object, "value", ""))

    def list_others(self) -> list[str]:
        """Return the terms of others that are declared."""
        found = {
            _short(node.value)
            for kind in KINDS
            for node in self._subjects("rdf:type", kind)
            if ":" in node.value and not node.value.startswith(RG)
        }
        return sorted(found)

    def _known_by(self, node: Any) -> tuple[str, str] | None:  # noqa: ANN401 - a node
        """Return by which value of which property a member of a defined class is told."""
        for same in self._objects(node, "owl:equivalentClass"):
            for part in self._list(self._objects(same, "owl:intersectionOf")[0]):
                if self._objects(part, "owl:hasValue"):
                    return self._one(part, "owl:onProperty"), self._one(part, "owl:hasValue")
        return None

    def _classes(self, node: Any, predicate: str) -> list[str]:  # noqa: ANN401 - a node
        """Return the classes that a domain or range names, those of a union one by one."""
        found: list[str] = []
        for value in self._objects(node, predicate):
            union = self._objects(value, "owl:unionOf")
            values = self._list(union[0]) if union else [value]
            found += [_short(v.value) for v in values]
        return found

    def _list(self, head: Any) -> list[Any]:  # noqa: ANN401 - a node
        found = []
        while first := self._objects(head, "rdf:first"):
            found.append(first[0])
            [head] = self._objects(head, "rdf:rest")
        return found

    def _one(self, node: Any, predicate: str) -> str:  # noqa: ANN401 - a node
        return next(iter(self._all(node, predicate)), "")

    def _all(self, node: Any, predicate: str) -> list[str]:  # noqa: ANN401 - a node
        return sorted(_short(o.value) for o in self._objects(node, predicate))

    def _objects(self, node: Any, predicate: str) -> list[Any]:  # noqa: ANN401 - a node
        property_ = self._node(expand_term(predicate))
        return [q.object for q in self._store.quads_for_pattern(node, property_, None, None)]

    def _subjects(self, predicate: str, target: Any) -> list[Any]:  # noqa: ANN401 - a node
        value = self._node(expand_term(target)) if isinstance(target, str) else target
        property_ = self._node(expand_term(predicate))
        return [q.subject for q in self._store.quads_for_pattern(None, property_, value, None)]

    def _node(self, iri: str) -> "NamedNode":
        from pyoxigraph import NamedNode

        return NamedNode(iri)

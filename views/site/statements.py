"""Every statement of the graph, read once into plain dictionaries: pages are made from these."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from rehabgraph.graph.store import Iri, Store
from rehabgraph.ontology import ID, PREFIXES, shorten_term
from rehabgraph.queries.resolve import kind_of

ALL = "SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }"
OWNERS = {
    "participation": "rg:contract",
    "name": "rg:nameOf",
    "evidence": "rg:supports",
    "line": "dcterms:isPartOf",
    "term": "rg:round",
    "policy-link": "rg:policy",
    "crc-coverage": "rg:crcArea",
    "crc-owner": "rg:crcArea",
    "lineage": "rg:crcArea",
    "commissioning": "rg:region",
    "party": "rg:agreement",
    "role": "rg:person",
    "relation": "rg:subject",
    "intervention-partner": "rg:intervention",
}
"""Kinds of row that stand on the page of another thing → the property that names it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands: source, place in it, what is printed there, and for what."""

    source: str
    locator: str
    printed: str
    about: str = ""


class Statements:
    """What is said of each thing, and what names it.

    Properties are short, as `rg:lot`; things are whole addresses.
    """

    def __init__(self, store: Store) -> None:
        found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        into: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in store.select(ALL):
            subject, property_ = str(row["s"]), shorten_term(str(row["p"]))
            found[subject][property_].append(row["o"])
            if isinstance(row["o"], Iri):
                into[str(row["o"])].append((property_, subject))
        self.of: dict[str, dict[str, tuple[Any, ...]]] = {
            s: {p: tuple(sorted(v, key=_order)) for p, v in sorted(ps.items())}
            for s, ps in found.items()
        }
        self.into: dict[str, tuple[tuple[str, str], ...]] = {
            thing: tuple(sorted(pairs)) for thing, pairs in into.items()
        }
        self.kinds: dict[str, list[str]] = defaultdict(list)
        for subject in sorted(self.of):
            if subject.startswith(ID) and "#" not in subject:
                self.kinds[kind_of(subject)].append(subject)

    def get(self, thing: str, property_: str) -> Any:  # noqa: ANN401
        """Return the first value of a property, or None."""
        values = self.of.get(thing, {}).get(property_, ())
        return values[0] if values else None

    def all(self, thing: str, property_: str) -> tuple[Any, ...]:
        """Return every value of a property."""
        return self.of.get(thing, {}).get(property_, ())

    def naming(self, thing: str, property_: str, kind: str = "") -> list[str]:
        """Return the things that name a thing by a property, of one kind where it is given."""
        return [
            s
            for p, s in self.into.get(thing, ())
            if p == property_ and s.startswith(ID) and (not kind or kind_of(s) == kind)
        ]

    def citations(self, thing: str) -> list[Citation]:
        """Return where a thing stands: its own place first, then further ones."""
        found = [self._cite(c, "") for c in self.all(thing, "rg:citation")]
        for more in self.naming(thing, "rg:supports"):
            about = ", ".join(str(a) for a in self.all(more, "rg:aboutColumn"))
            found += [self._cite(c, about) for c in self.all(more, "rg:citation")]
        return list(dict.fromkeys(found))

    def owner(self, thing: str) -> str:
        """Return the thing on whose page another is shown; itself where it has its own page."""
        property_ = OWNERS.get(kind_of(thing))
        if property_ is None:
            return str(self.get(thing, "skos:inScheme") or thing) if self.is_term(thing) else thing
        above = self.get(thing, property_)
        return self.owner(str(above)) if above is not None and str(above) != thing else thing

    def is_term(self, thing: str) -> bool:
        """Say whether a thing is a term of a scheme and nothing more."""
        types = self.all(thing, "rdf:type")
        return bool(types) and all(t == PREFIXES["skos"] + "Concept" for t in types)

    def head(self, property_: str) -> str:
        """Return what a property is called, at the head of a column."""
        label = self.label(property_)
        return label[:1].upper() + label[1:]

    def label(self, property_: str) -> str:
        """Return what a property is called."""
        prefix, _, name = property_.partition(":")
        own = self.get(PREFIXES.get(prefix, "") + name, "rdfs:label")
        return str(own) if own else FOREIGN.get(property_, name)

    def _cite(self, citation: str, about: str) -> Citation:
        return Citation(
            str(self.get(citation, "prov:wasDerivedFrom") or ""),
            str(self.get(citation, "rg:locator") or ""),
            " | ".join(str(p) for p in self.all(citation, "rg:printed")),
            about,
        )


FOREIGN = {
    "schema:startDate": "first day",
    "schema:endDate": "last day",
    "geo:sfWithin": "lies in",
    "rdfs:label": "name",
    "rdfs:comment": "remark",
    "skos:altLabel": "also called",
    "skos:notation": "code",
    "skos:definition": "meaning",
    "skos:prefLabel": "name",
    "skos:broader": "part of",
    "skos:scopeNote": "remark",
    "dcterms:issued": "published",
    "dcterms:type": "kind",
    "dcterms:rights": "licence",
    "dcterms:isPartOf": "part of",
    "schema:url": "address",
    "prov:wasAttributedTo": "said by",
    "wgs:lat": "latitude",
    "wgs:long": "longitude",
}
"""Terms of other vocabularies, in our words."""


def _order(value: object) -> tuple[str, str]:
    return type(value).__name__, value.isoformat() if isinstance(value, date) else str(value)

"""Organisations as matching sees them: their names, their numbers, and what stands between them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.identity.forms import Form, name_words, read_forms, read_number
from rehabgraph.queries.identity.same import is_recorded

NAMES: Mapping[str, str] = {
    "name": "SELECT ?thing ?text WHERE { ?thing a rg:Organisation ; rdfs:label ?text }",
    "legal": "SELECT ?thing ?text WHERE { ?thing a rg:Organisation ; rg:legalName ?text }",
    "printed": "SELECT ?thing ?text WHERE { ?thing a rg:Organisation ; skos:altLabel ?text }",
}
"""How a name is borne → the statement that says so; one at a time is fast on large stores."""
FURTHER = """SELECT ?thing ?text ?kind WHERE {
  ?name rg:nameOf ?thing ; rdfs:label ?text ; rg:nameKind ?k . ?k skos:notation ?kind }"""
NUMBERS = "SELECT ?thing ?text WHERE { ?thing a rg:Organisation ; rg:identifier ?text }"
CODES = "SELECT ?thing ?text WHERE { ?thing a rg:Organisation ; rg:mojCode ?text }"
RELATIONS = """SELECT ?one ?other ?how WHERE {
  ?relation a rg:Relation ; rg:subject ?one ; rg:object ?other ; rg:relationKind ?k .
  ?k skos:prefLabel ?how }"""
PROPOSED = """SELECT ?match ?one ?other ?reason WHERE {
  ?match a rg:ProposedMatch ; rg:subject ?one ; rg:object ?other ; rg:matchReason ?reason }"""
PLACES = """SELECT ?text WHERE {
  { ?place a rg:ProbationRegion } UNION { ?place a rg:PoliceArea } UNION
  { ?place a rg:DeliveryUnit } ?place rdfs:label ?text }"""
TOWNS = "SELECT ?text WHERE { ?site rg:town ?text }"
_NO_PLACE = frozenset(("and", "of", "the", "for", "in", "on", "upon", "service", "st"))


@dataclass(frozen=True)
class Party:
    """One organisation: its address, its names by how it bears them, its numbers and codes."""

    iri: str
    names: tuple[tuple[str, str], ...]
    identifiers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its first name in common use."""
        return next((text for text, how in self.names if how == "name"), self.iri)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Its names as they are compared; of equal ones that which it bears most firmly."""
        found: dict[str, Form] = {}
        for text, how in self.names:
            for form in read_forms(text, how):
                found.setdefault(form.key, form)
        return tuple(found.values())

    @cached_property
    def numbers(self) -> Mapping[str, frozenset[str]]:
        """Scheme → its numbers in it, in one spelling."""
        found: dict[str, set[str]] = {}
        for scheme, number in filter(None, map(read_number, self.identifiers)):
            found.setdefault(scheme, set()).add(number)
        return {scheme: frozenset(numbers) for scheme, numbers in found.items()}

    @cached_property
    def rank(self) -> tuple[bool, bool, str]:
        """Its place among equals: the record's, then those with a number, then by address."""
        return not is_recorded(self.iri), not self.identifiers, self.iri


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside names and numbers.

    Attributes:
        places: words that name a place: a difference in them alone is a difference.
        related: pair of addresses, sorted → how the record relates the two.
        proposed: pair of addresses, sorted → proposals of imports: address and reason.
    """

    places: frozenset[str] = frozenset()
    related: Mapping[tuple[str, str], str] = field(default_factory=dict)
    proposed: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)


def pair_of(one: str, other: str) -> tuple[str, str]:
    """Return two addresses in the one order in which a pair of them is known.

    >>> pair_of("b", "a")
    ('a', 'b')
    """
    return (one, other) if one < other else (other, one)


def place_words(names: Iterable[str]) -> frozenset[str]:
    """Return the words of names of places.

    >>> sorted(place_words(["Avon and Somerset", "North West"]))
    ['avon', 'north', 'somerset', 'west']
    """
    return frozenset(w for name in names for w in name_words(name)) - _NO_PLACE


def read_parties(store: Store) -> list[Party]:
    """Return every organisation of a store, in order of address."""
    names: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for how, query in NAMES.items():
        for row in sorted((str(r["thing"]), str(r["text"])) for r in _ask(store, query)):
            names[row[0]][(row[1], how)] = None
    for thing, text, kind in sorted(
        (str(r["thing"]), str(r["text"]), str(r["kind"])) for r in _ask(store, FURTHER)
    ):
        names[thing][(text, kind)] = None
    numbers, codes = _by_thing(store, NUMBERS), _by_thing(store, CODES)
    return [
        Party(iri, tuple(names[iri]), numbers.get(iri, ()), codes.get(iri, ()))
        for iri in sorted(names)
        if iri.startswith(f"{ID}organisation/")
    ]


def read_known(store: Store) -> Known:
    """Return the places, the relations and the proposals of a store."""
    proposed: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for r in _ask(store, PROPOSED):
        pair = pair_of(str(r["one"]), str(r["other"]))
        proposed.setdefault(pair, []).append((str(r["match"]), str(r["reason"])))
    related = sorted(
        (pair_of(str(r["one"]), str(r["other"])), str(r["how"]).lower())
        for r in _ask(store, RELATIONS)
    )
    places = [str(r["text"]) for query in (PLACES, TOWNS) for r in _ask(store, query)]
    return Known(
        place_words(places), dict(related), {p: tuple(sorted(f)) for p, f in proposed.items()}
    )


def _by_thing(store: Store, query: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for r in _ask(store, query):
        found.setdefault(str(r["thing"]), []).append(str(r["text"]))
    return {thing: tuple(sorted(texts)) for thing, texts in found.items()}


def _ask(store: Store, query: str) -> list[dict[str, object]]:
    return store.select(PREFIXES + query)

"""Names to things: what a person types becomes the one thing that bears the name.

A name is compared without regard to case, punctuation, `&` or a leading "the". When two
things bear it, or none does, the answer says so and lists the nearest; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from rehabgraph.graph.errors import UnknownName
from rehabgraph.graph.store import Store
from rehabgraph.ontology import ID

NAMES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rg: <https://w3id.org/rehabgraph/ontology#>
SELECT ?thing ?name ?how WHERE {
  { ?thing rdfs:label ?name . FILTER NOT EXISTS { ?thing a rg:Name } BIND("name" AS ?how) }
  UNION { ?thing skos:prefLabel ?name . BIND("name" AS ?how) }
  UNION { ?thing skos:altLabel|skos:notation|rg:regionCode|rg:legalName|rg:reference ?name .
          BIND("alias" AS ?how) }
  UNION { ?n rg:nameOf ?thing ; rdfs:label ?name . BIND("alias" AS ?how) }
  UNION { ?thing rg:citation ?any . BIND("" AS ?name) BIND("address" AS ?how) }
} ORDER BY ?thing DESC(?how) ?name
"""
"""Every name in the graph, with the thing that bears it."""


def fold(name: str) -> str:
    """Return a name as it is compared.

    >>> fold("Yorkshire & The Humber"), fold("The Women’s Centre, Cornwall")
    ('yorkshire and the humber', 'womens centre cornwall')
    """
    text = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    text = "".join(c for c in text if not unicodedata.combining(c))  # Môn is Mon
    text = re.sub(r"['’‘`´]", "", text)
    text = re.sub(r"[\W_]+", " ", text).strip()
    return text.removeprefix("the ")


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that a search found: its address, the name that matched and how well (0–100)."""

    iri: str
    name: str
    label: str
    score: float

    @property
    def kind(self) -> str:
        """Kind of the thing: the part of its address before the id."""
        return kind_of(self.iri)


def kind_of(iri: str) -> str:
    """Return the kind in a thing's address.

    >>> kind_of("https://w3id.org/rehabgraph/id/award/day-one-l050")
    'award'
    """
    return iri.removeprefix(ID).rsplit("/", 1)[0]


@dataclass(slots=True)
class NameIndex:
    """Every name in the graph and the things that bear it."""

    labels: dict[str, str] = field(default_factory=dict)
    """Address → first name in common use."""
    by_fold: dict[str, dict[str, str]] = field(default_factory=dict)
    """Folded name → address → the name as it stands."""
    same: dict[str, str] = field(default_factory=dict)
    """Address of an organisation → the one that it is by judgement."""

    def add(self, iri: str, name: str) -> None:
        """Add one name of a thing."""
        if folded := fold(name):
            self.by_fold.setdefault(folded, {}).setdefault(iri, name)

    def resolve(self, text: str, kinds: Iterable[str] = ()) -> str:
        """Return the address of the one thing that `text` names.

        Args:
            text: a name, an id (`ingeus`), `kind/id`, or a whole address.
            kinds: kinds of thing to look among; all when empty.

        Raises:
            UnknownName: nothing bears the name, or several things do.
        """
        kinds = tuple(kinds)
        for whole in [text, ID + text, *(f"{ID}{kind}/{text}" for kind in kinds)]:
            iri = self.same.get(whole, whole)
            if iri in self.labels and (not kinds or kind_of(iri) in kinds):
                return iri
        bearers = {
            iri: name
            for iri, name in self.by_fold.get(fold(text), {}).items()
            if not kinds or kind_of(iri) in kinds
        }
        exact = [iri for iri, name in bearers.items() if name == text]
        own = [iri for iri in bearers if fold(self.labels.get(iri, "")) == fold(text)]
        record = [iri for iri in bearers if _OF_RECORD.fullmatch(iri.rsplit("/", 1)[-1])]
        for group in (exact, own, list(bearers), record):
            if len(group) == 1:
                return group[0]
        if not bearers and not kinds:
            own_id = f"/{text}".casefold()
            ids = [i for i in (*self.labels, *self.same) if i.casefold().endswith(own_id)]
            if len(ids) == 1:
                return self.same.get(ids[0], ids[0])
        raise UnknownName(self._miss(text, kinds, list(bearers)))

    def _miss(self, text: str, kinds: tuple[str, ...], bearers: list[str]) -> str:
        what = " or ".join(kinds) if kinds else "thing"
        if bearers:
            several = " or ".join(f"{i.removeprefix(ID)} ({self.labels[i]})" for i in bearers[:4])
            return f"{text!r} names {len(bearers)} things: {several}; give the id instead"
        near = list(dict.fromkeys(f.label for f in self.find(text, limit=6, kinds=kinds)))[:3]
        hint = "; did you mean " + " or ".join(near) + "?" if near else ""
        all_labels = sorted({n for i, n in self.labels.items() if kinds and kind_of(i) in kinds})
        if not near and 0 < len(all_labels) <= FEW:
            hint = f"; there are: {'; '.join(all_labels)}"
        return f"no {what} is called {text!r}{hint} ('find' searches, 'list' shows all)"

    def find(self, text: str, limit: int = 10, kinds: tuple[str, ...] = ()) -> list[Found]:
        """Return the things whose names come nearest to `text`, best first.

        The score is rapidfuzz's WRatio over folded names, 100 for an equal one.
        """
        from rapidfuzz import fuzz, process

        wanted = fold(text)
        names = [
            name
            for name, things in self.by_fold.items()
            if (not kinds or any(kind_of(i) in kinds for i in things))
            # a code of a letter or three lies inside nearly every word, and says nothing there
            and (len(name) > 3 or 2 * len(name) >= len(wanted))
        ]
        best: dict[str, Found] = {}
        for name, score, _ in process.extract(wanted, names, scorer=fuzz.WRatio, limit=60):
            for iri, as_written in self.by_fold[name].items():
                if kinds and kind_of(iri) not in kinds:
                    continue
                near = score if score < 100 or name == wanted else 99.0
                if iri not in best or best[iri].score < near:
                    best[iri] = Found(iri, as_written, self.labels[iri], near)
        least = max([60.0, *(f.score - FAR for f in best.values())])
        found = [f for f in best.values() if f.score >= least]
        found.sort(key=lambda f: (-f.score, _KIND_ORDER.get(f.kind, 9), f.label))
        return found[:limit]


_OF_RECORD = re.compile(r"[a-z0-9-]+")
"""Ids of the record; imported things, whose ids have other letters too, come after them."""
_IN_BRACKETS = re.compile(r"\(([A-Z][A-Z0-9]+)\)$")
"""The short form at the end of a name: people type it alone."""
FEW = 16
"""Where no name is near, so many are told in full; more are left to `list`."""
FAR = 20
"""What scores so much less than the best is not shown."""
_KIND_ORDER = {"organisation": 0, "region": 1, "area": 2, "lot": 3, "policy": 4, "contract": 5}


def read_names(store: Store) -> NameIndex:
    """Return the index of every name in a store; organisations that are judged one are one."""
    from rehabgraph.queries.identity.same import read_identity

    identity = read_identity(store)
    index = NameIndex(same=identity.joined())
    for row in store.select(NAMES):  # the names in common use come before the aliases
        iri, name = str(row["thing"]), str(row["name"])
        if iri.startswith(ID):
            if iri in index.same:
                iri = index.same[iri]
            else:
                index.labels.setdefault(iri, name or iri.removeprefix(ID))  # a row without a name
            index.add(iri, name)
            if short := _IN_BRACKETS.search(name):
                index.add(iri, short[1])
    return index

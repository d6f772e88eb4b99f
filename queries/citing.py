"""Where things stand in the sources, and what they are called: shared by the reports."""

from collections.abc import Iterable
from datetime import date

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.store import Solution, Store
from rehabgraph.ontology import ID
from rehabgraph.queries.facts import PREFIXES

PLACES = (
    PREFIXES
    + """
SELECT ?thing ?source ?locator WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing rg:citation ?c . ?c prov:wasDerivedFrom ?source ; rg:locator ?locator .
}} ORDER BY ?thing ?source ?locator"""
)

NAMES_OF = (
    PREFIXES
    + """
SELECT ?thing ?name WHERE {{
  VALUES ?thing {{ {things} }}
  ?thing rdfs:label|skos:prefLabel|rg:reference ?name .
}} ORDER BY ?thing ?name"""
)


def thing_iri(short: str) -> str:
    """Return the address of a thing from `kind/id`.

    >>> thing_iri("round/day-one")
    'https://w3id.org/rehabgraph/id/round/day-one'
    """
    return ID + short


def read_places(store: Store, things: Iterable[str]) -> dict[str, str]:
    """Return where each thing stands: `source locator`, several parted by `; `.

    Args:
        store: the graph.
        things: addresses of things; those without a citation are left out of the answer.
    """
    places: dict[str, list[str]] = {}
    for row in ask_about(store, PLACES, things):
        places.setdefault(str(row["thing"]), []).append(f"{row['source'].id} {row['locator']}")
    return {thing: "; ".join(dict.fromkeys(found)) for thing, found in places.items()}


def read_labels(store: Store, things: Iterable[str]) -> dict[str, str]:
    """Return what each thing is called, by its address; one without a name keeps its id."""
    wanted = sorted({str(t) for t in things})
    found = {str(r["thing"]): str(r["name"]) for r in reversed(ask_about(store, NAMES_OF, wanted))}
    return {thing: found.get(thing, thing.rsplit("/", 1)[-1]) for thing in wanted}


def show_date(day: date | None, precision: str | None) -> str:
    """Return a date as exactly as it is known: a day, a month, a year, or `unknown`.

    >>> show_date(date(2023, 6, 30), "month"), show_date(date(2015, 1, 1), "year")
    ('2023-06', '2015')
    >>> show_date(None, None)
    'unknown'
    """
    if day is None:
        return "unknown"
    return day.isoformat()[: {"year": 4, "month": 7}.get(precision or "day", 10)]


def ask_about(store: Store, query: str, things: Iterable[str]) -> list[Solution]:
    """Return what a query with a slot `{things}` answers about the things of this graph."""
    wanted = sorted({str(t) for t in things if str(t).startswith(ID)})
    if not wanted:
        return []
    return store.select(query.format(things=" ".join(f"<{t}>" for t in wanted)))


def take_one(value: str | Iterable[str], option: str) -> str:
    """Return the one value of an option that the command line lets repeat; empty when left out.

    >>> take_one(("Kent",), "area"), take_one("Kent", "area"), take_one((), "area")
    ('Kent', 'Kent', '')

    Raises:
        BadParameter: the option is given more than once.
    """
    values = [value] if isinstance(value, str) else list(value)
    if len(values) > 1:
        raise BadParameter(f"--{option}: give one, not {len(values)}")
    return values[0] if values else ""

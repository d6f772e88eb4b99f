"""The site of one graph: what every page needs, read once and remembered."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rehabgraph.graph.errors import RehabError, StoreError
from rehabgraph.graph.store import Iri, OxigraphStore
from rehabgraph.ontology import ID
from rehabgraph.queries.resolve import kind_of
from rehabgraph.views.pages import safe_url
from rehabgraph.views.site.content import Cell, Link
from rehabgraph.views.site.links import page_path, slug
from rehabgraph.views.site.names import Names
from rehabgraph.views.site.statements import Statements

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.report import Report


class Site:
    """The pages of one graph.

    Attributes:
        live: whether a server answers, so that forms work; False for plain files.
    """

    def __init__(self, graph: "Graph", *, live: bool) -> None:
        self.graph = _unremembered(graph)
        self.live = live
        self.lists: dict[str, list[str]] = {}
        self._reports: dict[str, Report | None] = {}

    @cached_property
    def facts(self) -> Statements:
        """Every statement."""
        return Statements(self.graph.store)

    @cached_property
    def names(self) -> Names:
        """What things are called."""
        return Names(self.facts)

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """Path of each thing's page → the thing; also of things that stand on another's page."""
        return {
            page_path(kind, thing.removeprefix(f"{ID}{kind}/")): thing
            for kind, things in self.facts.kinds.items()
            for thing in things
        }

    @cached_property
    def own_pages(self) -> tuple[str, ...]:
        """The things that have a page of their own, in order of address."""
        return tuple(t for t in self.pages.values() if self.facts.owner(t) == t)

    def to(self, thing: str) -> str:
        """Return where a thing is shown: its page, or its place on the page of another."""
        if not thing.startswith(ID):
            return safe_url(thing)
        thing = thing.partition("#")[0]
        if thing not in self.facts.of:
            return ""
        owner = self.facts.owner(thing)
        kind = kind_of(owner)
        path = page_path(kind, owner.removeprefix(f"{ID}{kind}/"))
        if owner == thing or kind_of(thing) == "line":
            return path
        return f"{path}#{'evidence' if kind_of(thing) == 'evidence' else anchor(thing)}"

    def link(self, thing: str, *, long: bool = False) -> Link:
        """Return the name of a thing, leading to it."""
        return Link(self.names.long(thing) if long else self.names(thing), self.to(thing))

    def cell(self, values: tuple[Any, ...], property_: str = "") -> Cell:
        """Return the values of a property, things among them leading to their pages."""
        if not values:
            return (Link("unknown"),)
        return tuple(
            (self.link(str(v)) if str(v).startswith(ID) else Link(str(v), safe_url(str(v))))
            if isinstance(v, Iri)
            else Link(self.names.value(v, property_), safe_url(str(v)))
            for v in values
        )

    def evidence(self, thing: str) -> Cell:
        """Return where a thing stands, each place leading to that place of its source."""
        places = (self.place(c.source, c.locator) for c in self.facts.citations(thing))
        return tuple(dict.fromkeys(places))[:3]

    def place(self, source: str, locator: str) -> Link:
        """Return a place in a source, leading to it on the source's page."""
        to = self.to(source)
        at = f"#{place_anchor(locator)}" if to and locator else ""
        return Link(f"{source.rsplit('/', 1)[-1]} {locator}", f"{to}{at}")

    def report(self, name: str, **options: Any) -> "Report | None":  # noqa: ANN401
        """Return a report by name, remembered; None where it cannot be made of this graph."""
        key = f"{date.today()} {name} {sorted(options.items())}"
        if key not in self._reports:
            try:
                self._reports[key] = self.graph.report(name, **options)
            except StoreError:  # nothing can be said of it: the store is away
                raise
            except RehabError:
                self._reports[key] = None
        return self._reports[key]


def anchor(thing: str) -> str:
    """Return the fragment of a thing that stands on another's page.

    >>> anchor("https://w3id.org/rehabgraph/id/name/ingeus-uk")
    'name--ingeus-uk'
    """
    kind = kind_of(thing)
    return f"{slug(kind)}--{slug(thing.removeprefix(f'{ID}{kind}/'))}"


def place_anchor(locator: str) -> str:
    """Return the fragment of a place on the page of its source.

    >>> place_anchor("L50")
    'at-L50'
    """
    return f"at-{slug(locator)}"


_LIVE: "WeakKeyDictionary[Graph, Site]" = WeakKeyDictionary()


def live_site(graph: "Graph") -> Site:
    """Return the served site of a graph, made when first asked for."""
    if graph not in _LIVE:
        _LIVE[graph] = Site(graph, live=True)
    return _LIVE[graph]


def _unremembered(graph: "Graph") -> "Graph":
    """Return the graph on a store that keeps no answers on disk: pages ask too many questions."""
    from rehabgraph.graph.answers import RememberingStore
    from rehabgraph.queries.graph import Graph

    if not isinstance(graph.store, RememberingStore):
        return graph
    return Graph(OxigraphStore(graph.store.raw, graph.store.path))

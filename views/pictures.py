"""Every picture by the name that people type: from the open graph to the text of a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rehabgraph.graph.errors import BadParameter
from rehabgraph.queries.facts import award_iri, contract_iri, read_sources

if TYPE_CHECKING:
    from datetime import date

    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.market import Filters, Market
    from rehabgraph.queries.pictures.network import Picture
    from rehabgraph.queries.pictures.tiles import TileMap
    from rehabgraph.queries.pictures.timeline import Timeline
    from rehabgraph.queries.report import SourceRef

NETWORKS = ("delivery", "subcontractors", "partnerships", "policies", "all")
SQUARES = ("lot", "holders", "concentration")
OWN_OPTIONS = {"by": "map", "within": "timeline", "of": "network"}
"""Option → the one picture that has it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader can ask of a picture besides the filters; empty or 0 where nothing is asked.

    Attributes:
        by: what the squares of the map show, one of `SQUARES`.
        within: how long after `as_of` a contract of the timeline counts as expiring, as `12m`.
        of: which network, one of `NETWORKS`.
        focus: name or id of the thing in the middle of a network.
        steps: how far from it the network goes, 1 or 2.
    """

    by: str = ""
    within: str = ""
    of: str = ""
    focus: str = ""
    steps: int = 0


def render_view(graph: "Graph", kind: str, filters: "Filters", wishes: Wishes | None = None) -> str:
    """Return a picture as the text of one self-contained HTML page.

    Args:
        graph: the open graph.
        kind: one of `VIEWS`.
        filters: the part of the market to draw.
        wishes: options that only some pictures have.

    Raises:
        BadParameter: the picture has no such option, or the option no such value.
        UnknownName: the focus names nothing.
    """
    wishes = wishes or Wishes()
    check_wishes(kind, filters, wishes)
    return PAGES[kind](graph, filters, wishes)


def render_view_svg(
    graph: "Graph", kind: str, filters: "Filters", wishes: Wishes | None = None
) -> str:
    """Return a picture that needs no script as SVG: matrix, map or timeline.

    Raises:
        BadParameter: the picture is drawn in the browser.
    """
    wishes = wishes or Wishes()
    check_wishes(kind, filters, wishes)
    if kind not in DRAWINGS:
        raise BadParameter(
            f"{kind}: it is drawn in the browser; open the page and take SVG or PNG from there"
        )
    return DRAWINGS[kind](graph, filters, wishes)


def check_wishes(kind: str, filters: "Filters", wishes: Wishes) -> None:
    """Make sure that a picture has the options that are asked of it.

    Raises:
        BadParameter: it has not.
    """
    for option, only in OWN_OPTIONS.items():
        if getattr(wishes, option) and kind != only:
            raise BadParameter(f"--{option}: only the {only} has it, not the {kind}")
    if wishes.focus and kind not in ("network", "lineage"):
        raise BadParameter(f"--focus: only the network and the lineage have it, not the {kind}")
    if wishes.steps and not wishes.focus:
        raise BadParameter("--steps: says how far from --focus; name the thing there")
    if wishes.by == "lot" and len(filters.lots) != 1:
        raise BadParameter("--by lot: name one service, such as --lot accommodation")
    if wishes.within and filters.as_of is None:
        raise BadParameter("--within: needs --as-of, the first day of the time it counts")
    narrow = ("lots", "regions", "areas", "providers", "kinds")
    set_ = [name for name in narrow if getattr(filters, name)]
    if kind == "lineage":
        set_ = [name for name in set_ if name != "areas"]
    elif wishes.of not in ("policies", "all"):
        set_ = []
    if set_:
        name = "lineage" if kind == "lineage" else f"network of {wishes.of}"
        raise BadParameter(f"--{set_[0][:-1]}: does not narrow the {name}; leave it out")


def build_picture(graph: "Graph", filters: "Filters", wishes: Wishes) -> "Picture":
    """Return the network that is asked for, cut down to the focus if there is one."""
    from rehabgraph.queries.pictures.focus import focus_picture

    of = wishes.of or "delivery"
    if of not in NETWORKS:
        raise BadParameter(f"--of {of}: choose one of {', '.join(NETWORKS)}")
    focus = graph.resolve(wishes.focus).split("/id/", 1)[-1] if wishes.focus else ""
    if of == "delivery" and focus.startswith("area/"):
        filters = replace(filters, areas=(focus.removeprefix("area/"),))
    picture = _build_network(graph, of, filters)
    return focus_picture(picture, focus, wishes.steps or 1) if focus else picture


def _build_network(graph: "Graph", of: str, filters: "Filters") -> "Picture":
    if of == "delivery":
        return _build_delivery(graph, filters)
    from rehabgraph.queries.pictures import record, ties

    builders: Mapping[str, Callable[[Graph, Filters], Picture]] = {
        "subcontractors": ties.build_subcontractors,
        "partnerships": ties.build_partnerships,
        "policies": record.build_policies,
        "all": record.build_everything,
    }
    return builders[of](graph, filters)


def _build_delivery(graph: "Graph", filters: "Filters") -> "Picture":
    from rehabgraph.queries.pictures.facts import read_aliases, read_evidence
    from rehabgraph.queries.pictures.network import build_network

    market = graph.market()
    return build_network(
        market,
        filters,
        read_evidence(graph),
        aliases=read_aliases(graph),
        sources=_read_all_sources(graph, market),
    )


def _render_matrix(graph: "Graph", filters: "Filters", *, svg: bool = False) -> str:
    from rehabgraph.queries.pictures.facts import read_evidence, read_gap_notes
    from rehabgraph.queries.pictures.matrix import build_matrix
    from rehabgraph.views.matrix import render_matrix, render_matrix_svg

    market = graph.market()
    matrix = build_matrix(
        market, filters, read_evidence(graph), sources=_read_all_sources(graph, market)
    )
    if svg:
        return render_matrix_svg(matrix)
    return render_matrix(matrix, gap_notes=read_gap_notes(graph))


def _build_map(graph: "Graph", filters: "Filters") -> "TileMap":
    from rehabgraph.queries.pictures.facts import read_evidence
    from rehabgraph.queries.pictures.tile_facts import read_tiles
    from rehabgraph.queries.pictures.tiles import build_tile_map

    market = graph.market()
    return build_tile_map(
        market,
        read_tiles(graph),
        filters,
        read_evidence(graph),
        sources=_read_all_sources(graph, market),
    )


def _render_map(graph: "Graph", filters: "Filters", wishes: Wishes, *, svg: bool = False) -> str:
    from rehabgraph.views.tile_map import render_tile_map, render_tile_map_svg

    if wishes.by and wishes.by not in SQUARES:
        raise BadParameter(f"--by {wishes.by}: choose one of {', '.join(SQUARES)}")
    tile_map = _build_map(graph, filters)
    return (render_tile_map_svg if svg else render_tile_map)(tile_map, by=wishes.by)


def _build_timeline(graph: "Graph", filters: "Filters", within: str) -> "Timeline":
    from rehabgraph.queries.expiring import add_time
    from rehabgraph.queries.pictures.facts import read_evidence
    from rehabgraph.queries.pictures.timeline import build_timeline
    from rehabgraph.queries.pictures.timeline_facts import read_moments, read_spans

    market = graph.market()
    window: tuple[date, date] | None = None
    if within and filters.as_of is not None:
        window = (filters.as_of, add_time(filters.as_of, within))
        filters = replace(filters, as_of=None)
    return build_timeline(
        market,
        filters,
        read_evidence(graph),
        spans=read_spans(graph),
        moments=read_moments(graph),
        window=window,
        sources=_read_all_sources(graph, market),
    )


def _render_timeline(
    graph: "Graph", filters: "Filters", wishes: Wishes, *, svg: bool = False
) -> str:
    from rehabgraph.views.timeline import render_timeline, render_timeline_svg

    timeline = _build_timeline(graph, filters, wishes.within)
    return (render_timeline_svg if svg else render_timeline)(timeline)


def _render_network(graph: "Graph", filters: "Filters", wishes: Wishes) -> str:
    from rehabgraph.views.network_page import render_network

    return render_network(build_picture(graph, filters, wishes))


def _render_lineage(graph: "Graph", filters: "Filters", wishes: Wishes) -> str:
    from rehabgraph.queries.pictures.focus import focus_picture
    from rehabgraph.queries.pictures.lineage import build_lineage
    from rehabgraph.views.network_page import render_network

    picture = build_lineage(graph, filters)
    if wishes.focus:
        focus = graph.resolve(wishes.focus).split("/id/", 1)[-1]
        picture = focus_picture(picture, focus, wishes.steps or 1)
    return render_network(picture)


def _read_all_sources(graph: "Graph", market: "Market") -> "tuple[SourceRef, ...]":
    things = [award_iri(line.id) for line in market.lines]
    things += [contract_iri(c.reference) for c in market.contracts]
    return read_sources(graph.store, things)


Render = Callable[["Graph", "Filters", Wishes], str]

PAGES: Mapping[str, Render] = {
    "matrix": lambda graph, filters, _: _render_matrix(graph, filters),
    "network": _render_network,
    "map": _render_map,
    "timeline": _render_timeline,
    "lineage": _render_lineage,
}
DRAWINGS: Mapping[str, Render] = {
    "matrix": lambda graph, filters, _: _render_matrix(graph, filters, svg=True),
    "map": lambda graph, filters, wishes: _render_map(graph, filters, wishes, svg=True),
    "timeline": lambda graph, filters, wishes: _render_timeline(graph, filters, wishes, svg=True),
}


def _view(kind: str) -> Callable[["Graph", "Filters"], str]:
    return lambda graph, filters: render_view(graph, kind, filters)


VIEWS: Mapping[str, Callable[["Graph", "Filters"], str]] = {kind: _view(kind) for kind in PAGES}
"""Kind of picture → its page as it stands without further wishes."""

"""Every picture by the name that people type: from the open graph to the text of a page."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rehabgraph.queries.facts import award_iri, contract_iri, read_sources

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from rehabgraph.queries.market import Filters, Market
    from rehabgraph.queries.report import SourceRef


def render_view(graph: "Graph", kind: str, filters: "Filters") -> str:
    """Return a picture as the text of one self-contained HTML page.

    Args:
        graph: the open graph.
        kind: one of `VIEWS`.
        filters: the part of the market to draw.
    """
    return VIEWS[kind](graph, filters)


def _render_matrix(graph: "Graph", filters: "Filters") -> str:
    from rehabgraph.queries.picture import build_matrix
    from rehabgraph.queries.picture_facts import read_evidence, read_gap_notes
    from rehabgraph.views.matrix import render_matrix

    market = graph.market()
    matrix = build_matrix(
        market, filters, read_evidence(graph), sources=_read_all_sources(graph, market)
    )
    return render_matrix(matrix, gap_notes=read_gap_notes(graph))


def _render_network(graph: "Graph", filters: "Filters") -> str:
    from rehabgraph.queries.network_picture import build_network
    from rehabgraph.queries.picture_facts import read_aliases, read_evidence
    from rehabgraph.views.network_page import render_network

    market = graph.market()
    picture = build_network(
        market,
        filters,
        read_evidence(graph),
        aliases=read_aliases(graph),
        sources=_read_all_sources(graph, market),
    )
    return render_network(picture)


def _read_all_sources(graph: "Graph", market: "Market") -> "tuple[SourceRef, ...]":
    things = [award_iri(line.id) for line in market.lines]
    things += [contract_iri(c.reference) for c in market.contracts]
    return read_sources(graph.store, things)


VIEWS: Mapping[str, Callable[["Graph", "Filters"], str]] = {
    "matrix": _render_matrix,
    "network": _render_network,
}

"""The squares of the tile map, read from the graph."""

from typing import TYPE_CHECKING

from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.pictures.tiles import Tile

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

TILES = (
    PREFIXES
    + """
SELECT ?area ?name ?region ?column ?row WHERE {
  ?area a rg:PoliceArea ; rg:commissionedArea true ; rdfs:label ?name ; geo:sfWithin ?region ;
        rg:tileColumn ?column ; rg:tileRow ?row .
} ORDER BY ?row ?column"""
)


def read_tiles(graph: "Graph") -> tuple[Tile, ...]:
    """Return where the square of each commissioned area stands, row by row."""
    return tuple(
        Tile(r["area"].id, str(r["name"]), r["region"].id, int(r["column"]), int(r["row"]))
        for r in graph.store.select(TILES)
    )

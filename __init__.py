"""A knowledge graph of who delivers probation rehabilitation services in England and Wales.

>>> import rehabgraph
>>> g = rehabgraph.open()
>>> g.query("value-by-lot").rows[0]["label"]
'Personal wellbeing'
"""

from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.ontology import VERSION

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

__version__ = VERSION


def open(
    store: str | Path | None = None,
    data: str | Path | None = None,
    endpoint: str | None = None,
) -> "Graph":
    """Open the graph: the packaged data, or a store, tables or a SPARQL server of your own.

    Args:
        store: folder of a store on disk.
        data: folder of tables to build from.
        endpoint: address of a SPARQL server; who asks stands in the environment.

    Raises:
        BadParameter: an endpoint beside a store or tables.
        StoreError: the store cannot be opened, or the address is none.
        InvalidData: a table breaks a rule.
    """
    from rehabgraph.queries.graph import open_graph

    return open_graph(store, data, endpoint)

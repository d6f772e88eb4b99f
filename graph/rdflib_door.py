"""The door to rdflib: the same quads in the library that most RDF tools know."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdflib import Dataset


def read_rdflib(quads: Iterable[str]) -> "Dataset":
    """Return N-Quads lines as an rdflib Dataset whose default graph is the union of all.

    Loading from addresses is switched off: a query's `FROM <file:…>` must not read files.
    """
    from rdflib import Dataset
    from rdflib.plugins import sparql

    from rehabgraph.ontology import PREFIXES

    sparql.SPARQL_LOAD_GRAPHS = False
    dataset = Dataset(default_union=True)
    dataset.parse(data="".join(quads), format="nquads")
    for prefix, iri in PREFIXES.items():
        dataset.bind(prefix, iri)
    return dataset

"""The terms of the graph: namespaces, and where the ontology's files are."""

from collections.abc import Mapping
from pathlib import Path

VERSION = "0.1.0"
"""Version of the package and of the dataset that it holds."""

BASE = "https://w3id.org/rehabgraph/"
RG = BASE + "ontology#"
ID = BASE + "id/"
CURATED = BASE + "dataset/curated"
DERIVED = BASE + "dataset/derived"
FOLDER = Path(__file__).parent
DATA = FOLDER.parent / "data"
METADATA = "csv-metadata.json"

PREFIXES: dict[str, str] = {
    "rg": RG,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "org": "http://www.w3.org/ns/org#",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}


def shorten_term(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return an address as prefix and name, or as it is where no prefix fits.

    >>> shorten_term("https://schema.org/startDate")
    'schema:startDate'
    """
    for prefix, base in prefixes.items():
        if iri.startswith(base):
            return f"{prefix}:{iri.removeprefix(base)}"
    return iri

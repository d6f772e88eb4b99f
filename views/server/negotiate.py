"""Choose the form of an answer by the Accept header.

Source: RFC 9110, section 12.5.1, https://www.rfc-editor.org/rfc/rfc9110#name-accept
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_RANGES = 100


@dataclass(frozen=True, slots=True)
class Form:
    """A form that an answer can take.

    Attributes:
        name: the name a worker and the `format` parameter know it by.
        type: media type.
        text: whether the type is told with `charset=utf-8`.
    """

    name: str
    type: str
    text: bool = False

    @property
    def header(self) -> str:
        """The Content-Type header."""
        return f"{self.type}; charset=utf-8" if self.text else self.type


RESULTS: Sequence[Form] = (
    Form("json", "application/sparql-results+json"),
    Form("xml", "application/sparql-results+xml"),
    Form("csv", "text/csv", text=True),
    Form("tsv", "text/tab-separated-values", text=True),
    Form("json", "application/json"),
    Form("json", "text/javascript"),
    Form("xml", "application/xml"),
    Form("xml", "text/xml", text=True),
)
RDF: Sequence[Form] = (
    Form("turtle", "text/turtle", text=True),
    Form("jsonld", "application/ld+json"),
    Form("ntriples", "application/n-triples"),
    Form("rdfxml", "application/rdf+xml"),
    Form("nquads", "application/n-quads"),
    Form("trig", "application/trig"),
    Form("n3", "text/n3", text=True),
    Form("n3", "text/rdf+n3", text=True),
    Form("turtle", "application/turtle"),
    Form("turtle", "application/x-turtle"),
    Form("jsonld", "application/json"),
    Form("jsonld", "application/x-json+ld"),
    Form("rdfxml", "application/xml"),
    Form("rdfxml", "text/xml", text=True),
    Form("ntriples", "text/plain", text=True),
)
NAMES: Mapping[str, str] = {
    "ttl": "turtle",
    "nt": "ntriples",
    "n-triples": "ntriples",
    "json-ld": "jsonld",
    "rdf": "rdfxml",
    "rdf+xml": "rdfxml",
    "rdf/xml": "rdfxml",
    "nq": "nquads",
}


def choose_form(accept: str | None, offers: Iterable[Form]) -> Form | None:
    """Return the form that suits an Accept header best, or None.

    Args:
        accept: the header; None or empty when there is none.
        offers: what we can make, best first.

    >>> choose_form("text/csv;q=0.5, application/sparql-results+xml", RESULTS).name
    'xml'
    """
    offers = tuple(offers)
    ranges = _read_ranges(accept) if accept and accept.strip() else [("*/*", 1.0)]
    best, best_q = None, 0.0
    for offer in offers:
        q = _quality(offer.type, ranges)
        if q > best_q:
            best, best_q = offer, q
    return best


def form_named(name: str, offers: Iterable[Form]) -> Form | None:
    """Return the first form of a name, as the `format` parameter gives it, or None.

    >>> form_named("ttl", RDF).type
    'text/turtle'
    """
    plain = name.strip().lower()
    wanted = {plain, NAMES.get(plain, plain)}
    return next((f for f in offers if f.name in wanted or f.type == plain), None)


def _read_ranges(accept: str) -> list[tuple[str, float]]:
    """Return media ranges with their q; a range that cannot be read is left out."""
    found: list[tuple[str, float]] = []
    for part in accept.split(",")[:MAX_RANGES]:
        name, *parameters = (p.strip().lower() for p in part.split(";"))
        if not name or (name != "*" and name.count("/") != 1):
            continue
        q = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    q = float(value)
                except ValueError:
                    q = 0.0
        found.append(("*/*" if name == "*" else name, q if 0 <= q <= 1 else 0.0))
    return found


def _quality(media_type: str, ranges: Iterable[tuple[str, float]]) -> float:
    """Return the q of the most specific range that covers a type."""
    family = media_type.partition("/")[0] + "/*"
    level = {"*/*": 1, family: 2, media_type: 3}
    matches = [(level[name], q) for name, q in ranges if name in level]
    return max(matches, default=(0, 0.0))[1]

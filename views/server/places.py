"""The addresses of the server that are no pages, and what is there."""

from collections.abc import Mapping

PLACES: Mapping[str, str] = {
    "/sparql": "SPARQL 1.1 endpoint: a page to ask on, and for programs its description",
    "/dataset": "what the dataset is and how large",
    "/questions": "the saved questions as data",
    "/ontology": "the terms: a page that explains them, and for programs the ontology",
    "/alignment": "how the terms compare with those of other vocabularies",
    "/shapes": "the rules that the data keeps",
    "/context.jsonld": "short names for JSON-LD",
}
"""Path → what is there. A thing stands at `/id/KIND/ID`, its data at `/data/KIND/ID.FORM`."""

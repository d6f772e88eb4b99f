"""The Accept header, after RFC 9110 section 12.5.1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.views.server.negotiate import RDF, RESULTS, choose_form, form_named


@pytest.mark.parametrize(
    ("accept", "type_"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv;q=0.9, application/sparql-results+xml;q=0.5", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv; header=present; q=1", "text/csv"),
        ("*/*;q=0.1, text/tab-separated-values", "text/tab-separated-values"),
        ("text/*;q=0.3, text/csv;q=0, */*;q=0.1", "text/tab-separated-values"),
        ("application/json", "application/json"),
        ("image/png, text/csv;q=0.001", "text/csv"),
        ("text/csv;q=2, application/xml;q=0.1", "application/xml"),
    ],
)
def test_the_best_form_is_chosen(accept: str | None, type_: str) -> None:
    """A more specific range goes before a wider one, then the higher q, then our order."""
    form = choose_form(accept, RESULTS)
    assert form is not None
    assert form.type == type_


@pytest.mark.parametrize(
    "accept", ["image/png", "text/csv;q=0", "*/*;q=0", "nonsense", "a/b/c", ";"]
)
def test_what_cannot_be_made_is_none(accept: str) -> None:
    """A form that the client refuses, or that we cannot make, is not chosen."""
    assert choose_form(accept, RESULTS) is None


@given(st.text(max_size=200))
def test_any_header_is_read(accept: str) -> None:
    """No header, however odd, is an error; what is chosen is one of the offers."""
    assert choose_form(accept, RDF) in {None, *RDF}


def test_forms_have_names() -> None:
    """The `format` parameter takes short names and media types."""
    assert form_named("ttl", RDF) == form_named("text/turtle", RDF) == RDF[0]
    assert form_named("CSV", RESULTS) == RESULTS[2]
    assert form_named("none", RDF) is None

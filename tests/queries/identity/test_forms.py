"""Names and numbers in the forms under which they are compared."""

import doctest
import importlib

import pytest

from rehabgraph.queries.identity.forms import read_forms, read_number


def keys(name: str) -> list[tuple[str, str]]:
    """Return the keys of a name and how each is borne."""
    return [(form.key, form.how) for form in read_forms(name)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Growth Company Ltd", "GROWTH COMPANY LIMITED"),
        ("Nottingham Women’s Centre", "Nottingham Womens Centre"),
        ("Catch 22", "Catch22"),
        ("Community Led Initiatives C.I.C.", "Community Led Initiatives CIC"),
        ("Alder & Oak plc", "Alder and Oak Public Limited Company"),
        ("Reform,Restore,Respect", "Reform, Restore, Respect"),
        ("Saint Mungo's", "St Mungos"),
        ("Ynys Môn Trust", "Ynys Mon Trust"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    """Legal form, article, ampersand, marks and spaces make no difference."""
    assert read_forms(one)[0].key == read_forms(other)[0].key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Foundation", "Foundation 92"),
        ("PACT", "PACT Futures"),
        ("Probation Service: North East", "Probation Service: North West"),
        ("Maximus UK", "Maximus"),
    ],
)
def test_other_names_stay_other(one: str, other: str) -> None:
    """A number, a word or a place more is another name."""
    assert read_forms(one)[0].key != read_forms(other)[0].key


def test_trading_as_and_brackets() -> None:
    """A trading name is a second name, and letters in brackets are the short form of the first."""
    assert keys("Alder Services Ltd t/a Oak Tree") == [
        ("alderservices", "name"),
        ("oaktree", "trading"),
    ]
    assert keys("Alder Ltd (formerly Elm Ltd)") == [("alder", "name"), ("elm", "former")]
    assert keys("Independent Domestic Abuse Service (IDAS)") == [
        ("independentdomesticabuseservice", "name"),
        ("idas", "short"),
    ]
    assert keys("Women's Work (Derbyshire)") == [("womensworkderbyshire", "name")]
    assert keys("PSS (UK)") == [("pssuk", "name")]


def test_a_name_of_legal_words_alone_keeps_them() -> None:
    """What would leave nothing is left as it is; what has no letter is no name."""
    assert keys("Limited") == [("limited", "name")]
    assert keys("…") == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("GB-COH-4320853", ("GB-COH", "04320853")),
        ("GB-COH-04320853", ("GB-COH", "04320853")),
        ("gb-coh- 04320853", ("GB-COH", "04320853")),
        ("GB-COH-SC89550", ("GB-COH", "SC089550")),
        ("GB-CHC-0500640", ("GB-CHC", "500640")),
        ("GB-CHC-224469-1", ("GB-CHC", "224469-1")),
        ("GB-PPON-PXBN-3793-LCTQ", ("GB-PPON", "PXBN-3793-LCTQ")),
        ("GB-COH-00000000", None),
        ("GB-COH-11111111", None),
        ("GB-COH-12345678", None),
        ("GB-COH-NOT-KNOWN", None),
        ("04320853", None),
        ("", None),
    ],
)
def test_numbers(written: str, read: tuple[str, str] | None) -> None:
    """Leading noughts make no difference, and a filler numbers nobody."""
    assert read_number(written) == read


@pytest.mark.parametrize(
    "name", ["forms", "same", "organisations", "weigh", "candidates", "decisions"]
)
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    """Each example in the modules of matching is true."""
    result = doctest.testmod(importlib.import_module(f"rehabgraph.queries.identity.{name}"))
    assert result.attempted > 0
    assert result.failed == 0

"""Who an award went to: ids that mean two organisations, and numbers that are none.

Every release is made by hand after the shapes of publishers, and every figure expected is
counted in it by eye.
"""

from collections.abc import Callable
from typing import Any

import pytest

from rehabgraph.graph.imports.parties import org_id
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.graph import Graph

Make = Callable[..., dict[str, Any]]
Read = Callable[..., Any]
Open = Callable[[], Graph]


def words(found: Any) -> str:  # noqa: ANN401
    """Return all warnings as text."""
    return "\n".join(map(str, found.findings.shown))


def holders(graph: Graph) -> dict[str, float]:
    """Return the most that each supplier has, by name."""
    return {row["name"]: float(row["most"]) for row in graph.report("imported").rows}


def party(id_: str, name: str, *number: str) -> dict[str, Any]:
    """Return a party, with an identifier where scheme and number are given."""
    found: dict[str, Any] = {"id": id_, "name": name}
    if number:
        found["identifier"] = {"scheme": number[0], "id": number[1]}
    return found


def given(id_: str, amount: int, *suppliers: dict[str, Any]) -> dict[str, Any]:
    """Return an award."""
    value = {"amount": amount, "currency": "GBP"}
    return {"id": id_, "suppliers": list(suppliers), "value": value}


@pytest.mark.parametrize(
    "number", ["N/A", "None", "0", "00000000", "TBC", "Not applicable", "-", "1234567844"]
)
def test_what_stands_for_a_number_makes_no_two_one(
    number: str, make: Make, read: Read, graph: Open
) -> None:
    """Three firms whose company number is said to be `N/A` stay three, and it is told."""
    releases = [
        make(n, awards=[given("1", n, party("s", f"Firm {n}", "GB-COH", number))])
        for n in (1, 2, 4)
    ]
    found = read(releases)
    assert holders(graph()) == {"Firm 1": 1, "Firm 2": 2, "Firm 4": 4}
    assert f"{number!r} is no number of GB-COH; not taken as an identifier" in words(found)


@pytest.mark.parametrize(
    ("scheme", "number", "expected"),
    [
        ("GB-COH", "SC123456", "GB-COH-SC123456"),
        ("GB-COH", "R0000123", "GB-COH-R0000123"),
        ("GB-COH", "ip12345r", "GB-COH-IP12345R"),
        ("GB-COH", "0432 0853", "GB-COH-04320853"),
        ("AU-ABN", "51 824 753 556", "AU-ABN-51824753556"),
        ("GB-PPON", "PBBR-1234-XYZA", "GB-PPON-PBBR-1234-XYZA"),
        ("GB-LAS", "GLG", "GB-LAS-GLG"),
        ("GB-CHC", "not known", None),
        ("AU-ABN", "n/a", None),
    ],
)
def test_numbers_of_registers(scheme: str, number: str, expected: str | None) -> None:
    """Every form of a number that its register gives is taken; gaps in it do not count."""
    assert org_id(scheme, number)[0] == expected


def test_parties_numbered_anew_in_each_release(make: Make, read: Read, graph: Open) -> None:
    """`org-2` is Alder in one release and Cedar in the next: each keeps its own award."""
    buyer = party("org-1", "Council")
    first = make(
        parties=[buyer, party("org-2", "Alder Lifts", "GB-COH", "SC111111")],
        awards=[given("1", 100, {"id": "org-2", "name": "Alder Lifts"})],
    )
    second = make(
        id="r2",
        date="2022-01-01T00:00:00Z",
        parties=[buyer, party("org-2", "Cedar Lifts", "GB-COH", "SC222222")],
        awards=[given("2", 70, {"id": "org-2"})],
    )
    found = read([second, first])
    assert holders(graph()) == {"Alder Lifts": 100, "Cedar Lifts": 70}
    assert "ocds-test-1 parties: party id org-2 names another organisation before" in words(found)
    query = PREFIXES + (
        "SELECT ?v ?id WHERE { ?a rg:value ?v ; rg:process ?p ; rg:awardedTo ?s . "
        "?s rg:identifier ?id } ORDER BY ?id"
    )
    rows = [(str(row["v"]), str(row["id"])) for row in graph().store.select(query)]
    assert rows == [("100", "GB-COH-SC111111"), ("70", "GB-COH-SC222222")]


def test_suppliers_numbered_anew_in_each_award(make: Make, read: Read, graph: Open) -> None:
    """Without parties, two names under one id are two suppliers; no award is shared."""
    awards = [given("1", 5, party("1", "Alder")), given("2", 7, party("1", "Birch"))]
    found = read([make(awards=awards)])
    assert holders(graph()) == {"Alder": 5, "Birch": 7}
    assert found.count("awards to several") == 0


@pytest.mark.parametrize(
    "second",
    [
        party("s", "ALDER & OAK LTD."),
        party("s", "Alder and Oak (Midlands) Limited"),
        party("s", "Alder and Oka"),
        party("s", "Willow", "GB-CHC", "226171"),
        {"id": "s"},
    ],
    ids=["spelling", "longer", "slip", "one number", "no name"],
)
def test_one_party_told_twice_stays_one(
    second: dict[str, Any], make: Make, read: Read, graph: Open
) -> None:
    """Another spelling, a longer name, a slip, or the same number: one supplier, one award."""
    first = party("s", "Alder and Oak", "GB-CHC", "226171")
    found = read(
        [
            make(parties=[first], awards=[given("1", 9, {"id": "s", "name": "Alder and Oak"})]),
            make(
                id="r2",
                date="2022-01-01T00:00:00Z",
                parties=[second],
                awards=[given("1", 9, second)],
            ),
        ]
    )
    assert (found.count("awards"), found.count("suppliers of awards")) == (1, 1)
    assert "names another organisation" not in words(found)
    assert list(holders(graph()).values()) == [9]


def test_a_registered_id_is_one_organisation_whatever_its_name(make: Make, read: Read) -> None:
    """A party whose id is a company number may change its name and stays itself."""
    releases = [
        make(
            id=f"r{n}",
            date=f"202{n}-01-01T00:00:00Z",
            awards=[given("1", 3, party("GB-COH-04320853", name))],
        )
        for n, name in enumerate(("Alder Ltd", "Birch Group plc"))
    ]
    assert read(releases).count("suppliers of awards") == 1


def test_awards_without_an_id_in_two_releases_are_told(make: Make, read: Read) -> None:
    """Nothing says whether they are one: both count, as the standard's library has it."""
    award = given("", 6, party("s", "Alder"))
    del award["id"]
    releases = [make(id=f"r{n}", date=f"202{n}-01-01", awards=[award]) for n in (1, 2)]
    found = read(releases)
    assert found.sums == (("GBP", "not stated", "12", 2),)
    assert "2 releases have awards without an id; each counts, even if told twice" in words(found)


def test_an_id_that_is_an_e_mail_address_stays_an_id(make: Make, read: Read, graph: Open) -> None:
    """Two suppliers known by their addresses stay two, and no address is kept."""
    suppliers = [{"id": "jo@example.org"}, {"id": "ann@example.org"}]
    found = read([make(awards=[given("1", 8, *suppliers)])])
    assert found.count("suppliers of awards") == 2
    assert not [q for q in graph().store.quads() if "example.org" in q and "@" in q]
    assert "an e-mail address; another id in its place" in words(found)

"""Open Contracting data as they are: each trap costs one value at most, and is told.

Every release is made by hand, and every figure expected is counted in it by eye.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from rehabgraph.graph.errors import RehabError
from rehabgraph.queries.facts import PREFIXES
from rehabgraph.queries.graph import Graph
from rehabgraph.queries.report_imported import ImportedAward, measure_suppliers, read_awards

Make = Callable[..., dict[str, Any]]
Read = Callable[..., Any]
Open = Callable[[], Graph]


def award(id_: str | None = "1", amount: object = 100, *names: str, **more: object) -> Any:  # noqa: ANN401
    """Return an award to the named suppliers."""
    suppliers = [{"id": n.lower(), "name": n} for n in names or ("Alder",)]
    value = {"amount": amount, "currency": "GBP"}
    found = {"id": id_, "suppliers": suppliers, "value": value, **more}
    return {k: v for k, v in found.items() if v is not None}


def words(found: Any) -> str:  # noqa: ANN401
    """Return all warnings as text."""
    return "\n".join(map(str, found.findings.shown))


def test_a_release_without_an_id_is_read(make: Make, read: Read) -> None:
    """Nothing rests on the id of a release."""
    release = make()
    del release["id"]
    assert read([release]).count("awards") == 1


def test_three_awards_of_one_id_stay_three(make: Make, read: Read, graph: Open) -> None:
    """Merging by id would leave one of them; all stay, with their own values, and it is said."""
    found = read([make(awards=[award("1", 10), award("1", 20, "Birch"), award("1", 30)])])
    assert found.count("awards") == 3
    assert found.sums == (("GBP", "not stated", "60", 3),)
    assert "ocds-test-1 awards: 3 awards have the id 1; kept apart" in words(found)
    assert len(read_awards(graph(), ())) == 3


def test_a_contracts_value_is_not_its_awards(make: Make, read: Read, graph: Open) -> None:
    """The award stays without a value; the contract has an amount of its own."""
    bare = {"id": "1", "suppliers": [{"name": "Alder"}]}
    contract = {"id": "c", "awardID": "1", "value": {"amount": 70, "currency": "GBP"}}
    found = read([make(awards=[bare], contracts=[contract])])
    assert found.sums == ()
    assert (found.count("awards without a value"), found.count("contracts with a value")) == (1, 1)
    query = "SELECT ?v WHERE { ?a a rg:Amount ; rg:subject ?c ; rg:value ?v ; rg:currency 'GBP' . "
    query += "?c a rg:Contract ; rg:award ?award . ?award a rg:Award ; rg:process ?p }"
    assert graph().store.select(PREFIXES + query) == [{"v": 70}]


def test_an_award_of_amendments_alone_is_kept_and_told(make: Make, read: Read) -> None:
    """It is an award of which neither supplier nor value is known; merged, it has both."""
    only = {"id": "1", "amendments": [{"id": "a", "date": "2022-01-01T00:00:00Z"}]}
    found = read([make(awards=[only])])
    assert found.count("awards") == found.count("awards that are only amendments") == 1
    assert "ocds-test-1 awards/0: says neither who nor how much" in words(found)
    later = make(2, awards=[only], date="2022-01-01T00:00:00Z", tag=["awardAmendment"])
    merged = read([make(2), later], "b.json")
    assert merged.count("awards that are only amendments") == 0
    assert merged.sums == (("GBP", "not stated", "100", 1),)


def test_a_buyer_that_is_text(make: Make, read: Read, graph: Open) -> None:
    """The text is the buyer's name."""
    found = read([make(buyer="Ministry of Tests")])
    assert "ocds-test-1 buyer: a bare name" in words(found)
    query = PREFIXES + (
        "SELECT ?n WHERE { ?p a rg:ProcurementProcess ; rg:commissioner ?b . ?b rdfs:label ?n }"
    )
    assert graph().store.select(query) == [{"n": "Ministry of Tests"}]


def test_explicit_nulls_are_nothing(make: Make, read: Read) -> None:
    """A null anywhere is as if the field were not there, without a warning."""
    nulls = award("1", None, title=None)
    nulls |= {"date": None, "documents": None, "contractPeriod": {"startDate": None}}
    nulls["value"] = {"amount": None, "currency": None}
    found = read([make(awards=[nulls, None], contracts=None, parties=[None], tender=None)])
    assert (found.count("awards"), found.count("awards without a value")) == (1, 1)
    assert found.findings.total == 0


def test_a_null_takes_back_what_was_said(make: Make, read: Read) -> None:
    """As the standard has it: a later null removes the amount; the award and supplier stay."""
    later = {"id": "1", "value": {"amount": None}, "title": None, "suppliers": []}
    found = read([make(), make(awards=[later], date="2021-06-01T00:00:00Z", id="r2")])
    assert (found.count("awards"), found.count("awards without a value")) == (1, 1)
    assert found.count("suppliers of awards") == 1
    assert found.sums == ()


@pytest.mark.parametrize(
    "amount", ["1e9999", "NaN", "Infinity", "1e14", "9" * 5000, '"much"', "true", '"1,000"']
)
def test_a_number_that_is_none_is_the_one_thing_lost(amount: str, read: Read) -> None:
    """The award, its supplier and the other award's value stay; ocid and path are named."""
    text = (
        '{"ocid": "ocds-n-1", "date": "2021-01-01T00:00:00Z", "awards": ['
        '{"id": "1", "suppliers": [{"name": "Alder"}], "value": {"amount": %s, "currency": "GBP"}},'
        '{"id": "2", "suppliers": [{"name": "Birch"}], "value": {"amount": 5, "currency": "GBP"}}]}'
    )
    found = read(text % amount)
    assert (found.count("awards"), found.count("suppliers of awards")) == (2, 2)
    assert found.sums == (("GBP", "not stated", "5", 1),)
    assert "ocds-n-1 awards/0/value/amount: " in words(found)


def test_dates_without_a_zone_and_dates_that_are_none(make: Make, read: Read, graph: Open) -> None:
    """The day stands as written; a thirteenth month is left out; both are told."""
    period = {"startDate": "2021-06-26T00:00:00", "endDate": "2021-13-01T00:00:00Z"}
    found = read([make(awards=[award(contractPeriod=period)])])
    assert "awards/0/contractPeriod/startDate: 2021-06-26T00:00:00 has no time zone" in words(found)
    assert "awards/0/contractPeriod/endDate: 2021-13-01T00:00:00Z is no date" in words(found)
    query = "SELECT ?s ?e WHERE { ?a rg:process ?p ; schema:startDate ?s "
    (row,) = graph().store.select(PREFIXES + query + "OPTIONAL { ?a schema:endDate ?e } }")
    assert (str(row["s"]), row["e"]) == ("2021-06-26", None)


def test_releases_without_dates_or_zones_merge_in_order(make: Make, read: Read) -> None:
    """An undated release comes first; a zone that moves the clock moves the order too."""
    early = make(awards=[award("1", 1)], date="2021-05-02T00:30:00+01:00")  # 23:30 the day before
    late = make(awards=[award("1", 2)], date="2021-05-01T23:45:00")
    undated = make(awards=[award("1", 3)], date=None)
    found = read([late, early, undated])
    assert found.sums == (("GBP", "not stated", "2", 1),)
    assert "1 of 3 releases have no date" in words(found)


def test_an_ocid_of_two_buyers(make: Make, read: Read, graph: Open) -> None:
    """Both buyers are kept, and their awards of one id to different suppliers stay two."""
    other = make(buyer={"id": "b2", "name": "Council"}, awards=[award("1", 7, "Birch")], id="r2")
    found = read([make(), other])
    assert (found.count("processes"), found.count("awards")) == (1, 2)
    assert found.sums == (("GBP", "not stated", "107", 2),)
    assert "ocds-test-1 buyer: 2 buyers: Council, Ministry of Tests; all are kept" in words(found)
    query = "SELECT ?b WHERE { ?p a rg:ProcurementProcess ; rg:commissioner ?b }"
    assert len(graph().store.select(PREFIXES + query)) == 2


def test_a_buyer_renamed_is_no_second_award(make: Make, read: Read) -> None:
    """One award, told again under another buyer to the same supplier, stays one."""
    other = make(buyer={"id": "b2", "name": "Ministry"}, id="r2", date="2021-06-01T00:00:00Z")
    assert read([make(), other]).count("awards") == 1


def test_bid_statistics_are_not_spend(make: Make, read: Read) -> None:
    """They are counted as there, and nothing of them is a sum."""
    bids = {"statistics": [{"id": "1", "measure": "highestValidBidValue", "value": 999999}]}
    found = read([make(bids=bids)])
    assert found.sums == (("GBP", "not stated", "100", 1),)
    assert found.count("bid records not read") == 1


def test_currencies_and_taxes_stay_apart(make: Make, read: Read) -> None:
    """A sum in euros, one without tax and one of which it is not stated are three sums."""
    euro = award("2", 40)
    euro["value"]["currency"] = "EUR"
    net = award("3", 50)
    net["value"]["amountGross"] = 60
    found = read([make(awards=[award("1", 100), euro, net])])
    assert found.sums == (
        ("EUR", "not stated", "40", 1),
        ("GBP", "net", "50", 1),
        ("GBP", "not stated", "100", 1),
    )


@pytest.mark.parametrize(
    ("written", "held"),
    [("gbp", "GBP"), (" GBP ", "GBP"), ("POUNDS", "POUNDS"), ("£", "£"), ("Pounds", "Pounds")],
)
def test_a_currency_that_is_no_code_is_apart_and_told(
    written: str, held: str, make: Make, read: Read
) -> None:
    """Three letters are a code however written; anything else is a currency of its own, told."""
    odd = award("2", 7)
    odd["value"]["currency"] = written
    found = read([make(awards=[award("1", 100), odd])])
    sums = {currency: total for currency, _, total, _ in found.sums}
    assert sums == ({"GBP": "107"} if held == "GBP" else {"GBP": "100", held: "7"})
    told = f"awards/1/value/currency: {written} is no currency of three letters" in words(found)
    assert told == (held != "GBP")


def test_a_supplier_twice_in_one_award_is_one(make: Make, read: Read, graph: Open) -> None:
    """By id or by one identifier under two names: one supplier, whose award is not shared."""
    twice = award("1", 100, "Alder", "Alder")
    number = {"scheme": "GB-COH", "id": "04320853"}
    both = [{"id": "a", "name": "Oak", "identifier": number}, {"id": "b", "identifier": number}]
    found = read([make(awards=[twice, {**award("2"), "suppliers": both}])])
    assert found.count("suppliers of awards") == 2
    assert found.count("awards to several") == 0
    assert "a supplier stands twice in one award" in words(found)
    report = graph().report("imported")
    assert [(r["name"], r["least"]) for r in report.rows] == [("Alder", 100), ("Oak", 100)]


def test_a_shared_award_is_an_interval(make: Make, read: Read, graph: Open) -> None:
    """Each of two suppliers has from nothing to all of it, never a half."""
    read([make(awards=[award("1", 90, "Alder", "Birch"), award("2", 10, "Alder")])])
    rows = {r["name"]: (r["least"], r["most"]) for r in graph().report("imported").rows}
    assert rows == {"Alder": (10, 100), "Birch": (0, 90)}


def test_shares_by_hand() -> None:
    """An award without a value is counted, and adds nothing to either end."""
    awards = [
        ImportedAward("a", ("x", "y"), Decimal(30), "GBP", "net"),
        ImportedAward("b", ("x",), Decimal(5), "GBP", "net"),
        ImportedAward("c", ("x",)),
    ]
    found = measure_suppliers(awards)
    held = found["x", "GBP", "net"]
    assert (held.least, held.most, held.awards, held.shared) == (5, 35, 2, 1)
    assert found["x", "", ""].unvalued == 1


def test_identifiers_make_one_thing_and_names_do_not(make: Make, read: Read, graph: Open) -> None:
    """Two with one identifier are one; two of one name stay two, and a match is proposed."""
    number = {"scheme": "GB-CHC", "id": "1"}
    more = [{"scheme": "GB-COH", "id": "1234567"}]

    def named(name: str, identifier: object = None) -> dict[str, Any]:
        supplier = {"name": name, "identifier": identifier, "additionalIdentifiers": more}
        return supplier if identifier else {"name": name}

    found = read(
        [
            make(n, awards=[{"id": "1", "suppliers": [supplier]}])
            for n, supplier in enumerate(
                [named("Oak Ltd", number), named("OAK", number), named("Oak Limited")], 1
            )
        ]
    )
    assert "company number 1234567 read as 01234567" in words(found)
    store = graph().store
    query = PREFIXES + (
        "SELECT DISTINCT ?s WHERE { ?a rg:process ?p ; rg:awardedTo ?s } ORDER BY ?s"
    )
    assert [r["s"].id for r in store.select(query)] == [
        "GB-CHC-1",
        "ocds-test-3:party-oak%20limited",
    ]
    ids = PREFIXES + "SELECT ?i WHERE { <%s> rg:identifier ?i } ORDER BY ?i"
    one = "https://w3id.org/rehabgraph/id/organisation/GB-CHC-1"
    assert [r["i"] for r in store.select(ids % one)] == ["GB-CHC-1", "GB-COH-01234567"]
    proposed = PREFIXES + (
        "SELECT ?a ?b WHERE { ?m a rg:ProposedMatch ; rg:subject ?a ; rg:object ?b ; "
        "rg:matchReason ?r . FILTER(CONTAINS(?r, 'name')) }"
    )
    pairs = [{r["a"].id, r["b"].id} for r in store.select(proposed)]
    assert {"GB-CHC-1", "ocds-test-3:party-oak%20limited"} in pairs


def test_wrong_types_lose_themselves_alone(make: Make, read: Read) -> None:
    """A field of another type than the standard's is left out, by name; the rest stays."""
    found = read(
        [make(tender="none", parties={"id": "p", "name": "P"}, contracts=7, tag="award", extra=[])]
    )
    assert found.count("awards") == 1
    assert "ocds-test-1 tender: none where an object belongs" in words(found)
    assert "ocds-test-1 contracts: 7 where a list belongs" in words(found)


def test_a_list_in_a_list_is_one_list(make: Make, read: Read) -> None:
    """Parties one bracket too deep, as an example of the standard has them, are parties."""
    number = {"scheme": "GB-COH", "id": "04320853"}
    parties = [[{"id": "s1", "identifier": number}, {"id": "p2", "name": "Oak"}]]
    found = read([make(parties=parties)])
    assert found.count("organisations") == 3
    assert "ocds-test-1 parties: a list inside a list" in words(found)


def test_odd_text_reaches_the_store_safely(make: Make, read: Read, graph: Open) -> None:
    """Quotes, line ends, brackets and half characters in names and ids break nothing."""
    odd = 'A "b" \\ <c>\n\ud800 </script> é'
    read([make(ocid=f"ocds {odd}", awards=[award(odd, 1, odd, title=odd)])])
    (found,) = read_awards(graph(), ())
    assert found.value == 1
    label = PREFIXES + "SELECT ?l WHERE { ?a a rg:Award ; rg:process ?p ; rdfs:label ?l }"
    assert graph().store.select(label) == [{"l": 'A "b" \\ <c> ? </script> é'}]


def test_no_addresses_and_no_e_mail_reach_the_store(make: Make, read: Read, graph: Open) -> None:
    """Contact points and street addresses are left at the door."""
    party = {
        "id": "p",
        "name": "P",
        "address": {"streetAddress": "1 Secret Street"},
        "contactPoint": {"email": "someone@example.org"},
    }
    read([make(parties=[party])])
    text = "".join(graph().store.quads())
    assert "Secret Street" not in text
    assert "someone@" not in text


def test_nothing_imported_is_one_line(world: Graph) -> None:
    """The report of imports on the packaged record says what to do."""
    with pytest.raises(RehabError, match="nothing was imported"):
        world.report("imported")


def test_a_shared_credit_is_from_all_of_it_to_nothing() -> None:
    """Of £5 taken back from two, each may bear nothing or all: from -5 to 0, by hand."""
    held = measure_suppliers([ImportedAward("a", ("x", "y"), Decimal(-5), "GBP", "net")])
    assert (held["x", "GBP", "net"].least, held["x", "GBP", "net"].most) == (-5, 0)


def test_cancelled_awards_are_nobodys(make: Make, read: Read, graph: Open) -> None:
    """Two of three are called cancelled and unsuccessful: all are read, £10 is Alder's."""
    awards = [
        award("1", 10, status="active"),
        award("2", 20, status="Cancelled"),
        award("3", 40, status="unsuccessful"),
    ]
    found = read([make(awards=awards)])
    assert found.sums == (("GBP", "not stated", "70", 3),)
    assert found.count("awards cancelled or unsuccessful") == 2
    report = graph().report("imported")
    assert [(r["name"], r["most"], r["awards"]) for r in report.rows] == [("Alder", 10, 1)]
    assert "2 awards are left out as cancelled or unsuccessful." in report.notes


def test_each_import_keeps_the_place_where_it_names_an_organisation(
    make: Make, read: Read, graph: Open
) -> None:
    """One company stands in two files: each file has its own place, never the other's."""
    alder = {"id": "s", "name": "Alder", "identifier": {"scheme": "GB-COH", "id": "01234567"}}
    for n, name in enumerate(("a.json", "b.json")):
        read([make(n, parties=[alder], awards=[])], name=name)
    query = (
        PREFIXES + "SELECT ?source ?place WHERE { ?o rg:identifier 'GB-COH-01234567' ; "
        "rg:citation ?c . ?c prov:wasDerivedFrom/rdfs:label ?source ; rg:locator ?place }"
    )
    rows = graph().store.select(query)
    places = {(str(row["source"]), str(row["place"])) for row in rows}
    assert places == {("a.json", "ocds-test-0 parties/0"), ("b.json", "ocds-test-1 parties/0")}


def test_mail_addresses_in_texts_are_left_out(make: Make, read: Read, graph: Open) -> None:
    """A title keeps its other words; a name that is an address alone is no name."""
    suppliers = [{"id": "s", "name": "jo@example.org"}]
    found = read([make(awards=[award(title="Ask jo@example.org", suppliers=suppliers)])])
    assert "awards/0/title: an e-mail address; left out" in words(found)
    labels = graph().store.select("SELECT ?o WHERE { ?s ?p ?o FILTER(CONTAINS(STR(?o), '@')) }")
    assert not labels
    assert graph().store.select("SELECT ?s WHERE { ?s ?p 'Ask …' }")

"""Saved questions on the real record: one expectation each, checked by hand in the documents.

`moj-2021 L60` and the like are lines of the source texts; the tables of the later contracts and
of the rehabilitation companies are the ministry's records and the published lists of owners, as
the sources table names them. Two answers are computed a second time, in plain Python over the
CSV files.
"""

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rehabgraph.queries.catalogue import question_files
from rehabgraph.queries.graph import Graph

DATA = Path(__file__).resolve().parents[2] / "data"
Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(world: Graph) -> Ask:
    """Return a function that answers a question with its rows."""

    def rows(name: str, **params: object) -> list[dict[str, Any]]:
        return world.query(name, **params).to_dicts()

    return rows


def cells(rows: list[dict[str, Any]], *names: str) -> set[tuple[Any, ...]]:
    """Return the given cells of every row."""
    return {tuple(row[name] for name in names) for row in rows}


def participations() -> list[tuple[str, str, str]]:
    """Return contract, organisation and role of every row, straight from the CSV file."""
    with (DATA / "participations.csv").open(encoding="utf-8", newline="") as file:
        return [(r["contract"], r["organisation"], r["role"]) for r in csv.DictReader(file)]


# --- policies


def test_policies_take_in_those_of_the_documents(ask: Ask) -> None:
    """The reforms, funds and agreements that the five texts name are there by name."""
    names = {row["name"] for row in ask("policies")}
    assert names >= {
        "Transforming Rehabilitation",
        "Reunification of probation",
        "Probation services dynamic framework",
        "National Partnership Agreement on offender rehabilitation",
        "Education and Employment Strategy",
        "New Futures Network",
        "UK Shared Prosperity Fund",
        "European Social Fund",
        "Levelling up",
    }


def test_the_two_ministries_have_one_agreement(ask: Ask) -> None:
    """wired-2019 L5: the Ministry of Justice and the Department for Work and Pensions."""
    rows = [row for row in ask("agreements-between-public-bodies") if row["ministries"]]
    assert cells(rows, "one", "other", "policy", "from") == {
        ("organisation/dwp", "organisation/moj", "policy/moj-dwp-agreement", date(2019, 7, 23))
    }


def test_employers_of_the_new_futures_network(ask: Ask) -> None:
    """wired-2019 L25 names two employers, and whose scheme it is."""
    rows = ask("parties-of-agreement", policy="New Futures Network")
    assert cells(rows, "name", "role") == {
        ("Pret A Manger", "employer-partner"),
        ("Greene King", "employer-partner"),
        ("Ministry of Justice", "owner"),
    }


def test_reunification_brought_three_services_in_house(ask: Ask) -> None:
    """moj-2021 L17: supervision, unpaid work and behaviour programmes; 21 companies end."""
    rows = ask("effects-of-policy", policy="reunification")
    inside = {row["object"] for row in rows if row["effect"] == "brings-in-house"}
    assert inside == {"service/supervision", "service/unpaid-work", "service/behaviour-programmes"}
    ended = [row["object"] for row in rows if row["effect"] == "ends"]
    assert sum(thing.startswith("crc-area/") for thing in ended) == 21
    assert "policy/transforming-rehabilitation" in ended
    assert ("creates", "organisation/probation-service") in cells(rows, "effect", "object")


def test_the_agreement_was_launched_on_23_july(ask: Ask) -> None:
    """wired-2019 L5 gives the day in brackets; the repost is of the 24th."""
    rows = ask("events-of-policy", policy="MoJ-DWP National Partnership Agreement")
    assert cells(rows, "date", "kind", "how") == {(date(2019, 7, 23), "agreement", "itself")}


def test_policies_touch_seetec_in_five_ways(ask: Ask) -> None:
    """Its own companies (C10, C15, C19, C21), its round, its lots, its brand and itself.

    The four areas are those of the published list of owners: Kent from the start, and the three
    of Working Links from 15 February 2019.
    """
    rows = ask("policies-touching-provider", provider="Seetec")
    assert {row["how"] for row in rows} == {"itself", "brand", "crc", "round", "lot"}
    assert {row["through"] for row in rows if row["how"] == "crc"} == {
        f"crc-area/C{number}" for number in (10, 15, 19, 21)
    }
    assert ("round", "policy/dynamic-framework") in cells(rows, "how", "policy")


def test_policies_touch_st_giles_wise_through_its_member(ask: Ask) -> None:
    """St Giles Trust was a partner in C08 and C11 by the list of bidders of 2014."""
    rows = ask("policies-touching-provider", provider="St Giles Wise")
    assert {row["through"] for row in rows if row["how"] == "predecessor"} == {
        "crc-area/C08",
        "crc-area/C11",
    }


# --- people and bodies


def test_six_people_in_published_roles(ask: Ask) -> None:
    """moj-2021 L19, wired-2019 L7 and L13, ia-2021 L18, L24 and L28."""
    rows = ask("people-in-roles")
    assert {row["name"] for row in rows} == {
        "Alex Chalk",
        "Robert Buckland",
        "Will Quince",
        "Suki Binning",
        "Mike Trace",
        "Andy Keen-Downs",
    }
    of_2021 = [row for row in rows if row["date"] == date(2021, 6, 25)]
    assert cells([r for r in of_2021 if r["name"] == "Suki Binning"], "organisation") == {
        ("organisation/seetec",),
        ("organisation/interventions-alliance",),
    }


def test_public_bodies_and_how_they_hang_together(ask: Ask) -> None:
    """moj-2021 L33: twelve regional services are part of the one Probation Service."""
    rows = ask("public-bodies")
    regional = [r for r in rows if r["other"] == "organisation/probation-service"]
    assert sum(row["relation"] == "part-of" for row in regional) == 12
    assert ("organisation/noms", "succeeded-by", "organisation/hmpps") in cells(
        rows, "organisation", "relation", "other"
    )


def test_three_police_services(ask: Ask) -> None:
    """ia-2022 L33: Kent, Surrey and Sussex."""
    rows = ask("organisations-of-kind", kind="police-force")
    assert cells(rows, "name", "leads") == {
        ("Kent Police", 0),
        ("Surrey Police", 0),
        ("Sussex Police", 0),
    }


# --- the record itself


def test_six_claims_of_clinks(ask: Ask) -> None:
    """moj-2021 L205, L207 and L209."""
    rows = ask("claims-by-speaker", speaker="Clinks")
    assert sorted((row["locator"], float(row["value"])) for row in rows) == [
        ("L205", 0.6667),
        ("L207", 100),
        ("L209", 0),
        ("L209", 23),
        ("L209", 26),
        ("L209", 110),
    ]


def test_a_claim_without_a_speaker_is_not_lost(ask: Ask) -> None:
    """moj-2021 L223 to L242 are anonymous comments."""
    rows = ask("claims-by-speaker")
    assert {row["voice"] for row in rows if row["speaker_name"] is None} == {"comment"}


def test_sums_stated_for_day_one(ask: Ask) -> None:
    """moj-2021 L7, L9 and L13; wwo-2021 L7."""
    rows = ask("amounts-stated", thing="round/day-one")
    assert sorted((row["kind"], int(row["value"])) for row in rows) == [
        ("headline", 195_000_000),
        ("headline", 200_000_000),
        ("headline", 200_000_000),
        ("initial", 195_000_000),
        ("maximum-with-extension", 270_000_000),
    ]


def test_the_stray_space_is_a_judgement(ask: Ask) -> None:
    """moj-2021 L179 prints a space inside the figure."""
    (row,) = ask("judgements-about", thing="award/day-one-l179")
    assert (row["kind"], row["as_printed"], row["read_as"]) == (
        "reads-as",
        "£2,593, 567",
        "£2,593,567",
    )


def test_like_names_are_kept_apart(ask: Ask) -> None:
    """The codes of the ministry's providers are separate for each of these pairs."""
    pairs = {frozenset(pair) for pair in cells(ask("homonyms-kept-apart"), "one", "other")}
    for one, other in (
        ("foundation", "foundation-92"),
        ("foundation", "salford-foundation"),
        ("foundation-92", "salford-foundation"),
        ("pact", "pact-futures"),
        ("pact", "pact-thames-valley"),
        ("st-giles-trust", "st-giles-wise"),
    ):
        assert {f"organisation/{one}", f"organisation/{other}"} in pairs


def test_five_texts_can_be_checked_line_by_line(ask: Ask) -> None:
    """They are the five documents, and every source is cited at least once."""
    rows = ask("sources-by-citations")
    assert {row["source"] for row in rows if row["held"]} == {
        "source/moj-2021",
        "source/wwo-2021",
        "source/ia-2021",
        "source/ia-2022",
        "source/wired-2019",
    }
    assert min(row["citations"] for row in rows) > 0


def test_the_evidence_of_a_line_is_that_line(ask: Ask) -> None:
    """moj-2021 L50 prints Ingeus and £6,021,064."""
    rows = ask("evidence-of-thing", thing="award/day-one-l050")
    assert cells(rows, "locator", "printed") == {("L50", "Ingeus"), ("L50", "£6,021,064")}


# --- ties


def test_partners_of_partners_by_a_second_computation(ask: Ask) -> None:
    """Sets of contracts in plain Python give the same pairs and counts."""
    members = defaultdict(set)
    for contract, organisation, _ in participations():
        members[contract].add(organisation)
    near = {o for group in members.values() if "seetec" in group for o in group} - {"seetec"}
    want: dict[tuple[str, str], set[str]] = defaultdict(set)
    for contract, group in members.items():
        for via in group & near:
            for far in group - near - {"seetec"}:
                want[f"organisation/{via}", f"organisation/{far}"].add(contract)
    got = {
        (row["via"], row["organisation"]): row["contracts"]
        for row in ask("partners-of-partners", provider="Seetec")
    }
    assert got == {pair: len(contracts) for pair, contracts in want.items()} != {}


def test_roles_of_organisations_by_a_second_computation(ask: Ask) -> None:
    """Counting the CSV rows gives the same; Shelter leads one (moj-2021 L181) and subcontracts."""
    roles: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for contract, organisation, role in participations():
        roles[organisation][role].add(contract)
    want = {
        (f"organisation/{name}", role, len(contracts))
        for name, held in roles.items()
        if len(held) > 1
        for role, contracts in held.items()
    }
    rows = ask("organisations-in-several-roles")
    assert cells(rows, "provider", "role_name", "contracts") == want
    assert cells(
        ask("organisations-in-several-roles", provider="Shelter"), "role_name", "contracts"
    ) >= {("lead", 1)}


def test_named_partners_and_members_of_consortia(ask: Ask) -> None:
    """ia-2021 L40 and L55: two charities in Kent and Cheshire. moj-2021: 16 contracts of SGW.

    St Giles Wise leads four contracts on L60, one on L98, two on L101, eight on L150 (two age
    groups in four areas) and one on L174.
    """
    rows = ask("named-partners-and-consortia")
    assert cells(rows, "lead_name", "name", "role_name", "contracts") == {
        ("Seetec", "The Forward Trust", "named-partner", 2),
        ("Seetec", "Prison Advice and Care Trust", "named-partner", 2),
        ("St Giles Wise", "St Giles Trust", "consortium-member", 16),
        ("St Giles Wise", "The Wise Group", "consortium-member", 16),
    }


def test_relations_of_seetec(ask: Ask) -> None:
    """Its brand (ia-2022 L41-L43), its company, and 51 per cent in an employee trust."""
    rows = ask("relations-of-organisation", provider="Seetec")
    found = cells(rows, "organisation", "relation", "other")
    assert ("organisation/interventions-alliance", "brand-of", "organisation/seetec") in found
    assert ("organisation/kss-crc", "owned-by", "organisation/seetec") in found
    shares = {row["other"]: row["share"] for row in rows if row["relation"] == "owned-by"}
    assert float(shares["organisation/seetec-employee-ownership-trust"]) == 51


def test_predecessors_of_seetec_are_seetec(ask: Ask) -> None:
    """It owned C21 and, from February 2019, C15 and C19; Wales ended before."""
    rows = ask("predecessors-of-leads", provider="Seetec")
    assert cells(rows, "crc_area", "kind") == {
        (f"crc-area/C{number}", "same-organisation") for number in (15, 19, 21)
    }


def test_sodexo_owned_six_companies(ask: Ask) -> None:
    """The list of owners of December 2014 has it for six of the 21 areas."""
    rows = ask("owners-of-crc-areas", provider="sodexo")
    assert cells(rows, "crc_area", "role_name", "from") == {
        (f"crc-area/C{number:02}", "owner", date(2015, 2, 1)) for number in (1, 2, 9, 13, 14, 18)
    }


def test_devon_and_cornwall_changed_owner_in_2019(ask: Ask) -> None:
    """Working Links to the day before its administration of 15 February 2019, then Seetec."""
    rows = ask("crc-owners-of-area", area="Devon & Cornwall")
    assert [(row["name"], row["from"], row["to"]) for row in rows] == [
        ("Working Links", date(2015, 2, 1), date(2019, 2, 14)),
        ("Seetec", date(2019, 2, 15), date(2021, 6, 25)),
    ]


def test_cobi_and_its_partners(ask: Ask) -> None:
    """ia-2022 L33 and L35: three police services work with it, a society approves it."""
    rows = ask("interventions-and-partners", provider="Interventions Alliance")
    assert cells(
        [row for row in rows if row["intervention"] == "intervention/cobi"],
        "partner_name",
        "role_name",
    ) == {
        ("Kent Police", "works-with"),
        ("Surrey Police", "works-with"),
        ("Sussex Police", "works-with"),
        ("British Psychological Society", "approves"),
    }
    assert "Team for substance misuse" in {row["name"] for row in rows}


# --- places


def test_sites_of_interventions_alliance(ask: Ask) -> None:
    """ia-2022 L21 to L27: Eden House and six hubs; an earlier notice has a satellite instead."""
    rows = ask("sites-by-operator", provider="Interventions Alliance")
    assert {row["town"] for row in rows if row["kind"] == "activity-hub"} == {
        "Chatham",
        "Hastings",
        "Bristol",
        "Manchester",
        "Liverpool",
        "Warrington",
    }
    assert cells([r for r in rows if r["name"] == "Eden House"], "town", "audience_name") == {
        ("Bristol", "women")
    }
    assert "St Leonards-on-Sea" in {row["town"] for row in rows}


def test_york_stands_in_west_yorkshire_and_is_judged(ask: Ask) -> None:
    """The ministry's own table lists it there; it alone carries a judgement."""
    rows = ask("delivery-units-of-area", area="West Yorkshire")
    assert [row["unit"] for row in rows if row["judged"]] == ["delivery-unit/york"]
    assert len(ask("delivery-units-of-area")) == 108


def test_accommodation_is_let_by_area_in_wales_alone(ask: Ask) -> None:
    """moj-2021 L33."""
    rows = ask("who-commissions-what-where", lot="accommodation")
    levels = {row["region_name"]: row["level_name"] for row in rows}
    assert levels.pop("Wales") == "police-area"
    assert levels.pop("Greater Manchester") == "combined-authority"
    assert set(levels.values()) == {"region"}
    assert len(levels) == 10


def test_joint_commissioning_in_manchester_and_london(ask: Ask) -> None:
    """moj-2021 L35, L86 and L187: with the Combined Authority, and with the mayor's office."""
    rows = ask("who-commissions-what-where")
    joint = [row for row in rows if row["arrangement_name"] != "sole"]
    assert cells(joint, "region_name", "lot_name", "co_commissioner_name", "arrangement_name") == {
        ("Greater Manchester", "all lots", "Greater Manchester Combined Authority", "joint"),
        ("London", "Women's services", "Mayor's Office for Policing and Crime", "funded-extension"),
        ("London", "Women's services", "Mayor's Office for Policing and Crime", "joint"),
    }


def test_no_organisation_leads_every_lot_of_an_area(ask: Ask) -> None:
    """The nearest is Seetec in Kent: three of four lots (moj-2021 L77, L79 and L81)."""
    rows = ask("areas-led-by-one")
    assert not any(row["every"] for row in rows)
    assert cells([row for row in rows if row["led"] > 2], "area", "provider", "led", "lots") == {
        ("area/kent", "organisation/seetec", 3, 4)
    }


# --- holdings and time


def test_contracts_of_later_rounds(ask: Ask) -> None:
    """The ministry's records hold 86 contracts that are not among the 110; none is of day one."""
    rows = ask("contracts-of-later-rounds")
    assert len(rows) == 86
    assert "Day one, 2021" not in {row["round_name"] for row in rows}
    assert {row["start"] for row in rows if row["reference"] == "DN545200"} == {date(2021, 9, 1)}


def test_wellbeing_in_wales_is_let_by_age(ask: Ask) -> None:
    """moj-2021 L149 to L150: young adults and 26 or over, in each of the four Welsh areas."""
    rows = ask("contracts-by-cohort", region="Wales")
    assert cells(
        [row for row in rows if row["lot"] == "lot/personal-wellbeing"], "cohort_name", "contracts"
    ) == {("young-adults", 4), ("adults-26-plus", 4)}


def test_one_line_is_subject_to_contract(ask: Ask) -> None:
    """moj-2021 L112; L39 makes the values of two lots predicted."""
    rows = ask("lines-subject-to-contract")
    assert [r["award"] for r in rows if r["status_name"] == "subject-to-contract"] == [
        "award/day-one-l112"
    ]
    assert {r["lot_name"] for r in rows if r["value_kind_name"] == "predicted"} == {
        "Accommodation",
        "Education, training and employment",
    }


def test_two_notices_differ_from_the_announcement(ask: Ask) -> None:
    """moj-2021 L128 and L183 against the two award notices of Contracts Finder."""
    rows = ask("announced-and-noticed")
    assert {(r["award"], int(r["value"]), int(r["noticed"])) for r in rows} == {
        ("award/day-one-l128", 1_828_763, 2_443_171),
        ("award/day-one-l183", 4_134_343, 5_862_806),
    }


def test_standard_terms(ask: Ask) -> None:
    """moj-2021 L39: two years nine months, a year more for women's services."""
    rows = ask("standard-terms")
    lengths = {row["lot_name"]: row["length"] for row in rows}
    assert lengths.pop("Women's services") == "3 years 9 months"
    assert set(lengths.values()) == {"2 years 9 months"}


def test_seventeen_day_one_contracts_are_closed_to_referrals(ask: Ask) -> None:
    """Eleven at the end of 2023, women's in Wales in March 2024, two accommodation in 2026."""
    rows = ask("contracts-closed-to-referrals", round="day-one")
    per_day: dict[date, int] = defaultdict(int)
    for row in rows:
        per_day[row["closed"]] += 1
    assert per_day == {
        date(2023, 12, 31): 11,
        date(2024, 3, 28): 4,
        date(2026, 3, 27): 1,
        date(2026, 3, 30): 1,
    }


@pytest.mark.parametrize("name", [n for n in question_files() if n.endswith("-violation")])
def test_checks_find_nothing(name: str, ask: Ask) -> None:
    """No row of the record breaks the rule."""
    assert ask(name) == []

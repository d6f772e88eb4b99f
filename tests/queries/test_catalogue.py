"""Every saved question: its header, its text, and its exact answer on the tiny world.

The expected answers are written by eye from `tests/data/tiny.ttl`; its head sums them up.
"""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rehabgraph.graph.errors import BadParameter, BadQuestionFile, UnknownName, UnknownQuestion
from rehabgraph.graph.store import Iri
from rehabgraph.ontology import FOLDER as ONTOLOGY
from rehabgraph.ontology import PREFIXES, RG
from rehabgraph.queries.catalogue import (
    COLUMN_TYPES,
    PARAM_TYPES,
    Question,
    bind_terms,
    parse_question,
    question_files,
    read_question,
)
from rehabgraph.queries.graph import Graph

ALL = list(question_files())
ASKED = [name for name in ALL if not name.endswith("-violation")]
CHECKS = [name for name in ALL if name.endswith("-violation")]
EMPTY_TODAY: frozenset[str] = frozenset()
"""Questions that may have no row on the real data; each needs a reason."""


def body_of(question: Question) -> str:
    """Return the text without comments; no question holds a # inside a string."""
    kept = []
    for line in question.sparql.splitlines():
        in_address = re.sub(r"<[^>\s]*>", lambda m: "x" * len(m[0]), line)
        cut = in_address.find("#")
        kept.append(line if cut < 0 else line[:cut])
    return "\n".join(kept)


def ask(graph: Graph, name: str) -> Any:
    """Return a question's report: by default where it can be, else by the header's example."""
    question = read_question(name)
    examples: dict[str, list[str]] = {}
    for key, value in question.examples:
        examples.setdefault(key, []).append(value)
    needed = any(p.required for p in question.params)
    return graph.query(name, **(examples if needed else {}))


def test_there_are_questions_and_checks() -> None:
    """The catalogue is found, and no name stands twice under two themes."""
    files = sorted(Path(question_files()["value-by-lot"]).parents[1].glob("*/*.rq"))
    assert len(files) == len(ALL) > 15


@pytest.mark.parametrize("name", ALL)
def test_header_is_complete(name: str) -> None:
    """Title, question, columns and tags are there, and every type is one of the known."""
    question = read_question(name)
    assert question.title
    assert not question.title.endswith(".")
    assert question.question.endswith("?")
    assert question.tags
    assert all(re.fullmatch(r"[a-z][a-z-]*", tag) for tag in question.tags), question.tags
    assert {c.type for c in question.columns} <= COLUMN_TYPES
    assert {p.type for p in question.params} <= PARAM_TYPES
    assert all(c.label for c in question.columns)
    assert all(p.text for p in question.params)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


@pytest.mark.parametrize("name", ALL)
def test_prefixes_are_the_projects(name: str) -> None:
    """A prefix is declared with the project's address for it, once, and used."""
    text = read_question(name).sparql
    declared = re.findall(r"^PREFIX (\w+): <([^>]+)>$", text, re.MULTILINE)
    assert len(declared) == text.upper().count("PREFIX ")
    assert len(dict(declared)) == len(declared)
    for prefix, address in declared:
        assert PREFIXES[prefix] == address
    body = body_of(read_question(name))
    unused = [p for p, _ in declared if body.count(f"{p}:") < 2]
    assert not unused, f"{unused} declared but not used; remove them"


@pytest.fixture(scope="module")
def terms() -> set[str]:
    """Return the local names of every term that the ontology defines."""
    from rdflib import Graph as RdflibGraph

    return {
        str(s).removeprefix(RG)
        for s in RdflibGraph().parse(ONTOLOGY / "rehab.ttl").subjects()
        if str(s).startswith(RG)
    }


@pytest.mark.parametrize("name", ALL)
def test_every_term_is_in_the_ontology(name: str, terms: set[str]) -> None:
    """A query may only use rg: terms that the ontology defines."""
    used = set(re.findall(r"\brg:(\w+)", body_of(read_question(name))))
    assert used <= terms, used - terms


@pytest.mark.parametrize("name", ALL)
def test_every_concept_named_is_in_the_schemes(name: str, tiny: Graph, world: Graph) -> None:
    """An address of ours that a query writes out is a thing of the schemes or of the record."""
    used = re.findall(r"<(https://w3id\.org/rehabgraph/id/[^>]+)>", body_of(read_question(name)))
    for address in used:
        known = f"ASK {{ <{address}> ?p ?o }}"
        assert world.store.ask(known) or tiny.store.ask(known), address


@pytest.mark.parametrize("name", ALL)
def test_columns_equal_the_projection(name: str, tiny: Graph) -> None:
    """The header's columns are the SELECT's variables, in order."""
    question = read_question(name)
    names, _ = tiny.store.variables_and_rows(question.sparql)
    assert [c.name for c in question.columns] == names


@pytest.mark.parametrize("name", ALL)
def test_it_parses_on_rdflib(name: str) -> None:
    """The other engine's parser takes the text too."""
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery(read_question(name).sparql)


@pytest.mark.parametrize("name", ALL)
def test_the_order_is_total(name: str, world: Graph) -> None:
    """ORDER BY tells every two rows apart, so the answer has one order on any engine."""
    question = read_question(name)
    assert "ORDER BY" in question.sparql
    tail = question.sparql.rsplit("ORDER BY", 1)[1].split("LIMIT")[0]
    keys = re.findall(r"\?(\w+)", tail)
    assert keys
    report = ask(world, name)
    shown = {c.name for c in report.columns}
    if not set(keys) <= shown:
        pytest.skip("it is ordered by something that it does not show")
    seen = [tuple(str(row[k]) for k in keys) for row in report.rows]
    twins = {s for s in seen if seen.count(s) > 1} if len(set(seen)) < len(seen) else set()
    assert not twins, f"rows tie on {keys}: {sorted(twins)[:3]}; order by the row's address too"


@pytest.mark.parametrize("name", ASKED)
def test_it_has_an_answer_today(name: str, world: Graph) -> None:
    """Every question has at least one row on the real data, with its defaults or its example."""
    assert ask(world, name).rows or name in EMPTY_TODAY


@pytest.mark.parametrize("name", ALL)
def test_no_row_stands_twice(name: str, world: Graph) -> None:
    """An answer holds each row once: a repeat would be counted twice by whoever adds it up."""
    report = ask(world, name)
    rows = [tuple(str(row[c.name]) for c in report.columns) for row in report.rows]
    assert len(set(rows)) == len(rows), sorted({r for r in rows if rows.count(r) > 1})[:2]


@pytest.mark.parametrize("name", ALL)
def test_asked_twice_it_answers_alike(name: str, world: Graph) -> None:
    """The same question gives the same rows in the same order."""
    assert ask(world, name).to_json() == ask(world, name).to_json()


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_nothing(name: str, world: Graph) -> None:
    """A `*-violation` question returns nothing on the real data."""
    assert world.query(name).rows == ()


@pytest.mark.parametrize("name", ASKED)
def test_every_example_runs(name: str, world: Graph) -> None:
    """The example of a header names parameters that there are, and gives rows."""
    question = read_question(name)
    if not question.examples:
        assert not any(p.required for p in question.params), "a required one needs an example"
        return
    found: dict[str, list[str]] = {}
    for key, value in question.examples:
        found.setdefault(key, []).append(value)
    assert world.query(name, **found).rows


@pytest.mark.parametrize("name", ASKED)
def test_column_types_hold(name: str, world: Graph) -> None:
    """Every cell is of its column's type, or unknown."""
    types: dict[str, tuple[type, ...]] = {
        "iri": (Iri,),
        "text": (str,),
        "integer": (int,),
        "gbp": (int,),
        "number": (int, float),
        "percent": (int, float),
        "date": (date,),
        "boolean": (bool,),
    }
    from decimal import Decimal

    question = read_question(name)
    if any(p.required for p in question.params):
        terms = {
            p.name: [f"<{world.resolve(dict(question.examples)[p.name])}>"]
            for p in question.params
            if p.required
        }
    else:
        terms = {}
    for row in world.store.select(bind_terms(question, terms)):
        for column in question.columns:
            value = row[column.name]
            if value is None:
                continue
            allowed = types[column.type]
            if column.type in ("number", "percent"):
                allowed = (*allowed, Decimal)
            assert isinstance(value, allowed), (column, value)
            assert column.type == "iri" or not isinstance(value, Iri), (column, value)


# ---- exact answers on the tiny world

D = date
DAY_ONE, LATER = "Day one, 2021", "Later, 2022"
WOM, PWB, ACC = "Women's services", "Personal wellbeing", "Accommodation"
ELM = "Elm Women's Centre"
LIST, RECORDS = "Award list of the day-one round", "Contract records"
START, SHORT, LONG, JUNE = D(2021, 6, 26), D(2024, 3, 31), D(2025, 3, 31), D(2023, 6, 30)
ANNOUNCED = "value-kind/announced-for-standard-term"
ORG = "organisation/"

Rows = list[tuple[Any, ...]]
EXACT: list[tuple[str, dict[str, Any], Rows]] = [
    (
        "award-facts",
        {},
        [
            ("award/eastmark-acc-cedar", "round/day-one", "lot/accommodation", "region/eastmark", ORG + "cedar",
             500000, "value-kind/predicted", "status/announced", "Cedar Homes", "source/list-2021", "L9"),
            ("award/eastmark-pwb-birch", "round/day-one", "lot/personal-wellbeing", "region/eastmark", ORG + "birch",
             600000, ANNOUNCED, "status/announced", "Birch", "source/list-2021", "L7"),
            ("award/eastmark-wom-alder", "round/day-one", "lot/womens-services", "region/eastmark", ORG + "alder",
             400000, ANNOUNCED, "status/announced", "The Alder Trust", "source/list-2021", "L5"),
            ("award/westmark-acc-dogwood", "round/day-one", "lot/accommodation", "region/westmark", ORG + "dogwood",
             300000, "value-kind/predicted", "status/subject-to-contract", "Dogwood", "source/list-2021", "L14"),
        ],
    ),
    (
        "contract-facts",
        {},
        [
            ("contract/T_0001", "T_0001", "round/day-one", "award/eastmark-wom-alder", "lot/womens-services",
             "region/eastmark", "area/ash-valley", "cohort/women", "route/competed", ORG + "alder",
             START, LONG, "month", "date-basis/derived", None),
            ("contract/T_0002", "T_0002", "round/day-one", "award/eastmark-pwb-birch", "lot/personal-wellbeing",
             "region/eastmark", "area/ash-valley", "cohort/adults", "route/competed", ORG + "birch",
             START, SHORT, "month", "date-basis/derived", None),
            ("contract/T_0003", "T_0003", "round/day-one", "award/eastmark-pwb-birch", "lot/personal-wellbeing",
             "region/eastmark", "area/brook", "cohort/adults", "route/competed", ORG + "birch",
             START, JUNE, "month", "date-basis/stated", None),
            ("contract/T_0004", "T_0004", "round/day-one", "award/eastmark-acc-cedar", "lot/accommodation",
             "region/eastmark", None, "cohort/adults", "route/competed", ORG + "cedar",
             START, SHORT, "month", "date-basis/derived", None),
            ("contract/T_0005", "T_0005", "round/day-one", "award/westmark-acc-dogwood", "lot/accommodation",
             "region/westmark", None, "cohort/adults", "route/competed", ORG + "dogwood",
             START, SHORT, "month", "date-basis/derived", None),
            ("contract/T_0006", "T_0006", "round/later", None, "lot/womens-services",
             "region/westmark", "area/coombe", "cohort/women", "route/direct-award", ORG + "alder",
             D(2022, 7, 1), JUNE, "day", "date-basis/stated", D(2023, 3, 31)),
        ],
    ),
    (
        "lines-of-provider",
        {"provider": "Birch"},
        [("award/eastmark-pwb-birch", LIST, "L7", PWB, "Eastmark", "£600,000", 600000)],
    ),
    ("lines-of-provider", {"provider": "elm"}, []),
    (
        "names-of-organisations",
        {},
        [("Alder Trust", "The Alder Trust", "printed", LIST, "L5", ORG + "alder")],
    ),
    (
        "contracts-of-provider",
        {"provider": "Birch"},
        [
            ("T_0002", DAY_ONE, PWB, "Eastmark", "Ash Valley", START, SHORT, "derived", "contract/T_0002"),
            ("T_0003", DAY_ONE, PWB, "Eastmark", "Brook", START, JUNE, "stated", "contract/T_0003"),
        ],
    ),
    (
        "contracts-of-provider",
        {"provider": "Alder Trust", "round": "later"},
        [("T_0006", LATER, WOM, "Westmark", "Coombe", D(2022, 7, 1), JUNE, "stated", "contract/T_0006")],
    ),
    (
        "providers-of-lot-in-region",
        {},
        [
            ("Eastmark", ACC, ORG + "cedar", "Cedar Homes", 500000, 1),
            ("Eastmark", PWB, ORG + "birch", "Birch", 600000, 1),
            ("Eastmark", WOM, ORG + "alder", "Alder Trust", 400000, 1),
            ("Westmark", ACC, ORG + "dogwood", "Dogwood", 300000, 1),
        ],
    ),
    (
        "providers-of-lot-in-region",
        {"lot": "ACC", "region": "east mark"},
        [("Eastmark", ACC, ORG + "cedar", "Cedar Homes", 500000, 1)],
    ),
    ("shared-prices", {}, [("award/eastmark-pwb-birch", "Birch", PWB, "Eastmark", 600000, 2, "L7")]),
    (
        "shares-by-provider",
        {},
        [
            (ORG + "birch", "Birch", 600000, 1, pytest.approx(100 / 3)),
            (ORG + "cedar", "Cedar Homes", 500000, 1, pytest.approx(500 / 18)),
            (ORG + "alder", "Alder Trust", 400000, 1, pytest.approx(200 / 9)),
            (ORG + "dogwood", "Dogwood", 300000, 1, pytest.approx(100 / 6)),
        ],
    ),
    (
        "shares-by-provider",
        {"lot": ["Accommodation"]},
        [
            (ORG + "cedar", "Cedar Homes", 500000, 1, pytest.approx(62.5)),
            (ORG + "dogwood", "Dogwood", 300000, 1, pytest.approx(37.5)),
        ],
    ),
    (
        "value-by-lot",
        {},
        [
            ("lot/accommodation", ACC, 800000, 2, 2),
            ("lot/personal-wellbeing", PWB, 600000, 1, 1),
            ("lot/womens-services", WOM, 400000, 1, 1),
        ],
    ),
    ("value-by-lot", {"region": "Westmark"}, [("lot/accommodation", ACC, 300000, 1, 1)]),
    (
        "areas-served-by-provider",
        {"provider": "Cedar Homes"},
        [
            ("Eastmark", "Ash Valley", ACC, 1, "area/ash-valley"),
            ("Eastmark", "Brook", ACC, 1, "area/brook"),
        ],
    ),
    (
        "policing-bodies",
        {},
        [],  # the tiny world names no policing body
    ),
    (
        "regions-and-areas",
        {},
        [
            ("Eastmark", "Ash Valley", "E23000101", 800000, "area/ash-valley"),
            ("Eastmark", "Brook", "E23000102", 400000, "area/brook"),
            ("Westmark", "Coombe", "E23000103", 600000, "area/coombe"),
            ("Westmark", "Down", "E23000104", 200000, "area/down"),
        ],
    ),
    (
        "who-serves-area",
        {"area": "ash valley"},
        [
            (ACC, "Cedar Homes", "T_0004", "region", DAY_ONE, START, SHORT, "contract/T_0004", ORG + "cedar"),
            (PWB, "Birch", "T_0002", "area", DAY_ONE, START, SHORT, "contract/T_0002", ORG + "birch"),
            (WOM, "Alder Trust", "T_0001", "area", DAY_ONE, START, LONG, "contract/T_0001", ORG + "alder"),
        ],
    ),
    (
        "who-serves-area",
        {"area": "down"},
        [(ACC, "Dogwood", "T_0005", "region", DAY_ONE, START, SHORT, "contract/T_0005", ORG + "dogwood")],
    ),
    (
        "leads-of-subcontractor",
        {},
        [(ELM, "Birch", 2, ORG + "birch"), (ELM, "Cedar Homes", 1, ORG + "cedar")],
    ),
    (
        "subcontractors-of-lead",
        {},
        [("Birch", ELM, 2, 1, ORG + "elm"), ("Cedar Homes", ELM, 1, 1, ORG + "elm")],
    ),
    (
        "active-on",
        {"on": "2023-12-31"},
        [
            ("T_0004", "Cedar Homes", ACC, "Eastmark", None, SHORT, "month", "derived"),
            ("T_0005", "Dogwood", ACC, "Westmark", None, SHORT, "month", "derived"),
            ("T_0002", "Birch", PWB, "Eastmark", "Ash Valley", SHORT, "month", "derived"),
            ("T_0001", "Alder Trust", WOM, "Eastmark", "Ash Valley", LONG, "month", "derived"),
        ],
    ),
    ("active-on", {"on": D(2021, 6, 25)}, []),
    (
        "active-on",
        {"on": "2023-06-30", "round": "later"},
        [("T_0006", "Alder Trust", WOM, "Westmark", "Coombe", JUNE, "day", "stated")],
    ),
    ("active-on", {"on": "2023-07-01", "round": "later"}, []),
    (
        "ending-between",
        {},
        [
            (JUNE, "month", "stated", "T_0003", "Birch", PWB, "Eastmark", "Brook"),
            (JUNE, "day", "stated", "T_0006", "Alder Trust", WOM, "Westmark", "Coombe"),
        ],
    ),
    ("announced-and-noticed", {}, []),
    (
        "contracts-by-cohort",
        {},
        [
            (ACC, "Eastmark", "adults", 1, "lot/accommodation", "region/eastmark"),
            (ACC, "Westmark", "adults", 1, "lot/accommodation", "region/westmark"),
            (PWB, "Eastmark", "adults", 2, "lot/personal-wellbeing", "region/eastmark"),
            (WOM, "Eastmark", "women", 1, "lot/womens-services", "region/eastmark"),
        ],
    ),
    (
        "contracts-of-later-rounds",
        {},
        [
            (LATER, "T_0006", "Alder Trust", WOM, "Westmark", "Coombe", "women", D(2022, 7, 1), JUNE,
             D(2023, 3, 31), "contract/T_0006"),
        ],
    ),
    (
        "lines-subject-to-contract",
        {},
        [
            ("subject-to-contract", "predicted", "Dogwood", ACC, "Westmark", 300000, "award/westmark-acc-dogwood"),
            ("announced", "announced-for-standard-term", "Birch", PWB, "Eastmark", 600000,
             "award/eastmark-pwb-birch"),
            ("announced", "announced-for-standard-term", "Alder Trust", WOM, "Eastmark", 400000,
             "award/eastmark-wom-alder"),
            ("announced", "predicted", "Cedar Homes", ACC, "Eastmark", 500000, "award/eastmark-acc-cedar"),
        ],
    ),
    (
        "people-in-roles",
        {},
        [
            ("Kim Example", "Chief executive", "Alder Trust", D(2021, 5, 21), None, "person/kim-example",
             ORG + "alder", "role/kim-alder"),
        ],
    ),
    (
        "crc-owners-of-area",
        {"area": "Ash Valley"},
        [("Ash", "Birch", D(2015, 2, 1), D(2021, 6, 25), ORG + "birch", "crc-area/C01")],
    ),
    ("crc-owners-of-area", {"area": "Brook"}, []),
    (
        "delivery-units-of-area",
        {},
        [("Eastmark", "Ash Valley", "Ash North", False, "delivery-unit/ash-north")],
    ),
    (
        "sites-by-operator",
        {},
        [
            ("Birch", "Coombe hub", "Coombe", "Coombe", D(2021, 9, 1), None, "activity-hub", "women",
             "Hubs programme", "site/coombe-hub"),
        ],
    ),
    (
        "who-commissions-what-where",
        {},
        [
            ("Eastmark", None, "region", "joint", "Ministry of Justice", "Vale Combined Authority", START, None,
             None, "commissioning/east"),
            ("Westmark", WOM, "police-area", "sole", "Police and Crime Commissioner for Westmark", None,
             D(2022, 7, 1), None, "Coombe", "commissioning/coombe-women"),
        ],
    ),
    ("agreements-between-public-bodies", {}, []),
    (
        "effects-of-policy",
        {},
        [
            ("Unification", "brings-in-house", "Supervision", START, None, "service/oversight",
             "policy-link/unification-oversight"),
        ],
    ),
    ("events-of-policy", {"policy": "unification"}, []),
    (
        "parties-of-agreement",
        {},
        [
            ("Agreement on work", "agreement", "Ministry of Justice", "signatory", ORG + "moj",
             "policy/work-agreement", "party/work-moj"),
        ],
    ),
    (
        "policies",
        {},
        [
            ("Agreement on work", "agreement", None, None, None, None, None, "policy/work-agreement"),
            ("Framework of 2020", "framework", "Ministry of Justice", D(2020, 6, 15), None, None, None,
             "policy/framework-2020"),
            ("Hubs programme", "programme", None, None, None, None, None, "policy/hubs"),
            ("Unification", "reform", "Ministry of Justice", None, START, D(2024, 12, 31), "day",
             "policy/unification"),
        ],
    ),
    (
        "amounts-stated",
        {},
        [
            ("Women's services in Coombe", "maximum-with-extension", "up-to", 150000, "GBP",
             "Police and Crime Commissioner for Westmark", D(2022, 5, 1), "notice/n-later",
             "amount/later-notice"),
        ],
    ),
    (
        "claims-by-speaker",
        {},
        [
            ("Ministry of Justice", "The contracts are worth over 1.5 million pounds.", "over", 1500000, "gbp",
             "All contracts of the round", "press-release", False, D(2021, 5, 21), LIST, "L3", "claim/total"),
        ],
    ),
    (
        "evidence-of-thing",
        {"thing": "contract/T_0001"},
        [
            (LIST, "L1", "26 June 2021", "start", "source/list-2021"),
            (RECORDS, "T_0001", None, None, "source/records"),
        ],
    ),
    (
        "homonyms-kept-apart",
        {},
        [
            ("Alder Trust", ELM, "Two charities with like names.", ORG + "alder", ORG + "elm",
             "judgement/alder-elm"),
        ],
    ),
    (
        "judgements-about",
        {"thing": "award/westmark-acc-dogwood"},
        [
            ("reads-as", "award/westmark-acc-dogwood", "£300, 000", "300000", "A stray space.", None,
             "judgement/dogwood-space"),
        ],
    ),
    (
        "interventions-and-partners",
        {},
        [("Steps", "Relationships", "Birch", ELM, "works-with", "intervention/steps", ORG + "elm")],
    ),
    ("named-partners-and-consortia", {}, []),
    ("organisations-in-several-roles", {}, []),
    (
        "owners-of-crc-areas",
        {},
        [
            ("Ash", "owner", "Birch", D(2015, 2, 1), D(2021, 6, 25), None, ORG + "birch", "crc-area/C01",
             "crc-owner/C01-birch"),
        ],
    ),
    (
        "partners-of-partners",
        {"provider": "Birch"},
        [(ELM, "Cedar Homes", 1, ORG + "elm", ORG + "cedar")],
    ),
    ("partners-of-partners", {"provider": "Alder Trust"}, []),
    (
        "predecessors-of-leads",
        {},
        [
            ("Birch", "Birch", "same-organisation", "Ash", ORG + "birch", ORG + "birch", "crc-area/C01",
             "lineage/C01-birch"),
        ],
    ),
    (
        "relations-of-organisation",
        {},
        [
            ("Birch", "owned-by", "Birch Ownership Trust", 51, D(2020, 1, 10), None, ORG + "birch",
             ORG + "birch-trust", "relation/birch-trust"),
            ("Dogwood", "owned-by", "Birch", 100, D(2018, 1, 1), None, ORG + "dogwood", ORG + "birch",
             "relation/dogwood-birch"),
        ],
    ),
    (
        "contracts-closed-to-referrals",
        {},
        [
            (D(2023, 3, 31), "T_0006", "Alder Trust", WOM, "Westmark", "Coombe", LATER, "contract/T_0006"),
        ],
    ),
    (
        "standard-terms",
        {},
        [
            (DAY_ONE, ACC, "P2Y9M", "predicted", "term/day-one-accommodation"),
            (DAY_ONE, "Education, training and employment", "P2Y9M", "predicted",
             "term/day-one-education-training-employment"),
            (DAY_ONE, PWB, "P2Y9M", "announced-for-standard-term", "term/day-one-personal-wellbeing"),
            (DAY_ONE, WOM, "P3Y9M", "announced-for-standard-term", "term/day-one-womens-services"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "params", "want"),
    EXACT,
    ids=[f"{n}-{','.join(map(str, p.values()))}" if p else n for n, p, _ in EXACT],
)
def test_exact_answer_on_the_tiny_world(
    name: str, params: dict[str, Any], want: Rows, tiny: Graph
) -> None:
    """The answer is the one read off the tiny dataset by eye, in order."""
    report = tiny.query(name, **params)
    got = [tuple(row[c.name] for c in report.columns) for row in report.rows]
    assert got == want


# ---- parameters

FILE = """#+ title: T
#+ question: Q?
#+ param: x lot all Lot
#+ param: y date required Day
#+ column: x iri X
#+ tags: t
SELECT ?x WHERE { VALUES ?x { UNDEF } VALUES ?y { UNDEF } VALUES ?xy { 1 } } ORDER BY ?x
"""


def test_binding_puts_terms_into_every_slot() -> None:
    """Only the slot of the very name is filled, each time it stands."""
    question = parse_question("q", FILE.replace("VALUES ?y", "VALUES   ?x{UNDEF} VALUES ?y"))
    text = bind_terms(question, {"x": ["<a:a>", "<a:b>"], "y": ['"2021-01-01"']})
    assert text.count("VALUES ?x { <a:a> <a:b> }") == 2
    assert "VALUES ?xy { 1 }" in text


def test_backslashes_in_a_term_are_kept() -> None:
    """A term is put in as it is: `\\1` or `\\g<0>` in it means nothing to the program."""
    question = parse_question("q", FILE)
    assert '{ "\\\\1\\\\g<0>" }' in bind_terms(question, {"x": ['"\\\\1\\\\g<0>"'], "y": ["1"]})


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ({"colour": "red"}, BadParameter, ("'colour'", "it has: area, round")),
        ({}, BadParameter, ("needs area", "-p area=")),
        ({"area": "Kemt"}, UnknownName, ("'Kemt'", "Kent")),
        ({"area": "East Midlands"}, UnknownName, ("no area", "'East Midlands'")),
        ({"area": "> } INSERT DATA {"}, UnknownName, ("no area",)),
        ({"area": ""}, UnknownName, ("no area",)),
    ],
)
def test_wrong_parameters_are_one_line(
    params: dict[str, str], error: type[Exception], words: tuple[str, ...], world: Graph
) -> None:
    """A wrong parameter says what, and what there is instead."""
    with pytest.raises(error) as caught:
        world.query("who-serves-area", **params)
    message = str(caught.value)
    assert "\n" not in message
    assert all(word in message for word in words), message


def test_wrong_dates_and_numbers(world: Graph) -> None:
    """A day that is none is refused with the form to write."""
    with pytest.raises(BadParameter, match="2023-07-01"):
        world.query("active-on", on="1 July 2021")
    from rehabgraph.queries.ask import to_term
    from rehabgraph.queries.catalogue import Param

    number = Param("n", "integer", "all", "A number")
    assert to_term(world, number, "-12") == '"-12"^^<http://www.w3.org/2001/XMLSchema#integer>'
    for bad in ("--5", "", "-", "1.5", "٣", "1e3", "5 "):
        with pytest.raises(BadParameter, match="whole number"):
            to_term(world, number, bad)
    words = Param("t", "text", "all", "Words")
    assert to_term(world, words, 'a" } DROP ALL #\n') == '"a\\" } DROP ALL #\\n"'


def test_unknown_question_names_the_nearest() -> None:
    """A slip in a question's name gives the name meant."""
    with pytest.raises(UnknownQuestion, match="value-by-lot"):
        read_question("value-by-lots")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("#+ title: T\n", ""), "title"),
        (("#+ title: T", "#+ title T"), "line 1"),
        (("#+ title: T", "#+ subtitle: T"), "line 1"),
        (("#+ column: x iri X", "#+ column: x colour X"), "column"),
        (("#+ column: x iri X", "#+ column: x"), "column"),
        (("#+ param: x lot all Lot", "#+ param: x lots all Lot"), "param"),
        (("#+ param: x lot all Lot", "#+ param: z lot all Lot"), "no VALUES ?z"),
        (("#+ tags: t\n", ""), "tags"),
    ],
)
def test_a_bad_header_is_refused(change: tuple[str, str], words: str) -> None:
    """A header that breaks a rule says the file and the line or key."""
    with pytest.raises(BadQuestionFile) as caught:
        parse_question("q", FILE.replace(*change))
    assert str(caught.value).startswith("q.rq: ")
    assert words in str(caught.value)


def test_a_title_may_hold_colons() -> None:
    """The first colon splits; the rest is text."""
    assert parse_question("q", FILE.replace("title: T", "title: T: a: b")).title == "T: a: b"

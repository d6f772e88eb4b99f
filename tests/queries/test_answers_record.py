"""Exact answers on the tiny world: people, policies, ties and the record.

Every answer is written by eye from `tests/data/tiny.ttl`; its head sums them up.
"""

# ruff: noqa: E501 - answers are tables: a row stands on one line

from datetime import date
from typing import Any

import pytest

from rehabgraph.queries.graph import Graph

D = date
PWB = "Personal wellbeing"
ELM = "Elm Women's Centre"
LIST, RECORDS = "Award list of the day-one round", "Contract records"
START = D(2021, 6, 26)
ORG = "organisation/"

Rows = list[tuple[Any, ...]]
EXACT: list[tuple[str, dict[str, Any], Rows]] = [
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
        "people-in-roles",
        {},
        [
            ("Kim Example", "Chief executive", "Alder Trust", D(2021, 5, 21), None, "person/kim-example",
             ORG + "alder", "role/kim-alder"),
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

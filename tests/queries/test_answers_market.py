"""Exact answers on the tiny world: who holds what, where and when.

Every answer is written by eye from `tests/data/tiny.ttl`; its head sums them up.
"""

# ruff: noqa: E501 - answers are tables: a row stands on one line

from datetime import date
from typing import Any

import pytest

from rehabgraph.queries.graph import Graph

D = date
DAY_ONE, LATER = "Day one, 2021", "Later, 2022"
WOM, PWB, ACC = "Women's services", "Personal wellbeing", "Accommodation"
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
            (ACC, "Cedar Homes", "T_0004", "region", DAY_ONE, START, SHORT, "derived", "contract/T_0004", ORG + "cedar"),
            (PWB, "Birch", "T_0002", "area", DAY_ONE, START, SHORT, "derived", "contract/T_0002", ORG + "birch"),
            (WOM, "Alder Trust", "T_0001", "area", DAY_ONE, START, LONG, "derived", "contract/T_0001", ORG + "alder"),
        ],
    ),
    (
        "who-serves-area",
        {"area": "down"},
        [(ACC, "Dogwood", "T_0005", "region", DAY_ONE, START, SHORT, "derived", "contract/T_0005", ORG + "dogwood")],
    ),
    (
        "active-on",
        {"on": "2023-12-31"},
        [
            ("T_0004", "Cedar Homes", ACC, "Eastmark", "whole region", SHORT, "month", "derived"),
            ("T_0005", "Dogwood", ACC, "Westmark", "whole region", SHORT, "month", "derived"),
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
            ("Eastmark", "all lots", "region", "joint", "Ministry of Justice", "Vale Combined Authority", START, None,
             "whole region", "commissioning/east"),
            ("Westmark", WOM, "police-area", "sole", "Police and Crime Commissioner for Westmark", "nobody",
             D(2022, 7, 1), None, "Coombe", "commissioning/coombe-women"),
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
            (DAY_ONE, ACC, "2 years 9 months", "predicted", "term/day-one-accommodation"),
            (DAY_ONE, "Education, training and employment", "2 years 9 months", "predicted",
             "term/day-one-education-training-employment"),
            (DAY_ONE, PWB, "2 years 9 months", "announced-for-standard-term", "term/day-one-personal-wellbeing"),
            (DAY_ONE, WOM, "3 years 9 months", "announced-for-standard-term", "term/day-one-womens-services"),
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

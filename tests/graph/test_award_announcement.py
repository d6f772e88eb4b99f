"""The announcement of 2021 itself, read into proposals and held against two tables.

Expected values come from the printed list, read by hand, and from two tables that were
compiled from it independently: the list of contracts of 2021 beside the source texts, and
the curated tables.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rehabgraph.graph.award_list import AwardList, read_award_list

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
SHARED = Path(os.environ.get("REHABGRAPH_SHARED") or ROOT.parent / "shared")
TEXTS = ("ia-2021", "ia-2022", "moj-2021", "wired-2019", "wwo-2021")


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a CSV file, or skip when it is not there."""
    if not path.is_file():
        pytest.skip(f"needs {path.name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names_in(table: str, *columns: str) -> dict[str, str]:
    """Return name or alias → id of a curated table."""
    return {
        name: row["id"]
        for row in rows_of(DATA / table)
        for column in columns
        for name in row[column].split("|")
        if name
    }


def organisation_names() -> Iterator[tuple[str, str]]:
    """Yield every curated name of an organisation with its id; a common name beats an alias."""
    common = names_in("organisations.csv", "name")
    yield from common.items()
    taken = {name.casefold() for name in common}
    for row in rows_of(DATA / "names.csv"):
        if row["name"].casefold() not in taken:
            yield row["name"], row["organisation"]


def read_shared(source: str, organisations: dict[str, str] | None = None) -> AwardList:
    """Read one source text with the curated vocabularies."""
    path = SHARED / "sources" / f"{source}.txt"
    if not path.is_file():
        pytest.skip("needs the source texts folder")
    return read_award_list(
        path,
        names_in("regions.csv", "name", "aliases"),
        names_in("areas.csv", "name", "aliases"),
        names_in("lots.csv", "label", "aliases"),
        organisations or {},
    )


@pytest.mark.shared
def test_the_announcement_of_2021_proposes_66_lines_and_110_contracts() -> None:
    """The counts are those of the README beside the texts: 22 lines cover 66, 44 cover one."""
    found = read_shared("moj-2021")
    per_line = Counter(contract.line for contract in found.contracts)
    assert (len(found.lines), len(found.contracts), found.not_understood) == (66, 110, ())
    assert sum(count == 1 for count in per_line.values()) == 44
    assert [sum(c for c in per_line.values() if c > 1), sum(c > 1 for c in per_line.values())] == [
        66,
        22,
    ]
    assert [(s.line, s.region, s.lot) for s in found.statements] == [
        (86, "london", "womens-services"),
        (187, "greater-manchester", None),
    ]


@pytest.mark.shared
def test_the_announcement_of_2021_needs_these_repairs() -> None:
    """The three oddities that the README beside the texts and the text itself show, by line."""
    lines = {line.line: line for line in read_shared("moj-2021").lines}
    assert {n: [r.kind for r in line.repairs] for n, line in lines.items() if line.repairs} == {
        150: ["counts-as"],
        160: ["reads-as"],
        179: ["reads-as"],
    }
    assert [n for n, line in lines.items() if line.status == "subject-to-contract"] == [112]


@pytest.mark.shared
def test_proposed_contracts_are_those_of_the_published_contract_records() -> None:
    """Line by line the areas, cohorts and ends equal the table of 110 contracts of 2021.

    That table was compiled from the ministry's contract records, not by this reader.
    """
    found = read_shared("moj-2021")
    cohort = {"18+": None, "18-25": "young-adults", "26+": "adults-26-plus"}
    published = Counter(
        (
            int(row["line_in_moj_2021"]),
            row["area_or_region"] if len(row["area_or_region"]) > 1 else None,
            cohort[row["age_cohort"]],
            row["award_route"] == "direct_award_to_2023-06",
        )
        for row in rows_of(SHARED / "reference" / "contracts_2021.csv")
    )
    assert published == Counter(
        (c.line, c.area, c.cohort, c.end == date(2023, 6, 30)) for c in found.contracts
    )


@pytest.mark.shared
def test_proposed_lines_are_the_curated_awards() -> None:
    """Lead, printed name and value, value, lot, region and status equal the awards table."""
    found = read_shared("moj-2021", dict(organisation_names()))
    curated = {
        (
            row["locator"],
            row["region"],
            row["lot"],
            row["lead"],
            row["name_as_printed"],
            row["value_as_printed"],
            Decimal(row["value"]),
            row["status"],
        )
        for row in rows_of(DATA / "awards.csv")
        if row["source"] == "moj-2021"
    }
    assert {line.match.status for line in found.lines} == {"known"}
    assert curated == {
        (
            f"L{line.line}",
            line.region,
            line.lot,
            line.match.organisation,
            line.name,
            line.value_as_printed,
            line.value,
            line.status,
        )
        for line in found.lines
    }


@pytest.mark.shared
def test_proposed_contracts_are_the_curated_contracts() -> None:
    """Region, lot, area, end and its precision equal the contracts table, line by line.

    The table takes two things from the ministry's records that the announcement does not
    print, so the reader leaves them open: the cohort under a heading that names none, and
    the one area of London's wellbeing contract (line 88 has no brackets).
    """
    found = read_shared("moj-2021")
    line_of = {
        row["id"]: int(row["locator"].removeprefix("L"))
        for row in rows_of(DATA / "awards.csv")
        if row["source"] == "moj-2021"
    }
    unprinted = {"adults", "women"}
    curated = Counter(
        (
            line_of[row["award"]],
            row["region"],
            row["lot"],
            None if row["award"] == "day-one-l088" else row["area"] or None,
            None if row["cohort"] in unprinted else row["cohort"],
            row["end"] or None,
            row["end_precision"] or None,
        )
        for row in rows_of(DATA / "contracts.csv")
        if row["award"] in line_of
    )
    assert curated == Counter(
        (
            c.line,
            c.region,
            c.lot,
            c.area,
            c.cohort,
            c.end.isoformat() if c.end else None,
            c.end_precision,
        )
        for c in found.contracts
    )


@pytest.mark.shared
@pytest.mark.parametrize("source", [source for source in TEXTS if source != "moj-2021"])
def test_the_other_texts_propose_nothing(source: str) -> None:
    """Prose is no list, whatever regions, services and sums it names."""
    assert read_shared(source) == AwardList((), (), (), ())


@pytest.mark.shared
def test_the_prose_around_the_list_proposes_nothing() -> None:
    """The press release above line 41 and the comments below line 187 are no list."""
    found = read_shared("moj-2021")
    text = (SHARED / "sources" / "moj-2021.txt").read_text(encoding="utf-8").split("\n")
    assert all(41 <= line.line <= 187 for line in found.lines)
    vocabularies = (
        names_in("regions.csv", "name", "aliases"),
        names_in("areas.csv", "name", "aliases"),
        names_in("lots.csv", "label", "aliases"),
    )
    for part in (text[:40], text[187:]):
        around = read_award_list("\n".join(part).encode(), *vocabularies, {})
        assert around == AwardList((), (), (), ())

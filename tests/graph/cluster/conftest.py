"""Made-up procurement for a cluster: suppliers spelled in several ways, and every kind of line."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel")
Lines = Callable[..., list[dict[str, Any]]]


def draw_party(draw: random.Random, number: int) -> dict[str, Any]:
    """Return an organisation, spelled and identified in one of its ways."""
    name = f"{NAMES[number % 8]} {number // 8}"
    party: dict[str, Any] = {"id": f"p{number}", "name": name}
    if number % 3:
        party["name"] = draw.choice([name, f"{name} Ltd", f"{name.upper()} LIMITED"])
        company = draw.choice([f"{number:08}", f"{number + 10_000:05}"][: 1 + (number % 5 == 0)])
        party["identifier"] = {"scheme": "GB-COH", "id": company, "legalName": f"{name} Limited"}
    if number % 7 == 0:
        party["additionalIdentifiers"] = [{"scheme": "GB-CHC", "id": f"{1000 + number // 14}"}]
    return party


def draw_process(draw: random.Random, number: int) -> list[dict[str, Any]]:
    """Return the releases of one process, some without a date, some with two buyers."""
    buyer = {"id": f"b{number % 5}", "name": f"Buyer {number % 5}"}
    found = []
    for step in range(draw.choice([1, 1, 1, 2, 3])):
        awards = []
        for n in range(draw.choice([0, 1, 1, 2, 3])):
            chosen = draw.sample(range(400), draw.choice([0, 1, 1, 1, 2, 4]))
            award: dict[str, Any] = {"id": str(draw.randrange(3)), "title": f"Award {n}"}
            award["suppliers"] = [draw_party(draw, one) for one in chosen]
            if draw.random() < 0.8:
                amount = draw.choice([draw.randrange(10**6), draw.randrange(10**8) / 100])
                award["value"] = {"amount": amount, "currency": draw.choice(["GBP", "GBP", "EUR"])}
                if draw.random() < 0.2:
                    award["value"]["amountGross"] = amount * 2
            if draw.random() < 0.5:
                award["contractPeriod"] = {"startDate": "2021-06-26", "endDate": "2025-03-31"}
            awards.append(award)
        release = {
            "ocid": f"ocds-test-{number:05}",
            "id": f"{number}-{step}",
            "date": f"2021-0{step + 1}-01T00:00:00Z",
            "buyer": buyer,
            "parties": [draw_party(draw, draw.randrange(400)) for _ in range(2)],
            "tender": {"title": f"Tender {number}", "lots": [{"id": "1"}, {"id": "2"}]},
            "awards": awards,
            "contracts": [{"id": "c1", "awardID": "1", "value": {"amount": 5}}],
        }
        if number % 50 == 0:
            del release["date"]
        if number % 40 == 0:
            release["buyer"] = {"id": f"b{step}", "name": f"Buyer {step}"}
        found.append(release)
    return found


@pytest.fixture
def releases() -> Lines:
    """Return a function that draws the releases of so many processes, in no order."""

    def run(processes: int, seed: int = 1) -> list[dict[str, Any]]:
        draw = random.Random(seed)  # noqa: S311
        found = [one for n in range(processes) for one in draw_process(draw, n)]
        draw.shuffle(found)
        return found

    return run


@pytest.fixture
def write_lines() -> Callable[[Path, list[Any]], Path]:
    """Return a function that writes things as lines of JSON, text as it stands; .gz packed."""

    def run(path: Path, things: list[Any]) -> Path:
        lines = [one if isinstance(one, str) else json.dumps(one) for one in things]
        text = "".join(f"{line}\n" for line in lines).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
        return path

    return run

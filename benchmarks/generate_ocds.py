"""Made-up procurement in the Open Contracting Data Standard, one release a line.

`python benchmarks/generate_ocds.py PROCESSES FILE --seed N` writes JSON Lines of any length in
bounded memory. Awards have one supplier or several, values one of three currencies, net and gross
or plain or none; most parties carry an identifier, some two, some none; some processes come as
two releases, a tender and an award. Names say that they are invented. The same seed gives the
same bytes.
"""

import argparse
import json
import random
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

CURRENCIES = ("GBP",) * 90 + ("EUR",) * 7 + ("USD",) * 3


class Procurement:
    """Draws processes one after another from one stream of random numbers."""

    def __init__(self, processes: int, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing secret: the same seed, the same file
        self.suppliers = 20 + int(3 * processes**0.7)
        self.weights = list(accumulate(rank**-1.05 for rank in range(1, self.suppliers + 1)))
        self.buyers = 5 + int(processes**0.5)

    def draw_releases(self, number: int) -> list[dict[str, Any]]:
        """Return the releases of one process: an award, and often its tender before it."""
        draw = self.random
        ocid = f"ocds-synthx-{number:08}"
        buyer = self._party("buyer", draw.randrange(self.buyers), "buyer")
        day = date(2020, 1, 1) + timedelta(days=draw.randrange(2000))
        head = {
            "ocid": ocid,
            "initiationType": "tender",
            "buyer": {k: buyer[k] for k in ("id", "name")},
        }
        tender = {
            "id": f"{ocid}-t",
            "title": f"Made-up tender {number:08}",
            "status": "complete",
            "value": {"amount": draw.randrange(10_000, 9_000_000), "currency": "GBP"},
        }
        found = []
        if draw.random() < 0.2:
            found.append(
                head
                | {"id": f"{ocid}-1", "date": f"{day}T09:00:00Z", "tag": ["tender"]}
                | {"parties": [buyer], "tender": tender | {"status": "active"}}
            )
        day += timedelta(days=60)
        awards, contracts, parties = [], [], {buyer["id"]: buyer}
        for n in range(1, 1 + min(9, int(draw.paretovariate(1.8)))):
            award, suppliers = self._award(f"{ocid}-a{n}", day)
            awards.append(award)
            parties |= {party["id"]: party for party in suppliers}
            if draw.random() < 0.7:
                contracts.append(self._contract(f"{ocid}-c{n}", award))
        return [
            *found,
            head
            | {"id": f"{ocid}-2", "date": f"{day}T09:00:00Z", "tag": ["award"]}
            | {"parties": list(parties.values()), "tender": tender}
            | {"awards": awards, "contracts": contracts},
        ]

    def _award(self, id_: str, day: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        draw = self.random
        ranks = draw.choices(
            range(self.suppliers), cum_weights=self.weights, k=min(8, int(draw.paretovariate(2)))
        )
        suppliers = [self._party("supplier", rank, "supplier") for rank in dict.fromkeys(ranks)]
        award: dict[str, Any] = {
            "id": id_,
            "title": f"Made-up award {id_[12:]}",
            "status": "active",
            "date": f"{day}T00:00:00Z",
            "suppliers": [{k: party[k] for k in ("id", "name")} for party in suppliers],
            "contractPeriod": {
                "startDate": f"{day + timedelta(days=30)}T00:00:00Z",
                "endDate": f"{day + timedelta(days=draw.randrange(200, 1500))}T00:00:00Z",
            },
        }
        basis = draw.random()
        if basis < 0.9:
            amount = draw.randrange(1_000, 5_000_000)
            award["value"] = {"amount": amount, "currency": draw.choice(CURRENCIES)}
            if basis < 0.3:
                award["value"]["amountGross"] = round(amount * 1.2, 2)
        return award, suppliers

    def _contract(self, id_: str, award: dict[str, Any]) -> dict[str, Any]:
        contract = {"id": id_, "awardID": award["id"], "status": "active"}
        contract["period"] = award["contractPeriod"]
        if "value" in award and self.random.random() < 0.5:
            contract["value"] = award["value"]
        return contract

    def _party(self, kind: str, rank: int, role: str) -> dict[str, Any]:
        """Return a party; the same rank is the same organisation with the same identifiers."""
        number = f"{rank + 1:06}"
        party: dict[str, Any] = {"roles": [role], "name": f"{kind.capitalize()} {number}"}
        scheme = "GB-COH" if kind == "supplier" else "GB-PPON"
        if rank % 10 < 8:
            identifier = f"SY{number}"
            party |= {
                "id": f"{scheme}-{identifier}",
                "identifier": {"scheme": scheme, "id": identifier, "legalName": party["name"]},
            }
            if rank % 10 == 3 and kind == "supplier":
                party["additionalIdentifiers"] = [{"scheme": "GB-CHC", "id": f"9{number}"}]
        else:
            party["id"] = f"made-up-{kind}-{number}"
        return party


def write_releases(processes: int, file: Path, seed: int = 1) -> int:
    """Write so many processes; return the number of releases.

    Args:
        processes: how many contracting processes, each with an ocid of its own.
        file: where the lines go; overwritten.
        seed: the same seed and number give the same bytes.
    """
    world = Procurement(processes, seed)
    releases = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for number in range(1, processes + 1):
            for release in world.draw_releases(number):
                out.write(json.dumps(release, separators=(",", ":")) + "\n")
                releases += 1
    return releases


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description="Write made-up releases as JSON Lines.")
    parser.add_argument("processes", type=lambda text: int(float(text)), help="such as 20000")
    parser.add_argument("file", type=Path, help="where the lines go")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    number = write_releases(wanted.processes, wanted.file, wanted.seed)
    print(f"{number} releases of {wanted.processes} processes in {wanted.file}")


if __name__ == "__main__":
    main()

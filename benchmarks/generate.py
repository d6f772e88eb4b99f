"""A made-up world of any size in the shape of the packaged tables, for measuring growth.

`python benchmarks/generate.py QUADS FOLDER --seed N` writes every table that `csv-metadata.json`
describes, and the description beside them, so that `rehabgraph --data FOLDER build` makes about
QUADS quads of it and every report works. The same seed gives the same bytes.

Regions, areas and the seven lots keep their public names. Everything else is invented and says
so: "Provider 0042", "Round 03", contract SYN_000042. Few providers lead most contracts, a price
covers one contract or several of one region, some contracts have no price, some cover a whole
region, some have no start, some a stated end and some one that follows from a standard term.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

from made_world import FIRST_ROUND, World, power_law, read_packaged, write_frame

RECORDS, DATES = "contract-records", "contract-dates"
ROUTES = (("competed", 60), ("co-commissioned", 20), ("direct-award", 10), ("unknown", 10))
ROLES = (("subcontractor", 86), ("consortium-member", 9), ("named-partner", 5))
PER_CONTRACT = 80
"""Quads of a contract with all that hangs on it, roughly: it sizes the pool of providers."""


class Market:
    """Contracts, prices and those who deliver, written until the world is large enough."""

    def __init__(self, world: World, wanted: int) -> None:
        self.world, self.random = world, world.random
        self.contracts = self.lines = 0
        size = max(20, (wanted - world.quads) // PER_CONTRACT)
        self.providers = write_frame(world, rounds=min(200, 3 + int(size**0.45)), contracts=size)
        self.leads = power_law(max(12, len(self.providers) // 4))
        self.partners = power_law(len(self.providers), 0.8)
        self.rounds = [FIRST_ROUND, *world.rounds]
        self.round_weights = [1.2, *(rank**-1.1 for rank in range(1, len(self.rounds)))]
        self.lots = [row["id"] for row in read_packaged("lots")]
        self.areas: dict[str, list[str]] = {}
        for row in read_packaged("areas"):
            if row["commissioned"] == "true":
                self.areas.setdefault(row["region"], []).append(row["id"])
        self.regions = sorted(self.areas)

    def write(self, wanted: int) -> None:
        """Write one competition after another until the dataset has the wanted size."""
        while self.world.quads < wanted or self.contracts < 12:
            self._write_competition()
        self.world.add_source(
            "price-list", "Made-up list of prices", "announcement", self.lines, "2021-05-21"
        )

    def _write_competition(self) -> None:
        """Write contracts of one round, lot, region and lead, with one price or with none."""
        draw, world = self.random, self.world
        round_ = draw.choices(self.rounds, self.round_weights)[0]
        lot = draw.choices(self.lots, range(len(self.lots), 0, -1))[0]
        region = draw.choice(self.regions)
        lead = self.providers[draw.choices(range(len(self.leads)), cum_weights=self.leads)[0]]
        whole = world.chance(40)
        count = 1 if whole else min(len(self.areas[region]), int(draw.paretovariate(1.6)))
        areas = [""] if whole else draw.sample(self.areas[region], count)
        award, line, printed = "", "", ""
        if round_ == FIRST_ROUND or world.chance(15):
            award, line, printed = self._write_award(round_, lot, region, lead)
        for area in areas:
            reference = self._write_contract(round_, lot, region, area, award)
            self._write_parts(reference, lead)
            if award:
                self._write_evidence(reference, "award", "price-list", line, printed)

    def _write_award(self, round_: str, lot: str, region: str, lead: str) -> tuple[str, str, str]:
        draw, world = self.random, self.world
        self.lines += 1
        value = int(draw.lognormvariate(14.2, 0.9))
        name, line, id_ = world.name_of(lead), f"L{self.lines}", f"{round_}-l{self.lines:06}"
        printed = f"{name}|£{value:,}"
        world.add(
            "awards", id=id_, round=round_, lot=lot, region=region, lead=lead,
            name_as_printed=name, value_as_printed=f"£{value:,}", value=value, currency="GBP",
            value_kind="predicted" if world.chance(35) else "announced-for-standard-term",
            status="announced" if world.chance(97) else "subject-to-contract",
            source="price-list", locator=line, printed=printed,
        )  # fmt: skip
        digest = f"{draw.getrandbits(64):016x}"
        world.add(
            "lines", id=f"price-list.{line}", of="price-list", number=self.lines,
            sha256=digest, kind="award",
        )  # fmt: skip
        return id_, line, printed

    def _write_contract(self, round_: str, lot: str, region: str, area: str, award: str) -> str:
        draw, world = self.random, self.world
        self.contracts += 1
        reference = f"SYN_{self.contracts:06}"
        first = round_ == FIRST_ROUND
        begin = date(2021, 6, 26)
        if not first:
            begin += timedelta(days=30 * (1 + self.rounds.index(round_) % 40))
        start = begin if world.chance(92) else None
        cohort = "women" if lot == "womens-services" else draw.choice(("adults", "adults", "men"))
        end: dict[str, object] = {}
        if start and not first and world.chance(60):
            day = begin + timedelta(days=draw.randrange(300, 1400))
            precision = "day" if world.chance(70) else "month"
            end = {"end": day, "end_precision": precision, "end_basis": "stated"}
            self._write_evidence(reference, "end", DATES, reference)
        closed = begin + timedelta(days=draw.randrange(200, 900)) if world.chance(13) else None
        world.add(
            "contracts", reference=reference, round=round_, award=award, lot=lot, region=region,
            area=area, cohort=cohort, route=world.pick(ROUTES), start=start, **end,
            referrals_closed=closed if start else None, source=RECORDS, locator=reference,
        )  # fmt: skip
        if start:
            self._write_evidence(reference, "start", DATES, reference)
        # What the rules add: the lead, and four statements of an end that follows from a term.
        world.quads += 1 + 4 * bool(start and not end and (round_, lot) in world.terms)
        if world.chance(4):
            world.add(
                "notices", id=f"notice-{self.contracts:06}", reference=reference,
                title=f"Made-up notice {self.contracts:06}", stage="award", published=start,
                precision="day" if start else "", buyer="commissioner-1", round=round_,
                contract=reference, source=RECORDS, locator=reference,
            )  # fmt: skip
        return reference

    def _write_parts(self, reference: str, lead: str) -> None:
        draw, world = self.random, self.world
        partners = draw.choices(
            range(len(self.partners)),
            cum_weights=self.partners,
            k=min(12, int(draw.expovariate(0.42))),
        )
        others = dict.fromkeys(self.providers[rank] for rank in partners)
        others.pop(lead, None)
        for organisation, role in [(lead, "lead"), *((o, world.pick(ROLES)) for o in others)]:
            world.note_provider(organisation)
            world.add(
                "participations", id=f"{reference}-{organisation}", contract=reference,
                organisation=organisation, role=role, source=RECORDS, locator=reference,
            )  # fmt: skip

    def _write_evidence(
        self, reference: str, about: str, source: str, locator: str, printed: str = ""
    ) -> None:
        slug = reference.lower().replace("_", "-")
        self.world.add(
            "evidence", id=f"contract-{slug}-{about}", subject=f"contract/{reference}",
            about=about, source=source, locator=locator, printed=printed,
        )  # fmt: skip


def write_world(quads: int, folder: Path, seed: int = 1) -> int:
    """Write a world of about so many quads; return the number that its build makes.

    Args:
        quads: how large the built dataset shall be; below about 8,000 it is what it must be.
        folder: where the tables go; made when it is not there, its tables overwritten.
        seed: the same seed and size give the same bytes.
    """
    with World(folder, seed) as world:
        Market(world, quads).write(quads)
    return world.quads


def main() -> None:
    """Read the command line and write the world."""
    parser = argparse.ArgumentParser(description="Write made-up tables of a given size.")
    parser.add_argument("quads", type=lambda text: int(float(text)), help="such as 100000 or 1e6")
    parser.add_argument("folder", type=Path, help="where the tables go")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    print(f"{write_world(wanted.quads, wanted.folder, wanted.seed)} quads in {wanted.folder}")


if __name__ == "__main__":
    main()

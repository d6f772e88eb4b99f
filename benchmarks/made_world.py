"""What every made-up world has beside its market: tables, places, rounds and organisations."""

import csv
import json
import random
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
METADATA = "csv-metadata.json"
FIRST_ROUND = "day-one"
WORLD = "made-up-world"
"""The one source that rows without a document of their own name."""

KINDS = (
    ("charity", 42), ("company", 18), ("community-interest-company", 8), ("brand", 5),
    ("social-enterprise", 5), ("housing-association", 5), ("partnership", 4), ("nhs-trust", 3),
    ("employee-owned-company", 2), ("public-body", 2), ("not-for-profit-company", 3),
    ("unknown", 3),
)  # fmt: skip
CLASSED = {"charity": 1, "company": 1, "partnership": 1, "brand": 1, "nhs-trust": 1,
           "public-body": 1, "ministry": 2, "policing-body": 1, "police-force": 1}  # fmt: skip
"""How many classes the rules give an organisation of a kind."""
RELATIONS = (("owned-by", 5), ("part-of", 2), ("brand-of", 3), ("member-of", 2), ("related-to", 1))
TERMS = ("P2Y9M", "P3Y9M", "P3Y", "P18M")


class World:
    """The tables being written: one open file each, and the number of quads they make."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)  # noqa: S311 - nothing secret: the same seed, the same world
        self.quads = _count_terms()
        self.rounds: list[str] = []
        self.terms: set[tuple[str, str]] = set()
        self._active: set[str] = set()
        self._stack = ExitStack()
        self._writers: dict[str, csv.DictWriter[str]] = {}
        self._virtual: dict[str, int] = {}
        self._separators: dict[str, dict[str, str | None]] = {}

    def __enter__(self) -> "World":
        """Open every table of the description and write its header."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DATA / METADATA, self.folder / METADATA)
        description = json.loads((DATA / METADATA).read_text(encoding="utf-8"))
        for table in description["tables"]:
            name, columns = table["url"].removesuffix(".csv"), table["tableSchema"]["columns"]
            real = [c for c in columns if not c.get("virtual")]
            file = (self.folder / table["url"]).open("w", encoding="utf-8", newline="")
            self._stack.enter_context(file)
            header = [c["name"] for c in real]
            self._writers[name] = csv.DictWriter(file, header, restval="", lineterminator="\n")
            self._writers[name].writeheader()
            self._virtual[name] = len(columns) - len(real)
            self._separators[name] = {
                c["name"]: c.get("separator") for c in real if not c.get("suppressOutput")
            }
        return self

    def __exit__(self, *problem: object) -> None:
        """Close every table."""
        self._stack.close()

    def add(self, table: str, **cells: object) -> None:
        """Write a row and count its quads; a cell that is None or '' stays empty."""
        row = {name.rstrip("_"): "" if cell is None else str(cell) for name, cell in cells.items()}
        self._writers[table].writerow(row)
        self.quads += self._virtual[table]
        separators = self._separators[table]
        for name, cell in row.items():
            if cell and name in separators:
                separator = separators[name]
                self.quads += cell.count(separator) + 1 if separator else 1

    def add_source(self, id_: str, title: str, kind: str, lines: int = 0, day: str = "") -> None:
        """Write a source; one with lines counts as a text that we hold."""
        self.add(
            "sources", id=id_, title=title, kind=kind, publisher="Nobody: made up", issued=day,
            issued_precision="day" if day else "", url=f"https://example.org/{id_}",
            licence="made up", sha256=f"{self.random.getrandbits(256):064x}" if lines else "",
            lines=lines or "",
        )  # fmt: skip

    def note_provider(self, organisation: str) -> None:
        """Count the class that the rules give to each organisation that delivers."""
        if organisation not in self._active:
            self._active.add(organisation)
            self.quads += 1

    def name_of(self, organisation: str) -> str:
        """Return the name of a made-up organisation: `provider-0042` is Provider 0042."""
        return organisation.replace("-", " ").capitalize()

    def pick(self, weighted: Sequence[tuple[str, int]]) -> str:
        """Return one of several names by weight."""
        names, weights = zip(*weighted, strict=True)
        return str(self.random.choices(names, weights)[0])

    def chance(self, percent: float) -> bool:
        """Return True so many times in a hundred."""
        return self.random.random() * 100 < percent


def power_law(size: int, exponent: float = 1.05) -> list[float]:
    """Return cumulative weights that fall with the rank: few hold much, many hold little.

    >>> [round(weight, 2) for weight in power_law(3, 1.0)]
    [1.0, 1.5, 1.83]
    """
    return list(accumulate(rank**-exponent for rank in range(1, size + 1)))


def read_packaged(table: str) -> list[dict[str, str]]:
    """Return the rows of a packaged table without their evidence, which is none for these."""
    left_out = {"source", "locator", "printed", "note", "policing_body"}
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [{k: v for k, v in row.items() if k not in left_out} for row in rows]


def _count_terms() -> int:
    """Return the number of quads that the schemes and the ontology bring to every dataset."""
    from pyoxigraph import RdfFormat, parse

    files = (ROOT / "ontology" / name for name in ("schemes.ttl", "rehab.ttl"))
    return sum(1 for file in files for _ in parse(path=str(file), format=RdfFormat.TURTLE))


def write_frame(world: World, rounds: int, contracts: int) -> list[str]:
    """Write all but the market itself; return the ids of the providers, the largest first."""
    world.add_source(WORLD, "Made-up world", "dataset")
    world.add_source("contract-records", "Made-up contract records", "dataset", 0, "2024-01-31")
    world.add_source("contract-dates", "Made-up contract dates", "dataset", 0, "2024-01-31")
    for table in ("regions", "areas", "lots"):
        for row in read_packaged(table):
            world.add(table, **row, source=WORLD, locator=row["id"])
    for id_, kind in (("commissioner-1", "ministry"), ("commissioner-2", "policing-body")):
        _write_organisation(world, id_, kind, f"XX-SYN-{id_.upper()}")
    providers = _write_providers(world, min(60_000, 20 + int(4 * contracts**0.72)))
    _write_rounds(world, rounds)
    _write_small(world, providers)
    return providers


def _write_organisation(
    world: World, id_: str, kind: str, identifiers: str, codes: str = ""
) -> None:
    world.add(
        "organisations", id=id_, name=world.name_of(id_), kind=kind, kind_basis="stated",
        identifiers=identifiers, moj_codes=codes, source=WORLD, locator=id_,
    )  # fmt: skip
    world.quads += 1 + CLASSED.get(kind, 0)  # the sector and the classes that the rules add


def _write_providers(world: World, count: int) -> list[str]:
    providers = [f"provider-{n:04}" for n in range(1, count + 1)]
    kinds = dict(KINDS)
    for n, id_ in enumerate(providers):
        number = id_.removeprefix("provider-")
        identifiers = [f"XX-SYN-{number}"] * world.chance(70) + [f"XX-ALT-{number}"] * world.chance(
            9
        )
        kind = str(world.random.choices(list(kinds), list(kinds.values()))[0])
        code = f"SYN{number}" if world.chance(60) else ""
        _write_organisation(world, id_, kind, "|".join(identifiers), code)
        world.quads += 1  # the group
        if world.chance(20):
            world.add(
                "names", id=f"{id_}-alias", organisation=id_, name=f"Alias of provider {number}",
                kind="alias", source=WORLD, locator=id_,
            )  # fmt: skip
        if n and world.chance(10):
            owner = providers[world.random.randrange(max(1, n // 3))]
            relation = world.pick(RELATIONS)
            share = (
                world.random.choice((None, None, 100, 75, 60)) if relation == "owned-by" else None
            )
            world.add(
                "relations", id=f"{id_}-{relation}", subject=id_, kind=relation, object=owner,
                share=share, source=WORLD, locator=id_,
            )  # fmt: skip
            world.quads += relation in {"owned-by", "part-of", "brand-of"}
            world.quads += relation == "owned-by"
    return providers


def _write_rounds(world: World, count: int) -> None:
    lots = [row["id"] for row in read_packaged("lots")]
    world.rounds = [f"round-{n:02}" for n in range(2, count + 1)]
    for n, id_ in enumerate([FIRST_ROUND, *world.rounds]):
        world.add(
            "rounds", id=id_, label=world.name_of(id_), framework="made-up-framework",
            commissioner=f"commissioner-{1 + n % 2}", announced="2021-05-21" if not n else "",
            service_start="2021-06-26" if not n else "", source=WORLD, locator=id_,
        )  # fmt: skip
        for lot in lots:
            if n == 0 or world.chance(25):
                world.terms.add((id_, lot))
                world.add(
                    "terms", id=f"{id_}-{lot}", round=id_, lot=lot, term=world.random.choice(TERMS),
                    value_kind="announced-for-standard-term", source=WORLD, locator=id_,
                )  # fmt: skip


def _write_small(world: World, providers: list[str]) -> None:
    """Write a few rows of each of the tables that do not grow with the market."""
    base = {"source": WORLD, "locator": "made up"}
    first, second = providers[:2]
    policy, area = "made-up-framework", "north-wales"
    subject = f"round/{FIRST_ROUND}"
    world.add(
        "policies", id=policy, kind="framework", label="Made-up framework",
        definition="A framework that is not there.", issued="2020-06-11", from_="2020-06-11",
        precision="day", owner="commissioner-1", **base,
    )  # fmt: skip
    world.quads += 1
    world.add(
        "policy_links", id="made-up-link", policy=policy, effect="creates", object=subject,
        date="2021-05-21", precision="day", **base,
    )  # fmt: skip
    world.add("parties", id="made-up-party", agreement=policy, organisation=first,
              role="provider", **base)  # fmt: skip
    world.add("people", id="person-1", name="Person 1", **base)
    world.add("roles", id="person-1-role", person="person-1", organisation="commissioner-1",
              role="Made-up office", date="2021-05-21", precision="day", **base)  # fmt: skip
    world.add("services", id="made-up-service", label="Made-up service",
              definition="A service that is not there.", **base)  # fmt: skip
    world.add("sites", id="site-1", name="Site 1", operator=first, town="Madeuptown", area=area,
              opened="2021-06-01", precision="month", kind="activity-hub", audience="adults",
              programme=policy, **base)  # fmt: skip
    world.add("interventions", id="intervention-1", name="Intervention 1", operator=first,
              theme="made up", **base)  # fmt: skip
    world.add("intervention_partners", id="intervention-1-partner", intervention="intervention-1",
              organisation=second, role="works-with", **base)  # fmt: skip
    world.add("events", id="event-1", date="2021-05-21", precision="day", kind="award",
              label="Made-up award", subject=subject, **base)  # fmt: skip
    world.add("amounts", id="headline", subject=subject, value=195000000, currency="GBP",
              kind="initial", comparator="equals", stated_by="commissioner-1",
              stated_on="2021-05-21", **base)  # fmt: skip
    world.add("claims", id="claim-1", label="Made-up claim", speaker=f"organisation/{first}",
              voice="press-release", measure="contracts", subject=f"organisation/{first}",
              comparator="equals", value=3, unit="count", scope="made up", as_of="2021-06-26",
              hearsay="false", **base)  # fmt: skip
    world.add("judgements", id="judgement-1", kind="not-same-as", subject=f"organisation/{first}",
              object=f"organisation/{second}", reason="Made up.", **base)  # fmt: skip
    world.add("delivery_units", id="unit-1", name="Unit 1", area=area, **base)
    world.add("commissioning", id="commissioning-1", commissioner="commissioner-1",
              lot="accommodation", region="wales", level="region", arrangement="sole",
              from_="2021-06-26", precision="day", **base)  # fmt: skip
    world.add("crc_areas", id="C01", name="Made-up area", from_="2015-02-01", to="2021-06-25",
              precision="day", **base)  # fmt: skip
    world.add("crc_coverage", id="c01-area", crc_area="C01", area=area, **base)
    world.add("crc_owners", id="c01-owner", crc_area="C01", organisation=first, role="owner",
              from_="2015-02-01", to="2021-06-25", precision="day", **base)  # fmt: skip
    world.add("lineage", id="c01-lineage", crc_area="C01", predecessor=first, successor=first,
              kind="same-organisation", **base)  # fmt: skip

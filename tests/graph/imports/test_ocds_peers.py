"""What we count is what the standard's own library counts, on releases made at random.

The expected figures come from `ocdsmerge` run on the raw releases, and from a few lines of
plain Python over what it returns.
"""

import json
import random
import warnings
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from ocdsmerge import Merger

Read = Callable[..., Any]


def make_releases(seed: int) -> list[dict[str, Any]]:
    """Return releases of some twenty processes: tenders, awards, updates, contracts."""
    rnd = random.Random(seed)  # noqa: S311
    releases = []
    for number in range(20):
        awards: dict[str, Any] = {}
        for step in range(rnd.randrange(1, 5)):
            release: dict[str, Any] = {
                "ocid": f"ocds-peer-{seed}-{number}",
                "id": f"{number}-{step}",
                "date": f"2021-0{step + 1}-{rnd.randrange(1, 28):02}T00:00:00Z",
                "tag": ["award"],
                "buyer": {"id": f"b{number % 3}", "name": f"Buyer {number % 3}"},
                "parties": [],
                "awards": [],
            }
            for _ in range(rnd.randrange(3)):
                id_ = str(rnd.randrange(4))
                award: dict[str, Any] = {"id": id_, "title": f"Award {id_}"}
                if rnd.random() < 0.8:
                    amount = rnd.choice([rnd.randrange(1000), rnd.randrange(10**6) / 100])
                    award["value"] = {"amount": amount, "currency": rnd.choice(["GBP", "EUR"])}
                if rnd.random() < 0.9:
                    names = {f"S{rnd.randrange(9)}" for _ in range(rnd.randrange(1, 4))}
                    award["suppliers"] = [{"id": n, "name": n} for n in sorted(names)]
                for key in ("value", "suppliers", "title"):
                    if rnd.random() < 0.1:  # takes back what was said before
                        award[key] = None
                if id_ not in {a["id"] for a in release["awards"]}:
                    release["awards"].append(award)
                    awards[id_] = award
            for id_ in sorted(awards):
                if rnd.random() < 0.3:
                    contract = {"id": f"c{id_}", "awardID": id_}
                    release.setdefault("contracts", []).append(contract)
            releases.append(release)
    rnd.shuffle(releases)
    return releases


def peer(releases: list[dict[str, Any]]) -> tuple[dict[str, int], dict[str, Decimal]]:
    """Return counts, and sums by currency, of what ocdsmerge makes of the releases."""
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for release in json.loads(json.dumps(releases), parse_float=Decimal):
        grouped[release["ocid"]].append(release)
    counts = {"processes": len(grouped), "awards": 0, "suppliers of awards": 0, "contracts": 0}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in grouped.values():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compiled = Merger(merge_rules={}).create_compiled_release(one)
        counts["contracts"] += len(compiled.get("contracts", []))
        for award in compiled.get("awards", []):
            counts["awards"] += 1
            counts["suppliers of awards"] += len(award.get("suppliers") or [])
            if award.get("value"):
                sums[award["value"]["currency"]] += Decimal(award["value"]["amount"])
    return counts, dict(sums)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("form", ["package", "lines"])
def test_counts_and_sums_equal_the_peers(seed: int, form: str, read: Read) -> None:
    """Processes, awards, suppliers, contracts and sums by currency, merged over releases."""
    releases = make_releases(seed)
    content = (
        {"releases": releases}
        if form == "package"
        else "".join(json.dumps(release) + "\n" for release in releases)
    )
    found = read(content, dry_run=True)
    counts, sums = peer(releases)
    assert {what: found.count(what) for what in counts} == counts
    assert {currency: Decimal(total) for currency, _, total, _ in found.sums} == sums


def test_the_store_holds_what_was_counted(read: Read, graph: Callable[[], Any]) -> None:
    """Counted again by SPARQL in the store, the figures are the peer's too."""
    releases = make_releases(99)
    read(releases)
    counts, sums = peer(releases)
    rows = graph().store.select(
        "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> SELECT ?c (SUM(?v) AS ?sum) WHERE "
        "{ ?a a rg:Award ; rg:process ?p ; rg:value ?v ; rg:currency ?c } GROUP BY ?c"
    )
    assert {row["c"]: Decimal(str(row["sum"])) for row in rows} == sums
    for cls, what in (("ProcurementProcess", "processes"), ("Award", "awards")):
        (row,) = graph().store.select(
            "PREFIX rg: <https://w3id.org/rehabgraph/ontology#> "
            f"SELECT (COUNT(?x) AS ?n) WHERE {{ ?x a rg:{cls} . FILTER EXISTS "
            "{ ?x rg:citation ?cited . FILTER(CONTAINS(STR(?x), 'ocds-peer')) } }"
        )
        assert row["n"] == counts[what]

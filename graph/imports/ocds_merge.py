"""Releases put down on disk, taken up process by process, and merged by the standard's library.

`ocdsmerge` merges what a release says of a thing with what earlier ones said of it, by id.
Where one ocid serves two buyers and both use an id for awards to different suppliers, that
would lose an award; those are kept apart here, and it is said.
"""

import json
import sqlite3
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_clean import TWIN
from rehabgraph.graph.imports.ocds_party_ids import part_party_ids

MAX_PROCESS = 32 << 20
"""Characters that the releases of one process may have, cleaned."""
_RULES = {
    ("parties", "additionalIdentifiers"): "wholeListMerge",
    ("buyer", "additionalIdentifiers"): "wholeListMerge",
    ("awards", "suppliers", "additionalIdentifiers"): "wholeListMerge",
    ("tender", "procuringEntity", "additionalIdentifiers"): "wholeListMerge",
}


@dataclass(frozen=True, slots=True)
class Process:
    """One contracting process: its merged release, and what only its releases can say.

    Attributes:
        ocid: its id.
        compiled: the merged release.
        releases: (id, date) of each, in order.
        buyers: every organisation that a release names as the buyer, once each.
    """

    ocid: str
    compiled: dict[str, Any]
    releases: tuple[tuple[str, str], ...]
    buyers: tuple[dict[str, Any], ...]


class Spool:
    """Releases on disk, in a file of its own that is gone when the import is over."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("PRAGMA cache_size = -16000")
        self._db.execute("CREATE TABLE release (ocid TEXT, date TEXT, n INTEGER, body TEXT)")
        self.size = 0

    def add(self, ocid: str, release: dict[str, Any]) -> None:
        """Put down one release, cleaned."""
        body = json.dumps(release, ensure_ascii=False, separators=(",", ":"))
        row = (ocid, release.get("date", ""), self.size, body)
        self._db.execute("INSERT INTO release VALUES (?, ?, ?, ?)", row)
        self.size += 1

    def processes(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each ocid, in order, with its releases by date; undated ones come first.

        Raises:
            InvalidData: the releases of one process are too large together.
        """
        self._db.execute("CREATE INDEX by_process ON release (ocid, date, n)")
        ocid, size = "", 0
        held: list[dict[str, Any]] = []
        for name, body in self._db.execute("SELECT ocid, body FROM release ORDER BY ocid, date, n"):
            if name != ocid:
                if held:
                    yield ocid, held
                ocid, held, size = name, [], 0
            size += len(body)
            if size > MAX_PROCESS:
                raise InvalidData([f"{ocid}: over {MAX_PROCESS:,} characters of releases"])
            held.append(json.loads(body))
        if held:
            yield ocid, held

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def merge_releases(ocid: str, releases: list[dict[str, Any]], findings: Findings) -> Process:
    """Return a process as its releases, merged, say it is.

    Args:
        ocid: the process.
        releases: cleaned releases by date, undated first; they are changed.
        findings: told of what merging alone would hide.
    """
    from ocdsmerge import Merger

    undated = sum(1 for release in releases if not release.get("date"))
    if undated and len(releases) > 1:
        words = f"{undated} of {len(releases)} releases have no date; taken as the earliest"
        findings.warn("undated release", ocid, "date", words)
    bare = sum(any(not a.get("id") for a in r.get("awards") or ()) for r in releases)
    if bare > 1:
        words = f"{bare} releases have awards without an id; each counts, even if told twice"
        findings.warn("award without id", ocid, "awards", words)
    part_party_ids(ocid, releases, findings)
    buyers = _buyers(releases)
    if len(buyers) > 1:
        names = ", ".join(sorted(str(b.get("name", b.get("id", "?"))) for b in buyers.values()))
        findings.warn("two buyers", ocid, "buyer", f"{len(buyers)} buyers: {names}; all are kept")
        _part_awards(ocid, releases, findings)
    for release in releases:
        release.setdefault("date", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # repeated ids were seen to, and said, before
        compiled = Merger(merge_rules=_RULES).create_compiled_release(releases)
    said = tuple((str(r.get("id", "")), str(r["date"])) for r in releases)
    return Process(ocid, compiled, said, tuple(buyers.values()))


def _buyer_key(release: dict[str, Any]) -> str:
    buyer = release.get("buyer") or {}
    return str(buyer.get("id") or buyer.get("name") or "").casefold()


def _buyers(releases: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the buyers by id or name; the last word on each."""
    return {key: _whole(release["buyer"]) for release in releases if (key := _buyer_key(release))}


def _whole(buyer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in buyer.items() if value is not None}


def _part_awards(ocid: str, releases: list[dict[str, Any]], findings: Findings) -> None:
    """Give an award an id of its own where another buyer's award, to others, has the same."""
    first: dict[str, tuple[str, frozenset[str]]] = {}  # award id → buyer and suppliers
    given: dict[tuple[str, str], str] = {}
    for release in releases:
        buyer = _buyer_key(release)
        renamed: dict[str, str] = {}
        for award in release.get("awards") or ():
            id_ = award.get("id")
            suppliers = frozenset(
                str(s.get("id") or s.get("name")) for s in award.get("suppliers") or ()
            )
            if not id_ or not buyer or not suppliers:
                continue
            owner, theirs = first.setdefault(id_, (buyer, suppliers))
            if owner != buyer and (given.get((id_, buyer)) or not suppliers & theirs):
                number = sum(1 for known, _ in given if known == id_) + 2
                award["id"] = renamed[id_] = given.setdefault(
                    (id_, buyer), f"{id_}{TWIN}buyer {number}"
                )
                words = f"two buyers have an award {id_}, to different suppliers; kept apart"
                findings.warn("repeated id", ocid, "awards", words)
        for contract in release.get("contracts") or ():
            if contract.get("awardID") in renamed:
                contract["awardID"] = renamed[contract["awardID"]]
                if contract.get("id"):
                    contract["id"] += f"{TWIN}buyer"

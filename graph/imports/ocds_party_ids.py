"""Party ids that name one organisation here and another there, kept apart before merging.

Some publishers number the parties of each release anew, or the suppliers of each award.
Merged by id, an award would go to whoever has the number last. Here the second meaning of an
id gets an id of its own, and it is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, TypeAlias

from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_clean import TWIN
from rehabgraph.graph.imports.parties import name_key, org_id

_SPELLING = 0.9
"""Names as like as this, and with the same digits, are one name spelled in two ways."""
_LONG = 400
"""Letters of two names; beyond, only equal names are alike."""
ASKED = 20
"""So many meanings of one id, and sayings of one meaning, are held against what is said."""
_key = lru_cache(maxsize=4096)(name_key)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of whom an id means: names, and the number in each register."""

    names: frozenset[str]
    numbers: dict[str, str]

    @property
    def anything(self) -> bool:
        return bool(self.names or self.numbers)


_Meaning: TypeAlias = tuple[str, list[_Said]]
"""The id given to one of those whom an id means, and all that was said of it."""


def part_party_ids(ocid: str, releases: list[dict[str, Any]], findings: Findings) -> None:
    """Give a party an id of its own where an earlier one of another name has its id.

    Args:
        ocid: the process.
        releases: cleaned releases in order; they are changed.
        findings: told of each id with several meanings.

    >>> one, two = ({"parties": [{"id": "2", "name": n}]} for n in ("Alder", "Birch"))
    >>> part_party_ids("ocds-1", [one, two], Findings())
    >>> [release["parties"][0]["id"].split(TWIN) for release in (one, two)]
    [['2'], ['2', '2']]
    """
    known: dict[str, list[_Meaning]] = {}
    named: dict[tuple[str, frozenset[str]], _Meaning] = {}
    for release in releases:
        here: dict[str, _Meaning] = {}  # whom this release's own parties call so
        for party in _parties_of(release):
            id_ = party.get("id")
            if not id_ or _is_registered(id_):
                continue
            said, meanings = _read(party), known.setdefault(id_, [])
            if not said.anything:
                if meaning := here.get(id_) or (meanings[-1] if meanings else None):
                    party["id"] = meaning[0]
                continue
            asked = [here[id_]] if id_ in here else []
            meaning = named.get((id_, said.names)) or _find(said, asked + meanings[:ASKED])
            if meaning is None:
                meaning = (f"{id_}{TWIN}{len(meanings) + 1}" if meanings else id_, [])
                if meanings:
                    words = f"party id {id_} names another organisation before; kept apart"
                    findings.warn("party id", ocid, "parties", words)
                meanings.append(meaning)
            if said not in meaning[1] and len(meaning[1]) < ASKED:
                meaning[1].append(said)
            if said.names:
                named.setdefault((id_, said.names), meaning)
            party["id"] = meaning[0]
            here.setdefault(id_, meaning)


def _find(said: _Said, meanings: Iterable[_Meaning]) -> _Meaning | None:
    """Return the first meaning of an id that agrees with what is said."""
    return next((m for m in meanings if any(_agree(said, other) for other in m[1])), None)


def _parties_of(release: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parties of a release, then every place that names one by its id."""
    yield from release.get("parties") or ()
    for named in (release.get("buyer"), (release.get("tender") or {}).get("procuringEntity")):
        if named:
            yield named
    for award in release.get("awards") or ():
        yield from award.get("suppliers") or ()


def _is_registered(id_: str) -> bool:
    """Say whether an id is a register's number, which is one organisation's for good."""
    parts = id_.split("-", 2)
    return len(parts) == 3 and org_id("-".join(parts[:2]), parts[2])[0] is not None


def _read(party: dict[str, Any]) -> _Said:
    identifier = party.get("identifier") or {}
    names = {_key(name) for name in (party.get("name"), identifier.get("legalName")) if name}
    numbers: dict[str, str] = {}
    for given in (identifier, *(party.get("additionalIdentifiers") or ())):
        if given.get("scheme") and given.get("id"):
            id_, _ = org_id(given["scheme"], given["id"])
            if id_:
                numbers.setdefault(given["scheme"], id_)
    return _Said(frozenset(names - {""}), numbers)


def _agree(one: _Said, other: _Said) -> bool:
    """Say whether two can be of one organisation: a name or a number alike, or nothing against."""
    shared = one.numbers.keys() & other.numbers.keys()
    if any(one.numbers[scheme] == other.numbers[scheme] for scheme in shared):
        return True
    if one.names and other.names:
        return any(_is_alike(mine, theirs) for mine in one.names for theirs in other.names)
    return not shared


def _is_alike(one: str, other: str) -> bool:
    """Say whether a name is another, a part of it, or a slip of the pen from it."""
    mine, theirs = set(one.split()), set(other.split())
    if mine <= theirs or theirs <= mine:
        return True
    digits = ["".join(c for c in name if c.isdigit()) for name in (one, other)]
    if digits[0] != digits[1] or len(one) + len(other) > _LONG:
        return False
    return SequenceMatcher(None, one, other).ratio() >= _SPELLING

"""Organisations of an import: one thing an identifier, and never two merged by their names.

An organisation with an identifier of a public register is the thing of that identifier,
wherever it appears. One without is a thing of its own process. What may be the same is
proposed, for a person to decide.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehabgraph.graph.award_words import key
from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_clean import TWIN
from rehabgraph.graph.imports.quads import QuadWriter, rg, thing
from rehabgraph.graph.imports.table_cells import NOTHING
from rehabgraph.ontology import ID, PREFIXES

ALT = PREFIXES["skos"] + "altLabel"
NO_REGISTERS = frozenset({"GB-FTS"})
"""Schemes that number the parties of a notice, not organisations."""
NO_NUMBERS = NOTHING | {f"not {word}" for word in ("applicable", "available", "known", "provided")}
"""What people write where there is no number; it would make strangers one organisation."""
_FORMS = re.compile(r"\b(limited|ltd|plc|llp|cic|community interest company)\b\.?")
_SCHEME = re.compile(r"[A-Z]{2,3}-[A-Z0-9_]+")
_COMPANY = re.compile(r"\d{8}|[A-Z]\d{7}|[A-Z]{2}\d{6}|[A-Z]{2}\d{5}[A-Z]|[A-Z]{2}\d{4}[A-Z]{2}")


def org_id(scheme: str, number: str) -> tuple[str | None, str]:
    """Return an identifier in org-id form, and what was mended; None where it is none, and why.

    >>> org_id("GB-COH", "4320853")
    ('GB-COH-04320853', 'company number 4320853 read as 04320853')
    >>> org_id("GB-COH", "04320853"), org_id("our own", "7")
    (('GB-COH-04320853', ''), (None, ''))
    >>> org_id("GB-CHC", "N/A")
    (None, "'N/A' is no number of GB-CHC; not taken as an identifier")
    """
    scheme, written = scheme.strip().upper(), number.strip()
    if not _SCHEME.fullmatch(scheme) or scheme in NO_REGISTERS or not written:
        return None, ""
    number, mended = "".join(written.split()), ""
    number = number[len(scheme) + 1 :] if number.upper().startswith(scheme + "-") else number
    if scheme == "GB-COH":
        number = number.upper()
        if re.fullmatch(r"\d{5,7}", number):  # a company number has eight places
            number = number.zfill(8)
            mended = f"company number {written} read as {number}"
    if (
        written.casefold() in NO_NUMBERS
        or number.casefold() in NO_NUMBERS
        or not number.strip("0-./")
        or (scheme == "GB-COH" and not _COMPANY.fullmatch(number))
    ):
        return None, f"{written[:40]!r} is no number of {scheme}; not taken as an identifier"
    return f"{scheme}-{number}", mended


def name_key(name: str) -> str:
    """Return the form under which names are proposed to be of one organisation.

    >>> name_key("Alder & Oak Ltd.") == name_key("ALDER AND OAK LIMITED")
    True
    """
    return re.sub(r"[\W_]+", " ", _FORMS.sub(" ", key(name))).strip()


MATCHES = {"id": ("the same identifier", 100), "name": ("the same name but for spelling", 90)}
"""What two organisations share → the reason of a proposal, and its score."""


def write_match(write: QuadWriter, shared: str, mine: str, other: str, value: str) -> None:
    """Write the proposal that two organisations are one.

    Args:
        write: the writer.
        shared: what they share, a key of `MATCHES`.
        mine: address of the organisation of this import.
        other: address of the other one.
        value: the shared identifier, or key of a name.
    """
    reason, score = MATCHES[shared]
    iri = thing("proposed-match", *sorted((mine.removeprefix(ID), other.removeprefix(ID))))
    write.node(iri, "ProposedMatch")
    write.link(iri, rg("subject"), mine)
    write.link(iri, rg("object"), other)
    write.text(iri, rg("matchReason"), f"{reason}: {value}")
    write.text(iri, rg("matchScore"), str(score), "decimal")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a process names an organisation.

    Attributes:
        iri: the organisation's address.
        spelled: its name there, or its id where it has none.
        legal: its legal name, where stated.
        place: ocid and path, or the row of a table.
        ids: its identifiers in org-id form.
    """

    iri: str
    spelled: str
    legal: str | None
    place: str
    ids: tuple[str, ...]


def read_mention(
    party: dict[str, Any], ocid: str, path: str, findings: Findings, place: str = ""
) -> Mention | None:
    """Return what a party says of an organisation; None for one without name and id.

    Args:
        party: the party, cleaned.
        ocid: the process.
        path: where in it.
        findings: told of a nobody and of identifiers that were mended or not taken.
        place: the place to cite; ocid and path when empty.

    >>> read_mention({"id": "7", "name": "Alder"}, "ocds-1", "buyer", Findings()).iri
    'https://w3id.org/rehabgraph/id/organisation/ocds-1:party-7'
    """
    identifier = party.get("identifier") or {}
    name = str(party.get("name") or identifier.get("legalName") or "")
    ids = tuple(_identifiers(party, ocid, path, findings))
    own = str(party.get("id") or key(name))
    if not own and not ids:
        findings.warn("nobody", ocid, path, "neither a name nor an id; left out")
        return None
    iri = thing("organisation", ids[0]) if ids else thing("organisation", ocid, f"party-{own}")
    spelled = name or own.replace(TWIN, " / ")
    return Mention(iri, spelled, identifier.get("legalName"), place or f"{ocid} {path}", ids)


def _identifiers(party: dict[str, Any], ocid: str, path: str, findings: Findings) -> list[str]:
    found: list[str] = []
    for given in [party.get("identifier"), *party.get("additionalIdentifiers", ())]:
        if given and given.get("scheme") and given.get("id"):
            id_, mended = org_id(given["scheme"], given["id"])
            if mended:
                findings.warn("identifier", ocid, path, mended)
            if id_ and id_ not in found:
                found.append(id_)
    return found


class Parties:
    """The organisations met so far; names and identifiers are on disk."""

    def __init__(self, path: Path, write: QuadWriter, source: str, findings: Findings) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE name (iri TEXT, key TEXT, own INTEGER, UNIQUE (iri, key))")
        self._db.execute("CREATE TABLE id (iri TEXT, id TEXT, own INTEGER, UNIQUE (iri, id))")
        self._db.execute("CREATE TABLE spelled (iri TEXT, name TEXT, UNIQUE (iri, name))")
        self._write, self._source, self._findings = write, source, findings
        self.count = 0

    def know(self, known: Iterable[tuple[str, str, bool]]) -> None:
        """Take the organisations of the store: address, and a name or an identifier."""
        for iri, text, is_id in known:
            table, value = ("id", text) if is_id else ("name", name_key(text))
            self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, 0)", (iri, value))  # noqa: S608

    def add(self, party: dict[str, Any], ocid: str, path: str, place: str = "") -> str | None:
        """Return the address of an organisation, written when first met; None for a nobody."""
        mention = read_mention(party, ocid, path, self._findings, place)
        if mention is None:
            return None
        self.take(mention)
        return mention.iri

    def take(self, mention: Mention) -> None:
        """Write what a mention says that no earlier one did."""
        iri, spelled, ids = mention.iri, mention.spelled, mention.ids
        if not self._insert("spelled", iri, spelled):
            self._add_ids(iri, ids)
            return
        first = self._db.execute("SELECT COUNT(*) FROM spelled WHERE iri = ?", (iri,)).fetchone()
        if first[0] == 1:
            self.count += 1
            self._write.node(iri, "Organisation", spelled)
            printed = [spelled, *ids]
            self._write.cite(iri, self._source, mention.place, printed, shared=bool(ids))
            legal = mention.legal
            self._write.text(iri, rg("legalName"), legal if legal != spelled else None)
        else:
            self._write.text(iri, ALT, spelled)
        self._db.execute("INSERT OR IGNORE INTO name VALUES (?, ?, 1)", (iri, name_key(spelled)))
        self._add_ids(iri, ids)

    def _add_ids(self, iri: str, ids: tuple[str, ...]) -> None:
        for id_ in ids:
            row = self._db.execute("INSERT OR IGNORE INTO id VALUES (?, ?, 1)", (iri, id_))
            if row.rowcount:
                self._write.text(iri, rg("identifier"), id_)

    def _insert(self, table: str, iri: str, value: str) -> bool:
        statement = f"INSERT OR IGNORE INTO {table} VALUES (?, ?)"  # noqa: S608
        return self._db.execute(statement, (iri, value)).rowcount > 0

    def propose(self) -> int:
        """Write a proposal for each organisation that may be another; return how many."""
        number = 0
        for table, column in (("id", "id"), ("name", "key")):
            for mine, other, value in self._pairs(table, column):
                write_match(self._write, table, mine, other, value)
                number += 1
        return number

    def _pairs(self, table: str, column: str) -> Iterator[tuple[str, str, str]]:
        """Yield each own organisation with the first other one, the record's before others."""
        never = (
            ""
            if table == "id"
            else (
                " AND NOT EXISTS (SELECT 1 FROM id a JOIN id b ON a.id = b.id"
                " WHERE a.iri = mine.iri AND b.iri = other.iri)"
            )
        )
        self._db.execute(f"CREATE INDEX {table}_by_value ON {table} ({column}, own, iri)")
        yield from self._db.execute(
            f"SELECT mine.iri, (SELECT other.iri FROM {table} other WHERE other.{column} ="  # noqa: S608
            f" mine.{column} AND other.iri <> mine.iri AND (other.own = 0 OR other.iri < mine.iri)"
            f"{never} ORDER BY other.own, other.iri LIMIT 1) AS found, mine.{column}"
            f" FROM {table} mine WHERE mine.own = 1 AND mine.{column} <> '' AND found IS NOT NULL"
            " ORDER BY mine.iri"
        )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

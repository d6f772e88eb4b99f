"""Releases, in order of process, to statements and facts; one broken process loses only itself."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from itertools import groupby
from typing import Any

from rehabgraph.graph.cluster.told import Told
from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_map import ProcessWriter
from rehabgraph.graph.imports.ocds_merge import MAX_PROCESS, merge_releases
from rehabgraph.graph.imports.parties import Mention, Parties
from rehabgraph.graph.imports.quads import QuadWriter, rg
from rehabgraph.graph.large.facts_schema import IMPORTED, NOT_MADE
from rehabgraph.ontology import PREFIXES

MAPPED = (
    "ocid string, quads string, "
    "mentions array<struct<iri:string,spelled:string,legal:string,place:string,ids:array<string>>>,"
    f" awards array<struct<award:string,supplier:string,suppliers:long,value:{IMPORTED['value']},"
    "currency:string,tax_basis:string,buyer:string,start:date,end:date>>"
)
Mapped = tuple[str, str, list[tuple[Any, ...]], list[tuple[Any, ...]]]
"""ocid, its statements, the organisations that it names, and a row an award and supplier."""
_START, _END = PREFIXES["schema"] + "startDate", PREFIXES["schema"] + "endDate"
_PLACES = Decimal(1).scaleb(-int(IMPORTED["value"].rstrip(")").split(",")[1]))

_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses that every statement of an import uses: its graph, source and round."""

    graph: str
    source: str
    round: str


class _Mentions(Parties):
    """Remembers the organisations that a process names; they are written once all are known."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.found: list[Mention] = []

    def take(self, mention: Mention) -> None:
        self.found.append(mention)


@dataclass(slots=True)
class _Award:
    suppliers: set[str] = field(default_factory=set)
    said: dict[str, set[str]] = field(default_factory=dict)

    def one(self, predicate: str) -> str | None:
        return min(self.said.get(predicate, ()), default=None)


class FactWriter(QuadWriter):
    """Writes the statements of a process, and remembers those that the facts are made of."""

    def __init__(self, out: io.StringIO, graph: str) -> None:
        super().__init__(out, graph)
        self.awards: dict[str, _Award] = {}
        self.buyers: set[str] = set()

    def link(self, subject: str, predicate: str, target: str) -> None:
        """Write a statement whose object is a thing."""
        super().link(subject, predicate, target)
        if target == rg("Award"):
            self.awards.setdefault(subject, _Award())
        elif predicate == rg("awardedTo"):
            self.awards[subject].suppliers.add(target)
        elif predicate == rg("commissioner"):
            self.buyers.add(target)

    def text(self, subject: str, predicate: str, value: str | None, datatype: str = "") -> None:
        """Write a statement whose object is a literal; nothing where there is no value."""
        super().text(subject, predicate, value, datatype)
        if value and subject in self.awards:
            self.awards[subject].said.setdefault(predicate, set()).add(value)

    def rows(self, ocid: str, findings: Findings) -> list[tuple[Any, ...]]:
        """Return a row an award and supplier; an award to nobody named has one row."""
        buyer = min(self.buyers) if len(self.buyers) == 1 else None
        found = []
        for iri, award in self.awards.items():
            if (award.one(rg("statusAsPrinted")) or "").lower() in NOT_MADE:
                continue
            value = award.one(rg("value"))
            amount = None if value is None else Decimal(value)
            if amount is not None and amount != amount.quantize(_PLACES, context=_EXACT):
                words = f"{value} has too many decimal places; unknown in the facts alone"
                findings.warn("decimals", ocid, iri.rsplit(":", 1)[-1], words)
                amount = None
            said = (
                len(award.suppliers), amount, award.one(rg("currency")) or "",
                award.one(rg("taxBasis")) or "", buyer, _day(award.one(_START)),
                _day(award.one(_END)),
            )  # fmt: skip
            suppliers: list[str | None] = [*sorted(award.suppliers)] or [None]
            found += [(iri, who, *said) for who in suppliers]
        return found


def map_processes(
    rows: Iterable[tuple[str, str]], at: Addresses, told: Told, limit: int = MAX_PROCESS
) -> Iterator[Mapped]:
    """Yield each process as statements, organisations and facts.

    Args:
        rows: (ocid, release as JSON), in order of process and of release.
        at: addresses of the import.
        told: told of what was understood and lost.
        limit: characters that the releases of one process may have.

    >>> at = Addresses("urn:graph", "urn:source", "urn:round")
    >>> (mapped,) = map_processes([("a", '{"ocid": "a", "id": "1"}')], at, Told())
    >>> mapped[0], mapped[1].splitlines()[0].split()[-2]
    ('a', '<urn:graph>')
    """
    for ocid, group in groupby(rows, key=lambda row: row[0]):
        releases, size = [], 0
        for _, body in group:
            size += len(body)
            if size <= limit:
                releases.append(body)
        if size > limit:
            told.findings.warn("process", ocid, "", f"over {limit:,} characters of releases; lost")
            continue
        try:
            mapped = _map_process(ocid, [json.loads(body) for body in releases], at, told)
        except Exception as e:
            words = f"cannot be read ({type(e).__name__}: {e}); the process is left out"
            told.findings.warn("process", ocid, "", " ".join(words.split())[:300])
        else:
            yield mapped


def _map_process(ocid: str, releases: list[dict[str, Any]], at: Addresses, told: Told) -> Mapped:
    out, findings = io.StringIO(), Findings()
    write, parties = FactWriter(out, at.graph), _Mentions(findings)
    writer = ProcessWriter(write, parties, at.source, at.round, findings)
    writer.add(merge_releases(ocid, releases, findings))
    rows = write.rows(ocid, findings)
    told.findings.add(findings)
    told.tally.add(writer.tally)
    told.counts["quads"] += write.written
    mentions = [(m.iri, m.spelled, m.legal, m.place, list(m.ids)) for m in parties.found]
    return ocid, out.getvalue().rstrip("\n"), mentions, rows


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

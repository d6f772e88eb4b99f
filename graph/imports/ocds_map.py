"""A merged process as statements: what it says, and nothing that it does not.

A value stands where it was stated: a contract's value is not its award's, a tender's is
nobody's. Several suppliers of one award stay several, the sum undivided.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rehabgraph.graph.imports.findings import Findings
from rehabgraph.graph.imports.ocds_clean import TWIN
from rehabgraph.graph.imports.ocds_merge import Process
from rehabgraph.graph.imports.parties import Parties
from rehabgraph.graph.imports.quads import QuadWriter, is_address, rg, thing
from rehabgraph.graph.large.facts_schema import NOT_MADE
from rehabgraph.ontology import ID, PREFIXES

_ISSUED = PREFIXES["dcterms"] + "issued"
_START, _END = PREFIXES["schema"] + "startDate", PREFIXES["schema"] + "endDate"
_KINDS = f"{ID}amount-kind/"
FACTS = ("suppliers", "value", "date", "title", "status", "contractPeriod")


@dataclass(slots=True)
class Tally:
    """What was understood, by number, and the sums of award values by currency and basis."""

    counts: Counter[str] = field(default_factory=Counter)
    sums: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    valued: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add_sum(self, currency: str, basis: str, amount: Decimal) -> None:
        """Add an award's value to those of its own currency and basis."""
        at = (currency, basis)
        self.sums[at] = self.sums.get(at, Decimal(0)) + amount
        self.valued[at] += 1

    def add(self, more: "Tally") -> None:
        """Add the counts and sums of a part of the import."""
        self.counts.update(more.counts)
        for at, amount in more.sums.items():
            self.sums[at] = self.sums.get(at, Decimal(0)) + amount
        self.valued.update(more.valued)

    @property
    def all_sums(self) -> tuple[tuple[str, str, str, int], ...]:
        """Currency, basis, sum and number of awards, in order."""
        return tuple((c, b, f"{v:f}", self.valued[c, b]) for (c, b), v in sorted(self.sums.items()))


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money as stated. The basis is `net`, `gross` or `not stated`."""

    amount: str
    currency: str
    basis: str


def read_sums(value: dict[str, Any] | None) -> list[Sum]:
    """Return the sums that a value states: one, or net and gross apart.

    The standard does not say whether `amount` has tax in it; where `amountGross` (United
    Kingdom) stands beside it, it has not.

    >>> [s.basis for s in read_sums({"amount": "100", "amountGross": "120", "currency": "GBP"})]
    ['net', 'gross']
    """
    value = value or {}
    currency = value.get("currency") or ""
    found = []
    if "amount" in value:
        basis = "net" if "amountGross" in value else "not stated"
        found.append(Sum(value["amount"], currency, basis))
    if "amountGross" in value:
        found.append(Sum(value["amountGross"], currency, "gross"))
    return found


class ProcessWriter:
    """Writes processes, one after another, into one named graph."""

    def __init__(
        self, write: QuadWriter, parties: Parties, source: str, round_: str, findings: Findings
    ) -> None:
        self.write, self.parties, self.source, self.round = write, parties, source, round_
        self.findings = findings
        self.tally = Tally()

    def add(self, process: Process) -> None:
        """Write one process."""
        one, ocid, write = process.compiled, process.ocid, self.write
        tally = self.tally.counts
        iri = thing("process", ocid)
        tender = one.get("tender") or {}
        tally["processes"] += 1
        tally["releases"] += len(process.releases)
        write.node(iri, "ProcurementProcess", tender.get("title") or ocid)
        write.text(iri, rg("reference"), ocid)
        write.cite(iri, self.source, ocid, [ocid])
        for id_, day in process.releases:
            if id_:
                self._write_notice(iri, ocid, id_, day)
        parties = {str(p["id"]): p for p in one.get("parties", ()) if p.get("id")}
        buyers = process.buyers or (
            (tender["procuringEntity"],) if "procuringEntity" in tender else ()
        )
        for buyer in buyers:
            if found := self._party(buyer, parties, ocid, "buyer"):
                write.link(iri, rg("commissioner"), found)
        for n, party in enumerate(one.get("parties", ())):
            self.parties.add(party, ocid, f"parties/{n}")
        self._write_period(iri, tender.get("contractPeriod"))
        self._write_amounts(iri, tender.get("value"), "notice-value", ocid, "tender")
        for n, lot in enumerate(tender.get("lots", ())):
            self._write_lot(iri, ocid, lot, n)
        awards = one.get("awards", [])
        twins = {a["id"].split(TWIN)[0] for a in awards if TWIN in a.get("id", "")}
        for n, award in enumerate(awards):
            self._write_award(iri, ocid, award, n, parties)
        ids = {a["id"] for a in awards if "id" in a}
        for n, contract in enumerate(one.get("contracts", ())):
            self._write_contract(iri, ocid, contract, n, awards=ids, twins=twins)
        for m, part in enumerate((tender, *awards, *one.get("contracts", ()))):
            for n, document in enumerate(part.get("documents", ())):
                self._write_document(iri, ocid, document, f"{m + 1}.{n + 1}")
        if one.get("bids"):
            tally["bid records not read"] += 1

    def _party(
        self, given: dict[str, Any], parties: dict[str, Any], ocid: str, path: str
    ) -> str | None:
        """Return an organisation: the party that its id names, with what is said of it here."""
        full = parties.get(str(given.get("id", "")))
        return self.parties.add({**given, **(full or {})}, ocid, path)

    def _write_notice(self, process: str, ocid: str, id_: str, day: str) -> None:
        iri = thing("notice", ocid, id_)
        self.write.node(iri, "Notice", id_)
        self.write.text(iri, rg("reference"), id_)
        self.write.link(iri, rg("process"), process)
        self.write.text(iri, _ISSUED, day[:10] or None, "date")
        self.write.cite(iri, self.source, f"{ocid} release {id_}", [id_])

    def _write_lot(self, process: str, ocid: str, lot: dict[str, Any], n: int) -> None:
        id_ = str(lot.get("id") or f"{n + 1}")
        iri = thing("tender-lot", ocid, f"lot-{id_}")
        self.tally.counts["lots"] += 1
        self.write.node(iri, "TenderLot", lot.get("title") or f"{ocid}, lot {id_}")
        self.write.link(iri, rg("process"), process)
        self._write_period(iri, lot.get("contractPeriod"))
        self._write_amounts(iri, lot.get("value"), "notice-value", ocid, f"tender/lots/{n}")

    def _write_award(
        self, process: str, ocid: str, award: dict[str, Any], n: int, parties: dict[str, Any]
    ) -> None:
        write, tally, path = self.write, self.tally.counts, f"awards/{n}"
        id_ = str(award.get("id") or f"without-id-{n + 1}")
        iri = thing("award", ocid, f"award-{id_}")
        tally["awards"] += 1
        shown = id_.replace(TWIN, " / ")
        write.node(iri, "Award", award.get("title") or f"{ocid}, award {shown}")
        write.link(iri, rg("process"), process)
        write.link(iri, rg("round"), self.round)
        write.text(iri, rg("statusAsPrinted"), award.get("status"))
        write.text(iri, _ISSUED, award.get("date"), "date")
        for lot in dict.fromkeys(award.get("relatedLots", ())):
            write.link(iri, rg("tenderLot"), thing("tender-lot", ocid, f"lot-{lot}"))
        self._write_period(iri, award.get("contractPeriod"))
        suppliers, named = [], []
        for m, supplier in enumerate(award.get("suppliers", ())):
            found = self._party(supplier, parties, ocid, f"{path}/suppliers/{m}")
            if found in suppliers:
                words = "a supplier stands twice in one award; counted once"
                self.findings.warn("supplier twice", ocid, f"{path}/suppliers/{m}", words)
            elif found:
                suppliers.append(found)
                named.append(str(supplier.get("name") or supplier.get("id") or ""))
                write.link(iri, rg("awardedTo"), found)
        tally["suppliers of awards"] += len(suppliers)
        tally["awards to several"] += len(suppliers) > 1
        tally["awards to nobody named"] += not suppliers
        tally["awards cancelled or unsuccessful"] += str(award.get("status")).lower() in NOT_MADE
        if not any(award.get(key) for key in FACTS):
            tally["awards that are only amendments"] += bool(
                award.get("amendments") or award.get("amendment")
            )
            words = "says neither who nor how much; kept as an award of which nothing is known"
            self.findings.warn("empty award", ocid, path, words)
        printed = [*named, str((award.get("value") or {}).get("amount", ""))]
        write.cite(iri, self.source, f"{ocid} {path}", printed)
        self._write_price(iri, ocid, award, path)

    def _write_price(self, iri: str, ocid: str, award: dict[str, Any], path: str) -> None:
        sums = read_sums(award.get("value"))
        if not sums:
            self.tally.counts["awards without a value"] += 1
            return
        first = sums[0]
        self.write.text(iri, rg("value"), first.amount, "decimal")
        self.write.text(iri, rg("currency"), first.currency)
        self.write.text(iri, rg("taxBasis"), first.basis)
        self.tally.add_sum(first.currency, first.basis, Decimal(first.amount))
        if not first.currency:
            self.findings.warn("currency", ocid, f"{path}/value", "a sum without a currency")
        for more in sums[1:]:
            self._write_amount(iri, more, "", f"{ocid} {path}/value")

    def _write_contract(
        self,
        process: str,
        ocid: str,
        contract: dict[str, Any],
        n: int,
        *,
        awards: set[str],
        twins: set[str],
    ) -> None:
        write, path = self.write, f"contracts/{n}"
        id_ = str(contract.get("id") or f"without-id-{n + 1}")
        iri = thing("contract", ocid, f"contract-{id_}")
        self.tally.counts["contracts"] += 1
        shown = id_.replace(TWIN, " / ")
        write.node(iri, "Contract", contract.get("title") or f"{ocid}, contract {shown}")
        write.text(iri, rg("reference"), f"{ocid} {shown}")
        write.link(iri, rg("process"), process)
        write.cite(iri, self.source, f"{ocid} {path}", [shown])
        award = contract.get("awardID")
        if award in twins:
            words = f"several awards have the id {award}; which one is not said, so none is taken"
            self.findings.warn("award of contract", ocid, path, words)
        elif award in awards:
            write.link(iri, rg("award"), thing("award", ocid, f"award-{award}"))
        elif award:
            self.findings.warn("award of contract", ocid, path, f"there is no award {award}")
        self._write_period(iri, contract.get("period"))
        write.text(iri, rg("statusAsPrinted"), contract.get("status"))
        write.text(iri, _ISSUED, contract.get("dateSigned"), "date")
        if self._write_amounts(iri, contract.get("value"), "initial", ocid, path):
            self.tally.counts["contracts with a value"] += 1

    def _write_period(self, iri: str, period: dict[str, Any] | None) -> None:
        period = period or {}
        self.write.text(iri, _START, period.get("startDate"), "date")
        self.write.text(iri, _END, period.get("endDate"), "date")

    def _write_amounts(
        self, iri: str, value: dict[str, Any] | None, kind: str, ocid: str, path: str
    ) -> bool:
        sums = read_sums(value)
        for one in sums:
            self._write_amount(iri, one, kind, f"{ocid} {path}/value")
        return bool(sums)

    def _write_amount(self, subject: str, one: Sum, kind: str, place: str = "") -> None:
        about = subject.removeprefix(ID).replace("/", ":", 1)
        iri = f"{ID}amount/{about}:{one.basis.replace(' ', '-')}"
        self.write.node(iri, "Amount")
        self.write.link(iri, rg("subject"), subject)
        self.write.text(iri, rg("value"), one.amount, "decimal")
        self.write.text(iri, rg("currency"), one.currency)
        self.write.text(iri, rg("taxBasis"), one.basis)
        if kind:
            self.write.link(iri, rg("amountKind"), _KINDS + kind)
        if place:
            self.write.cite(iri, self.source, place, [one.amount])

    def _write_document(self, process: str, ocid: str, document: dict[str, Any], at: str) -> None:
        url = str(document.get("url", ""))
        iri = thing("document", ocid, f"document-{at}")
        self.tally.counts["documents"] += 1
        self.write.node(iri, "Document", document.get("title") or f"{ocid}, document {at}")
        self.write.link(iri, rg("process"), process)
        self.write.text(iri, _ISSUED, document.get("datePublished"), "date")
        if is_address(url):
            self.write.text(iri, PREFIXES["schema"] + "url", url, "anyURI")
        elif url:
            self.findings.warn("address", ocid, "documents", "not a web address; left out")

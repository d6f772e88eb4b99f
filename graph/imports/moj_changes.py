"""The ministry's contract records held against the record of this project, contract by contract."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.graph.imports.findings import Change
from rehabgraph.graph.store import Iri, open_directory
from rehabgraph.ontology import RG

if TYPE_CHECKING:
    from rehabgraph.graph.imports.moj import ContractFile

_CONTRACTS = f"""
PREFIX rg: <{RG}>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?reference ?lot ?region ?area ?source WHERE {{
  ?contract a rg:Contract ; rg:reference ?reference ; rg:lot ?lot ; rg:region ?region ;
    rg:citation ?cited . ?cited prov:wasDerivedFrom ?source .
  OPTIONAL {{ ?contract rg:area ?area }}
}}"""
_PARTS = f"""
PREFIX rg: <{RG}>
SELECT ?reference ?organisation ?role WHERE {{
  ?p a rg:Participation ; rg:contract ?contract ; rg:organisation ?organisation ; rg:role ?role .
  ?contract rg:reference ?reference .
}}"""
_CODES = f"""
PREFIX rg: <{RG}>
SELECT ?thing ?code WHERE {{
  {{ ?thing rg:mojCode ?code }} UNION {{ ?thing rg:regionCode ?code }}
}}"""


@dataclass(frozen=True, slots=True)
class KnownContract:
    """A contract of the record, its ids short."""

    lot: str
    region: str
    area: str
    source: str
    leads: frozenset[str]
    subcontractors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the record has: contracts by reference, and ids by the ministry's codes."""

    contracts: dict[str, KnownContract]
    organisations: dict[str, str]
    lots: dict[str, str]
    regions: dict[str, str]


def read_known(store_path: Path) -> Known:
    """Return the contracts and codes of the record in a store.

    Args:
        store_path: the store's folder.
    """
    store = open_directory(store_path)
    codes: dict[str, dict[str, str]] = {"organisation": {}, "lot": {}, "region": {}}
    for row in store.select(_CODES):
        kind, _, id_ = Iri(row["thing"]).short.partition("/")
        if kind in codes and ":" not in id_:
            codes[kind][str(row["code"])] = id_
    parts: dict[tuple[str, str], set[str]] = {}
    for row in store.select(_PARTS):
        parts.setdefault((str(row["reference"]), row["role"].id), set()).add(row["organisation"].id)
    contracts = {
        (reference := str(row["reference"])): KnownContract(
            row["lot"].id,
            row["region"].id,
            row["area"].id if row["area"] else "",
            row["source"].id,
            frozenset(parts.get((reference, "lead"), ())),
            frozenset(parts.get((reference, "subcontractor"), ())),
        )
        for row in store.select(_CONTRACTS)
    }
    return Known(contracts, codes["organisation"], codes["lot"], codes["region"])


def list_changes(files: Iterable["ContractFile"], known: Known) -> tuple[Change, ...]:
    """Return how the files differ from the record: new, differing and missing contracts.

    A code that the record does not have is named as it is; nothing is guessed. Whom a contract
    serves is not compared: the record takes it from several sources.

    Args:
        files: the contracts as read.
        known: the record.
    """
    found: list[Change] = []
    seen = set()
    for one in sorted(files, key=lambda f: f.reference):
        seen.add(one.reference)
        held = known.contracts.get(one.reference)
        if held is None:
            lead = known.organisations.get(one.lead, one.lead)
            place = one.area or known.regions.get(one.region, one.region)
            words = (one.kind, place or "no place", f"led by {lead}" if lead else "no lead")
            found.append(Change(one.reference, "new", ", ".join(words)))
            continue
        found += [Change(one.reference, "differs", words) for words in _differ(one, held, known)]
    for reference in sorted(known.contracts):
        if reference not in seen and known.contracts[reference].source == "moj-contracts":
            found.append(Change(reference, "gone", "in the record, and in no file"))
    return tuple(found)


def _differ(one: "ContractFile", held: KnownContract, known: Known) -> Iterable[str]:
    lot = known.lots.get(one.kind, one.kind)
    if lot != held.lot:
        yield f"service: {held.lot} in the record, {lot} in the file"
    if one.area and one.area != held.area:
        yield f"area: {held.area or 'the whole region'} in the record, {one.area} in the file"
    region = known.regions.get(one.region, one.region)
    if one.region and region != held.region:
        yield f"region: {held.region} in the record, {region} in the file"
    lead = known.organisations.get(one.lead, one.lead)
    if frozenset({lead} - {""}) != held.leads:
        yield f"lead: {', '.join(sorted(held.leads))} in the record, {lead or 'none'} in the file"
    mine = {known.organisations.get(code, code) for code in one.subcontractors}
    if more := sorted(mine - held.subcontractors):
        yield f"subcontractors only in the file: {', '.join(more)}"
    if fewer := sorted(held.subcontractors - mine):
        yield f"subcontractors only in the record: {', '.join(fewer)}"

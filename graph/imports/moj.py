"""The ministry's own contract records, from a clone of its public repository.

One JSON file a contract. What is read: reference, service type, region or police area, whom
it serves, lead and subcontractors by code. E-mail addresses and descriptions are left at the
door. What the files say stands beside the record; a list of changes says where they differ.

Source: https://github.com/ministryofjustice/hmpps-interventions-service
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.findings import Count, Findings, ImportResult
from rehabgraph.graph.imports.moj_changes import Known, list_changes, read_known
from rehabgraph.graph.imports.ocds_clean import safe_text
from rehabgraph.graph.imports.quads import rg, thing
from rehabgraph.graph.imports.reader import Opened, inspect_file, read_text
from rehabgraph.graph.imports.record import How, Job, run_import, write_publisher
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.ontology import ID

INSIDE = Path("src/main/resources/contracts")
MAX_BYTES = 4 << 20
MAX_FILES = 20_000


@dataclass(frozen=True, slots=True)
class ContractFile:
    """One contract as its file has it; codes are the ministry's."""

    reference: str
    kind: str
    region: str
    area: str
    lead: str
    subcontractors: tuple[str, ...] = ()
    eligibility: str = ""
    file: str = ""


@dataclass(slots=True)
class _Read:
    contracts: dict[str, ContractFile] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)


def import_contracts(workspace: Workspace, folder: Path, how: How | None = None) -> ImportResult:
    """Return what an import of the ministry's contract records did.

    Args:
        workspace: the store.
        folder: the folder of the files, or a clone of the whole repository.
        how: replace, dry run, time.

    Raises:
        InvalidData: the folder is none or holds no contract record; the store is as it was.
    """
    opened = list(_open_files(folder))
    read = _Read()
    for one in opened:
        _read_file(one, read)
    if not read.contracts:
        raise InvalidData([f"{folder}: no contract record there; name the folder of JSON files"])
    return run_import(
        workspace,
        "moj-contracts",
        opened,
        how or How(),
        lambda job: _fill(job, workspace, read),
        title=folder.resolve().name,
    )


def _open_files(folder: Path) -> Iterator[Opened]:
    if not folder.is_dir():
        raise InvalidData([f"{folder}: no such folder; name a clone or its folder of contracts"])
    base = folder / INSIDE if (folder / INSIDE).is_dir() else folder
    files = sorted(p for p in base.glob("*.json") if p.is_file() and not p.is_symlink())
    if len(files) > MAX_FILES:
        raise InvalidData([f"{base}: over {MAX_FILES:,} files; name the folder of contracts"])
    for path in files:
        yield inspect_file(path, path.name, MAX_BYTES)


def _read_file(opened: Opened, read: _Read) -> None:
    findings = read.findings
    try:
        value = json.loads("".join(read_text(opened)).removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        findings.warn("not read", opened.name, "", "not JSON; left out")
        return
    if not isinstance(value, dict) or not _code(value.get("contract_reference")):
        findings.warn("not read", opened.name, "", "has no contract_reference; left out")
        return
    reference = _code(value["contract_reference"])
    region, providers = _part(value, "region"), _part(value, "providers")
    codes = providers.get("subcontractor_codes") or []
    subcontractors = [_code(c) for c in codes] if isinstance(codes, list) else [""]
    if not all(subcontractors):
        words = "not all are codes; those that are not are left out"
        findings.warn("code", reference, "subcontractor_codes", words)
    one = ContractFile(
        reference,
        _code(value.get("contract_type_id")),
        _code(region.get("nps_region_code")),
        _code(region.get("pcc_region_code")),
        _code(providers.get("prime_provider_code")),
        tuple(sorted({c for c in subcontractors if c})),
        read_eligibility(_part(value, "eligibility")),
        opened.name,
    )
    if not one.lead:
        findings.warn("no lead", reference, "providers", "no prime provider; kept without one")
    if reference in read.contracts:
        words = f"also in {read.contracts[reference].file}; the first file is kept"
        findings.warn("repeated", reference, opened.name, words)
        return
    read.contracts[reference] = one


def _part(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _code(value: object) -> str:
    """Return a code; nothing where it is none, or holds an e-mail address."""
    text = safe_text(value) if isinstance(value, str) else ""
    return "" if "@" in text or len(text) > 200 else text


def read_eligibility(value: dict[str, Any]) -> str:
    """Return whom a contract serves, in words.

    >>> read_eligibility({"allows_female": False, "allows_male": True, "minimum_age": 18})
    'male, from 18'
    >>> read_eligibility({"allows_female": True, "allows_male": True, "maximum_age": 25})
    'female and male, to 25'
    """
    who = [w for w in ("female", "male") if value.get(f"allows_{w}") is True]
    ages = [
        f"{word} {age}"
        for word, age in (("from", value.get("minimum_age")), ("to", value.get("maximum_age")))
        if isinstance(age, int) and not isinstance(age, bool)
    ]
    return ", ".join(part for part in (" and ".join(who), " ".join(ages)) if part)


def _fill(job: Job, workspace: Workspace, read: _Read) -> ImportResult:
    known = read_known(workspace.store_path())
    organisations: set[str] = set()
    for one in read.contracts.values():
        _write_contract(job, one, known, organisations)
    write_publisher(job, {"Ministry of Justice"}, set(), set())
    changes = list_changes(read.contracts.values(), known)
    new = [code for code in sorted(organisations) if code not in known.organisations]
    for code in new:
        words = "a code that the record does not have; a thing of its own"
        read.findings.warn("unknown code", code, "", words)
    counts = (
        Count("contracts", len(read.contracts)),
        Count("organisations", len(organisations)),
        Count("organisations not in the record", len(new)),
        Count("contracts new", sum(c.state == "new" for c in changes)),
        Count("contracts that differ", len({c.contract for c in changes if c.state == "differs"})),
        Count("contracts gone", sum(c.state == "gone" for c in changes)),
    )
    return ImportResult("", (), "", counts, (), read.findings, 0, changes)


def _write_contract(job: Job, one: ContractFile, known: Known, seen: set[str]) -> None:
    write = job.write
    iri = thing("contract-record", job.key, one.reference)
    write.node(iri, "ContractRecord")
    write.text(iri, rg("reference"), one.reference)
    write.text(iri, rg("lotAsPrinted"), one.kind)
    write.text(iri, rg("placeAsPrinted"), one.area or one.region)
    write.text(iri, rg("cohortAsPrinted"), one.eligibility)
    printed = [one.reference, one.kind, one.area or one.region, one.lead]
    write.cite(iri, job.source, one.file, printed)
    if one.reference in known.contracts:
        write.link(iri, rg("contract"), f"{ID}contract/{one.reference}")
    roles = [("primeProvider", one.lead)] if one.lead else []
    for role, code in [*roles, *(("subcontractor", code) for code in one.subcontractors)]:
        organisation = known.organisations.get(code)
        address = f"{ID}organisation/{organisation}" if organisation else ""
        if not address:
            address = thing("organisation", "moj", code)
            if code not in seen:
                write.node(address, "Organisation", code)
                write.text(address, rg("mojCode"), code)
                write.cite(address, job.source, one.file, [code], shared=True)
        seen.add(code)
        write.link(iri, rg(role), address)

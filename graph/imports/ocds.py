"""Open Contracting data into a store: read, clean, put together, merge, write.

Source: https://standard.open-contracting.org/ (versions 1.0 and 1.1) with the United
Kingdom's extensions.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.findings import Count, Findings, ImportResult
from rehabgraph.graph.imports.ocds_clean import clean_release
from rehabgraph.graph.imports.ocds_map import ProcessWriter
from rehabgraph.graph.imports.ocds_merge import Spool, merge_releases
from rehabgraph.graph.imports.ocds_read import Packages, read_releases
from rehabgraph.graph.imports.parties import Parties
from rehabgraph.graph.imports.quads import RDF_TYPE, rg, thing
from rehabgraph.graph.imports.reader import Opened, inspect_file
from rehabgraph.graph.imports.record import How, Job, run_import, write_publisher
from rehabgraph.graph.imports.workspace import Workspace
from rehabgraph.graph.progress import Progress
from rehabgraph.graph.store import open_directory
from rehabgraph.ontology import PREFIXES

COUNTED = (
    "releases",
    "processes",
    "lots",
    "awards",
    "suppliers of awards",
    "awards to several",
    "awards to nobody named",
    "awards cancelled or unsuccessful",
    "awards without a value",
    "awards that are only amendments",
    "contracts",
    "contracts with a value",
    "documents",
    "bid records not read",
)

TELL_EVERY = 500
"""So many releases or processes are between two words of progress."""


def import_ocds(
    workspace: Workspace, files: Sequence[tuple[Path, str]], how: How | None = None
) -> ImportResult:
    """Return what an import of Open Contracting data did.

    Files given together are one import: the releases of a process are merged over all of them.

    Args:
        workspace: the store.
        files: path and name of each.
        how: replace, dry run, time.

    Raises:
        InvalidData: a file cannot be understood; the store is as it was.
    """
    looked = [inspect_file(path, name) for path, name in files]
    opened = list({one.sha256: one for one in reversed(looked)}.values())[::-1]  # each content once
    return run_import(
        workspace, "ocds", opened, how or How(), lambda job: _fill(job, workspace, opened)
    )


def _fill(job: Job, workspace: Workspace, opened: list[Opened]) -> ImportResult:
    findings, packages = Findings(), Packages()
    store = open_directory(workspace.store_path()).raw
    with (
        closing(Spool(job.work / "releases.db")) as spool,
        closing(Parties(job.work / "parties.db", job.write, job.source, findings)) as parties,
        Progress("Import") as progress,
    ):
        for one in opened:
            for ocid, release in _clean_file(one, packages, findings):
                spool.add(ocid, release)
                if not spool.size % TELL_EVERY:
                    progress.tell(f"{spool.size:,} releases read, now {one.name}")
        if not spool.size:
            names = ", ".join(one.name for one in opened)
            why = f" ({findings.shown[-1]})" if findings.shown else ""
            raise InvalidData([f"{names}: no release of Open Contracting data there{why}"])
        parties.know(known_organisations(store, job.replaced))
        writer = ProcessWriter(job.write, parties, job.source, job.round, findings)
        for number, (ocid, releases) in enumerate(spool.processes()):
            if not number % TELL_EVERY:
                progress.tell(f"{number:,} processes written of {spool.size:,} releases")
            if other := _held_by(store, ocid, job.replaced):
                words = f"is in the store already, by {other}; left out (see --replace)"
                findings.warn("process held", ocid, "", words)
                continue
            writer.add(merge_releases(ocid, releases, findings))
        progress.tell("names held against each other")
        proposed = parties.propose()
        write_publisher(job, packages.publishers, packages.licences, packages.uris)
        counts = [Count(what, writer.tally.counts[what]) for what in COUNTED]
        counts += [Count("organisations", parties.count), Count("proposed matches", proposed)]
        return ImportResult("", (), "", tuple(counts), writer.tally.all_sums, findings)


def _clean_file(
    one: Opened, packages: Packages, findings: Findings
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ocid of each release of a file, and what of it is read."""
    if one.encoding not in ("utf-8", "utf-8-sig"):
        findings.warn("encoding", one.name, "", f"not UTF-8; read as {one.encoding}")
    with closing(read_releases(one, packages, findings)) as found:
        for ocid, raw in found:
            yield ocid, clean_release(raw, ocid, findings)


def _held_by(store: Any, ocid: str, replaced: frozenset[str]) -> str:  # noqa: ANN401
    """Return the named graph of another import that has the process, or nothing."""
    from pyoxigraph import NamedNode

    found = store.quads_for_pattern(
        NamedNode(thing("process", ocid)), NamedNode(RDF_TYPE), NamedNode(rg("ProcurementProcess"))
    )
    graphs = sorted(q.graph_name.value for q in found)
    return next((g.rsplit("/", 1)[-1] for g in graphs if g not in replaced), "")


def known_organisations(
    store: Any,  # noqa: ANN401
    replaced: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, str, bool]]:
    """Yield address, name or identifier, and which of the two, of the store's organisations."""
    from pyoxigraph import NamedNode

    organisations = set()
    for quad in store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(rg("Organisation"))):
        if quad.graph_name.value not in replaced:
            organisations.add(quad.subject.value)
    label, name_of = NamedNode(PREFIXES["rdfs"] + "label"), NamedNode(rg("nameOf"))
    for iri in sorted(organisations):
        node = NamedNode(iri)
        for quad in store.quads_for_pattern(node, label, None):
            yield iri, quad.object.value, False
        for quad in store.quads_for_pattern(node, NamedNode(rg("identifier")), None):
            yield iri, quad.object.value, True
        for quad in store.quads_for_pattern(None, name_of, node):
            for spelled in store.quads_for_pattern(quad.subject, label, None):
                yield iri, spelled.object.value, False

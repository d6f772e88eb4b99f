"""What every kind of import shares: key, provenance, the round of its own, and the commit."""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rehabgraph.graph.errors import BadParameter
from rehabgraph.graph.imports.findings import ImportResult
from rehabgraph.graph.imports.quads import IMPORTS, QuadWriter, is_address, rg, thing
from rehabgraph.graph.imports.reader import Opened
from rehabgraph.graph.imports.workspace import Imported, Workspace
from rehabgraph.ontology import PREFIXES

_PROV, _DCTERMS = PREFIXES["prov"], PREFIXES["dcterms"]


@dataclass(frozen=True, slots=True)
class How:
    """How an import is to be done.

    Attributes:
        replace: take the place of earlier imports of files of the same names.
        dry_run: keep nothing.
        time: the time of the import, ISO 8601; SOURCE_DATE_EPOCH or now when empty.
    """

    replace: bool = False
    dry_run: bool = False
    time: str = ""

    @property
    def moment(self) -> str:
        """The time of the import, in UTC."""
        if self.time:
            return self.time
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Job:
    """What a kind of import writes with: addresses of its source and round, and the writer."""

    write: QuadWriter
    source: str
    round: str
    work: Path
    key: str
    replaced: frozenset[str]
    """Named graphs that this import takes the place of."""


Fill = Callable[[Job], ImportResult]


def import_key(hashes: Iterable[str]) -> str:
    """Return the key of an import: of one file its hash, of several the hash of theirs.

    >>> import_key(["ab" * 32])
    'abababababababab'
    """
    known = sorted(set(hashes))
    whole = known[0] if len(known) == 1 else hashlib.sha256("".join(known).encode()).hexdigest()
    return whole[:16]


def run_import(
    workspace: Workspace,
    kind: str,
    opened: Sequence[Opened],
    how: How,
    fill: Fill,
    *,
    salt: str = "",
    title: str = "",
) -> ImportResult:
    """Return what an import did: its statements are written by `fill`, then kept or not.

    Args:
        workspace: the store.
        kind: `ocds`, `moj-contracts` or `table`.
        opened: the files, looked through.
        how: what is asked for.
        fill: writes the statements and says what it understood.
        salt: what else decides the statements, such as a mapping.
        title: one name for all the files, where they are a folder.

    Raises:
        InvalidData: a file cannot be understood; the store is as it was.
        StoreError: the store cannot be written.
    """
    from rehabgraph.ontology import VERSION

    files = (title,) if title else tuple(one.name for one in opened)
    hashes = tuple(one.sha256 for one in opened)
    key = import_key([*hashes, *([salt] if salt else [])])
    if _is_there(_list_replaced(workspace, key, files, how), key):
        return ImportResult(key, files, "already there")
    with workspace.work(keep=not how.dry_run) as work:
        out = _list_replaced(workspace, key, files, how)
        if _is_there(out, key):  # another came first
            return ImportResult(key, files, "already there")
        lines = work / "new.nq.gz"
        with gzip.open(
            lines, "wt", compresslevel=1, encoding="utf-8", errors="replace", newline="\n"
        ) as text:
            write = QuadWriter(text, IMPORTS + key)
            job = Job(
                write,
                thing("source", f"import-{key}"),
                thing("round", f"import-{key}"),
                work,
                key,
                frozenset(one.graph for one in out),
            )
            found = fill(job)
            write_provenance(job, kind, opened, ", ".join(files), how.moment)
        state = "dry run" if how.dry_run else "replaced" if out else "added"
        if not how.dry_run:
            add = Imported(key, kind, files, hashes, how.moment, VERSION, write.written)
            drop = frozenset(one.key for one in out)
            workspace.commit(work, add=add, lines=lines, drop=drop)
    return replace(found, key=key, files=files, state=state, quads=write.written)


def _list_replaced(
    workspace: Workspace, key: str, files: tuple[str, ...], how: How
) -> list[Imported]:
    """Return the imports of the same content and, where asked, those of files of these names."""
    return [
        one
        for one in workspace.imports
        if one.key == key or (how.replace and set(one.files) & set(files))
    ]


def _is_there(out: list[Imported], key: str) -> bool:
    """Say whether the content is there, and nothing else that it should take the place of."""
    return bool(out) and all(one.key == key for one in out)


def write_provenance(
    job: Job, kind: str, opened: Sequence[Opened], names: str, moment: str
) -> None:
    """Write what an import was made of, when and by what; its source, files and round.

    Args:
        job: the import.
        kind: `ocds`, `moj-contracts` or `table`.
        opened: the files.
        names: what people call them.
        moment: the time of the import, ISO 8601.
    """
    from rehabgraph.ontology import VERSION

    write, graph = job.write, job.write.graph
    write.node(graph, "Import", f"Import of {names}")
    write.text(graph, rg("importKind"), kind)
    write.text(graph, _PROV + "endedAtTime", moment, "dateTime")
    write.text(graph, rg("toolVersion"), f"rehabgraph {VERSION}")
    write.node(job.source, "Source", names)
    write.link(job.source, _PROV + "wasGeneratedBy", graph)
    for one in opened:
        file = thing("file", one.sha256)
        write.link(graph, _PROV + "used", file)
        write.node(file, "ImportedFile")
        write.text(file, rg("fileName"), one.name)
        write.text(file, rg("sha256"), one.sha256)
    write.node(job.round, "Round", f"Imported from {names}")
    write.cite(job.round, job.source, "file", [names])


def write_publisher(job: Job, publishers: set[str], licences: set[str], uris: set[str]) -> None:
    """Write what a file says of its publisher, licence and address; the rest is `not stated`."""
    write, source = job.write, job.source
    for name in sorted(publishers):
        write.text(source, rg("publisherName"), name)
    write.text(source, _DCTERMS + "rights", ", ".join(sorted(licences)) or "not stated")
    known = sorted(uri for uri in uris if is_address(uri))
    address = known[0] if known else write.graph
    write.text(source, PREFIXES["schema"] + "url", address, "anyURI")


def drop_imports(workspace: Workspace, wanted: Iterable[str]) -> tuple[Imported, ...]:
    """Take imports out of a store.

    Args:
        workspace: the store.
        wanted: names of files, or the beginnings of keys, as `import list` shows them.

    Raises:
        BadParameter: there is no such import, or several begin so.
    """
    held, found = workspace.imports, []
    for text in wanted:
        name = Path(text).name
        ones = [one for one in held if name in one.files] or [
            one for one in held if len(text) >= 4 and one.key.startswith(text)
        ]
        if not ones:
            raise BadParameter(f"{text}: no import of that name; import list shows all")
        found += [one for one in ones if one not in found]
    with workspace.work() as work:
        workspace.commit(work, drop=frozenset(one.key for one in found))
    return tuple(found)

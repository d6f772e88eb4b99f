"""Open Contracting lines to facts and N-Quads, on as many machines as there are.

Lines are read where they are and cleaned; the releases of a process are brought together by
ocid; each process becomes statements and facts; the organisations that processes share are
written once. All of it by the code of the import on one machine, so the statements are the same.
"""

import io
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial, reduce
from pathlib import Path
from typing import Any

from rehabgraph.graph.cluster.files import (
    MANIFEST,
    File,
    hash_files,
    list_files,
    whole_folder,
    write_text,
)
from rehabgraph.graph.cluster.lines import ORDER, SPOOLED, read_lines
from rehabgraph.graph.cluster.organisations import (
    ORGANISATIONS,
    Known,
    write_matches,
    write_organisations,
)
from rehabgraph.graph.cluster.processes import MAPPED, Addresses, map_processes
from rehabgraph.graph.cluster.session import one_line_errors
from rehabgraph.graph.cluster.told import Gathering, Told, sum_up
from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.findings import Count, ImportResult
from rehabgraph.graph.imports.ocds import COUNTED, known_organisations
from rehabgraph.graph.imports.ocds_read import Packages
from rehabgraph.graph.imports.parties import name_key
from rehabgraph.graph.imports.quads import IMPORTS, QuadWriter, thing
from rehabgraph.graph.imports.reader import Opened
from rehabgraph.graph.imports.record import How, Job, import_key, write_provenance, write_publisher
from rehabgraph.graph.large.facts_schema import IMPORTED, file_name
from rehabgraph.ontology import DATA, VERSION

Say = Callable[[str], None]
Work = Callable[[Iterable[Any], Told], Iterator[Any]]
"""What a task does with its rows; it tells what it did."""


def import_lines(
    spark: Any,  # noqa: ANN401
    inputs: Sequence[str],
    output: str,
    how: How | None = None,
    data: Path = DATA,
    say: Say = lambda _: None,
) -> ImportResult:
    """Return what an import on a cluster did.

    Args:
        spark: the session.
        inputs: files, folders or patterns of JSON Lines, plain or `.gz`.
        output: folder to make: `imported.parquet`, `nquads` and a manifest.
        how: replace, time.
        data: tables of the record that organisations are held against.
        say: told of each step.

    Raises:
        InvalidData: an input is not there, or has no release in it.
        OutputError: the output is there already, or cannot be written.
        ClusterError: the job failed.
    """
    how = how or How()
    with one_line_errors(), whole_folder(spark, output, replace=how.replace) as work:
        files = list_files(spark, inputs)
        say(f"Hashing {len(files)} files")
        hashes = hash_files(spark, files)
        key = import_key(hashes)
        with closing(_Job(spark, files, key, _read_known(data))) as job:
            say("Reading lines and writing facts")
            done = job.write_facts(work)
            if not done.counts["releases"]:
                why = f" ({done.findings.shown[0]})" if done.findings.shown else ""
                names = ", ".join(file.name for file in files[:20])
                raise InvalidData([f"{names}: no release of Open Contracting data there{why}"])
            say("Writing statements")
            own = job.write_quads(work, done.packages, hashes, how.moment)
            found = _build_result(job, own)
        manifest = _describe(found, hashes, how.moment)
        write_text(spark, f"{work}/{MANIFEST}", json.dumps(manifest, indent=1) + "\n")
    return found


def _build_result(job: "_Job", own: int) -> ImportResult:
    done = job.sum_up()
    counts = [Count(what, done.tally.counts[what]) for what in COUNTED]
    counts += [Count(what, done.counts[what]) for what in ("organisations", "proposed matches")]
    return ImportResult(
        job.key,
        tuple(file.name for file in job.files),
        "added",
        tuple(counts),
        done.tally.all_sums,
        done.findings,
        done.counts["quads"] + own,
    )


def _describe(found: ImportResult, hashes: list[str], moment: str) -> dict[str, Any]:
    """Return what the manifest of an output says."""
    return {
        "kind": "ocds",
        "key": found.key,
        "graph": IMPORTS + found.key,
        "files": list(found.files),
        "hashes": hashes,
        "time": moment,
        "version": VERSION,
        "quads": found.quads,
        "warnings": dict(found.findings.counts),
    }


class _Job:
    """The frames of one import, and what its tasks tell."""

    def __init__(self, spark: Any, files: list[File], key: str, known: Known) -> None:  # noqa: ANN401
        self.spark, self.files, self.key, self.known = spark, files, key, known
        self.at = Addresses(
            IMPORTS + key, thing("source", f"import-{key}"), thing("round", f"import-{key}")
        )
        self.told = spark.sparkContext.accumulator({}, Gathering())
        self.processes: Any = None
        self.organisations: Any = None

    def write_facts(self, work: str) -> Told:
        """Write the facts, which runs nearly all there is; return what the tasks told."""
        from pyspark import StorageLevel

        self.processes = self._processes().persist(StorageLevel.DISK_ONLY)
        self.organisations = self._organisations().persist(StorageLevel.DISK_ONLY)
        awards = self.processes.selectExpr("ocid", "inline(awards)")
        names = self.organisations.selectExpr("iri as supplier", "name as supplier_name")
        facts = awards.join(names, "supplier", "left").selectExpr(
            "award", "ocid", f"'import-{self.key}' as round", *list(IMPORTED)[3:]
        )
        facts.orderBy("award", "supplier").write.parquet(f"{work}/{file_name('imported')}")
        return self.sum_up()

    def write_quads(self, work: str, packages: Packages, hashes: list[str], moment: str) -> int:
        """Write all statements; return how many of them are of the import as a whole."""
        out = io.StringIO()
        write = QuadWriter(out, self.at.graph)
        job = Job(write, self.at.source, self.at.round, Path(), self.key, frozenset())
        write_publisher(job, packages.publishers, packages.licences, packages.uris)
        opened = [
            Opened(Path(file.name), file.name, hash_, 0, "utf-8", packed=False)
            for file, hash_ in zip(self.files, hashes, strict=True)
        ]
        write_provenance(job, "ocds", opened, ", ".join(f.name for f in self.files), moment)
        statements = self.spark.createDataFrame([(out.getvalue().rstrip("\n"),)], "quads string")
        for frame in (self.processes, self.organisations, *self._matches()):
            statements = statements.union(frame.select("quads"))
        folder = f"{work}/nquads"
        statements.where("quads <> ''").write.text(folder, compression="gzip", lineSep="\n")
        if folder.startswith("file:"):
            _name_parts(Path(folder.removeprefix("file:")))
        return write.written

    def close(self) -> None:
        """Let go of what Spark keeps on disk."""
        for frame in (self.processes, self.organisations):
            if frame is not None:
                frame.unpersist()

    def sum_up(self) -> Told:
        """Return what the tasks told so far."""
        return sum_up(self.told.value, [file.name for file in self.files])

    def _processes(self) -> Any:  # noqa: ANN401
        numbers = {file.address: number for number, file in enumerate(self.files)}
        releases = self._each("read", partial(_read, numbers), self._open_lines(), SPOOLED)
        together = releases.repartition("ocid").sortWithinPartitions(*ORDER)
        work = partial(_map, self.at)
        return self._each("map", work, together.select("ocid", "body"), MAPPED)

    def _open_lines(self) -> Any:  # noqa: ANN401
        """Return the lines of all files; Spark reads a name like a pattern twice beside others."""
        reader = self.spark.read.option("__globPaths__", "false").option("lineSep", "\n")
        odd = [file.path for file in self.files if set(file.path) & set("*?[]{}\\")]
        plain = [file.path for file in self.files if file.path not in odd]
        columns = (
            "cast(value as binary) as line",
            "_metadata.file_path as file",
            "_metadata.file_block_start as block",
        )
        groups = [paths for paths in (plain, *([path] for path in odd)) if paths]
        frames = [reader.text(paths).selectExpr(*columns) for paths in groups]
        return reduce(lambda one, other: one.union(other), frames)

    def _organisations(self) -> Any:  # noqa: ANN401
        mentions = self.processes.selectExpr("ocid", "posexplode(mentions) as (n, one)")
        together = (
            mentions.selectExpr("one.*", "ocid", "n")
            .repartition("iri")
            .sortWithinPartitions("iri", "ocid", "n")
            .select("iri", "spelled", "legal", "place", "ids")
        )
        work = partial(_write, self.at, self.known)
        return self._each("organisations", work, together, ORGANISATIONS)

    def _matches(self) -> Iterator[Any]:
        known = self.spark.createDataFrame(_list_known(self.known), ORGANISATIONS)
        both = known.selectExpr("0 as own", "*").union(
            self.organisations.selectExpr("1 as own", "*")
        )
        for shared, values, ids in (
            ("id", "ids", "cast(array() as array<string>)"),
            ("name", "keys", "ids"),
        ):
            spread = both.selectExpr("own", "iri", f"explode({values}) as value", f"{ids} as ids")
            one = spread.groupBy("value", "iri").agg({"own": "min", "ids": "collect_list"})
            one = one.selectExpr(
                "value", "`min(own)` as own", "iri", "flatten(`collect_list(ids)`) as ids"
            )
            together = one.repartition("value").sortWithinPartitions("value", "own", "iri")
            work = partial(_match, self.at, shared)
            yield self._each(f"match {shared}", work, together, "quads string")

    def _each(self, stage: str, work: Work, frame: Any, schema: str) -> Any:  # noqa: ANN401
        """Return what a worker makes of each partition of a frame."""
        rows = frame.rdd.mapPartitions(partial(_run_task, stage, work, self.told))
        return self.spark.createDataFrame(rows, schema, verifySchema=False)


def _run_task(stage: str, work: Work, gathered: Any, rows: Iterable[Any]) -> Iterator[Any]:  # noqa: ANN401
    """Do the work of one task, and tell what it did when it is through."""
    from pyspark import TaskContext

    told = Told()
    yield from work(rows, told)
    context = TaskContext.get()
    gathered.add({(stage, context.partitionId() if context else 0): told})


def _read(numbers: dict[str, int], rows: Iterable[Any], told: Told) -> Iterator[Any]:
    return read_lines(rows, numbers, told)


def _map(at: Addresses, rows: Iterable[Any], told: Told) -> Iterator[Any]:
    return map_processes(rows, at, told)


def _write(at: Addresses, known: Known, rows: Iterable[Any], told: Told) -> Iterator[Any]:
    return write_organisations(rows, at, known, told)


def _match(at: Addresses, shared: str, rows: Iterable[Any], told: Told) -> Iterator[Any]:
    return write_matches(rows, at, shared, told)


def _name_parts(folder: Path) -> None:
    """Give the parts names that say what they hold."""
    for part in folder.glob("part-*.txt.gz"):
        part.rename(part.with_name(f"{'-'.join(part.name.split('-')[:2])}.nq.gz"))


def _read_known(data: Path) -> Known:
    """Return the organisations of the record, that those of an import are held against."""
    from rehabgraph.graph.build import STORE, open_built
    from rehabgraph.graph.store import open_directory

    return tuple(known_organisations(open_directory(open_built(data) / STORE).raw))


def _list_known(known: Known) -> list[tuple[str, str, str, list[str], list[str]]]:
    keys: dict[str, set[str]] = defaultdict(set)
    ids: dict[str, set[str]] = defaultdict(set)
    for iri, text, is_id in known:
        (ids if is_id else keys)[iri].add(text if is_id else name_key(text))
    return [(iri, "", "", sorted(keys[iri]), sorted(ids[iri])) for iri in sorted({*keys, *ids})]

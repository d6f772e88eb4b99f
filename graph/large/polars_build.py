"""A build of many rows: Polars frames to sorted runs, a store on disk, and the rules run there.

The result is the same, byte for byte, as that of the plain path in `graph/build.py`. The work
goes in stages, each kept when it is done, in a folder beside the finished datasets that bears
their key. A build that was killed goes on from the last stage that was finished; it shows in
the cache, as ever, in one rename.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.build import (
    NQUADS,
    STORE,
    place_built,
    read_all_terms,
    run_rules,
    write_file,
)
from rehabgraph.graph.errors import InvalidData, StoreError
from rehabgraph.graph.progress import Progress
from rehabgraph.graph.record_checks import check_records
from rehabgraph.ontology import CURATED

if TYPE_CHECKING:
    import polars as pl

    from rehabgraph.graph.large.sorted_runs import SortedRuns
    from rehabgraph.graph.tables import Table


class LargeBuild:
    """One build in its folder; `run` does whatever stage is not done yet."""

    def __init__(self, data: Path, folder: Path, progress: Progress) -> None:
        self.data, self.folder, self.progress = data, folder, progress
        self.done_file = folder / "stages.json"

    def run(self, until: str = "lines") -> int:
        """Do the stages; return the number of quads. The folder then holds dataset and store.

        Args:
            until: the last stage to do: `runs`, `store`, `rules` or `lines`.

        Raises:
            InvalidData: a table breaks a rule.
        """
        stages = {
            "runs": self._write_runs,
            "store": self._load_store,
            "rules": self._run_rules,
            "lines": self._write_lines,
        }
        done: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError):
            done = json.loads(self.done_file.read_bytes())
        for name, stage in stages.items():
            if name not in done:
                done[name] = stage()
                write_file(self.done_file, json.dumps(done).encode())
            if name == until:
                break
        return done[until]

    def open_runs(self, name: str) -> "SortedRuns":
        """Return the sorted runs of a stage: `base`, what the tables say, or `derived`."""
        from rehabgraph.graph.large.sorted_runs import SortedRuns

        return SortedRuns(self.folder / name)

    def _write_runs(self) -> int:
        """Read and check the tables; write their statements, and the terms, as sorted runs."""
        import polars as pl

        from rehabgraph.graph.large.frame_checks import check_tables
        from rehabgraph.graph.large.frame_quads import write_lines
        from rehabgraph.graph.tables import open_metadata

        shutil.rmtree(self.folder / "base", ignore_errors=True)
        runs = self.open_runs("base")
        specs = list(open_metadata(self.data).tables)

        def take(table: "Table", frames: "Iterator[pl.DataFrame]") -> None:
            for frame in frames:
                self.progress.tell(f"{table.name}, {runs.length:,} statements so far")
                for lines in write_lines(table.spec, frame, CURATED):
                    runs.add(lines)

        check_tables(self.data, specs, take)
        runs.flush()  # the terms have blank nodes: they must be loaded in one piece
        runs.add(pl.Series([line.rstrip("\n") for line in read_all_terms()], dtype=pl.String))
        runs.flush()
        return runs.length

    def _load_store(self) -> int:
        """Load the runs into a store on disk, two at once: the engine loads each on one core."""
        from concurrent.futures import ThreadPoolExecutor

        from rehabgraph.graph.large.sorted_runs import read_run

        self._drop(STORE)
        store = self._open_store()
        runs = self.open_runs("base").files
        loaded = 0
        with ThreadPoolExecutor(2) as pool:
            for length in pool.map(lambda run: load_lines(store, read_run(run)), runs):
                loaded += length
                self.progress.tell(f"store, {loaded:,} statements loaded")
        store.flush()
        return loaded

    def _run_rules(self) -> int:
        """Run the rules on the store; keep what they derive there and as a run.

        A killed stage may have left some of it in the store: it is taken out first.
        """
        import polars as pl
        from pyoxigraph import NamedNode

        from rehabgraph.ontology import DERIVED

        self._drop("derived")
        store = self._open_store()
        store.remove_graph(NamedNode(DERIVED))
        self.progress.tell("rules")
        derived = run_rules(store)
        store.flush()
        check_records(store, self.data)
        runs = self.open_runs("derived")
        runs.add(pl.Series([line.rstrip("\n") for line in derived], dtype=pl.String))
        runs.flush()
        return len(derived)

    def _write_lines(self) -> int:
        """Write everything as sorted N-Quads."""
        from rehabgraph.graph.large.sorted_runs import SortedRuns

        runs = SortedRuns(self.folder / "base", also=(self.folder / "derived",))
        written = 0
        with (self.folder / NQUADS).open("wb") as out:
            for lines in runs.ranges():
                lines.to_frame().write_csv(out, include_header=False, quote_style="never")
                written += len(lines)
                self.progress.tell(f"file, {written:,} statements written")
        return written

    def _open_store(self) -> Any:  # noqa: ANN401
        from pyoxigraph import Store

        return Store(str(self.folder / STORE))

    def _drop(self, name: str) -> None:
        shutil.rmtree(self.folder / name, ignore_errors=True)


def load_lines(store: Any, lines: "pl.Series") -> int:  # noqa: ANN401
    """Load lines into a store; return how many they are."""
    import io

    from pyoxigraph import RdfFormat

    buffer = io.BytesIO()
    lines.to_frame().write_csv(buffer, include_header=False, quote_style="never")
    store.bulk_load(buffer.getvalue(), format=RdfFormat.N_QUADS)
    return len(lines)


def build_large(data: Path, final: Path) -> None:
    """Build the dataset of a folder of tables into a folder that appears whole or not at all.

    Args:
        data: folder of tables and their description.
        final: folder of the finished dataset, named by its key.

    Raises:
        InvalidData: a table breaks a rule; nothing was built.
        StoreError: the cache folder cannot be written.
    """
    from rehabgraph.graph.large.facts import add_facts

    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with _own_folder(final) as folder, Progress("Build") as progress:
            if (final / STORE).is_dir():  # another build has just made it
                return
            quads = LargeBuild(data, folder, progress).run()
            progress.tell("facts")
            add_facts(folder, quads)
            for name in ("base", "derived", "stages.json"):
                path = folder / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            place_built(folder, final)
    except OSError as e:
        raise StoreError(
            f"{final}: cannot be written ({e.strerror or e}); "
            "make room, or set REHABGRAPH_CACHE to a folder of your own"
        ) from e


@contextlib.contextmanager
def _own_folder(final: Path) -> Iterator[Path]:
    """Give the folder that builds of this key go on in, or one apart while another is at it."""
    kept = final.parent / f".{final.name}-large"
    with _lock(final.parent / f".{final.name}-lock") as held:
        if held:
            kept.mkdir(exist_ok=True)
            try:
                yield kept
            except InvalidData:  # these tables will never build: there is nothing to go on with
                shutil.rmtree(kept, ignore_errors=True)
                raise
            shutil.rmtree(kept, ignore_errors=True)
            return
    apart = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    try:
        yield apart
    finally:
        shutil.rmtree(apart, ignore_errors=True)


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[bool]:
    """Hold a lock that ends with the process; give False where somebody else has it."""
    try:
        import fcntl
    except ImportError:  # Windows: every build works apart
        yield False
        return
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = path.stat().st_ino == os.fstat(file.fileno()).st_ino
        except OSError:
            held = False  # locked, or removed by the build that had it
        try:
            yield held
        finally:
            if held:
                path.unlink(missing_ok=True)

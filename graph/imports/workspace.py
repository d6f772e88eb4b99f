"""A store of the user's own: a folder with the record and what was imported beside it.

    DIR/current              names the generation that counts; replaced in one rename
    DIR/generations/NAME/    store/ and manifest.json, never changed once they count; facts/
                             too where `build --facts` wrote them, for large reports
    DIR/imports/KEY.nq.gz    the statements of each import, for building anew
    DIR/judgements.csv       which organisations are one, by the user's decisions
    DIR/work-…/              what an import is busy with; of no account if it was killed

An import makes a whole new generation and then renames one small file. Killed at any
moment, it leaves the store as before or as after.
"""

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rehabgraph.graph.build import STORE, content_key, open_built, write_file
from rehabgraph.graph.errors import StoreError
from rehabgraph.graph.imports.judged import fold_judgements
from rehabgraph.graph.imports.quads import IMPORTS
from rehabgraph.graph.judgement_rows import FILE as JUDGEMENTS
from rehabgraph.graph.progress import Progress
from rehabgraph.ontology import DATA

CURRENT, GENERATIONS, MANIFEST = "current", "generations", "manifest.json"
LOAD_BYTES = 8 << 20
"""Statements are loaded so many bytes at a time: that bounds the memory of the engine."""


@dataclass(frozen=True, slots=True)
class Imported:
    """One import in a store: its key, kind, files with their hashes, time and tool version."""

    key: str
    kind: str
    files: tuple[str, ...]
    hashes: tuple[str, ...]
    time: str
    version: str
    quads: int

    @property
    def graph(self) -> str:
        """Address of its named graph."""
        return IMPORTS + self.key


def current_generation(folder: Path) -> Path | None:
    """Return the generation of a workspace that counts; None where the folder is none."""
    try:
        name = (folder / CURRENT).read_text(encoding="ascii").strip()
    except (OSError, UnicodeError):
        return None
    return folder / GENERATIONS / name


def read_imports(folder: Path) -> tuple[Imported, ...]:
    """Return the imports of a workspace, oldest first; none where there is no workspace.

    Raises:
        StoreError: the manifest is damaged.
    """
    generation = current_generation(folder)
    return tuple(_read_manifest(generation)[1]) if generation else ()


def _read_manifest(generation: Path) -> tuple[str, list[Imported]]:
    try:
        held = json.loads((generation / MANIFEST).read_bytes())
        found = [
            Imported(**{**one, "files": tuple(one["files"]), "hashes": tuple(one["hashes"])})
            for one in held["imports"]
        ]
        return str(held["base"]), found
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise StoreError(f"{generation}: damaged ({e}); import into a new folder") from e


class Workspace:
    """A folder that imports go into; it is made when something is first kept there."""

    def __init__(self, folder: Path, data: Path = DATA) -> None:
        self.folder, self.data = folder, data
        if folder.exists() and current_generation(folder) is None:
            ours = {"work", CURRENT, GENERATIONS, "imports", "lock", JUDGEMENTS}
            if not folder.is_dir() or any(
                p.name.split("-")[0].lstrip(".") not in ours for p in folder.iterdir()
            ):
                raise StoreError(
                    f"{folder}: is no store of imports and is not empty; name a new folder"
                )

    @property
    def imports(self) -> tuple[Imported, ...]:
        """The imports, oldest first."""
        return read_imports(self.folder)

    def store_path(self) -> Path:
        """Return the store that counts now: the workspace's, or the packaged record's."""
        generation = current_generation(self.folder)
        return (generation if generation else open_built(self.data)) / STORE

    @contextmanager
    def work(self, *, keep: bool = True) -> Iterator[Path]:
        """Give a folder to work in; where nothing is to be kept, outside the workspace.

        Raises:
            StoreError: the workspace cannot be written, or another import is at it.
        """
        if not keep:
            with tempfile.TemporaryDirectory(prefix="rehabgraph-") as name:
                yield Path(name)
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / "lock").open("a") as handle:
                _lock(handle, self.folder)
                for left in self.folder.glob("work-*"):
                    shutil.rmtree(left, ignore_errors=True)
                work = Path(tempfile.mkdtemp(prefix="work-", dir=self.folder))
                try:
                    yield work
                finally:
                    shutil.rmtree(work, ignore_errors=True)
        except OSError as e:
            raise StoreError(f"{self.folder}: cannot be written ({e.strerror or e})") from e

    def commit(
        self,
        work: Path,
        *,
        add: Imported | None = None,
        lines: Path | None = None,
        drop: frozenset[str] = frozenset(),
    ) -> None:
        """Make the next generation and let it count, all or nothing.

        Args:
            work: the folder given by `work`.
            add: an import to add.
            lines: its statements, as gzipped N-Quads.
            drop: keys of imports to leave out.

        Raises:
            InvalidData: the user's table of judgements is damaged; the store is as it was.
        """
        generation = current_generation(self.folder)
        base = content_key(self.data)
        old_base, held = _read_manifest(generation) if generation else (base, [])
        kept = [one for one in held if one.key not in drop]
        files = self.folder / "imports"
        files.mkdir(exist_ok=True)
        made = work / "generation"
        made.mkdir()
        if generation and old_base == base and len(kept) == len(held):
            shutil.copytree(generation / STORE, made / STORE)
            load = []
        else:
            shutil.copytree(open_built(self.data) / STORE, made / STORE)
            load = list(kept)
        load_quads(
            made / STORE, [files / f"{one.key}.nq.gz" for one in load] + ([lines] if lines else [])
        )
        fold_judgements(made / STORE, self.folder)
        kept += [add] if add else []
        manifest = {"base": base, "imports": [asdict(one) for one in kept]}
        write_file(made / MANIFEST, json.dumps(manifest, indent=1).encode())
        if add and lines:  # last, as an import that it replaces may have the same name
            lines.replace(files / f"{add.key}.nq.gz")
        self._switch(made, generation, {one.key for one in kept})

    def _switch(self, made: Path, before: Path | None, keys: set[str]) -> None:
        generations = self.folder / GENERATIONS
        generations.mkdir(exist_ok=True)
        final = Path(tempfile.mkdtemp(prefix="g", dir=generations))
        made.replace(final)  # onto the empty folder of that name
        final.chmod(0o755)
        write_file(self.folder / CURRENT, final.name.encode())  # from here on it counts
        for old in generations.iterdir():
            if old not in (final, before):  # the one before may still be open somewhere
                shutil.rmtree(old, ignore_errors=True)
        for file in (self.folder / "imports").glob("*.nq.gz"):
            if file.name.removesuffix(".nq.gz") not in keys:
                file.unlink(missing_ok=True)


def load_quads(store: Path, files: list[Path]) -> None:
    """Add gzipped N-Quads to a store on disk, a bounded piece at a time."""
    from pyoxigraph import RdfFormat, Store

    opened, loaded = Store(str(store)), 0
    with Progress("Import") as progress:
        for file in files:
            with gzip.open(file, "rb") as lines:
                while piece := lines.readlines(LOAD_BYTES):
                    opened.bulk_load(b"".join(piece), format=RdfFormat.N_QUADS)
                    loaded += len(piece)
                    progress.tell(f"{loaded:,} statements loaded")
        opened.flush()
    del opened


def _lock(handle: Any, folder: Path) -> None:  # noqa: ANN401
    """Hold a lock that ends with the process, however it ends."""
    flock: Callable[[int, int], None] | None = None
    with suppress(ImportError):
        import fcntl

        flock, mode = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB
    if flock is not None:
        try:
            flock(handle.fileno(), mode)
        except OSError as e:
            raise StoreError(f"{folder}: another import is at work there; wait for it") from e

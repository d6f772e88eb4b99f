"""Build the dataset: tables, terms and rules become sorted N-Quads and a store on disk.

The same tables give the same bytes on every machine. The result is kept under the user's
cache directory by a hash of everything that it was made from; it appears there in one
rename, so a killed build leaves nothing half made and two builds at once cannot meet.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from rehabgraph.graph.errors import StoreError
from rehabgraph.ontology import BASE, CURATED, DATA, DERIVED, FOLDER, METADATA

NQUADS = "dataset.nq"
STORE = "store"
ANSWERS = "answers"
SCHEMES = BASE + "dataset/schemes"
ONTOLOGY = BASE + "ontology"
_CODE = (
    "tables.py",
    "csv2rdf.py",
    "build.py",
    "record_checks.py",
    "large/frame_quads.py",
    "large/polars_build.py",
)
LARGE_BYTES = 2 << 20
"""Tables of so many bytes are built by Polars: below it, plain Python is as fast."""


def cache_folder() -> Path:
    """Return the folder that built datasets are kept in; `REHABGRAPH_CACHE` names another."""
    if named := os.environ.get("REHABGRAPH_CACHE"):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("rehabgraph")


def content_key(data: Path = DATA) -> str:
    """Return the hash of all that a dataset is made from: tables, terms, rules and code."""
    from pyoxigraph import __version__ as engine

    digest = hashlib.sha256(engine.encode())
    here = Path(__file__).parent
    files = [data / METADATA, *sorted(data.glob("*.csv")), *sorted(FOLDER.glob("*.ttl"))]
    files += [*sorted((FOLDER / "rules").glob("*.rq")), *(here / name for name in _CODE)]
    for file in files:
        if file.is_file():
            digest.update(f"{file.name}\0".encode())
            digest.update(file.read_bytes())
            digest.update(b"\0")
    return digest.hexdigest()[:32]


def build_quads(data: Path = DATA) -> list[str]:
    """Return the whole dataset as sorted N-Quads lines.

    Raises:
        InvalidData: a table breaks a rule; nothing was written.
    """
    from pyoxigraph import RdfFormat, Store

    from rehabgraph.graph.csv2rdf import write_quads
    from rehabgraph.graph.record_checks import check_records
    from rehabgraph.graph.tables import read_tables

    lines = set(write_quads(read_tables(data), CURATED))
    lines.update(read_all_terms())
    store = Store()
    store.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
    lines |= run_rules(store)
    check_records(store, data)
    return sorted(lines)


def read_all_terms() -> Iterable[str]:
    """Yield the schemes and the ontology as N-Quads lines, each in its own graph."""
    for file, graph in (("schemes.ttl", SCHEMES), ("rehab.ttl", ONTOLOGY)):
        if (FOLDER / file).is_file():
            yield from _read_terms(FOLDER / file, graph)


def _read_terms(file: Path, graph: str) -> Iterable[str]:
    """Yield a Turtle file as N-Quads lines, its blank nodes named by canonicalisation."""
    from pyoxigraph import (
        CanonicalizationAlgorithm,
        Dataset,
        NamedNode,
        Quad,
        RdfFormat,
        parse,
        serialize,
    )

    name = NamedNode(graph)
    quads = Dataset(
        Quad(q.subject, q.predicate, q.object, name)
        for q in parse(path=str(file), format=RdfFormat.TURTLE)
    )
    quads.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return serialize(quads, format=RdfFormat.N_QUADS).decode().splitlines(keepends=True)  # type: ignore[union-attr]


def run_rules(store: Any) -> set[str]:  # noqa: ANN401
    """Run the rules on a pyoxigraph store until they add nothing, and leave there what they add.

    Returns:
        What they derived, as N-Quads lines.
    """
    from pyoxigraph import RdfFormat

    rules = [p.read_text(encoding="utf-8") for p in sorted((FOLDER / "rules").glob("*.rq"))]
    derived: set[str] = set()
    while True:
        before = len(derived)
        for rule in rules:
            triples = store.query(rule, use_default_graph_as_union=True)
            text = triples.serialize(format=RdfFormat.N_TRIPLES).decode()
            new = {f"{t[:-2]} <{DERIVED}> .\n" for t in text.split("\n") if t} - derived
            if new:
                store.bulk_load("".join(new).encode(), format=RdfFormat.N_QUADS)
                derived |= new
        if len(derived) == before:
            return derived


def open_built(data: Path = DATA) -> Path:
    """Return the folder of the built dataset, building it first if it is not there.

    Raises:
        InvalidData: a table breaks a rule; the cache is left as it was.
        StoreError: the cache folder cannot be written.
    """
    final = cache_folder() / content_key(data)
    if not (final / STORE).is_dir():
        if is_large(data):
            from rehabgraph.graph.large.polars_build import build_large

            build_large(data, final)
        else:
            write_built(build_quads(data), final)
    return final


def is_large(data: Path) -> bool:
    """Say whether tables are so large that Polars builds them faster, and Polars is there.

    Where it is not, one line on standard error says what to install.
    """
    from importlib.util import find_spec

    if sum(file.stat().st_size for file in data.glob("*.csv") if file.is_file()) < LARGE_BYTES:
        return False
    if find_spec("polars") is None:
        sys.stderr.write(
            "Large tables build slowly without polars: pip install 'rehabgraph[large]'\n"
        )
        return False
    return True


def write_built(lines: Sequence[str], final: Path) -> None:
    """Write a dataset and its store into a folder that appears whole or not at all."""
    import shutil
    import tempfile

    from pyoxigraph import RdfFormat, Store

    from rehabgraph.graph.large.facts import add_facts

    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as e:
        raise StoreError(
            f"{final.parent}: cannot be written ({e.strerror}); "
            "set REHABGRAPH_CACHE to a folder of your own"
        ) from e
    try:
        write_file(work / NQUADS, "".join(lines).encode())
        store = Store(str(work / STORE))
        store.bulk_load(path=str(work / NQUADS), format=RdfFormat.N_QUADS)
        store.flush()
        del store
        add_facts(work, len(lines))
        place_built(work, final)
    except OSError as e:
        raise StoreError(f"{final}: cannot be written ({e.strerror or e}); make room") from e
    finally:
        shutil.rmtree(work, ignore_errors=True)


def place_built(work: Path, final: Path) -> None:
    """Give a finished dataset its name in one rename; remove old ones.

    Raises:
        OSError: it cannot be renamed; the cache is as it was.
    """
    import shutil

    work.chmod(0o755)
    try:
        work.rename(final)
    except OSError:
        if not (final / STORE).is_dir():  # another build may have come first: then all is well
            shutil.rmtree(final, ignore_errors=True)  # a damaged one makes room
            work.rename(final)
    _remove_old(final)


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, and on the disk.

    Raises:
        OSError: the folder cannot be written or the disk is full; the file is as it was.
    """
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_old(final: Path, keep: int = 4) -> None:
    """Remove all but the newest few datasets, and work folders that a killed build left."""
    import re
    import shutil
    import time

    day_ago = time.time() - 86400
    ages: dict[Path, float] = {}
    for folder in final.parent.iterdir():
        with suppress(OSError):  # another build may rename or remove it while we look
            if folder != final and folder.is_dir():
                ages[folder] = folder.stat().st_mtime
    built = [p for p in ages if re.fullmatch("[0-9a-f]{32}", p.name)]
    built.sort(key=ages.__getitem__, reverse=True)
    left = [p for p in ages if re.fullmatch(r"\.[0-9a-f]{32}-.+", p.name)]
    for old in built[keep:] + left:
        if ages[old] < day_ago:
            shutil.rmtree(old, ignore_errors=True)

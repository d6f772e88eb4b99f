"""Files wherever Spark can reach them: found, hashed, and written whole or not at all."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rehabgraph.graph.cluster.session import java_errors, say_cause
from rehabgraph.graph.errors import InvalidData, OutputError

MANIFEST = "manifest.json"
"""Written last into every folder of ours: where it stands, the rest is whole."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of an input: its path, its address as Spark tells it of a line, and its name."""

    path: str
    address: str
    name: str


def list_files(spark: Any, inputs: Sequence[str]) -> list[File]:  # noqa: ANN401
    """Return the files of some inputs, each once, in the order given and then by name.

    Args:
        spark: the session.
        inputs: files, folders or patterns, as paths or addresses (`hdfs://…`, `s3a://…`).

    Raises:
        InvalidData: an input is not there or holds no file.
    """
    found: dict[str, File] = {}
    for text in inputs:
        for status in _find(spark, text):
            path = status.getPath()
            address = re.sub("^file:/+", "file:/", str(path.toUri().toString()))
            found.setdefault(address, File(str(path.toString()), address, str(path.getName())))
    return list(found.values())


def _find(spark: Any, text: str) -> list[Any]:  # noqa: ANN401
    try:
        system, path = open_place(spark, text)
        if system.exists(path):
            tops = [system.getFileStatus(path)]
        else:
            tops = list(system.globStatus(path) or ())
        if not tops:
            raise InvalidData([f"{text}: no such file or folder; check the path"])
        found = []
        for top in tops:
            inside = list(system.listStatus(top.getPath())) if top.isDirectory() else [top]
            found += [
                one
                for one in inside
                if one.isFile() and (one is top or one.getPath().getName()[0] not in "._")
            ]
    except java_errors() as e:
        raise InvalidData([f"{text}: cannot be read ({say_cause(e)})"]) from e
    if not found:
        raise InvalidData([f"{text}: holds no file"])
    return sorted(found, key=lambda one: str(one.getPath().toUri().toString()))


def open_place(spark: Any, text: str) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the file system of a path or address, and the path on it."""
    path = spark._jvm.org.apache.hadoop.fs.Path(text)
    system = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if system.getScheme() == "file" and not path.isAbsolute():  # Java may stand elsewhere
        path = spark._jvm.org.apache.hadoop.fs.Path(str(Path(text).absolute()))
    return system, system.makeQualified(path)


def hash_files(spark: Any, files: Sequence[File]) -> list[str]:  # noqa: ANN401
    """Return the SHA-256 of each file's bytes; each is read once, at the driver.

    Raises:
        InvalidData: a file cannot be read.
    """
    jvm, conf = spark._jvm, spark._jsc.hadoopConfiguration()

    def hash_one(file: File) -> str:
        try:
            path = jvm.org.apache.hadoop.fs.Path(file.path)
            stream = path.getFileSystem(conf).open(path)
            try:
                return str(jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream))
            finally:
                stream.close()
        except java_errors() as e:
            raise InvalidData([f"{file.name}: cannot be read ({say_cause(e)})"]) from e

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(hash_one, files))


@contextmanager
def whole_folder(spark: Any, output: str, *, replace: bool = False) -> Iterator[str]:  # noqa: ANN401
    """Give an address to write under; what is written there appears at `output`, all or nothing.

    On a local or mounted disk that is a folder beside it, renamed at the end. Elsewhere it is
    `output` itself, where Spark's committer puts each table in place; the manifest comes last.

    Args:
        spark: the session.
        output: the folder to make.
        replace: take the place of a folder that was made here.

    Raises:
        OutputError: it is there already, or cannot be written.
    """
    try:
        system, path = open_place(spark, output)
        local = str(system.getScheme()) == "file"
        there = bool(system.exists(path))
        ours = there and (
            bool(system.exists(spark._jvm.org.apache.hadoop.fs.Path(path, MANIFEST)))
            or (bool(system.isDirectory(path)) and not list(system.listStatus(path)))
        )
    except java_errors() as e:
        raise OutputError(f"{output}: cannot be written ({say_cause(e)})") from e
    if there and not (ours and replace):
        why = "or say --replace" if ours else "for it is none of ours to replace"
        raise OutputError(f"{output}: is there already; name another folder, {why}")
    if not local:
        if there:
            system.delete(path, True)
        yield str(path.toString())
        return
    final = Path(unquote(urlsplit(str(path.toUri().toString())).path))
    with _beside(final) as work:
        yield f"file:{work}"
        _tidy(work)
        _swap(work, final)


@contextmanager
def _beside(final: Path) -> Iterator[Path]:
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{final.name}-", dir=final.parent))
    except OSError as e:
        raise OutputError(f"{final}: cannot be written ({e.strerror})") from e
    try:
        yield work
    except OSError as e:
        raise OutputError(f"{final}: cannot be written ({e.strerror or e})") from e
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _tidy(work: Path) -> None:
    """Remove the marks that Spark leaves for itself."""
    for pattern in (".*.crc", "_SUCCESS"):
        for mark in work.rglob(pattern):
            mark.unlink()


def _swap(work: Path, final: Path) -> None:
    work.chmod(0o755)
    if not final.exists():
        work.rename(final)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{final.name}-old-", dir=final.parent))
    final.rename(old)
    work.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def write_text(spark: Any, address: str, text: str) -> None:  # noqa: ANN401
    """Write a small text file at an address."""
    path = spark._jvm.org.apache.hadoop.fs.Path(address)
    out = path.getFileSystem(spark._jsc.hadoopConfiguration()).create(path, True)
    try:
        out.write(bytearray(text.encode()))
    finally:
        out.close()

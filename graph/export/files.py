"""Files that appear whole or not at all: one file, an archive, or a folder."""

import io
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from rehabgraph.graph.errors import OutputError

Writer = Callable[[IO[bytes]], None]
_TIME = (1980, 1, 1, 0, 0, 0)
_IN_MEMORY = 32 * 1024 * 1024


class Bundle(Protocol):
    """A place that takes several named files."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Return a new file of the bundle, to be written and closed before the next."""
        ...


class ZipBundle:
    """Files of a zip archive with a fixed time, so that equal content gives equal bytes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Return a new file of the archive."""
        info = zipfile.ZipInfo(name, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.create_system = 3  # the same bytes on every system
        with self._archive.open(info, "w") as out:
            yield out


class FolderBundle:
    """Files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Return a new file of the folder."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            yield out


@contextmanager
def text_file(bundle: Bundle, name: str) -> Iterator[IO[str]]:
    """Return a new UTF-8 text file of a bundle; line ends are written as given."""
    with bundle.open(name) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")
        yield text
        text.flush()
        text.detach()


def write_zip(out: IO[bytes], fill: Callable[[Bundle], None]) -> None:
    """Write a zip archive; `fill` puts the files into it."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(ZipBundle(archive))


def write_whole(target: str | None, write: Writer) -> None:
    """Write one file, or standard output, so that it is there whole or not at all.

    Args:
        target: path of the file; None or `-` for standard output.
        write: writes the content into the open file that it is given.

    Raises:
        OutputError: the file cannot be written; an older one is as it was.
    """
    if target in (None, "-"):
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            write(spool)
            spool.seek(0)
            sys.stdout.flush()
            shutil.copyfileobj(spool, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    path = Path(str(target))
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as out:  # a device or a named pipe is written into
                write(out)
            return
        path = path.resolve()  # a link keeps pointing at its file
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                write(out)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as e:
        raise OutputError(f"{path}: cannot be written ({e.strerror or e})") from e


def write_folder(target: str, fill: Callable[[Bundle], None]) -> None:
    """Write a folder that is there whole or not at all.

    Args:
        target: path of the folder; it must be new or empty.
        fill: puts the files into it.

    Raises:
        OutputError: there is something already, or it cannot be written.
    """
    path = Path(target).resolve()
    try:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError(f"{path}: there is something already; name a new or empty folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            fill(FolderBundle(work))
            work.chmod(0o777 & ~_umask())
            work.replace(path)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as e:
        raise OutputError(f"{path}: cannot be written ({e.strerror or e})") from e


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask

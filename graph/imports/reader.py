"""Files opened within limits: gzip or not, in whichever encoding, hashed on the way.

A file is read twice: once to hash it, to see its encoding and to hold it to the limits,
once to use it. So nothing is half read when a limit is passed.
"""

import codecs
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from rehabgraph.graph.errors import InvalidData
from rehabgraph.graph.imports.ocds_clean import safe_text

BLOCK = 1 << 18
MAX_BYTES = 8 << 30
"""Unpacked size that is refused."""
MAX_RATIO = 200
"""Unpacked to packed; text of this kind packs about 10 to 40 to 1."""
FREE_BYTES = 32 << 20
"""Below this unpacked size the ratio is not looked at."""
_NO_FILE = "is no file that can be read twice; save it as one first"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was looked through: its name, hash, unpacked size and encoding.

    Attributes:
        stamp: size on disk and time of its last change, to see whether it has changed since.
    """

    path: Path
    name: str
    sha256: str
    size: int
    encoding: str
    packed: bool
    stamp: tuple[int, int] | None = None


def inspect_file(path: Path, name: str = "", max_bytes: int = MAX_BYTES) -> Opened:
    """Return what a file is, having read all of it once.

    Args:
        path: a regular file.
        name: what to call it; its own name when left out.
        max_bytes: greatest unpacked size.

    Raises:
        InvalidData: it cannot be read, is another sort of archive, or passes a limit.
    """
    name = safe_text(name or path.name)
    digest = hashlib.sha256()
    try:
        if not path.is_file():
            why = "no such file; name a file"
            if path.exists():
                why = "is a folder; name a file" if path.is_dir() else _NO_FILE
            raise InvalidData([f"{name}: {why}"])
        with path.open("rb") as file:
            stamp = _stamp(file)
            head = file.read(4)
            file.seek(0)
            for block in iter(lambda: file.read(BLOCK), b""):
                digest.update(block)
            packed = head[:2] == b"\x1f\x8b"
            if head in (b"PK\x03\x04", b"BZh9") or head[:3] == b"\xfd7z":
                raise InvalidData([f"{name}: is packed, but not with gzip; unpack it first"])
            file.seek(0)
            size, encoding = _look_through(_unpack(file, packed), name, max_bytes, file, packed)
    except (OSError, EOFError, zlib.error, ValueError) as e:
        why = getattr(e, "strerror", None) or str(e)
        raise InvalidData([f"{name}: cannot be read ({why}); get the whole file again"]) from e
    return Opened(path, name, digest.hexdigest(), size, encoding, packed, stamp)


def _stamp(file: BinaryIO) -> tuple[int, int]:
    known = os.fstat(file.fileno())
    return known.st_size, known.st_mtime_ns


def _unpack(file: BinaryIO, packed: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


def _look_through(
    data: IO[bytes], name: str, max_bytes: int, raw: BinaryIO, packed: bool
) -> tuple[int, str]:
    size, encoding = 0, ""
    utf8: codecs.IncrementalDecoder | None = None
    cp1252 = True
    for block in iter(lambda: data.read(BLOCK), b""):
        if not size:
            encoding = json.detect_encoding(block[:4])
            utf8 = codecs.getincrementaldecoder("utf-8")() if encoding[:5] == "utf-8" else None
        size += len(block)
        if size > max_bytes:
            raise InvalidData([f"{name}: unpacks to over {max_bytes:,} bytes; split it up"])
        if packed and size > FREE_BYTES and size > MAX_RATIO * max(raw.tell(), 1):
            raise InvalidData(
                [f"{name}: unpacks to over {MAX_RATIO} times its size; this is no ordinary file"]
            )
        cp1252 = cp1252 and not any(byte in block for byte in b"\x81\x8d\x8f\x90\x9d")
        if utf8 is not None:
            try:
                utf8.decode(block)
            except UnicodeDecodeError:
                utf8, encoding = None, "8-bit"
    if utf8 is not None:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "8-bit"
    if encoding == "8-bit":
        encoding = "cp1252" if cp1252 else "latin-1"
    return size, encoding or "utf-8"


def read_text(opened: Opened) -> Generator[str, None, None]:
    """Yield the text of a file in blocks.

    Raises:
        InvalidData: it is not text in its encoding, or has changed since it was looked through.
    """
    decoder = codecs.getincrementaldecoder(opened.encoding)()
    try:
        with opened.path.open("rb") as file:
            data = _unpack(file, opened.packed)
            for block in iter(lambda: data.read(BLOCK), b""):
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
            if opened.stamp not in (None, _stamp(file)):
                raise InvalidData([f"{opened.name}: changed while it was read; import it again"])
    except (OSError, EOFError, zlib.error, UnicodeError) as e:
        raise InvalidData([f"{opened.name}: cannot be read ({e}); get the whole file"]) from e

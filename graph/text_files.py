"""Text files read within stated limits, whatever somebody hands us.

Lines end with a line feed or a carriage return and a line feed, and with nothing else, so
that line 50 here is line 50 in every editor and in the `lines` table.
"""

from pathlib import Path

from rehabgraph.graph.errors import InvalidData

MAX_BYTES = 4 * 1024 * 1024
MAX_LINE_BYTES = 20_000


def read_text_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file, never more than the limit.

    Args:
        path: a regular file.
        limit: greatest size that is read, in bytes.

    Raises:
        InvalidData: there is no such file, it is a folder, it cannot be read, or it is larger.

    >>> read_text_bytes(Path("no-such-file.txt"))
    Traceback (most recent call last):
    ...
    rehabgraph.graph.errors.InvalidData: no-such-file.txt: no such file; check the path
    """
    try:
        if not path.exists():
            raise InvalidData([f"{path}: no such file; check the path"])
        if path.is_dir():
            raise InvalidData([f"{path}: is a folder; name a text file"])
        if not path.is_file():
            raise InvalidData([f"{path}: is not an ordinary file; name a text file"])
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InvalidData([f"{path}: cannot be read ({why}); check its name and rights"]) from error
    check_size(data, str(path), limit)
    return data


def check_size(data: bytes, name: str, limit: int = MAX_BYTES) -> None:
    """Refuse data over the limit.

    Args:
        data: the content.
        name: what to call it in the message.
        limit: greatest size, in bytes.

    Raises:
        InvalidData: the data are larger than the limit.

    >>> check_size(b"four", "a.txt", limit=4)
    """
    if len(data) > limit:
        raise InvalidData(
            [f"{name}: is larger than {limit:,} bytes; keep only the part that matters"]
        )


def split_lines(data: bytes, name: str) -> list[bytes]:
    r"""Return the lines of a text without their ends.

    Args:
        data: the content.
        name: what to call it in the message.

    Raises:
        InvalidData: the data hold NUL bytes, a line over `MAX_LINE_BYTES`, or a line that is
            not UTF-8.

    >>> split_lines(b"one\r\n\ntwo", "a.txt")
    [b'one', b'', b'two']
    """
    if (at := data.find(b"\0")) >= 0:
        number = data.count(b"\n", 0, at) + 1
        raise InvalidData(
            [f"{name}: line {number} holds a NUL byte, so this is no UTF-8 text; save it as UTF-8"]
        )
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    if not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE_BYTES:
            raise InvalidData(
                [f"{name}: line {number} is longer than {MAX_LINE_BYTES:,} bytes; break it up"]
            )
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = line[error.start]
            raise InvalidData(
                [f"{name}: line {number} is not UTF-8 (byte 0x{byte:02X}); save it as UTF-8"]
            ) from None
    return lines

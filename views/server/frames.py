"""Frames between the server and its workers: four bytes of length, then that many bytes."""

import asyncio
import json
from collections.abc import Mapping
from typing import IO, Any

MAX_FRAME = 1 << 30


def pack(payload: bytes) -> bytes:
    r"""Return a frame.

    >>> pack(b"ab")
    b'\x00\x00\x00\x02ab'
    """
    return len(payload).to_bytes(4, "big") + payload


def pack_json(value: Mapping[str, Any]) -> bytes:
    """Return a frame that holds JSON."""
    return pack(json.dumps(value, separators=(",", ":")).encode())


def read_frame(stream: IO[bytes]) -> bytes | None:
    """Return the next frame's content, or None at the end.

    Raises:
        EOFError: the stream ends inside a frame.
    """
    head = stream.read(4)
    if not head:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    if len(head) < 4 or len(body) < size or size > MAX_FRAME:
        raise EOFError("the other side went away inside a frame")
    return body


async def receive_frame(stream: asyncio.StreamReader) -> bytes:
    """Return the next frame's content.

    Raises:
        asyncio.IncompleteReadError: the other side went away.
    """
    size = int.from_bytes(await stream.readexactly(4), "big")
    return await stream.readexactly(size)

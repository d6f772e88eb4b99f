"""The log: it may be lost, and may not stop the server."""

import os
import sys
import threading
from contextlib import suppress

import pytest

from rehabgraph.views.server.logs import log


def test_a_log_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that a full pipe does not take is left out; once it is read, lines come again."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"\n" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stderr", pipe)
        thread = threading.Thread(target=log, args=("lost",), daemon=True)
        thread.start()
        thread.join(10)
        stuck = thread.is_alive()
        os.set_blocking(reader, False)
        with suppress(BlockingIOError):
            while os.read(reader, 1 << 16):
                pass
        assert not stuck
        log("told")
    said = os.read(reader, 1 << 16).decode()
    os.close(reader)
    assert '"told"' in said
    assert '"lost"' not in said


def test_a_log_whose_reader_left_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the program that read the log has ended, nothing is raised."""
    reader, writer = os.pipe()
    os.close(reader)
    pipe = os.fdopen(writer, "w")
    monkeypatch.setattr(sys, "stderr", pipe)
    log("request")
    log("request")
    with suppress(BrokenPipeError):
        pipe.close()

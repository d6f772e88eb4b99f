"""What must hold under any attack: memory bounded, data unchanged, nobody reached, the next answer.

Every attack is bounded in number and time and goes to 127.0.0.1 only. The server under attack
allows a query 1.5 seconds and 256 MB.
"""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

MEBI = 1024 * 1024
# server, two workers, two quick ones, two for pages: each has its base; one that answers may use
# 256 MB and an answer
MEMORY = 7 * 100 * MEBI + 4 * (256 + 2 * 16) * MEBI


class Listener:
    """A port of ours that nobody should reach; what reaches it is counted."""

    def __init__(self) -> None:
        self.reached = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            self.reached += 1
            peer.close()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


class Watch:
    """The memory of a server and its workers, looked at every twentieth of a second."""

    def __init__(self, pid: int) -> None:
        import psutil

        self.highest = 0
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        import psutil

        while not self._stop.wait(0.05):
            total = 0
            for process in [self._process, *self._process.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.highest = max(self.highest, total)

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()


def fingerprint(folder: Path) -> dict[str, str]:
    """Return a hash of each file of a store."""
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """Return a port that nobody should reach."""
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="module", autouse=True)
def watched(fortress: "Live", listener: Listener) -> Iterator[None]:
    """Hold the whole suite to what must stay: memory bounded, data unchanged, nobody reached."""
    before = fingerprint(fortress.store)
    pid = fortress.process.pid
    watch = Watch(pid)
    yield
    watch.close()
    assert fortress.process.poll() is None
    assert watch.highest < MEMORY, f"{watch.highest / MEBI:.0f} MB"
    assert fingerprint(fortress.store) == before
    assert listener.reached == 0
    log = fortress.log.read_text()
    assert "Traceback" not in log, log[-3000:]
    print(f"highest memory: {watch.highest / MEBI:.0f} MB")


@pytest.fixture(autouse=True)
def answers_next(fortress: "Live") -> Iterator[None]:
    """After each attack the next question is answered within three seconds."""
    yield
    began = time.monotonic()
    reply = fortress.ask("ASK {}", timeout=3)
    assert reply.json["boolean"] is True
    assert time.monotonic() - began < 3

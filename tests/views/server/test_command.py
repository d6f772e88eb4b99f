"""`rehabgraph serve`, as a person starts and stops it."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from click.testing import Result

    from tests.views.server.conftest import Live


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_serve_starts_answers_and_stops(live: "Live", tmp_path: Path, kind: signal.Signals) -> None:
    """It says where it serves, answers there, and ends quietly on Ctrl+C and SIGTERM."""
    log = tmp_path / "log"
    args = ["--store", str(live.store), "serve", "--port", "0", "--timeout", "3", "--workers", "1"]
    with log.open("wb") as err:
        process = subprocess.Popen([sys.executable, "-m", "rehabgraph", *args], stderr=err)
    try:
        for _ in range(2400):
            if '"ready"' in (text := log.read_text()):
                break
            time.sleep(0.05)
        address = re.search(r"Serving (http://127\.0\.0\.1:\d+/)", text)
        assert address is not None
        url = f"{address[1]}sparql?query=ASK%7B%7D"
        with urllib.request.urlopen(url, timeout=60) as reply:  # noqa: S310 - our own server
            assert json.load(reply)["boolean"] is True
        process.send_signal(kind)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    lines = log.read_text().splitlines()
    assert "Traceback" not in log.read_text()
    assert json.loads(lines[-1])["event"] == "stopped"


def test_a_taken_port_is_one_line(cli: Callable[..., "Result"], live: "Live") -> None:
    """A port that another program holds is told in one line that says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = cli("--store", str(live.store), "serve", "--port", port)
    assert result.exit_code == 1
    assert "--port" in result.stderr
    assert result.stderr.count("\n") == 1

"""Servers on 127.0.0.1: Oxigraph, Virtuoso, and one that lies; each ends with the tests.

Oxigraph comes from PyPI (`pip install oxigraph`), Virtuoso 7 from Debian
(`apt-get install virtuoso-opensource-7`).
"""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs

import pytest

from rehabgraph.graph.build import NQUADS, open_built
from rehabgraph.graph.endpoint.address import Credentials
from rehabgraph.graph.endpoint.load import load_dataset
from rehabgraph.graph.endpoint.store import EndpointStore

Skip = Callable[[str, str], NoReturn]
JSON = "application/sparql-results+json"
SETTINGS = Path(__file__).resolve().parents[3] / "benchmarks" / "virtuoso.ini"


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def find_tool(name: str) -> str | None:
    """Return where a tool is, looking first beside this Python."""
    own = str(Path(sys.executable).parent)
    return shutil.which(name, path=os.pathsep.join([own, os.environ.get("PATH", "")]))


@contextmanager
def running(command: Sequence[str], url: str, log: Path) -> Iterator[None]:
    """Run a server until the block ends; wait first until it answers."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=5).close()  # noqa: S310
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text(errors="replace")[-2000:]
                time.sleep(0.1)
        else:
            raise AssertionError(log.read_text(errors="replace")[-2000:])
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def start_oxigraph(
    skip_or_fail: Skip, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Return a function that runs an empty `oxigraph serve` and gives its query address."""

    @contextmanager
    def start(*options: str) -> Iterator[str]:
        command = find_tool("oxigraph")
        if command is None:
            skip_or_fail("servers", "no command oxigraph; pip install oxigraph")
        port = free_port()
        url = f"http://127.0.0.1:{port}/query"
        log = tmp_path_factory.mktemp("oxigraph") / "log"
        with running([command, "serve", "--bind", f"127.0.0.1:{port}", *options], url, log):
            yield url

    return start


@pytest.fixture(scope="session")
def start_virtuoso(
    skip_or_fail: Skip, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Any]:
    """Return a function that runs an empty Virtuoso 7 and gives its query address."""

    @contextmanager
    def start() -> Iterator[str]:
        command = find_tool("virtuoso-t")
        if command is None:
            skip_or_fail("servers", "no virtuoso-t; apt-get install virtuoso-opensource-7")
        folder = tmp_path_factory.mktemp("virtuoso")
        port = free_port()
        ini = folder / "virtuoso.ini"
        ini.write_text(SETTINGS.read_text().format(folder=folder, port=port, sql=free_port()))
        url = f"http://127.0.0.1:{port}/sparql"
        arguments = ["+foreground", "+configfile", str(ini)]
        with running([command, *arguments], url, folder / "log"):
            yield url

    return start


@pytest.fixture(scope="session")
def dataset(cache: Path) -> list[str]:
    """Return the N-Quads lines of the packaged data."""
    assert cache.is_dir()
    with (open_built() / NQUADS).open(encoding="utf-8") as lines:
        return list(lines)


@pytest.fixture(scope="session")
def oxigraph(start_oxigraph: Callable[..., Any], dataset: list[str]) -> Iterator[EndpointStore]:
    """Return an Oxigraph server of the packaged data whose default graph is not the union."""
    with start_oxigraph() as url:
        store = EndpointStore(url)
        load_dataset(store, dataset)
        yield store


@pytest.fixture(scope="session")
def virtuoso(start_virtuoso: Callable[[], Any], dataset: list[str]) -> Iterator[EndpointStore]:
    """Return a Virtuoso server of the packaged data."""
    with start_virtuoso() as url:
        store = EndpointStore(url, Credentials("dba", "dba"))
        load_dataset(store, dataset)
        yield store


@dataclass
class Told:
    """What a lying server answers: status, headers, body; and how."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pause: float = 0
    announce: int | None = None
    drop: bool = False


def rows(names: Sequence[str], *found: Sequence[str]) -> Told:
    """Return an answer of rows of integers."""
    whole = "http://www.w3.org/2001/XMLSchema#integer"
    bindings = [
        {
            n: {"type": "literal", "value": v, "datatype": whole}
            for n, v in zip(names, row, strict=True)
        }
        for row in found
    ]
    text = json.dumps({"head": {"vars": list(names)}, "results": {"bindings": bindings}})
    return Told(headers={"Content-Type": JSON}, body=text.encode())


@dataclass
class Liar:
    """A server that answers as it is told, and keeps what it was asked."""

    url: str
    answers: list[Told] = field(default_factory=list)
    always: Callable[[str], Told] | None = None
    asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Told:
        """Return the next answer."""
        form = parse_qs(body.decode("utf-8", "replace"))
        self.asked.append((path, headers, form))
        if self.answers:
            return self.answers.pop(0)
        assert self.always is not None
        return self.always(form.get("query", [""])[0])


@pytest.fixture
def liar() -> Iterator[Liar]:
    """Return a server that lies, on a port of its own."""
    port = free_port()
    found = Liar(f"http://127.0.0.1:{port}/sparql")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            headers = {k.lower(): v for k, v in self.headers.items()}
            told = found.answer(self.path, headers, self.rfile.read(size))
            if told.drop:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            try:
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                announced = len(told.body) if told.announce is None else told.announce
                self.send_header("Content-Length", str(announced))
                self.end_headers()
                if told.pause:
                    for byte in told.body:
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(told.pause)
                else:
                    self.wfile.write(told.body)
            except OSError:
                pass  # the client went away, as it should

        def log_message(self, *args: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told() -> Callable[..., Told]:
    """Return what makes an answer of the lying server."""
    return Told


@pytest.fixture
def told_rows() -> Callable[..., Told]:
    """Return what makes an answer of rows."""
    return rows

"""Live servers on 127.0.0.1, each a process of its own with a port of its own."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest

from rehabgraph.queries.graph import Graph

W3C = "http://kasei.us/2009/09/sparql/data/"
_SERVE = """
import json, sys, rehabgraph
from rehabgraph.views.server.app import serve
from rehabgraph.views.server.options import Options
settings = json.loads(sys.argv[2])
serve(rehabgraph.open(sys.argv[1]), port=0, options=Options(**settings))
"""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """Return the media type."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the body read as JSON."""
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """Return the one line of a refusal."""
        return str(self.json["detail"])


@dataclass
class Live:
    """A running server."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path
    store: Path

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sparql(self) -> str:
        """Return the endpoint's address."""
        return self.url + "/sparql"

    def logged(self, path: str, since: int = 0) -> str:
        """Return the log from a place on, once it tells of a request to a path.

        A line is written when its answer is sent, perhaps after the client has read it.
        """
        for _ in range(100):
            if f'"{path}"' in (text := self.log.read_text()[since:]):
                return text
            time.sleep(0.1)
        raise AssertionError(f"no request to {path} in the log")

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 20,
    ) -> Reply:
        """Send a request and return what comes back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            raw = body.encode() if isinstance(body, str) else body
            connection.request(method, path, raw, dict(headers or {}))
            response = connection.getresponse()
            values = {k.lower(): v for k, v in response.getheaders()}
            return Reply(response.status, values, response.read())
        finally:
            connection.close()

    def ask(self, query: str, accept: str = "*/*", timeout: float = 20, **graphs: object) -> Reply:
        """Send a query by POST, directly."""
        path = "/sparql" + (f"?{urlencode(graphs, doseq=True)}" if graphs else "")
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.request("POST", path, query, headers, timeout)


@contextmanager
def running_command(
    store: Path | str, folder: Path, *args: str, option: str = "--store"
) -> Iterator[Live]:
    """Run `rehabgraph serve` as a person would, and end it with Ctrl+C."""
    log = folder / "log"
    command = ["-m", "rehabgraph", option, str(store), "serve", "--port", "0", *args]
    with log.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.DEVNULL, stdout=err, stderr=err
        )
    try:
        yield Live(wait_for_port(process, log), process, log, Path(store))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0, log.read_text()[-2000:]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def running(store: Path, folder: Path, *, ends: int = 0, **settings: object) -> Iterator[Live]:
    """Run a server on a store and end it as an owner would, with SIGTERM."""
    log = folder / "log"
    with log.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(store), json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=err,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield Live(wait_for_port(process, log), process, log, store)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == ends, log.read_text()[-2000:]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for_port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """Return the port, once the server says that it is ready."""
    for _ in range(2400):
        text = log.read_text(errors="replace")
        if '"ready"' in text and (found := re.search(r"http://127\.0\.0\.1:(\d+)/", text)):
            return int(found[1])
        assert process.poll() is None, text
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def write_store(folder: Path, lines: list[str]) -> Path:
    """Write N-Quads lines as a store on disk."""
    from pyoxigraph import RdfFormat, Store

    store = Store(str(folder))
    store.bulk_load("".join(lines).encode(), format=RdfFormat.N_QUADS)
    store.flush()
    return folder


@pytest.fixture(scope="session")
def live(tiny_quads: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return a server of the tiny world and of the four graphs that the W3C's tests ask for."""
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    document = "http://xmlns.com/foaf/0.1/Document"
    w3c = [f"<{W3C}data{n}.rdf> <{rdf}> <{document}> <{W3C}data{n}.rdf> .\n" for n in range(4)]
    folder = tmp_path_factory.mktemp("live")
    store = write_store(folder / "store", [*tiny_quads, *w3c])
    with running(store, folder, seconds=5) as server:
        yield server


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Callable[..., Any]:
    """Return a function that runs a server on the same data with other settings."""

    def run(*, ends: int = 0, **settings: object) -> AbstractContextManager[Live]:
        return running(live.store, tmp_path_factory.mktemp("other"), ends=ends, **settings)

    return run


@pytest.fixture(scope="session")
def explorer(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return `rehabgraph serve` of the packaged data, as a person starts it."""
    assert world.store.path is not None
    world.store.raw  # noqa: B018 - the store is there before the server looks
    folder = tmp_path_factory.mktemp("explorer")
    with running_command(world.store.path, folder, "--timeout", "8") as server:
        yield server


@pytest.fixture(scope="module")
def fortress(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return a server of the packaged data with short limits, to be attacked."""
    folder = tmp_path_factory.mktemp("fortress")
    assert world.store.path is not None
    world.store.raw  # noqa: B018 - the store is there before the server looks
    settings = {"seconds": 1.5, "megabytes": 256, "request_seconds": 1.5, "stall_seconds": 2}
    with running(world.store.path, folder, **settings) as server:
        yield server


@pytest.fixture(scope="session")
def run_oxigraph(
    skip_or_fail: Callable[[str, str], NoReturn],
    tiny_quads: list[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], Any]:
    """Return a function that runs an `oxigraph serve` of the tiny world."""
    from rehabgraph.graph.endpoint.address import Credentials
    from rehabgraph.graph.endpoint.store import EndpointStore

    @contextmanager
    def run() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
        places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        command = shutil.which("oxigraph", path=places)
        if command is None:
            skip_or_fail("servers", "no command oxigraph; pip install oxigraph")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
        log = tmp_path_factory.mktemp("oxigraph") / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [command, "serve", "--bind", f"127.0.0.1:{port}"], stdout=out, stderr=out
            )
        try:
            for _ in range(200):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                time.sleep(0.05)
            url = f"http://127.0.0.1:{port}/query"
            EndpointStore(url, Credentials()).load(tiny_quads)
            yield url, process
        finally:
            process.kill()
            process.wait()

    return run


@pytest.fixture(scope="module")
def oxigraph_url(run_oxigraph: Callable[[], Any]) -> Iterator[str]:
    """Return the query address of an Oxigraph server that holds the tiny world."""
    with run_oxigraph() as (url, _):
        yield url


@pytest.fixture
def lonely(
    run_oxigraph: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Live, "subprocess.Popen[bytes]"]]:
    """Return a server in front of another, and the other's process, to be ended."""
    with run_oxigraph() as (url, process):
        folder = tmp_path_factory.mktemp("lonely")
        args = ("--timeout", "6", "--workers", "1")
        with running_command(url, folder, *args, option="--endpoint") as server:
            yield server, process


@pytest.fixture(scope="module")
def behind(oxigraph_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Return `rehabgraph --endpoint URL serve` in front of an Oxigraph server."""
    folder = tmp_path_factory.mktemp("behind")
    args = ("--timeout", "4", "--workers", "1")
    with running_command(oxigraph_url, folder, *args, option="--endpoint") as server:
        yield server

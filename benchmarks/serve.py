"""The server under load, beside its peers: `make bench` runs this after the commands.

Thirty-two clients on loopback, each asking again as soon as it is answered. First they mix pages
and queries on `rehabgraph serve`; then they send the same queries to it and to each peer that is
installed (`pip install -e '.[bench]'`): `oxigraph serve-read-only`, the engine without pages,
bounds or processes of its own, and `rdflib-endpoint`. Any answer that is not 200 is an error, and
memory that grows after the warm-up is told. A peer may hold its queries back: the figures compare
whole servers, not engines.
"""

import argparse
import http.client
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

CLIENTS = 32
PAGES = (
    "/", "/list/providers.html", "/list/contracts.html", "/page/organisation/ingeus.html",
    "/page/region/wales.html", "/page/area/kent.html", "/report/market-share.html",
    "/report/concentration.html", "/report/partnerships.csv", "/why/market-share/1.html",
    "/question/who-serves-area.html", "/limits.html", "/assets/site.css",
    "/report/market-share.html?lot=accommodation", "/report/concentration.html?lot=accommodation",
    "/report/failure.html?top=20", "/search.html?q=growth",
    "/question/active-on.json?on=2023-07-01", "/why/market-share/2.html?lot=accommodation",
    "/id/region/wales", "/data/region/wales.ttl",
)  # fmt: skip
QUESTIONS = ("value-by-lot", "shares-by-provider", "contracts-of-provider", "regions-and-areas",
             "who-serves-area", "policies")  # fmt: skip


@dataclass
class Tally:
    """What the clients met: seconds of each kind of request, and errors."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    def show(self, name: str, lasted: float) -> None:
        """Print a line for each kind of request."""
        for kind, times in sorted(self.seconds.items()):
            if len(times) > 1:
                cuts = statistics.quantiles(times, n=100)
                figures = "  ".join(f"{cuts[n] * 1000:8.1f}" for n in (49, 94, 98))
                rate = len(times) / lasted
                print(f"{name:28} {kind:8} {len(times):8,} {rate:8.1f}  {figures}")
        for what, count in self.errors.most_common(5):
            print(f"{name:28} ERROR    {count:8,}  {what}")


def load(port: int, paths: dict[str, Sequence[str]], seconds: float) -> Tally:
    """Return what the clients meet on a port.

    Args:
        port: where the server listens.
        paths: kind of request → paths; a kind is drawn first, then a path of it.
        seconds: how long each client goes on.
    """
    tally, end = Tally({kind: [] for kind in paths}), time.monotonic() + seconds
    lock = threading.Lock()

    def go_on(seed: int) -> None:
        draw = random.Random(seed)  # noqa: S311 - no secret
        own: dict[str, list[float]] = {kind: [] for kind in paths}
        wrong: Counter[str] = Counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.monotonic() < end:
            kind = draw.choice(list(paths))
            path = draw.choice(paths[kind])
            accept = "text/html" if kind == "page" else "application/sparql-results+json"
            began = time.perf_counter()
            try:
                connection.request("GET", path, headers={"Accept": accept})
                reply = connection.getresponse()
                said = reply.read()
                if reply.status not in (200, 303):
                    wrong[f"{reply.status} {path[:60]} {said[:200]!r}"] += 1
            except (OSError, http.client.HTTPException) as e:
                wrong[type(e).__name__] += 1
                connection.close()
            own[kind].append(time.perf_counter() - began)
        connection.close()
        with lock:
            tally.errors += wrong
            for kind, times in own.items():
                tally.seconds[kind] += times

    clients = [threading.Thread(target=go_on, args=(seed,)) for seed in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return tally


def list_queries(endpoint: str = "/sparql") -> dict[str, Sequence[str]]:
    """Return the paths of the queries, the same texts for every server."""
    from rehabgraph.queries.catalogue import read_question

    texts = [read_question(name).sparql for name in QUESTIONS]
    return {"query": [f"{endpoint}?query={quote(text)}" for text in texts]}


def measure_memory(pid: int) -> float:
    """Return the memory in MB that a process and its children hold of their own."""
    import psutil

    process = psutil.Process(pid)
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_full_info().uss
        except psutil.Error:
            continue
    return total / 1e6


@contextmanager
def serving(command: list[str], port: int, endpoint: str = "/sparql") -> Iterator[int]:
    """Run a server until it is asked no more; give its process."""
    process = subprocess.Popen(  # noqa: S603 - our own command, or a peer's
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("GET", f"{endpoint}?query=ASK%7B%7D")
                if connection.getresponse().status == 200:
                    break
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {process.returncode}")
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def find_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def list_peers(store: Path, quads: Path) -> Iterator[tuple[str, list[str], int, str]]:
    """Yield name, command, port and endpoint of each peer that is installed."""
    own = str(Path(sys.executable).parent)
    places = os.pathsep.join(filter(None, [own, os.environ.get("PATH")]))
    tools = {"oxigraph serve-read-only": "oxigraph", "rdflib-endpoint": "rdflib-endpoint"}
    for name, tool in tools.items():
        if (command := shutil.which(tool, path=places)) is None:
            print(f"{name:28} not installed; pip install -e '.[bench]'")
            continue
        port = find_port()
        if tool == "oxigraph":
            arguments = ["serve-read-only", "--location", str(store), "--union-default-graph"]
            yield name, [command, *arguments, "--bind", f"127.0.0.1:{port}"], port, "/query"
        else:
            arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), str(quads)]
            yield name, [command, *arguments], port, "/"


def main() -> None:
    """Run the load; exit with 1 if any request failed or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=120, help="time of the mixed load")
    parser.add_argument("--no-peers", action="store_true", help="this server alone")
    given = parser.parse_args()
    import rehabgraph
    from rehabgraph.graph.build import NQUADS, open_built

    built = open_built()
    store = rehabgraph.open().store.path
    queries = list_queries()
    short = max(2.0, given.seconds / 4)
    print(f"{CLIENTS} clients on loopback, {os.cpu_count()} cores; times in milliseconds\n")
    print(
        f"{'server':28} {'what':8} {'answers':>8} {'a second':>8}"
        f"  {'p50':>8}  {'p95':>8}  {'p99':>8}"
    )
    failed = False
    port = find_port()
    ours = [sys.executable, "-m", "rehabgraph", "--store", str(store), "serve", "--port", str(port)]
    with serving(ours, port) as pid:
        load(port, {"page": PAGES, **queries}, short)  # until everything has been made once
        before = measure_memory(pid)
        tally = load(port, {"page": PAGES, **queries}, given.seconds)
        after = measure_memory(pid)
        tally.show("rehabgraph serve, mixed", given.seconds)
        print(
            f"{'rehabgraph serve, mixed':28} memory   "
            f"{before:,.0f} MB before, {after:,.0f} MB after"
        )
        failed = bool(tally.errors) or after > before * 1.1 + 20
        alone = load(port, queries, short)
        alone.show("rehabgraph serve", short)
        failed |= bool(alone.errors)
    if not given.no_peers:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(shutil.copytree(str(store), f"{folder}/store"))
            for name, command, at, endpoint in list_peers(copy, built / NQUADS):
                theirs = list_queries(endpoint)
                with serving(command, at, endpoint):
                    load(at, theirs, short / 3)
                    load(at, theirs, short).show(name, short)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

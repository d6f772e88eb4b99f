"""Every saved question at several sizes, on each store the program can ask and on rdflib.

Each engine is a process of its own, given the same texts. The ratio is the time of an engine
over that of ours in memory, on the questions that both answered within the limit; how many those
were stands beside it. Servers are asked plainly, by the protocol alone. Where the number of rows
is another than ours it is printed (-1: an error): a quick wrong answer is no answer.
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from serve import find_port, measure_memory, serving

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
SIZES = (10_000, 100_000, 1_000_000)
LIMIT = 20.0
"""Seconds that one question may take on one engine."""
ENGINES = ("memory", "directory", "oxigraph server", "virtuoso", "rdflib")
AT_MOST = {"virtuoso": 100_000, "rdflib": 100_000}
"""Quads past which an engine is left out: loading, or one question, takes minutes there."""


@dataclass(slots=True)
class Answers:
    """Seconds and rows by question, seconds to open or load, peak memory; or why there are none."""

    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    load: float = 0.0
    megabytes: float = 0.0
    error: str = ""


def list_texts(store: "object") -> dict[str, str]:
    """Return the text of every saved question, its required parameters bound to a thing there is.

    The thing is the first by address of the kind that the question asks for.
    """
    from rehabgraph.ontology import ID
    from rehabgraph.queries.catalogue import bind_terms, question_files, read_question

    firsts: dict[str, str] = {}

    def first(kind: str) -> str:
        if kind not in firsts:
            found = store.select(  # type: ignore[attr-defined]
                "SELECT (MIN(?t) AS ?thing) WHERE { ?t "
                "<https://w3id.org/rehabgraph/ontology#citation> ?c . "
                f'FILTER STRSTARTS(STR(?t), "{ID}{kind}/") }}'
            )
            firsts[kind] = str(found[0]["thing"])
        return firsts[kind]

    texts = {}
    for question in map(read_question, question_files()):
        terms = {
            p.name: [f"<{first('organisation' if p.type == 'thing' else p.type)}>"]
            for p in question.params
            if p.required
        }
        texts[question.name] = bind_terms(question, terms)
    return texts


def answer(engine: str, where: str) -> None:
    """Answer the texts on standard input, one a line; this runs in a process of its own."""
    began = time.perf_counter()
    if engine == "rdflib":
        from rehabgraph.graph.rdflib_door import read_rdflib

        with Path(where).open(encoding="utf-8") as lines:
            dataset = read_rdflib(lines)

        def ask(text: str) -> int:
            return len(list(dataset.query(text)))
    elif where.startswith("http:"):
        at = urlsplit(where)
        connection = HTTPConnection(at.hostname or "", at.port)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/sparql-results+json",
        }

        def ask(text: str) -> int:
            connection.request("POST", at.path, urlencode({"query": text}), headers)
            reply = connection.getresponse()
            body = reply.read()
            return len(json.loads(body)["results"]["bindings"]) if reply.status == 200 else -1
    else:
        from rehabgraph.graph.store import open_directory, open_memory

        if engine == "memory":
            with Path(where).open(encoding="utf-8") as lines:
                store = open_memory(lines)
        else:
            store = open_directory(Path(where))

        def ask(text: str) -> int:
            return len(store.select(text))

    print(json.dumps(time.perf_counter() - began), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        rows = ask(json.loads(line))
        print(json.dumps([time.perf_counter() - began, rows]), flush=True)


def run_engine(engine: str, where: str, texts: dict[str, str], pid: int = 0) -> Answers:
    """Return what an engine took; a question past the limit ends it, and it starts anew.

    Args:
        engine: one of `ENGINES`.
        where: file, folder or address that it reads.
        texts: question → text.
        pid: a server's process, whose memory counts as well.
    """
    found, left, failures = Answers(), list(texts), 0
    while left and failures < 4:
        process = subprocess.Popen(  # noqa: S603 - this file
            [sys.executable, __file__, "--answer", engine, "--where", where],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            loaded = _read(process, 600)
            if loaded is None:
                found.error = "not loaded: " + _last_words(process)
                return found
            found.load = found.load or float(loaded)
            while left:
                name = left.pop(0)
                assert process.stdin is not None  # noqa: S101
                process.stdin.write(json.dumps(texts[name]) + "\n")
                process.stdin.flush()
                got = _read(process, LIMIT)
                if got is None:
                    failures += 1
                    break
                found.seconds[name], found.rows[name] = got
            memory = measure_memory(process.pid) + (measure_memory(pid) if pid else 0)
            found.megabytes = max(found.megabytes, memory)
        finally:
            process.kill()
            process.wait()
    return found


def _read(process: "subprocess.Popen[str]", seconds: float) -> "list[float] | float | None":
    """Return the next line of a process as JSON; None if none came in time."""
    assert process.stdout is not None  # noqa: S101
    if not select.select([process.stdout], [], [], seconds)[0]:
        return None
    line = process.stdout.readline()
    return json.loads(line) if line else None  # type: ignore[no-any-return]


def _last_words(process: "subprocess.Popen[str]") -> str:
    process.kill()
    said = process.communicate()[1].strip().splitlines()
    return said[-1][:100] if said else "it said nothing"


@contextmanager
def open_engine(engine: str, built: Path) -> Iterator[tuple[str, int]]:
    """Give what an engine reads, and the process of its server if it has one."""
    from rehabgraph.graph.build import NQUADS, STORE

    if engine in ("memory", "rdflib"):
        yield str(built / NQUADS), 0
    elif engine == "directory":
        yield str(built / STORE), 0
    elif engine == "oxigraph server":
        port = find_port()
        command = [str(BIN / "oxigraph"), "serve-read-only", "--location", str(built / STORE)]
        command += ["--union-default-graph", "--bind", f"127.0.0.1:{port}"]
        with serving(command, port, "/query") as pid:
            yield f"http://127.0.0.1:{port}/query", pid
    else:
        from virtuoso import CREDENTIALS, running

        with running() as (url, pid):
            load = [
                str(BIN / "rehabgraph"),
                "--endpoint",
                url,
                "load",
                "--from",
                str(built / NQUADS),
            ]
            subprocess.run(load, check=True, capture_output=True, env=os.environ | CREDENTIALS)  # noqa: S603
            yield url, pid


def measure_size(quads: int, folder: Path) -> None:
    """Print a line for each engine at one size."""
    import rehabgraph
    from rehabgraph.graph.build import open_built

    world = folder / f"world-{quads}"
    make = [sys.executable, str(HERE / "generate.py"), str(quads), str(world)]
    subprocess.run(make, check=True, capture_output=True)  # noqa: S603
    built = open_built(world)
    texts = list_texts(rehabgraph.open(data=world).store)
    ours: Answers | None = None
    for engine in ENGINES:
        if quads > AT_MOST.get(engine, quads):
            print(f"{quads:>9,} {engine:16} left out above {AT_MOST[engine]:,}")
            continue
        try:
            with ExitStack() as held:
                where, pid = held.enter_context(open_engine(engine, built))
                found = run_engine(engine, where, texts, pid)
        except (OSError, subprocess.SubprocessError, ImportError) as e:
            found = Answers(error=str(e)[:100])
        ours = ours or found
        _print(quads, engine, found, ours, len(texts))


def _print(quads: int, engine: str, found: Answers, ours: Answers, asked: int) -> None:
    if found.error:
        print(f"{quads:>9,} {engine:16} {found.error}")
        return
    both = found.seconds.keys() & ours.seconds.keys()
    mine = sum(ours.seconds[name] for name in both)
    ratio = sum(found.seconds[name] for name in both) / mine if mine else 0
    print(
        f"{quads:>9,} {engine:16} {ratio:8.2f}   {len(found.seconds):>3} of {asked} "
        f"{sum(found.seconds.values()):8.2f} s  opened in {found.load:6.2f} s "
        f"{found.megabytes:7,.0f} MB"
    )
    for name in sorted(both):
        if found.rows[name] != ours.rows[name]:
            print(f"{'':9} {name}: {found.rows[name]} rows, ours {ours.rows[name]}")


def main() -> None:
    """Print a line for each size and engine."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of quads")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    parser.add_argument("--where", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.answer:
        answer(given.answer, given.where)
        return
    print("\nevery saved question; ratio is an engine's time / that of ours in memory")
    print(f"{'quads':>9} {'engine':16} {'ratio':>8}   {'answered':>9} within {LIMIT:.0f} s each")
    with tempfile.TemporaryDirectory() as name:
        os.environ["REHABGRAPH_CACHE"] = f"{name}/cache"
        for size in given.sizes:
            measure_size(size, Path(name))


if __name__ == "__main__":
    main()

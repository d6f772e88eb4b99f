"""Run a query of somebody else's in a process of its own that can be killed.

The process has bounds on time, memory and the size of the answer. Whatever the query does to
the engine, the program that asked goes on and says in one line what happened.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph.graph.errors import BadQuery
from rehabgraph.graph.guard import Look, check_query
from rehabgraph.graph.store import (
    Iri,
    OxigraphStore,
    Store,
    one_line,
    open_directory,
    open_memory,
    parse_literal,
    to_python,
)

if TYPE_CHECKING:
    from rehabgraph.graph.endpoint.store import EndpointStore

SECONDS = 30
MEGABYTES = 2048
MAX_ROWS = 100_000
MAX_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """Variables and rows of an answer; an ASK has one column `answer`, a CONSTRUCT one `triple`."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def run_foreign(store: Store, text: str, *, seconds: float = SECONDS) -> Answer:
    """Return the answer of a query that somebody else wrote.

    Args:
        store: the store to ask; the other process opens its directory, or is handed its quads. A
            server that keeps to SPARQL 1.1 is asked itself.
        text: a SELECT, ASK, CONSTRUCT or DESCRIBE query.
        seconds: how long it may take.

    Raises:
        BadQuery: it is refused by the guard, does not parse, or passes a bound.
    """
    look = check_query(text)
    known = store.graphs()
    for graph in look.graphs:
        if graph not in known:
            raise BadQuery(f"FROM <{graph}>: no such graph in this dataset")
    if store.path is not None:
        return _run_process(text, store.path, seconds, has_from=bool(look.graphs))
    from rehabgraph.graph.endpoint.store import EndpointStore

    if isinstance(store, EndpointStore):
        if not store.server.departures:
            return _ask_server(store, text, look, seconds)
        store = store.copy()
    with tempfile.TemporaryDirectory(prefix="rehabgraph-") as folder:
        quads = Path(folder) / "dataset.nq"
        with quads.open("w", encoding="utf-8") as out:
            out.writelines(store.quads())
        return _run_process(text, quads, seconds, has_from=bool(look.graphs))


def _ask_server(store: "EndpointStore", text: str, look: Look, seconds: float) -> Answer:
    """Return the answer of a server, within the same bounds."""
    from rehabgraph.graph.endpoint.results import to_value

    found = store.within(seconds, MAX_ANSWER_BYTES).answer(text, look)
    if isinstance(found, bool):
        return Answer(("answer",), ((found,),))
    rows: tuple[tuple[Any, ...], ...]
    if isinstance(found, list):
        variables: tuple[str, ...] = ("triple",)
        rows = tuple((line.removesuffix(" .\n"),) for line in found)
    else:
        variables, rows = found.variables, tuple(tuple(map(to_value, r)) for r in found.rows)
    if len(rows) > MAX_ROWS:
        raise BadQuery(f"the answer is larger than {MAX_ROWS:,} rows; add LIMIT")
    return Answer(variables, rows)


def _run_process(text: str, dataset: Path, seconds: float, *, has_from: bool) -> Answer:
    # -P: a file of the user's folder must not stand in for one of Python's
    command = [sys.executable, "-P", "-m", "rehabgraph.graph.foreign"]
    command += [str(dataset), str(int(has_from))]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command,
            input=text.encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "REHABGRAPH_SECONDS": str(int(seconds) + 1)},
        )
    except subprocess.TimeoutExpired as e:
        raise BadQuery(f"the query took longer than {seconds:g} seconds; ask for less") from e
    try:
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except ValueError:
        answer = None
    if answer is None:
        raise BadQuery(
            "the query used more memory or depth than allowed and was stopped; ask for less"
        )
    if "error" in answer:
        raise BadQuery(answer["error"])
    rows = tuple(tuple(_from_wire(c) for c in row) for row in answer["rows"])
    return Answer(tuple(answer["variables"]), rows)


def _from_wire(cell: list[str] | None) -> Any:  # noqa: ANN401
    if cell is None:
        return None
    return Iri(cell[0]) if cell[1] == "iri" else parse_literal(cell[0], cell[1])


def _to_wire(term: Any) -> list[str] | None:  # noqa: ANN401
    if term is None:
        return None
    datatype = getattr(term, "datatype", None)
    if datatype is not None:
        return [term.value, datatype.value]
    return [to_python(term), "iri"]


def _answer(store: OxigraphStore, text: str, *, has_from: bool) -> dict[str, Any]:
    """Return an answer in the form that goes between the two processes."""
    found = store.raw.query(text, use_default_graph_as_union=not has_from)
    if isinstance(bool(found), bool) and type(found).__name__ == "QueryBoolean":
        yes = [str(bool(found)).lower(), "http://www.w3.org/2001/XMLSchema#boolean"]
        return {"variables": ["answer"], "rows": [[yes]]}
    rows: list[list[Any]] = []
    size = 0
    names = [v.value for v in found.variables] if hasattr(found, "variables") else ["triple"]
    for solution in found:
        if hasattr(found, "variables"):
            row = [_to_wire(t) for t in solution]
        else:
            row = [[str(solution), "http://www.w3.org/2001/XMLSchema#string"]]
        size += sum(len(c[0]) for c in row if c)
        rows.append(row)
        if len(rows) > MAX_ROWS or size > MAX_ANSWER_BYTES:
            return {"error": f"the answer is larger than {MAX_ROWS:,} rows; add LIMIT"}
    return {"variables": names, "rows": rows}


def _serve() -> None:
    """Read a query on standard input, answer it on standard output as JSON."""
    import resource

    seconds = int(os.environ.get("REHABGRAPH_SECONDS", SECONDS))
    limit = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    text = sys.stdin.buffer.read().decode()
    dataset = Path(sys.argv[1])
    if dataset.is_dir():
        store = open_directory(dataset)
    else:
        with dataset.open(encoding="utf-8") as lines:
            store = open_memory(lines)
    try:
        answer = _answer(store, text, has_from=sys.argv[2] == "1")
    except SyntaxError as e:
        answer = {"error": f"the query does not parse: {one_line(e)}"}
    except (OSError, RuntimeError, ValueError) as e:
        answer = {"error": f"the query cannot be run: {one_line(e)}"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _serve()

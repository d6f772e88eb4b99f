"""A worker: a process that opens a store read-only and does one job after another.

It reads jobs as frames on standard input and writes a head and a body for each on standard
output. The server ends it when it takes too long; the system ends it when it takes too much.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rehabgraph.views.server.answering import answer_query
from rehabgraph.views.server.frames import pack, pack_json, read_frame
from rehabgraph.views.server.sandbox import bound_memory, bound_time, memory_in_use, seal_process

Head = dict[str, Any]
Work = Callable[[Mapping[str, Any]], tuple[Head, bytes]]


def run_worker(prepare: Callable[[Path], tuple[Work, Head]]) -> None:
    """Do jobs until standard input ends.

    Args:
        prepare: given the store's folder, returns what does a job, and what the server is told
            of it. It runs in the sealed process, before the bound of memory stands.
    """
    folder, megabytes = Path(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else may write among the frames
    sealed = seal_process()
    work, ready = prepare(folder)
    bound_memory(megabytes)
    answers.write(pack_json({**ready, "sealed": sealed, "resident": memory_in_use()[1]}))
    answers.flush()
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        job = json.loads(frame)
        bound_time(job["seconds"] + 1)
        try:
            head, body = work(job)
        except MemoryError:
            head, body = {"status": "too much memory"}, b""
        answers.write(pack_json({**head, "resident": memory_in_use()[1]}))
        answers.write(pack(body))
        answers.flush()


def prepare_queries(folder: Path) -> tuple[Work, Head]:
    """Return what answers queries on a store."""
    from rehabgraph.graph.store import open_directory

    store = open_directory(folder).raw
    graphs = sorted(g.value for g in store.named_graphs() if hasattr(g, "value"))
    known = frozenset(graphs)

    def work(job: Mapping[str, Any]) -> tuple[Head, bytes]:
        return answer_query(store, known, job)

    return work, {"graphs": graphs, "quads": len(store)}


if __name__ == "__main__":
    run_worker(prepare_queries)

"""A worker: a process that opens a store, or a server's, and does one job after another.

It reads jobs as frames on standard input and writes a head and a body for each on standard
output. The server ends it when it takes too long; the system ends it when it takes too much.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from rehabgraph.views.server.answering import answer_query
from rehabgraph.views.server.behind import answer_behind, is_address, open_place
from rehabgraph.views.server.frames import pack, pack_json, read_frame
from rehabgraph.views.server.sandbox import bound_memory, bound_time, memory_in_use, seal_process

Head = dict[str, Any]
OPENING_MEGABYTES = 1024
"""Memory for opening what a server sends, where a job's is not more: a server may send anything."""
Work = Callable[[Mapping[str, Any]], tuple[Head, bytes]]


def run_worker(prepare: Callable[[str], tuple[Work, Head]]) -> None:
    """Do jobs until standard input ends.

    Args:
        prepare: given the store's folder or a server's address, returns what does a job, and
            what the server is told of it. It runs in the sealed process, before the bound of
            memory stands. A process that asks a server cannot be sealed, and is bounded from the
            beginning.
    """
    place, megabytes = sys.argv[1], int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else may write among the frames
    sealed = not is_address(place) and seal_process()
    if is_address(place):
        bound_memory(max(OPENING_MEGABYTES, megabytes))
    work, ready = prepare(place)
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


def prepare_queries(place: str) -> tuple[Work, Head]:
    """Return what answers queries on a store."""
    from rehabgraph.graph.endpoint.store import EndpointStore

    store = open_place(place)
    graphs = store.graphs()
    known = frozenset(graphs)
    ready = {"graphs": list(graphs), "quads": store.size()}
    if isinstance(store, EndpointStore):

        def ask(job: Mapping[str, Any]) -> tuple[Head, bytes]:
            return answer_behind(store, known, job)

        return ask, ready
    raw = store.raw

    def work(job: Mapping[str, Any]) -> tuple[Head, bytes]:
        return answer_query(raw, known, job)

    return work, ready


if __name__ == "__main__":
    run_worker(prepare_queries)

"""A worker: a process that opens a store read-only and answers one query after another.

It reads jobs as frames on standard input and writes a head and a body for each on standard
output. The server ends it when it takes too long; the system ends it when it takes too much.
"""

import json
import os
import sys
from pathlib import Path

from rehabgraph.views.server.answering import answer_query
from rehabgraph.views.server.frames import pack, pack_json, read_frame
from rehabgraph.views.server.sandbox import bound_memory, bound_time, memory_in_use, seal_process


def main() -> None:
    """Answer until standard input ends."""
    folder, megabytes = Path(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing else may write among the frames
    from pyoxigraph import RdfFormat  # noqa: F401 - loaded before the bounds stand
    from rehabgraph.graph.store import open_directory

    sealed = seal_process()
    store = open_directory(folder).raw
    graphs = sorted(g.value for g in store.named_graphs() if hasattr(g, "value"))
    bound_memory(megabytes)
    resident = memory_in_use()[1]
    ready = {"graphs": graphs, "quads": len(store), "sealed": sealed, "resident": resident}
    answers.write(pack_json(ready))
    answers.flush()
    known = frozenset(graphs)
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        job = json.loads(frame)
        bound_time(job["seconds"] + 1)
        try:
            head, body = answer_query(store, known, job)
        except MemoryError:
            head, body = {"status": "too much memory"}, b""
        head["resident"] = memory_in_use()[1]
        answers.write(pack_json(head))
        answers.write(pack(body))
        answers.flush()


if __name__ == "__main__":
    main()

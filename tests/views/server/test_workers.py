"""The pool: workers that answer, die and are replaced."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from rehabgraph.views.server.frames import pack, pack_json, read_frame
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.process import Answer, JobStopped, TookTooLong, Worker
from rehabgraph.views.server.sparql import BUSY, ask_pool
from rehabgraph.views.server.workers import Busy, Job, Pool, Workers

T = TypeVar("T")
# every triple with every other, three times over: more than any limit here allows
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def store(tiny_quads: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a store with the tiny world."""
    from pyoxigraph import RdfFormat, Store

    folder = tmp_path_factory.mktemp("pool") / "store"
    made = Store(str(folder))
    made.bulk_load("".join(tiny_quads).encode(), format=RdfFormat.N_QUADS)
    made.flush()
    return folder


def with_pool(store: Path, options: Options, work: Callable[[Pool], Awaitable[T]]) -> T:
    """Run something with an open pool, in a thread: a browser's tests hold a loop in this one."""

    async def run() -> T:
        pool = Pool(store, options)
        await pool.open()
        try:
            return await work(pool)
        finally:
            await pool.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def test_frames_come_back(tmp_path: Path) -> None:
    """A frame read is the frame written; the end is None; a broken frame is an error."""
    file = tmp_path / "frames"
    file.write_bytes(pack(b"") + pack_json({"a": 1}) + b"\0\0\0\x09ab")
    with file.open("rb") as stream:
        assert read_frame(stream) == b""
        assert json.loads(read_frame(stream) or b"") == {"a": 1}
        with pytest.raises(EOFError):
            read_frame(stream)
        assert read_frame(stream) is None


def test_a_worker_is_sealed_and_answers(store: Path) -> None:
    """A worker says what it has; on Linux its network is taken away."""
    import sys

    async def work(pool: Pool) -> None:
        assert pool.ready["quads"] > 100
        assert pool.ready["sealed"] is sys.platform.startswith("linux")
        answer = await pool.run(Job("ASK {}"))
        assert json.loads(answer.body)["boolean"] is True

    with_pool(store, Options(workers=1), work)


def test_a_sealed_process_reaches_nobody() -> None:
    """Behind the guard: a sealed process can open no connection and start no program."""
    import subprocess
    import sys

    code = (
        "import socket, os\n"
        "from rehabgraph.views.server.sandbox import seal_process\n"
        "if not seal_process(): print('refused refused'); raise SystemExit\n"
        "try: socket.socket(); print('open', end=' ')\n"
        "except PermissionError: print('refused', end=' ')\n"
        "try: os.execv('/bin/true', ['true'])\n"
        "except PermissionError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=30)
    assert done.stdout.split() == [b"refused", b"refused"], done.stderr


def test_processor_time_is_bounded_job_by_job() -> None:
    """Many jobs that each stay inside their time never add up to too much; one that does not ends.

    Whole seconds of the process's life, as a limit on it has them, would let either go wrong.
    """
    import signal
    import subprocess
    import sys

    code = (
        "import time\n"
        "from rehabgraph.views.server.sandbox import bound_time\n"
        "def work(seconds):\n"
        "    bound_time(0.5)\n"
        "    end = time.process_time() + seconds\n"
        "    while time.process_time() < end: pass\n"
        "for _ in range(15): work(0.1)\n"
        "print('well', flush=True)\n"
        "work(10)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.returncode) == (b"well", -signal.SIGPROF), done.stderr


def test_a_slow_query_is_ended_and_the_worker_replaced(store: Path) -> None:
    """The time limit holds, and the next query is answered by a new process."""

    async def work(pool: Pool) -> None:
        before = pool._workers[0].process
        with pytest.raises(TookTooLong, match=r"0\.3 seconds"):
            await pool.run(Job(SLOW))
        assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"
        assert before is not None
        async with asyncio.timeout(5):
            await before.wait()

    with_pool(store, Options(workers=1, seconds=0.3), work)


def test_a_killed_worker_is_replaced(store: Path) -> None:
    """Whatever ends a worker, its request learns of it and the next one is answered."""

    async def work(pool: Pool) -> None:
        process = pool._workers[0].process
        assert process is not None
        asyncio.get_running_loop().call_later(0.2, process.kill)
        with pytest.raises(JobStopped):
            await pool.run(Job(SLOW))
        assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"

    with_pool(store, Options(workers=1, seconds=5), work)


def test_a_cancelled_query_frees_its_worker(store: Path) -> None:
    """When nobody waits for an answer any more, its worker is ended and replaced."""

    async def work(pool: Pool) -> None:
        task = asyncio.ensure_future(pool.run(Job(SLOW)))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(3):
            assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"

    with_pool(store, Options(workers=1, seconds=20), work)


def test_a_small_query_passes_large_ones(store: Path) -> None:
    """While every worker is busy and others wait, a quick question is answered in a moment."""

    async def work(pool: Pool) -> None:
        slow = [asyncio.ensure_future(pool.run(Job(SLOW))) for _ in range(5)]
        await asyncio.sleep(0.3)
        async with asyncio.timeout(3):
            assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    with_pool(store, Options(workers=2, seconds=20), work)


def test_newcomers_do_not_keep_a_short_query_waiting(store: Path) -> None:
    """However many large queries come after it, a short one need not see them through.

    Each of them is tried for 0.7 seconds: twelve in turn take more than eight.
    """

    async def work(pool: Pool) -> None:
        slow = [asyncio.ensure_future(pool.run(Job(SLOW))) for _ in range(4)]
        await asyncio.sleep(0.3)
        short = asyncio.ensure_future(pool.run(Job("ASK {}")))
        await asyncio.sleep(0)
        slow += [asyncio.ensure_future(pool.run(Job(SLOW))) for _ in range(12)]
        async with asyncio.timeout(5):
            assert (await short).head["status"] == "ok"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    with_pool(store, Options(workers=2, seconds=20, queue_seconds=30), work)


def test_waiting_has_one_limit() -> None:
    """Whatever a job waits for, and however often, in all it waits no longer than is allowed."""

    class Endless(Workers):
        async def _take(self, job: Mapping[str, Any]) -> Worker | Answer:  # noqa: ARG002
            await asyncio.Event().wait()
            raise AssertionError("nothing comes")

    async def run() -> None:
        workers = Endless([], Options(queue_seconds=0.05))
        async with asyncio.timeout(10):
            with pytest.raises(Busy):
                await workers.ask({})

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()


def test_a_full_queue_is_busy(store: Path) -> None:
    """When too many wait, a newcomer is told so at once; so is one that waited too long."""

    async def work(pool: Pool) -> None:
        tasks = [asyncio.ensure_future(pool.run(Job(SLOW))) for _ in range(3)]
        await asyncio.sleep(0.1)
        with pytest.raises(Busy):
            await pool.run(Job(SLOW))
        assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"  # it need not wait
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(f) for f in found} == {TookTooLong, Busy}

    with_pool(store, Options(workers=1, seconds=4, queue=2, queue_seconds=0.2), work)


def test_a_large_answer_is_refused(store: Path) -> None:
    """The size limit holds for solutions and for triples."""

    async def work(pool: Pool) -> None:
        for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"):
            assert (await pool.run(Job(query))).head["status"] == "too large"
        assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"

    with_pool(store, Options(workers=1, answer_bytes=1000), work)


def test_closing_does_not_wait_for_a_worker_that_starts(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool that is closed while it replaces its workers ends at once and leaves no process.

    A process that ended but was not waited for would still be there, as a zombie.
    """
    import psutil

    started: list[int] = []
    start = asyncio.create_subprocess_exec

    async def start_and_note(*args: Any, **options: Any) -> asyncio.subprocess.Process:  # noqa: ANN401
        process = await start(*args, **options)
        started.append(process.pid)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_and_note)

    async def work(pool: Pool) -> None:
        for worker in pool._workers:
            assert worker.process is not None
            worker.process.kill()
        await asyncio.gather(*(pool.run(Job(SLOW)) for _ in range(2)), return_exceptions=True)
        async with asyncio.timeout(3):
            await pool.close()
        assert all(w.process is None for w in pool._all())

    with_pool(store, Options(workers=2), work)
    assert len(started) >= 3, "two workers and the one for quick queries"
    assert not [pid for pid in started if psutil.pid_exists(pid)]


def test_whoever_goes_away_while_a_worker_starts_leaves_none_half_started(store: Path) -> None:
    """A request that ends during a start does not let the next one ask a process not yet there."""

    async def work(pool: Pool) -> None:
        await pool._workers[0].stop()
        task = asyncio.ensure_future(pool.run(Job("ASK {}")))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(10):
            assert (await pool.run(Job("ASK {}"))).head["status"] == "ok"

    with_pool(store, Options(workers=1, seconds=5), work)


def test_a_worker_is_stopped_in_the_middle_of_a_large_answer(store: Path) -> None:
    """An answer that was not read to its end, as its client went away, does not hold up the end."""

    async def run() -> None:
        worker = Worker("rehabgraph.views.server.worker", str(store), Options())
        await worker.start()
        process = worker.process
        assert process is not None
        assert process.stdout is not None
        query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
        job = {"query": query, "default": None, "named": None, "results": "json", "bytes": 1 << 25}
        asking = asyncio.ensure_future(worker.ask({**job, "rdf": None}, 20))
        async with asyncio.timeout(20):
            while not process.stdout._paused:  # type: ignore[attr-defined]
                await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.sleep(0.1)
        assert process.stdout._paused  # type: ignore[attr-defined]
        async with asyncio.timeout(10):
            await worker.stop()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()


def test_an_answer_past_what_may_be_held_is_refused() -> None:
    """Answers that are made while others are being sent are held to the same bound as these."""

    class Sending:
        options, held = Options(held_bytes=10), 0

        async def run(self, job: Job) -> Answer:  # noqa: ARG002 - as a pool has it
            self.held = 8  # others came to be sent meanwhile
            return Answer({"status": "ok", "kind": "truth"}, b"12345")

    async def run() -> object:
        state = SimpleNamespace(log={})
        request: Any = SimpleNamespace(
            app=SimpleNamespace(state=SimpleNamespace(pool=Sending())),
            state=state,
            receive=asyncio.Event().wait,
        )
        return await ask_pool(request, Job("ASK {}"))

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(run())).result() is BUSY


def test_a_worker_is_stopped_before_it_has_a_process(store: Path) -> None:
    """Stopped while its process is only being made, a worker does not wait to open the store."""

    async def run() -> str:
        worker = Worker("rehabgraph.views.server.worker", str(store), Options())
        starting = asyncio.ensure_future(worker.start())
        await asyncio.sleep(0)  # the start has begun, and there is no process yet
        await asyncio.sleep(0)
        assert worker.process is None
        await worker.stop()
        assert worker.process is None
        try:
            await starting
        except JobStopped as e:
            return str(e)
        return "it started"

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(run())).result() == "a worker was stopped"

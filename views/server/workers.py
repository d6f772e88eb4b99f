"""A pool of worker processes, so that no query can stop the server.

A worker that takes too long, too much or dies is ended and replaced; the request gets one line
that says so. When all workers are busy, a newcomer is first tried for a moment on a worker kept
for quick queries, newest first, so that a small question is answered while large ones run.
"""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehabgraph.views.server.frames import pack_json, receive_frame
from rehabgraph.views.server.options import Options

START_SECONDS = 30
QUICK_SECONDS = 0.7
QUICK_WAIT = 2.5
_MEBI = 1024 * 1024


class QueryStopped(Exception):  # noqa: N818 - what happened to the query, not a fault of ours
    """The query passed a limit and was stopped; the message says which."""


class TookTooLong(QueryStopped):
    """The query passed its time."""


class Busy(Exception):  # noqa: N818 - a state, not a fault
    """All workers are taken and the queue is full, or moved too slowly."""


@dataclass(frozen=True, slots=True)
class Job:
    """One query and what is asked of its answer.

    Attributes:
        query: the query's text.
        default: graphs of the request's default graph; None when it names no dataset.
        named: the request's named graphs; None when it names no dataset.
        results: form of solutions and truths; None when none is acceptable.
        rdf: form of triples; None when none is acceptable.
    """

    query: str
    default: list[str] | None = None
    named: list[str] | None = None
    results: str | None = "json"
    rdf: str | None = "turtle"


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer: what it says of it, and its bytes."""

    head: dict[str, Any]
    body: bytes


@dataclass(slots=True)
class Worker:
    """One process; started when first needed."""

    store: Path
    options: Options
    process: asyncio.subprocess.Process | None = None
    ready: dict[str, Any] = field(default_factory=dict)
    broken: bool = False
    starting: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """Start the process and wait until it has opened the store.

        Raises:
            QueryStopped: it cannot start.
        """
        self.broken = False
        # whoever waits may go away; the start itself goes on, so that no process is lost
        self.starting = asyncio.ensure_future(self._start())
        await asyncio.shield(self.starting)

    async def _start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rehabgraph.views.server.worker",
            str(self.store),
            str(self.options.megabytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is the server's to handle
            env={**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"},
        )
        try:
            async with asyncio.timeout(START_SECONDS):
                self.ready = await self._receive_head()
        except (TimeoutError, asyncio.IncompleteReadError, ValueError) as e:
            await self._end()
            raise QueryStopped("a worker cannot open the store") from e

    async def ask(self, job: Job, seconds: float) -> Answer:
        """Return the answer to a job.

        Raises:
            TookTooLong: it took longer than the seconds given.
            QueryStopped: the process died of it.
        """
        if self.process is None:
            await self.start()
        self.broken = True  # until the answer is there whole, whatever ends this
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            raise QueryStopped("a worker cannot start")
        request = {
            **{name: getattr(job, name) for name in Job.__slots__},
            "seconds": seconds,
            "bytes": self.options.answer_bytes,
        }
        try:
            async with asyncio.timeout(seconds):
                process.stdin.write(pack_json(request))
                await process.stdin.drain()
                head = await self._receive_head()
                body = await receive_frame(process.stdout)
        except TimeoutError as e:
            raise _too_long(seconds) from e
        except (asyncio.IncompleteReadError, OSError) as e:
            if await process.wait() == -signal.SIGXCPU:
                raise _too_long(seconds) from e
            raise QueryStopped(
                "the query used more memory or depth than allowed and was stopped; ask for less"
            ) from e
        grown = head.get("resident", 0) - self.ready.get("resident", 0)
        self.broken = grown > self.options.megabytes * _MEBI // 2
        return Answer(head, body)

    async def stop(self) -> None:
        """End the process now."""
        if self.starting is not None:
            await asyncio.gather(self.starting, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        # asyncio keeps the pipes open until this, and it is the only way there is
        process._transport.close()  # type: ignore[attr-defined]

    async def _receive_head(self) -> dict[str, Any]:
        import json

        if self.process is None or self.process.stdout is None:
            raise QueryStopped("a worker cannot start")
        head: dict[str, Any] = json.loads(await receive_frame(self.process.stdout))
        return head


class Pool:
    """The workers, and who waits for them."""

    def __init__(self, store: Path, options: Options) -> None:
        self.options = options
        self.ready: dict[str, Any] = {}
        self.held = 0
        self._workers = [Worker(store, options) for _ in range(max(1, options.workers))]
        self._quick = Worker(store, options)
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._waiting = 0
        self._quick_taken = False
        self._quick_turns: list[asyncio.Future[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Start the workers.

        Raises:
            QueryStopped: they cannot open the store.
        """
        await asyncio.gather(*(w.start() for w in (*self._workers, self._quick)))
        self.ready = self._workers[0].ready
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End the workers."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(w.stop() for w in (*self._workers, self._quick)))

    async def run(self, job: Job) -> Answer:
        """Return the answer to a job, when a worker is free.

        Raises:
            Busy: too many wait already, or none came free in time.
            QueryStopped: the query passed a limit.
        """
        if self._waiting >= self.options.queue:
            raise Busy
        self._waiting += 1
        try:
            worker = await self._take(job)
        finally:
            self._waiting -= 1
        if isinstance(worker, Answer):
            return worker
        try:
            return await worker.ask(job, self.options.seconds)
        finally:
            self._give_back(worker)

    async def _take(self, job: Job) -> Worker | Answer:
        """Return a worker that is free, or the answer that the quick one gave meanwhile."""
        with suppress(asyncio.QueueEmpty):
            return self._idle.get_nowait()
        if (answer := await self._try_quickly(job)) is not None:
            return answer
        try:
            async with asyncio.timeout(self.options.queue_seconds):
                return await self._idle.get()
        except TimeoutError as e:
            raise Busy from e

    def _give_back(self, worker: Worker) -> None:
        if not worker.broken:
            self._idle.put_nowait(worker)
            return

        async def renew() -> None:
            await _renew(worker)
            self._idle.put_nowait(worker)

        self._keep(renew())

    async def _try_quickly(self, job: Job) -> Answer | None:
        """Return the answer of a query that takes only a moment, or None."""
        if self._quick_taken:
            turn = asyncio.get_running_loop().create_future()
            self._quick_turns.append(turn)
            try:
                async with asyncio.timeout(QUICK_WAIT):
                    await turn
            except TimeoutError:
                return None
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
            finally:
                with suppress(ValueError):
                    self._quick_turns.remove(turn)
        self._quick_taken = True
        try:
            return await self._quick.ask(job, min(QUICK_SECONDS, self.options.seconds))
        except TookTooLong:
            return None
        finally:
            self._keep(self._renew_quick())

    async def _renew_quick(self) -> None:
        if self._quick.broken:
            await _renew(self._quick)
        self._pass_on()

    def _pass_on(self) -> None:
        """Give the quick worker to the newest that waits."""
        while self._quick_turns:
            turn = self._quick_turns.pop()
            if not turn.done():
                turn.set_result(None)
                return
        self._quick_taken = False

    def _keep(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _renew(worker: Worker) -> None:
    """End a worker's process and start another; one that cannot start is tried again when asked."""
    await worker.stop()
    try:
        await worker.start()
    except (QueryStopped, OSError):
        await asyncio.sleep(0.5)


def _too_long(seconds: float) -> TookTooLong:
    return TookTooLong(
        f"the query took longer than {seconds:g} seconds and was stopped; ask for less"
    )

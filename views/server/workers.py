"""Pools of worker processes, so that no query and no page can stop the server.

A worker that takes too long, too much or dies is ended and replaced; the request gets one line
that says so.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from rehabgraph.views.server.options import Options
from rehabgraph.views.server.process import Answer, JobStopped, TookTooLong, Worker

QUICK_SECONDS = 0.7
SHORT = 48
"""A query of at most so many characters may have the last worker that is free."""


class Busy(Exception):
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
        bytes: size of the answer; None for what the options allow.
    """

    query: str
    default: list[str] | None = None
    named: list[str] | None = None
    results: str | None = "json"
    rdf: str | None = "turtle"
    bytes: int | None = None


class Workers:
    """Some workers of one kind, and who waits for them."""

    def __init__(self, workers: list[Worker], options: Options) -> None:
        self.options = options
        self.ready: dict[str, Any] = {}
        self._workers = workers
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._waiting = 0
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Start the workers.

        Raises:
            JobStopped: they cannot open the store.
        """
        await asyncio.gather(*(w.start() for w in self._all()))
        self.ready = self._workers[0].ready
        for worker in self._workers:
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End the workers, also those that are being replaced."""
        self._closing = True
        await asyncio.gather(*(w.stop() for w in self._all()))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(w.stop() for w in self._all()))

    def _all(self) -> list[Worker]:
        return self._workers

    async def ask(self, job: Mapping[str, Any]) -> Answer:
        """Return the answer to a job, when a worker is free.

        Raises:
            Busy: too many wait already, or none came free in time.
            JobStopped: the job passed a limit.
        """
        if self._waiting >= self.options.queue and not self._has_free(job):
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self.options.queue_seconds):
                worker = await self._take(job)
        except TimeoutError as e:
            raise Busy from e
        finally:
            self._waiting -= 1
        if isinstance(worker, Answer):
            return worker
        try:
            return await worker.ask(job, self.options.seconds)
        finally:
            self._give_back(worker)

    def _has_free(self, job: Mapping[str, Any]) -> bool:  # noqa: ARG002 - a pool uses it
        """Return whether a job need not wait."""
        return not self._idle.empty()

    async def _take(self, job: Mapping[str, Any]) -> Worker | Answer:  # noqa: ARG002 - a pool uses it
        """Return a worker that is free."""
        return await self._idle.get()

    def _give_back(self, worker: Worker) -> None:
        if worker.broken:
            self._keep(self._replace(worker))
        else:
            self._idle.put_nowait(worker)

    async def _replace(self, worker: Worker) -> None:
        await self._renew(worker)
        self._idle.put_nowait(worker)

    async def _renew(self, worker: Worker) -> None:
        """Start a worker's process anew; one that cannot start is tried again when asked."""
        await worker.stop()
        if self._closing:
            return
        try:
            await worker.start()
        except (JobStopped, OSError):
            await asyncio.sleep(0.5)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Pool(Workers):
    """The workers that answer queries.

    When all are busy, a newcomer is first tried for a moment on a worker kept for quick queries, so
    that a small question is answered while large ones run. There are two of those: the last one
    that is free is kept for short queries, and where several wait the shortest is first, then the
    newest. So neither a crowd of large queries nor the start of a worker keeps a short one waiting.

    Attributes:
        held: bytes of the answers that are being sent.
    """

    def __init__(self, store: str, options: Options) -> None:
        count = max(1, options.workers)
        module = "rehabgraph.views.server.worker"
        super().__init__([Worker(module, store, options) for _ in range(count)], options)
        self.held = 0
        self._quick = [Worker(module, store, options) for _ in range(2)]
        self._quick_idle = list(self._quick)
        self._quick_turns: list[tuple[int, asyncio.Future[Worker]]] = []

    def _all(self) -> list[Worker]:
        return [*self._workers, *self._quick]

    async def run(self, job: Job) -> Answer:
        """Return the answer to a query; see `Workers.ask`."""
        most = self.options.answer_bytes
        return await self.ask({**asdict(job), "bytes": min(job.bytes or most, most)})

    async def _take(self, job: Mapping[str, Any]) -> Worker | Answer:
        """Return a worker that is free, or the answer that a quick one gave meanwhile."""
        with suppress(asyncio.QueueEmpty):
            return self._idle.get_nowait()
        size = len(job["query"])
        worker = self._take_quick(size) or await self._wait(size)
        if worker not in self._quick:
            return worker
        try:
            return await worker.ask(job, min(QUICK_SECONDS, self.options.seconds))
        except TookTooLong:
            pass
        finally:
            self._keep(self._renew_quick(worker))
        return await super()._take(job)

    def _has_free(self, job: Mapping[str, Any]) -> bool:
        return super()._has_free(job) or self._has_quick(len(job["query"]))

    def _has_quick(self, size: int) -> bool:
        """Return whether a quick worker is free; the last one is so only for a short query."""
        return len(self._quick_idle) > (size > SHORT)

    def _take_quick(self, size: int) -> Worker | None:
        return self._quick_idle.pop() if self._has_quick(size) else None

    async def _wait(self, size: int) -> Worker:
        """Return the worker that comes free first, a quick one or another."""
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        getting = asyncio.ensure_future(self._idle.get())
        self._quick_turns.insert(0, (size, turn))  # newest first
        took: asyncio.Future[Worker] | None = None
        try:
            await asyncio.wait({turn, getting}, return_when=asyncio.FIRST_COMPLETED)
            took = getting if getting.done() else turn
            return took.result()
        finally:
            with suppress(ValueError):
                self._quick_turns.remove((size, turn))
            if turn.done() and took is not turn:
                self._offer_quick(turn.result())
            if not getting.done():
                getting.cancel()
            elif took is not getting:
                self._idle.put_nowait(getting.result())

    async def _renew_quick(self, worker: Worker) -> None:
        if worker.broken:
            await self._renew(worker)
        self._offer_quick(worker)

    def _offer_quick(self, worker: Worker) -> None:
        """Give a quick worker to whoever waits: the shortest query first, then the newest."""
        self._quick_idle.append(worker)
        for size, turn in sorted(self._quick_turns, key=lambda waiting: waiting[0]):
            if not turn.done() and (free := self._take_quick(size)) is not None:
                turn.set_result(free)

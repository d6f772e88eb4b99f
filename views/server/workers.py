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

    async def _take(self, job: Mapping[str, Any]) -> Worker | Answer:  # noqa: ARG002 - a pool uses it
        """Return a worker that is free."""
        try:
            async with asyncio.timeout(self.options.queue_seconds):
                return await self._idle.get()
        except TimeoutError as e:
            raise Busy from e

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

    When all are busy, a newcomer is first tried for a moment on a worker kept for quick queries,
    newest first, so that a small question is answered while large ones run.

    Attributes:
        held: bytes of the answers that are being sent.
    """

    def __init__(self, store: str, options: Options) -> None:
        count = max(1, options.workers)
        module = "rehabgraph.views.server.worker"
        super().__init__([Worker(module, store, options) for _ in range(count)], options)
        self.held = 0
        self._quick = Worker(module, store, options)
        self._quick_taken = False
        self._quick_turns: list[asyncio.Future[None]] = []

    def _all(self) -> list[Worker]:
        return [*self._workers, self._quick]

    async def run(self, job: Job) -> Answer:
        """Return the answer to a query; see `Workers.ask`."""
        most = self.options.answer_bytes
        return await self.ask({**asdict(job), "bytes": min(job.bytes or most, most)})

    async def _take(self, job: Mapping[str, Any]) -> Worker | Answer:
        """Return a worker that is free, or the answer that the quick one gave meanwhile."""
        with suppress(asyncio.QueueEmpty):
            return self._idle.get_nowait()
        if self._quick_taken and (worker := await self._wait()) is not None:
            return worker
        self._quick_taken = True
        try:
            return await self._quick.ask(job, min(QUICK_SECONDS, self.options.seconds))
        except TookTooLong:
            pass
        finally:
            self._keep(self._renew_quick())
        return await super()._take(job)

    async def _wait(self) -> Worker | None:
        """Return the worker that comes free; None when the quick one's turn comes before."""
        turn = asyncio.get_running_loop().create_future()
        getting = asyncio.ensure_future(self._idle.get())
        self._quick_turns.append(turn)
        taken = False
        try:
            async with asyncio.timeout(self.options.queue_seconds):
                await asyncio.wait({turn, getting}, return_when=asyncio.FIRST_COMPLETED)
            taken = True
            return getting.result() if getting.done() else None
        except TimeoutError as e:
            raise Busy from e
        finally:
            with suppress(ValueError):
                self._quick_turns.remove(turn)
            if turn.done() and (getting.done() or not taken):
                self._pass_on()
            if not getting.done():
                getting.cancel()
            elif not taken:
                self._idle.put_nowait(getting.result())

    async def _renew_quick(self) -> None:
        if self._quick.broken:
            await self._renew(self._quick)
        self._pass_on()

    def _pass_on(self) -> None:
        """Give the quick worker to the newest that waits."""
        while self._quick_turns:
            turn = self._quick_turns.pop()
            if not turn.done():
                turn.set_result(None)
                return
        self._quick_taken = False

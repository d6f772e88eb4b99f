"""A worker process as the server sees it: started, asked, bounded in time, ended."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from rehabgraph.views.server.frames import pack_json, receive_frame
from rehabgraph.views.server.options import Options

START_SECONDS = 60
_MEBI = 1024 * 1024


class JobStopped(Exception):
    """The job passed a limit and was stopped; the message says which."""


class TookTooLong(JobStopped):
    """The job passed its time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's answer: what it says of it, and its bytes."""

    head: dict[str, Any]
    body: bytes


@dataclass(slots=True, eq=False)
class Worker:
    """One process; started when first needed.

    Attributes:
        module: what the process runs, as `python -m` names it.
        store: the folder of the store that it opens, or the address of the server that it asks.
        what: what its jobs are, for messages.
    """

    module: str
    store: str
    options: Options
    what: str = "query"
    process: asyncio.subprocess.Process | None = None
    ready: dict[str, Any] = field(default_factory=dict)
    broken: bool = False
    starting: asyncio.Future[None] | None = None
    stopping: bool = False

    async def start(self) -> None:
        """Start the process and wait until it has opened the store.

        Raises:
            JobStopped: it cannot start.
        """
        self.stopping = False
        self.broken = True  # until it is there: nobody else may ask a process that still starts
        # whoever waits may go away; the start itself goes on, so that no process is lost
        self.starting = asyncio.ensure_future(self._start())
        await asyncio.shield(self.starting)
        self.broken = False

    async def _start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.module,
            self.store,
            str(self.options.megabytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is the server's to handle
            env={**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"},
        )
        if self.stopping:  # told to end before there was a process that could be
            await self._end()
            raise JobStopped("a worker was stopped")
        try:
            async with asyncio.timeout(START_SECONDS):
                self.ready = await self._receive_head()
        except (TimeoutError, asyncio.IncompleteReadError, ValueError) as e:
            await self._end()
            raise JobStopped("a worker cannot open the store") from e

    async def ask(self, job: Mapping[str, Any], seconds: float) -> Answer:
        """Return the answer to a job.

        Raises:
            TookTooLong: it took longer than the seconds given.
            JobStopped: the process died of it.
        """
        if self.process is None:
            await self.start()
        self.broken = True  # until the answer is there whole, whatever ends this
        process = self.process
        if process is None or process.stdin is None or process.stdout is None:
            raise JobStopped("a worker cannot start")
        request = {**job, "seconds": seconds}
        try:
            async with asyncio.timeout(seconds):
                process.stdin.write(pack_json(request))
                await process.stdin.drain()
                head = await self._receive_head()
                body = await receive_frame(process.stdout)
        except TimeoutError as e:
            raise self._too_long(seconds) from e
        except (asyncio.IncompleteReadError, OSError) as e:
            if await process.wait() == -signal.SIGPROF:
                raise self._too_long(seconds) from e
            raise JobStopped(
                f"the {self.what} used more memory or depth than allowed and was stopped; "
                "ask for less"
            ) from e
        grown = head.get("resident", 0) - self.ready.get("resident", 0)
        self.broken = grown > self.options.megabytes * _MEBI // 2
        if head.get("status") == "too slow":
            raise self._too_long(seconds)
        return Answer(head, body)

    async def stop(self) -> None:
        """End the process now, also one that is still starting."""
        self.stopping = True
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
        if self.starting is not None:
            await asyncio.gather(self.starting, return_exceptions=True)
        await self._end()

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        # asyncio keeps the pipes open until this, and it is the only way there is; it waits for
        # their ends too, which it never sees while one holds more of an answer than it reads ahead
        process._transport.close()  # type: ignore[attr-defined]
        await process.wait()

    async def _receive_head(self) -> dict[str, Any]:
        if self.process is None or self.process.stdout is None:
            raise JobStopped("a worker cannot start")
        head: dict[str, Any] = json.loads(await receive_frame(self.process.stdout))
        return head

    def _too_long(self, seconds: float) -> TookTooLong:
        return TookTooLong(
            f"the {self.what} took longer than {seconds:g} seconds and was stopped; ask for less"
        )

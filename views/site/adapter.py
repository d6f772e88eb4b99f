"""The pages behind a server: made in worker processes, and kept."""

import asyncio
import json
from collections import Counter, OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from rehabgraph.views.server.options import Options
from rehabgraph.views.server.process import Answer, JobStopped, Worker
from rehabgraph.views.server.workers import Busy, Workers
from rehabgraph.views.site.content import Page
from rehabgraph.views.site.respond import stop_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

KEPT_BYTES, KEPT_WITH_PARAMETERS = 48 * 1024 * 1024, 16 * 1024 * 1024
MOST_KEPT = 2 * 1024 * 1024
LONGEST = 8 * 1024
"""Bytes of a page's parameters."""
_ENTRY = 1024
"""Bytes that keeping a page takes beside its body and what was asked."""
Key = tuple[str, str, str, str]


class Kept:
    """Pages that were made, those asked for last, up to so many bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()

    def get(self, key: Key) -> Page | None:
        """Return a page that was kept, or None."""
        if key in self._pages:
            self._pages.move_to_end(key)
        return self._pages.get(key)

    def keep(self, key: Key, page: Page) -> None:
        """Keep a page, and forget those that nobody asked for in the longest time."""
        size = _size(key, page)
        if page.status != 200 or size > MOST_KEPT or key in self._pages:
            return
        self._pages[key] = page
        self._bytes += size
        while self._bytes > self._most:
            self._bytes -= _size(*self._pages.popitem(last=False))


def _size(key: Key, page: Page) -> int:
    """Return what keeping a page takes: a small page may have been asked for at great length."""
    return _ENTRY + len(page.body) + sum(map(len, key))


class PagePool(Workers):
    """Workers that make pages, and the pages that were made.

    A graph that is served never changes, so a page does not either within a day, and one that
    several ask for at once is made once. Pages with parameters leave one worker free for others.
    """

    def __init__(self, store: str, options: Options) -> None:
        count = max(1, options.page_workers)
        module = "rehabgraph.views.site.worker"
        super().__init__([Worker(module, store, options, "page") for _ in range(count)], options)
        self._with_parameters = asyncio.Semaphore(max(1, count - 1))
        self._kept = {False: Kept(KEPT_BYTES), True: Kept(KEPT_WITH_PARAMETERS)}
        self._making: dict[Key, asyncio.Task[Page]] = {}
        self._wanted: Counter[Key] = Counter()
        self._in_turn: set[asyncio.Task[Any] | None] = set()

    async def close(self) -> None:
        """End what is being made, then the workers."""
        self._closing = True  # a worker whose page is cancelled is not started anew
        making = list(self._making.values())
        for task in making:
            task.cancel()
        await asyncio.gather(*making, return_exceptions=True)
        await super().close()

    async def get(self, path: str, query: dict[str, list[str]], accept: str) -> Page:
        """Return a page.

        Raises:
            Busy: too many wait already.
            JobStopped: the page passed a limit.
        """
        has_ending = "." in path.rpartition("/")[2]
        today = date.today().isoformat()  # some pages speak of the day
        key = path, json.dumps(query, sort_keys=True), "" if has_ending else accept, today
        if (page := self._kept[bool(query)].get(key)) is not None:
            return page
        if key not in self._making:
            job = {"path": path, "query": query, "accept": accept}
            self._making[key] = task = asyncio.ensure_future(self._make(key, job))
            task.add_done_callback(lambda t: t.cancelled() or t.exception())  # if nobody waits on
        task = self._making[key]
        self._wanted[key] += 1
        try:
            return await asyncio.shield(task)  # others may wait for it too
        finally:
            self._wanted[key] -= 1
            if not self._wanted[key]:
                del self._wanted[key]
                if task in self._in_turn:  # it was not begun, and nobody waits for it any more
                    task.cancel()
                    self._making.pop(key, None)

    async def _make(self, key: Key, job: Mapping[str, Any]) -> Page:
        try:
            answer = await (self._ask_in_turn(job) if job["query"] else self.ask(job))
        finally:
            if self._making.get(key) is asyncio.current_task():
                del self._making[key]
        head = answer.head
        if "type" not in head:
            raise JobStopped("the page used more memory than allowed; ask for less")
        page = Page(head["status"], head["type"], answer.body, head["headers"])
        self._kept[bool(job["query"])].keep(key, page)
        return page

    async def _ask_in_turn(self, job: Mapping[str, Any]) -> Answer:
        """Return the answer to a job, one at a time fewer than there are workers."""
        if len(self._in_turn) >= self.options.queue:
            raise Busy
        self._in_turn.add(asyncio.current_task())
        try:
            async with asyncio.timeout(self.options.queue_seconds):
                await self._with_parameters.acquire()
        except TimeoutError as e:
            raise Busy from e
        finally:
            self._in_turn.discard(asyncio.current_task())
        try:
            return await self.ask(job)
        finally:
            self._with_parameters.release()


async def answer_page(request: "Request") -> "Response":
    """Return the page at the address of a request."""
    from starlette.responses import Response

    from rehabgraph.views.server.problem import refuse
    from rehabgraph.views.server.sparql import unless_gone

    pages: PagePool = request.app.state.pages
    if len(request.scope["query_string"]) > LONGEST:
        return refuse(414, f"the address is longer than {LONGEST:,} bytes; leave something out")
    query: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        query.setdefault(key, []).append(value)
    path, accept = request.url.path, request.headers.get("accept", "")
    try:
        # who went away may not keep a place among the requests; the page is made all the same
        found = await unless_gone(request, pages.get(path, query, accept))
        page = found or Page(503, "text/plain", b"", {})
    except Busy:
        page = stop_page(path, "too many ask at once; try again in a moment", accept)
    except JobStopped as e:
        request.state.log["stopped"] = type(e).__name__
        page = stop_page(path, str(e), accept)
    text = page.media_type.startswith("text/")
    kind = f"{page.media_type}; charset=utf-8" if text else page.media_type
    headers = {**page.headers, "Content-Type": kind}
    if page.status == 503:
        headers["Retry-After"] = "5"
    return Response(page.body, page.status, headers)

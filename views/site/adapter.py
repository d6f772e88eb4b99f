"""The pages behind a server: made in worker processes, those without parameters kept."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rehabgraph.views.server.options import Options
from rehabgraph.views.server.process import JobStopped, Worker
from rehabgraph.views.server.workers import Busy, Workers
from rehabgraph.views.site.content import Page
from rehabgraph.views.site.respond import stop_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

KEPT_BYTES = 64 * 1024 * 1024
MOST_KEPT = 2 * 1024 * 1024


class PagePool(Workers):
    """Workers that make pages, and the pages that were made.

    A graph that is served never changes, so a page without parameters never does either. Pages
    with parameters leave one worker free for the others.
    """

    def __init__(self, store: Path, options: Options) -> None:
        count = max(1, options.page_workers)
        module = "rehabgraph.views.site.worker"
        super().__init__([Worker(module, store, options, "page") for _ in range(count)], options)
        self._with_parameters = asyncio.Semaphore(max(1, count - 1))
        self._kept: OrderedDict[tuple[str, str], Page] = OrderedDict()
        self._kept_bytes = 0

    async def get(self, path: str, query: dict[str, list[str]], accept: str) -> Page:
        """Return a page.

        Raises:
            Busy: too many wait already.
            JobStopped: the page passed a limit.
        """
        key = path, "" if "." in path.rpartition("/")[2] else accept
        if not query and key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        job = {"path": path, "query": query, "accept": accept}
        if query:
            async with self._with_parameters:
                return await self._make(job)
        page = await self._make(job)
        if page.status == 200 and len(page.body) <= MOST_KEPT and key not in self._kept:
            self._kept[key] = page
            self._kept_bytes += len(page.body)
            while self._kept_bytes > KEPT_BYTES:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1].body)
        return page

    async def _make(self, job: Mapping[str, object]) -> Page:
        answer = await self.ask(job)
        if "type" not in answer.head:
            raise JobStopped("the page used more memory than allowed; ask for less")
        return Page(answer.head["status"], answer.head["type"], answer.body, answer.head["headers"])


async def answer_page(request: "Request") -> "Response":
    """Return the page at the address of a request."""
    from starlette.responses import Response

    pages: PagePool = request.app.state.pages
    query = {k: request.query_params.getlist(k) for k in request.query_params}
    path, accept = request.url.path, request.headers.get("accept", "")
    try:
        page = await pages.get(path, query, accept)
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

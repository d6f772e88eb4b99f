"""Pages behind a server: who waits for one, and who no longer does."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rehabgraph.views.server.options import Options
from rehabgraph.views.server.process import Answer
from rehabgraph.views.server.workers import Busy, Workers
from rehabgraph.views.site.adapter import PagePool


def test_a_page_that_nobody_waits_for_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who goes away before a page's turn leaves nothing behind; a page that is begun is made."""
    begun: list[str] = []

    async def run() -> None:
        go = asyncio.Event()

        async def ask(self: Workers, job: Mapping[str, Any]) -> Answer:  # noqa: ARG001
            begun.append(job["path"])
            await go.wait()
            return Answer({"status": 200, "type": "text/html", "headers": {}}, b"made")

        monkeypatch.setattr(Workers, "ask", ask)
        pool = PagePool("none", Options(page_workers=2, queue=2, queue_seconds=600))
        paths = ("/first.html", "/second.html", "/third.html")
        tasks = []
        for path in paths:
            tasks.append(asyncio.ensure_future(pool.get(path, {"a": ["b"]}, "")))
            await asyncio.sleep(0.01)
        with pytest.raises(Busy):  # two wait already
            async with asyncio.timeout(10):
                await pool.get("/fourth.html", {"a": ["b"]}, "")
        again = asyncio.ensure_future(pool.get("/third.html", {"a": ["b"]}, ""))
        await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        go.set()
        assert (await again).body == b"made"
        assert (await pool.get("/first.html", {"a": ["b"]}, "")).body == b"made"
        assert (await pool.get("/second.html", {"a": ["b"]}, "")).body == b"made"

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()
    assert begun == ["/first.html", "/third.html", "/second.html"]

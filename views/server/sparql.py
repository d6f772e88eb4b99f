"""The endpoint: the query operation of the SPARQL 1.1 Protocol, and nothing that changes data.

Source: https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rehabgraph.views.server.description import HTML, describe_service
from rehabgraph.views.server.negotiate import RDF, RESULTS, Form, choose_form, form_named
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import Problem, refuse
from rehabgraph.views.server.process import Answer, JobStopped
from rehabgraph.views.server.query_page import send_answer_page, send_query_page
from rehabgraph.views.server.request import ACCEPT_POST, Asked, Refused, read_request
from rehabgraph.views.server.workers import Busy, Job, Pool

T = TypeVar("T")
METHODS = "GET, HEAD, POST, OPTIONS"
BUSY = Problem(503, "too many ask at once; try again in a moment", {"Retry-After": "5"})
GONE = Problem(503, "the client went away")
_PAGE_BYTES = 2 * 1024 * 1024
_CHUNK = 64 * 1024


async def answer_sparql(request: Request) -> Response:
    """Return the answer to a request at the endpoint: data, a page, or what the endpoint is."""
    options: Options = request.app.state.options
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": METHODS, "Accept-Post": ACCEPT_POST})
    try:
        asked = await read_request(request, options)
    except Refused as e:
        return e.problem.to_response()
    for_people = request.method in ("GET", "HEAD") and wants_page(request, asked)
    if asked.query is None:
        return await (send_query_page(request, asked) if for_people else describe_service(request))
    if options.log_queries:
        request.state.log["query"] = asked.query
    if for_people:
        job = _job_of(asked, "json", "turtle", _PAGE_BYTES)
        return await send_answer_page(request, asked, await ask_pool(request, job))
    results, rdf = choose_forms(request, asked)
    if results is None and rdf is None:
        return refuse(406, f"no answer can take such a form; there are: {_types()}")
    job = _job_of(asked, results.name if results else None, rdf.name if rdf else None)
    return await run_job(request, job, results, rdf)


def _job_of(asked: Asked, results: str | None, rdf: str | None, size: int | None = None) -> Job:
    has_dataset = bool(asked.default or asked.named)
    default, named = (asked.default, asked.named) if has_dataset else (None, None)
    return Job(asked.query or "", default, named, results, rdf, size)


async def run_job(request: Request, job: Job, results: Form | None, rdf: Form | None) -> Response:
    """Return the response to a job, whatever comes of it."""
    answer = await ask_pool(request, job)
    if isinstance(answer, Problem):
        return answer.to_response()
    form = rdf if answer.head["kind"] == "triples" else results
    return AnswerResponse(answer, form.header if form else "", request.app.state.pool)


async def ask_pool(request: Request, job: Job) -> Answer | Problem:
    """Return the answer to a job, or why there is none."""
    pool: Pool = request.app.state.pool
    if pool.held > pool.options.held_bytes:
        return BUSY
    try:
        answer = await unless_gone(request, pool.run(job))
    except Busy:
        return BUSY
    except JobStopped as e:
        request.state.log["stopped"] = type(e).__name__
        return Problem(503, str(e))
    if answer is None:
        return GONE
    if answer.head["status"] == "ok":
        # others may have come to be held while this one was made
        return BUSY if pool.held + len(answer.body) > pool.options.held_bytes else answer
    return _explain(answer.head, job.bytes or pool.options.answer_bytes)


def _explain(head: dict[str, Any], most: int) -> Problem:
    """Return why a query has no answer."""
    status, detail = {
        "refused": (400, head.get("detail", "")),
        "not acceptable": (406, f"an answer of {head.get('kind')} has no such form: {_types()}"),
        "too large": (503, f"the answer is larger than {most:,} bytes; add LIMIT"),
        "away": (503, head.get("detail", "")),
        "too much memory": (503, "the query used more memory than allowed; ask for less"),
    }.get(head["status"], (400, f"the query cannot be run: {head.get('detail', '')}"))
    return Problem(status, detail, more={k: head[k] for k in ("line", "column") if k in head})


class AnswerResponse(Response):
    """An answer sent piece by piece, counted as held until it is gone."""

    def __init__(self, answer: Answer, content_type: str, pool: Pool) -> None:
        super().__init__(b"", 200)
        self._answer, self._pool = answer.body, pool
        self.headers["Content-Type"] = content_type
        self.headers["Content-Length"] = str(len(answer.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send."""
        body = memoryview(self._answer)
        self._pool.held += len(body)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            for start in range(0, max(1, len(body)), _CHUNK):
                piece = bytes(body[start : start + _CHUNK])
                more = start + _CHUNK < len(body)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
        finally:
            self._pool.held -= len(body)


async def unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """Return what the work gives; stop it, and return None, when the client goes away."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_wait_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await task if task.done() else None
    finally:
        for one in (task, gone):
            one.cancel()
        await asyncio.gather(task, gone, return_exceptions=True)


async def _wait_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def wants_page(request: Request, asked: Asked) -> bool:
    """Return whether a request comes from a browser: HTML is named, and before any data."""
    if asked.form:
        return False
    return choose_form(_accept(request), (*RESULTS, *RDF, HTML)) is HTML


def choose_forms(request: Request, asked: Asked) -> tuple[Form | None, Form | None]:
    """Return the forms for solutions and for triples: by `format`, else by the Accept header."""
    accept = _accept(request)
    results, rdf = choose_form(accept, RESULTS), choose_form(accept, RDF)
    if asked.form:
        results = form_named(asked.form, RESULTS) or results
        rdf = form_named(asked.form, RDF) or rdf
    return results, rdf


def _accept(request: Request) -> str | None:
    return ",".join(request.headers.getlist("accept")) or None


def _types() -> str:
    return ", ".join(dict.fromkeys(f.type for f in (*RESULTS[:4], *RDF[:6])))

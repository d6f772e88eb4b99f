"""The endpoint: the query operation of the SPARQL 1.1 Protocol, and nothing that changes data.

Source: https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from rehabgraph.views.server.negotiate import RDF, RESULTS, Form, choose_form, form_named
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import refuse
from rehabgraph.views.server.workers import Answer, Busy, Job, Pool, QueryStopped
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

T = TypeVar("T")
METHODS = "GET, HEAD, POST, OPTIONS"
FORM_TYPE, QUERY_TYPE = "application/x-www-form-urlencoded", "application/sparql-query"
_CHUNK = 64 * 1024
_MAX_FIELDS = 1000
_DRAIN_BYTES = 8 * 1024 * 1024


class Refused(Exception):  # noqa: N818 - an answer on its way out
    """The request is refused with this response."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.response = refuse(status, detail, headers)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for; the query is None when it asks for the service description."""

    query: str | None = None
    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    form: str | None = None


async def answer_sparql(
    request: Request, describe: Callable[[Request], Awaitable[Response]]
) -> Response:
    """Return the answer to a request at the endpoint.

    Args:
        request: the request; its application's state has `pool` and `options`.
        describe: answers a GET without a query.
    """
    options: Options = request.app.state.options
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": METHODS, "Accept-Post": _accept_post()})
    try:
        asked = await read_request(request, options)
    except Refused as e:
        return e.response
    if asked.query is None:
        return await describe(request)
    if options.log_queries:
        request.state.log["query"] = asked.query
    results, rdf = choose_forms(request, asked)
    if results is None and rdf is None:
        return refuse(406, f"no answer can take such a form; there are: {_types()}")
    has_dataset = bool(asked.default or asked.named)
    job = Job(
        asked.query,
        asked.default if has_dataset else None,
        asked.named if has_dataset else None,
        results.name if results else None,
        rdf.name if rdf else None,
    )
    return await run_job(request, job, results, rdf)


async def run_job(request: Request, job: Job, results: Form | None, rdf: Form | None) -> Response:
    """Return the response to a job, whatever comes of it."""
    pool: Pool = request.app.state.pool
    if pool.held > pool.options.held_bytes:
        return _busy()
    try:
        answer = await unless_gone(request, pool.run(job))
    except Busy:
        return _busy()
    except QueryStopped as e:
        request.state.log["stopped"] = type(e).__name__
        return refuse(503, str(e))
    if answer is None:
        return Response(status_code=499)  # nobody is there to read it
    if answer.head["status"] != "ok":
        return _refusal(answer.head, pool.options)
    form = rdf if answer.head["kind"] == "triples" else results
    return AnswerResponse(answer, form.header if form else "", pool)


def _refusal(head: dict[str, Any], options: Options) -> Response:
    """Return the response to a query that has no answer."""
    status, detail = {
        "refused": (400, head.get("detail", "")),
        "not acceptable": (406, f"an answer of {head.get('kind')} has no such form: {_types()}"),
        "too large": (503, f"the answer is larger than {options.answer_bytes:,} bytes; add LIMIT"),
        "too much memory": (503, "the query used more memory than allowed; ask for less"),
    }.get(head["status"], (400, f"the query cannot be run: {head.get('detail', '')}"))
    return refuse(status, detail, **{k: head[k] for k in ("line", "column") if k in head})


class AnswerResponse(Response):
    """An answer sent piece by piece, counted as held until it is gone."""

    def __init__(self, answer: Answer, content_type: str, pool: Pool) -> None:
        super().__init__(b"", 200)
        self.answer_body, self.count = answer.body, int(answer.head.get("count", 0))
        self._pool = pool
        self.headers["Content-Type"] = content_type
        self.headers["Content-Length"] = str(len(answer.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send."""
        body = memoryview(self.answer_body)
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


async def read_request(request: Request, options: Options) -> Asked:
    """Return what a request asks for.

    Raises:
        Refused: it is no query that this endpoint takes.
    """
    raw = request.scope["query_string"]
    if len(raw) > options.header_bytes:
        raise Refused(414, "the address is too long; send the query by POST")
    fields = _read_fields(raw, "address")
    if request.method == "POST":
        kind, _, parameters = request.headers.get("content-type", "").partition(";")
        _check_charset(parameters)
        kind = kind.strip().lower()
        if kind in ("application/sparql-update",):
            raise Refused(400, "this endpoint only reads; updates are refused")
        if kind not in (FORM_TYPE, QUERY_TYPE):
            raise Refused(
                415, f"send a query as {FORM_TYPE} or {QUERY_TYPE}", {"Accept-Post": _accept_post()}
            )
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415, "send the body without compression")
        body = await read_body(request, options)
        if kind == QUERY_TYPE:
            fields.append(("query", _decode(body, "query")))
        else:
            fields += _read_fields(body, "form")
    return _read_asked(request, fields)


def _read_asked(request: Request, fields: list[tuple[str, str]]) -> Asked:
    def values(name: str) -> list[str]:
        return [v for k, v in fields if k == name]

    if values("update") or values("using-graph-uri") or values("using-named-graph-uri"):
        raise Refused(400, "this endpoint only reads; updates are refused")
    queries = values("query")
    if len(queries) > 1:
        raise Refused(400, f"{len(queries)} queries in one request; send one")
    if not queries and (request.method == "POST" or values("default-graph-uri")):
        raise Refused(400, "the request has no query; send one as the parameter query")
    return Asked(
        queries[0] if queries else None,
        values("default-graph-uri"),
        values("named-graph-uri"),
        next(iter(values("format")), None),
    )


def choose_forms(request: Request, asked: Asked) -> tuple[Form | None, Form | None]:
    """Return the forms for solutions and for triples: by `format`, else by the Accept header."""
    accept = ",".join(request.headers.getlist("accept")) or None
    results, rdf = choose_form(accept, RESULTS), choose_form(accept, RDF)
    if asked.form:
        results = form_named(asked.form, RESULTS) or results
        rdf = form_named(asked.form, RDF) or rdf
    return results, rdf


async def read_body(request: Request, options: Options) -> bytes:
    """Return a request's body.

    Raises:
        Refused: it is too large or comes too slowly.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(options.request_seconds):
            async for piece in request.stream():
                size += len(piece)
                if size <= options.request_bytes:
                    body += piece
                elif size > _DRAIN_BYTES:
                    break  # a client that has sent that much will not read why
    except TimeoutError as e:
        raise Refused(
            408, f"the body did not come within {options.request_seconds:g} seconds"
        ) from e
    except ClientDisconnect as e:
        raise Refused(400, "the body is not whole") from e
    if size > options.request_bytes:
        raise Refused(
            413, f"the request is larger than {options.request_bytes:,} bytes; shorten it"
        )
    return bytes(body)


def _read_fields(raw: bytes, where: str) -> list[tuple[str, str]]:
    """Return the fields of a form or an address; UTF-8 and nothing else.

    Raises:
        Refused: it is not UTF-8, or has too many fields.
    """
    parts = [p for p in raw.split(b"&") if p]
    if len(parts) > _MAX_FIELDS:
        raise Refused(400, f"the {where} has more than {_MAX_FIELDS} fields")
    found = []
    for part in parts:
        key, _, value = part.replace(b"+", b" ").partition(b"=")
        found.append(
            (_decode(unquote_to_bytes(key), where), _decode(unquote_to_bytes(value), where))
        )
    return found


def _decode(raw: bytes, where: str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Refused(
            400, f"the {where} is not UTF-8 at byte {e.start + 1}; send it as UTF-8"
        ) from e
    if "\0" in text:
        raise Refused(400, f"the {where} holds a null character; leave it out")
    return text


def _check_charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise Refused(415, f"the charset {charset[:40]} is not read here; send UTF-8")


def _busy() -> Response:
    return refuse(503, "too many queries at once; try again in a moment", {"Retry-After": "5"})


def _types() -> str:
    return ", ".join(dict.fromkeys(f.type for f in (*RESULTS[:4], *RDF[:6])))


def _accept_post() -> str:
    return f"{QUERY_TYPE}, {FORM_TYPE}"

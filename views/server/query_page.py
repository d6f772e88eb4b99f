"""The endpoint for browsers: the page to ask on, and the answer on that page.

An answer may be large, so the page is made where other pages are: in a process with bounds.
"""

from dataclasses import asdict, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from rehabgraph.views.server.description import count_graphs
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import Problem, refuse
from rehabgraph.views.server.process import Answer, JobStopped
from rehabgraph.views.server.request import Asked
from rehabgraph.views.server.workers import Busy, Workers
from rehabgraph.views.site.ask_page import Asking


async def send_query_page(request: Request, asked: Asked) -> Response:
    """Return the page with a query to begin with."""
    return await _send(request, await _begin(request, asked))


async def send_answer_page(request: Request, asked: Asked, answer: Answer | Problem) -> Response:
    """Return the page with the answer to its query, or with what is wrong with it."""
    begun = await _begin(request, asked)
    if isinstance(answer, Answer):
        return await _send(request, begun, answer)
    line, column = answer.more.get("line", 0), answer.more.get("column", 0)
    wrong = replace(begun, problem=answer.detail, line=line, column=column, status=answer.status)
    response = await _send(request, wrong)
    response.headers.update(answer.headers)
    return response


async def _begin(request: Request, asked: Asked) -> Asking:
    options: Options = request.app.state.options
    return Asking(
        text=asked.query or "",
        graphs=(
            *(("default-graph-uri", g) for g in asked.default),
            *(("named-graph-uri", g) for g in asked.named),
        ),
        example=asked.example,
        limits=options.limits(),
        counts=await count_graphs(request),
    )


async def _send(request: Request, asking: Asking, answer: Answer | None = None) -> Response:
    pages: Workers = request.app.state.pages
    job: dict[str, Any] = {"asking": asdict(asking)}
    if answer is not None:  # its text as it is: to read it is not the server's work
        text = answer.body.decode("utf-8", "replace")
        job |= {"found": text, "triples": answer.head["kind"] == "triples"}
    try:
        made = await pages.ask(job)
    except Busy:
        return refuse(503, "too many ask at once; try again in a moment", {"Retry-After": "5"})
    except JobStopped as e:
        return refuse(503, str(e))
    return Response(made.body, made.head.get("status", 503), media_type="text/html")

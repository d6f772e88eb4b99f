"""The endpoint for browsers: the page to ask on, and the answer on that page."""

import asyncio
import json
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from rehabgraph.views.server.description import count_graphs
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import Problem
from rehabgraph.views.server.process import Answer
from rehabgraph.views.server.request import Asked
from rehabgraph.views.site.ask_page import Asking, build_ask_page
from rehabgraph.views.site.frame import render_content


async def send_query_page(request: Request, asked: Asked) -> Response:
    """Return the page with a query to begin with."""
    return await _send(await _begin(request, asked))


async def send_answer_page(request: Request, asked: Asked, answer: Answer | Problem) -> Response:
    """Return the page with the answer to its query, or with what is wrong with it."""
    begun = await _begin(request, asked)
    if isinstance(answer, Answer):
        text = answer.body.decode("utf-8", "replace")
        triples = answer.head["kind"] == "triples"
        return await _send(replace(begun, found=text if triples else json.loads(text)))
    line, column = answer.more.get("line", 0), answer.more.get("column", 0)
    wrong = replace(begun, problem=answer.detail, line=line, column=column, status=answer.status)
    response = await _send(wrong)
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


async def _send(asking: Asking) -> Response:
    body = await asyncio.to_thread(
        lambda: render_content(build_ask_page(asking), "html", live=True)
    )
    return Response(body, asking.status, media_type="text/html")

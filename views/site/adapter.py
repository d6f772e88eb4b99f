"""The pages as routes of a Starlette application."""

from typing import TYPE_CHECKING

from rehabgraph.views.site.content import Page
from rehabgraph.views.site.respond import respond

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute, Route

PREFIXES = ("page", "list", "report", "why", "question", "picture", "network", "view", "assets",
            "download")  # fmt: skip
TOP = ("index", "names", "search", "downloads", "corrections", "method", "limits", "accessibility")


def page_routes(graph: "Graph") -> "list[BaseRoute]":
    """Return the routes of all pages, to stand before the other routes of an application.

    Args:
        graph: the graph that the pages are made from.
    """
    from starlette.routing import Route

    answer = page_route(graph)
    paths = ["/", *(f"/{name}{end}" for name in TOP for end in ("", ".html", ".json", ".csv"))]
    paths += [f"/{prefix}{rest}" for prefix in PREFIXES for rest in ("", "/{rest:path}")]
    return [Route(path, answer.endpoint, methods=["GET", "HEAD"]) for path in paths]


def page_route(graph: "Graph") -> "Route":
    """Return one route that takes every path."""
    from starlette.responses import Response
    from starlette.routing import Route

    def answer(request: "Request") -> "Response":
        query = {k: request.query_params.getlist(k) for k in request.query_params}
        page: Page = respond(graph, request.url.path, query, request.headers.get("accept"))
        kind = f"{page.media_type}; charset=utf-8"
        text = page.media_type.startswith("text/")
        headers = {**page.headers, "Content-Type": kind if text else page.media_type}
        return Response(page.body, page.status, headers)

    return Route("/{rest:path}", answer, methods=["GET", "HEAD"])

"""The application: routes and doors put together, and the command that serves it."""

import asyncio
import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rehabgraph.graph.errors import ServerError
from rehabgraph.views.server.description import (
    describe_dataset,
    send_context,
    send_questions,
    send_vocabulary,
)
from rehabgraph.views.server.gate import Gate
from rehabgraph.views.server.logs import log, use_json_logs
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import refuse
from rehabgraph.views.server.process import JobStopped
from rehabgraph.views.server.sparql import answer_sparql
from rehabgraph.views.server.things import point_to_thing, send_thing
from rehabgraph.views.server.workers import Pool
from rehabgraph.views.site.adapter import PagePool, answer_page
from rehabgraph.views.site.frame import read_served_assets

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

BACKLOG = 256
"""Connections that wait to be taken; with more, a flood would last after its end."""


def build_app(graph: "Graph", options: Options | None = None) -> Starlette:
    """Return the application for a graph.

    Args:
        graph: the graph to serve; its store is opened read-only, or its server asked, by the
            workers.
        options: limits and doors; sound ones when left out.
    """
    wanted = options or Options()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with _place_of(graph) as place:
            pool, pages = Pool(place, wanted), PagePool(place, wanted)
            try:
                await asyncio.gather(pool.open(), pages.open())
            except JobStopped as e:
                log("failed", message=str(e))
                raise
            app.state.pool, app.state.pages = pool, pages
            log("ready", quads=pool.ready["quads"], sealed=pool.ready["sealed"])
            try:
                yield
            finally:
                await asyncio.gather(pool.close(), pages.close())
                log("stopped")

    app = Starlette(
        routes=[
            Route("/sparql", answer_sparql, methods=["GET", "POST", "OPTIONS"]),
            Route("/sparql/", answer_sparql, methods=["GET", "POST", "OPTIONS"]),
            Route("/dataset", describe_dataset),
            Route("/questions", send_questions),
            Route("/ontology", send_vocabulary),
            Route("/ontology/{version}", send_vocabulary),
            Route("/alignment", send_vocabulary),
            Route("/shapes", send_vocabulary),
            Route("/context.jsonld", send_context),
            Route("/id/{kind}/{name}", point_to_thing),
            Route("/data/{kind}/{file}", send_thing),
            *(Route(path, send_asset) for path in read_served_assets()),
            Route("/{rest:path}", answer_page),
        ],
        middleware=[Middleware(Gate, options=wanted)],
        lifespan=lifespan,
        exception_handlers={405: _bad_method},
    )
    app.router.redirect_slashes = False
    app.state.options = wanted
    return app


async def send_asset(request: Request) -> Response:
    """Return the style or a script of the pages."""
    path = request.url.path
    kind = "text/css" if path.endswith(".css") else "text/javascript"
    return Response(read_served_assets()[path], media_type=kind)


def serve(
    graph: "Graph",
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    options: Options | None = None,
) -> None:
    """Serve a graph until interrupted.

    Args:
        graph: the graph.
        host: address to listen on; anything but loopback is the caller's decision.
        port: port to listen on; 0 for any free one.
        options: limits and doors; their host and port give way to the two above.

    Raises:
        ServerError: the port is taken, or the store cannot be opened.
    """
    import dataclasses
    import os

    import click

    if os.name != "posix":
        raise ServerError("serving bounds its queries by means of Linux and macOS; use one of them")
    wanted = dataclasses.replace(options or Options(), host=host, port=port)
    if graph.store.path is None:
        graph.store.graphs()  # a server that cannot be asked says so now, in one line
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    server = _server(build_app(graph, wanted), wanted)
    click.echo(f"Serving {address} (SPARQL at {address}sparql); Ctrl+C stops it", err=True)
    use_json_logs()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    if not server.started:
        raise ServerError("the server could not start; its last line says why")


def _server(app: Starlette, options: Options) -> Any:  # noqa: ANN401 - a uvicorn.Server
    """Return a uvicorn server that ends quietly on Ctrl+C and on SIGTERM."""
    import uvicorn

    from rehabgraph.views.server.connection import bounded_connection

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            if threading.current_thread() is not threading.main_thread():
                yield
                return
            kinds = (signal.SIGINT, signal.SIGTERM)
            before = {kind: signal.signal(kind, self.handle_exit) for kind in kinds}
            try:
                yield
            finally:
                for kind, handler in before.items():
                    signal.signal(kind, handler)

    config = uvicorn.Config(
        app,
        http=bounded_connection(options),
        ws="none",
        loop="asyncio",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=options.header_bytes,
        backlog=BACKLOG,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )
    return Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as e:
        listener.close()
        raise ServerError(
            f"cannot listen on {host}:{port} ({e}); choose another with --port"
        ) from e
    return listener


@contextmanager
def _place_of(graph: "Graph") -> Iterator[str]:
    """Yield the address of a graph's server, or its folder, written for the while if needed.

    A server that departs from SPARQL 1.1 is copied into a folder: what it holds now is served.
    """
    import tempfile

    from rehabgraph.graph.endpoint.store import EndpointStore

    if isinstance(graph.store, EndpointStore) and not graph.store.server.departures:
        yield graph.store.address.url
        return
    if graph.store.path is not None:
        yield str(graph.store.path)
        return
    from pyoxigraph import RdfFormat, Store

    held = graph.store.copy() if isinstance(graph.store, EndpointStore) else graph.store
    with tempfile.TemporaryDirectory(prefix="rehabgraph-") as folder:
        path = Path(folder) / "store"
        store = Store(str(path))
        store.bulk_load("".join(held.quads()).encode(), format=RdfFormat.N_QUADS)
        store.flush()
        del store
        yield str(path)


async def _bad_method(request: Request, problem: Exception) -> Response:
    headers = dict(getattr(problem, "headers", None) or {})
    return refuse(405, f"{request.method} is not for this address", headers)


def _link(path: str) -> str:
    from html import escape

    return f"<code>{escape(path)}</code>" if "{" in path else f'<a href="{path}">{path}</a>'

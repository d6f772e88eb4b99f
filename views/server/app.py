"""The application: routes and doors put together, and the command that serves it."""

import signal
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehabgraph import __version__
from rehabgraph.graph.errors import ServerError
from rehabgraph.views.server.description import (
    HTML,
    describe_dataset,
    describe_service,
    send_context,
    send_vocabulary,
)
from rehabgraph.views.server.gate import Gate
from rehabgraph.views.server.logs import log, use_json_logs
from rehabgraph.views.server.negotiate import Form, choose_form
from rehabgraph.views.server.options import Options
from rehabgraph.views.server.problem import refuse
from rehabgraph.views.server.sparql import answer_sparql
from rehabgraph.views.server.things import point_to_thing, send_thing
from rehabgraph.views.server.workers import Pool, QueryStopped
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from rehabgraph.queries.graph import Graph

PLACES = {
    "/sparql": "SPARQL 1.1 endpoint; without a query its description",
    "/dataset": "what the dataset is and how large",
    "/id/{kind}/{id}": "a thing; its data at /data/{kind}/{id}.ttl, .jsonld, .nt, .rdf or .json",
    "/ontology": "the terms",
    "/shapes": "the rules that the data keeps",
    "/context.jsonld": "short names for JSON-LD",
}


def build_app(
    graph: "Graph", options: Options | None = None, routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """Return the application for a graph.

    Args:
        graph: the graph to serve; its store is opened read-only by the workers.
        options: limits and doors; sound ones when left out.
        routes: pages that stand before the routes here; with `/page/{kind}/{id}` among them,
            a thing's address points browsers to it.
    """
    wanted = options or Options()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with _directory_of(graph) as folder:
            pool = Pool(folder, wanted)
            try:
                await pool.open()
            except QueryStopped as e:
                log("failed", message=str(e))
                raise
            app.state.pool = pool
            log("ready", quads=pool.ready["quads"], sealed=pool.ready["sealed"])
            try:
                yield
            finally:
                await pool.close()
                log("stopped")

    own = [
        Route("/", send_start),
        Route("/sparql", answer_endpoint, methods=["GET", "POST", "OPTIONS"]),
        Route("/sparql/", answer_endpoint, methods=["GET", "POST", "OPTIONS"]),
        Route("/dataset", describe_dataset),
        Route("/ontology", send_vocabulary),
        Route("/shapes", send_vocabulary),
        Route("/context.jsonld", send_context),
        Route("/id/{kind}/{name}", point_to_thing),
        Route("/data/{kind}/{file}", send_thing),
    ]
    app = Starlette(
        routes=[*routes, *own],
        middleware=[Middleware(Gate, options=wanted)],
        lifespan=lifespan,
        exception_handlers={404: _not_found, 405: _bad_method},
    )
    app.router.redirect_slashes = False
    app.state.options = wanted
    app.state.has_pages = any(getattr(r, "path", "").startswith("/page/") for r in routes)
    return app


async def answer_endpoint(request: Request) -> Response:
    """Answer at `/sparql`."""
    return await answer_sparql(request, describe_service)


async def send_start(request: Request) -> Response:
    """Say what this is."""
    from html import escape

    form = choose_form(request.headers.get("accept"), (HTML, Form("text", "text/plain", text=True)))
    title = f"rehabgraph {__version__}: who delivers probation rehabilitation services"
    if form is None or form.name == "text":
        lines = [title, "", *(f"{path:18}{what}" for path, what in PLACES.items())]
        return Response("\n".join(lines) + "\n", media_type="text/plain")
    items = "".join(f"<li>{_link(path)}: {escape(what)}</li>" for path, what in PLACES.items())
    return Response(
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head><body><main><h1>{title}</h1><ul>{items}</ul>"
        "</main></body></html>\n",
        media_type="text/html",
    )


def serve(
    graph: "Graph",
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    options: Options | None = None,
    routes: Sequence[BaseRoute] = (),
) -> None:
    """Serve a graph until interrupted.

    Args:
        graph: the graph.
        host: address to listen on; anything but loopback is the caller's decision.
        port: port to listen on; 0 for any free one.
        options: limits and doors; their host and port give way to the two above.
        routes: see `build_app`.

    Raises:
        ServerError: the port is taken, or the store cannot be opened.
    """
    import dataclasses
    import os

    import click

    if os.name != "posix":
        raise ServerError("serving bounds its queries by means of Linux and macOS; use one of them")
    wanted = dataclasses.replace(options or Options(), host=host, port=port)
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    server = _server(build_app(graph, wanted, routes), wanted)
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
        limit_concurrency=options.connections,
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
        listener.listen(128)
    except (OSError, OverflowError) as e:
        listener.close()
        raise ServerError(
            f"cannot listen on {host}:{port} ({e}); choose another with --port"
        ) from e
    return listener


@contextmanager
def _directory_of(graph: "Graph") -> Iterator[Path]:
    """Yield the folder of a graph's store, written for the while if it is in memory."""
    import tempfile

    if graph.store.path is not None:
        yield graph.store.path
        return
    from pyoxigraph import RdfFormat, Store

    with tempfile.TemporaryDirectory(prefix="rehabgraph-") as folder:
        path = Path(folder) / "store"
        store = Store(str(path))
        store.bulk_load("".join(graph.store.quads()).encode(), format=RdfFormat.N_QUADS)
        store.flush()
        del store
        yield path


async def _not_found(request: Request, problem: Exception) -> Response:  # noqa: ARG001
    return refuse(404, "nothing at this address; the start page lists what is here")


async def _bad_method(request: Request, problem: Exception) -> Response:
    headers = dict(getattr(problem, "headers", None) or {})
    return refuse(405, f"{request.method} is not for this address", headers)


def _link(path: str) -> str:
    from html import escape

    return f"<code>{escape(path)}</code>" if "{" in path else f'<a href="{path}">{path}</a>'

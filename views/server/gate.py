"""The gate: whose request comes in, and which headers every answer carries."""

import asyncio
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehabgraph.views.server.logs import log
from rehabgraph.views.server.options import MAX_FIELDS, Options
from rehabgraph.views.server.problem import refuse
from rehabgraph.views.site.frame import POLICY

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "3600",
}


class Gate:
    """Middleware that checks who asks, completes the headers of answers and writes the log."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app = app
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, entry = time.monotonic(), {"status": 0, "bytes": 0}
        noted: dict[str, Any] = {}
        scope.setdefault("state", {})["log"] = noted

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry["status"] = message["status"]
                self._complete(scope, message)
            elif message["type"] == "http.response.body":
                entry["bytes"] += len(message.get("body", b""))
            await send(message)

        answer = refused if (refused := self._check(scope)) is not None else self._app
        try:
            await answer(scope, receive, send_on)
        except asyncio.CancelledError:  # its time to end is over, and the server leaves
            if not entry["status"]:
                await refuse(503, "the server is stopping")(scope, receive, send_on)
        finally:
            took = round((time.monotonic() - began) * 1000)
            log(
                "request",
                method=scope["method"],
                path=scope["path"][:200],
                **entry,
                milliseconds=took,
                **noted,
            )

    def _check(self, scope: Scope) -> ASGIApp | None:
        """Return a refusal, or None."""
        headers = Headers(scope=scope)
        if scope.get("http_version") not in ("1.0", "1.1"):
            return refuse(505, "send the request as HTTP/1.1")
        if len(headers) > self._options.headers:
            return refuse(431, f"more than {self._options.headers} headers; send fewer")
        if scope["query_string"].count(b"&") >= MAX_FIELDS:
            return refuse(400, f"the address has more than {MAX_FIELDS:,} fields; send fewer")
        if len(headers.getlist("host")) != 1 or not is_ours(
            headers["host"], scope.get("server"), self._options
        ):
            return refuse(
                421, "the Host header names another server; ask with --allow-host to add it"
            )
        if self._options.cors:
            return None
        origin = headers.get("origin")
        foreign = origin is not None and not is_ours(
            origin.partition("://")[2], scope.get("server"), self._options
        )
        if scope["method"] not in ("GET", "HEAD") and foreign:
            return refuse(
                403, "pages of other sites may not ask here; start with --cors to allow it"
            )
        return None

    def _complete(self, scope: Scope, message: Message) -> None:
        """Add to an answer the headers that every answer has."""
        headers = MutableHeaders(raw=message["headers"])
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.add_vary_header("Accept")
        if message["status"] >= 400:
            headers["Cache-Control"] = "no-store"
            if scope["method"] not in ("GET", "HEAD"):
                headers["Connection"] = "close"  # the body may not have been read
        if self._options.cors:
            headers.update(_CORS)
            if scope["method"] == "OPTIONS":
                headers.update(_PREFLIGHT)


def is_ours(host: str, server: Any, options: Options) -> bool:  # noqa: ANN401 - (address, port)
    """Return whether a Host header, or an origin's host, is this server.

    >>> is_ours("127.0.0.1:8000", ("127.0.0.1", 8000), Options())
    True
    >>> is_ours("rebound.example:8000", ("127.0.0.1", 8000), Options())
    False
    """
    port = server[1] if server else None
    name = host.strip().lower()
    ours = {*_LOOPBACK, options.host.lower()}
    allowed = {f"{h}:{port}" for h in ours} | (ours if port in (80, None) else set())
    extra = {h.lower() for h in options.hosts}
    bare = name.rpartition(":")[0] if name.rpartition(":")[2].isdecimal() else name
    return name in allowed or name in extra or bare in extra

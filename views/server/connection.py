"""One connection: bounds on how many there are, how long each may dawdle and what it costs to read.

uvicorn bounds the size of a request's head and the time between requests, but not the time to
send a head, to read an answer, or a whole request, nor into how many parts a request is cut. This
does.
"""

import asyncio
import re
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rehabgraph.views.server.options import Options

MAX_PIECES = 250
"""Pieces of a body that is sent in pieces: each costs the time of some hundred bytes."""
_HEAD_END = re.compile(rb"\n\r?\n")


class BoundedReader(h11.Connection):
    """What takes requests apart, with bounds on the number of their parts."""

    def __init__(self, options: Options) -> None:
        super().__init__(h11.SERVER, options.header_bytes)
        self._lines = 2 * options.headers  # past half of them the gate says what is wrong
        self._pieces = 0

    def next_event(self) -> Any:  # noqa: ANN401 - h11's own
        """Return what comes next.

        Raises:
            h11.RemoteProtocolError: what comes is no HTTP, or has too many parts.
        """
        if self.their_state is h11.IDLE:
            head = self.trailing_data[0]
            end = _HEAD_END.search(head)
            if head.count(b"\n", 0, end.start() if end else len(head)) > self._lines:
                raise h11.RemoteProtocolError("too many headers")
            self._pieces = 0
        event = super().next_event()
        if isinstance(event, h11.Data) and event.chunk_start:
            self._pieces += 1
            if self._pieces > MAX_PIECES:
                raise h11.RemoteProtocolError("too many pieces")
        return event


class BoundedConnection(H11Protocol):
    """An HTTP/1.1 connection with bounds on time and number."""

    options = Options()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self.conn = BoundedReader(self.options)
        self._head_timer: asyncio.TimerHandle | None = None
        self._total_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self.since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection; past the bound it takes the place of one that keeps us waiting."""
        super().connection_made(transport)
        self._wait_for_head()
        there = [c for c in self.connections if not c.transport.is_closing()]
        if len(there) > self.options.connections:
            dawdling = [c for c in there if isinstance(c, BoundedConnection) and c.is_dawdling()]
            if len(dawdling) > 1:  # this one is among them
                min(dawdling, key=lambda c: c.since).transport.abort()
            elif len(there) > 4 * self.options.connections:
                transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self._head_timer, self._total_timer, self._stall_timer):
            _cancel(timer)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; once a request's head is whole, its time begins."""
        super().data_received(data)
        if self._is_answering():
            self._head_timer = _none_of(self._head_timer)
            if self._total_timer is None:
                self._total_timer = self._in(self.options.response_seconds)
        elif self._head_timer is None and not self.transport.is_closing():
            self._wait_for_head()

    def on_response_complete(self) -> None:
        """Wait for the next request, if there is one."""
        self._total_timer = _none_of(self._total_timer)
        if not self.transport.is_closing():
            self._wait_for_head()
        super().on_response_complete()
        if self._is_answering():  # it was there already
            self._head_timer = _none_of(self._head_timer)
            self._total_timer = self._in(self.options.response_seconds)

    def pause_writing(self) -> None:
        """The client does not read: give it a while."""
        super().pause_writing()
        self._stall_timer = self._in(self.options.stall_seconds)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._stall_timer = _none_of(self._stall_timer)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; a request that is being answered gets nothing more."""
        if self._is_answering():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.abort()
                return
        super().send_400_response(msg)

    def is_dawdling(self) -> bool:
        """Return whether we wait for the client: to send its request, or to read the answer."""
        return not self._is_answering() or self.cycle.more_body or self._stall_timer is not None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_head(self) -> None:
        self.since = self.loop.time()
        _cancel(self._head_timer)
        self._head_timer = self._in(self.options.request_seconds)

    def _in(self, seconds: float) -> asyncio.TimerHandle:
        return self.loop.call_later(seconds, self.transport.abort)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    """Cancel a timer, if there is one."""
    if timer is not None:
        timer.cancel()


def _none_of(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Cancel a timer and return nothing to keep."""
    _cancel(timer)
    return None


def bounded_connection(options: Options) -> type[BoundedConnection]:
    """Return the connection class with these bounds."""
    return type("Connection", (BoundedConnection,), {"options": options})

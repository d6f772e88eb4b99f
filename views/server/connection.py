"""One connection: bounds on how many there are and how long each may dawdle.

uvicorn bounds the size of a request's head and the time between requests, but not the time to
send a head, to read an answer, or a whole request. This does.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from rehabgraph.views.server.options import Options


class BoundedConnection(H11Protocol):
    """An HTTP/1.1 connection with bounds on time and number."""

    options = Options()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*args, **kwargs)
        self._head_timer: asyncio.TimerHandle | None = None
        self._total_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self.options.connections:
            transport.abort()
            return
        self._wait_for_head()

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

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait_for_head(self) -> None:
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

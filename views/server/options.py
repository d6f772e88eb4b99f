"""What the server allows, and how much of it: one object, sound defaults, told to clients."""

from collections.abc import Mapping
from dataclasses import dataclass

from rehabgraph.graph.guard import MAX_BYTES, MAX_NESTING, MAX_TOKENS

SPARE_MEGABYTES = 512
MAX_FIELDS = 1000
"""Fields of a form or an address: taking them apart must not take long."""


@dataclass(frozen=True, slots=True)
class Options:
    """The server's settings.

    Attributes:
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        hosts: further values of the Host header that are ours, as `name` or `name:port`.
        cors: let pages of other sites ask.
        seconds: time that a query or a page may take.
        megabytes: memory that a query or a page may take beyond the open store.
        workers: processes that answer queries; one more answers quick ones when all are busy.
        page_workers: processes that make pages.
        queue: requests that may wait for a worker.
        queue_seconds: how long they may wait.
        answer_bytes: size of one answer.
        held_bytes: size of all answers that are being sent.
        request_bytes: size of a request's body.
        header_bytes: size of a request's line and headers together.
        headers: number of a request's headers.
        request_seconds: time to send a request's headers, and again its body.
        stall_seconds: time that a client may stop reading its answer.
        response_seconds: time for a whole request, from its headers to the answer's end.
        connections: connections at once; past it, those that wait for their client are ended.
        log_queries: write the text of queries into the log.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    cors: bool = False
    seconds: float = 10
    megabytes: int = SPARE_MEGABYTES
    workers: int = 2
    page_workers: int = 2
    queue: int = 64
    queue_seconds: float = 20
    answer_bytes: int = 16 * 1024 * 1024
    held_bytes: int = 128 * 1024 * 1024
    request_bytes: int = 256 * 1024
    header_bytes: int = 96 * 1024
    headers: int = 64
    request_seconds: float = 10
    stall_seconds: float = 10
    response_seconds: float = 90
    connections: int = 128
    log_queries: bool = False

    def limits(self) -> Mapping[str, str]:
        """Return the limits that a client meets, as names and words.

        >>> Options(seconds=5).limits()["time of a query"]
        '5 seconds'
        """
        return {
            "time of a query": f"{self.seconds:g} seconds",
            "memory of a query": f"{self.megabytes:,} MB",
            "length of a query": f"{MAX_BYTES:,} bytes",
            "words and signs in a query": f"{MAX_TOKENS:,}",
            "nesting of a query": f"{MAX_NESTING} brackets",
            "size of an answer": f"{self.answer_bytes:,} bytes",
            "size of a request": f"{self.request_bytes:,} bytes",
            "queries at once": f"{self.workers}",
            "queries waiting": f"{self.queue}",
            "pages made at once": f"{self.page_workers}",
        }

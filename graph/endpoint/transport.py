"""Requests to a server that may be slow, broken or hostile: bounded, retried, never trusted.

Nothing is sent anywhere but to the server that was named: a redirect to another is refused. The
proxies of the environment are not used. Certificates are checked by the system's own authorities.
"""

import http.client
import random
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from rehabgraph.graph.endpoint.address import Address, Credentials, read_address
from rehabgraph.graph.endpoint.digest import answer_challenge
from rehabgraph.graph.errors import StoreError
from rehabgraph.ontology import VERSION

SECONDS = 60.0
MAX_BYTES = 256 * 1024 * 1024
TRIES = 5
WAIT_SECONDS = 30.0
_PIECE = 256 * 1024
_REDIRECTS = 3
_AGAIN = frozenset({429, 503})


class Lost(StoreError):
    """The connection broke; what was asked may or may not have been done."""


class TooMuch(StoreError):
    """The answer is larger than its bound."""


class TooSlow(StoreError):
    """The answer did not come whole in its time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers in small letters, media type and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Client:
    """Requests to one server.

    Args:
        credentials: who asks.
        seconds: time for one try of a request, from connecting to the last byte.
        most: bytes of one answer.
        tries: how often a request is tried when the server is busy or the connection breaks.
        wait: longest time to wait for the next try, in seconds.

    Attributes:
        until: when all tries of all requests must be over, on the monotonic clock; None for never.
    """

    def __init__(
        self,
        credentials: Credentials | None = None,
        *,
        seconds: float = SECONDS,
        most: int = MAX_BYTES,
        tries: int = TRIES,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self.credentials = credentials or Credentials()
        self.seconds, self.most, self.tries, self.wait = seconds, most, tries, wait
        self.until: float | None = None
        self._challenge: dict[tuple[str, int], str] = {}

    def post(
        self, address: Address, body: bytes, content_type: str, accept: str, *, repeat: bool = True
    ) -> Reply:
        """Return the answer to a POST request, whatever its status but 401, 403, 429 and 503.

        Args:
            address: where.
            body: what is sent.
            content_type: its media type.
            accept: what may come back.
            repeat: try again when the connection breaks; False where doing it twice would harm.

        Raises:
            StoreError: the server cannot be reached, refuses who asks, stays busy, takes too
                long or sends too much; the message is one line.
        """
        headers = {
            "Accept": accept,
            "Accept-Encoding": "identity",
            "Content-Type": content_type,
            "User-Agent": f"rehabgraph/{VERSION}",
        }
        for attempt in range(self.tries):
            last = attempt == self.tries - 1
            try:
                reply = self._follow(address, body, headers)
            except Lost:
                if last or not repeat or not self._sleep(attempt, None):
                    raise
                continue
            if reply.status not in _AGAIN:
                return _accepted(address, reply, self.credentials)
            if last or not self._sleep(attempt, reply.headers.get("retry-after")):
                break
        raise StoreError(f"{address}: the server is too busy (status {reply.status}); try later")

    def _sleep(self, attempt: int, asked: str | None) -> bool:
        """Wait before the next try; False when that is longer than we wait, or than is left."""
        seconds = min(self.wait, 0.25 * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311
        if asked and (wanted := read_wait(asked)) is not None:
            if wanted > self.wait:
                return False
            seconds = max(seconds, wanted)
        if self.until is not None and time.monotonic() + seconds >= self.until:
            return False
        time.sleep(seconds)
        return True

    def _seconds_left(self, address: Address) -> float:
        """Return the time for one try."""
        if self.until is None:
            return self.seconds
        left = min(self.seconds, self.until - time.monotonic())
        if left <= 0:
            raise TooSlow(f"{address}: no whole answer within {self.seconds:g} seconds")
        return left

    def _follow(self, address: Address, body: bytes, headers: dict[str, str]) -> Reply:
        """Return the answer of the address, or of where it leads on the same server."""
        start = address
        for _ in range(_REDIRECTS + 1):
            reply = self._send(address, body, headers)
            if reply.status not in (301, 302, 307, 308) or "location" not in reply.headers:
                return reply
            try:
                after = read_address(urljoin(address.url, reply.headers["location"]))
            except ValueError as e:
                raise StoreError(f"{start}: leads on to what is no address") from e
            if after.server != address.server or after.scheme != address.scheme:
                raise StoreError(
                    f"{start}: leads on to another server ({after.scheme}://{after.host}); "
                    "name that one with --endpoint if you trust it"
                )
            address = after
        raise StoreError(f"{start}: leads on and on; name the address that answers")

    def _send(self, address: Address, body: bytes, headers: dict[str, str]) -> Reply:
        """Return the answer to one request, asked again with credentials when challenged."""
        sent = {**headers, **self._authorize(address, self._challenge.get(address.server))}
        reply = self._exchange(address, body, sent)
        challenge = reply.headers.get("www-authenticate")
        if reply.status != 401 or not challenge or not self.credentials.user:
            return reply
        self._challenge[address.server] = challenge
        more = self._authorize(address, challenge)
        return self._exchange(address, body, {**headers, **more}) if more else reply

    def _authorize(self, address: Address, challenge: str | None) -> dict[str, str]:
        """Return the header that says who asks, where that may be said."""
        who = self.credentials
        if who.token and address.is_private:
            return {"Authorization": f"Bearer {who.token}"}
        if not challenge or not who.user:
            return {}
        answer = answer_challenge(challenge, who, "POST", address.target)
        if answer is None and "basic" in challenge.lower() and address.is_private:
            answer = who.basic
        return {"Authorization": answer} if answer else {}

    def _exchange(self, address: Address, body: bytes, headers: dict[str, str]) -> Reply:
        """Send a request on a connection of its own and read the answer within the bounds."""
        connection: http.client.HTTPConnection
        left = self._seconds_left(address)
        if address.scheme == "https":
            connection = http.client.HTTPSConnection(
                address.host,
                address.port,
                timeout=left,
                context=ssl.create_default_context(),
            )
        else:
            connection = http.client.HTTPConnection(address.host, address.port, timeout=left)
        over = threading.Event()
        clock: threading.Timer | None = None
        try:
            connection.connect()
            clock = threading.Timer(left, _cut, (connection.sock, over))
            clock.daemon = True
            clock.start()
            connection.request("POST", address.target, body, headers)
            with closing(connection.getresponse()) as response:
                reply = self._read(address, response)
            if over.is_set():
                raise TimeoutError
            return reply
        except ssl.SSLCertVerificationError as e:
            raise StoreError(f"{address}: its certificate is not valid ({e.verify_message})") from e
        except (OSError, http.client.HTTPException) as e:
            if over.is_set() or isinstance(e, TimeoutError):
                raise TooSlow(f"{address}: no whole answer within {self.seconds:g} seconds") from e
            raise _explain(address, e) from e
        finally:
            if clock is not None:
                clock.cancel()
            connection.close()

    def _read(self, address: Address, response: http.client.HTTPResponse) -> Reply:
        headers = {key.lower(): value for key, value in response.getheaders()}
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise StoreError(f"{address}: the answer is packed though that was not asked for")
        pieces, size = [], 0
        while piece := response.read1(_PIECE):
            size += len(piece)
            if size > self.most:
                raise TooMuch(f"{address}: the answer is larger than {self.most:,} bytes")
            pieces.append(piece)
        if response.length:  # bytes that were announced and did not come
            raise http.client.IncompleteRead(b"", response.length)
        return Reply(response.status, headers, b"".join(pieces))


def _cut(wire: socket.socket, over: threading.Event) -> None:
    """End a connection whose time is over, however slowly bytes still come."""
    over.set()
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _explain(address: Address, e: Exception) -> StoreError:
    """Return what went wrong with a connection as one line."""
    if isinstance(e, ssl.SSLError):
        return StoreError(f"{address}: no secure connection ({e.reason})")
    if isinstance(e, socket.gaierror):
        return StoreError(f"{address}: no server of that name ({e.strerror})")
    if isinstance(e, ConnectionRefusedError):
        return StoreError(f"{address}: nothing listens there; start the server first")
    if isinstance(e, ConnectionError | http.client.HTTPException):
        return Lost(f"{address}: the connection broke ({type(e).__name__})")
    return StoreError(f"{address}: cannot be reached ({getattr(e, 'strerror', '') or e})")


def _accepted(address: Address, reply: Reply, who: Credentials) -> Reply:
    """Return an answer, unless the server refuses who asks."""
    if reply.status not in (401, 403):
        return reply
    if not who:
        hint = "set REHABGRAPH_ENDPOINT_USER and REHABGRAPH_ENDPOINT_PASSWORD"
    elif not address.is_private:
        hint = "a password goes only over https or to this machine"
    else:
        hint = "check the user name and password, or the token"
    raise StoreError(f"{address}: the server refuses access (status {reply.status}); {hint}")


def read_wait(text: str) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it says nothing clear.

    >>> read_wait("3")
    3.0
    """
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None

"""Hostile connections: broken, slow or too many, each is cut off, and the next is answered."""

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

# every triple with every other, twice over: more than the time allows
PRODUCT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def send_raw(port: int, raw: bytes, seconds: float = 6) -> bytes:
    """Send bytes as they are and return what comes until the server closes or time is up."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as peer:
        got = b""
        try:
            peer.sendall(raw)
            while piece := peer.recv(65536):
                got += piece
        except OSError:
            pass
        return got


def test_broken_requests_are_refused(fortress: "Live") -> None:
    """What is no HTTP, or contradicts itself, is refused or cut off; nothing is answered twice."""
    host = f"Host: 127.0.0.1:{fortress.port}\r\n".encode()
    for raw in (
        b"\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + host + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + host + host + b"\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + host + b"\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"".join(b"X-%d: 1\r\n" % n for n in range(9000)) + b"\r\n",
        b"POST /sparql HTTP/1.1\r\n" + host + b"Content-Length: -5\r\n\r\nASK {}",
        b"POST /sparql HTTP/1.1\r\n"
        + host
        + b"Content-Length: 1\r\nContent-Length: 9\r\n\r\nASK {}",
        b"POST /sparql HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n" + host + b"X: a\r\n b\x00: c\r\n\r\n",
        b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + host + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ):
        got = send_raw(fortress.port, raw)
        assert got == b"" or got.split()[1][:1] in b"45", (raw[:80], got[:200])
        assert b"Traceback" not in got


def test_requests_in_many_parts_are_refused(fortress: "Live") -> None:
    """What takes long to take apart is refused before it is: headers, pieces, fields."""
    host = f"Host: 127.0.0.1:{fortress.port}\r\nConnection: close\r\n".encode()
    direct = b"POST /sparql HTTP/1.1\r\n" + host + b"Content-Type: application/sparql-query\r\n"
    direct += b"Transfer-Encoding: chunked\r\n\r\n"
    end = b"6\r\nASK {}\r\n0\r\n\r\n"
    fields = "&".join(f"{n:x}=" for n in range(15_000)).encode()
    many = b"".join(b"X-%d: 1\r\n" % n for n in range(9000))
    for raw, status in (
        (direct + b"1\r\n \r\n" * 100 + end, b"200"),
        (direct + b"1\r\n \r\n" * 100_000 + end, b"400"),
        (b"GET /dataset HTTP/1.1\r\n" + host + many + b"\r\n", b"400"),
        (b"GET /dataset HTTP/1.1\r\n" + host + b"X: a\r\n" + b" b\r\n" * 9000 + b"\r\n", b"400"),
        (b"GET /dataset?" + fields + b" HTTP/1.1\r\n" + host + b"\r\n", b"400"),
        (b"GET /list/regions.html?" + fields + b" HTTP/1.1\r\n" + host + b"\r\n", b"400"),
        (b"GET /list/regions.html?x=" + b"a" * 90_000 + b" HTTP/1.1\r\n" + host + b"\r\n", b"414"),
    ):
        got = send_raw(fortress.port, raw)
        assert got.split()[1:2] in ([status], []), (raw[:80], got[:200])
    # a head that is whole is held to the same bound behind another
    pipelined = b"GET /dataset HTTP/1.1\r\n" + host.partition(b"\r\n")[0] + b"\r\n\r\n"
    got = send_raw(fortress.port, pipelined + b"GET / HTTP/1.1\r\n" + many + b"\r\n")
    assert b"HTTP/1.1 400" in got


def test_a_crowd_that_says_nothing_keeps_nobody_out(fortress: "Live") -> None:
    """Past the bound of connections those that are silent longest end, not whoever comes next."""
    peers = []
    for n in range(300):
        peer = socket.create_connection(("127.0.0.1", fortress.port), timeout=5)
        peer.sendall(b"GET / HT")
        peers.append(peer)
        if n >= 295:
            assert fortress.ask("ASK {}", timeout=5).status == 200
    for peer in peers:
        peer.close()


def test_a_path_in_any_script_moves_by_plain_signs(fortress: "Live") -> None:
    """An address that moves does so by a header of ASCII."""
    for path in ("/%E2%82%AC/", "/%c0%ae/", "/%F0%9F%92%A9/"):
        reply = fortress.request("GET", path)
        assert reply.status == 303, (path, reply.body[:200])
        assert reply.headers["location"].isascii()


def test_slow_requests_are_cut_off(fortress: "Live") -> None:
    """A head or a body that dribbles in is ended in its time, many of them at once too."""
    host = f"Host: 127.0.0.1:{fortress.port}\r\n".encode()
    body = b"POST /sparql HTTP/1.1\r\n" + host + b"Content-Type: application/sparql-query\r\n"

    def dribble(start: bytes) -> float:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", fortress.port), timeout=5) as peer:
            peer.sendall(start)
            peer.settimeout(0.2)
            while time.monotonic() - began < 8:
                try:
                    peer.sendall(b"X")
                    if not peer.recv(4096):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
        return time.monotonic() - began

    starts = [b"GET / HT", body, b"", body + b"Content-Length: 500\r\n\r\nASK"] * 8
    with ThreadPoolExecutor(len(starts)) as pool:
        times = list(pool.map(dribble, starts))
    assert max(times) < 6, times


def test_clients_that_do_not_read_are_cut_off(fortress: "Live") -> None:
    """Answers that nobody reads are dropped; they hold neither a worker nor memory."""
    query = b"CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1:{fortress.port}\r\n"
        f"Content-Type: application/sparql-query\r\nContent-Length: {len(query)}\r\n\r\n"
    ).encode()
    peers = []
    for _ in range(8):
        peer = socket.socket()
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect(("127.0.0.1", fortress.port))
        peer.sendall(head + query)
        peers.append(peer)
    assert fortress.ask("ASK {}", timeout=3).status == 200
    time.sleep(4)
    for peer in peers:
        peer.settimeout(2)
        got = 0
        try:
            while piece := peer.recv(1 << 16):
                got += len(piece)
        except OSError:
            pass
        assert got < 3 * 1024 * 1024
        peer.close()


def test_clients_that_leave_stop_their_queries(fortress: "Live") -> None:
    """A query whose client went away is stopped at once."""
    query = PRODUCT.encode()
    for _ in range(6):
        with socket.create_connection(("127.0.0.1", fortress.port)) as peer:
            peer.sendall(
                f"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1:{fortress.port}\r\nContent-Type: "
                f"application/sparql-query\r\nContent-Length: {len(query)}\r\n\r\n".encode()
                + query
            )
    time.sleep(0.3)


def test_many_attackers_at_once(fortress: "Live") -> None:
    """Twelve heavy queries at once are each answered or refused; a small one passes meanwhile."""
    with ThreadPoolExecutor(13) as pool:
        heavy = [pool.submit(fortress.ask, PRODUCT, timeout=60) for _ in range(12)]
        time.sleep(0.5)
        began = time.monotonic()
        assert fortress.ask("ASK {}", timeout=10).status == 200
        assert time.monotonic() - began < 3
        replies = [h.result() for h in heavy]
    assert {r.status for r in replies} == {503}


def test_a_crowd_of_connections(fortress: "Live") -> None:
    """More connections than are allowed are turned away; once they leave all is as before."""
    peers = []
    for _ in range(400):
        try:
            peers.append(socket.create_connection(("127.0.0.1", fortress.port), timeout=1))
        except OSError:
            break
    for peer in peers:
        peer.close()
    time.sleep(0.3)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_workers_end_with_the_server(start: Callable[..., Any]) -> None:
    """When the server is killed outright, its workers end too."""
    import signal

    import psutil

    def kill(live: "Live") -> list[Any]:
        children = psutil.Process(live.process.pid).children(recursive=True)
        assert len(children) == 6  # two for queries, two for quick ones, two for pages
        os.kill(live.process.pid, signal.SIGKILL)
        live.process.wait()
        return children

    with start(workers=2, ends=-signal.SIGKILL) as live:
        children = kill(live)
    _, left = psutil.wait_procs(children, timeout=5)
    assert not left

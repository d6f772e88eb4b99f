"""Whose request comes in, and what every answer carries."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from rehabgraph.views.server.gate import is_ours
from rehabgraph.views.server.options import Options

if TYPE_CHECKING:
    from tests.views.server.conftest import Live

FORGED = ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example",
          "", "127.0.0.1:80@evil.example", "[::2]"]  # fmt: skip


@pytest.mark.parametrize("host", FORGED)
def test_a_forged_host_is_refused(live: "Live", host: str) -> None:
    """A name that is not ours, or another port, is refused before anything is read."""
    reply = live.request("GET", "/sparql?query=ASK%7B%7D", headers={"Host": host})
    assert reply.status == 421
    assert b"boolean" not in reply.body


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_our_own_names_are_taken(live: "Live", name: str) -> None:
    """Loopback's names with the right port are ours."""
    reply = live.request("GET", "/sparql?query=ASK%7B%7D", headers={"Host": f"{name}:{live.port}"})
    assert reply.status == 200


@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/sparql?query=ASK%7B%7D", "/sparql?query=x", "/none"]
)
def test_every_answer_is_guarded(live: "Live", path: str) -> None:
    """Answers and refusals alike carry the security headers, and none lets other sites in."""
    headers = live.request("GET", path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_other_sites_may_not_post(live: "Live") -> None:
    """A page of another site cannot make a browser post here, unless --cors allows it."""
    headers = {"Origin": "https://evil.example", "Content-Type": "application/sparql-query"}
    assert live.request("POST", "/sparql", "ASK {}", headers).status == 403
    headers["Origin"] = live.url
    assert live.request("POST", "/sparql", "ASK {}", headers).status == 200


def test_many_headers_are_refused(live: "Live") -> None:
    """More headers than any client needs are refused."""
    flood = {f"X-{n}": "1" for n in range(100)}
    assert live.request("GET", "/sparql?query=ASK%7B%7D", headers=flood).status == 431


def test_options_open_the_doors(start: Callable[..., Any]) -> None:
    """With cors, pages of any site may ask; with hosts, further names are ours."""
    with start(cors=True, hosts=["graph.example"], log_queries=True, workers=1) as live:
        origin = {"Origin": "https://other.example"}
        reply = live.request("GET", "/sparql?query=ASK%7B%7D", headers=origin)
        assert reply.headers["access-control-allow-origin"] == "*"
        preflight = live.request("OPTIONS", "/sparql", headers=origin)
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert "Content-Type" in preflight.headers["access-control-allow-headers"]
        assert live.request("GET", "/", headers={"Host": "graph.example"}).status == 200
        assert live.request("GET", "/", headers={"Host": "evil.example"}).status == 421
    assert "ASK{}" in live.log.read_text()


def test_the_log_is_json_without_queries(live: "Live") -> None:
    """Each request is one JSON object; the text of its query is not in it."""
    before = len(live.log.read_text())
    live.ask("ASK { <urn:a-secret-question> ?p ?o }")
    text = live.logged("/sparql", before)
    last = [json.loads(line) for line in text.splitlines()][-1]
    assert {"time", "method", "path", "status", "bytes", "milliseconds"} <= set(last)
    assert "secret" not in text


def test_a_port_is_written_in_plain_digits() -> None:
    """Other signs that count as digits do not make a Host header ours."""
    options = Options(hosts=("graph.example",))
    assert is_ours("graph.example:80", ("127.0.0.1", 8000), options)
    assert not is_ours("graph.example:\u00b2", ("127.0.0.1", 8000), options)

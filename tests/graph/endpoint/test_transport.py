"""Requests to servers that lie, stall or break: one line says what happened, nothing leaks."""

import base64
import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest

from rehabgraph.graph.endpoint.address import Credentials, read_address
from rehabgraph.graph.endpoint.store import EndpointStore
from rehabgraph.graph.endpoint.transport import Client, Lost, TooSlow, read_wait
from rehabgraph.graph.errors import RehabError, StoreError

NOBODY = Credentials()
JSON = "application/sparql-results+json"
GOOD = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"x"}}]}}'
Made = Callable[..., Any]
Server = Any  # the Liar of conftest.py


def post(liar: Server, client: Client | None = None, **more: bool) -> Any:  # noqa: ANN401
    """Post something to the lying server."""
    wanted = client or Client(NOBODY, seconds=3, wait=0.2)
    return wanted.post(read_address(liar.url), b"query=x", "text/plain", JSON, **more)


def ask(liar: Server, query: str = "SELECT ?a { ?a ?b ?c }") -> Any:  # noqa: ANN401
    """Ask the lying server a SELECT without looking at what it is."""
    store = EndpointStore(liar.url, NOBODY, seconds=3, most=100_000)
    store.client.wait = 0.2
    return store.read_table(store.post(query, JSON, (), ())).to_solutions()


def test_a_good_answer_is_read(liar: Server, told: Made) -> None:
    """The control: what is whole is used."""
    liar.answers = [told(headers={"Content-Type": JSON}, body=GOOD)]
    assert ask(liar) == [{"a": "x"}]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"headers": {"Content-Type": "text/html"}, "body": b"<html>ok</html>"}, "text/html"),
        ({"headers": {}, "body": GOOD}, "of no type"),
        ({"headers": {"Content-Type": JSON}, "body": GOOD[:-9]}, "cut off"),
        ({"headers": {"Content-Type": JSON}, "body": b""}, "cut off"),
        ({"headers": {"Content-Type": JSON}, "body": b"[" * 100_000}, "cut off"),
        ({"headers": {"Content-Type": JSON}, "body": b'{"boolean": true}'}, "true or false"),
        ({"headers": {"Content-Type": JSON}, "body": b'{"head": {}}'}, "no document"),
        ({"headers": {"Content-Type": JSON}, "body": b'"text"'}, "no document"),
        (
            {"headers": {"Content-Type": JSON}, "body": GOOD.replace(b'["a"]', b'["b"]')},
            "no document",
        ),
        ({"headers": {"Content-Type": JSON}, "body": GOOD, "announce": 5000}, "broke"),
        ({"headers": {"Content-Type": JSON}, "body": b" " * 200_000 + GOOD}, "larger than 100,000"),
        (
            {
                "headers": {"Content-Type": JSON, "Content-Encoding": "gzip"},
                "body": gzip.compress(b" " * 50_000_000),
            },
            "packed",
        ),
        (
            {"headers": {"Content-Type": JSON, "X-SQL-State": "S1TAT"}, "body": GOOD},
            "only a part of the answer",
        ),
        ({"status": 404, "body": b"no"}, "no SPARQL endpoint"),
        ({"status": 500, "headers": {"Content-Type": "text/html"}, "body": b"<b>"}, "failed (500)"),
        ({"status": 500, "body": b"line one\nline two\n\nthe query"}, "line one line two"),
        ({"status": 400, "body": b"bad \x1b[31mthing"}, "refuses the query: bad [31mthing"),
        ({"status": 401, "body": b""}, "REHABGRAPH_ENDPOINT_USER"),
        ({"status": 204, "body": b""}, "status 204"),
    ],
)
def test_what_is_no_answer_is_refused(
    answer: dict[str, Any], words: str, liar: Server, told: Made
) -> None:
    """A wrong type, a cut or damaged body, wrong variables, too much, or a failure: one line."""
    liar.always = lambda _: told(**answer)
    with pytest.raises(RehabError) as caught:
        ask(liar)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 400


def test_busy_then_ready(liar: Server, told: Made) -> None:
    """503 and 429 are tried again, and Retry-After is waited for."""
    good = told(headers={"Content-Type": JSON}, body=GOOD)
    liar.answers = [told(status=503), told(status=429, headers={"Retry-After": "0"}), good]
    assert ask(liar) == [{"a": "x"}]
    assert len(liar.asked) == 3


def test_retry_after_is_waited_for_up_to_a_bound(liar: Server, told: Made) -> None:
    """One second is waited; an hour is not."""
    good = told(headers={"Content-Type": JSON}, body=GOOD)
    liar.answers = [told(status=503, headers={"Retry-After": "1"}), good]
    start = time.monotonic()
    assert post(liar, Client(NOBODY, seconds=3, wait=2)).body == GOOD
    assert time.monotonic() - start >= 1
    liar.answers = [told(status=503, headers={"Retry-After": "3600"})]
    start = time.monotonic()
    with pytest.raises(StoreError, match="too busy"):
        post(liar)
    assert time.monotonic() - start < 60


def test_busy_for_good(liar: Server, told: Made) -> None:
    """After five tries it is said, not tried for ever."""
    liar.always = lambda _: told(status=503)
    with pytest.raises(StoreError, match="too busy"):
        post(liar)
    assert len(liar.asked) == 5


def test_a_broken_connection_is_tried_again_unless_twice_would_harm(
    liar: Server, told: Made
) -> None:
    """A query is asked again; an update is not sent twice."""
    liar.answers = [told(drop=True), told(headers={"Content-Type": JSON}, body=GOOD)]
    assert ask(liar) == [{"a": "x"}]
    liar.answers = [told(drop=True)]
    with pytest.raises(Lost):
        post(liar, repeat=False)


def test_a_slow_body_ends_in_time(liar: Server, told: Made) -> None:
    """Bytes that drip do not hold us longer than the time for a whole answer."""
    liar.always = lambda _: told(headers={"Content-Type": JSON}, body=GOOD + b" " * 500, pause=0.2)
    start = time.monotonic()
    with pytest.raises(StoreError, match="no whole answer within 1 seconds"):
        post(liar, Client(NOBODY, seconds=1))
    assert time.monotonic() - start < 30


def test_redirects_stay_on_the_server(liar: Server, told: Made) -> None:
    """On the same server a redirect is followed; to another it is refused and nothing is sent."""
    good = told(headers={"Content-Type": JSON}, body=GOOD)
    liar.answers = [told(status=307, headers={"Location": "/elsewhere"}), good]
    assert ask(liar) == [{"a": "x"}]
    assert [path for path, *_ in liar.asked] == ["/sparql", "/elsewhere"]
    for place in ("http://localhost:1/sparql", "//127.0.0.1:1/x", "https://127.0.0.1/sparql"):
        liar.answers = [told(status=302, headers={"Location": place})]
        with pytest.raises(StoreError, match="another server"):
            ask(liar)
    liar.always = lambda _: told(status=307, headers={"Location": "/sparql"})
    with pytest.raises(StoreError, match="on and on"):
        ask(liar)
    liar.always = None
    liar.answers = [told(status=302, headers={"Location": "http://u:secret@127.0.0.1/"})]
    with pytest.raises(StoreError) as caught:
        ask(liar)
    assert "secret" not in str(caught.value)


def test_a_password_is_sent_when_asked_for(liar: Server, told: Made) -> None:
    """Basic and Digest answer a challenge; the next request brings the answer with it."""
    challenge = {"WWW-Authenticate": 'Basic realm="x"'}
    good = told(headers={"Content-Type": JSON}, body=GOOD)
    client = Client(Credentials("me", "pass word"), seconds=3)
    liar.answers = [told(status=401, headers=challenge), good, good]
    assert post(liar, client).body == GOOD
    assert post(liar, client).body == GOOD
    sent = [headers.get("authorization") for _, headers, _ in liar.asked]
    basic = "Basic " + base64.b64encode(b"me:pass word").decode()
    assert sent == [None, basic, basic]
    liar.asked.clear()
    digest = {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth", algorithm="MD5"'}
    liar.answers = [told(status=401, headers=digest), good]
    assert post(liar, Client(Credentials("me", "pass word"), seconds=3)).body == GOOD
    last = liar.asked[-1][1]["authorization"]
    assert last.startswith('Digest username="me", realm="r"')
    assert "pass" not in last


def test_a_wrong_password_is_said_without_it(liar: Server, told: Made) -> None:
    """The refusal names neither the password nor the token."""
    liar.always = lambda _: told(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
    for who in (Credentials("me", "hush-hush"), Credentials("", "", "hush-hush")):
        with pytest.raises(StoreError) as caught:
            post(liar, Client(who, seconds=3))
        assert "hush" not in str(caught.value)
        assert "hush" not in repr(who)
        assert "refuses access" in str(caught.value)


def test_a_token_goes_to_the_named_server_only(liar: Server, told: Made) -> None:
    """A token is sent at once, but never over plain http to another machine."""
    liar.answers = [told(headers={"Content-Type": JSON}, body=GOOD)]
    client = Client(Credentials("", "", "t0ken"), seconds=3)
    post(liar, client)
    assert liar.asked[0][1]["authorization"] == "Bearer t0ken"
    assert client._authorize(read_address("http://db.example/sparql"), None) == {}
    assert client._authorize(read_address("https://db.example/sparql"), None) != {}


def test_nobody_there() -> None:
    """Nothing listens: one line, no traceback."""
    with pytest.raises(StoreError, match="nothing listens there"):
        Client(NOBODY, seconds=2).post(read_address("http://127.0.0.1:1/"), b"", "a/b", JSON)


@pytest.mark.parametrize(("text", "least"), [("2", 2.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)])
def test_retry_after_is_seconds_or_a_date(text: str, least: float) -> None:
    """RFC 9110 section 10.2.3 allows both; a date that has passed means now."""
    assert read_wait(text) == least


def test_retry_after_may_be_nonsense() -> None:
    """What is neither is ignored."""
    assert read_wait("soon") is None


@pytest.mark.parametrize("place", ["http://[::1", "http://x:99999999/", "file:///etc/passwd"])
def test_a_redirect_to_no_address_is_refused(place: str, liar: Server, told: Made) -> None:
    """Where a server leads to what is no address, one line says so."""
    liar.always = lambda _: told(status=307, headers={"Location": place})
    with pytest.raises(StoreError, match=r"address|leads on"):
        post(liar)


def test_all_tries_end_in_the_time_of_one_question(liar: Server, told: Made) -> None:
    """A store bounded for one question waits no longer than that, whatever the server asks for."""
    liar.always = lambda _: told(status=503, headers={"Retry-After": "30"})
    store = EndpointStore(liar.url, NOBODY).within(1, 1000)
    start = time.monotonic()
    with pytest.raises(StoreError, match="busy"):
        store.post("ASK {}", JSON, (), ())
    liar.always = lambda _: told(headers={"Content-Type": JSON}, body=b" " * 1000, pause=0.1)
    with pytest.raises(TooSlow, match="within 1 seconds"):
        EndpointStore(liar.url, NOBODY).within(1, 1000).post("ASK {}", JSON, (), ())
    assert time.monotonic() - start < 30


def test_what_a_server_is_must_be_short(liar: Server, told: Made) -> None:
    """When a server is looked at, its answers are bounded, before anything is known of it."""
    rows = b'{"head":{"vars":["g","n"]},"results":{"bindings":[' + b"{}," * 3_000_000
    liar.always = lambda _: told(headers={"Content-Type": JSON}, body=rows)
    with pytest.raises(StoreError, match="larger than 8,388,608 bytes"):
        EndpointStore(liar.url, NOBODY).graphs()

"""Addresses and secrets: what is taken, what is refused, and what no message shows."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehabgraph.graph.endpoint.address import Credentials, read_address, read_credentials
from rehabgraph.graph.endpoint.digest import answer_challenge
from rehabgraph.graph.errors import StoreError


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@127.0.0.1/sparql",
        "http://secret@127.0.0.1/sparql",
        "https://@127.0.0.1/sparql",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "127.0.0.1:8890/sparql",
        "http:///sparql",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1/#here",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX-Evil: 1",
        "http://h\u00f6st/",
        "",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    """Schemes of files, user names in the address, line breaks: refused, and no secret shown."""
    with pytest.raises(StoreError) as caught:
        read_address(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_parts_of_an_address() -> None:
    """Host, port and path are as written; the query stays out of messages."""
    address = read_address("https://db.example:8443/a/sparql?key=hush")
    assert (address.scheme, address.host, address.port) == ("https", "db.example", 8443)
    assert address.target == "/a/sparql?key=hush"
    assert str(address) == "https://db.example:8443/a/sparql"
    assert read_address("http://[::1]:8890/sparql").url == "http://[::1]:8890/sparql"
    assert read_address("https://db.example").server == ("db.example", 443)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_one_line_error(text: str) -> None:
    """Nothing but our own error comes out, and what is taken is http or https."""
    message = ""
    try:
        assert read_address(text).scheme in ("http", "https")
    except StoreError as e:
        message = str(e)
    assert "\n" not in message


def test_credentials_from_the_environment() -> None:
    """A user name with a password, or a token; nobody when neither is there."""
    assert not read_credentials({})
    user = {"REHABGRAPH_ENDPOINT_USER": "me", "REHABGRAPH_ENDPOINT_PASSWORD": "pw"}
    assert read_credentials(user) == Credentials("me", "pw")
    assert read_credentials({"REHABGRAPH_ENDPOINT_TOKEN": "t"}) == Credentials("", "", "t")
    for wrong in (
        {"REHABGRAPH_ENDPOINT_USER": "me"},
        {"REHABGRAPH_ENDPOINT_PASSWORD": "hush"},
        {**user, "REHABGRAPH_ENDPOINT_TOKEN": "hush"},
        {"REHABGRAPH_ENDPOINT_TOKEN": "hush\r\nX: 1"},
        {"REHABGRAPH_ENDPOINT_USER": "a:b", "REHABGRAPH_ENDPOINT_PASSWORD": "hush"},
    ):
        with pytest.raises(StoreError) as caught:
            read_credentials(wrong)
        assert "hush" not in str(caught.value)


def test_credentials_from_a_file_that_is_ours_alone(tmp_path: Path) -> None:
    """Lines of key = value; a file that others may read is refused, and so is a wrong line."""
    file = tmp_path / "who"
    file.write_text("# mine\nuser = me\npassword = a = b\n")
    named = {"REHABGRAPH_ENDPOINT_CREDENTIALS": str(file)}
    file.chmod(0o600)
    assert read_credentials(named) == Credentials("me", "a = b")
    file.chmod(0o640)
    if os.name == "posix":
        with pytest.raises(StoreError, match="chmod 600"):
            read_credentials(named)
    file.chmod(0o600)
    for text in ("hush\n", "user = a\nuser = b\n", "colour = hush\n"):
        file.write_text(text)
        with pytest.raises(StoreError) as caught:
            read_credentials(named)
        assert "hush" not in str(caught.value)
    file.write_bytes(b"user = \xff\n")
    with pytest.raises(StoreError, match="UTF-8"):
        read_credentials(named)
    with pytest.raises(StoreError, match="cannot be read"):
        read_credentials({"REHABGRAPH_ENDPOINT_CREDENTIALS": str(tmp_path / "none")})


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_is_that_of_the_standard(algorithm: str, response: str) -> None:
    """The worked example of RFC 7616, section 3.9.1."""
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", '
        f"algorithm={algorithm}, "
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    answer = answer_challenge(
        challenge,
        Credentials("Mufasa", "Circle of Life"),
        "GET",
        "/dir/index.html",
        "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    )
    assert answer is not None
    assert f'response="{response}"' in answer


@pytest.mark.parametrize(
    "challenge", ["Basic realm=x", "Digest realm=x", 'Digest realm="r", nonce="n", algorithm=X', ""]
)
def test_a_challenge_that_cannot_be_answered(challenge: str) -> None:
    """Another scheme, one without a nonce, an unknown hash: no answer."""
    assert answer_challenge(challenge, Credentials("a", "b"), "GET", "/") is None

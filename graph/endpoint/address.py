"""The address of a SPARQL server, and who asks there.

A secret comes from the environment or from a file that only its owner may read; never from an
argument or an address, and no message holds one.
"""

import base64
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rehabgraph.graph.errors import StoreError

USER = "REHABGRAPH_ENDPOINT_USER"
PASSWORD = "REHABGRAPH_ENDPOINT_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN = "REHABGRAPH_ENDPOINT_TOKEN"  # noqa: S105 - the name of a variable
FILE = "REHABGRAPH_ENDPOINT_CREDENTIALS"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MOST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a server, checked.

    Attributes:
        scheme: http or https.
        host: name or number of the machine.
        port: port there.
        target: path and query, as a request line holds them.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read what is sent: TLS, or this machine itself."""
        return self.scheme == "https" or self.host in _LOOPBACK

    @property
    def server(self) -> tuple[str, int]:
        """Host and port: what a redirect may not leave."""
        return self.host, self.port

    @property
    def url(self) -> str:
        """The whole address, also what a message leaves out."""
        return self._root + self.target

    @property
    def _root(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.scheme == "https" else 80)
        return f"{self.scheme}://{host}{'' if usual else f':{self.port}'}"

    def __str__(self) -> str:
        """Return the address for messages: without its query, which may hold a key."""
        return self._root + self.target.partition("?")[0]


def read_address(url: str) -> Address:
    """Return the parts of a server's address.

    >>> str(read_address("http://127.0.0.1:8890/sparql?key=secret"))
    'http://127.0.0.1:8890/sparql'

    Raises:
        StoreError: it is no address of http or https, or holds a user name or password.
    """
    if not url.isascii() or re.search(r"[\x00-\x20\x7f<>\"{}|\\^`]", url):
        raise StoreError("--endpoint: not an address; write http://HOST:PORT/PATH in plain ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname
    except ValueError as e:
        raise StoreError("--endpoint: not an address; write http://HOST:PORT/PATH") from e
    if "@" in parts.netloc:
        raise StoreError(
            "--endpoint: the address holds a user name or password; leave them out and set "
            f"{USER} and {PASSWORD}, or {FILE}"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise StoreError("--endpoint: not an address of a server; write http://HOST:PORT/PATH")
    if parts.fragment:
        raise StoreError("--endpoint: an endpoint's address has no part after #")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user name with a password, or a token; empty for nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.user or self.token)

    @property
    def basic(self) -> str:
        """The header's value for Basic authentication."""
        pair = f"{self.user}:{self.password}".encode()
        return "Basic " + base64.b64encode(pair).decode()


def read_credentials(environ: Mapping[str, str] | None = None) -> Credentials:
    """Return who asks, from the environment or from the file that it names.

    The file holds lines such as `user = …`, `password = …` or `token = …`.

    Raises:
        StoreError: the file cannot be read, others may read it, or something is missing.
    """
    env = os.environ if environ is None else environ
    found = {"user": env.get(USER, ""), "password": env.get(PASSWORD, "")}
    found["token"] = env.get(TOKEN, "")
    where = "the environment"
    if not any(found.values()) and (name := env.get(FILE)):
        found |= _read_file(Path(name))
        where = name
    if bool(found["user"]) != bool(found["password"]):
        raise StoreError(f"{where}: a user name and a password belong together; give both")
    if found["token"] and found["user"]:
        raise StoreError(f"{where}: give a user name and password, or a token, not both")
    for key, value in found.items():
        if not value.isprintable() or (key == "user" and ":" in value):
            raise StoreError(f"{where}: the {key} holds a sign that cannot be sent")
    return Credentials(found["user"], found["password"], found["token"])


def _read_file(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            about = os.fstat(file.fileno())
            if os.name == "posix" and (
                stat.S_IMODE(about.st_mode) & 0o077 or about.st_uid not in (os.getuid(), 0)
            ):
                raise StoreError(f"{path}: others may read it; make it yours alone: chmod 600")
            text = file.read(_MOST + 1).decode()
    except OSError as e:
        raise StoreError(f"{path}: cannot be read ({e.strerror})") from e
    except UnicodeDecodeError as e:
        raise StoreError(f"{path}: not a text in UTF-8") from e
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or key not in ("user", "password", "token") or key in found:
            raise StoreError(f"{path}: line {number}: write user = …, password = … or token = …")
        found[key] = value
    return found

"""Read a request of the SPARQL 1.1 Protocol: what it asks, of which graphs, in which form.

Source: https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect, Request

from rehabgraph.views.server.options import MAX_FIELDS, Options
from rehabgraph.views.server.problem import Problem

FORM_TYPE, QUERY_TYPE = "application/x-www-form-urlencoded", "application/sparql-query"
ACCEPT_POST = f"{QUERY_TYPE}, {FORM_TYPE}"
_DRAIN_BYTES = 8 * 1024 * 1024


class Refused(Exception):
    """The request is refused for this reason."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.problem = Problem(status, detail, headers or {})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        query: None when it asks for the service description.
        example: the saved question that a page's form begins with.
    """

    query: str | None = None
    default: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    form: str | None = None
    example: str = ""


async def read_request(request: Request, options: Options) -> Asked:
    """Return what a request asks for.

    Raises:
        Refused: it is no query that this endpoint takes.
    """
    raw = request.scope["query_string"]
    if len(raw) > options.header_bytes:
        raise Refused(414, "the address is too long; send the query by POST")
    fields = _read_fields(raw, "address")
    if request.method == "POST":
        kind, _, parameters = request.headers.get("content-type", "").partition(";")
        _check_charset(parameters)
        kind = kind.strip().lower()
        if kind in ("application/sparql-update",):
            raise Refused(400, "this endpoint only reads; updates are refused")
        if kind not in (FORM_TYPE, QUERY_TYPE):
            raise Refused(
                415, f"send a query as {FORM_TYPE} or {QUERY_TYPE}", {"Accept-Post": ACCEPT_POST}
            )
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415, "send the body without compression")
        body = await read_body(request, options)
        if kind == QUERY_TYPE:
            fields.append(("query", _decode(body, "query")))
        else:
            fields += _read_fields(body, "form")
    return _read_asked(request, fields)


def _read_asked(request: Request, fields: list[tuple[str, str]]) -> Asked:
    def values(name: str) -> list[str]:
        return [v for k, v in fields if k == name]

    if values("update") or values("using-graph-uri") or values("using-named-graph-uri"):
        raise Refused(400, "this endpoint only reads; updates are refused")
    queries = values("query")
    if len(queries) > 1:
        raise Refused(400, f"{len(queries)} queries in one request; send one")
    if not queries and (request.method == "POST" or values("default-graph-uri")):
        raise Refused(400, "the request has no query; send one as the parameter query")
    return Asked(
        queries[0] if queries else None,
        values("default-graph-uri"),
        values("named-graph-uri"),
        next(iter(values("format")), None),
        next(iter(values("example")), ""),
    )


async def read_body(request: Request, options: Options) -> bytes:
    """Return a request's body.

    Raises:
        Refused: it is too large or comes too slowly.
    """
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(options.request_seconds):
            async for piece in request.stream():
                size += len(piece)
                if size <= options.request_bytes:
                    body += piece
                elif size > _DRAIN_BYTES:
                    break  # a client that has sent that much will not read why
    except TimeoutError as e:
        raise Refused(
            408, f"the body did not come within {options.request_seconds:g} seconds"
        ) from e
    except ClientDisconnect as e:
        raise Refused(400, "the body is not whole") from e
    if size > options.request_bytes:
        raise Refused(
            413, f"the request is larger than {options.request_bytes:,} bytes; shorten it"
        )
    return bytes(body)


def _read_fields(raw: bytes, where: str) -> list[tuple[str, str]]:
    """Return the fields of a form or an address; UTF-8 and nothing else.

    Raises:
        Refused: it is not UTF-8, or has too many fields.
    """
    parts = [p for p in raw.split(b"&") if p]
    if len(parts) > MAX_FIELDS:
        raise Refused(400, f"the {where} has more than {MAX_FIELDS:,} fields")
    found = []
    for part in parts:
        key, _, value = part.replace(b"+", b" ").partition(b"=")
        found.append(
            (_decode(unquote_to_bytes(key), where), _decode(unquote_to_bytes(value), where))
        )
    return found


def _decode(raw: bytes, where: str) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise Refused(
            400, f"the {where} is not UTF-8 at byte {e.start + 1}; send it as UTF-8"
        ) from e
    if "\0" in text:
        raise Refused(400, f"the {where} holds a null character; leave it out")
    return text


def _check_charset(parameters: str) -> None:
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if key.strip().lower() == "charset" and charset not in ("utf-8", "utf8", "us-ascii"):
            raise Refused(415, f"the charset {charset[:40]} is not read here; send UTF-8")

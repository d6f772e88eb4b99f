"""Refusals: a status, one line that says what, where and what to do, as RFC 9457 asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request has no answer.

    Attributes:
        status: the HTTP status.
        detail: one line for people.
        headers: further headers.
        more: further members, such as `line` and `column`.
    """

    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def to_response(self) -> Response:
        """Return the problem as JSON."""
        return refuse(self.status, self.detail, dict(self.headers), **self.more)


def refuse(
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401 - whatever JSON can hold
) -> Response:
    """Return a refusal; see `Problem`.

    >>> refuse(400, "line 1, column 5: what is this?", line=1).status_code
    400
    """
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(
        json.dumps(body, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n",
        status,
        headers,
        media_type="application/problem+json",
    )

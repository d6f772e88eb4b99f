"""The log: one JSON object a line on standard error, without the text of queries."""

import json
import logging
import select
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any


def log(event: str, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write one line."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": now, "event": event, **values}, ensure_ascii=True, default=str)
    with suppress(OSError):  # nobody reads any more
        if _takes_more():
            print(line, file=sys.stderr, flush=True)


def _takes_more() -> bool:
    """Return whether a line can be written now: a log that nobody reads may not stop the server."""
    waiting = select.poll()
    try:
        waiting.register(sys.stderr, select.POLLOUT)
    except ValueError:  # no file
        return True
    return bool(waiting.poll(0))


class JsonHandler(logging.Handler):
    """What libraries log, as such lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, with the traceback of a bug."""
        values = {"level": record.levelname.lower(), "message": record.getMessage().strip()}
        if record.exc_info and record.exc_info[0] is not None:
            values["traceback"] = logging.Formatter().formatException(record.exc_info)
        log("server", **values)


def use_json_logs() -> None:
    """Send what the libraries log through `log`, from warnings up."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [JsonHandler()] if name in ("uvicorn", "asyncio") else []
        logger.setLevel(logging.WARNING)
        logger.propagate = name.startswith("uvicorn.")

"""The log: one JSON object a line on standard error, without the text of queries."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any


def log(event: str, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Write one line."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": now, "event": event, **values}, ensure_ascii=True, default=str)
    print(line, file=sys.stderr, flush=True)


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

"""Log lines as JSON, each with the id of the request that it belongs to."""

import json
import logging
import re
import sys
import uuid
from datetime import UTC, datetime
from typing import Final

from flask import Flask, Response, g, has_request_context, request

__all__ = ["REQUEST_ID", "JsonLines", "register_request_ids", "start_logging"]

REQUEST_ID: Final = "X-Request-ID"
"""Name of the header that carries the id, in and out."""

_LOGGER: Final = "ctcrimes"
_ACCEPTED: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; request and traceback where known."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["request_id"] = g.request_id
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start_logging(level: str) -> None:
    """Write what the application says to the standard error stream, once however often called."""
    logger = logging.getLogger(_LOGGER)
    logger.setLevel(level)
    if not any(isinstance(handler.formatter, JsonLines) for handler in logger.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)


def register_request_ids(server: Flask) -> None:
    """Give each request an id, or take the proxy's where it is a plain one; the answer tells it."""

    @server.before_request
    def identify() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex

    @server.after_request
    def tell(response: Response) -> Response:
        response.headers[REQUEST_ID] = g.get("request_id", "")
        return response

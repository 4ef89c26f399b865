"""The application with one address more, whose answer takes three seconds."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from webapp.app import create_app
from webapp.settings import read_settings

__all__ = ["server"]

_application: Callable[..., Iterable[bytes]] = create_app(read_settings()).server


def server(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application."""
    if environ["PATH_INFO"] != "/test/slow":
        return _application(environ, start_response)
    time.sleep(3.0)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
    return [b"done"]

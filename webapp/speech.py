"""Each request is answered in the language that its address names.

The address of a page stands in the query string; a callback carries that of its page among its
inputs. It is read before anything is made, so that whatever answers, an error too, speaks it.
"""

from typing import Any

from flask import Flask, request

from webapp import ids
from webapp.guard import CALLBACK_PATH, received_message
from webapp.language import start_speaking
from webapp.urlstate.language import language_of

__all__ = ["register_speech", "search_of_message"]


def register_speech(server: Flask) -> None:
    """Choose the language at the start of each request."""

    @server.before_request
    def speak() -> None:
        is_callback = request.path == CALLBACK_PATH and request.method == "POST"
        search = (
            search_of_message(received_message())
            if is_callback
            else request.query_string.decode("utf-8", "replace")
        )
        start_speaking(language_of(search))


def search_of_message(message: object) -> object:
    """The query string of the page that a callback's message comes from; null without one."""
    if not isinstance(message, dict):
        return None
    for name in ("inputs", "state"):
        parts: Any = message.get(name)
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and _is_search(part):
                return part.get("value")
    return None


def _is_search(part: dict[str, object]) -> bool:
    return part.get("id") == ids.LOCATION and part.get("property") == "search"

"""Callbacks are a public POST interface: what no page of ours can have sent is answered with 400.

Dash checks the values of a callback but not the shape of the message around them, and answers a
message of another shape with a server error.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote_from_bytes

from dash import Dash, Output
from flask import request

__all__ = [
    "CALLBACK_PATH",
    "is_callback_message",
    "plain_queries",
    "received_message",
    "register_guard",
]

CALLBACK_PATH = "/_dash-update-component"
"""Where the browser sends the messages of all callbacks."""
_BAD_REQUEST = 400
_QUERY: Final = "QUERY_STRING"
_ASCII: Final = bytes(range(0x21, 0x7F)).decode()

_Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def register_guard(app: Dash) -> None:
    """Refuse messages of another shape before Dash reads them."""
    server: Any = app.server

    def refuse() -> tuple[str, int] | None:
        if request.path != CALLBACK_PATH or request.method != "POST":
            return None
        if is_callback_message(received_message(), callbacks=app.callback_map):
            return None
        return "This is not a message of one of the pages.", _BAD_REQUEST

    server.before_request(refuse)


def plain_queries(application: _Application) -> _Application:
    """Escape every byte of a query string that may not stand in one.

    Werkzeug fails at such bytes wherever a value is first asked for, also while it answers.
    """

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get(_QUERY, "").encode("latin-1", "replace")
        environ[_QUERY] = quote_from_bytes(given, safe=_ASCII)
        return application(environ, start_response)

    return guarded


def received_message() -> object:
    """The body of the request as parsed JSON; null where it is none."""
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, more than any page sends
        return None


def is_callback_message(message: object, *, callbacks: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the message has the shape of one of the callbacks that the server answers."""
    if not isinstance(message, dict) or not isinstance(message.get("output"), str):
        return False
    callback = callbacks.get(message["output"])
    if callback is None or "callback" not in callback:
        return False
    changed = message.get("changedPropIds", [])
    return (
        _names(message.get("inputs")) == _names(callback["inputs"])
        and _names(message.get("state", [])) == _names(callback["state"])
        and isinstance(changed, list)
        and all(isinstance(each, str) for each in changed)
        and _are_outputs(message.get("outputs"), expected=callback["output"])
    )


def _names(parts: object) -> list[tuple[str, str]] | None:
    """Id and property of each part; null for anything else."""
    if not isinstance(parts, list):
        return None
    names = []
    for part in parts:
        if not isinstance(part, dict):
            return None
        identifier, prop = part.get("id"), part.get("property")
        if not isinstance(identifier, str) or not isinstance(prop, str):
            return None
        names.append((identifier, prop))
    return names


def _are_outputs(found: object, *, expected: Output | list[Output]) -> bool:
    if not isinstance(expected, list):
        return _is_output(found, expected=expected)
    return (
        isinstance(found, list)
        and len(found) == len(expected)
        and all(
            _is_output(one, expected=output) for one, output in zip(found, expected, strict=True)
        )
    )


def _is_output(found: object, *, expected: Output) -> bool:
    if isinstance(expected.component_id, dict):
        return isinstance(found, list) and all(_is_wild(one, expected=expected) for one in found)
    return (
        isinstance(found, dict)
        and found.get("id") == expected.component_id
        and found.get("property") == expected.component_property
    )


def _is_wild(found: object, *, expected: Output) -> bool:
    """One component of a wildcard: the same keys, and words where the callback has any."""
    if not isinstance(found, dict) or found.get("property") != expected.component_property:
        return False
    identifier, pattern = found.get("id"), expected.component_id
    return (
        isinstance(identifier, dict)
        and isinstance(pattern, dict)
        and identifier.keys() == pattern.keys()
        and all(isinstance(value, str) for value in identifier.values())
        and bool(identifier["type"] == pattern["type"])
    )

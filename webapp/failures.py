"""What a visitor is told when a request fails: words. The log has the rest."""

from typing import Any, Final

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask
from werkzeug.exceptions import InternalServerError

from webapp.components.document import error_document
from webapp.language import gettext

__all__ = ["register_failures"]

_NOT_FOUND: Final = 404
_FAILED: Final = 500


def register_failures(server: Flask) -> None:
    """Answer mistakes of ours with a page in words, and unknown addresses of scripts with 404.

    Flask writes the traceback of a mistake into the log before it asks for the answer.
    """

    def failed(_: Exception) -> tuple[str, int]:
        words = gettext("This page could not be made. Try again, or choose something else.")
        return error_document(title=gettext("Something went wrong"), text=words), _FAILED

    def no_script(_: Exception) -> tuple[str, int, dict[str, str]]:
        return "There is no such script.\n", _NOT_FOUND, {"Content-Type": "text/plain"}

    server.register_error_handler(InternalServerError, failed)
    # Dash raises these for a path that it does not serve, and Flask would call it a failure.
    unknown: tuple[Any, ...] = (DependencyException, InvalidResourceError)
    for kind in unknown:
        server.register_error_handler(kind, no_script)

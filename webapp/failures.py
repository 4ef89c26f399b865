"""What a visitor or a program is told when a request fails: words. The log has the rest."""

from http import HTTPStatus
from typing import Any, Final

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from webapp.components.document import error_document
from webapp.language import gettext

__all__ = ["PROBLEM", "asked_by_a_program", "problem", "register_failures"]

PROBLEM: Final = "application/problem+json"
"""The media type of RFC 9457, "Problem Details for HTTP APIs"."""

_FOR_PROGRAMS: Final = ("/data/", "/geo/")


def asked_by_a_program() -> bool:
    """Whether the address is one of data, where no page is expected."""
    return request.path.startswith(_FOR_PROGRAMS)


def problem(status: int, *, detail: str) -> Response:
    """The one shape of every failure below ``/data`` and ``/geo``.

    Args:
        status: Of HTTP.
        detail: What is wrong and what to do, for a person who reads it.
    """
    response = jsonify(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail
    )
    response.status_code = status
    response.mimetype = PROBLEM
    response.headers["Cache-Control"] = "no-store"
    return response


def register_failures(server: Flask) -> None:
    """Answer mistakes of ours and of programs in words, and unknown addresses of scripts with 404.

    Flask writes the traceback of a mistake into the log before it asks for the answer.
    """
    server.register_error_handler(InternalServerError, _failed)
    server.register_error_handler(MethodNotAllowed, _not_so)
    server.register_error_handler(HTTPException, _refused)
    # Dash raises these for a path that it does not serve, and Flask would call it a failure.
    unknown: tuple[Any, ...] = (DependencyException, InvalidResourceError)
    for kind in unknown:
        server.register_error_handler(kind, _no_script)


def _failed(_: Exception) -> Response | tuple[str, int]:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if asked_by_a_program():
        return problem(status, detail=gettext("This could not be made. Try again later."))
    words = gettext("This page could not be made. Try again, or choose something else.")
    return error_document(title=gettext("Something went wrong"), text=words), status


def _not_so(error: MethodNotAllowed) -> Response | HTTPException:
    if not asked_by_a_program():
        return error
    response = problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        detail=gettext("This address can only be read: ask with GET."),
    )
    response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _refused(error: HTTPException) -> Response | HTTPException:
    if not asked_by_a_program() or error.code is None:
        return error
    return problem(error.code, detail=error.description or "")


def _no_script(_: Exception) -> tuple[str, int, dict[str, str]]:
    return "There is no such script.\n", HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}

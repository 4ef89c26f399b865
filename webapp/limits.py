"""How often one visitor may ask for data; pages and their callbacks are not counted."""

import ipaddress
import math
import time
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter

from webapp.failures import problem
from webapp.language import gettext
from webapp.settings import Settings

__all__ = ["register_limits", "visitor"]

_DATA: Final = "/data/"
_TOO_MANY: Final = 429
_NEIGHBOURHOOD: Final = 64  # bits of an IPv6 address that a visitor does not choose


def register_limits(server: Flask, *, settings: Settings) -> None:
    """Answer 429, in words and with ``Retry-After``, to a visitor who asks for data too often.

    The counts stand in Redis where the settings name one, so that all workers share them; else each
    worker counts for itself, and a visitor may ask as many times more often as there are workers.
    While Redis cannot be reached, each worker counts for itself as well.
    """
    if not settings.rate_limit:
        return
    options: dict[str, str | int] = {}
    if settings.cache_url:
        from webapp.cache_redis import connection_options  # noqa: PLC0415 - few need the client

        options = connection_options()
    limiter = Limiter(
        visitor,
        app=server,
        application_limits=[settings.rate_limit],
        storage_uri=settings.cache_url or "memory://",
        storage_options=options,
        strategy="sliding-window-counter",
        key_prefix="ctcrimes",
        in_memory_fallback_enabled=True,
    )
    limiter.request_filter(lambda: not request.path.startswith(_DATA))

    def refuse(_: Exception) -> Response:
        limit = limiter.current_limit
        wait = 1 if limit is None else max(1, math.ceil(limit.reset_at - time.time()))
        words = gettext(
            "You have asked for data too often. Please wait {seconds} s and try again.",
            seconds=str(wait),
        )
        response = problem(_TOO_MANY, detail=words)
        response.headers["Retry-After"] = str(wait)
        return response

    server.register_error_handler(_TOO_MANY, refuse)


def visitor() -> str:
    """Who asks, as far as an address tells: an IPv6 visitor has a whole network to ask from."""
    given = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given or "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _NEIGHBOURHOOD), strict=False))
    return str(address)

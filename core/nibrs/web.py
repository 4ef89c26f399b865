"""A small web client over the standard library whose failures are all DownloadError.

Only http and https are followed, from https only https. No message quotes an address beyond its
host: a signed link is a secret while it lives.
"""

import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from core.errors import DownloadError

__all__ = [
    "BUSY_STATUSES",
    "EXPIRED_STATUSES",
    "PassingTroubleError",
    "WebClient",
    "host_of",
]

BUSY_STATUSES = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses after which the same request may succeed a little later."""

EXPIRED_STATUSES = frozenset({400, 401, 403})
"""How an object store refuses a signed link: 403 when it expired, 400 or 401 when the session of
its signer did."""

_CHUNK = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_USER_AGENT = "ct-crimes"


class PassingTroubleError(DownloadError):
    """Signal between the modules of this room, never seen outside: another attempt may succeed."""


class _OnlyRedirectsAreSpecial(urllib.request.HTTPErrorProcessor):
    """Hands every status but a redirect to the caller, with its body, instead of raising."""

    def http_response(
        self, request: urllib.request.Request, response: HTTPResponse
    ) -> HTTPResponse:
        if response.status not in _REDIRECTS:
            return response
        # Else the standard library reads the body of the redirect, whatever its size, and leaves
        # the connection open when the new address makes no sense.
        response.close()
        followed: HTTPResponse = super().http_response(request, response)
        return followed

    https_response = http_response


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        _check_address(newurl, secure=req.type == "https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener() -> urllib.request.OpenerDirector:
    # Not build_opener: that one reads file: and data: addresses too.
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        _OnlyRedirectsAreSpecial(),
        _SafeRedirects(),
    ):
        opener.add_handler(handler)
    return opener


@dataclass(frozen=True, kw_only=True)
class WebClient:
    """Opens web addresses and reads answers piece by piece.

    Attributes:
        timeout: Seconds without a byte after which the server counts as silent.
        secure: Whether only https is followed.
    """

    timeout: float
    secure: bool

    @contextmanager
    def answer(
        self, url: str, *, headers: Mapping[str, str] | None = None
    ) -> Iterator[HTTPResponse]:
        """The answer to a GET, whatever its status, redirects followed; closed at the end.

        Args:
            url: Web address.
            headers: Headers of the request.

        Yields:
            The answer, its body not yet read.

        Raises:
            PassingTroubleError: The connection failed or the server was silent.
            DownloadError: The address, or one that it redirects to, must not be followed.
        """
        _check_address(url, secure=self.secure)
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
            url, headers={"User-Agent": _USER_AGENT, **(headers or {})}
        )
        with self._translated(host_of(url)):
            response: HTTPResponse = _opener().open(request, timeout=self.timeout)
        with response:
            yield response

    def chunks(self, response: HTTPResponse, *, host: str) -> Iterator[bytes]:
        """The body as it arrives, in pieces of at most 1 MiB.

        Args:
            response: An answer that is still open.
            host: Who sends it, for messages.

        Yields:
            Pieces, none empty.

        Raises:
            PassingTroubleError: The connection broke, the server was silent, or the body ended
                before the ``Content-Length`` that it announced.
        """
        while True:
            with self._translated(host):
                # read() would wait for a full piece, and lose it when the connection breaks.
                chunk = response.read1(_CHUNK)
            if not chunk:
                break
            yield chunk
        if response.length:
            raise PassingTroubleError(
                f"{host}: the connection ended {response.length} bytes too early"
            )

    @contextmanager
    def _translated(self, host: str) -> Iterator[None]:
        """Errors of the standard library as ours, without the address that some of them quote."""
        try:
            yield
        except HTTPError as error:
            error.close()
            raise DownloadError(
                f"{host}: its redirect (status {error.code}) leads nowhere; try again later"
            ) from None
        except ValueError:
            raise DownloadError(f"{host}: its address or its answer cannot be understood") from None
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise DownloadError(
                    f"{host}: its certificate is not trusted ({reason.verify_message}); check the "
                    "clock and the certificates of this computer"
                ) from None
            raise PassingTroubleError(f"{host}: {self._trouble(reason)}") from None

    def _trouble(self, reason: object) -> str:
        if isinstance(reason, TimeoutError):
            return f"no answer within {self.timeout:g} s"
        if isinstance(reason, OSError) and reason.strerror:
            return reason.strerror
        if isinstance(reason, HTTPException):
            return f"the connection broke or made no sense ({type(reason).__name__})"
        return "no connection; if there is a proxy, check its settings"


def host_of(url: str) -> str:
    """The host of a web address, the only part of it that a message may hold.

    >>> host_of("https://store.example:8443/file?signature=secret")
    'store.example'
    """
    return urlsplit(url).hostname or "?"


def _check_address(url: str, *, secure: bool) -> None:
    schemes = ("https",) if secure else ("http", "https")
    try:
        address = urlsplit(url)
        # Reading the port checks it.
        usable = address.scheme in schemes and bool(address.hostname) and address.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise DownloadError(
            "the service pointed to an address that is not followed; expected one that begins "
            f"with {' or '.join(schemes)}. Try again later; if it stays so, the service has changed"
        )

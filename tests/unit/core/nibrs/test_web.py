import io
import json
import socket
import ssl
import urllib.request
from collections.abc import Callable
from http.client import HTTPMessage
from pathlib import Path
from urllib.error import URLError

import pytest

from core.nibrs import web
from core.nibrs.download import (
    EXPLORER_URL,
    TransferPolicy,
    fetch_bundle,
)
from tests.support.explorer_fixtures import CONTENT, FILE, KEY, LINK, fails
from tests.support.explorer_server import SECRET, ExplorerServer, Fault


@pytest.mark.parametrize(
    "link",
    [
        "",
        "/relative",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "data:text/plain,a",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:1/a b",
        "http://127.0.0.1:1/\u00e9",
        "http://127.0.0.1:1/\r\nHost: other",
        "http://" + "a" * 70 + ".example/",
    ],
)
def test_a_link_that_is_no_web_address_is_not_followed(
    server: ExplorerServer, fetch: Callable[..., Path], link: str
) -> None:
    link += f"?X={SECRET}" if link else ""
    server.link_faults.append(Fault(body=json.dumps({KEY: link}).encode()))
    fails(fetch)
    assert server.log == [LINK]


# Redirects


def test_redirects_are_followed_with_the_range(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.uses = 2
    location = f"{server.url}/store/1/{KEY}?X={SECRET}"
    server.file_faults += [Fault(cut=1_000), Fault(status=307, headers={"Location": location})]
    assert fetch().read_bytes() == CONTENT
    assert server.log == [LINK, FILE, LINK, FILE + " bytes=1000-", FILE + " bytes=1000-"]


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:text/plain,a", "http://[::1", ""],
)
def test_redirects_elsewhere_are_not_followed(
    server: ExplorerServer, fetch: Callable[..., Path], location: str
) -> None:
    server.file_faults.append(Fault(status=302, headers={"Location": location}))
    fails(lambda: fetch(attempts=2))
    assert server.log == [LINK, FILE]


def test_a_redirect_in_a_circle_ends(server: ExplorerServer, fetch: Callable[..., Path]) -> None:
    server.uses = 100
    location = f"{server.url}/store/0/{KEY}?X={SECRET}"
    server.file_faults += [Fault(status=302, headers={"Location": location})] * 50
    fails(fetch, "127.0.0.1", "redirect")
    assert len(server.log) < 20


def test_nothing_leads_from_https_to_http() -> None:
    client = web.WebClient(timeout=1, secure=True)
    fails(lambda: client.answer(f"http://127.0.0.1:1/?X={SECRET}").__enter__(), "https")
    body = io.BytesIO(b"moved")
    request = urllib.request.Request("https://store.example/a")
    redirect = web._SafeRedirects().redirect_request
    there = f"//other.example/b?X={SECRET}"
    fails(
        lambda: redirect(request, body, 302, "Found", HTTPMessage(), f"http:{there}"),
        "https",
    )
    followed = redirect(request, body, 302, "Found", HTTPMessage(), f"https:{there}")
    assert followed is not None
    assert followed.full_url == f"https:{there}"


def test_a_proxy_that_refuses_may_do_so_in_passing() -> None:
    def open_it() -> None:
        with web.WebClient(timeout=1, secure=True)._translated("store.example"):
            raise OSError(f"Tunnel connection failed: {SECRET}")

    with pytest.raises(
        web.PassingTroubleError, match=r"store\.example: no connection.* proxy"
    ) as caught:
        open_it()
    assert SECRET not in str(caught.value)


def test_a_certificate_that_is_not_trusted_is_final() -> None:
    refusal = ssl.SSLCertVerificationError(1, "certificate verify failed")
    refusal.verify_message = "self-signed certificate"

    def open_it() -> None:
        with web.WebClient(timeout=1, secure=True)._translated("store.example"):
            raise URLError(refusal)

    error = fails(open_it, "store.example", "self-signed certificate", "clock")
    assert not isinstance(error, web.PassingTroubleError)


# No connection, no disk


def test_a_refused_connection_is_an_error(
    tmp_path: Path, policy: TransferPolicy, pauses: list[float]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        fails(
            lambda: fetch_bundle("CT", year=2023, folder=tmp_path, base_url=url, policy=policy),
            "CT-2023.zip",
            "127.0.0.1",
            "refused",
        )
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_name_that_does_not_resolve_is_an_error(
    tmp_path: Path, policy: TransferPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    fails(
        lambda: fetch_bundle("CT", year=2023, folder=tmp_path, policy=policy),
        "cde.ucr.cjis.gov",
        "Name or service not known",
    )
    assert EXPLORER_URL == "https://cde.ucr.cjis.gov"


@pytest.mark.parametrize("side", ["link_faults", "file_faults"])
def test_a_server_that_never_answers_is_an_error(
    server: ExplorerServer, fetch: Callable[..., Path], side: str
) -> None:
    getattr(server, side).extend([Fault(silent=True)] * 2)
    fails(lambda: fetch(attempts=2, timeout=0.3), "2 attempts", "no answer within 0.3 s")


def test_a_server_that_does_not_speak_http_is_an_error(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.file_faults += [Fault(chunked=True, headers={"X-Long": SECRET * 9_000})] * 2
    fails(lambda: fetch(attempts=2), "2 attempts", "LineTooLong")

"""The shipped nginx.conf, checked by nginx and run before gunicorn on loopback."""

import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.gunicorn_server import Gunicorn
from tests.support.redis_server import free_port

pytestmark = pytest.mark.nginx

_SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_PATIENCE = 10.0  # seconds


def configuration(work: Path, *, port: int, behind: str) -> Path:
    """The shipped file with addresses and folders of this machine."""
    text = _SHIPPED.read_text()
    replaced = {
        "listen 8080": f"listen 127.0.0.1:{port}",
        "server web:8050": f"server {behind}",
        "/run/nginx.pid": str(work / "nginx.pid"),
        "/dev/stdout": str(work / "access.log"),
        "http {": "http {\n"
        + "".join(f"    {each}_temp_path {work}/{each};\n" for each in _TEMPORARY),
    }
    for shipped, here in replaced.items():
        assert shipped in text
        text = text.replace(shipped, here)
    if os.geteuid() == 0:
        text = f"user root;\n{text}"  # the folders of a test belong to it
    path = work / "nginx.conf"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def address(
    small_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    """Host and port of an nginx before a gunicorn that answers one visitor ten times a day."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("no nginx on the path: its configuration cannot be run here")
    work, port = tmp_path_factory.mktemp("nginx"), free_port()
    settings = {
        "CTCRIMES_DATASET": str(small_folder),
        "CTCRIMES_CACHE_DIR": str(work / "cache"),
        "CTCRIMES_PROXIES": "1",
        "CTCRIMES_RATE_LIMIT": "10/day",
        "CTCRIMES_METRICS": "on",
        "WEB_CONCURRENCY": "1",
    }
    with Gunicorn(work=work, settings=settings) as behind:
        path = configuration(work, port=port, behind=urlsplit(behind.address).netloc)
        command = [program, "-p", str(work), "-c", str(path)]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)  # noqa: S603 - our own
        assert checked.returncode == 0, checked.stderr
        assert "warn" not in checked.stderr
        process = subprocess.Popen([*command, "-g", "daemon off;"])  # noqa: S603 - our own server
        try:
            end = time.monotonic() + _PATIENCE
            while ask(("127.0.0.1", port), "/health")[0] != 200:
                assert time.monotonic() < end
                time.sleep(0.05)
            yield "127.0.0.1", port
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def ask(
    address: tuple[str, int],
    path: str,
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; status 0 where the connection is closed without an answer."""
    connection = http.client.HTTPConnection(*address, timeout=_PATIENCE)
    try:
        connection.request("POST" if body else "GET", path, headers=headers or {}, body=body)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, told, answer.read()
    except (ConnectionError, http.client.HTTPException):
        return 0, {}, b""
    finally:
        connection.close()


def test_a_page_comes_through_with_its_own_address_and_headers(address: tuple[str, int]) -> None:
    status, headers, body = ask(address, "/town/alder")
    assert status == 200
    assert f'content="http://{address[0]}:{address[1]}/' in body.decode()
    assert headers["server"] == "nginx"
    assert len(headers["x-request-id"]) == 32
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    _, headers, _ = ask(address, "/", headers={"Accept-Encoding": "br"})
    assert headers["content-encoding"] == "br"


def test_another_host_gets_no_answer(address: tuple[str, int]) -> None:
    assert ask(address, "/", headers={"Host": "evil.example"})[0] == 0


@pytest.mark.parametrize("path", ["/metrics", "/ready", "/%6detrics", "//metrics", "/x/../metrics"])
def test_what_is_for_the_operator_is_not_passed_on(address: tuple[str, int], path: str) -> None:
    status, _, body = ask(address, path)
    assert status == 404
    assert b"ctcrimes_requests" not in body


def test_a_body_that_is_too_large_stops_at_the_proxy(address: tuple[str, int]) -> None:
    assert ask(address, "/_dash-update-component", body=b"x" * 70_000)[0] == 413


def test_a_visitor_cannot_choose_who_he_is(address: tuple[str, int]) -> None:
    statuses = [
        ask(address, "/data/map.csv", headers={"X-Forwarded-For": f"192.0.2.{number}"})[0]
        for number in range(12)
    ]
    assert statuses == [200] * 10 + [429] * 2
    _, headers, body = ask(address, "/data/map.csv")
    assert int(headers["retry-after"]) > 0
    assert b"too often" in body

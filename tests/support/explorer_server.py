"""A Crime Data Explorer on 127.0.0.1, with the faults of real networks on demand."""

import json
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

__all__ = ["SECRET", "ExplorerServer", "Fault"]

SECRET = "Signature-4f1d"  # noqa: S105 - stands in every signed link, to be looked for in messages


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How one answer departs from the protocol.

    Attributes:
        status: Sent in place of 200 or 206, with ``body`` when that is given, else without one.
        body: Sent in place of the right body.
        headers: Added, or replacing the right ones; an empty value leaves the header out.
        cut: The connection ends after so many bytes of the body.
        reset: The connection is reset, not closed, where it is cut.
        silent: Nothing more is sent where it is cut, and the connection stays open.
        linger: The connection stays open after a complete answer.
        ignore_range: The whole file is sent whatever range was asked for.
        chunked: The body goes in chunks, without a length.
    """

    status: int | None = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    reset: bool = False
    silent: bool = False
    linger: bool = False
    ignore_range: bool = False
    chunked: bool = False


class ExplorerServer(ThreadingHTTPServer):
    """The service that signs links and the object store that serves them, on one port.

    Attributes:
        files: Content by key; what is not here is not published.
        etags: ETag by key; a file without one is served without the header.
        link_faults: Faults of the next answers of the signing service, first come first served.
        file_faults: The same for the object store.
        uses: How often a signed link works before it is refused with 403.
        log: Each request: "link KEY", "file NAME" or "file NAME RANGE".
        crashes: What went wrong in the server itself.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.etags: dict[str, str] = {}
        self.link_faults: deque[Fault] = deque()
        self.file_faults: deque[Fault] = deque()
        self.uses = 1
        self.log: list[str] = []
        self.crashes: list[str] = []
        self.closing = threading.Event()
        self.tokens: list[int] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: object, client_address: object) -> None:
        del request
        self.crashes.append(str(client_address))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ExplorerServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        del format, args

    def do_GET(self) -> None:
        self.close_connection = True
        address = urlsplit(self.path)
        try:
            if address.path == "/LATEST/s3/signedurl":
                self._sign(parse_qs(address.query)["key"][0])
            elif address.path.startswith("/store/"):
                self._serve(*address.path.removeprefix("/store/").split("/", 1))
            else:
                self._send(Fault(status=404), body=b"", headers={})
        except ConnectionError:
            pass  # the client went away, as some tests want

    def _sign(self, key: str) -> None:
        server = self.server
        server.log.append(f"link {key}")
        server.tokens.append(0)
        link = f"{server.url}/store/{len(server.tokens) - 1}/{key}?X-Amz-Signature={SECRET}"
        answer = {key: link} if key in server.files else {}
        fault = server.link_faults.popleft() if server.link_faults else Fault()
        self._send(fault, body=json.dumps(answer).encode(), headers={})

    def _serve(self, token: str, key: str) -> None:
        server, wanted = self.server, self.headers.get("Range")
        server.log.append(" ".join(["file", key.rpartition("/")[2], *([wanted] if wanted else [])]))
        server.tokens[int(token)] += 1
        fault = server.file_faults.popleft() if server.file_faults else Fault()
        content = server.files[key]
        headers = {"ETag": server.etags.get(key, "")}
        first = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if server.tokens[int(token)] > server.uses:
            self._send(Fault(status=403), body=b"", headers={})
        elif wanted and not fault.ignore_range and first >= len(content):
            total = {"Content-Range": f"bytes */{len(content)}"}
            self._send(Fault(status=416, headers=fault.headers), body=b"", headers=total)
        elif wanted and not fault.ignore_range:
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            self._send(fault, body=content[first:], headers=headers, status=206)
        else:
            self._send(fault, body=content, headers=headers)

    def _send(
        self, fault: Fault, *, body: bytes, headers: dict[str, str], status: int = 200
    ) -> None:
        if fault.silent and fault.cut is None:
            self.server.closing.wait()
            return
        if fault.body is not None or fault.status is not None:
            body = fault.body or b""
        length = {} if fault.chunked else {"Content-Length": str(len(body))}
        chunked = {"Transfer-Encoding": "chunked"} if fault.chunked else {}
        self.send_response(fault.status or status)
        for name, value in (length | chunked | headers | fault.headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        sent = body[: fault.cut]
        if fault.chunked:
            end = b"0\r\n\r\n" if fault.cut is None else b""
            sent = b"%x\r\n%s\r\n" % (len(sent), sent) + end
        self.wfile.write(sent)
        self._end(fault)

    def _end(self, fault: Fault) -> None:
        if fault.silent or fault.linger:
            self.server.closing.wait()
        if fault.reset:
            # An immediate RST instead of an orderly FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

"""What never changes under its address: kept by browsers for a year, compressed once.

The addresses of our style sheets and scripts hold a piece of their content's hash, so a browser
needs no question whether they are still the same. What may be kept that long is compressed well,
which takes half a second for Plotly's script, and the result is kept in memory.
"""

import hashlib
import re
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import brotli
import plotly
from flask import Flask, Response, request

__all__ = [
    "BOOTSTRAP_STYLES",
    "FOREVER",
    "PLOTLY_SCRIPT",
    "asset_digests",
    "bootstrap_styles",
    "plotly_script",
    "register_compression",
    "register_static",
    "with_digests",
]

FOREVER: Final = "public, max-age=31536000, immutable"
"""Value of ``Cache-Control`` for what never changes: a year, the longest that is customary."""

PLOTLY_SCRIPT: Final = "/_dash-component-suites/plotly/package_data/plotly.min.js"
"""Where Dash serves Plotly's script, without a hash of its own."""

BOOTSTRAP_STYLES: Final = "/bootstrap.css"
"""Where Bootstrap's style sheet is served."""

_DIGEST: Final = 12
_QUALITY: Final = 9  # of Brotli's 11: the last two cost 30 times as long for a tenth
_MOST_KEPT: Final = 64
_YEAR: Final = "max-age=31536000"
_OK: Final = 200
# Dash puts the time of the last change behind its own addresses.
_ADDRESS: Final = re.compile(
    rf'"(/assets/[^"?]+|/theme\.css|{BOOTSTRAP_STYLES}|{re.escape(PLOTLY_SCRIPT)})(?:\?m=[0-9.]+)?"'
)


def plotly_script() -> bytes:
    """Plotly's script, from the installed package."""
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


def bootstrap_styles() -> str:
    """Bootstrap's style sheet, from the installed package, in a layer below every style of ours.

    A layer loses against what stands in none, whatever the selectors (CSS Cascading and Inheritance
    Level 5, section 6.4).
    """
    package = find_spec("flask_bootstrap")  # not imported: only its copy of Bootstrap is wanted
    if package is None or package.origin is None:
        raise ModuleNotFoundError("Bootstrap-Flask is not installed: install requirements.txt")
    folder = Path(package.origin).parent / "static" / "bootstrap5" / "css"
    text = (folder / "bootstrap.min.css").read_text(encoding="utf-8")
    own = text.removeprefix('@charset "UTF-8";').partition("/*# sourceMappingURL=")[0]
    return f"@layer bootstrap{{{own}}}\n"


def asset_digests(folder: Path, *, others: Mapping[str, bytes]) -> dict[str, str]:
    """A piece of the SHA-256 of every file, by its address.

    Args:
        folder: What is served under ``/assets/``.
        others: What is served under other addresses.
    """
    contents = {
        f"/assets/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return {
        address: hashlib.sha256(content).hexdigest()[:_DIGEST]
        for address, content in {**contents, **others}.items()
    }


def with_digests(document: str, *, digests: Mapping[str, str]) -> str:
    """The document with the hash in each address of ours that is known."""

    def hashed(found: re.Match[str]) -> str:
        digest = digests.get(found[1])
        return f'"{found[1]}?v={digest}"' if digest else found[0]

    return _ADDRESS.sub(hashed, document)


def register_static(server: Flask, *, digests: Mapping[str, str]) -> None:
    """Let browsers keep what is asked for with the hash of the content that it has now."""

    @server.after_request
    def keep(response: Response) -> Response:
        digest = request.args.get("v")
        if digest is not None and digest == digests.get(request.path):
            response.headers["Cache-Control"] = FOREVER
        return response


def register_compression(server: Flask) -> None:
    """Compress what may be kept for a year once in each worker, and better than on the fly.

    Everything else is left to Flask-Compress, which leaves alone what has an encoding.
    """
    kept: dict[str, bytes] = {}
    lock = threading.Lock()

    @server.after_request
    def compress(response: Response) -> Response:
        if not _may_be_compressed(response):
            return response
        key = request.full_path
        with lock:
            body = kept.get(key)
            if body is None:
                response.direct_passthrough = False
                body = brotli.compress(response.get_data(), quality=_QUALITY)
                if len(kept) < _MOST_KEPT:
                    kept[key] = body
        response.direct_passthrough = False
        close = getattr(response.response, "close", None)
        if close is not None:  # a file that was opened to be sent, and is in memory already
            close()
        response.set_data(body)
        response.headers["Content-Encoding"] = "br"
        response.headers.pop("ETag", None)
        response.vary.add("Accept-Encoding")
        return response


def _may_be_compressed(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == _OK
        and _YEAR in response.headers.get("Cache-Control", "")
        and "Content-Encoding" not in response.headers
        and request.accept_encodings.quality("br") > 0
    )

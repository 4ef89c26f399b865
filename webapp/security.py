"""Response headers: nothing from elsewhere, no inline script but by hash.

No page of somebody else may hold ours in a frame, but for the one chart under ``/embed``.
"""

import json
from collections.abc import Sequence

from flask import Flask, Response, request

from webapp.pages.embed import EMBED_PREFIX

__all__ = ["content_security_policy", "register_security", "without_versions"]

_VERSIONS = ("dash_version", "dash_version_url", "python_version", "plotly_version", "ddk_version")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def content_security_policy(script_hashes: Sequence[str], *, framed_by: str = "'self'") -> str:
    """The policy; styles may be inline because Plotly and Dash write them.

    Args:
        script_hashes: Of the inline scripts.
        framed_by: Whose pages may hold this one in a frame.
    """
    scripts = " ".join(["'self'", *script_hashes])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {framed_by}"
    )


def without_versions(config: str) -> str:
    """Dash's page configuration without what only helps to look for known holes.

    Args:
        config: The script tag with the configuration as JSON.
    """
    start, end = config.index(">") + 1, config.rindex("<")
    content = json.loads(config[start:end])
    for name in _VERSIONS:
        content.pop(name, None)
    # As Dash writes it: nothing in it can end the tag.
    text = json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")
    return f"{config[:start]}{text}{config[end:]}"


def register_security(server: Flask, *, script_hashes: Sequence[str]) -> None:
    """Add the headers to every response."""
    policy = content_security_policy(script_hashes)
    anywhere = content_security_policy(script_hashes, framed_by="*")

    @server.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers[name] = value
        framed = _is_embedded(request.path)
        response.headers["Content-Security-Policy"] = anywhere if framed else policy
        if framed:
            del response.headers["X-Frame-Options"]
        return response


def _is_embedded(path: str) -> bool:
    return path == EMBED_PREFIX or path.startswith(f"{EMBED_PREFIX}/")

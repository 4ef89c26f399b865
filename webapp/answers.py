"""Finished answers, kept in the memory of each worker: the same question gets the same bytes.

What a page, a callback or a download answers follows from the dataset, the address and the message
alone. So an answer can be given again as it went over the line, compressed, until a dataset
changes; no view is looked up, no figure built and nothing compressed for it.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, g, request

from webapp.guard import CALLBACK_PATH
from webapp.library import Library
from webapp.logs import REQUEST_ID
from webapp.metrics import Metrics, kind_of

__all__ = ["Answer", "Answers", "keep_no_answer", "register_answers"]

_MEGABYTE: Final = 1024 * 1024
_LARGEST: Final = 512 * 1024  # bytes: the longest tables are made anew, they would push out many
_KEPT_KINDS: Final = ("page", "data")
_KEPT_OF_DASH: Final = ("/_dash-layout", "/_dash-dependencies")
_OK: Final = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it went over the line.

    Attributes:
        headers: All but the id of the request.
        body: The body, compressed where the visitor takes that.
    """

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes in memory, nearly."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Answers:
    """The answers that were last asked for, up to a number of bytes."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> Answer | None:
        """The answer under a key, which is then the last to be let go."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def keep(self, key: bytes, *, answer: Answer) -> None:
        """Keep an answer, and let go of those that nobody asked for the longest."""
        with self._lock:
            before = self._answers.pop(key, None)
            self._bytes += answer.size - (before.size if before else 0)
            self._answers[key] = answer
            while self._bytes > self._most_bytes:
                _, gone = self._answers.popitem(last=False)
                self._bytes -= gone.size


def register_answers(server: Flask, *, library: Library, metrics: Metrics, megabytes: int) -> None:
    """Give answers again that were given before.

    What is registered before it (limits, request ids, counts, whether the worker may be replaced)
    sees every request; what is registered after it only those that are answered anew.

    Args:
        server: The application.
        library: Tells when the data change.
        metrics: Told of each answer whether it was kept.
        megabytes: How much is kept; nothing for zero.
    """
    if not megabytes:
        return
    kept = Answers(most_bytes=megabytes * _MEGABYTE)

    @server.before_request
    def again() -> Response | None:
        if not _may_be_kept():
            return None
        # Looks for new data when it is due: an answer must not outlive what it was made from.
        generation = library.generation
        g.answer_key = key = _key(generation)
        found = kept.get(key)
        metrics.answer_from("made" if found is None else "kept")
        if found is None:
            return None
        del g.answer_key
        return Response(found.body, headers=list(found.headers))

    @server.after_request
    def keep(response: Response) -> Response:
        key = g.pop("answer_key", None)
        if key is not None and _is_kept(response):
            # After this, only the id of the request is added.
            headers = tuple((name, value) for name, value in response.headers if name != REQUEST_ID)
            answer = Answer(headers=headers, body=response.get_data())
            if answer.size <= _LARGEST:
                kept.keep(key, answer=answer)
        return response


def keep_no_answer() -> None:
    """Say that the answer to the present request is not as it should be."""
    g.pop("answer_key", None)


def _may_be_kept() -> bool:
    if request.method == "POST":
        return request.path == CALLBACK_PATH
    named = kind_of(request.path) in _KEPT_KINDS or request.path in _KEPT_OF_DASH
    conditional = "If-None-Match" in request.headers or "Range" in request.headers
    return request.method == "GET" and named and not conditional


def _is_kept(response: Response) -> bool:
    return (
        response.status_code == _OK
        and not response.is_streamed
        and not response.direct_passthrough
        and "Set-Cookie" not in response.headers
    )


def _key(generation: int) -> bytes:
    """All that an answer depends on; the language stands in the address or the message."""
    parts: tuple[Any, ...] = (
        generation,
        request.method,
        request.host_url,
        request.full_path,
        request.headers.get("Accept-Encoding", ""),
    )
    digest = hashlib.sha256(repr(parts).encode())
    digest.update(request.get_data(cache=True))
    return digest.digest()

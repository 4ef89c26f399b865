"""Visitors who ask all the time and compare each answer with what it should be."""

import http.client
import itertools
import json
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flask.testing import FlaskClient

from tests.support.small_dataset import settings_for
from webapp.app import create_app

__all__ = ["Asked", "Visitors", "asked_of", "right_answers"]

_HOST = "127.0.0.1"
_LONGEST_ANSWER = 20.0  # seconds: longer is no answer
_PAUSE = 0.05  # seconds after a connection that was refused
_CALLBACK = "/_dash-update-component"
# Dash gives each process a token of its own.
_OF_THE_PROCESS = re.compile(rb'"end_id":"[^"]*"')


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: an address, and a body where it is a callback."""

    path: str
    body: bytes | None = None


@dataclass(kw_only=True)
class Happened:
    """What the visitors met, by the seconds of a clock that only runs forward."""

    answered: list[float] = field(default_factory=list)
    lost: list[tuple[float, str]] = field(default_factory=list)
    wrong: list[tuple[float, str]] = field(default_factory=list)


def asked_of(places: Sequence[str], *, years: Iterable[int]) -> tuple[Asked, ...]:
    """More views than a worker keeps in memory, so that the cache is asked all the time.

    Args:
        places: Slugs.
        years: Of the data.
    """
    made = []
    kinds = ("all", "violent", "property", "larceny", "aggravated-assault")
    for place, year, kind, unit in itertools.product(
        places, years, kinds, ("offences", "incidents")
    ):
        query = f"of={kind}&year={year}&unit={unit}"
        made += [
            Asked(path=f"/data/{chart}.csv?place={place}&{query}")
            for chart in ("months", "days", "kinds")
        ]
        made.append(Asked(path=f"/town/{place}?{query}"))
        made.append(Asked(path=_CALLBACK, body=_message(f"/town/{place}", f"?{query}")))
        made.append(Asked(path=f"/data/map.json?{query}"))
    return tuple(made)


def _message(path: str, search: str) -> bytes:
    return json.dumps(
        {
            "output": "page.children",
            "outputs": {"id": "page", "property": "children"},
            "inputs": [{"id": "location", "property": "pathname", "value": path}],
            "state": [{"id": "location", "property": "search", "value": search}],
            "changedPropIds": ["location.pathname"],
        }
    ).encode()


def right_answers(
    folder: Path, *, asked: Iterable[Asked], cache: Path, address: str
) -> dict[Asked, bytes]:
    """What an application of its own, with a cache of its own, answers.

    Args:
        folder: The dataset.
        asked: The requests.
        cache: Folder of the cache.
        address: Under which it is asked; it stands in the pages.
    """
    client: FlaskClient = create_app(settings_for(folder, cache=cache)).server.test_client()
    return {each: _answer(client, each, address=address) for each in asked}


def _answer(client: FlaskClient, asked: Asked, *, address: str) -> bytes:
    options: dict[str, Any] = {"base_url": address}
    if asked.body is None:
        answer = client.get(asked.path, **options)
    else:
        kind = "application/json"
        answer = client.post(asked.path, data=asked.body, content_type=kind, **options)
    assert answer.status_code == 200, asked
    return _same_everywhere(answer.get_data())


def _same_everywhere(body: bytes) -> bytes:
    if body.startswith(b"{"):  # Dash collects properties in sets: each process has its own order
        return json.dumps(json.loads(body), sort_keys=True).encode()
    return _OF_THE_PROCESS.sub(b"", body)


class Visitors:
    """Threads that ask one server until the context is left."""

    def __init__(
        self, port: int, *, answers: Mapping[Asked, Sequence[bytes]], threads: int
    ) -> None:
        """Prepare the visitors.

        Args:
            port: Of the server, on loopback.
            answers: The requests, each with every answer that is right.
            threads: How many ask at once.
        """
        self.happened = Happened()
        self._port = port
        self._answers = answers
        self._stopped = threading.Event()
        requests = tuple(answers)
        self._threads = [
            threading.Thread(target=self._ask, args=(requests[start:] + requests[:start],))
            for start in range(0, len(requests), max(1, len(requests) // threads))
        ][:threads]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def count(self) -> int:
        """How many ask at once: as many requests can be in flight."""
        return len(self._threads)

    def lost_since(self, moment: float) -> list[str]:
        """Why requests were lost after a moment of ``time.monotonic``."""
        return [why for when, why in self.happened.lost if when > moment]

    def _ask(self, requests: Sequence[Asked]) -> None:
        for asked in _until(self._stopped, requests):
            try:
                status, body = self._answer(asked)
            except (OSError, http.client.HTTPException) as error:
                self.happened.lost.append((time.monotonic(), f"{asked.path}: {error!r}"))
                time.sleep(_PAUSE)
                continue
            now = time.monotonic()
            if status == 200 and _same_everywhere(body) in self._answers[asked]:
                self.happened.answered.append(now)
            else:
                self.happened.wrong.append((now, f"{asked.path}: {status} {body[:300]!r}"))

    def _answer(self, asked: Asked) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=_LONGEST_ANSWER)
        try:
            headers = {"Connection": "close", "Content-Type": "application/json"}
            method = "GET" if asked.body is None else "POST"
            connection.request(method, asked.path, body=asked.body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _until(stopped: threading.Event, requests: Sequence[Asked]) -> Iterator[Asked]:
    for asked in itertools.cycle(requests):
        if stopped.is_set():
            return
        yield asked

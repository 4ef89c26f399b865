"""Figures for Prometheus under ``/metrics``, where a setting asks for them.

No label holds anything that a visitor chooses, so the number of series does not grow with visits.
Several workers count into files of a shared folder, which ``gunicorn.conf.py`` prepares.
"""

import os
import time
from pathlib import Path
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from webapp.guard import CALLBACK_PATH
from webapp.static import BOOTSTRAP_STYLES

__all__ = ["METRICS_PATH", "Metrics", "kind_of", "register_metrics"]

METRICS_PATH: Final = "/metrics"
_SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library's own setting
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0)  # seconds
_KINDS: Final = (
    ("callback", (CALLBACK_PATH,)),
    ("asset", ("/_dash", "/assets/", "/theme.css", BOOTSTRAP_STYLES)),
    ("data", ("/data/",)),
    ("map", ("/geo/",)),
    ("monitor", ("/health", "/ready", METRICS_PATH)),
)
_MEMORY: Final = Path("/proc/self/statm")


class Metrics:
    """What one application counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        within = self.registry
        self._requests = Counter(
            "ctcrimes_requests", "Answers", ["kind", "status"], registry=within
        )
        self._seconds = Histogram(
            "ctcrimes_request_seconds",
            "Seconds from the request to its answer",
            ["kind"],
            buckets=_BUCKETS,
            registry=within,
        )
        self._views = Counter(
            "ctcrimes_views", "Views by where they came from", ["source"], registry=within
        )
        self._answers = Counter(
            "ctcrimes_answers", "Answers that can be kept", ["source"], registry=within
        )
        self._cache_errors = Counter(
            "ctcrimes_cache_errors", "Errors of the cache", registry=within
        )
        self._memory = Gauge(
            "ctcrimes_worker_memory_bytes",
            "Resident memory of each worker",
            multiprocess_mode="liveall",
            registry=within,
        )

    def answered(self, path: str, *, status: int, seconds: float) -> None:
        """Count an answer, and look at the worker's memory."""
        kind = kind_of(path)
        self._requests.labels(kind, str(status)).inc()
        self._seconds.labels(kind).observe(seconds)
        if _MEMORY.exists():
            pages = int(_MEMORY.read_text().split()[1])
            self._memory.set(pages * os.sysconf("SC_PAGE_SIZE"))

    def view_from(self, source: str) -> None:
        """Count a view: from the worker's ``memory``, from the ``store``, or ``computed``."""
        self._views.labels(source).inc()

    def answer_from(self, source: str) -> None:
        """Count an answer that can be kept: it was ``kept``, or is ``made`` now."""
        self._answers.labels(source).inc()

    def cache_failed(self) -> None:
        """Count an error of the cache."""
        self._cache_errors.inc()

    def text(self) -> bytes:
        """All figures, of all workers where they share a folder."""
        if not os.environ.get(_SHARED):
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def kind_of(path: str) -> str:
    """The kind of an address: one of a few words, whatever stands in it."""
    return next((kind for kind, starts in _KINDS if path.startswith(starts)), "page")


def register_metrics(server: Flask, *, metrics: Metrics) -> None:
    """Count every request, and tell the figures."""

    @server.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @server.after_request
    def count(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        metrics.answered(request.path, status=response.status_code, seconds=seconds)
        return response

    @server.get(METRICS_PATH)
    def tell() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

"""Two addresses for machines: ``/health`` (alive) and ``/ready`` (has a dataset to show)."""

from flask import Flask, Response, jsonify

from webapp.library import Library

__all__ = ["register_health"]


def register_health(server: Flask, *, library: Library | None, version: str, reason: str) -> None:
    """Add both addresses; without a dataset ``/ready`` answers 503 with the reason.

    A new dataset that was refused is told as ``refused``, while the old one goes on being shown.
    """

    @server.get("/health")
    def health() -> str:
        return "OK"

    @server.get("/ready")
    def ready() -> tuple[Response, int]:
        if library is None:
            return jsonify(ready=False, reason=reason, version=version), 503
        dataset = library.default.queries.dataset
        return (
            jsonify(
                ready=True,
                dataset=dataset.name,
                dataset_sha256=dataset.sha256,
                synthetic=dataset.synthetic,
                datasets=[shelf.name for shelf in library.shelves()],
                refused=library.refused,
                version=version,
            ),
            200,
        )

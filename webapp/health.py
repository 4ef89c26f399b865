"""Two addresses for machines: ``/health`` (alive) and ``/ready`` (has a dataset to show)."""

from flask import Flask, Response, jsonify

from webapp.views.common import DatasetView

__all__ = ["register_health"]


def register_health(
    server: Flask, *, dataset: DatasetView | None, version: str, reason: str
) -> None:
    """Add both addresses; without a dataset ``/ready`` answers 503 with the reason."""

    @server.get("/health")
    def health() -> str:
        return "OK"

    @server.get("/ready")
    def ready() -> tuple[Response, int]:
        if dataset is None:
            return jsonify(ready=False, reason=reason, version=version), 503
        return (
            jsonify(
                ready=True,
                dataset=dataset.name,
                dataset_sha256=dataset.sha256,
                synthetic=dataset.synthetic,
                version=version,
            ),
            200,
        )

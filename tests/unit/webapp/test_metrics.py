"""Figures for Prometheus."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.metrics import kind_of


@pytest.fixture
def told(small_folder: Path, tmp_path: Path) -> dict[str, float]:
    settings = replace(
        settings_for(small_folder, cache=tmp_path), metrics=True, rate_limit="2/day", answers_mb=0
    )
    client = create_app(settings).server.test_client()
    for path in ("/town/alder", "/nothing", "/data/map.csv", "/data/map.csv", "/data/map.csv"):
        client.get(path)
    client.post("/_dash-update-component", json={})
    answer = client.get("/metrics")
    assert answer.mimetype == "text/plain"
    lines = answer.get_data(as_text=True).splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def test_answers_are_counted_by_kind_and_status(told: dict[str, float]) -> None:
    counted = {
        (kind, status): told[f'ctcrimes_requests_total{{kind="{kind}",status="{status}"}}']
        for kind, status in (
            ("page", 404), ("data", 200), ("data", 429), ("callback", 400),
        )
    }  # fmt: skip
    assert list(counted.values()) == [1, 2, 1, 1]
    assert told['ctcrimes_request_seconds_count{kind="data"}'] == 3


def test_views_are_counted_by_where_they_came_from(told: dict[str, float]) -> None:
    assert told['ctcrimes_views_total{source="computed"}'] >= 2
    assert told['ctcrimes_views_total{source="memory"}'] >= 1
    assert told["ctcrimes_cache_errors_total"] == 0
    assert 10e6 < told["ctcrimes_worker_memory_bytes"] < 10e9


def test_nothing_is_told_unless_a_setting_asks_for_it(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/town/<script>", "page"),
        ("/_dash-update-component", "callback"),
        ("/_dash-layout", "asset"),
        ("/assets/base.css", "asset"),
        ("/data/x.csv", "data"),
        ("/geo/1/state.svg", "map"),
        ("/ready", "monitor"),
    ],
)
def test_an_address_has_one_of_a_few_kinds(path: str, kind: str) -> None:
    assert kind_of(path) == kind

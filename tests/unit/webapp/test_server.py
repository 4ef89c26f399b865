"""The shipped settings of gunicorn, and what stands before the application."""

import platform
import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.small_dataset import settings_for
from webapp.app import SiteDash, create_app, warm_up
from webapp.security import without_versions

_CONFIGURATION = Path(__file__).resolve().parents[3] / "gunicorn.conf.py"


def test_a_new_worker_takes_the_lowest_number_that_is_free() -> None:
    number = runpy.run_path(str(_CONFIGURATION))["pre_fork"]
    server = SimpleNamespace(WORKERS={})
    workers = [SimpleNamespace() for _ in range(4)]
    for pid, worker in enumerate(workers[:3]):
        number(server, worker)
        server.WORKERS[pid] = worker
    del server.WORKERS[1]
    number(server, workers[3])
    assert [worker.number_of_counts for worker in workers] == [0, 1, 2, 1]


def test_an_impossible_setting_stops_the_server_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = runpy.run_path(str(_CONFIGURATION))["on_starting"]
    monkeypatch.setenv("CTCRIMES_LOG_LEVEL", "LOUD")
    with pytest.raises(SystemExit, match=r"^CTCRIMES_LOG_LEVEL='LOUD': expected one of"):
        start(None)
    monkeypatch.delenv("CTCRIMES_LOG_LEVEL")
    start(None)


def test_forwarded_headers_count_only_behind_that_many_proxies(
    small_folder: Path, tmp_path: Path
) -> None:
    direct = settings_for(small_folder, cache=tmp_path)
    forwarded = {"X-Forwarded-Host": "crimes.example", "X-Forwarded-Proto": "https"}
    pages = [
        create_app(settings).server.test_client().get("/", headers=forwarded).get_data(as_text=True)
        for settings in (direct, replace(direct, proxies=1))
    ]
    assert ["https://crimes.example/" in page for page in pages] == [False, True]


def test_warming_up_makes_every_page_once(forecast_folder: Path, tmp_path: Path) -> None:
    app = create_app(settings_for(forecast_folder, cache=tmp_path))
    assert isinstance(app, SiteDash)
    cached = len(list(tmp_path.iterdir()))
    warm_up(app).join()
    assert len(list(tmp_path.iterdir())) > cached + 5


def test_a_page_does_not_tell_what_it_is_made_with(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    page = client.get("/").get_data(as_text=True)
    assert '"suppress_callback_exceptions":true' in page
    assert "_version" not in page.split("_dash-config")[1].split("</script>")[0].replace(
        "disable_version_check", ""
    )
    assert platform.python_version() not in page


def test_a_configuration_keeps_its_tag_closed() -> None:
    tag = (
        '<script id="x" type="application/json">{"a":"\\u003c/script>","dash_version":"1"}</script>'
    )
    assert without_versions(tag) == (
        '<script id="x" type="application/json">{"a":"\\u003c/script>"}</script>'
    )

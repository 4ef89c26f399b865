"""How often one visitor may ask for data."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.redis_server import RedisServer
from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.failures import PROBLEM
from webapp.limits import visitor
from webapp.settings import Settings


@pytest.fixture
def settings(small_folder: Path, tmp_path: Path) -> Settings:
    return replace(settings_for(small_folder, cache=tmp_path), rate_limit="5/day")


def client_of(settings: Settings) -> FlaskClient:
    made: FlaskClient = create_app(settings).server.test_client()
    return made


def statuses(client: FlaskClient, *, path: str = "/data/map.csv", times: int = 7) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_data_are_limited_and_the_answer_says_when_to_come_back(settings: Settings) -> None:
    client = client_of(settings)
    assert statuses(client) == [200] * 5 + [429] * 2
    answer = client.get("/data/search.json")
    assert answer.status_code == 429
    assert answer.mimetype == PROBLEM
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 2 * 24 * 3600
    assert answer.get_json(force=True)["detail"].startswith(
        f"You have asked for data too often. Please wait {wait} s"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/", "/town/alder", "/health", "/ready", "/theme.css"])
def test_pages_and_monitors_are_not_limited(settings: Settings, path: str) -> None:
    client = client_of(settings)
    statuses(client)
    assert statuses(client, path=path) == [200] * 7


def test_visitors_are_counted_apart_only_as_far_as_proxies_are_believed(
    settings: Settings,
) -> None:
    for proxies, expected in ((0, 429), (1, 200)):
        client = client_of(replace(settings, proxies=proxies))
        first = {"X-Forwarded-For": "192.0.2.1"}
        assert [client.get("/data/map.csv", headers=first).status_code for _ in range(6)][-1] == 429
        # What a visitor writes before the proxy's own word counts for nothing.
        for forged in ("192.0.2.1", "198.51.100.7, 192.0.2.1"):
            other = client.get("/data/map.csv", headers={"X-Forwarded-For": forged})
            assert other.status_code == 429
        other = client.get("/data/map.csv", headers={"X-Forwarded-For": "192.0.2.2"})
        assert other.status_code == expected


def test_without_a_setting_nothing_is_limited(settings: Settings) -> None:
    assert set(statuses(client_of(replace(settings, rate_limit="")), times=20)) == {200}


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("no address", "no address"),
        ("", "unknown"),
    ],
)
def test_who_a_visitor_is(address: str, counted: str) -> None:
    with Flask("x").test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert visitor() == counted


@pytest.mark.redis
def test_workers_count_together_in_redis_and_apart_without_it(
    settings: Settings, redis_server: RedisServer
) -> None:
    shared = replace(settings, cache_url=redis_server.url)
    assert statuses(client_of(shared)) == [200] * 5 + [429] * 2
    other_worker = client_of(shared)
    assert statuses(other_worker, times=1) == [429]
    redis_server.kill()
    assert statuses(other_worker) == [200] * 5 + [429] * 2

"""Settings from the environment."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from core.storage import parse_address
from webapp.settings import read_settings


def test_defaults() -> None:
    settings = read_settings({})
    assert settings.dataset is None
    assert settings.artifacts.name == "artifacts"
    assert settings.log_level == "INFO"
    assert settings.cache_dir.is_absolute()


def test_a_dataset_by_folder_and_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    assert read_settings({"CTCRIMES_DATASET": str(folder)}).dataset == folder
    named = {"CTCRIMES_DATASET": "one", "CTCRIMES_ARTIFACTS": str(tmp_path)}
    assert read_settings(named).dataset == folder


def test_a_dataset_in_object_storage_by_address_and_by_name() -> None:
    address = parse_address("s3://bucket/artifacts/one")
    settings = read_settings({"CTCRIMES_DATASET": "s3://bucket/artifacts/one/"})
    assert settings.dataset == address
    assert settings.is_remote
    named = {"CTCRIMES_DATASET": "one", "CTCRIMES_ARTIFACTS": "s3://bucket/artifacts"}
    assert read_settings(named).dataset == address
    assert str(read_settings(named).artifacts) == "s3://bucket/artifacts"
    assert read_settings({"CTCRIMES_ARTIFACTS": "s3://bucket/artifacts"}).is_remote
    assert not read_settings({}).is_remote


def test_a_folder_beside_datasets_in_object_storage(tmp_path: Path) -> None:
    given = {"CTCRIMES_DATASET": str(tmp_path), "CTCRIMES_ARTIFACTS": "s3://bucket/artifacts"}
    assert read_settings(given).dataset == tmp_path


def test_the_memory_and_the_folder_of_copies(tmp_path: Path) -> None:
    given = {"CTCRIMES_OPEN_MB": "1000", "CTCRIMES_MIRROR_DIR": str(tmp_path / "copies")}
    settings = read_settings(given)
    assert (settings.open_mb, settings.mirror_dir) == (1000, tmp_path / "copies")
    assert read_settings({}).open_mb > 0
    assert read_settings({}).mirror_dir.is_absolute()


def test_empty_values_count_as_unset() -> None:
    names = (
        "DATASET", "ARTIFACTS", "CACHE_DIR", "CACHE_URL", "LOG_LEVEL", "METRICS", "MIRROR_DIR",
        "OPEN_MB", "PROXIES", "RATE_LIMIT",
    )  # fmt: skip
    assert read_settings({f"CTCRIMES_{name}": "" for name in names}) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CTCRIMES_DATASET", "no-such-dataset"),
        ("CTCRIMES_LOG_LEVEL", "LOUD"),
        ("CTCRIMES_CACHE_DIR", __file__),
        ("CTCRIMES_CACHE_URL", "localhost:6379"),
        ("CTCRIMES_CACHE_URL", "http://localhost"),
        ("CTCRIMES_CACHE_URL", "redis://"),
        ("CTCRIMES_CACHE_URL", "redis://localhost:port"),
        ("CTCRIMES_CACHE_URL", "redis://localhost:99999"),
        ("CTCRIMES_CACHE_URL", "redis://localhost/one"),
        ("CTCRIMES_CACHE_URL", "redis://localhost?password=x"),
        ("CTCRIMES_CACHE_URL", "unix://socket"),
        ("CTCRIMES_METRICS", "yes"),
        ("CTCRIMES_RATE_LIMIT", "0/minute"),
        ("CTCRIMES_RATE_LIMIT", "60 per minute"),
        ("CTCRIMES_RATE_LIMIT", "60/minute; 1/second"),
        ("CTCRIMES_DATASET", "s3://"),
        ("CTCRIMES_DATASET", "s3://bucket/../other"),
        ("CTCRIMES_ARTIFACTS", "s3://key:secret@bucket/artifacts"),
        ("CTCRIMES_MIRROR_DIR", __file__),
        ("CTCRIMES_OPEN_MB", "-1"),
        ("CTCRIMES_OPEN_MB", "99999"),
        ("CTCRIMES_OPEN_MB", "1 GB"),
        ("CTCRIMES_PROXIES", "-1"),
        ("CTCRIMES_PROXIES", "٣"),
    ],
)
def test_an_impossible_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://:secret@localhost:6380/1",
        "rediss://user:secret@redis.example:6379/0",
        "unix:///run/redis/redis.sock?db=1",
    ],
)
def test_an_address_of_redis_is_taken_as_it_is_and_never_shown(url: str) -> None:
    settings = read_settings({"CTCRIMES_CACHE_URL": url})
    assert settings.cache_url == url
    assert "secret" not in repr(settings)


def test_a_password_in_an_impossible_address_is_not_told() -> None:
    with pytest.raises(SettingsError) as told:
        read_settings({"CTCRIMES_CACHE_URL": "redis://:sec/r@et@localhost/x"})
    assert "r@et" not in str(told.value)
    assert "localhost" in str(told.value)

"""A server under gunicorn whose datasets lie in object storage."""

from pathlib import Path

import pytest

from core.dataset_remote import writing_dataset
from tests.support.gunicorn_server import Gunicorn
from tests.support.object_stores import LocalS3
from tests.support.small_dataset import write_small_dataset

pytestmark = pytest.mark.slow

ADDRESS = f"s3://{LocalS3.bucket}/artifacts/small"


def publish(*, synthetic: bool) -> str:
    """Publish the dataset, and tell its hash."""
    with writing_dataset(ADDRESS) as folder:
        dataset = write_small_dataset(folder, synthetic=synthetic, with_map=not synthetic)
    return dataset.manifest.dataset_sha256


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "CTCRIMES_DATASET": ADDRESS,
        "CTCRIMES_MIRROR_DIR": str(tmp_path / "mirror"),
        "CTCRIMES_CACHE_DIR": str(tmp_path / "cache"),
    }


def shown(server: Gunicorn) -> set[str]:
    """What the workers show, asked often enough to reach both."""
    return {server.ready().get("dataset_sha256", "") for _ in range(12)}


def test_new_workers_bring_new_data_and_without_the_service_the_copies_go_on(
    s3: LocalS3, settings: dict[str, str], tmp_path: Path
) -> None:
    first = publish(synthetic=False)
    with Gunicorn(work=tmp_path, settings=settings) as server:
        server.wait_until(lambda: server.log.count("showing dataset") >= 2)
        assert shown(server) == {first}
        second = publish(synthetic=True)
        server.reload()  # new workers look at once, old ones within half a minute
        server.wait_until(lambda: shown(server) == {second})
        s3.end()
        server.reload()
        server.wait_until(lambda: "cannot be read" in server.ready()["refused"])
        assert server.status("/town/alder") == 200
        assert shown(server) == {second}
    # Nor does a start need the service.
    with Gunicorn(work=tmp_path, settings=settings) as server:
        assert server.status("/town/alder") == 200
        assert "the copies that are here go on" in server.log
        assert "Traceback" not in server.log


def test_a_start_without_the_service_and_without_a_copy_ends_in_words(
    s3: LocalS3, settings: dict[str, str], tmp_path: Path
) -> None:
    s3.end()
    server = Gunicorn(work=tmp_path, settings=settings)
    server.start()
    assert server.wait() == 1
    assert f"nothing to show: {ADDRESS}: cannot be read" in server.log
    assert "Traceback" not in server.log

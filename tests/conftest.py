"""What the whole suite shares: which tests must have run, and where the real bundles are."""

import os
from collections import Counter
from pathlib import Path

import pytest

pytest_plugins = [
    "tests.support.county_dataset",
    "tests.support.explorer_fixtures",
    "tests.support.redis_server",
    "tests.support.object_stores",  # uses the one before
    "tests.support.small_dataset",
    "tests.support.town_dataset",
]

REQUIRED_MARKERS = ("real", "browser", "redis", "nginx")
"""None of these may be skipped, and of a run of all files some with each must have run."""


_ran: Counter[str] = Counter()
_skipped: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for marker in REQUIRED_MARKERS:
        if marker in report.keywords:
            _ran[marker] += report.when == "call" and not report.skipped
            _skipped[marker] += report.skipped


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no process waits for another at the end."""
    items.sort(key=lambda item: item.get_closest_marker("real") is None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was to hold every test, where the machine could not run some."""
    in_a_part = hasattr(session.config, "workerinput")  # of pytest-xdist; the whole is judged once
    if os.environ.get("CTCRIMES_REQUIRE_ALL_TESTS") != "1" or in_a_part:
        return
    whole = session.config.args_source is not pytest.Config.ArgsSource.ARGS
    for marker in REQUIRED_MARKERS:
        missed = whole and not _ran[marker]
        if _skipped[marker] or missed:
            print(f"\n{marker} tests: {_ran[marker]} ran, {_skipped[marker]} did not: all must run")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real FBI bundles; a test that needs it carries the marker ``real``."""
    folder = os.environ.get("CTCRIMES_REAL_DATA")
    if not folder:
        pytest.skip("CTCRIMES_REAL_DATA does not name a folder of real bundles")
    return Path(folder)

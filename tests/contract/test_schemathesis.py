"""What the description of the addresses promises, asked for by a program that knows only it."""

import os
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.specs.openapi import checks as promises

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.openapi import openapi_document
from webapp.pages.router import PAGES

# A parameter that is out of its list is repaired and not refused, so that accepting one is no
# fault: what is held to the description is what comes back.
_CHECKS: Final[list[Any]] = [
    schemathesis.checks.not_a_server_error,
    promises.status_code_conformance,
    promises.content_type_conformance,
    promises.response_schema_conformance,
]
_FEW: Final = 3
_EACH: Final = int(os.environ.get("CTCRIMES_HOSTILE_REQUESTS", "0")) // 100 or _FEW


@pytest.fixture(scope="module")
def described(forecast_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - a schema
    given_settings = settings_for(forecast_folder, cache=tmp_path_factory.mktemp("cache"))
    server = create_app(given_settings).server
    return schemathesis.openapi.from_wsgi("/data/openapi.json", server)


@pytest.mark.parametrize("path", sorted(openapi_document(PAGES)["paths"]))
def test_an_address_keeps_its_promise(described: Any, path: str) -> None:  # noqa: ANN401 - a schema
    @settings(
        max_examples=_EACH,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[path]["GET"].as_strategy())
    def ask(case: "Case[Any]") -> None:
        # The program does not unpack what it says that it takes.
        case.call_and_validate(checks=_CHECKS, headers={"Accept-Encoding": "identity"})

    ask()

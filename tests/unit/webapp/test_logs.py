"""Log lines and request ids."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g

from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.logs import REQUEST_ID, JsonLines, register_request_ids, start_logging


def line_of(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - the fields of a log record
    made = logging.makeLogRecord({"name": "ctcrimes", "levelname": "ERROR", **values})
    found: dict[str, Any] = json.loads(JsonLines().format(made))
    return found


def test_a_line_is_one_json_object_with_a_time_in_utc() -> None:
    line = line_of(msg="%s\nand %s", args=("one", "“two”"), created=0.5)
    assert line == {
        "time": "1970-01-01T00:00:00.500+00:00",
        "level": "ERROR",
        "logger": "ctcrimes",
        "message": "one\nand “two”",
    }


def test_a_failure_keeps_its_traceback_in_the_line() -> None:
    try:
        int("out of range")
    except ValueError as error:
        line = line_of(msg="failed", exc_info=(type(error), error, error.__traceback__))
    assert "ValueError: invalid literal" in line["traceback"]


def test_a_line_inside_a_request_carries_its_id() -> None:
    with Flask("x").test_request_context("/"):
        g.request_id = "abc"
        assert line_of(msg="x")["request_id"] == "abc"


@pytest.mark.parametrize(
    ("given", "length"), [("a-1.B_2", 7), ("", 32), ("x" * 65, 32), ("a b", 32)]
)
def test_an_answer_tells_its_id_and_takes_a_plain_one_from_the_proxy(
    given: str, length: int
) -> None:
    server = Flask("x", static_folder=None)
    register_request_ids(server)
    answer = server.test_client().get("/", headers={REQUEST_ID: given})
    told = answer.headers[REQUEST_ID]
    assert len(told) == length
    assert (told == given) is (length == len(given))


def test_the_log_has_one_handler_however_often_it_is_started() -> None:
    logger = logging.getLogger("ctcrimes")
    start_logging("INFO")
    before = list(logger.handlers)
    start_logging("DEBUG")
    assert logger.handlers == before
    assert logger.level == logging.DEBUG


def test_a_body_that_no_page_sends_is_refused(small_folder: Path, tmp_path: Path) -> None:
    client = create_app(settings_for(small_folder, cache=tmp_path)).server.test_client()
    body = json.dumps({"output": "x" * 70_000})
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert answer.status_code in (400, 413)
    assert "Traceback" not in answer.get_data(as_text=True)

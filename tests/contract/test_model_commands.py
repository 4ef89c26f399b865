"""``ctcrimes forecast`` and ``evaluate`` on the committed dataset and its models."""

import json
from pathlib import Path

import pytest

from core.cli import main

ARTIFACT = str(Path(__file__).parents[2] / "artifacts" / "ct-demo")


def forecast(capsys: pytest.CaptureFixture[str], place: str, *more: str) -> dict[str, object]:
    assert main(["forecast", ARTIFACT, place, "--json", *more]) == 0
    report: dict[str, object] = json.loads(capsys.readouterr().out)
    return report


def test_a_town_has_a_total_with_its_interval(capsys: pytest.CaptureFixture[str]) -> None:
    report = forecast(capsys, "hartford", "--horizon", "14")

    assert report["origin"] == "2024-12-31"
    daily, totals = report["daily"], report["totals"]
    assert isinstance(daily, list)
    assert isinstance(totals, list)
    assert [day["date"] for day in daily][::13] == ["2025-01-01", "2025-01-14"]
    total = totals[-1]
    assert total["days"] == 14
    assert total["lower_95"] < total["lower_80"] < total["mean"] < total["upper_80"]
    assert total["mean"] == pytest.approx(sum(day["mean"] for day in daily))


def test_places_add_up_to_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    report = forecast(capsys, "all")

    assert isinstance(report["totals"], list)
    assert {total["days"] for total in report["totals"]} == {7, 14, 30}


def test_a_replay_uses_a_model_of_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    report = forecast(capsys, "hartford", "--origin", "2023-06-15")

    assert report["origin"] == "2023-06-15"
    assert str(report["model_trained_to"]) <= "2023-06-15"


def test_a_town_of_the_state_police_has_none_and_says_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = forecast(capsys, "andover")

    assert report["daily"] == []
    assert "ever reported" in str(report["withheld"])

    assert main(["forecast", ARTIFACT, "andover"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(("Andover: no forecast: ", "andover: no forecast: "))
    assert "ever reported" in said


@pytest.mark.parametrize(
    "words",
    [
        ["forecast", ARTIFACT, "atlantis"],
        ["forecast", ARTIFACT, "hartford", "--origin", "2035-01-01"],
        ["forecast", ARTIFACT, "hartford", "--origin", "yesterday"],
        ["forecast", ARTIFACT, "hartford", "--horizon", "0"],
        ["evaluate", "volume", ARTIFACT, "--protocol", "xx"],
    ],
)
def test_bad_input_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("ctcrimes: ")
    assert captured.err.count("\n") == 1

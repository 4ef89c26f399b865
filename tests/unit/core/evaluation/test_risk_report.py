"""The whole evaluation on a small made-up state: every model, the groups, and JSON."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from core.dataset import OFFENCE_TABLE_SCHEMA
from core.errors import RequestError
from core.evaluation.classification import (
    brier_skill,
    expected_calibration_error,
    log_loss,
)
from core.evaluation.risk_audit import FEWEST_ROWS
from core.evaluation.risk_comparison import SERVED, RiskComparison, compare_models
from core.evaluation.risk_report import RiskReport, report_of, risk_report_to_json
from core.places.towns import AGENCY_PLACE_SCHEMA, PLACE_SCHEMA
from core.risk.model import merged

pytestmark = pytest.mark.slow

KEYS = {
    "log_loss_3",
    "log_loss_13",
    "brier_skill_13",
    "ece_13",
    "macro_f1_13",
    "top1_13",
    "top3_13",
}
WAYS = ("plain", "class_weights", "undersampling", "smote")
CALIBRATIONS = ("", "_temperature", "_sigmoid", "_isotonic")


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    random = np.random.default_rng(5)
    rows = 8000
    agency = random.choice([1, 2], size=rows, p=[0.6, 0.4])
    hour = random.integers(0, 24, size=rows)
    weights = np.tile([0.5, 0.35, 0.135, 0.015], (rows, 1))
    weights[agency == 2, 1] *= 3
    weights[hour > 15, 2] *= 9
    edges = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
    code = (random.random((rows, 1)) > edges[:, :-1]).sum(axis=1)
    days = random.integers(0, 730, rows)
    offences = pl.DataFrame(
        {
            "agency_id": agency,
            "incident_id": np.arange(rows),
            "date": [date(2021, 1, 1) + timedelta(days=int(n)) for n in days],
            "hour": hour,
            "date_is_report_date": np.zeros(rows, dtype=bool),
            "offence_code": [["23C", "13A", "35A", "720"][n] for n in code],
            "location_code": random.choice(["20", "13"], size=rows),
        },
        schema=OFFENCE_TABLE_SCHEMA,
    )
    places = pl.DataFrame(
        [
            {"place": "alder", "kind": "town", "region": "North", "population": 60_000},
            {"place": "birch", "kind": "town", "region": "South", "population": 9_000},
        ],
        schema=PLACE_SCHEMA,
    )
    agency_places = pl.DataFrame(
        [(1, "alder"), (2, "birch")], schema=AGENCY_PLACE_SCHEMA, orient="row"
    )
    return {"offences": offences, "places": places, "agency_places": agency_places}


@pytest.fixture(scope="module")
def compare(tables: dict[str, pl.DataFrame]) -> Callable[..., RiskComparison]:
    def run(
        offences: pl.DataFrame | None = None, *, test_from: date | None = None
    ) -> RiskComparison:
        return compare_models(
            tables["offences"] if offences is None else offences,
            places=tables["places"],
            agency_places=tables["agency_places"],
            state="CT",
            test_from=test_from,
        )

    return run


@pytest.fixture(scope="module")
def comparison(compare: Callable[..., RiskComparison]) -> RiskComparison:
    return compare()


@pytest.fixture(scope="module")
def report(comparison: RiskComparison) -> RiskReport:
    return report_of(comparison)


def test_every_model_is_there_with_every_measure(report: RiskReport) -> None:
    content = json.loads(json.dumps(risk_report_to_json(report)))

    families = {"lightgbm", "random_forest", "logistic_regression", "neural_network"}
    tables = {"overall", "place", "location", "place_hour", "place_location"}
    ways = {way + calibration for way in WAYS for calibration in CALIBRATIONS}
    assert set(content["models"]) == families | tables | ways
    assert all(set(scores) >= KEYS for scores in content["models"].values())
    assert content["served"] == "lightgbm"
    assert set(content["resampling"]) == ways
    assert content["resampling"][content["chosen"]] == min(content["resampling"].values())


def test_the_test_is_the_last_year_and_nothing_else(
    report: RiskReport, tables: dict[str, pl.DataFrame]
) -> None:
    assert report.slices["test"] == date(2022, 1, 1)
    assert report.slices["calibration"] < report.slices["test"]
    assert report.test_rows == tables["offences"].filter(pl.col("date").dt.year() == 2022).height


def test_probabilities_are_distributions(comparison: RiskComparison) -> None:
    for name, told in comparison.told.items():
        assert np.allclose(told.sum(axis=1), 1), name
        assert (told > 0).all(), name


def test_scores_are_those_of_the_probabilities(
    comparison: RiskComparison, report: RiskReport
) -> None:
    words = comparison.model.vocabulary
    shown, broad = merged(comparison.told[SERVED], vocabulary=words)
    reference, _ = merged(comparison.told["place_location"], vocabulary=words)
    true = words.shown_of_class[comparison.test.classes]
    scores = report.models[SERVED]

    assert scores.log_loss_13 == log_loss(shown, true=true)
    assert scores.ece_13 == expected_calibration_error(shown, true=true)
    assert scores.brier_skill_13 == brier_skill(shown, true=true, reference=reference)
    assert scores.log_loss_3 == log_loss(broad, true=words.broad_of_class[comparison.test.classes])
    assert report.models["place_location"].brier_skill_13 == 0


def test_what_was_put_into_the_data_is_found(report: RiskReport) -> None:
    served = report.models[SERVED].log_loss_13
    tables = ("overall", "place", "location", "place_hour", "place_location")
    assert all(served < report.models[name].log_loss_13 for name in tables)
    assert report.models[SERVED].brier_skill_13 > 0.01


def test_resampling_tells_too_much_of_rare_classes(report: RiskReport) -> None:
    rare = report.models["smote"]
    assert rare.rare_told > 2 * rare.rare_happened
    served = report.models[SERVED]
    assert abs(served.rare_told - served.rare_happened) < (rare.rare_told - rare.rare_happened) / 4


def test_groups_hold_every_row_that_can_be_judged(report: RiskReport) -> None:
    for kind in ("town_size", "region", "location_area", "location_type"):
        scores = [score for score in report.groups if score.kind == kind]
        assert sum(score.rows for score in scores) == report.test_rows
        assert all(score.rows >= FEWEST_ROWS for score in scores)
        for score in scores:
            assert score.log_loss.lower < score.log_loss.value < score.log_loss.upper
            assert score.brier_skill.lower < score.brier_skill.upper


def test_differences_are_those_between_groups(report: RiskReport) -> None:
    (found,) = (
        each
        for each in report.differences
        if (each.kind, each.measure) == ("town_size", "log_loss")
    )
    by_name = {s.name: s.log_loss.value for s in report.groups if s.kind == "town_size"}

    assert found.difference == by_name[found.largest] - by_name[found.smallest]
    assert found.difference == max(by_name.values()) - min(by_name.values())


def test_nothing_of_the_test_reaches_the_model(
    compare: Callable[..., RiskComparison],
    comparison: RiskComparison,
    tables: dict[str, pl.DataFrame],
) -> None:
    """Other answers in the test year change no probability of it."""
    later = pl.col("date") >= date(2022, 1, 1)
    changed = tables["offences"].with_columns(
        offence_code=pl.when(later).then(pl.lit("09A")).otherwise("offence_code")
    )

    other = compare(changed)

    for name, told in comparison.told.items():
        assert np.array_equal(other.told[name], told), name


def test_a_test_without_offences_is_refused(compare: Callable[..., RiskComparison]) -> None:
    with pytest.raises(RequestError, match="2030"):
        compare(test_from=date(2030, 1, 1))

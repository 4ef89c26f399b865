"""What ``ctcrimes forecast`` and ``ctcrimes evaluate`` do: apart, for their imports are heavy."""

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

import polars as pl

from core.dataset import Dataset
from core.dataset_remote import keep_evaluation, opened_dataset
from core.errors import RequestError, UnknownPlaceError
from core.evaluation.of_dataset import parse_protocol, risk_report_of, volume_report_of
from core.evaluation.risk_report import risk_report_to_json
from core.volume.forecast import VolumeForecast, forecast
from core.volume.inputs import place_counts
from core.volume.storage import MODELS_NAME, load_models

__all__ = ["run_evaluate_risk", "run_evaluate_volume", "run_forecast"]

_TABLE = ("wape", "deviance", "state_wape", "month_wape", "bias", "crps", "coverage_80")
_RISK_TABLE = ("log_loss_3", "log_loss_13", "brier_skill_13", "ece_13", "macro_f1_13", "top1_13")


def run_forecast(options: argparse.Namespace) -> None:
    """Forecast one place, or all, and print the totals and the days."""
    with opened_dataset(options.dataset) as dataset:
        models = load_models(dataset.model_files())
        counts = place_counts(
            dataset.table("panel"), staffing=dataset.table("staffing"), state=dataset.facts.state
        )
        result = forecast(
            models, counts, origin=_origin(options.origin, dataset=dataset), horizon=options.horizon
        )
        report = _forecast_report(result, place=options.place, dataset=dataset)
    print(json.dumps(report, indent=2) if options.json else _forecast_text(report))


def run_evaluate_volume(options: argparse.Namespace) -> None:
    """Back-test the volume models, keep the comparison where wanted, and print it."""
    protocol = parse_protocol(options.protocol)
    with ExitStack() as opened:
        dataset = opened.enter_context(opened_dataset(options.dataset))
        others = [opened.enter_context(opened_dataset(other)) for other in options.others]
        if options.save:
            _refuse_other_model(dataset, others=others)
        report = volume_report_of(
            dataset, protocol=protocol, extra_predictions=options.predictions, others=others
        ).as_json()
        _tell(report, kind="volume", dataset=dataset, options=options)


def _refuse_other_model(dataset: Dataset, *, others: Sequence[Dataset]) -> None:
    """What is kept in a dataset must be of the model that it serves."""
    files = dataset.model_files()
    if MODELS_NAME not in files:
        return
    learned = load_models(files).states
    if {dataset.facts.state, *(other.facts.state for other in others)} != set(learned):
        missing = ", ".join(state for state in learned if state != dataset.facts.state)
        needed = f"--with the datasets of {missing}" if missing else "the dataset alone"
        raise RequestError(
            f"{dataset.name}: its model of counts has learned from {', '.join(learned)}; to keep "
            f"an evaluation of it give {needed}, or leave out --save"
        )


def run_evaluate_risk(options: argparse.Namespace) -> None:
    """Compare the classifiers, keep the comparison where wanted, and print it."""
    with opened_dataset(options.dataset) as dataset:
        report = risk_report_to_json(risk_report_of(dataset))
        _tell(report, kind="risk", dataset=dataset, options=options)


def _tell(
    report: dict[str, Any], *, kind: str, dataset: Dataset, options: argparse.Namespace
) -> None:
    plain = _json_values(report)
    if options.save:
        keep_evaluation(dataset, where=options.dataset, kind=kind, content=plain)
    columns = {"volume": _TABLE, "risk": _RISK_TABLE}[kind]
    print(json.dumps(plain, indent=2) if options.json else _comparison(report, columns=columns))


def _json_values(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    """The value with null for what JSON has no number for: a measure of no rows."""
    if isinstance(value, Mapping):
        return {key: _json_values(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_json_values(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _origin(text: str | None, *, dataset: Dataset) -> date:
    if text is None:
        return dataset.facts.last_day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError(f"--origin {text}: expected a day as 2024-12-31") from error


def _forecast_report(result: VolumeForecast, *, place: str, dataset: Dataset) -> dict[str, Any]:
    """What is known of one place, or of all of them added up."""
    whole = place == "all"
    daily, totals = (
        (result.state_daily, result.state_totals) if whole else (result.daily, result.totals)
    )
    own = pl.lit(value=True) if whole else pl.col("series") == place
    reasons = result.withheld.filter(pl.col("series") == place)["reason"].to_list()
    if not whole and place not in dataset.table("places")["place"]:
        raise UnknownPlaceError(
            f"{place}: the dataset {dataset.name} has no such place; expected 'all' or a place "
            "as in its table places, such as new-haven"
        )
    days = daily.filter(own).drop("series", strict=False)
    unknown = days.is_empty() and not reasons
    return {
        "place": place,
        "origin": result.origin.isoformat(),
        "model_trained_to": result.model_trained_to.isoformat(),
        "withheld": "nothing was ever reported for it alone"
        if unknown
        else next(iter(reasons), None),
        "totals": totals.filter(own).drop("series", strict=False).to_dicts(),
        "daily": [row | {"date": row["date"].isoformat()} for row in days.to_dicts()],
    }


def _forecast_text(report: dict[str, Any]) -> str:
    if report["withheld"]:
        return f"{report['place']}: no forecast: {report['withheld']}"
    lines = [
        f"{total['days']:>3} days from {report['origin']}: {total['mean']:,.0f} expected, "
        f"80 %: {total['lower_80']:,} to {total['upper_80']:,}"
        for total in report["totals"]
    ]
    return "\n".join([f"{report['place']}, reported offences", *lines])


def _comparison(report: dict[str, Any], *, columns: tuple[str, ...]) -> str:
    models: dict[str, dict[str, float]] = report["models"]
    width = max(len(name) for name in models)
    header = " " * width + "".join(f"{column:>16}" for column in columns)
    rows = [
        f"{name:<{width}}"
        + "".join(f"{scores.get(column, float('nan')):>16.4f}" for column in columns)
        for name, scores in models.items()
    ]
    return "\n".join([header, *rows, f"served: {report['served']}"])

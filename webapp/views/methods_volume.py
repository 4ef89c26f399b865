"""What the back-test of the forecasts measured, in words and tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from webapp.language import gettext, gettext_noop
from webapp.views import words
from webapp.views.common import Provenance
from webapp.views.forecast_models import baseline_words
from webapp.views.methods_tables import Measure, amount, better_rows, measure_table, share_cell
from webapp.views.table import Cell, Column, ColumnKind, TableView

__all__ = [
    "VOLUME_MEASURES",
    "AuditGroup",
    "Covered",
    "Share",
    "VolumeEvaluation",
    "VolumeScores",
    "backtest_summary",
    "backtest_table",
    "backtest_title",
    "baselines",
    "best_baseline",
    "better_methods",
    "model_label",
    "served_scores",
    "titled",
]


@dataclass(frozen=True, kw_only=True)
class VolumeScores:
    """One method on the test windows; null where a measure has no value.

    Attributes:
        name: Of the method.
        deviance: Mean Poisson deviance of a day of a place.
        wape: Sum of absolute errors over the sum of counts, days of places.
        rmse: Root of the mean squared error.
        state_wape: As ``wape``, of the sum of all places.
        month_wape: As ``wape``, of totals of 30 days.
        bias: Forecast over reported in all, less 1.
        mase: Absolute error over that of the naive forecast.
        rmsse: Root of the squared error over that of the naive forecast.
        crps: Continuous ranked probability score.
        log_score: Mean negative logarithm of the probability of what was reported.
        coverage_50: Share of days within their 50 % interval.
        coverage_80: The same of 80 %.
        coverage_95: The same of 95 %.
        volume_accuracy_mean: 1 less the absolute bias of a window, mean over windows.
        volume_accuracy_min: Its least.
    """

    name: str
    deviance: float | None
    wape: float | None
    rmse: float | None
    state_wape: float | None
    month_wape: float | None
    bias: float | None
    mase: float | None
    rmsse: float | None
    crps: float | None
    log_score: float | None
    coverage_50: float | None
    coverage_80: float | None
    coverage_95: float | None
    volume_accuracy_mean: float | None
    volume_accuracy_min: float | None


@dataclass(frozen=True, kw_only=True)
class Covered:
    """How many of the days (or totals) of a kind lay inside their intervals.

    Attributes:
        label: Which; a volume band as the models name it, or leads.
        days: How many there were; null where that is not known.
        coverage_50: Share within the 50 % interval.
        coverage_80: The same of 80 %.
        coverage_95: The same of 95 %.
    """

    label: str
    days: int | None
    coverage_50: float | None
    coverage_80: float | None
    coverage_95: float | None


@dataclass(frozen=True, kw_only=True)
class AuditGroup:
    """The served forecast in one group of places."""

    grouping: str
    group: str
    places: int
    days: int
    wape: float | None
    deviance: float | None
    bias: float | None
    coverage_80: float | None


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share under a name."""

    name: str
    share: float


@dataclass(frozen=True, kw_only=True)
class VolumeEvaluation:
    """A back-test.

    Attributes:
        state_name: Name of the State.
        places: How many series were forecast.
        windows: Test windows of 30 days.
        first: First day of the test.
        last: Its last day.
        origins: Origins of the volume accuracy.
        served: Name in ``models`` of what is served.
        models: Every method.
        floor_deviance: Deviance of a perfect rate.
        floor_wape: Its WAPE.
        way: ``direct`` or ``recursive``: what validation chose.
        validated: Validation windows that chose.
        bands: Coverage by volume band.
        leads: Coverage by days ahead.
        totals: Coverage of the totals of 30 days.
        pit: Shares of ten equal bins of the probability integral transform.
        audit: The served forecast by group.
        beaten: Share of places where the served forecast has less deviance than each method.
        by_baseline: Places that a baseline served in the test.
        provenance: Source.
    """

    state_name: str
    places: int
    windows: int
    first: date
    last: date
    origins: int
    served: str
    models: tuple[VolumeScores, ...]
    floor_deviance: float | None
    floor_wape: float | None
    way: str
    validated: int
    bands: tuple[Covered, ...]
    leads: tuple[Covered, ...]
    totals: Covered
    pit: tuple[float, ...]
    audit: tuple[AuditGroup, ...]
    beaten: tuple[Share, ...]
    by_baseline: int
    provenance: Provenance

    @property
    def when(self) -> str:
        """The test in words."""
        return gettext(
            "{count} windows of 30 days, {first} to {last}",
            count=self.windows,
            first=words.day(self.first),
            last=words.day(self.last),
        )


_OWN = {
    "served": gettext_noop("served forecast"),
    "direct": gettext_noop("LightGBM, all days at once"),
    "recursive": gettext_noop("LightGBM, day after day"),
}


def model_label(name: str) -> str:
    """Name of a method as a chart and a table show it."""
    return gettext(_OWN[name]) if name in _OWN else baseline_words(name)


VOLUME_MEASURES: tuple[Measure[VolumeScores], ...] = (
    Measure(
        "deviance", gettext_noop("Deviance"), lambda row: row.deviance, gettext_noop("deviance")
    ),
    Measure(
        "wape",
        gettext_noop("WAPE"),
        lambda row: row.wape,
        gettext_noop("error of single days (WAPE)"),
    ),
    Measure(
        "state_wape",
        gettext_noop("WAPE, State"),
        lambda row: row.state_wape,
        gettext_noop("error of the days of the State (WAPE)"),
    ),
    Measure(
        "month_wape",
        gettext_noop("WAPE, 30 days"),
        lambda row: row.month_wape,
        gettext_noop("error of 30-day totals (WAPE)"),
    ),
    Measure("rmse", gettext_noop("RMSE"), lambda row: row.rmse, gettext_noop("RMSE")),
    Measure("mase", gettext_noop("MASE"), lambda row: row.mase, gettext_noop("MASE")),
    Measure("rmsse", gettext_noop("RMSSE"), lambda row: row.rmsse, gettext_noop("RMSSE")),
    Measure("crps", gettext_noop("CRPS"), lambda row: row.crps, gettext_noop("CRPS")),
    Measure(
        "log_score", gettext_noop("Log score"), lambda row: row.log_score, gettext_noop("log score")
    ),
)
"""Measures of which less is better, the first two are drawn."""

_FAIR: tuple[Measure[VolumeScores], ...] = (
    *VOLUME_MEASURES,
    Measure(
        "bias",
        gettext_noop("Bias"),
        lambda row: _or_none(row.bias, abs),
        gettext_noop("size of the bias"),
    ),
    Measure(
        "volume_error",
        gettext_noop("Volume error"),
        lambda row: _or_none(row.volume_accuracy_mean, _rest),
        gettext_noop("error of the volume of all places and 30 days, mean"),
    ),
    Measure(
        "volume_error_worst",
        gettext_noop("Volume error at worst"),
        lambda row: _or_none(row.volume_accuracy_min, _rest),
        gettext_noop("the same at worst"),
    ),
)


def _or_none(value: float | None, of: Callable[[float], float]) -> float | None:
    return None if value is None else of(value)


def _rest(share: float) -> float:
    return 1 - share


def served_scores(evaluation: VolumeEvaluation) -> VolumeScores:
    """The scores of what is served."""
    return next(row for row in evaluation.models if row.name == evaluation.served)


def baselines(evaluation: VolumeEvaluation) -> tuple[VolumeScores, ...]:
    """Every method that is not one of our own."""
    return tuple(row for row in evaluation.models if row.name not in _OWN)


def best_baseline(evaluation: VolumeEvaluation) -> VolumeScores | None:
    """The baseline with the least deviance."""
    known = [row for row in baselines(evaluation) if row.deviance is not None]
    return min(known, key=lambda row: row.deviance or 0.0, default=None)


def backtest_title(evaluation: VolumeEvaluation) -> str:
    """Title of the figure."""
    return titled(gettext("Error of each method against the served forecast"), evaluation)


def titled(what: str, evaluation: VolumeEvaluation) -> str:
    """A title with where and when."""
    title = f"{what}, {evaluation.state_name}, {evaluation.when}"
    return words.simulated(title) if evaluation.provenance.synthetic else title


def backtest_summary(evaluation: VolumeEvaluation) -> str:
    """One sentence on the served forecast and the best baseline."""
    served, best = served_scores(evaluation), best_baseline(evaluation)
    if best is None:
        return gettext(
            "The served forecast has a deviance of {deviance}; no baseline was judged beside it.",
            deviance=_short(served.deviance),
        )
    return gettext(
        "The served forecast has a deviance of {deviance} and a WAPE of {wape}; the best of "
        "{count} baselines by deviance, {name}, has {best_deviance} and {best_wape}.",
        deviance=_short(served.deviance),
        wape=_short(served.wape),
        count=len(baselines(evaluation)),
        name=model_label(best.name),
        best_deviance=_short(best.deviance),
        best_wape=_short(best.wape),
    )


def better_methods(evaluation: VolumeEvaluation) -> tuple[str, ...]:
    """For each measure in which another method is better than what is served, the best of them."""
    return better_rows(
        evaluation.models,
        served=served_scores(evaluation),
        measures=_FAIR,
        named=lambda row: model_label(row.name),
    )


def _short(value: float | None) -> str:
    return gettext("no value") if value is None else words.decimal(value, places=3)


_SHARES: tuple[tuple[str, str, Callable[[VolumeScores], float | None]], ...] = (
    ("bias", gettext_noop("Bias"), lambda row: row.bias),
    ("coverage_50", gettext_noop("50\N{NO-BREAK SPACE}% held"), lambda row: row.coverage_50),
    ("coverage_80", gettext_noop("80\N{NO-BREAK SPACE}% held"), lambda row: row.coverage_80),
    ("coverage_95", gettext_noop("95\N{NO-BREAK SPACE}% held"), lambda row: row.coverage_95),
    ("volume_accuracy_mean", gettext_noop("Volume accuracy"), lambda row: row.volume_accuracy_mean),
    ("volume_accuracy_min", gettext_noop("at worst"), lambda row: row.volume_accuracy_min),
)


def backtest_table(evaluation: VolumeEvaluation) -> TableView:
    """A row a method, every measure."""
    rows = tuple(
        (
            Cell(text=_row_label(row.name, served=evaluation.served)),
            *(amount(measure.of(row)) for measure in VOLUME_MEASURES),
            *(share_cell(of(row)) for _, _, of in _SHARES),
        )
        for row in evaluation.models
    )
    return measure_table(
        backtest_title(evaluation),
        text=(Column(name="method", label=gettext("Method"), kind=ColumnKind.TEXT),),
        numbers=[
            *((measure.name, measure.label) for measure in VOLUME_MEASURES),
            *((name, label) for name, label, _ in _SHARES),
        ],
        rows=rows,
        file="back-test",
        source=evaluation.provenance.source,
    )


def _row_label(name: str, *, served: str) -> str:
    label = model_label(name)
    if name == served or name in _OWN:
        return words.capitalised(label)
    return gettext("Baseline: {name}", name=label)

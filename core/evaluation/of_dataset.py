"""Evaluations of what a dataset on disk holds, for the command line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from core.daily_counts import DailyCounts
from core.dataset import Dataset
from core.errors import RequestError
from core.evaluation.protocols import Protocol, agency_panel
from core.evaluation.report import VolumeReport, evaluate_volume
from core.evaluation.risk_report import RiskReport, evaluate_risk
from core.risk.groups import with_agency_populations
from core.volume.inputs import counts_of_files, officers_by_place, place_panel

__all__ = [
    "REPORTING_NAMES",
    "SIZE_NAMES",
    "national_counts",
    "parse_protocol",
    "risk_report_of",
    "volume_report_of",
]

_SMALL, _LARGE = 20_000, 60_000

SIZE_NAMES: Final = (
    f"under {_SMALL:,} people",
    f"{_SMALL:,} to {_LARGE:,} people",
    f"{_LARGE:,} people and more",
    "no residents",
)
"""Groups of places by the people that the FBI assigns to their agencies."""

REPORTING_NAMES: Final = ("every month", "some months")
"""Groups of places by whether every month of the data is complete."""


def parse_protocol(text: str) -> Protocol:
    """The protocol of this name.

    Raises:
        RequestError: There is none.
    """
    try:
        return Protocol(text)
    except ValueError as error:
        names = ", ".join(Protocol)
        raise RequestError(f"--protocol {text}: expected one of {names}") from error


def volume_report_of(
    dataset: Dataset,
    *,
    protocol: Protocol,
    extra_predictions: Path | None = None,
    others: Sequence[Dataset] = (),
) -> VolumeReport:
    """Back-test the volume models on a dataset.

    Args:
        dataset: An opened dataset.
        protocol: ``la`` and ``ct`` count by agency as the published baselines do; ``default``
            takes the places of the dataset, months without a report left out.
        extra_predictions: CSV of further methods' predictions.
        others: Datasets of other States, whose days the boosters learn from as well.

    Raises:
        RequestError: The data are too short, no series qualifies, or two datasets are of one State.
    """
    state = dataset.facts.state
    national = [national_counts(other) for other in others]
    if protocol is not Protocol.DEFAULT:
        panel = agency_panel(dataset.table("offences"), protocol=protocol)
        return evaluate_volume(
            panel,
            state=state,
            protocol=protocol,
            extra_predictions=extra_predictions,
            others=national,
        )
    return evaluate_volume(
        place_panel(dataset.table("panel")),
        state=state,
        protocol=protocol,
        extra_predictions=extra_predictions,
        groups=_groups(dataset),
        officers=officers_by_place(dataset.table("staffing")),
        others=national,
    )


def national_counts(dataset: Dataset) -> DailyCounts:
    """Counts of a dataset's places for a model of several States.

    Raises:
        RequestError: No place has a reported day.
    """
    counts = counts_of_files(
        panel=dataset.path("panel"),
        staffing=dataset.path("staffing"),
        state=dataset.facts.state,
        national=True,
    )
    if counts is None:
        raise RequestError(f"{dataset.folder}: no place of it has reported a month; leave it out")
    return counts


def risk_report_of(dataset: Dataset) -> RiskReport:
    """Compare the classifiers on a dataset's last year.

    Raises:
        RequestError: There are too few months before the last year.
    """
    agency_places = dataset.table("agency_places")
    places = with_agency_populations(
        dataset.table("places"), agencies=dataset.table("agencies"), agency_places=agency_places
    )
    return evaluate_risk(
        dataset.table("offences"),
        places=places,
        agency_places=agency_places,
        state=dataset.facts.state,
    )


def _groups(dataset: Dataset) -> pl.DataFrame:
    """Town size, planning region and reporting completeness of each place."""
    people = (
        dataset.table("staffing")
        .sort("place", "year")
        .group_by("place")
        .agg(population=pl.col("population").last())
    )
    complete = (
        dataset.table("place_months")
        .group_by("place")
        .agg(share=(pl.col("status") == "complete").mean())
    )
    size = (
        pl.when(pl.col("population") < _SMALL)
        .then(pl.lit(SIZE_NAMES[0]))
        .when(pl.col("population") < _LARGE)
        .then(pl.lit(SIZE_NAMES[1]))
        .when(pl.col("population").is_not_null())
        .then(pl.lit(SIZE_NAMES[2]))
        .otherwise(pl.lit(SIZE_NAMES[3]))
    )
    reporting = (
        pl.when(pl.col("share") == 1)
        .then(pl.lit(REPORTING_NAMES[0]))
        .otherwise(pl.lit(REPORTING_NAMES[1]))
    )
    return (
        dataset.table("places")
        .select("place", "region")
        .join(people, on="place", how="left", validate="1:1")
        .join(complete, on="place", how="left", validate="1:1")
        .select(
            series="place",
            size=size,
            region=pl.col("region").fill_null("none"),
            reporting=reporting,
        )
        .sort("series")
    )

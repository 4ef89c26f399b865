"""Slices of time, in order and never shuffled: train, validation, calibration, and then a test."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import RequestError
from core.risk.contexts import Ints

__all__ = ["RiskSlices", "month_numbers", "time_slices"]

_FEWEST_MONTHS: Final = 3


@dataclass(frozen=True, kw_only=True)
class RiskSlices:
    """Where each slice begins; a slice ends on the day before the next.

    Attributes:
        first_day: Training begins.
        validation: Choices are made from here: rounds, the decision rule.
        calibration: Probabilities are checked and sharpened from here.
        last_day: The last day of calibration, included.
    """

    first_day: date
    validation: date
    calibration: date
    last_day: date


def time_slices(*, first_day: date, last_day: date) -> RiskSlices:
    """Six ninths of the months to train, two to validate, one to calibrate.

    Raises:
        RequestError: There are fewer than three months.

    >>> time_slices(first_day=date(2016, 1, 1), last_day=date(2018, 12, 31)).calibration
    datetime.date(2018, 9, 1)
    """
    months = _months_between(first_day, last_day) + 1
    if months < _FEWEST_MONTHS:
        raise RequestError(
            f"offences: they span {months} month(s), {first_day} to {last_day}; the model of "
            f"classes needs at least {_FEWEST_MONTHS} to train, validate and calibrate"
        )
    to_calibrate = max(1, round(months / 9))
    to_validate = max(1, round(months * 2 / 9))
    return RiskSlices(
        first_day=first_day,
        validation=_month_start(first_day, months - to_calibrate - to_validate),
        calibration=_month_start(first_day, months - to_calibrate),
        last_day=last_day,
    )


def month_numbers(days: NDArray[np.datetime64]) -> Ints:
    """Months since January 1970, int64."""
    return days.astype("datetime64[M]").astype(np.int64)


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _month_start(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)

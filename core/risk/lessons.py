"""Offences as numbers, and what one fit learns from them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.errors import RequestError
from core.risk.contexts import FEATURES, ContextTable, Floats, Ints, contexts_of_offences
from core.risk.history import (
    History,
    block_counts,
    choose_pulls,
    make_history,
    out_of_block_shares,
)
from core.risk.splits import RiskSlices, month_numbers, time_slices
from core.risk.vocabulary import RiskVocabulary

__all__ = [
    "RECIPE",
    "Lesson",
    "OffenceRows",
    "RiskRecipe",
    "joined",
    "joined_contexts",
    "lesson_of",
    "offence_rows",
    "sliced",
    "slices_of",
    "thinned",
]


@dataclass(frozen=True, kw_only=True)
class RiskRecipe:
    """The settings of a fit, all chosen on validation slices.

    Attributes:
        history_weight: Power of the historical share that boosting starts from.
        loglinear_weight: Weight of the log-linear model in the mean of scores; the booster has the
            rest.
        learning_rate: Of the booster.
        leaves: Of each tree.
        most_rounds: Upper bound of the boosting rounds; it also bounds how long a prediction takes
            and the size of the file.
        patience: Rounds without progress on the validation slice before it stops.
        half_life: Months after which an offence counts half.
        hidden_share: Share of the rows that are repeated with the place hidden, again with the
            location hidden, and again with the hour hidden, so that unknowns are learned.
        hidden_weight: What such a repetition weighs; more costs what is known.
        calendar_gain: What a split on the month, the season, a holiday or a payday must be content
            with of its gain: with few years such splits learn what happened to happen then.
        most_rows: Offences that boosting and the log-linear model learn from at most, drawn at
            random from more; past offences are all counted. It bounds memory and time.
        most_judged: Offences of a later slice that judge at most, likewise.
        seed: Of every random choice.
    """

    history_weight: float = 0.25
    loglinear_weight: float = 0.4
    learning_rate: float = 0.08
    leaves: int = 15
    most_rounds: int = 70
    patience: int = 20
    half_life: float = 12.0
    hidden_share: float = 0.1
    hidden_weight: float = 0.05
    calendar_gain: float = 0.1
    most_rows: int = 600_000
    most_judged: int = 200_000
    seed: int = 1


RECIPE: Final = RiskRecipe()

_BLOCK_MONTHS: Final = 6
_HIDDEN: Final = ("place", "location", "hour")


@dataclass(frozen=True, kw_only=True, eq=False)
class OffenceRows:
    """Offences as numbers, in the order of the frame that they came from.

    Attributes:
        contexts: Where and when.
        classes: Position of the class inside, int64.
        days: datetime64[D].
    """

    contexts: ContextTable
    classes: Ints
    days: NDArray[np.datetime64]

    def take(self, rows: Ints | NDArray[np.bool_]) -> "OffenceRows":
        """The rows at given positions, or where a mask holds."""
        return OffenceRows(
            contexts=self.contexts.take(rows), classes=self.classes[rows], days=self.days[rows]
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Lesson:
    """What one fit learns from.

    Attributes:
        history: Of the rows.
        contexts: The rows, or as many as the recipe allows, then repetitions with a part hidden.
        shares: Historical share of each row from the other blocks of time, by class.
        classes: What was true.
        weights: Recent rows weigh more, mean 1; repetitions little.
    """

    history: History
    contexts: ContextTable
    shares: Floats
    classes: Ints
    weights: Floats


def offence_rows(
    offences: pl.DataFrame, *, agency_places: pl.DataFrame, vocabulary: RiskVocabulary, state: str
) -> OffenceRows:
    """Offences as numbers, in their order; see :func:`~core.risk.contexts.contexts_of_offences`."""
    classes = offences["offence_code"].replace_strict(
        dict(vocabulary.class_of_offence), return_dtype=pl.Int64
    )
    return OffenceRows(
        contexts=contexts_of_offences(
            offences, agency_places=agency_places, vocabulary=vocabulary, state=state
        ),
        classes=classes.to_numpy(),
        days=offences["date"].to_numpy().astype("datetime64[D]"),
    )


def slices_of(rows: OffenceRows) -> RiskSlices:
    """The slices of the span of some offences."""
    return time_slices(first_day=rows.days.min().item(), last_day=rows.days.max().item())


def sliced(
    rows: OffenceRows, *, slices: RiskSlices
) -> tuple[OffenceRows, OffenceRows, OffenceRows]:
    """The rows of the training, the validation and the calibration slice.

    Raises:
        RequestError: A slice holds no offence.
    """
    before_validation = rows.days < np.datetime64(slices.validation)
    after_validation = rows.days >= np.datetime64(slices.calibration)
    between = ~before_validation & ~after_validation
    if not (before_validation.any() and between.any()):
        raise RequestError(
            f"offences: none before {slices.calibration}, where the slices to train and to "
            "validate lie; the model of classes needs offences in each"
        )
    return rows.take(before_validation), rows.take(between), rows.take(after_validation)


def joined(first: OffenceRows, second: OffenceRows) -> OffenceRows:
    """The rows of both, in this order."""
    return OffenceRows(
        contexts=joined_contexts(first.contexts, second.contexts),
        classes=np.concatenate([first.classes, second.classes]),
        days=np.concatenate([first.days, second.days]),
    )


def thinned(rows: OffenceRows, *, most: int, seed: int) -> OffenceRows:
    """At most so many of the rows, drawn at random and in their order."""
    return rows if len(rows.classes) <= most else rows.take(_drawn(len(rows.classes), most, seed))


def _drawn(of: int, most: int, seed: int) -> Ints:
    """Positions, ascending; all where there are no more than ``most``."""
    if of <= most:
        return np.arange(of)
    return np.sort(np.random.default_rng(seed).choice(of, size=most, replace=False))


def lesson_of(rows: OffenceRows, *, vocabulary: RiskVocabulary, recipe: RiskRecipe) -> Lesson:
    """Turn rows into what a fit learns from: history, shares from elsewhere in time, weights."""
    row_blocks = _blocks(rows.days)
    blocks = block_counts(
        rows.contexts, classes=rows.classes, blocks=row_blocks, vocabulary=vocabulary
    )
    history = make_history(
        blocks.sum(axis=0), pulls=choose_pulls(blocks, vocabulary=vocabulary), vocabulary=vocabulary
    )
    drawn = _drawn(len(rows.classes), recipe.most_rows, recipe.seed)
    learned = thinned(rows, most=recipe.most_rows, seed=recipe.seed)
    contexts, source = _with_hidden(learned.contexts, recipe=recipe)
    shares = out_of_block_shares(
        contexts, row_blocks=row_blocks[drawn][source], blocks=blocks, history=history
    )
    weights = 0.5 ** (_ages(learned.days) / recipe.half_life)
    return Lesson(
        history=history,
        contexts=contexts,
        shares=shares,
        classes=learned.classes[source],
        weights=(weights / weights.mean())[source]
        * np.where(np.arange(len(source)) < len(learned.classes), 1.0, recipe.hidden_weight),
    )


def _ages(days: NDArray[np.datetime64]) -> Floats:
    """Months before the last one, from 0."""
    months = month_numbers(days)
    ages: Floats = (months.max() - months).astype(np.float64)
    return ages


def _blocks(days: NDArray[np.datetime64]) -> Ints:
    """Half-years counted back from the last month; thirds of a shorter span."""
    ages = _ages(days).astype(np.int64)
    span = int(ages.max()) + 1
    width = _BLOCK_MONTHS if span >= 2 * _BLOCK_MONTHS else max(1, span // 3)
    return np.unique(ages // width, return_inverse=True)[1]


def _with_hidden(contexts: ContextTable, *, recipe: RiskRecipe) -> tuple[ContextTable, Ints]:
    """Contexts and repetitions of some with a part hidden; and which row each comes from."""
    random = np.random.default_rng(recipe.seed)
    everything = np.arange(len(contexts))
    picks = [
        everything[random.random(len(contexts)) < recipe.hidden_share] for _ in range(len(_HIDDEN))
    ]
    table = contexts
    for picked, column in zip(picks, _HIDDEN, strict=True):
        table = joined_contexts(table, _hide(contexts.take(picked), column=column))
    return table, np.concatenate([everything, *picks])


def _hide(contexts: ContextTable, *, column: str) -> ContextTable:
    matrix = contexts.matrix.copy()
    matrix[:, FEATURES.index(column)] = np.nan
    nowhere = np.full(len(contexts), -1)
    if column == "place":
        matrix[:, FEATURES.index("agency")] = np.nan
        return replace(contexts, matrix=matrix, place=nowhere)
    if column == "location":
        return replace(contexts, matrix=matrix, location=nowhere)
    return replace(contexts, matrix=matrix)


def joined_contexts(first: ContextTable, second: ContextTable) -> ContextTable:
    """The contexts of both, in this order."""
    return ContextTable(
        matrix=np.concatenate([first.matrix, second.matrix]),
        place=np.concatenate([first.place, second.place]),
        region=np.concatenate([first.region, second.region]),
        location=np.concatenate([first.location, second.location]),
        area=np.concatenate([first.area, second.area]),
    )

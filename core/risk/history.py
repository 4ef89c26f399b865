"""What was reported before in the same context, shrunk so that few offences say little.

Counts of the training years alone. The share of a class at a place is drawn toward that of its
region, the share at a location type toward that of its area, both toward all; the share at a place
and location type toward the product of the two (normalised), which is what it would be if place and
location acted apart. How strongly is measured: each pull is a number of offences, the one that
predicts half-years left out best. This is the posterior mean under a Dirichlet prior.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from core.errors import ModelMismatchError
from core.risk.contexts import ContextTable, Floats, Ints
from core.risk.vocabulary import AREA_OF_LOCATION, AREAS, LOCATIONS, RiskVocabulary

__all__ = [
    "History",
    "Pulls",
    "block_counts",
    "choose_pulls",
    "history_from_json",
    "history_to_json",
    "make_history",
    "out_of_block_shares",
]

_GRID: Final = (10.0, 30.0, 100.0, 300.0, 1000.0)
_SMALLEST: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Pulls:
    """How many offences the coarser share counts as, at each level."""

    region: float
    place: float
    area: float
    location: float
    context: float


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """Counts of the training years and the shares that follow.

    Attributes:
        counts: Offences by place, location type and class inside, float64, shape (places,
            locations, classes).
        pulls: How strongly the shares are drawn together.
        region_of_place: Code of each place's region, -1 for none.
        regions: How many regions there are.
    """

    counts: Floats
    pulls: Pulls
    region_of_place: Ints
    regions: int

    @cached_property
    def overall(self) -> Floats:
        """Shares of all offences, shape (classes,); half an offence for a class that has none."""
        return _normalised(self.counts.sum(axis=(0, 1)) + _SMALLEST)

    @cached_property
    def at_location(self) -> Floats:
        """Offences by location type, shape (locations,)."""
        offences: Floats = self.counts.sum(axis=(0, 2))
        return offences

    @cached_property
    def of_region(self) -> Floats:
        """Shares by region, shape (regions + 1, classes); the last row stands for no region."""
        rows = np.zeros((self.regions + 1, self.counts.shape[2]))
        np.add.at(rows, self.region_of_place, self.counts.sum(axis=1))
        rows[-1] = 0.0
        return _drawn(rows, toward=self.overall, pull=self.pulls.region)

    @cached_property
    def of_place(self) -> Floats:
        """Shares by place, shape (places, classes)."""
        return _drawn(
            self.counts.sum(axis=1),
            toward=self.of_region[self.region_of_place],
            pull=self.pulls.place,
        )

    @cached_property
    def of_area(self) -> Floats:
        """Shares by area, shape (areas, classes)."""
        rows = np.zeros((len(AREAS), self.counts.shape[2]))
        np.add.at(rows, AREA_OF_LOCATION, self.counts.sum(axis=0))
        return _drawn(rows, toward=self.overall, pull=self.pulls.area)

    @cached_property
    def of_location(self) -> Floats:
        """Shares by location type, shape (locations, classes)."""
        return _drawn(
            self.counts.sum(axis=0),
            toward=self.of_area[AREA_OF_LOCATION],
            pull=self.pulls.location,
        )

    @cached_property
    def of_context(self) -> Floats:
        """Shares by place and location type, shape (places, locations, classes)."""
        apart = self._apart(self.of_place[:, None, :], self.of_location[None, :, :])
        return _drawn(self.counts, toward=apart, pull=self.pulls.context)

    @cached_property
    def log_of_context(self) -> Floats:
        """Logarithm of :attr:`of_context`."""
        return np.log(self.of_context)

    def shares(self, contexts: ContextTable) -> Floats:
        """Shares of each context; where its place is hidden its region's, of its location's area.

        Returns:
            float64, shape (contexts, classes); rows sum to 1.
        """
        no_place, no_location = contexts.place < 0, contexts.location < 0
        shares = self.of_context[contexts.place, contexts.location]
        if no_location.any():
            some = contexts.take(no_location)
            shares[no_location] = self._apart(self.of_place[some.place], self.of_area[some.area])
        if no_place.any():
            some = contexts.take(no_place)
            shares[no_place] = self._apart(
                self.of_region[some.region], self.of_location[some.location]
            )
        return shares

    def _apart(self, place: Floats, location: Floats) -> Floats:
        return _normalised(place * location / self.overall)


def block_counts(
    contexts: ContextTable, *, classes: Ints, blocks: Ints, vocabulary: RiskVocabulary
) -> Floats:
    """Count offences by block of time, place, location type and class.

    Args:
        contexts: Contexts of offences.
        classes: Position of each offence's class inside.
        blocks: Block of time of each offence, from 0.
        vocabulary: The words of the model.

    Returns:
        float64, shape (blocks, places, locations, classes).
    """
    shape = (
        int(blocks.max()) + 1,
        len(vocabulary.places),
        len(LOCATIONS),
        len(vocabulary.classes),
    )
    cells = np.ravel_multi_index((blocks, contexts.place, contexts.location, classes), shape)
    counts = np.bincount(cells, minlength=int(np.prod(shape))).astype(np.float64)
    return counts.reshape(shape)


def choose_pulls(blocks: Floats, *, vocabulary: RiskVocabulary) -> Pulls:
    """Choose each pull by the log loss on blocks left out in turn, coarse levels first.

    Args:
        blocks: From :func:`block_counts`; with one block the middle of the grid is taken.
        vocabulary: The words of the model.
    """
    chosen = dict.fromkeys(_LEVELS, _GRID[2])
    if len(blocks) > 1:
        for level in _LEVELS:
            losses = {
                pull: _left_out_loss(
                    blocks,
                    level=level,
                    pulls=Pulls(**{**chosen, level: pull}),
                    vocabulary=vocabulary,
                )
                for pull in _GRID
            }
            chosen[level] = min(losses, key=lambda pull: (losses[pull], pull))
    return Pulls(**chosen)


_LEVELS: Final = ("region", "area", "location", "place", "context")


def _left_out_loss(
    blocks: Floats, *, level: str, pulls: Pulls, vocabulary: RiskVocabulary
) -> float:
    total = blocks.sum(axis=0)
    loss = 0.0
    for block in blocks:
        history = make_history(total - block, pulls=pulls, vocabulary=vocabulary)
        loss -= float((block * np.log(_level_shares(history, level=level))).sum())
    return loss


def _level_shares(history: History, *, level: str) -> Floats:
    """Shares of one level, in a shape that stretches to (places, locations, classes)."""
    shares: dict[str, Callable[[], Floats]] = {
        "region": lambda: history.of_region[history.region_of_place][:, None, :],
        "area": lambda: history.of_area[AREA_OF_LOCATION][None, :, :],
        "location": lambda: history.of_location[None, :, :],
        "place": lambda: history.of_place[:, None, :],
        "context": lambda: history.of_context,
    }
    return shares[level]()


def make_history(counts: Floats, *, pulls: Pulls, vocabulary: RiskVocabulary) -> History:
    """A history from counts of shape (places, locations, classes)."""
    return History(
        counts=counts,
        pulls=pulls,
        region_of_place=np.array(vocabulary.region_of_place, dtype=np.int64),
        regions=len(vocabulary.regions),
    )


def out_of_block_shares(
    contexts: ContextTable, *, row_blocks: Ints, blocks: Floats, history: History
) -> Floats:
    """Shares of each context from every block of time but its own.

    A model that learns beside a share must not find the answer of the row in it.

    Args:
        contexts: Contexts of offences.
        row_blocks: Block of time of each, from 0.
        blocks: From :func:`block_counts`.
        history: Made of the sum of the blocks.

    Returns:
        float64, shape (contexts, classes); rows sum to 1.
    """
    shares = np.empty((len(contexts), blocks.shape[-1]))
    for number, block in enumerate(blocks):
        here = row_blocks == number
        without = replace(history, counts=history.counts - block)
        shares[here] = without.shares(contexts.take(here))
    return shares


def history_to_json(history: History) -> dict[str, Any]:
    """A history as values of JSON: the pulls, and the counts that are not zero."""
    cells = np.nonzero(history.counts)
    return {
        "pulls": asdict(history.pulls),
        "shape": list(history.counts.shape),
        "cells": np.ravel_multi_index(cells, history.counts.shape).tolist(),
        "counts": history.counts[cells].astype(int).tolist(),
    }


def history_from_json(content: Mapping[str, Any], *, vocabulary: RiskVocabulary) -> History:
    """Read a history.

    Raises:
        ModelMismatchError: The counts are not of the vocabulary's places, locations and classes.
    """
    shape = (len(vocabulary.places), len(LOCATIONS), len(vocabulary.classes))
    if tuple(content["shape"]) != shape:
        raise ModelMismatchError(
            f"risk model: its history is of the shape {tuple(content['shape'])}, the vocabulary "
            f"asks for {shape}; train it again with 'ctcrimes build BUNDLE... --out DIR'"
        )
    counts = np.zeros(int(np.prod(shape)))
    counts[content["cells"]] = content["counts"]
    return make_history(
        counts.reshape(shape), pulls=Pulls(**content["pulls"]), vocabulary=vocabulary
    )


def _normalised(weights: Floats) -> Floats:
    shares: Floats = weights / weights.sum(axis=-1, keepdims=True)
    return shares


def _drawn(counts: Floats, *, toward: Floats, pull: float) -> Floats:
    total = counts.sum(axis=-1, keepdims=True)
    shares: Floats = (counts + pull * toward) / (total + pull)
    return shares

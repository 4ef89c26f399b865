"""The words of a model: which classes there are, and that a foreign vocabulary is refused."""

import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from core.errors import ModelMismatchError, RequestError, UnknownPlaceError
from core.nibrs.codes import CATEGORY_OF_CODE, BroadGroup
from core.risk.model import RiskModel, merged
from core.risk.vocabulary import (
    BROAD_GROUPS,
    OTHER,
    RiskVocabulary,
    freeze_vocabulary,
    vocabulary_from_json,
    vocabulary_to_json,
)


@pytest.fixture
def words(model: RiskModel) -> RiskVocabulary:
    return model.vocabulary


def test_the_twelve_commonest_categories_are_classes_and_the_rest_is_other(
    words: RiskVocabulary, offences: pl.DataFrame
) -> None:
    slugs = [CATEGORY_OF_CODE[code].slug for code in offences["offence_code"]]
    commonest = sorted(set(slugs), key=lambda slug: (-slugs.count(slug), slug))[:12]

    assert words.named == tuple(commonest)
    assert words.shown == (*commonest, OTHER)
    assert len(words.classes) == 15


def test_the_rest_keeps_its_broad_group(words: RiskVocabulary) -> None:
    for code, group in (("09B", "violent"), ("36A", "violent"), ("720", "other")):
        position = words.class_of_offence[code]
        assert words.shown[words.shown_of_class[position]] == OTHER
        assert BROAD_GROUPS[words.broad_of_class[position]] == group


def test_every_offence_code_falls_in_its_own_broad_group(words: RiskVocabulary) -> None:
    for code, category in CATEGORY_OF_CODE.items():
        assert BROAD_GROUPS[words.broad_of_class[words.class_of_offence[code]]] == category.broad


def test_broad_and_shown_shares_both_keep_the_whole(words: RiskVocabulary) -> None:
    inside = np.random.default_rng(0).dirichlet(np.ones(15), size=5)

    shown, broad = merged(inside, vocabulary=words)

    assert np.allclose(shown.sum(axis=1), 1)
    assert np.allclose(broad.sum(axis=1), 1)
    violent = [n for n in range(15) if words.broad_of_class[n] == 0]
    assert np.allclose(broad[:, BROAD_GROUPS.index(BroadGroup.VIOLENT)], inside[:, violent].sum(1))
    assert np.allclose(shown[:, -1], inside[:, -3:].sum(axis=1))


def test_only_the_agency_with_a_midnight_habit_is_found(words: RiskVocabulary) -> None:
    assert [words.agencies[n] for n in words.midnight_agencies] == [4]


def test_a_handful_of_nights_convicts_nobody(
    make_offences: Callable[..., pl.DataFrame], places: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    offences = make_offences().filter(pl.col("agency_id") < 4)
    few = (
        offences.filter(pl.col("agency_id") == 1)
        .head(3)
        .with_columns(agency_id=pl.lit(4, dtype=pl.Int64), hour=pl.lit(0, dtype=pl.Int8))
    )

    words = freeze_vocabulary(
        pl.concat([offences, few]), places=places, agency_places=agency_places
    )

    assert words.midnight_agencies == ()


def test_a_place_of_two_agencies_has_the_one_that_reports_more(words: RiskVocabulary) -> None:
    assert words.agencies[words.agency_of_place[words.places.index("cedar")]] == 3
    assert words.agency_of_place[words.places.index("empty")] == -1
    assert not words.seen_places[words.places.index("empty")]


def test_it_survives_json(words: RiskVocabulary) -> None:
    text = json.dumps(vocabulary_to_json(words))

    assert vocabulary_from_json(json.loads(text)) == words


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("named", ["larceny", "witchcraft"], "'witchcraft'"),
        ("classes", ["larceny"], "classes"),
        ("locations", ["20"], "location types"),
    ],
)
def test_a_foreign_vocabulary_is_refused(
    words: RiskVocabulary, field: str, value: list[str], what: str
) -> None:
    content = {**vocabulary_to_json(words), field: value}

    with pytest.raises(ModelMismatchError, match=what):
        vocabulary_from_json(content)


def test_unknown_words_name_themselves(words: RiskVocabulary) -> None:
    with pytest.raises(UnknownPlaceError, match="'atlantis'"):
        words.place_code("atlantis")
    with pytest.raises(RequestError, match="'99'"):
        words.location_code("99")


def test_nothing_to_learn_from_is_said(
    offences: pl.DataFrame, places: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    with pytest.raises(RequestError, match="none to learn from"):
        freeze_vocabulary(offences.clear(), places=places, agency_places=agency_places)

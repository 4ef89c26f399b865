"""The served model: probabilities that agree, fall-backs that say so, files that come back."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from core.errors import ModelMismatchError, RequestError, UnknownPlaceError
from core.nibrs.codes import CATEGORIES
from core.risk.contexts import CONTEXT_FRAME_SCHEMA, FEATURES, RiskContext, tabulate
from core.risk.explain import FEATURE_GROUPS, RiskExplanation, explain, sentences
from core.risk.groups import ContextGroups
from core.risk.lessons import offence_rows, sliced, slices_of
from core.risk.model import (
    RiskModel,
    RiskPrediction,
    merged,
    predict,
    predict_frame,
    probability_table,
)
from core.risk.storage import BOOSTER_FILE, MODEL_FILE, risk_from_files, risk_to_files
from core.risk.training import fit_risk
from core.risk.vocabulary import OTHER

USUAL = RiskContext(place="alder", date=date(2022, 6, 3), hour=22, location_code="20")


def context(**changes: object) -> RiskContext:
    return replace(USUAL, **changes)  # type: ignore[arg-type] # the tests name real fields


@pytest.fixture(scope="module")
def files(model: RiskModel) -> dict[str, bytes]:
    return risk_to_files(model)


@pytest.fixture(scope="module")
def place_names(places: pl.DataFrame) -> frozenset[str]:
    return frozenset(places["place"])


def test_broad_groups_are_the_sums_of_their_classes(model: RiskModel) -> None:
    for hour in (None, 0, 12):
        (prediction,) = predict(model, [context(hour=hour)])
        inside = dict(
            zip(
                model.vocabulary.classes,
                probability_table_of(model, context(hour=hour)),
                strict=True,
            )
        )
        for group in prediction.broad:
            named = [c.probability for c in prediction.classes if c.broad is group.group]
            rest = inside[f"{OTHER}-{group.group}"]
            assert group.probability == pytest.approx(sum(named) + rest, abs=1e-12)
        other = prediction.classes[-1].probability
        assert other == pytest.approx(
            sum(share for slug, share in inside.items() if slug.startswith(OTHER))
        )
        assert sum(c.probability for c in prediction.classes) == pytest.approx(1)
        assert sum(group.probability for group in prediction.broad) == pytest.approx(1)


def probability_table_of(model: RiskModel, asked: RiskContext) -> list[float]:
    table = tabulate([asked], vocabulary=model.vocabulary, state=model.state)
    found: list[float] = probability_table(model, table)[0].tolist()
    return found


def test_history_stands_beside_with_its_counts(model: RiskModel, offences: pl.DataFrame) -> None:
    (prediction,) = predict(model, [USUAL])

    past = offences.filter((pl.col("agency_id") == 1) & (pl.col("location_code") == "20"))
    assert prediction.basis == past.height
    by_slug = {each.slug: each for each in prediction.classes}
    larceny = past.filter(pl.col("offence_code") == "23C").height
    assert by_slug["larceny"].history_count == larceny
    assert by_slug["larceny"].history_share == pytest.approx(larceny / past.height, abs=0.03)
    assert sum(each.history_count for each in prediction.classes) == past.height
    assert sum(each.history_count for each in prediction.broad) == past.height
    assert by_slug["larceny"].broad == CATEGORIES["larceny"].broad
    assert by_slug[OTHER].broad is None
    assert prediction.fallbacks == ()
    assert not prediction.history_only


def test_the_model_learned_what_was_put_into_the_data(model: RiskModel) -> None:
    night, day, shop = predict(
        model, [context(hour=22), context(hour=12), context(hour=12, location_code="08")]
    )

    def share(prediction: RiskPrediction, slug: str) -> float:
        return next(each.probability for each in prediction.classes if each.slug == slug)

    assert share(night, "drugs") > 1.5 * share(day, "drugs")
    assert share(shop, "larceny") > 1.5 * share(day, "larceny")
    assert share(day, "assault") > 1.5 * share(shop, "assault")


def test_a_place_without_offences_falls_back_to_its_region_and_says_so(model: RiskModel) -> None:
    (prediction,) = predict(model, [context(place="empty")])

    assert prediction.basis == 0
    assert "South" in prediction.fallbacks[0].words
    vandalism = {
        place: next(c for c in told.classes if c.slug == "vandalism")
        for place in ("empty", "alder", "cedar")
        for told in predict(model, [context(place=place)])
    }
    # Vandalism is what the other place of this region, cedar, has more of.
    assert vandalism["empty"].history_share > 1.2 * vandalism["alder"].history_share
    assert vandalism["empty"].probability > 1.1 * vandalism["alder"].probability
    (nowhere,) = predict(model, [context(place="nowhere")])
    assert "all places" in nowhere.fallbacks[0].words


def test_a_location_without_offences_falls_back_to_its_area_and_says_so(model: RiskModel) -> None:
    (prediction,) = predict(model, [context(location_code="54")])

    assert "Shelter" in prediction.fallbacks[0].words
    assert "residential" in prediction.fallbacks[0].words
    shares = {each.slug: each.history_share for each in prediction.classes}
    (home,) = predict(model, [context(location_code="20")])
    assert shares["assault"] == pytest.approx(
        next(c.history_share for c in home.classes if c.slug == "assault"), abs=0.1
    )


def test_an_unknown_hour_is_said_and_midnight_is_not_it(model: RiskModel) -> None:
    unknown, midnight = predict(model, [context(hour=None), context(hour=0)])

    assert "hour" in unknown.fallbacks[0].words
    assert midnight.fallbacks == ()
    assert unknown.classes != midnight.classes


def test_midnight_of_a_habit_is_an_unknown_hour(
    make_offences: Callable[..., pl.DataFrame], places: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    swapped = agency_places.with_columns(
        place=pl.when(pl.col("agency_id") == 4).then(pl.lit("empty")).otherwise("place")
    )
    model = fit_risk(make_offences(), places=places, agency_places=swapped, state="CT")

    midnight, unknown = predict(
        model, [context(place="empty", hour=0), context(place="empty", hour=None)]
    )

    assert "midnight" in midnight.fallbacks[0].words
    assert midnight.classes == unknown.classes
    assert (
        "Not knowing the hour"
        in explain(model, context(place="empty", hour=0)).steps[2].known.words
    )


def test_a_group_without_skill_shows_history_only(model: RiskModel) -> None:
    for groups in (
        ContextGroups(bands=frozenset({"100,000 and over"})),
        ContextGroups(regions=frozenset({"North"})),
        ContextGroups(areas=frozenset({"residential"})),
    ):
        (prediction,) = predict(replace(model, history_only=groups), [USUAL])
        assert prediction.history_only
        (name,) = groups.bands | groups.regions | groups.areas
        (sentence,) = (each.words for each in prediction.without_skill)
        assert name in sentence
        elsewhere = context(place="cedar", location_code="08")
        (other,) = predict(replace(model, history_only=groups), [elsewhere])
        assert not other.history_only


def test_no_context_no_prediction(model: RiskModel) -> None:
    assert predict(model, []) == ()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"hour": 24}, RequestError),
        ({"hour": -1}, RequestError),
        ({"location_code": "99"}, RequestError),
        ({"place": "atlantis"}, UnknownPlaceError),
    ],
)
def test_bad_contexts_are_refused_everywhere(
    model: RiskModel, changes: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        predict(model, [context(**changes)])
    with pytest.raises(error):
        explain(model, context(**changes))


def test_a_batch_is_the_same_as_one_by_one(model: RiskModel) -> None:
    asked = [
        context(place=place, hour=hour, location_code=code)
        for place in ("alder", "cedar", "empty")
        for hour in (None, 3)
        for code in ("20", "54")
    ]
    frame = pl.DataFrame([vars(each) for each in asked], schema=CONTEXT_FRAME_SCHEMA)

    many = predict_frame(model, frame)

    for row, each in zip(many.iter_rows(named=True), asked, strict=True):
        (one,) = predict(model, [each])
        assert [row[c.slug] for c in one.classes] == [c.probability for c in one.classes]
        assert [row[b.group.value] for b in one.broad] == [b.probability for b in one.broad]


def test_training_twice_gives_the_same_bytes(
    offences: pl.DataFrame,
    places: pl.DataFrame,
    agency_places: pl.DataFrame,
    files: dict[str, bytes],
) -> None:
    shuffled = places.sort("name", descending=True)

    again = fit_risk(offences, places=shuffled, agency_places=agency_places, state="CT")

    assert risk_to_files(again) == files


def test_files_come_back_as_the_same_model(
    model: RiskModel, files: dict[str, bytes], place_names: frozenset[str]
) -> None:
    back = risk_from_files({**files, "another.txt": b""}, places=place_names)

    assert risk_to_files(back) == files
    assert predict(back, [USUAL, context(place="empty")]) == predict(
        model, [USUAL, context(place="empty")]
    )
    assert sum(map(len, files.values())) < 3_000_000


def broken(files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    content = {**json.loads(files[MODEL_FILE]), **changes}
    return {**files, MODEL_FILE: json.dumps(content).encode()}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"format": 99}, "format 99"),
        ({"features": ["place"]}, "features"),
        ({"bands": [0]}, "bands"),
        ({"band_names": ["all"]}, "bands"),
        ({"offsets": [0.0]}, "offsets"),
        ({"slices": {}}, "cannot be read"),
        ({"history": None}, "cannot be read"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(
    files: dict[str, bytes], place_names: frozenset[str], changes: dict[str, object], what: str
) -> None:
    with pytest.raises(ModelMismatchError, match=what):
        risk_from_files(broken(files, **changes), places=place_names)


def test_absent_or_damaged_files_are_refused(
    files: dict[str, bytes], place_names: frozenset[str]
) -> None:
    with pytest.raises(ModelMismatchError, match=BOOSTER_FILE):
        risk_from_files({MODEL_FILE: files[MODEL_FILE]}, places=place_names)
    with pytest.raises(ModelMismatchError, match=MODEL_FILE):
        risk_from_files({**files, MODEL_FILE: b"{"}, places=place_names)
    for content in (b"no model", files[BOOSTER_FILE][:-20], gzip.compress(b"no model")):
        with pytest.raises(ModelMismatchError, match=BOOSTER_FILE):
            risk_from_files({**files, BOOSTER_FILE: content}, places=place_names)


def test_a_model_of_other_classes_is_refused(
    files: dict[str, bytes], place_names: frozenset[str]
) -> None:
    content = json.loads(files[MODEL_FILE])
    fewer = content["vocabulary"]["named"][:-1]
    content["vocabulary"]["named"] = fewer
    content["vocabulary"]["classes"] = fewer + content["vocabulary"]["classes"][-3:]
    content["history"] = {**content["history"], "cells": [], "counts": []}
    content["history"]["shape"][2] -= 1

    with pytest.raises(ModelMismatchError, match="15 classes, the vocabulary 14"):
        risk_from_files({**files, MODEL_FILE: json.dumps(content).encode()}, places=place_names)


def test_a_model_of_another_dataset_is_refused(
    files: dict[str, bytes], place_names: frozenset[str]
) -> None:
    with pytest.raises(ModelMismatchError, match="'alder'"):
        risk_from_files(files, places=place_names - {"alder"})


def test_probabilities_are_near_the_truth_of_later_months(
    model: RiskModel, make_offences: Callable[..., pl.DataFrame], agency_places: pl.DataFrame
) -> None:
    later = offence_rows(
        make_offences(rows=20_000, seed=11),
        agency_places=agency_places,
        vocabulary=model.vocabulary,
        state="CT",
    )

    shown, _ = merged(probability_table(model, later.contexts), vocabulary=model.vocabulary)

    true = model.vocabulary.shown_of_class[later.classes]
    happened = np.bincount(true, minlength=13) / len(true)
    assert shown.mean(axis=0) == pytest.approx(happened, abs=0.02)
    history, _ = merged(model.history.shares(later.contexts), vocabulary=model.vocabulary)
    rows = np.arange(len(true))
    assert -np.log(shown[rows, true]).mean() < -np.log(history[rows, true]).mean() - 0.01


def test_an_explanation_leads_from_history_to_the_prediction(model: RiskModel) -> None:
    for asked in (USUAL, context(hour=None), context(place="empty"), context(location_code="54")):
        (prediction,) = predict(model, [asked])
        found = explain(model, asked)

        assert found.history == found.steps[0].before
        for step, following in zip(found.steps[:-1], found.steps[1:], strict=True):
            assert step.after == following.before
        assert found.steps[-1].after == pytest.approx(
            [each.probability for each in prediction.classes], abs=1e-9
        )
        assert all(sum(step.after) == pytest.approx(1) for step in found.steps)


def test_the_groups_of_an_explanation_hold_every_feature_once() -> None:
    assert sorted(n for names in FEATURE_GROUPS.values() for n in names) == sorted(FEATURES)


def in_words(explanation: RiskExplanation, *, slug: str) -> tuple[str, ...]:
    return tuple(each.words for each in sentences(explanation, slug=slug))


def test_an_explanation_speaks_of_what_moved_the_class(model: RiskModel) -> None:
    told = in_words(explain(model, USUAL), slug="drugs")

    assert told[0].startswith("Drugs was about ")
    assert told[0].endswith("of the offences on file for this place.")
    elsewhere = in_words(explain(model, context(place="empty")), slug="drugs")
    assert elsewhere[0].endswith("on file for its region, South.")
    assert any("The hour, 22:00, raises it" in sentence for sentence in told)
    by_day = in_words(explain(model, context(hour=12)), slug="drugs")
    assert any("The hour, 12:00, lowers it" in sentence for sentence in by_day)


def test_offences_of_one_class_are_refused(
    offences: pl.DataFrame, places: pl.DataFrame, agency_places: pl.DataFrame
) -> None:
    thefts = offences.filter(pl.col("offence_code") == "23C")

    with pytest.raises(RequestError, match="one class"):
        fit_risk(thefts, places=places, agency_places=agency_places, state="CT")


def test_a_slice_without_offences_is_said(
    offences: pl.DataFrame, agency_places: pl.DataFrame, model: RiskModel
) -> None:
    rows = offence_rows(
        offences, agency_places=agency_places, vocabulary=model.vocabulary, state="CT"
    )
    slices = slices_of(rows)

    with pytest.raises(RequestError, match="validate"):
        sliced(
            rows.take(rows.days >= np.datetime64(slices.calibration)),
            slices=slices,
        )

"""Models as files and back, and files that are not what they should be."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from core.daily_counts import DailyCounts
from core.errors import ModelMismatchError
from core.volume.forecast import forecast
from core.volume.model import VolumeModels
from core.volume.storage import MODELS_NAME, load_models, save_models


def test_models_come_back_as_they_were(models: VolumeModels, counts: DailyCounts) -> None:
    files = save_models(models)
    back = load_models(files)
    assert save_models(back) == files
    for origin in (models.snapshots[0].trained_to, counts.last_day):
        before = forecast(models, counts, origin=origin, horizon=30)
        after = forecast(back, counts, origin=origin, horizon=30)
        assert before.daily.equals(after.daily)
        assert before.totals.equals(after.totals)
        assert before.state_totals.equals(after.state_totals)


def test_every_file_is_text(models: VolumeModels) -> None:
    files = save_models(models)
    assert set(files) == {MODELS_NAME} | {f"volume-{s.trained_to}.txt" for s in models.snapshots}
    for content in files.values():
        content.decode("ascii")


def _json(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, bytes]], object]:
    def spoil(files: dict[str, bytes]) -> None:
        content = json.loads(files[MODELS_NAME])
        change(content)
        files[MODELS_NAME] = json.dumps(content).encode()

    return spoil


def _first_booster(change: Callable[[str], str]) -> Callable[[dict[str, bytes]], object]:
    def spoil(files: dict[str, bytes]) -> None:
        name = min(name for name in files if name != MODELS_NAME)
        files[name] = change(files[name].decode()).encode()

    return spoil


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda files: files.clear(), "no forecasting models"),
        (lambda files: files.pop(min(set(files) - {MODELS_NAME})), "not among the files"),
        (lambda files: files.update({MODELS_NAME: b"{"}), "cannot be read"),
        (_json(lambda content: content.pop("snapshots")), "cannot be read"),
        (_json(lambda content: content.update(snapshots=[])), "lists no model"),
        (_json(lambda content: content.update(format=0)), "format"),
        (_json(lambda content: content.update(state="XX")), "XX"),
        (_json(lambda content: content["vocabulary"]["features"].pop()), "vocabulary"),
        (_json(lambda content: content["vocabulary"]["holidays"].reverse()), "vocabulary"),
        (_json(lambda content: content.update(band_edges=[1.0])), "band_edges"),
        (_first_booster(lambda text: text[: len(text) // 2]), "not a whole LightGBM model"),
        (_first_booster(lambda text: text.replace("ewm_3 ", "ewm_4 ", 1)), "columns"),
    ],
)
def test_other_files_are_refused_with_the_remedy(
    models: VolumeModels, spoil: Callable[[dict[str, bytes]], object], message: str
) -> None:
    files = save_models(models)
    spoil(files)
    with pytest.raises(ModelMismatchError, match=message) as caught:
        load_models(files)
    assert "build the dataset again" in str(caught.value) or "state" in str(caught.value)

"""Models as text files: LightGBM's own text for each booster, and one JSON for the rest."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import lightgbm as lgb

from core.errors import ModelMismatchError, RequestError
from core.features import FEATURES, vocabulary
from core.volume.dispersion import BAND_EDGES, Dispersion
from core.volume.model import Choice, Settings, Snapshot, VolumeModels

__all__ = ["MODELS_NAME", "load_models", "models_content", "save_models"]

MODELS_NAME = "volume.json"
"""Name of the JSON among the files."""

_FORMAT = 2
_REMEDY = "build the dataset again with this version of ctcrimes"


def save_models(models: VolumeModels) -> dict[str, bytes]:
    """Turn models into files.

    Returns:
        Content by file name: :data:`MODELS_NAME`, and ``volume-YYYY-MM-DD.txt`` for each snapshot.
    """
    files = {
        _booster_name(snapshot.trained_to): _booster_text(snapshot.booster).encode()
        for snapshot in models.snapshots
    }
    text = json.dumps(models_content(models), indent=1, sort_keys=True)
    return {MODELS_NAME: f"{text}\n".encode(), **files}


def models_content(models: VolumeModels) -> dict[str, Any]:
    """What is known of the models beside their trees, ready for JSON."""
    return {
        "format": _FORMAT,
        "state": models.state,
        **({"states": list(models.states)} if models.national else {}),
        "vocabulary": dict(models.vocabulary),
        "band_edges": list(BAND_EDGES),
        "snapshots": [
            {
                "trained_to": snapshot.trained_to.isoformat(),
                "file": _booster_name(snapshot.trained_to),
                "choice": asdict(snapshot.choice),
                "dispersion": asdict(snapshot.dispersion),
            }
            for snapshot in models.snapshots
        ],
    }


def load_models(files: Mapping[str, bytes]) -> VolumeModels:
    """Read models back.

    Args:
        files: As :func:`save_models` made them; further files are ignored.

    Raises:
        ModelMismatchError: A file is absent or cannot be read, or the models were made for other
            features, holidays or volume bands than this program has.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> models = load_models(dataset.model_files())
        >>> models.model_trained_to, models.states
        (datetime.date(2024, 12, 31), ('CT',))
    """
    if MODELS_NAME not in files:
        raise ModelMismatchError(
            f"{MODELS_NAME}: the dataset holds no forecasting models; {_REMEDY}"
        )
    try:
        content = json.loads(files[MODELS_NAME])
        _check(content)
        snapshots = tuple(_snapshot(part, files=files) for part in content["snapshots"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelMismatchError(
            f"{MODELS_NAME}: the models cannot be read ({error!r}); {_REMEDY}"
        ) from error
    if not snapshots:
        raise ModelMismatchError(f"{MODELS_NAME}: it lists no model; {_REMEDY}")
    return VolumeModels(
        state=content["state"],
        states=_states(content),
        vocabulary=content["vocabulary"],
        snapshots=snapshots,
    )


def _booster_name(day: date) -> str:
    return f"volume-{day.isoformat()}.txt"


def _booster_text(booster: lgb.Booster) -> str:
    text: str = booster.model_to_string()
    return text


def _states(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Whose days were learned from; only a model of several says so."""
    return tuple(content.get("states", [content["state"]]))


def _check(content: Mapping[str, Any]) -> None:
    try:
        known = vocabulary(str(content["state"]), national=len(_states(content)) > 1)
    except RequestError as error:
        raise ModelMismatchError(f"{MODELS_NAME}: {error}") from error
    expected = {"format": _FORMAT, "band_edges": list(BAND_EDGES), "vocabulary": known}
    for name, value in expected.items():
        if content[name] != value:
            raise ModelMismatchError(
                f"{MODELS_NAME}: {name} is {content[name]!r}, this program expects {value!r}; "
                f"{_REMEDY}"
            )


def _snapshot(part: Mapping[str, Any], *, files: Mapping[str, bytes]) -> Snapshot:
    name = part["file"]
    if name not in files:
        raise ModelMismatchError(f"{name}: the model is not among the files; {_REMEDY}")
    return Snapshot(
        trained_to=date.fromisoformat(part["trained_to"]),
        booster=_booster(files[name].decode(), name=name),
        choice=_choice(part["choice"]),
        dispersion=_dispersion(part["dispersion"]),
    )


def _booster(text: str, *, name: str) -> lgb.Booster:
    # LightGBM ends the process on some damaged texts; what it needs is looked for first.
    if not (text.startswith("tree\n") and "end of trees" in text):
        raise ModelMismatchError(f"{name}: the file is not a whole LightGBM model; {_REMEDY}")
    try:
        booster = lgb.Booster(model_str=text)
    except lgb.basic.LightGBMError as error:
        raise ModelMismatchError(f"{name}: LightGBM cannot read it ({error}); {_REMEDY}") from error
    if booster.feature_name() != list(FEATURES):
        raise ModelMismatchError(
            f"{name}: its columns are not the features of this program; {_REMEDY}"
        )
    return booster


def _choice(part: Mapping[str, Any]) -> Choice:
    return Choice(
        settings=Settings(**part["settings"]),
        other=Settings(**part["other"]),
        baseline=part["baseline"],
        by_band=tuple(part["by_band"]),
        windows=part["windows"],
        scores=part["scores"],
    )


def _dispersion(part: Mapping[str, Any]) -> Dispersion:
    first, second = part["level_growth"]
    return Dispersion(
        by_band=tuple(part["by_band"]),
        by_series=dict(part["by_series"]),
        of_state=part["of_state"],
        growth=part["growth"],
        level_error=tuple(part["level_error"]),
        state_level_error=part["state_level_error"],
        level_growth=(first, second),
    )

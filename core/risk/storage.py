"""A risk model as files: the booster in LightGBM's text, packed, the rest in JSON. No pickle."""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

import lightgbm as lgb

from core.errors import ModelMismatchError
from core.risk.contexts import FEATURES
from core.risk.groups import BANDS, ContextGroups
from core.risk.history import history_from_json, history_to_json
from core.risk.loglinear import loglinear_from_json, loglinear_to_json
from core.risk.model import RiskModel
from core.risk.splits import RiskSlices
from core.risk.vocabulary import vocabulary_from_json, vocabulary_to_json

__all__ = ["BOOSTER_FILE", "FORMAT", "MODEL_FILE", "risk_from_files", "risk_to_files"]

BOOSTER_FILE: Final = "risk-booster.txt.gz"
MODEL_FILE: Final = "risk-model.json"

FORMAT: Final = 1
"""Raised by one whenever a file gains, loses or changes a field."""


def risk_to_files(model: RiskModel) -> dict[str, bytes]:
    """The files of a model, by name.

    Returns:
        :data:`BOOSTER_FILE` and :data:`MODEL_FILE`; the same model gives the same bytes.
    """
    content = {
        "format": FORMAT,
        "features": list(FEATURES),
        "state": model.state,
        "history_weight": model.history_weight,
        "loglinear_weight": model.loglinear_weight,
        "sharpness": model.sharpness,
        "offsets": list(model.offsets),
        "rounds": model.rounds,
        "slices": {name: day.isoformat() for name, day in asdict(model.slices).items()},
        "band_names": list(BANDS),
        "bands": list(model.bands),
        "history_only": {kind: sorted(names) for kind, names in asdict(model.history_only).items()},
        "vocabulary": vocabulary_to_json(model.vocabulary),
        "history": history_to_json(model.history),
        "loglinear": loglinear_to_json(model.loglinear),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    booster = model.booster.model_to_string(num_iteration=model.rounds)
    return {BOOSTER_FILE: gzip.compress(booster.encode(), mtime=0), MODEL_FILE: text.encode()}


def risk_from_files(files: Mapping[str, bytes], *, places: frozenset[str]) -> RiskModel:
    """Read a model and hold it to this program and to the dataset.

    Args:
        files: As :func:`risk_to_files` gave them; other files are left alone.
        places: The places of the dataset.

    Raises:
        ModelMismatchError: A file is absent or cannot be read, or the model has other classes,
            features, location types or places.

    Examples:
        >>> from pathlib import Path
        >>> from core.dataset import open_dataset
        >>> dataset = open_dataset(Path("artifacts/ct-demo"))
        >>> places = frozenset(dataset.table("places")["place"])
        >>> risk_from_files(dataset.model_files(), places=places).state
        'CT'
    """
    for name in (BOOSTER_FILE, MODEL_FILE):
        if name not in files:
            raise _mismatch(f"the dataset has no file {name}")
    try:
        content = json.loads(files[MODEL_FILE])
        if content.get("format") != FORMAT:
            raise _mismatch(f"{MODEL_FILE} is of format {content.get('format')}, not {FORMAT}")
        model = _parse(content, booster=_booster(files[BOOSTER_FILE]))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise _mismatch(f"{MODEL_FILE} cannot be read ({error!r})") from error
    _check(model, content=content, places=places)
    return model


def _booster(packed: bytes) -> lgb.Booster:
    try:
        return lgb.Booster(model_str=gzip.decompress(packed).decode())
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, lgb.basic.LightGBMError) as error:
        raise _mismatch(f"{BOOSTER_FILE} cannot be read ({error})") from error


def _parse(content: Mapping[str, Any], *, booster: lgb.Booster) -> RiskModel:
    vocabulary = vocabulary_from_json(content["vocabulary"])
    return RiskModel(
        state=content["state"],
        vocabulary=vocabulary,
        history=history_from_json(content["history"], vocabulary=vocabulary),
        history_weight=float(content["history_weight"]),
        booster=booster,
        loglinear=loglinear_from_json(
            content["loglinear"],
            places=len(vocabulary.places),
            regions=len(vocabulary.regions),
        ),
        loglinear_weight=float(content["loglinear_weight"]),
        sharpness=float(content["sharpness"]),
        offsets=tuple(content["offsets"]),
        slices=RiskSlices(
            **{name: date.fromisoformat(day) for name, day in content["slices"].items()}
        ),
        rounds=int(content["rounds"]),
        bands=tuple(content["bands"]),
        history_only=ContextGroups(
            **{kind: frozenset(names) for kind, names in content["history_only"].items()}
        ),
    )


def _check(model: RiskModel, *, content: Mapping[str, Any], places: frozenset[str]) -> None:
    words = model.vocabulary
    wanted = len(words.classes)
    if content["features"] != list(FEATURES) or model.booster.feature_name() != list(FEATURES):
        raise _mismatch(f"its features are not {', '.join(FEATURES)}")
    if model.booster.num_model_per_iteration() != wanted:
        found = model.booster.num_model_per_iteration()
        raise _mismatch(f"{BOOSTER_FILE} has {found} classes, the vocabulary {wanted}")
    if content["band_names"] != list(BANDS) or len(model.bands) != len(words.places):
        raise _mismatch("its town-size bands are not those of this program")
    if len(model.offsets) != len(words.shown):
        raise _mismatch(f"its decision rule has {len(model.offsets)} offsets, not {wanted}")
    if set(words.places) != places:
        strange = min(set(words.places) ^ places)
        raise _mismatch(f"it was trained for other places than the dataset's, such as {strange!r}")


def _mismatch(what: str) -> ModelMismatchError:
    return ModelMismatchError(
        f"risk model: {what}; train it again with 'ctcrimes build BUNDLE... --out DIR'"
    )

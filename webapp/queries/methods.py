"""From a dataset's manifest and its saved evaluations to the views of the methods page."""

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, TypeVar

from core.dataset import Dataset, DatasetFacts
from core.errors import DatasetError
from core.nibrs.codes import CATEGORIES
from core.nibrs.states import STATE_NAMES
from webapp.language import gettext, gettext_noop
from webapp.queries.forecaster import Forecaster
from webapp.views.common import Provenance
from webapp.views.methods import DataView, SourceBundle, Version
from webapp.views.methods_risk import (
    ClassBin,
    ClassGroup,
    ClassQuality,
    ClassScores,
    RiskEvaluation,
    Validated,
)
from webapp.views.methods_volume import (
    AuditGroup,
    Covered,
    Share,
    VolumeEvaluation,
    VolumeScores,
)

__all__ = ["data_view", "risk_evaluation", "volume_evaluation"]

_LOG = logging.getLogger("ctcrimes")
_PIT_BINS = 10
_TOWN_BORDERS = 2020
_COUNTY_BORDERS = 2016

View = TypeVar("View")


def data_view(
    dataset: Dataset,
    *,
    forecaster: Forecaster | None,
    has_classes: bool,
    state_police: bool = False,
) -> DataView:
    """What the manifest says; and which models there are.

    Args:
        dataset: The dataset.
        forecaster: What forecasts; null without models.
        has_classes: Whether there is a model of classes.
        state_police: Whether it is known that State Police have the towns without police.
    """
    facts = dataset.facts
    learned_from = forecaster.learned_from if forecaster else ()
    return DataView(
        name=dataset.name,
        state_name=facts.state_name,
        years=facts.years,
        first_day=facts.first_day,
        last_day=facts.last_day,
        synthetic=facts.synthetic,
        incidents=facts.incidents,
        offences=facts.offences,
        agencies=facts.agencies,
        agencies_with_incidents=facts.agencies_with_incidents,
        towns=facts.towns,
        bundles=tuple(
            SourceBundle(
                name=source.name,
                year=source.year,
                incidents=source.incidents,
                offences=source.offences,
                size=source.size,
                sha256=source.sha256,
            )
            for source in facts.sources
        ),
        versions=tuple(Version(name=name, version=is_at) for name, is_at in facts.versions.items()),
        built_on=facts.built_at.date(),
        sha256=dataset.manifest.dataset_sha256,
        size=sum(record.size for record in dataset.manifest.files.values()),
        trained_to=forecaster.trained_to if forecaster else None,
        learned_with=tuple(STATE_NAMES[state] for state in learned_from if state != facts.state),
        has_classes=has_classes,
        state_police=state_police,
        borders=_borders(facts),
    )


def _borders(facts: DatasetFacts) -> int | None:
    """Year of the boundary files that came with the program; null for a map that was given."""
    if not facts.towns:
        return _COUNTY_BORDERS
    return _TOWN_BORDERS if facts.state == "CT" else None


def volume_evaluation(dataset: Dataset, *, provenance: Provenance) -> VolumeEvaluation | None:
    """The saved back-test; null where there is none, or none that can be read."""

    def read(content: Mapping[str, Any]) -> VolumeEvaluation:
        return _volume(content, state_name=dataset.facts.state_name, provenance=provenance)

    return _read(dataset, kind="volume", read=read)


def _read(dataset: Dataset, *, kind: str, read: Callable[[Mapping[str, Any]], View]) -> View | None:
    """What was saved, checked; a file that is not as expected is as good as none, but logged."""
    try:
        content = dataset.evaluation(kind)
        if content is None:
            return None
        judged = _mapping(content["evaluated"])["dataset_sha256"]
        view = read(content)
    except (DatasetError, KeyError, TypeError, ValueError) as error:
        _LOG.warning("the saved evaluation of %s is left out: %r", kind, error)
        return None
    if judged != dataset.content_sha256:
        _LOG.warning("the saved evaluation of %s is left out: it judges another dataset", kind)
        return None
    return view


def _volume(
    content: Mapping[str, Any], *, state_name: str, provenance: Provenance
) -> VolumeEvaluation:
    windows = [tuple(map(date.fromisoformat, window)) for window in content["windows"]]
    served = _text(content["served"])
    models = _mapping(content["models"])
    if served not in models or not windows:
        raise ValueError(f"expected scores of {served!r} and at least one window")
    pit = tuple(_number(share) for share in content["pit"])
    if len(pit) != _PIT_BINS:
        raise ValueError(f"pit: expected {_PIT_BINS} shares, got {len(pit)}")
    choice, floor = _mapping(content["choice"]), _mapping(content["noise_floor"])
    return VolumeEvaluation(
        state_name=state_name,
        places=_count(content["series"]),
        windows=len(windows),
        first=windows[0][0],
        last=windows[-1][-1],
        origins=len(content["origins"]),
        served=served,
        models=tuple(_scores(VolumeScores, name=name, row=row) for name, row in models.items()),
        floor_deviance=_measure(floor["deviance"]),
        floor_wape=_measure(floor["wape"]),
        way=_text(_mapping(choice["settings"])["way"]),
        validated=_count(choice["windows"]),
        bands=tuple(_covered(row, label=_text(row["band"])) for row in content["by_band"]),
        leads=tuple(_covered(row, label=_leads(_text(row["leads"]))) for row in content["by_lead"]),
        totals=_totals(_mapping(content["total_coverage"])),
        pit=pit,
        audit=_ordered(tuple(map(_audit_group, content["audit"]))),
        beaten=tuple(
            Share(name=name, share=_number(share))
            for name, share in _mapping(content["share_beating"]).items()
        ),
        by_baseline=len({row["series"] for row in content["baseline_served"]}),
        provenance=provenance,
    )


def _covered(row: Mapping[str, Any], *, label: str) -> Covered:
    return Covered(
        label=label,
        days=_count(row["days"]),
        coverage_50=_measure(row["coverage_50"]),
        coverage_80=_measure(row["coverage_80"]),
        coverage_95=_measure(row["coverage_95"]),
    )


def _leads(name: str) -> str:
    """Days ahead in words; the core names them ``1 to 10``."""
    first, found, last = name.partition(" to ")
    if not found:
        raise ValueError(f"leads: expected 'first to last', got {name!r}")
    return gettext("Days {first} to {last} ahead", first=first, last=last)


def _totals(shares: Mapping[str, Any]) -> Covered:
    return Covered(
        label=gettext("Totals of 30 days"),
        days=None,
        coverage_50=_measure(shares["50"]),
        coverage_80=_measure(shares["80"]),
        coverage_95=_measure(shares["95"]),
    )


def _ordered(groups: tuple[AuditGroup, ...]) -> tuple[AuditGroup, ...]:
    """Groupings as they came, and in each what lies under the first limit before the others."""
    first = list(dict.fromkeys(group.grouping for group in groups))
    ordered = sorted(
        groups, key=lambda group: (first.index(group.grouping), not group.group.startswith("under"))
    )
    return tuple(replace(group, group=gettext(group.group)) for group in ordered)


_NO_REGION = {("region", "none"): gettext_noop("no region")}


def _audit_group(row: Mapping[str, Any]) -> AuditGroup:
    grouping, group = _text(row["grouping"]), _text(row["group"])
    return AuditGroup(
        grouping=grouping,
        group=_NO_REGION.get((grouping, group), group),
        places=_count(row["series"]),
        days=_count(row["days"]),
        wape=_measure(row["wape"]),
        deviance=_measure(row["deviance"]),
        bias=_measure(row["bias"]),
        coverage_80=_measure(row["coverage_80"]),
    )


def risk_evaluation(dataset: Dataset, *, provenance: Provenance) -> RiskEvaluation | None:
    """The saved comparison of models of classes; null where there is none that can be read."""

    def read(content: Mapping[str, Any]) -> RiskEvaluation:
        return _risk(content, state_name=dataset.facts.state_name, provenance=provenance)

    return _read(dataset, kind="risk", read=read)


def _risk(content: Mapping[str, Any], *, state_name: str, provenance: Provenance) -> RiskEvaluation:
    served, models = _text(content["served"]), _mapping(content["models"])
    if served not in models:
        raise ValueError(f"expected scores of {served!r}")
    days = {name: date.fromisoformat(day) for name, day in content["slices"].items()}
    alone = _mapping(content["history_only"])
    return RiskEvaluation(
        state_name=state_name,
        train=days["train"],
        validation=days["validation"],
        calibration=days["calibration"],
        test=days["test"],
        last_day=days["last_day"],
        rows=_count(content["test_rows"]),
        served=served,
        ece_noise=_measure(content["ece_noise_13"]),
        models=tuple(_scores(ClassScores, name=name, row=row) for name, row in models.items()),
        validated=tuple(
            Validated(name=name, log_loss=_measure(loss))
            for name, loss in _mapping(content["resampling"]).items()
        ),
        chosen=_text(content["chosen"]),
        classes=tuple(map(_class_quality, content["classes"])),
        groups=tuple(map(_class_group, content["groups"])),
        history_only=tuple(gettext(_text(name)) for names in alone.values() for name in names),
        provenance=provenance,
    )


def _class_quality(row: Mapping[str, Any]) -> ClassQuality:
    slug = _text(row["slug"])
    return ClassQuality(
        slug=slug,
        label=gettext(_text(row["label"])),
        broad=CATEGORIES[slug].broad if slug in CATEGORIES else None,
        told=_number(row["told"]),
        happened=_number(row["happened"]),
        precision=_measure(row["quality"]["precision"]),
        recall=_measure(row["quality"]["recall"]),
        bins=tuple(
            ClassBin(
                told=_number(part["told"]),
                happened=_number(part["happened"]),
                rows=_count(part["rows"]),
            )
            for part in row["reliability"]
        ),
    )


def _class_group(row: Mapping[str, Any]) -> ClassGroup:
    skill = _mapping(row["brier_skill"])
    return ClassGroup(
        kind=_text(row["kind"]),
        name=gettext(_text(row["name"])),
        rows=_count(row["rows"]),
        log_loss=_measure(row["log_loss"]["value"]),
        brier_skill=_measure(skill["value"]),
        skill_lower=_measure(skill["lower"]),
        skill_upper=_measure(skill["upper"]),
        ece=_measure(row["ece"]),
        ece_noise=_measure(row["ece_noise"]),
        top1=_measure(row["top1"]),
    )


def _scores(kind: Any, *, name: str, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a dataclass
    """A dataclass of a name and measures, each under its own key."""
    measures = [field.name for field in fields(kind) if field.name != "name"]
    return kind(name=name, **{key: _measure(row[key]) for key in measures})


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object, got {value!r}"[:80])
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {value!r}")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"expected a number of things, got {value!r}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"expected a number, got {value!r}")
    return float(value)


def _measure(value: object) -> float | None:
    """A number; null where the measure has no value, as with nothing to judge."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return round(_number(value), 6)

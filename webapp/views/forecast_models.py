"""Names of what speaks for a place: a model of ours, or a baseline."""

from webapp.language import gettext, gettext_noop

__all__ = ["baseline_words", "is_own_model", "model_words"]

_MODELS = {
    "direct": gettext_noop("LightGBM, all days at once"),
    "recursive": gettext_noop("LightGBM, day after day"),
}
_BASELINES = {
    "seasonal_naive": gettext_noop("the week before, again"),
    "weekday_level": gettext_noop("recent level by weekday"),
    "exponential_smoothing": gettext_noop("exponential smoothing"),
    "croston_sba": gettext_noop("Croston's method"),
}


def is_own_model(model: str) -> bool:
    """Whether a model of ours speaks for a place, and no baseline."""
    return model in _MODELS


def model_words(model: str) -> str:
    """Name of what speaks for a place; a baseline is called one."""
    if is_own_model(model):
        return gettext(_MODELS[model])
    return gettext("baseline: {name}", name=baseline_words(model))


def baseline_words(name: str) -> str:
    """Name of a baseline.

    >>> baseline_words("mean_28")
    'mean of 28 days'
    """
    days = name.removeprefix("mean_")
    if days.isdecimal():
        return gettext("mean of {count} days", count=days)
    return gettext(_BASELINES[name]) if name in _BASELINES else name

"""Made-up evaluations in the shape that the core saves, for a dataset that is too small for one.

PYTEST_DONT_REWRITE.
"""

from typing import Any

__all__ = ["risk_content", "volume_content"]

_BANDS = ("under 0.5 a day", "0.5 to 2 a day", "2 to 5 a day", "5 a day or more")


def _volume_scores(deviance: float, *, month_wape: float, bias: float) -> dict[str, float | None]:
    return {
        "wape": deviance / 3, "rmse": 2.0, "deviance": deviance, "state_wape": deviance / 12,
        "month_wape": month_wape, "bias": bias, "mase": deviance / 1.5, "rmsse": deviance / 1.8,
        "crps": deviance / 2, "log_score": deviance * 1.1, "coverage_50": 0.52,
        "coverage_80": 0.81, "coverage_95": 0.957, "volume_accuracy_mean": 0.96,
        "volume_accuracy_min": 0.9,
    }  # fmt: skip


def volume_content() -> dict[str, Any]:
    """A back-test: served is best but in the totals of 30 days, where a mean of 56 days is."""
    return {
        "protocol": "default",
        "series": 6,
        "origins": [f"2024-{month:02d}-01" for month in range(1, 13)],
        "windows": [["2024-07-05", "2024-08-03"], ["2024-12-02", "2024-12-31"]],
        "served": "served",
        "models": {
            "served": _volume_scores(1.2, month_wape=0.12, bias=0.01),
            "direct": _volume_scores(1.2, month_wape=0.12, bias=0.01),
            "recursive": _volume_scores(1.25, month_wape=0.13, bias=0.02),
            "seasonal_naive": _volume_scores(6.0, month_wape=0.3, bias=0.03),
            "mean_56": _volume_scores(1.3, month_wape=0.11, bias=-0.04),
        },
        "choice": {
            "settings": {"way": "direct", "rounds": 60, "shrink": 0.75},
            "windows": 12,
        },
        "baseline_served": [{"series": "dogwood", "model": "mean_56", "windows": 2}],
        "noise_floor": {"deviance": 1.0, "wape": 0.3, "state_wape": 0.07},
        "by_band": [
            {"band": band, "days": 100 + n, "coverage_50": 0.5 + n / 100,
             "coverage_80": 0.79 + n / 100, "coverage_95": 0.95}
            for n, band in enumerate(_BANDS)
        ],
        "by_lead": [
            {"leads": leads, "days": 120, "coverage_50": 0.5, "coverage_80": 0.8,
             "coverage_95": None}
            for leads in ("1 to 10", "11 to 20", "21 to 30")
        ],
        "pit": [0.1] * 9 + [0.1],
        "total_coverage": {"50": 0.55, "80": 0.84, "95": 0.96},
        "audit": [
            {"grouping": "volume", "group": "0.5 to 2 a day", "series": 4, "days": 240,
             "wape": 0.9, "deviance": 1.1, "bias": 0.05, "coverage_80": 0.82},
            {"grouping": "volume", "group": "2 to 5 a day", "series": 2, "days": 120,
             "wape": 0.5, "deviance": 1.2, "bias": -0.02, "coverage_80": 0.8},
            {"grouping": "volume", "group": "under 0.5 a day", "series": 1, "days": 60,
             "wape": 1.5, "deviance": 0.7, "bias": 0.1, "coverage_80": 0.9},
            {"grouping": "reporting", "group": "every month", "series": 6, "days": 360,
             "wape": 0.6, "deviance": None, "bias": 0.0, "coverage_80": 0.81},
        ],
        "share_beating": {"direct": 0.0, "recursive": 0.5, "seasonal_naive": 1.0, "mean_56": 0.75},
    }  # fmt: skip


def _class_scores(log_loss: float, *, ece: float, rare_told: float) -> dict[str, float | None]:
    return {
        "log_loss_3": log_loss / 2, "log_loss_13": log_loss, "brier_skill_13": 0.02,
        "ece_13": ece, "macro_f1_13": 0.2, "top1_13": 0.44, "top3_13": 0.76,
        "rare_told": rare_told, "rare_happened": 0.07,
    }  # fmt: skip


def _class(slug: str, label: str) -> dict[str, Any]:
    return {
        "slug": slug, "label": label, "told": 0.4, "happened": 0.41,
        "quality": {"precision": 0.5, "recall": None, "f1": None, "rows": 410},
        "reliability": [
            {"told": 0.1, "happened": 0.12, "rows": 500},
            {"told": 0.7, "happened": 0.69, "rows": 500},
        ],
    }  # fmt: skip


def risk_content() -> dict[str, Any]:
    """A comparison: the served model is best but in calibration, where the history is."""
    return {
        "models": {
            "lightgbm": _class_scores(1.6, ece=0.005, rare_told=0.069),
            "place_location": _class_scores(1.625, ece=0.004, rare_told=0.064),
            "smote": _class_scores(2.16, ece=0.06, rare_told=0.39),
            "smote_isotonic": _class_scores(1.65, ece=0.008, rare_told=0.076),
        },
        "served": "lightgbm",
        "slices": {
            "train": "2023-01-01", "validation": "2024-01-01", "calibration": "2024-03-01",
            "test": "2024-07-01", "last_day": "2024-12-31",
        },
        "test_rows": 1000,
        "ece_noise_13": 0.002,
        "classes": [_class("larceny", "Larceny"), _class("assault", "Assault"),
                    _class("other", "Other")],
        "resampling": {"plain": 1.596, "smote": 2.12, "smote_isotonic": 1.63},
        "chosen": "plain",
        "groups": [
            {"kind": "town_size", "name": "under 10,000", "rows": 600,
             "log_loss": {"value": 1.6, "lower": 1.5, "upper": 1.7},
             "brier_skill": {"value": 0.01, "lower": -0.002, "upper": 0.02},
             "ece": 0.01, "ece_noise": 0.009, "top1": 0.43},
        ],
        "history_only": {"bands": ["under 10,000"], "regions": [], "areas": []},
    }  # fmt: skip

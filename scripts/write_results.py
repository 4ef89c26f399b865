"""Write the results in docs/methods.md from what is kept in the committed dataset.

python scripts/write_results.py
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from core.dataset import Dataset, open_dataset

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "methods.md"
BEGIN: Final = "<!-- results: written by make results -->"
END: Final = "<!-- results: end -->"

_VOLUME: Final = ("deviance", "wape", "state_wape", "month_wape", "bias", "crps", "coverage_80")
_RISK: Final = ("log_loss_13", "brier_skill_13", "ece_13", "macro_f1_13", "top1_13", "top3_13")
_RISK_ROWS: Final = (
    "lightgbm",
    "random_forest",
    "logistic_regression",
    "neural_network",
    "place_location",
    "overall",
)


def results_of(dataset: Dataset) -> str:
    """The tables of both evaluations, as Markdown."""
    volume, risk = (_evaluation(dataset, kind=kind) for kind in ("volume", "risk"))
    windows: Sequence[Sequence[str]] = volume["windows"]
    kind = "simulated" if dataset.facts.synthetic else "reported"
    counted = (
        f"{volume['series']} places, {len(windows)} windows of 30 days, {windows[0][0]} to "
        f"{windows[-1][1]}. A forecast of the true rates would have a deviance of about "
        f"{volume['noise_floor']['deviance']:.3f}."
    )
    judged = (
        f"{risk['test_rows']:,} offences from {risk['slices']['test']} to "
        f"{risk['slices']['last_day']}; nothing of them was learned from or chosen by."
    )
    return "\n\n".join(
        [
            f"### Daily counts of {kind} offences ({dataset.name})",
            counted,
            _table(volume["models"], names=tuple(volume["models"]), measures=_VOLUME),
            f"### Classes of {kind} offences ({dataset.name})",
            judged,
            _table(risk["models"], names=_RISK_ROWS, measures=_RISK),
        ]
    )


def _evaluation(dataset: Dataset, *, kind: str) -> Mapping[str, Any]:
    found = dataset.evaluation(kind)
    if found is None:
        message = (
            f"{dataset.folder}: no evaluation; make one with 'ctcrimes evaluate {kind} --save'"
        )
        raise SystemExit(message)
    return found


def _table(
    models: Mapping[str, Mapping[str, float]], *, names: Sequence[str], measures: Sequence[str]
) -> str:
    head = [f"| model | {' | '.join(measures)} |", "|---" * (len(measures) + 1) + "|"]
    rows = [
        f"| `{name}` | {' | '.join(f'{models[name][measure]:.4f}' for measure in measures)} |"
        for name in names
    ]
    return "\n".join([*head, *rows])


def with_results(text: str, *, results: str) -> str:
    """A document with these results between its marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{results}\n\n{END}{after}"


def main() -> None:
    results = results_of(open_dataset(ROOT / "artifacts" / "ct-demo"))
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_results(text, results=results), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The model of classes on real offences: one later year, beside frequencies and families."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.build import build_dataset
from core.dataset import Dataset
from core.evaluation.classification import (
    brier_skill,
    expected_calibration_error,
    log_loss,
)
from core.evaluation.risk_audit import AuditRows, audit_groups
from core.evaluation.risk_report import evaluate_risk
from core.risk.frequencies import frequency_tables
from core.risk.groups import with_agency_populations
from core.risk.lessons import offence_rows
from core.risk.model import merged, probability_table
from core.risk.storage import risk_to_files
from core.risk.training import fit_risk

REACHED_LOUISIANA = 1.597
"""Log loss of 13 classes; the aim is 1.595 (docs/risk.md)."""

REACHED_CONNECTICUT = 0.920

pytestmark = [pytest.mark.real, pytest.mark.slow]


@dataclass(frozen=True, kw_only=True)
class Tables:
    offences: pl.DataFrame
    places: pl.DataFrame
    agency_places: pl.DataFrame


@pytest.fixture(scope="module")
def tables(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Tables]:
    def read(name: str) -> Tables:
        bundles = sorted((real_data / name).glob("*.zip"))
        if not bundles:
            pytest.skip(f"the folder of real bundles has no {name}")
        out = tmp_path_factory.mktemp("risk") / name
        dataset: Dataset = build_dataset(bundles, out=out, models=())
        agency_places = dataset.table("agency_places")
        return Tables(
            offences=dataset.table("offences"),
            places=with_agency_populations(
                dataset.table("places"),
                agencies=dataset.table("agencies"),
                agency_places=agency_places,
            ),
            agency_places=agency_places,
        )

    return read


def test_louisiana_2019_from_the_three_years_before(tables: Callable[[str], Tables]) -> None:
    louisiana = tables("louisiana")
    first = date(2019, 1, 1)
    before = louisiana.offences.filter(pl.col("date") < first)
    after = louisiana.offences.filter(pl.col("date") >= first)

    model = fit_risk(
        before, places=louisiana.places, agency_places=louisiana.agency_places, state="LA"
    )

    words = model.vocabulary
    past, test = (
        offence_rows(rows, agency_places=louisiana.agency_places, vocabulary=words, state="LA")
        for rows in (before, after)
    )
    true, true_broad = words.shown_of_class[test.classes], words.broad_of_class[test.classes]
    shown, broad = merged(probability_table(model, test.contexts), vocabulary=words)
    history, _ = merged(model.history.shares(test.contexts), vocabulary=words)

    assert len(true) == 54_335
    assert log_loss(shown, true=true) <= REACHED_LOUISIANA
    assert expected_calibration_error(shown, true=true) <= 0.006
    assert brier_skill(shown, true=true, reference=history) > 0
    for shares in frequency_tables(past, history=model.history, contexts=test.contexts).values():
        table, table_broad = merged(shares, vocabulary=words)
        assert log_loss(shown, true=true) < log_loss(table, true=true)
        assert log_loss(broad, true=true_broad) < log_loss(table_broad, true=true_broad)
    scores = audit_groups(
        AuditRows(
            shown=shown,
            history=history,
            true=true,
            contexts=test.contexts,
            incidents=after["incident_id"].to_numpy(),
        ),
        model=model,
    )
    bands = [score for score in scores if score.kind == "town_size"]
    assert len(bands) >= 4
    assert all(score.brier_skill.value > 0 for score in bands)
    assert sum(map(len, risk_to_files(model).values())) < 3_000_000


def test_connecticut_2023_beside_every_other_way(tables: Callable[[str], Tables]) -> None:
    connecticut = tables("ct-partial")

    report = evaluate_risk(
        connecticut.offences,
        places=connecticut.places,
        agency_places=connecticut.agency_places,
        state="CT",
    )

    served = report.models[report.served]
    assert report.test_rows == 16_303
    assert report.slices["test"].year == 2023
    for name, scores in report.models.items():
        if name != report.served:
            assert served.log_loss_13 < scores.log_loss_13, name
            assert served.log_loss_3 < scores.log_loss_3, name
    assert served.log_loss_13 <= REACHED_CONNECTICUT
    assert served.ece_13 <= 0.006
    assert served.macro_f1_13 >= report.models["smote"].macro_f1_13
    assert all(s.brier_skill.value > 0 for s in report.groups if s.kind == "town_size")
    assert report.models["smote"].rare_told > 3 * report.models["smote"].rare_happened
    assert served.rare_told == pytest.approx(served.rare_happened, rel=0.2)
    assert np.isfinite([s.log_loss.value for s in report.groups]).all()

"""The methods page: it says what the dataset and its saved evaluations say, and nothing else."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.dataset import Dataset, open_dataset, save_evaluation
from core.evaluation.of_dataset import volume_report_of
from core.evaluation.protocols import Protocol
from core.evaluation.report import VolumeReport
from core.evaluation.risk_report import RiskReport
from core.nibrs.codes import CATEGORIES, BroadGroup
from core.volume.inputs import place_counts
from core.volume.storage import load_models
from tests.support.evaluations import risk_content, volume_content
from tests.support.small_dataset import settings_for
from webapp.app import create_app
from webapp.figures.methods import (
    audit_figure,
    backtest_figure,
    classes_figure,
    coverage_figure,
    reliability_figure,
)
from webapp.language import Language, speaking
from webapp.pages.methods import METHODS_PAGE
from webapp.pages.methods_models import forecast_card
from webapp.pages.parts import Visit
from webapp.queries.forecaster import Forecaster
from webapp.queries.methods import data_view, risk_evaluation, volume_evaluation
from webapp.site import Site
from webapp.views.common import Provenance
from webapp.views.definitions import (
    CATEGORY_DEFINITIONS,
    GROUP_DEFINITIONS,
    MEASURE_DEFINITIONS,
)
from webapp.views.methods import citation, data_facts, data_sentence, size_words
from webapp.views.methods_coverage import (
    audit_summary,
    audit_table,
    coverage_summary,
    coverage_table,
)
from webapp.views.methods_risk import (
    RiskEvaluation,
    better_models,
    class_model_label,
    classes_summary,
    reliability_summary,
)
from webapp.views.methods_risk_tables import classes_table, reliability_table, risk_audit_table
from webapp.views.methods_volume import (
    VolumeEvaluation,
    backtest_summary,
    backtest_table,
    backtest_title,
    better_methods,
)

PROVENANCE = Provenance(source="Source: test", staff_source="", synthetic=True)
CHARTS = ("backtest", "interval-coverage", "forecast-audit", "class-models", "reliability")


@pytest.fixture(scope="module")
def evaluated_folder(forecast_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up dataset with both evaluations."""
    folder = tmp_path_factory.mktemp("artifacts") / "small-evaluated"
    shutil.copytree(forecast_folder, folder)
    for kind, content in (("volume", volume_content()), ("risk", risk_content())):
        save_evaluation(open_dataset(folder), kind=kind, content=content)
    return folder


@pytest.fixture(scope="module")
def dataset(evaluated_folder: Path) -> Dataset:
    return open_dataset(evaluated_folder)


@pytest.fixture(scope="module")
def volume(dataset: Dataset) -> VolumeEvaluation:
    view = volume_evaluation(dataset, provenance=PROVENANCE)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def risk(dataset: Dataset) -> RiskEvaluation:
    view = risk_evaluation(dataset, provenance=PROVENANCE)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def client(evaluated_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    cache = tmp_path_factory.mktemp("methods") / "cache"
    made: FlaskClient = create_app(settings_for(evaluated_folder, cache=cache)).server.test_client()
    return made


def test_made_up_evaluations_have_the_keys_of_real_ones() -> None:
    assert set(volume_content()) <= {field.name for field in fields(VolumeReport)}
    assert set(risk_content()) <= {field.name for field in fields(RiskReport)}


@pytest.mark.slow
def test_a_real_back_test_is_read_whole(forecast_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    shutil.copytree(forecast_folder, folder)
    report = volume_report_of(open_dataset(folder), protocol=Protocol.DEFAULT).as_json()
    plain = json.loads(json.dumps(report).replace("NaN", "null"))
    saved = save_evaluation(open_dataset(folder), kind="volume", content=plain)
    view = volume_evaluation(saved, provenance=PROVENANCE)
    assert view is not None
    assert [row.name for row in view.models] == list(plain["models"])
    assert (view.windows, view.last) == (6, date(2024, 12, 31))
    assert {group.grouping for group in view.audit} == {"volume", "size", "region", "reporting"}
    assert len(backtest_table(view).rows) == len(plain["models"])


def test_sentence_table_and_figure_have_the_same_errors(volume: VolumeEvaluation) -> None:
    summary = backtest_summary(volume)
    assert "deviance of 1.200 and a WAPE of 0.400" in summary
    assert "the best of 2 baselines by deviance, mean of 56 days, has 1.300 and 0.433" in summary
    rows = {row[0].text: row for row in backtest_table(volume).rows}
    assert rows["Served forecast"][1].text == "1.200"
    assert rows["Baseline: mean of 56 days"][1].value == 1.3
    figure: Any = backtest_figure(volume)
    deviance = dict(zip(figure.data[0].y, figure.data[0].customdata, strict=True))
    assert deviance["mean of 56 days"] == pytest.approx(1.3 / 1.2)
    assert "served forecast" not in deviance
    assert figure.layout.meta["title"] == backtest_title(volume) == backtest_table(volume).caption
    assert "(simulated)" in backtest_title(volume)


def test_a_method_far_off_stands_at_the_edge_with_its_figure(volume: VolumeEvaluation) -> None:
    trace: Any = backtest_figure(volume).data[0]
    at = list(trace.y).index("the week before, again")
    assert (trace.x[at], trace.text[at]) == (1.35, "5.0")
    assert trace.marker.symbol[at] == "triangle-right"


def test_where_another_method_is_better_is_said(
    volume: VolumeEvaluation, risk: RiskEvaluation
) -> None:
    assert better_methods(volume) == (
        (
            "error of 30-day totals (WAPE): mean of 56 days has 0.1100, "
            "the forecast or model shown here 0.1200"
        ),
    )
    (words,) = better_models(risk)
    assert words.startswith("calibration error: past shares of place and location type has 0.0040")
    assert words.endswith("the forecast or model shown here 0.0050")


def test_coverage_is_told_by_band_and_lead(volume: VolumeEvaluation) -> None:
    table = coverage_table(volume)
    assert [row[0].text for row in table.rows] == [
        "All days",
        "Places with under 0.5 a day",
        "Places with 0.5 to 2 a day",
        "Places with 2 to 5 a day",
        "Places with 5 a day or more",
        "Days 1 to 10 ahead",
        "Days 11 to 20 ahead",
        "Days 21 to 30 ahead",
        "Totals of 30 days",
    ]
    assert table.rows[5][4].text == "not judged"
    assert "from 79\N{NO-BREAK SPACE}% in places with under 0.5 a day to 82" in coverage_summary(
        volume
    )
    figure: Any = coverage_figure(volume)
    assert [trace.name for trace in figure.data] == ["50 %", "80 %", "95 %"]
    assert [shape.x0 for shape in figure.layout.shapes] == [0.5, 0.8, 0.95]
    shown = dict(zip(figure.data[1].y, figure.data[1].x, strict=True))
    assert [shown[row[0].text] for row in table.rows] == [row[3].value for row in table.rows]


def test_days_ahead_are_told_in_the_language_of_the_reader(dataset: Dataset) -> None:
    with speaking(Language.SPANISH):
        view = volume_evaluation(dataset, provenance=PROVENANCE)
    assert view is not None
    assert [lead.label for lead in view.leads] == [
        "Días 1 a 10 por delante",
        "Días 11 a 20 por delante",
        "Días 21 a 30 por delante",
    ]


def test_groups_are_told_without_a_missing_figure(volume: VolumeEvaluation) -> None:
    table = audit_table(volume)
    assert [row[0].text for row in table.rows] == [
        "under 0.5 a day",
        "0.5 to 2 a day",
        "2 to 5 a day",
        "every month",
    ]
    assert table.rows[3][5].text == "not judged"
    assert "50\N{NO-BREAK SPACE}% of what is reported in places with 2 to 5 a day" in audit_summary(
        volume
    )
    figure: Any = audit_figure(volume)
    assert list(figure.data[0].x) == [0.6, 0.5, 0.9, 1.5]


def test_classes_agree_in_sentence_table_and_figure(risk: RiskEvaluation) -> None:
    assert "rare classes 7\N{NO-BREAK SPACE}% together" in classes_summary(risk)
    assert "SMOTE without calibration would have told 39" in classes_summary(risk)
    rows = {row[0].text: row for row in classes_table(risk).rows}
    assert rows["SMOTE, isotonic"][1].value == 1.65
    assert rows["SMOTE, isotonic"][-1].value == 1.63
    assert rows["Served model"][-1].text == "not judged"
    figure: Any = classes_figure(risk)
    shown = dict(zip(figure.data[0].y, figure.data[0].customdata, strict=True))
    assert shown["SMOTE"] == pytest.approx(2.16 / 1.6)


def test_reliability_is_a_row_and_a_dot_for_each_bin(risk: RiskEvaluation) -> None:
    table = reliability_table(risk)
    assert [(row[0].text, row[1].value) for row in table.rows[:3]] == [
        ("Larceny", 1),
        ("Larceny", 2),
        ("Assault", 1),
    ]
    figure: Any = reliability_figure(risk)
    assert [trace.name for trace in figure.data] == ["equal", "Larceny", "Assault", "Other"]
    assert list(figure.data[1].x) == [0.1, 0.7]
    assert len({trace.marker.color for trace in figure.data[1:]}) == 3
    assert "0.50 points" in reliability_summary(risk)
    assert "\N{MINUS SIGN}0.2" in risk_audit_table(risk).rows[0][5].text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("models"),
        lambda content: content.pop("windows"),
        lambda content: content["models"].pop("served"),
        lambda content: content["models"]["served"].pop("deviance"),
        lambda content: content["models"]["served"].update(deviance="low"),
        lambda content: content.update(pit=[0.5, 0.5]),
        lambda content: content.update(windows=[["soon", "later"]]),
        lambda content: content.update(models=[1, 2]),
    ],
)
def test_an_evaluation_in_another_shape_is_left_out_and_logged(
    spoil: Callable[[dict[str, Any]], object],
    forecast_folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(forecast_folder, folder)
    content = volume_content()
    spoil(content)
    saved = save_evaluation(open_dataset(folder), kind="volume", content=content)
    assert volume_evaluation(saved, provenance=PROVENANCE) is None
    assert "evaluation of volume is left out" in caplog.text


def test_an_evaluation_of_other_data_is_left_out(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(type(dataset), "content_sha256", "another")
    assert risk_evaluation(dataset, provenance=PROVENANCE) is None
    assert "it judges another dataset" in caplog.text


def test_a_dataset_without_evaluations_says_how_they_are_made(small_site: Site) -> None:
    text = str(METHODS_PAGE.layout(Visit(site=small_site)))
    assert "ctcrimes evaluate volume artifacts/small --save" in text
    assert "ctcrimes evaluate risk artifacts/small --save" in text
    assert text.count("This dataset holds no such model.") == 2
    for chart in CHARTS:
        assert METHODS_PAGE.charts[chart].parts(Visit(site=small_site)) is None
        assert METHODS_PAGE.charts[chart].table(Visit(site=small_site)) is None
        assert f"chart='{chart}'" not in text


def test_every_entry_of_the_contents_leads_to_a_heading(small_site: Site) -> None:
    layout: Any = METHODS_PAGE.layout(Visit(site=small_site))
    text = json.dumps(layout.to_plotly_json(), default=vars)
    linked = set(re.findall(r'"href": "#([a-z-]+)"', text))
    anchors = set(re.findall(r'"id": "([a-z-]+)"', text))
    assert linked
    assert linked <= anchors


def test_every_word_and_category_has_its_place_in_a_list(small_site: Site) -> None:
    layout: Any = METHODS_PAGE.layout(Visit(site=small_site))
    text = json.dumps(layout.to_plotly_json(), default=vars)
    listed = " ".join(re.findall(r'"data-definitions": "([a-z0-9 -]+)"', text)).split()
    assert sorted(listed) == sorted([*MEASURE_DEFINITIONS, *CATEGORIES])


def test_every_category_and_group_is_defined() -> None:
    assert set(CATEGORY_DEFINITIONS) == set(CATEGORIES)
    assert set(GROUP_DEFINITIONS) == set(BroadGroup)


def test_a_model_of_several_states_says_whose_days_it_learned_from(forecast_folder: Path) -> None:
    dataset = open_dataset(forecast_folder)
    models = replace(load_models(dataset.model_files()), states=("CT", "LA", "VT"))
    counts = place_counts(dataset.table("panel"), staffing=dataset.table("staffing"), state="CT")
    view = data_view(dataset, forecaster=Forecaster(models, counts=counts), has_classes=False)
    alone = replace(view, learned_with=())

    assert view.learned_with == ("Louisiana", "Vermont")
    shown, usual = (str(forecast_card(each, evaluation=None)) for each in (view, alone))
    assert "days of Connecticut together with those of Louisiana and Vermont" in shown
    assert "Learned from" not in usual


def test_the_data_are_told_from_the_manifest(dataset: Dataset) -> None:
    view = data_view(dataset, forecaster=None, has_classes=False)
    facts = dict(data_facts(view))
    assert facts["SHA-256"] == dataset.manifest.dataset_sha256
    assert facts["Offences"] == f"{dataset.facts.offences:,}"
    assert facts["Made with"] == "not told"
    assert f"{dataset.facts.offences:,} reported offences" in data_sentence(view)
    assert dataset.manifest.dataset_sha256[:12] in citation(view, version="9.9")
    assert (size_words(2_556_631), size_words(340_000)) == ("2.6 MB", "340 kB")


def test_every_table_of_the_page_can_be_fetched(client: FlaskClient) -> None:
    for chart in CHARTS:
        csv = client.get(f"/data/{chart}.csv")
        assert csv.status_code == 200
        rows = client.get(f"/data/{chart}.json").get_json()["rows"]
        assert len(csv.get_data(as_text=True).splitlines()) == len(rows) + 1
    header = client.get("/data/backtest.csv").get_data(as_text=True).splitlines()[0]
    assert header.startswith("method,deviance,wape,state_wape,month_wape")


def test_the_page_is_whole_before_scripts_run(client: FlaskClient) -> None:
    answer = client.get("/methods")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "<title>Methods: Connecticut" in text
    assert 'data-page="methods"' in text


def test_names_of_models_of_classes() -> None:
    assert class_model_label("lightgbm") == "served model"
    assert class_model_label("class_weights_sigmoid") == "class weights, sigmoid"
    assert class_model_label("gradient_forest") == "gradient forest"

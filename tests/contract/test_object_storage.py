"""Datasets in a service with the protocol of S3: built, described, evaluated, served, replaced."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import model_commands
from core.cli import main
from core.dataset_remote import opened_dataset
from core.nibrs.schema import Era
from core.storage import Store, open_store, parse_address
from tests.support.bundles import make_bundle, write_bundle
from tests.support.object_stores import LocalS3
from webapp.app import SiteDash, create_app
from webapp.mirror import Mirror
from webapp.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
SHELF = f"s3://{LocalS3.bucket}/artifacts"
ADDRESS = f"{SHELF}/vt"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path, make_bundle(Era.CURRENT))


@pytest.fixture
def smaller(tmp_path: Path) -> Path:
    """The same with an offence less."""
    made = make_bundle(Era.CURRENT)
    made.offences.rows.pop(0)
    (tmp_path / "smaller").mkdir()
    return write_bundle(tmp_path / "smaller", made)


def build(bundle: Path, *, to: str = ADDRESS) -> int:
    return main(["build", "--without-models", str(bundle), "--out", to, "--json"])


def bucket(address: str = ADDRESS) -> Store:
    return open_store(parse_address(address))


def described(capsys: pytest.CaptureFixture[str], address: str = ADDRESS) -> dict[str, object]:
    capsys.readouterr()
    assert main(["describe", address, "--json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def ready(app: SiteDash) -> dict[str, object]:
    told: dict[str, object] = app.server.test_client().get("/ready").get_json()
    return told


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(
        {
            "CTCRIMES_ARTIFACTS": SHELF,
            "CTCRIMES_MIRROR_DIR": str(tmp_path / "mirror"),
            "CTCRIMES_CACHE_DIR": str(tmp_path / "cache"),
            "CTCRIMES_LOG_LEVEL": "WARNING",
        }
    )


@pytest.fixture(autouse=True)
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no server look by itself: when it looks is a step of the test."""
    monkeypatch.setattr(Mirror, "look_when_due", lambda _: None)


def start(settings: Settings) -> tuple[SiteDash, Mirror]:
    """The application, and the copies that it shows."""
    app = create_app(settings)
    assert isinstance(app, SiteDash)
    return app, app.library._mirror


@pytest.mark.usefixtures("s3")
def test_what_is_built_into_a_bucket_is_described_from_it(
    bundle: Path, smaller: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(bundle) == 0
    assert described(capsys)["offences"] == 9
    first = bucket().files()
    assert build(smaller) == 0
    assert described(capsys)["offences"] == 8
    second = bucket().files()
    assert len(second) == len(first)
    assert set(second) != set(first)
    assert bucket(SHELF).folders() == ("vt",)


@pytest.mark.usefixtures("s3")
def test_an_evaluation_is_kept_in_the_bucket(
    bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"models": {"one": {"log_loss_13": 0.5}}, "served": "one"}
    monkeypatch.setattr(model_commands, "risk_report_of", lambda _: None)
    monkeypatch.setattr(model_commands, "risk_report_to_json", lambda _: report)
    assert build(bundle) == 0
    assert main(["evaluate", "risk", ADDRESS, "--save"]) == 0
    assert "served: one" in capsys.readouterr().out
    with opened_dataset(ADDRESS) as dataset:
        kept = dataset.evaluation("risk")
    assert kept is not None
    assert kept["served"] == "one"


@pytest.mark.usefixtures("s3")
def test_a_forecast_without_models_says_so_and_names_no_passing_copy(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(bundle) == 0
    assert main(["forecast", ADDRESS, "all"]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_is_told_before_anything_is_built(
    bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "core.build_command.build_dataset", lambda *_, **__: pytest.fail("it is built")
    )
    assert build(bundle, to="s3://none/artifacts/vt") == 2
    told = capsys.readouterr().err
    assert "s3://none/artifacts/vt: cannot be written" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("verb", ["describe", "forecast", "evaluate", "serve", "build"])
def test_a_service_that_is_away_is_told_in_one_line_by_every_command(
    verb: str, s3: LocalS3, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3.end()
    words = {
        "describe": ["describe", ADDRESS],
        "forecast": ["forecast", ADDRESS, "all"],
        "evaluate": ["evaluate", "risk", ADDRESS],
        "serve": ["serve", ADDRESS],
        "build": ["build", str(bundle), "--out", ADDRESS],
    }
    assert main(words[verb]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"ctcrimes: {ADDRESS}: cannot be ")
    assert captured.err.count("\n") == 1


@pytest.mark.usefixtures("s3")
def test_a_server_shows_the_bucket_and_notices_what_is_published(
    bundle: Path, smaller: Path, settings: Settings
) -> None:
    build(bundle)
    app, mirror = start(settings)
    before = ready(app)
    assert (before["dataset"], before["datasets"], before["refused"]) == ("vt", ["vt"], "")
    client = app.server.test_client()
    assert client.get("/").status_code == 200

    build(smaller)
    build(bundle, to=f"{SHELF}/another")
    mirror.look()
    app.library.look()
    after = ready(app)
    assert after["datasets"] == ["another", "vt"]
    assert after["refused"] == ""
    site = app.library.site("vt")
    assert site.queries.dataset.sha256 != before["dataset_sha256"]
    assert client.get("/data/methods-coverage.csv?data=another").status_code in {200, 404}


def test_a_server_goes_on_without_the_service_and_starts_from_its_copies(
    s3: LocalS3, bundle: Path, smaller: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    build(bundle)
    app, mirror = start(settings)
    before = ready(app)
    s3.end()
    mirror.look()
    app.library.look()
    told = ready(app)
    assert told["dataset_sha256"] == before["dataset_sha256"]
    assert f"{SHELF}: cannot be listed" in str(told["refused"])
    assert "the copies that are here go on" in caplog.text
    assert app.server.test_client().get("/").status_code == 200

    again, _ = start(settings)
    assert ready(again)["dataset_sha256"] == before["dataset_sha256"]

    s3.start()
    build(smaller)
    mirror.look()
    app.library.look()
    assert ready(app)["refused"] == ""
    assert ready(app)["dataset_sha256"] != before["dataset_sha256"]


def test_a_start_without_the_service_and_without_a_copy_says_so(
    s3: LocalS3, settings: Settings
) -> None:
    s3.end()
    answer = create_app(settings).server.test_client().get("/")
    assert answer.status_code == 503
    assert f"{SHELF}: cannot be listed" in answer.get_data(as_text=True)


def test_fsspec_reads_the_address_of_the_service_from_its_own_variable_too(
    s3: LocalS3, bundle: Path
) -> None:
    build(bundle)
    environment = {**os.environ, "FSSPEC_S3_ENDPOINT_URL": s3.url, "PYTHONPATH": str(ROOT)}
    del environment["AWS_ENDPOINT_URL"]
    command = "import sys; from core.cli import main; sys.exit(main())"
    said = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", command, "describe", ADDRESS],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")
    assert "Vermont" in said.stdout

"""The command: what it prints, what it refuses, and with which exit code."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli import main
from core.nibrs.schema import Era
from core.places.town_maps import make_town_map
from tests.support.bundles import make_bundle, write_bundle, write_year
from tests.support.explorer_server import ExplorerServer
from tests.support.town_maps import SUBDIVISIONS, collection, zipped_shapefile

ROOT = Path(__file__).parents[3]
VERBS = ("fetch", "demo", "build", "describe", "forecast", "evaluate", "boundaries", "serve")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_bundle(tmp_path, make_bundle(Era.CURRENT))


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])

    assert stop.value.code == 0
    assert f"ctcrimes {verb}" in capsys.readouterr().out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    listed = re.findall(r"^    ([a-z]+)(?: |$)", capsys.readouterr().out, flags=re.MULTILINE)
    assert tuple(listed) == VERBS


def test_build_then_describe(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "vt"

    assert main(["build", "--without-models", str(bundle), "--out", str(out), "--json"]) == 0
    built = json.loads(capsys.readouterr().out)
    assert main(["describe", str(out), "--json"]) == 0
    described = json.loads(capsys.readouterr().out)

    assert described == built
    expected = {
        "state": "VT",
        "years": [2024],
        "incidents": 6,
        "offences": 9,
        "agencies": 3,
        "agencies_with_incidents": 2,
        "towns": 0,
        "first_day": "2024-01-01",
        "last_day": "2024-12-31",
        "synthetic": False,
    }
    assert {key: described[key] for key in expected} == expected
    assert re.fullmatch("[0-9a-f]{64}", described["dataset_sha256"])


def test_a_folder_stands_for_the_bundles_of_a_state(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "vt")

    build = ["build", "--without-models", str(bundle.parent), "--state", "vt", "--out", out]
    assert main([*build, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["years"] == [2024]


def test_several_states_become_datasets_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bundles"
    folder.mkdir()
    for state, year in (("VT", 2023), ("VT", 2024), ("ND", 2024)):
        shift = 1000 * (year - 2023)
        written = write_year(folder, year=year, state=state, shift=shift)
        written.rename(folder / f"{state}-{year}.zip")
    (folder / "NY-2024.zip").write_bytes(b"no zip file")
    out = tmp_path / "artifacts"

    build = ["build", "--without-models", str(folder), "--state", "all", "--out", str(out)]
    assert main([*build, "--json"]) == 2

    said = capsys.readouterr()
    assert [each["state"] for each in json.loads(said.out)] == ["ND", "VT"]
    assert "ctcrimes: 2 of 3 States were built. NY: NY-2024.zip" in said.err
    assert sorted(path.name for path in out.iterdir()) == ["nd-2024", "vt-2023-2024"]


def test_a_folder_without_bundles_is_no_folder_of_states(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.zip").write_bytes(b"x")

    assert main(["build", str(tmp_path), "--state", "all", "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert f"--state all: no bundle STATE-YEAR.zip in {tmp_path}" in said
    assert "ctcrimes fetch" in said


def test_several_states_need_a_folder(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["build", str(bundle), "--state", "VT,LA", "--out", str(tmp_path / "out")]

    assert main(asked) == 2
    assert "several States need folders of bundles" in capsys.readouterr().err


def test_a_bundle_of_another_state_is_refused(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "la"

    assert main(["build", str(bundle), "--state", "LA", "--out", str(out)]) == 2
    assert "VT-2024.zip is a bundle of VT, expected LA" in capsys.readouterr().err
    assert not out.exists()


def test_a_county_that_matches_nothing_is_said_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_bundle(Era.CURRENT)
    made.agencies.fill("county_name", "ATLANTIS")
    bundle = str(write_bundle(tmp_path, made))

    assert main(["build", "--without-models", bundle, "--out", str(tmp_path / "vt"), "--json"]) == 0
    assert "no county of the map is called Atlantis" in capsys.readouterr().err


def test_describe_speaks_plainly(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", "--without-models", str(bundle), "--out", str(tmp_path / "vt"), "--json"])
    capsys.readouterr()

    main(["describe", str(tmp_path / "vt")])

    assert re.search(r"^agencies with incidents +2$", capsys.readouterr().out, flags=re.MULTILINE)


def test_progress_goes_to_stderr_where_a_person_looks_on(
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    main(["build", "--without-models", str(bundle), "--out", str(tmp_path / "vt"), "--json"])

    captured = capsys.readouterr()
    assert "step" in captured.err
    json.loads(captured.out)


def test_a_log_file_gets_no_progress_bar(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["build", "--without-models", str(bundle), "--out", str(tmp_path / "vt"), "--json"])

    assert capsys.readouterr().err == ""


def bad_inputs(tmp_path: Path) -> dict[str, list[str]]:
    nothing = str(tmp_path / "nothing")
    to = str(tmp_path)
    return {
        "no such bundle": ["build", nothing, "--out", str(tmp_path / "out")],
        "a folder without a state": ["build", to, "--out", str(tmp_path / "out")],
        "no bundle of the state": ["build", to, "--state", "la", "--out", str(tmp_path / "out")],
        "no such dataset": ["describe", nothing],
        "no such boundaries": ["boundaries", nothing, "--out", str(tmp_path / "map")],
        "boundaries of no state": [
            "boundaries", to, "--state", "XX", "--out", str(tmp_path / "map"),
        ],
        "no such map of towns": [
            "build", nothing, "--boundaries", nothing, "--out", str(tmp_path / "out"),
        ],
        "no such state": ["fetch", "--state", "XX", "--years", "2021", "--to", to],
        "years backwards": ["fetch", "--state", "CT", "--years", "2024-2021", "--to", to],
        "a port too large": ["serve", "--port", "70000"],
        "serving nothing": ["serve", nothing],
    }  # fmt: skip


@pytest.mark.parametrize("case", sorted(bad_inputs(Path())))
def test_bad_input_is_one_line_and_exit_code_2(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(bad_inputs(tmp_path)[case]) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(r"ctcrimes: [^\n]+\n", captured.err)
    assert not (tmp_path / "out").exists()


def test_fetch_then_build(
    server: ExplorerServer, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.files["nibrs/incident/2024/VT-2024.zip"] = bundle.read_bytes()
    to = tmp_path / "fetched"
    fetch = ["fetch", "--state", "vt", "--years", "2024", "--to", str(to), "--json"]

    assert main([*fetch, "--base-url", server.url]) == 0
    (fetched,) = json.loads(capsys.readouterr().out)
    assert (
        main(["build", "--without-models", fetched, "--out", str(tmp_path / "vt"), "--json"]) == 0
    )

    assert Path(fetched) == to / "VT-2024.zip"
    assert json.loads(capsys.readouterr().out)["offences"] == 9


def test_a_year_that_was_not_published_is_said_in_words(
    server: ExplorerServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch = ["fetch", "--state", "CT", "--years", "2099", "--to", str(tmp_path)]

    assert main([*fetch, "--base-url", server.url]) == 2

    assert "2099" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_fetched_files_are_listed_one_a_line(
    server: ExplorerServer, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in (2023, 2024):
        server.files[f"nibrs/incident/{year}/VT-{year}.zip"] = bundle.read_bytes()
    fetch = ["fetch", "--state", "VT", "--years", "2023-2024", "--to", str(tmp_path / "to")]

    assert main([*fetch, "--base-url", server.url]) == 0

    expected = [str(tmp_path / "to" / f"VT-{year}.zip") for year in (2023, 2024)]
    assert capsys.readouterr().out.splitlines() == expected


def test_boundaries_that_cannot_be_written_name_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "cousub.json"
    source.write_bytes(collection(SUBDIVISIONS))

    assert main(["boundaries", str(source), "--state", "VT", "--out", str(tmp_path)]) == 2

    assert f"{tmp_path}: cannot be written" in capsys.readouterr().err


def test_boundaries_writes_the_simplified_map(tmp_path: Path) -> None:
    census, out = Path("core/places/data/ct_towns.geojson"), tmp_path / "map.json"

    assert main(["boundaries", str(ROOT / census), "--out", str(out)]) == 0

    assert len(json.loads(out.read_bytes())["features"]) == 169


def test_a_dataset_of_towns_from_a_zipped_shapefile(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    census, town_map = tmp_path / "cousub.zip", tmp_path / "vt-towns.json"
    town = replace(SUBDIVISIONS[2], name="Bristol", named="Bristol town", geoid="5000109025")
    census.write_bytes(zipped_shapefile([town, *SUBDIVISIONS[3:]]))

    assert main(["boundaries", str(census), "--state", "vt", "--out", str(town_map)]) == 0
    build = ["build", "--without-models", str(bundle), "--out", str(tmp_path / "vt"), "--json"]
    assert main([*build, "--boundaries", str(town_map)]) == 0

    summary = json.loads(capsys.readouterr().out)
    assert (summary["towns"], summary["map"], summary["offences"]) == (4, True, 9)


def test_boundaries_of_another_state_end_the_build(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town_map, out = tmp_path / "nh-towns.json", tmp_path / "vt"
    towns = [replace(town, geoid=f"33{town.geoid[2:]}") for town in SUBDIVISIONS]
    town_map.write_bytes(make_town_map(collection(towns), state="NH"))

    build = ["build", "--without-models", str(bundle), "--out", str(out)]
    assert main([*build, "--boundaries", str(town_map)]) == 2

    assert "it is of NH and the bundles are of VT" in capsys.readouterr().err
    assert not out.exists()


def test_an_interrupted_command_says_so(
    bundle: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.build_command.build_dataset", interrupt)

    assert main(["build", "--without-models", str(bundle), "--out", str(tmp_path / "vt")]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_the_installed_command_works() -> None:
    command = Path(sys.executable).with_name("ctcrimes")

    result = subprocess.run([command, "--version"], capture_output=True, check=True)  # noqa: S603 - our own command

    assert re.fullmatch(rb"ctcrimes \d+\.\d+\.\d+\n", result.stdout)

"""One bundle at a time onto disk, and what has to hold between bundles."""

import pickle
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core.errors import BundleError, DuplicateIdentifierError, MixedBundlesError
from core.nibrs.bundle import read_bundle
from core.nibrs.schema import Era
from core.parts import BundleParts, refuse_mixed, scan_parts, write_parts
from tests.support.bundles import make_bundle, write_bundle, write_year


def parts_of(*paths: Path, folder: Path) -> list[BundleParts]:
    folder.mkdir(exist_ok=True)
    return [write_parts(path, folder=folder) for path in paths]


@pytest.mark.parametrize("era", list(Era))
def test_parts_hold_what_the_reader_gives(tmp_path: Path, era: Era) -> None:
    path = write_bundle(tmp_path, make_bundle(era))
    bundle = read_bundle(path)

    (parts,) = parts_of(path, folder=tmp_path / "work")

    assert (parts.state, parts.state_name, parts.year, parts.synthetic) == (
        bundle.state,
        bundle.state_name,
        bundle.year,
        bundle.synthetic,
    )
    assert parts.source == bundle.source
    assert (parts.incidents, parts.offences) == (6, 9)
    assert (parts.first_incident, parts.last_incident) == (9001, 9006)
    for rows, frame in (
        (parts.incident_rows, bundle.incidents),
        (parts.offence_rows, bundle.offences),
        (parts.agency_rows, bundle.agencies),
        (parts.coverage_rows, bundle.coverage),
    ):
        assert_frame_equal(pl.read_parquet(rows), frame)


def test_the_call_and_its_result_can_be_sent_to_another_process(tmp_path: Path) -> None:
    call = pickle.dumps((write_parts, write_bundle(tmp_path, make_bundle(Era.CURRENT)), tmp_path))

    function, bundle, folder = pickle.loads(call)  # noqa: S301 - made a line above
    parts = function(bundle, folder=folder)

    assert pickle.loads(pickle.dumps(parts)) == parts  # noqa: S301 - as above


def test_a_broken_bundle_writes_no_part(tmp_path: Path) -> None:
    path = tmp_path / "VT-2024.zip"
    path.write_bytes(b"no zip")
    (tmp_path / "work").mkdir()

    with pytest.raises(BundleError):
        write_parts(path, folder=tmp_path / "work")

    assert list((tmp_path / "work").iterdir()) == []


def test_parts_of_one_kind_are_scanned_together(tmp_path: Path) -> None:
    paths = [write_year(tmp_path, year=year, shift=year * 10_000) for year in (2021, 2022)]

    read = parts_of(*paths, folder=tmp_path / "work")

    rows = scan_parts([parts.offence_rows for parts in read]).collect()
    assert rows["date"].dt.year().value_counts().sort("date").rows() == [(2021, 9), (2022, 9)]


def test_years_of_one_state_stand_together(tmp_path: Path) -> None:
    paths = [write_year(tmp_path, year=year, shift=year * 10_000) for year in (2023, 2021, 2022)]
    read = parts_of(*paths, folder=tmp_path / "work")

    for position, parts in enumerate(read):
        refuse_mixed(parts, earlier=read[:position])


@pytest.mark.parametrize(
    ("state", "year", "kind", "expected"),
    [
        ("CT", 2022, "reported", "of two states, VT and CT"),
        ("VT", 2021, "reported", "both of 2021"),
        ("VT", 2022, "simulated", "VT-2022-50000.zip is simulated"),
    ],
)
def test_bundles_that_cannot_stand_together(
    tmp_path: Path, state: str, year: int, kind: str, expected: str
) -> None:
    is_simulated = kind == "simulated"
    paths = (
        write_year(tmp_path, year=2021),
        write_year(tmp_path, year=year, state=state, shift=50_000, synthetic=is_simulated),
    )
    first, second = parts_of(*paths, folder=tmp_path / "work")

    with pytest.raises(MixedBundlesError) as caught:
        refuse_mixed(second, earlier=[first])

    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"{paths[0].name} and {paths[1].name}")


def test_an_incident_in_two_years_is_refused(tmp_path: Path) -> None:
    paths = (write_year(tmp_path, year=2021), write_year(tmp_path, year=2022, shift=5))
    first, second = parts_of(*paths, folder=tmp_path / "work")

    with pytest.raises(DuplicateIdentifierError, match="share 1 values of incident_id, first 9006"):
        refuse_mixed(second, earlier=[first])


def test_every_earlier_bundle_is_looked_at(tmp_path: Path) -> None:
    shifts = {2021: 0, 2022: 100, 2023: 200, 2024: 4}
    paths = [write_year(tmp_path, year=year, shift=shift) for year, shift in shifts.items()]
    *earlier, last = parts_of(*paths, folder=tmp_path / "work")

    with pytest.raises(DuplicateIdentifierError) as caught:
        refuse_mixed(last, earlier=earlier)

    assert str(caught.value).startswith(
        "VT-2021-0.zip and VT-2024-4.zip share 2 values of incident_id, first 9005;"
    )


def test_ranges_that_overlap_without_a_shared_incident_are_no_fault(tmp_path: Path) -> None:
    first, second = parts_of(
        write_year(tmp_path, year=2021),
        write_year(tmp_path, year=2022, shift=100),
        folder=tmp_path / "work",
    )

    refuse_mixed(second, earlier=[replace(first, last_incident=second.last_incident)])

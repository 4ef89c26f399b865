"""Whatever is done to a bundle, the reader returns sound frames or says what is wrong with it."""

import copy
import os
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import BundleError
from core.nibrs import table
from core.nibrs.bundle import (
    AGENCY_SCHEMA,
    COVERAGE_SCHEMA,
    INCIDENT_SCHEMA,
    OFFENCE_SCHEMA,
    Bundle,
    read_bundle,
)
from core.nibrs.schema import Era
from tests.support.bundles import Sheet, SmallBundle, archive_bytes, make_bundle

pytestmark = pytest.mark.slow

_EXAMPLES = os.environ.get("CTCRIMES_MANGLED_BUNDLES", "")
"""How many bundles each test mangles, other ones each time; without it, always the same 250."""

MANGLED = settings(
    derandomize=not _EXAMPLES,
    deadline=None,
    max_examples=int(_EXAMPLES or 250),
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NAME = "VT-mangled.zip"
WHOLE = {era: make_bundle(era) for era in Era}
FRAMES = ("incidents", "offences", "agencies", "coverage")

Edit = Callable[[st.DataObject, SmallBundle], None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mangled")


def _read(folder: Path, *, content: bytes) -> Bundle | BundleError:
    path = folder / NAME
    path.write_bytes(content)
    try:
        bundle = read_bundle(path)
    except BundleError as error:
        _assert_helpful(error)
        return error
    _assert_sound(bundle)
    return bundle


def _assert_helpful(error: BundleError) -> None:
    message = str(error)
    assert type(error) is not BundleError
    assert NAME in message
    assert "xpected" in message or "damaged" in message or "Download" in message
    assert len(message) < 1000
    assert "\n" not in message


def _assert_sound(bundle: Bundle) -> None:
    incidents, offences = bundle.incidents, bundle.offences
    assert incidents.schema == INCIDENT_SCHEMA
    assert offences.schema == OFFENCE_SCHEMA
    assert bundle.agencies.schema == AGENCY_SCHEMA
    assert bundle.coverage.schema == COVERAGE_SCHEMA
    keys = ["agency_id", "date", "incident_id"]
    assert incidents.equals(incidents.sort(keys))
    assert offences.equals(offences.sort([*keys, "offence_id"]))
    assert incidents["incident_id"].is_unique().all()
    assert offences["offence_id"].is_unique().all()
    assert set(incidents["incident_id"]) == set(offences["incident_id"])
    assert set(incidents["agency_id"]) <= set(bundle.agencies["agency_id"])
    assert incidents["date"].dt.year().unique().to_list() == [bundle.year]
    assert incidents["hour"].drop_nulls().is_between(0, 23).all()
    assert offences.drop("hour").null_count().sum_horizontal()[0] == 0
    shared = offences.select(INCIDENT_SCHEMA.names()).unique()
    assert shared.sort(keys).equals(incidents)
    assert bundle.agencies["agency_id"].is_unique().all()
    assert bundle.coverage.height == 12 * bundle.agencies.height
    assert bundle.coverage["incidents"].sum() == incidents.height
    assert (bundle.coverage.filter(pl.col("incidents") > 0)["status"] == "reported").all()


def _assert_same(first: Bundle | BundleError, second: Bundle | BundleError) -> None:
    assert type(first) is type(second)
    if isinstance(first, Bundle) and isinstance(second, Bundle):
        for name in FRAMES:
            assert getattr(first, name).equals(getattr(second, name)), name
    else:
        assert str(first) == str(second)


def _no_fast_way(*_: object, **__: object) -> None:
    return None


CELLS = st.one_of(
    st.sampled_from(
        [
            "", " ", "-", "-1", "0", "24", "12", "1e3", "3.0", " 7", "7 ", "+7", "007", "1_0",
            "99999999999", "99999999999999999999", "9223372036854775807", "-9223372036854775808",
            "2024-02-30", "2024-13-01", "2023-12-31", "2024-01-01", "2024-02-06 00:00:00", "2024",
            "31-FEB-19", "01-JAN-19", "01-jan-19", "1-JAN-19", "14-SEP-2019", "t", "T", "R", "U",
            "Z", "I", "13A", "90Z", "999", "23*", "NE", "NB", "XX", "Y", "N", "NULL", "null",
            "9001", "102", "103", "nan", "inf", "\u0661", "\u00f1", "\ufeff", "a,b", 'a"b',
            '"', '""', "a\nb", "a\r\nb", "\r", "\x00", "'", "\\", "x" * 200, "0" * 30 + "1",
        ]
    ),
    st.text(max_size=12),
    st.integers(-(2**65), 2**65).map(str),
    st.dates().map(str),
)  # fmt: skip


def _sheet(data: st.DataObject, bundle: SmallBundle) -> Sheet:
    return bundle.sheets[data.draw(st.sampled_from(sorted(bundle.sheets)))]


def _row(data: st.DataObject, sheet: Sheet) -> int:
    return data.draw(st.integers(0, max(len(sheet.rows) - 1, 0)))


def _replace_cell(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    if sheet.rows:
        row = sheet.rows[_row(data, sheet)]
        if row:
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS)


def _replace_column(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    column = data.draw(st.integers(0, max(len(sheet.header) - 1, 0)))
    value = data.draw(CELLS)
    for row in sheet.rows:
        if column < len(row):
            row[column] = value


def _drop_row(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    if sheet.rows:
        del sheet.rows[_row(data, sheet)]


def _repeat_row(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    if sheet.rows:
        sheet.rows.append(list(sheet.rows[_row(data, sheet)]))


def _change_width(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    if sheet.rows:
        row = sheet.rows[_row(data, sheet)]
        if data.draw(st.booleans()):
            row.append(data.draw(CELLS))
        else:
            del row[-1:]


def _change_header(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    position = data.draw(st.integers(0, max(len(sheet.header) - 1, 0)))
    names = st.one_of(st.sampled_from(sheet.header or ["a"]), CELLS)
    sheet.header[position : position + 1] = [data.draw(names)]


def _change_case(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    change = data.draw(st.sampled_from([str.upper, str.title, str.lower, str.swapcase]))
    sheet.header = [change(name) for name in sheet.header]


def _drop_column(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    position = data.draw(st.integers(0, max(len(sheet.header) - 1, 0)))
    for line in (sheet.header, *sheet.rows):
        del line[position : position + 1]


def _repeat_column(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    position = data.draw(st.integers(0, max(len(sheet.header) - 1, 0)))
    for line in (sheet.header, *sheet.rows):
        line[position:position] = line[position : position + 1]


def _empty_sheet(data: st.DataObject, bundle: SmallBundle) -> None:
    sheet = _sheet(data, bundle)
    sheet.rows = []
    if data.draw(st.booleans()):
        sheet.header = []


def _drop_member(data: st.DataObject, bundle: SmallBundle) -> None:
    del bundle.sheets[data.draw(st.sampled_from(sorted(bundle.sheets)))]


def _rename_member(data: st.DataObject, bundle: SmallBundle) -> None:
    name = data.draw(st.sampled_from(sorted(bundle.sheets)))
    suffix = st.sampled_from(["x", ".bak", "", "/"])
    bundle.sheets[data.draw(st.sampled_from(["a/b/", "__MACOSX/", "", "VT\\"])) + name] = (
        bundle.sheets.pop(name)
        if data.draw(st.booleans())
        else Sheet(header=["a"], rows=[[data.draw(suffix)]])
    )


def _encode(data: st.DataObject, bundle: SmallBundle) -> None:
    bundle.encoding = data.draw(st.sampled_from(["cp1252", "utf-8-sig", "utf-16", "utf-8"]))


def _nest(data: st.DataObject, bundle: SmallBundle) -> None:
    bundle.folder = data.draw(st.sampled_from(["VT", "a/b", "__MACOSX"]))


EDITS: tuple[Edit, ...] = (
    _replace_cell,
    _replace_cell,
    _replace_cell,
    _replace_column,
    _drop_row,
    _repeat_row,
    _change_width,
    _change_header,
    _change_case,
    _drop_column,
    _repeat_column,
    _empty_sheet,
    _drop_member,
    _rename_member,
    _encode,
    _nest,
)


def _mangled(data: st.DataObject) -> bytes:
    bundle = copy.deepcopy(WHOLE[data.draw(st.sampled_from(list(Era)))])
    for edit in data.draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=3)):
        if bundle.sheets:
            edit(data, bundle)
    try:
        return archive_bytes(bundle)
    except UnicodeEncodeError:
        bundle.encoding = "utf-8"
        return archive_bytes(bundle)


@MANGLED
@given(data=st.data())
def test_a_changed_bundle_is_read_or_refused(folder: Path, data: st.DataObject) -> None:
    _read(folder, content=_mangled(data))


@MANGLED
@given(data=st.data())
def test_the_fast_and_the_exact_way_agree(folder: Path, data: st.DataObject) -> None:
    content = _mangled(data)
    fast = _read(folder, content=content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_read_fast", _no_fast_way)
        exact = _read(folder, content=content)
    _assert_same(fast, exact)


@MANGLED
@given(data=st.data())
def test_changed_bytes_are_read_or_refused(folder: Path, data: st.DataObject) -> None:
    content = bytearray(archive_bytes(WHOLE[data.draw(st.sampled_from(list(Era)))]))
    for _ in range(data.draw(st.integers(1, 4))):
        # The directory at the end is where zip readers trip.
        start = data.draw(st.one_of(st.integers(0, len(content) - 1), st.integers(1, 900)))
        position = start if data.draw(st.booleans()) else max(len(content) - start, 0)
        content[position : position + 1] = bytes([data.draw(st.integers(0, 255))])
    _read(folder, content=bytes(content))


@MANGLED
@given(data=st.data())
def test_a_cut_archive_is_refused(folder: Path, data: st.DataObject) -> None:
    content = archive_bytes(WHOLE[data.draw(st.sampled_from(list(Era)))])
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, len(content)))
    if start < stop:
        assert isinstance(_read(folder, content=content[:start] + content[stop:]), BundleError)


@MANGLED
@given(raw=st.binary(max_size=60), position=st.integers(0, 400), member=st.integers(0, 5))
def test_raw_bytes_in_a_member_are_read_or_refused(
    folder: Path, raw: bytes, position: int, member: int
) -> None:
    bundle = WHOLE[Era.QUOTED]
    name = sorted(bundle.sheets)[member]
    content = bundle.member_bytes(name)
    position = min(position, len(content))
    broken = content[:position] + raw + content[position + len(raw) :]
    outcome = _read(folder, content=archive_bytes(bundle, replaced={name: broken}))
    if isinstance(outcome, BundleError) and "line" in str(outcome):
        assert re.search(r"\.csv, line \d+", str(outcome))

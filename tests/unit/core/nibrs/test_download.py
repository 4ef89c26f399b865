import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import CrimeAppError, DownloadError, RequestError, YearNotPublishedError
from core.nibrs.download import (
    STATES,
    Progress,
    TransferPolicy,
    fetch_bundles,
    parse_state,
    parse_years,
)
from tests.support.explorer_fixtures import CONTENT, FILE, KEY, LINK, OTHER, fails, names_in, zip_of
from tests.support.explorer_server import SECRET, ExplorerServer, Fault


def test_several_years_arrive_whole_with_progress_to_the_last_byte(
    server: ExplorerServer, tmp_path: Path, policy: TransferPolicy
) -> None:
    contents = {year: zip_of(str(year), size=50_000 + year) for year in (2021, 2022, 2023)}
    for year, content in contents.items():
        server.files[f"nibrs/incident/{year}/CT-{year}.zip"] = content
    seen: list[Progress] = []
    paths = fetch_bundles(
        "ct",
        years=[2023, 2021, 2022, 2021],
        folder=tmp_path,
        base_url=server.url + "/",
        on_progress=seen.append,
        policy=policy,
    )
    assert [path.name for path in paths] == ["CT-2021.zip", "CT-2022.zip", "CT-2023.zip"]
    assert [path.read_bytes() for path in paths] == list(contents.values())
    assert names_in(tmp_path) == ["CT-2021.zip", "CT-2022.zip", "CT-2023.zip"]
    assert server.log == [
        line
        for year in contents
        for line in (f"link nibrs/incident/{year}/CT-{year}.zip", f"file CT-{year}.zip")
    ]
    for year, content in contents.items():
        steps = [step for step in seen if step.year == year]
        received = [step.received for step in steps]
        assert received[0] == 0
        assert received[-1] == len(content)
        assert all(before < after for before, after in itertools.pairwise(received))
        assert {(step.state, step.total) for step in steps} == {("CT", len(content))}


def test_a_file_that_is_there_is_not_fetched_again(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "CT-2023.zip").write_bytes(OTHER)
    assert fetch().read_bytes() == OTHER
    assert server.log == []


@pytest.mark.parametrize(
    "present", [b"", b"no zip", OTHER[:-30], OTHER[:500] + b"?" + OTHER[501:], zip_of("", size=0)]
)
def test_a_file_that_is_no_readable_zip_is_replaced(
    fetch: Callable[..., Path], tmp_path: Path, present: bytes
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "CT-2023.zip").write_bytes(present)
    assert fetch().read_bytes() == CONTENT
    assert names_in(tmp_path) == ["CT-2023.zip"]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"linger": True}, id="the server keeps the connection open"),
        pytest.param({"chunked": True}, id="chunks"),
        pytest.param({"headers": {"Content-Length": ""}}, id="neither length nor chunks"),
        pytest.param({"headers": {"Content-Length": "many"}}, id="length is no number"),
    ],
)
def test_one_request_is_enough(
    server: ExplorerServer, fetch: Callable[..., Path], fault: dict[str, object]
) -> None:
    server.file_faults.append(Fault(**fault))  # type: ignore[arg-type] # the fields vary
    assert fetch(attempts=1, timeout=5).read_bytes() == CONTENT


# The signing service


def test_a_year_that_does_not_exist_says_so_and_writes_nothing(
    server: ExplorerServer, tmp_path: Path, policy: TransferPolicy
) -> None:
    error = fails(
        lambda: fetch_bundles(
            "CT", years=[2023, 2024, 2025], folder=tmp_path, base_url=server.url, policy=policy
        ),
        "CT-2024.zip",
        "no bundle for CT in 2024",
    )
    assert type(error) is YearNotPublishedError
    assert names_in(tmp_path) == ["CT-2023.zip"]
    assert server.log == [LINK, FILE, "link nibrs/incident/2024/CT-2024.zip"]


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 503}, {"status": 429}, {"cut": 20}, {"cut": 0, "reset": True}],
    ids=str,
)
def test_a_stumbling_service_is_asked_again(
    server: ExplorerServer, fetch: Callable[..., Path], fault: dict[str, int]
) -> None:
    server.link_faults += [Fault(**fault)] * 2  # type: ignore[arg-type] # the fields vary
    assert fetch(attempts=3).read_bytes() == CONTENT
    assert server.log == [LINK, LINK, LINK, FILE]


def test_a_service_that_stays_broken_ends_in_an_error(
    server: ExplorerServer, fetch: Callable[..., Path]
) -> None:
    server.link_faults += [Fault(status=502)] * 4
    fails(lambda: fetch(attempts=4), "4 attempts", "127.0.0.1", "status 502")
    assert server.log == [LINK] * 4


@pytest.mark.parametrize("status", [204, 304, 400, 403, 404, 410])
def test_a_refusal_of_the_service_is_final(
    server: ExplorerServer, fetch: Callable[..., Path], status: int
) -> None:
    server.link_faults.append(Fault(status=status))
    fails(fetch, "127.0.0.1", f"status {status}")
    assert server.log == [LINK]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>log in</html>",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"http://127.0.0.1/"',
        b'{"another key": "http://127.0.0.1/"}',
        f'{{"{KEY}": null}}'.encode(),
        f'{{"{KEY}": ["http://127.0.0.1/{SECRET}"]}}'.encode(),
        f'{{"{KEY}": "http://127.0.0.1/", "more": 1}}'.encode(),
        b"[" * 60_000,
        b"{" + b" " * 70_000 + b"}",
    ],
    ids=lambda body: body[:20].decode(errors="replace"),
)
def test_an_answer_of_another_shape_is_an_error(
    server: ExplorerServer, fetch: Callable[..., Path], tmp_path: Path, body: bytes
) -> None:
    server.link_faults.append(Fault(body=body))
    error = fails(fetch, "CT-2023.zip", "127.0.0.1", KEY)
    assert type(error) is DownloadError
    assert server.log == [LINK]
    assert names_in(tmp_path) == []


# Arguments


@pytest.mark.parametrize("text", ["ct", "CT", " Ct\n"])
def test_a_state_is_read_in_any_case(text: str) -> None:
    assert parse_state(text) == "CT"


def test_every_state_and_dc_is_known() -> None:
    assert len(set(STATES)) == 51
    assert list(STATES) == sorted(STATES)
    assert {"CT", "DC", "NE", "LA", "VT"} <= set(STATES)


@pytest.mark.parametrize(
    "text", ["", "C", "CTX", "XX", "NB", "PR", "../CT", "C T", "\u0131l", "Connecticut"]
)
def test_other_states_are_refused_with_the_list(text: str) -> None:
    with pytest.raises(RequestError, match=r"DC, one of AK, AL, .* CT, .* WY$"):
        parse_state(text)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023", (2023,)),
        ("2021-2024", (2021, 2022, 2023, 2024)),
        ("2019,2021-2023", (2019, 2021, 2022, 2023)),
        (" 2023 , 2021 - 2022 ", (2021, 2022, 2023)),
        ("2022-2023,2021-2022", (2021, 2022, 2023)),
        ("1991,2100", (1991, 2100)),
        ("2020-2020", (2020,)),
    ],
)
def test_years_are_read(text: str, years: tuple[int, ...]) -> None:
    assert parse_years(text) == years


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "such as 2021-2024"),
        ("2021,", "such as 2021-2024"),
        ("21", "such as 2021-2024"),
        ("2021-", "such as 2021-2024"),
        ("2021-2022-2023", "such as 2021-2024"),
        ("2021\u20132022", "such as 2021-2024"),
        ("\u0662\u0660\u0662\u0661", "such as 2021-2024"),
        ("latest", "latest"),
        ("2024-2021", "earlier year first"),
        ("1990", "1991 to 2100"),
        ("1980-2021", "year 1980"),
        ("2021-9999", "year 9999"),
    ],
)
def test_other_years_are_refused(text: str, word: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_years(text)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("state", "years", "base_url"),
    [
        ("../..", [2023], "http://127.0.0.1:1"),
        ("CT", [], "http://127.0.0.1:1"),
        ("CT", [2023, 1990], "http://127.0.0.1:1"),
        ("CT", [2023], ""),
        ("CT", [2023], "cde.ucr.cjis.gov"),
        ("CT", [2023], "file:///etc"),
        ("CT", [2023], "http://"),
        ("CT", [2023], "http://[::1"),
    ],
)
def test_impossible_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, state: str, years: list[int], base_url: str
) -> None:
    with pytest.raises(CrimeAppError) as caught:
        fetch_bundles(state, years=years, folder=tmp_path / "new", base_url=base_url)
    assert type(caught.value) is RequestError
    assert list(tmp_path.iterdir()) == []

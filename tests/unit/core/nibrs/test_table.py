import csv
import io

import polars as pl
import pytest

from core.errors import BadCellError, BundleError, EmptyMemberError, MissingColumnError
from core.nibrs import table
from core.nibrs.archive import Member
from core.nibrs.schema import CellType, Column, TableLayout
from core.nibrs.table import Table, read_header, read_table, shorten

LAYOUT = TableLayout(
    member="x.csv",
    columns=(
        Column(name="key"),
        Column(name="name", type=CellType.TEXT),
        Column(name="hour", required=False),
        Column(name="note", type=CellType.TEXT, required=False),
    ),
)
HEADER = b"other,key,name,hour,note\n"


def member(data: bytes) -> Member:
    return Member(archive="VT-2024.zip", name="VT/x.csv", data=data)


def rows(data: bytes) -> list[tuple[object, ...]]:
    return read_table(member(data), layout=LAYOUT).frame.rows()


def refusal(data: bytes) -> str:
    with pytest.raises(BundleError) as caught:
        rows(data)
    return str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        HEADER + b"o,1,a,,\no,2,b,3,n\n",
        HEADER + b"o,1,a,,\no,2,b,3,n",
        HEADER.replace(b"\n", b"\r\n") + b"o,1,a,,\r\no,2,b,3,n\r\n",
        HEADER.replace(b"\n", b"\r\n") + b"o,1,a,,\r\no,2,b,3,n",
        HEADER.upper() + b'"o",1,"a",,""\n"o",2,"b",3,"n"\n',
        b'" OTHER ","Key","NAME","hour","note"\n"o",1,"a",,""\n"o","2","b","3","n"\n',
        b"\xef\xbb\xbf" + HEADER + b"o,1,a,,\no,2,b,3,n\n",
        HEADER + b'"o,o",1,a,,\no,2,b,3,n\n',
        HEADER + b'"o\no",1,a,,\n\no,2,b,3,n\n\n',
        b"\n" + HEADER + b"o,1,a,,\no,2,b,3,n\n",
        b"note,hour,name,key\n,,a,1\nn,3,b,2\n",
    ],
)
def test_every_way_of_writing_a_table_reads_the_same(data: bytes) -> None:
    assert rows(data) == [(1, "a", None, ""), (2, "b", 3, "n")]


def test_text_is_utf_8_or_else_windows_1252() -> None:
    text = HEADER.decode() + "o,1,Ca\u00f1on \u2013 \u20ac,,\n"
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        assert rows(text.encode(encoding)) == [(1, "Ca\u00f1on \u2013 \u20ac", None, "")]


def test_text_in_neither_encoding_is_refused_with_its_line() -> None:
    assert "x.csv, line 3: byte 0x81" in refusal(HEADER + b"o,1,a,,\no,2,\x81\xff,3,n\n")


@pytest.mark.parametrize("first", [b"o,1,a,,\n", b'"o,o",1,a,,\n', b'"o\r\no",1,a,,\n'])
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"o,x,b,3,n", "column key: 'x'; expected a whole number"),
        (b"o,,b,3,n", "column key: ''; expected a whole number"),
        (b"o,1.0,b,3,n", "column key: '1.0'; expected a whole number"),
        (b"o,9223372036854775808,b,3,n", "column key: '9223372036854775808'"),
        (b"o,2,,3,n", "column name: ''; expected text"),
        (b"o,2,b,3h,n", "column hour: '3h'; expected a whole number or an empty cell"),
        (b"o,2,b,3", "4 cells; expected 5"),
        (b"o,2,b,3,n,", "6 cells; expected 5"),
        (b'o,2,b,3,"n', "not CSV"),
        (b'o,2,b,3,"n"n', "not CSV"),
        (b"o," + b"x" * 200 + b",b,3,n", f"column key: '{'x' * 40}...';"),
        (b'o,2,b,3,"' + b"n" * 140_000 + b'"', "not CSV (field larger"),
    ],
)
def test_a_bad_row_is_named_with_its_line(first: bytes, row: bytes, expected: str) -> None:
    message = refusal(HEADER + first + row + b"\no,3,c,4,m\n")
    line = 2 + first.count(b"\n")
    assert message.startswith(f"VT-2024.zip: VT/x.csv, line {line}")
    assert expected in message


def test_short_and_long_rows_do_not_cancel_out() -> None:
    assert "line 2: 4 cells" in refusal(HEADER + b"o,1,a,\no,2,b,3,n,x\n")
    assert "line 2: 4 cells" in refusal(HEADER + b'"o,o",1,a,\no,2,b,3,n\n')


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b",,\n1,2,3\n", HEADER])
def test_a_table_without_rows_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyMemberError, match=r"VT-2024\.zip: VT/x\.csv"):
        read_table(member(data), layout=LAYOUT)


def test_an_absent_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="no column hour"):
        rows(HEADER.replace(b"hour", b"hours") + b"o,1,a,,\n")


def test_a_needed_column_may_not_stand_there_twice() -> None:
    with pytest.raises(MissingColumnError, match="column name 2 times"):
        rows(HEADER.replace(b"other", b"NAME") + b"o,1,a,,\n")


def test_a_column_that_may_repeat_is_read_first() -> None:
    layout = TableLayout(member="x.csv", columns=(Column(name="year", may_repeat=True),))
    read = read_table(member(b"YEAR,0,YEAR,0\n1,x,2,y\n"), layout=layout)
    assert read.frame.rows() == [(1,)]


def test_headers_are_lower_case() -> None:
    assert read_header(member(b'"A", b \n1,2\n')) == ("a", "b")


def test_a_panic_of_the_fast_reader_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def panic(*_: object, **__: object) -> pl.DataFrame:
        raise pl.exceptions.PanicException("range end index out of range")

    monkeypatch.setattr(pl, "read_csv", panic)
    assert rows(HEADER + b"o,1,a,,\n") == [(1, "a", None, "")]


def test_regular_rows_are_read_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(table, "_read_exact")
    quoted = HEADER + b"".join(b'"o",%d,"name",%d,""\r\n' % (i, i % 24) for i in range(500))
    assert len(rows(quoted)) == 500


def test_the_fast_way_reads_what_the_standard_library_reads() -> None:
    cells = [[f"o{i}", str(i * 7919), f"n{i % 13}", str(i % 24), "x" * (i % 3)] for i in range(400)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(cells)
    oracle = [(int(c[1]), c[2], int(c[3]), c[4]) for c in cells]
    assert rows(HEADER + buffer.getvalue().encode()) == oracle


@pytest.mark.parametrize("zeros", [1, 30, 5000])
def test_zeros_in_front_say_nothing_either_way(monkeypatch: pytest.MonkeyPatch, zeros: int) -> None:
    """Found by mangling bundles: the exact way counted the digits and refused what Polars reads."""
    padded = HEADER + b"o,%s7,a,,\n" % (b"0" * zeros)
    fast = rows(padded)
    monkeypatch.setattr(table, "_read_fast", lambda *_, **__: None)
    assert fast == rows(padded) == [(7, "a", None, "")]


def test_refusing_names_the_line_of_the_first_bad_row() -> None:
    data = HEADER + b'"o\no",1,a,,\no,2,b,30,n\no,3,b,40,n\n'
    read = read_table(member(data), layout=LAYOUT)
    with pytest.raises(BadCellError, match=r"line 4, column hour: '30'; expected an hour"):
        read.refuse(pl.col("hour") > 23, column="hour", expected="expected an hour")


def test_refusing_nothing_returns_the_table() -> None:
    read = read_table(member(HEADER + b"o,1,a,,\n"), layout=LAYOUT)
    assert isinstance(read.refuse(pl.col("hour") > 23, column="hour", expected="-"), Table)


def test_a_long_value_is_shortened() -> None:
    assert shorten("x" * 40) == repr("x" * 40)
    assert shorten("x" * 41) == repr("x" * 40 + "...")

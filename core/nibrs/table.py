"""Reads one CSV member as a typed frame: fast when every row is regular, exact when one is not.

The fast way is Polars' CSV reader on the needed columns. Polars fills short rows and cuts long
ones without a word, so it is trusted only when every row has the same separators and quotes as the
first one. In every other case the member is read again with the standard library, which finds the
line, the column and the value to complain of, or returns the same frame.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

import polars as pl

from core.errors import (
    BadCellError,
    BundleError,
    EmptyMemberError,
    MissingColumnError,
)
from core.nibrs.archive import Member
from core.nibrs.schema import CellType, Column, TableLayout

__all__ = ["Table", "read_header", "read_table", "shorten"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STRUCTURE = b'",\r\n'
_NOT_STRUCTURE = bytes(set(range(256)) - set(_STRUCTURE))
# Zeros in front say nothing, however many: Polars reads them so, and Python stops at 4,300 digits.
_INTEGER = re.compile(r"\s*([+-]?)0*([0-9]{1,19})\s*", re.ASCII)
_INT64 = 2**63
_DTYPES: dict[CellType, pl.DataType] = {CellType.INTEGER: pl.Int64(), CellType.TEXT: pl.String()}
_EXPECTED = {CellType.INTEGER: "a whole number", CellType.TEXT: "text"}
_LONGEST_VALUE = 40
_FIRST_LINE = 2


def shorten(value: str) -> str:
    """A cell for a message: quoted, and cut after 40 characters."""
    return repr(value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}...")


@dataclass(frozen=True, kw_only=True)
class Table:
    """The needed columns of a member, with the way back to the line that a row came from.

    Attributes:
        member: The member, with its data in UTF-8.
        columns: The columns of the frame.
        frame: One row per record, Int64 or String; an empty text is ``""``, never null.
    """

    member: Member
    columns: tuple[Column, ...]
    frame: pl.DataFrame

    def error(
        self, error: type[BundleError], *, row: int, column: str, expected: str
    ) -> BundleError:
        """The error that names the member, line, column and value of a cell.

        Args:
            error: The class to construct.
            row: Index in :attr:`frame`.
            column: A column of :attr:`frame`.
            expected: What should stand there, or how it can be put right.
        """
        header, records = _parse(self.member)
        line, cells = next(islice(records, row, None))
        return _cell_error(
            self.member,
            error=error,
            line=line,
            column=column,
            value=cells[header.index(column)],
            expected=expected,
        )

    def refuse(
        self, bad: pl.Expr, *, column: str, expected: str, error: type[BundleError] = BadCellError
    ) -> Self:
        """Raise an error for the first row where a condition holds.

        Args:
            bad: A Boolean expression over :attr:`frame`; null counts as false.
            column: The column to name.
            expected: What should stand there.
            error: The class to raise.

        Returns:
            The table itself, when the condition holds nowhere.
        """
        return self.refuse_rows(
            self.frame.select(bad).to_series(), column=column, expected=expected, error=error
        )

    def refuse_rows(
        self, bad: pl.Series, *, column: str, expected: str, error: type[BundleError] = BadCellError
    ) -> Self:
        """As :meth:`refuse`, for a Boolean series with a value for each row of :attr:`frame`."""
        if bad.any():
            row = int(bad.fill_null(value=False).arg_true()[0])
            raise self.error(error, row=row, column=column, expected=expected)
        return self


def read_header(member: Member) -> tuple[str, ...]:
    """The headers of a member, in lower case and without blanks around them.

    Raises:
        EmptyMemberError: The member holds no header.
        BadCellError: The header is not text in UTF-8 or Windows-1252.
    """
    return _parse(_as_utf8(member))[0]


def read_table(member: Member, *, layout: TableLayout) -> Table:
    """Read the needed columns of a member.

    Args:
        member: The expanded member, in UTF-8 with or without byte order mark, or Windows-1252.
        layout: The columns to read.

    Returns:
        A table with at least one row; required cells are filled.

    Raises:
        EmptyMemberError: There is no header, or no row below it.
        MissingColumnError: A column is absent, or stands there twice.
        BadCellError: A row is shorter or longer than the header, or a cell has a wrong type.
    """
    utf8 = _as_utf8(member)
    header, _ = _parse(utf8)
    positions = [_position(utf8, header=header, column=column) for column in layout.columns]
    frame = _read_fast(utf8, header=header, columns=layout.columns, positions=positions)
    if frame is None or not _is_filled(frame, columns=layout.columns):
        frame = _read_exact(utf8, columns=layout.columns, positions=positions)
    if frame.is_empty():
        raise EmptyMemberError(
            f"{member.archive}: {member.name} holds a header but no row; expected at least one. "
            "A year without any report is published like that."
        )
    return Table(member=utf8, columns=layout.columns, frame=frame)


def _as_utf8(member: Member) -> Member:
    data = member.data.removeprefix(_BYTE_ORDER_MARK)
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            data = _from_windows_1252(member)
    return Member(archive=member.archive, name=member.name, data=data)


def _from_windows_1252(member: Member) -> bytes:
    try:
        return member.data.decode("cp1252").encode("utf-8")
    except UnicodeDecodeError as error:
        line = member.data.count(b"\n", 0, error.start) + 1
        raise BadCellError(
            f"{member.archive}: {member.name}, line {line}: byte 0x{member.data[error.start]:02x} "
            "is neither UTF-8 nor Windows-1252; expected text. Download the bundle again."
        ) from error


def _parse(member: Member) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """The header, and the records below it with the number of their last line."""
    records = _records(member)
    first = next(records, None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise EmptyMemberError(
            f"{member.archive}: {member.name} is empty; expected a header and rows. "
            "Download the bundle again."
        )
    return tuple(cell.strip().lower() for cell in first[1]), records


def _records(member: Member) -> Iterator[tuple[int, list[str]]]:
    text = io.TextIOWrapper(io.BytesIO(member.data), encoding="utf-8", newline="")
    reader = csv.reader(text, strict=True)
    line = 0
    try:
        for cells in reader:
            line = reader.line_num
            if cells:
                yield line, cells
    except csv.Error as error:
        # A quote that is never closed is only noticed at the end; the record's first line helps.
        raise BadCellError(
            f"{member.archive}: {member.name}, line {line + 1}: not CSV ({error}); expected cells "
            "between commas, quoted where they hold one. Download the bundle again."
        ) from error


def _position(member: Member, *, header: Sequence[str], column: Column) -> int:
    count = header.count(column.name)
    if count == 0:
        raise MissingColumnError(
            f"{member.archive}: {member.name} has no column {column.name}; expected it among "
            f"{len(header)} columns, which begin {shorten(', '.join(header[:3]))}. "
            "Download the bundle again."
        )
    if count > 1 and not column.may_repeat:
        raise MissingColumnError(
            f"{member.archive}: {member.name} has the column {column.name} {count} times; expected "
            "it once. Download the bundle again."
        )
    return header.index(column.name)


def _read_fast(
    member: Member,
    *,
    header: Sequence[str],
    columns: Sequence[Column],
    positions: Sequence[int],
) -> pl.DataFrame | None:
    if not _is_regular(member, width=len(header)):
        return None
    schema: dict[str, pl.DataType] = {f"column_{i}": pl.String() for i in range(len(header))}
    names = [f"column_{position}" for position in positions]
    schema |= {n: _DTYPES[column.type] for n, column in zip(names, columns, strict=True)}
    try:
        frame = pl.read_csv(
            member.data,
            has_header=False,
            skip_lines=1,
            schema=schema,
            columns=names,
            empty_string_is_null=False,
        )
    # A panic inside Polars is no Exception; the exact reader then decides what is wrong.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, OSError):
        return None
    return frame.select(pl.col(n).alias(c.name) for n, c in zip(names, columns, strict=True))


def _is_regular(member: Member, *, width: int) -> bool:
    """Whether each row has the separators, quotes and line ends of the first, and its width."""
    first_line, first = next(_parse(member)[1], (0, []))
    structure = member.data.translate(None, _NOT_STRUCTURE)
    body = structure[structure.find(b"\n") + 1 :]
    row = body[: body.find(b"\n") + 1]
    if first_line != _FIRST_LINE or len(first) != width or not row:
        return False
    expected = row * body.count(b"\n")
    return body in (expected, expected + row.rstrip(b"\r\n"))


def _is_filled(frame: pl.DataFrame, *, columns: Sequence[Column]) -> bool:
    integers = [c.name for c in columns if c.required and c.type is CellType.INTEGER]
    texts = [c.name for c in columns if c.required and c.type is CellType.TEXT]
    empty = frame.select((pl.col(texts) == "").any()).row(0) if texts else ()
    return not any(empty) and all(frame[name].null_count() == 0 for name in integers)


def _read_exact(
    member: Member, *, columns: Sequence[Column], positions: Sequence[int]
) -> pl.DataFrame:
    header, records = _parse(member)
    values: list[list[int | str | None]] = [[] for _ in columns]
    for line, cells in records:
        if len(cells) != len(header):
            raise BadCellError(
                f"{member.archive}: {member.name}, line {line}: {len(cells)} cells; expected "
                f"{len(header)}, as in the header. Download the bundle again."
            )
        for column, position, target in zip(columns, positions, values, strict=True):
            target.append(_value(member, line=line, column=column, cell=cells[position]))
    return pl.DataFrame(
        values,
        schema={column.name: _DTYPES[column.type] for column in columns},
        orient="col",
    )


def _value(member: Member, *, line: int, column: Column, cell: str) -> int | str | None:
    is_empty = cell == ""
    if not (is_empty and column.required):
        if column.type is CellType.TEXT:
            return cell
        if is_empty:
            return None
        found = _INTEGER.fullmatch(cell)
        if found is not None and -_INT64 <= (number := int("".join(found.groups()))) < _INT64:
            return number
    expected = _EXPECTED[column.type] + ("" if column.required else " or an empty cell")
    raise _cell_error(
        member,
        error=BadCellError,
        line=line,
        column=column.name,
        value=cell,
        expected=f"expected {expected}",
    )


def _cell_error(
    member: Member, *, error: type[BundleError], line: int, column: str, value: str, expected: str
) -> BundleError:
    return error(
        f"{member.archive}: {member.name}, line {line}, column {column}: {shorten(value)}; "
        f"{expected}. Download the bundle again."
    )

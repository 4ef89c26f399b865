"""Bundles of a simulated Connecticut that is many times its size: more agencies and more years.

A scale of n is ``copies`` times the agencies and ``spans`` times the four years of the demo, n =
copies x spans. Every copy of every span is simulated anew with a seed of its own. Copies have
agency ids, ORIs, names and incident numbers of their own; earlier spans are the years before, four
by four, so that leap years stay where they are. Scale 1 is the demo itself.
"""

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.demo.bundles import DEFAULT_SEED, write_demo_bundles
from core.demo.days import YEARS

SPAN = len(YEARS)
MOST_SPANS = 3
_AGENCIES_A_COPY = 100_000
_INCIDENTS_A_COPY = 10_000_000
_NUMBERED = ("incident_id", "offense_id", "did")
_OF_THE_YEAR = ("data_year", "inc_data_year")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How often the agencies and the four years stand in a scaled Connecticut."""

    copies: int
    spans: int


@dataclass(frozen=True, kw_only=True)
class _Copy:
    """One simulation: which copy of the agencies, which four years before the demo's."""

    agencies: int
    span: int
    number: int


def shape_of(scale: int) -> Shape:
    """The most spans, up to three, that divide the scale and are no more than its square root."""
    spans = max(n for n in range(1, MOST_SPANS + 1) if scale % n == 0 and n * n <= scale)
    return Shape(copies=scale // spans, spans=spans)


def write_scaled_bundles(folder: Path, *, scale: int) -> tuple[Path, ...]:
    """Write the bundles of a scale, one a year; their paths by year."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = shape_of(scale)
    paths: list[Path] = []
    for span in reversed(range(shape.spans)):
        copies = [
            _Copy(agencies=n, span=span, number=span * shape.copies + n)
            for n in range(shape.copies)
        ]
        with tempfile.TemporaryDirectory(dir=folder) as simulated:
            for copy in copies:
                seed = DEFAULT_SEED + copy.number
                write_demo_bundles(Path(simulated) / str(copy.number), seed=seed)
            for year in YEARS:
                path = folder / f"CT-{year - SPAN * span}.zip"
                _write(path, simulated=Path(simulated), year=year, copies=copies)
                paths.append(path)
    return tuple(paths)


def _write(path: Path, *, simulated: Path, year: int, copies: list[_Copy]) -> None:
    sources = [simulated / str(copy.number) / f"CT-{year}.zip" for copy in copies]
    with (
        zipfile.ZipFile(sources[0]) as first,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in first.namelist():
            content = first.read(name)
            if "agency_id" in header_of(content) or name == "NIBRS_OFFENSE.csv":
                rows = [
                    _moved(_member(source, name), copy=copy, year=year)
                    for source, copy in zip(sources, copies, strict=True)
                ]
                content = pl.concat(rows).write_csv().encode()
            archive.writestr(name, content)


def header_of(content: bytes) -> list[str]:
    """The cells of the first line."""
    return content.split(b"\n", maxsplit=1)[0].decode().split(",")


def _member(source: Path, name: str) -> pl.DataFrame:
    with zipfile.ZipFile(source) as archive:
        return pl.read_csv(archive.read(name), infer_schema=False)


def _moved(rows: pl.DataFrame, *, copy: _Copy, year: int) -> pl.DataFrame:
    """Rows of one simulation as those of its copy and of its year."""
    moved = str(year - SPAN * copy.span)
    changes = {
        "agency_id": _plus("agency_id", copy.agencies * _AGENCIES_A_COPY),
        **{name: _plus(name, copy.number * _INCIDENTS_A_COPY) for name in _NUMBERED},
        **{name: pl.lit(moved) for name in _OF_THE_YEAR},
        "incident_date": pl.lit(moved) + pl.col("incident_date").str.slice(4),
    }
    if copy.agencies:
        changes["ori"] = pl.lit(f"Z{chr(ord('A') + copy.agencies)}") + pl.col("ori").str.slice(2)
        changes["pub_agency_name"] = pl.col("pub_agency_name") + f" {copy.agencies + 1}"
    return rows.with_columns(
        **{name: change for name, change in changes.items() if name in rows.columns}
    )


def _plus(name: str, number: int) -> pl.Expr:
    return (pl.col(name).cast(pl.Int64) + number).cast(pl.String)

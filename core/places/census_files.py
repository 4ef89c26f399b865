"""Boundary files as the Census Bureau publishes them: GeoJSON or a shapefile, zipped or not."""

import json
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from warnings import catch_warnings
from zipfile import BadZipFile, ZipFile

import shapefile

from core.errors import BoundaryError, RequestError

__all__ = ["boundary_text"]

_ZIP: Final = b"PK\x03\x04"
_SHAPEFILE: Final = b"\x00\x00\x27\x0a"
_LARGEST: Final = 1_000_000_000  # bytes of one member: the whole country's is a third of that
_HEADER_SIZE: Final = slice(8, 10)  # where a table says where its rows begin
_DAMAGES: Final = (
    shapefile.ShapefileException,
    shapefile.PossiblyCorruptFileHeader,
    struct.error,
    ValueError,
    LookupError,
)


@dataclass(frozen=True, kw_only=True)
class _Shapefile:
    """The two parts of a shapefile that are read: outlines, and the table beside them."""

    shapes: bytes
    records: bytes


def boundary_text(source: Path) -> bytes:
    """Return a boundary file as GeoJSON text.

    Args:
        source: GeoJSON, whose bytes are returned as they are; or a zip with one shapefile in it;
            or the ``.shp`` of a shapefile whose ``.dbf`` lies beside it. What it is is told from
            the content, not from the name.

    Raises:
        RequestError: The file cannot be read.
        BoundaryError: The zip or the shapefile is damaged, too large or not whole, or the zip
            holds no shapefile or several.
    """
    try:
        content = source.read_bytes()
    except OSError as error:
        raise RequestError(f"{source}: cannot be read ({error.strerror})") from error
    if content.startswith(_ZIP):
        return _as_geojson(_zipped(content, label=source.name), label=source.name)
    if content.startswith(_SHAPEFILE):
        return _as_geojson(_with_table(content, beside=source), label=source.name)
    return content


def _zipped(content: bytes, *, label: str) -> _Shapefile:
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = {name.lower(): name for name in archive.namelist()}
            stems = [name.removesuffix(".shp") for name in members if name.endswith(".shp")]
            if len(stems) != 1:
                raise BoundaryError(
                    f"{label} holds {len(stems)} files .shp, expected one; give the zip of county "
                    "subdivisions or of places as the Census Bureau publishes it"
                )
            names = {ending: members.get(f"{stems[0]}{ending}") for ending in (".shp", ".dbf")}
            parts = {
                ending: _member(archive, name=name, label=label) if name else None
                for ending, name in names.items()
            }
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BoundaryError(
            f"{label} is a damaged or locked zip ({error}); download it again"
        ) from error
    shapes, records = parts[".shp"], parts[".dbf"]
    if shapes is None or records is None:
        raise BoundaryError(f"{label} has no {stems[0]}.dbf; download the whole zip again")
    return _Shapefile(shapes=shapes, records=records)


def _member(archive: ZipFile, *, name: str, label: str) -> bytes:
    size = archive.getinfo(name).file_size
    if size > _LARGEST:
        raise BoundaryError(
            f"{label}: {name} has {size:,} bytes, the most that is read are {_LARGEST:,}; use the "
            "cartographic boundary file of one State"
        )
    return archive.read(name)


def _with_table(content: bytes, *, beside: Path) -> _Shapefile:
    for ending in (".dbf", ".DBF"):
        table = beside.with_suffix(ending)
        if table.is_file():
            try:
                return _Shapefile(shapes=content, records=table.read_bytes())
            except OSError as error:
                raise RequestError(f"{table}: cannot be read ({error.strerror})") from error
    raise BoundaryError(
        f"{beside.name}: there is no {beside.stem}.dbf beside it, which has the names; unpack the "
        "whole shapefile, or give the zip"
    )


def _as_geojson(parts: _Shapefile, *, label: str) -> bytes:
    try:
        with (
            catch_warnings(action="error", category=shapefile.PossiblyCorruptFileHeader),
            shapefile.Reader(
                shp=BytesIO(parts.shapes),
                dbf=BytesIO(parts.records),
                encoding=_encoding(parts.records),
            ) as reader,
        ):
            features = [_feature(each) for each in reader.iterShapeRecords()]
    except _DAMAGES as error:
        raise BoundaryError(
            f"{label} is a damaged shapefile ({error}); download it again"
        ) from error
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _encoding(records: bytes) -> str:
    """UTF-8, or what the Census Bureau wrote until 2014."""
    header = int.from_bytes(records[_HEADER_SIZE], "little")
    try:
        records[header:].decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _feature(record: shapefile.ShapeRecord) -> dict[str, Any]:
    texts = {
        name: value for name, value in record.record.as_dict().items() if isinstance(value, str)
    }
    return {
        "type": "Feature",
        "properties": texts,
        "geometry": record.shape.__geo_interface__,
    }

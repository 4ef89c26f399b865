"""Boundary files as they are published: what they hold as GeoJSON, and what is refused."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import shapely

from core.errors import BoundaryError, RequestError
from core.places import census_files
from core.places.census_files import boundary_text
from tests.support.town_maps import SUBDIVISIONS, collection, zipped_shapefile


def unpacked(folder: Path, *, without: str = "") -> Path:
    """The shapefile in a folder; the path of its .shp."""
    with ZipFile(BytesIO(zipped_shapefile())) as archive:
        for name in archive.namelist():
            if not name.endswith(f".{without}"):
                (folder / name).write_bytes(archive.read(name))
    return folder / "cb_2020_50_cousub_500k.shp"


def features_of(text: bytes) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


def test_geojson_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "towns.json"
    file.write_bytes(collection())

    assert boundary_text(file) == collection()


def test_a_zip_and_its_shapefile_are_the_geojson_of_the_same_towns(tmp_path: Path) -> None:
    zipped = tmp_path / "without-an-ending"
    zipped.write_bytes(zipped_shapefile())

    text = boundary_text(zipped)

    assert boundary_text(unpacked(tmp_path)) == text
    for found, town in zip(features_of(text), SUBDIVISIONS, strict=True):
        assert found["properties"] == {
            "GEOID": town.geoid,
            "NAME": town.name,
            "NAMELSAD": town.named,
        }
        outline = shapely.geometry.shape(found["geometry"])
        assert outline.equals(shapely.Polygon(town.rings[0], town.rings[1:])), town.named


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_accents_are_read_in_the_encodings_of_the_census_bureau(
    tmp_path: Path, encoding: str
) -> None:
    name = "Ca\N{LATIN SMALL LETTER N WITH TILDE}on"
    file = tmp_path / "towns.zip"
    town = replace(SUBDIVISIONS[2], name=name, named=f"{name} town")
    file.write_bytes(zipped_shapefile([town], encoding=encoding))

    (found,) = features_of(boundary_text(file))

    assert found["properties"]["NAME"] == name


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"nothing\.zip: cannot be read"):
        boundary_text(tmp_path / "nothing.zip")


def test_a_shapefile_needs_its_table(tmp_path: Path) -> None:
    with pytest.raises(BoundaryError, match=r"no cb_2020_50_cousub_500k\.dbf beside it"):
        boundary_text(unpacked(tmp_path, without="dbf"))


def zip_of(**members: bytes) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zip_of(readme_txt=b"nothing"), r"holds 0 files \.shp, expected one"),
        (zip_of(a_shp=b"", b_shp=b""), r"holds 2 files \.shp, expected one"),
        (zip_of(a_shp=b"", b_dbf=b""), r"has no a\.dbf"),
        (zip_of(a_shp=b"short", a_dbf=b"short"), "damaged shapefile"),
        (zipped_shapefile()[:400], "damaged or locked zip"),
    ],
)
def test_a_zip_without_one_whole_shapefile_is_refused(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "towns.zip"
    file.write_bytes(content)

    with pytest.raises(BoundaryError, match=words):
        boundary_text(file)


def test_a_member_that_would_not_fit_into_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census_files, "_LARGEST", 100)
    file = tmp_path / "towns.zip"
    file.write_bytes(zipped_shapefile())

    with pytest.raises(BoundaryError, match=r"cousub_500k\.shp has .* bytes, the most"):
        boundary_text(file)


def test_a_cut_shapefile_is_refused(tmp_path: Path) -> None:
    file = unpacked(tmp_path)
    file.write_bytes(file.read_bytes()[:250])

    with pytest.raises(BoundaryError, match="damaged shapefile"):
        boundary_text(file)

"""The command ``ctcrimes boundaries``, and the map of towns that ``ctcrimes build`` is given."""

import argparse
from pathlib import Path

from core.errors import RequestError
from core.nibrs.download import parse_state
from core.places.boundaries import simplify_boundaries
from core.places.census_files import boundary_text
from core.places.town_maps import TownMap, make_town_map, read_town_map
from core.places.towns import connecticut_towns

__all__ = ["boundaries_options", "run_boundaries", "town_map_of"]


def boundaries_options(parser: argparse.ArgumentParser) -> None:
    """Add what ``ctcrimes boundaries`` takes."""
    parser.add_argument(
        "source",
        type=Path,
        help="Census cartographic boundaries of county subdivisions or places: GeoJSON, the zipped "
        "shapefile as published, or its .shp",
    )
    parser.add_argument(
        "--state", default="CT", help="two-letter code, such as VT; default: %(default)s"
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="FILE", help="simplified GeoJSON"
    )


def run_boundaries(options: argparse.Namespace) -> None:
    """Write the simplified map of a State's towns.

    Raises:
        RequestError: There is no such State, or a file cannot be read or written.
        BoundaryError: The source is no boundary file of the State's towns.
    """
    state = parse_state(options.state)
    source = boundary_text(options.source)
    if state == "CT":
        simplified = simplify_boundaries(source, towns=connecticut_towns())
    else:
        simplified = make_town_map(source, state=state)
    try:
        options.out.write_bytes(simplified)
    except OSError as error:
        raise RequestError(f"{options.out}: cannot be written ({error.strerror})") from error


def town_map_of(file: Path | None) -> TownMap | None:
    """The map of towns in a file, null without one.

    Raises:
        RequestError: The file cannot be read.
        BoundaryError: It is no map that ``ctcrimes boundaries`` made.
    """
    if file is None:
        return None
    try:
        content = file.read_bytes()
    except OSError as error:
        raise RequestError(f"{file}: cannot be read ({error.strerror})") from error
    return read_town_map(content)

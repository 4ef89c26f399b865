"""Made-up agencies and made-up towns."""

import json
from collections.abc import Callable, Sequence

import polars as pl
import pytest

# A made-up town's outline: one ring, in hundredths of a degree from 72 W, 41 N.
Ring = Sequence[tuple[float, float]]


@pytest.fixture
def make_agencies() -> Callable[..., pl.DataFrame]:
    def make(*rows: tuple[object, ...]) -> pl.DataFrame:
        """Rows of agency_id, ori, name, unit, type and, where they matter, county and year."""
        defaults = ("WASHINGTON", 2024)
        return pl.DataFrame(
            [(*row, *defaults[len(row) - 5 :]) for row in rows],
            schema={
                "agency_id": pl.Int64,
                "ori": pl.String,
                "name": pl.String,
                "unit": pl.String,
                "type": pl.String,
                "county": pl.String,
                "year": pl.Int16,
            },
            orient="row",
        ).with_columns(population=pl.lit(1000, dtype=pl.Int64))

    return make


@pytest.fixture
def make_towns() -> Callable[..., pl.DataFrame]:
    def make(*names: str) -> pl.DataFrame:
        numbers = range(1, len(names) + 1)
        return pl.DataFrame(
            {
                "place": [name.lower() for name in names],
                "name": names,
                "geoid_2020": [f"09001{number:05}" for number in numbers],
                "geoid_2022": [f"09110{number:05}" for number in numbers],
            }
        )

    return make


@pytest.fixture
def make_geojson() -> Callable[..., bytes]:
    def make(*towns: Sequence[Ring], ids: Sequence[str] = (), names: Sequence[str] = ()) -> bytes:
        """One polygon per town from its rings; ids as in ``make_towns`` unless given."""
        features = []
        for number, rings in enumerate(towns, start=1):
            properties: dict[str, str] = {}
            if names:
                name = names[number - 1]
                properties = {"name": name, "slug": name.lower()}
            features.append(
                {
                    "type": "Feature",
                    "id": ids[number - 1] if ids else f"09001{number:05}",
                    "properties": properties,
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [
                            [[round(-72 + x / 100, 6), round(41 + y / 100, 6)] for x, y in ring]
                            for ring in rings
                        ],
                    },
                }
            )
        return json.dumps({"type": "FeatureCollection", "features": features}).encode()

    return make

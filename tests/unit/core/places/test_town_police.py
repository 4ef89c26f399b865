"""Which agency is the police of which town, told by their names."""

import polars as pl
import pytest

from core.places.naming import slug_of
from core.places.town_police import bare_slugs, match_town_police


def towns_of(*rows: str | tuple[str, str]) -> pl.DataFrame:
    """Towns by name, or by name and county."""
    named = [(row, None) if isinstance(row, str) else row for row in rows]
    return pl.DataFrame(
        [(slug_of(name), name, county) for name, county in named],
        schema={"place": pl.String, "name": pl.String, "county": pl.String},
        orient="row",
    )


def agencies_of(*rows: tuple[str, ...]) -> pl.DataFrame:
    """Agencies by name, and where they matter type, county and unit; numbered from 1."""
    filled = [(*row, *("City", "", "")[len(row) - 1 :]) for row in rows]
    return pl.DataFrame(
        [
            (number, name, unit or None, kind, county or None)
            for number, (name, kind, county, unit) in enumerate(filled, start=1)
        ],
        schema={
            "agency_id": pl.Int64,
            "name": pl.String,
            "unit": pl.String,
            "type": pl.String,
            "county": pl.String,
        },
        orient="row",
    )


@pytest.mark.parametrize(
    ("town", "agency"),
    [
        ("Bristol", "BRISTOL"),
        ("St. Albans", "Saint Albans"),
        ("Ste. Genevieve", "SAINTE GENEVIEVE"),
        ("Ca\N{LATIN SMALL LETTER N WITH TILDE}on City", "Canon City"),
        ("Fair Haven", "Fairhaven"),
        ("Fair Haven", " Fair  Haven "),
        ("Winston-Salem", "Winston Salem"),
        ("Barre Town", "Barre"),
        ("Barre", "Barre Town"),
        ("Old Town", "Old Town"),
        ("Lower Merion", "Lower Merion Township"),
        ("Glen Ridge Borough", "Glen Ridge"),
        ("Lyndon Village", "Lyndon"),
        ("District 1", "District 1"),
    ],
)
def test_spelling_and_what_a_municipality_is_do_not_matter(town: str, agency: str) -> None:
    police = match_town_police(agencies_of((agency,)), towns=towns_of(town))

    assert dict(police.towns) == {1: slug_of(town)}
    assert police.left == ()


@pytest.mark.parametrize(
    ("town", "agency"),
    [
        ("Bristol", "Bristol Harbor"),
        ("Barre City", "Barre Town"),
        ("District 1", "District 2"),
        ("St. Albans", "Albans"),
    ],
)
def test_another_name_is_not_matched(town: str, agency: str) -> None:
    police = match_town_police(agencies_of((agency,)), towns=towns_of(town))

    assert dict(police.towns) == {}
    assert police.left == (1,)


def test_the_designation_decides_between_towns_of_one_name() -> None:
    towns = towns_of("Rutland City", "Rutland Town", "Ludlow Town", "Ludlow Village")
    agencies = agencies_of(
        ("Rutland",), ("Rutland Town",), ("Ludlow",), ("Ludlow", "Village"), ("Rutland", "County")
    )

    police = match_town_police(agencies, towns=towns)

    assert dict(police.towns) == {1: "rutland-city", 2: "rutland-town", 4: "ludlow-village"}
    assert police.left == (3,), "a sheriff is no town's police, and is not listed"


def test_only_municipal_agencies_without_a_unit_are_a_towns_police() -> None:
    towns = towns_of("Bennington")
    agencies = agencies_of(
        ("Bennington", "County"),
        ("Bennington", "State Police"),
        ("Bennington", "University or College"),
        ("Bennington", "City", "", "Harbor"),
    )

    police = match_town_police(agencies, towns=towns)

    assert dict(police.towns) == {}
    assert police.left == (4,)


def test_counties_tell_towns_of_one_name_apart() -> None:
    towns = towns_of(
        ("Salem Town, Addison County", "Addison County"),
        ("Salem Town, Essex County", "Essex County"),
        ("Troy", "Essex County"),
    )
    agencies = agencies_of(
        ("Salem", "City", "Essex County"),
        ("Salem Town", "City", "Addison County; Orange County"),
        ("Troy", "City", "Orange County"),
        ("Salem", "City"),
    )

    police = match_town_police(agencies, towns=towns)

    assert dict(police.towns) == {1: "salem-town-essex-county", 2: "salem-town-addison-county"}
    assert police.left == (3, 4), "of another county, and of any"


def test_of_several_agencies_only_the_one_with_just_the_name_is_matched() -> None:
    towns = towns_of("Barre", "Stowe", "Troy")
    agencies = agencies_of(
        ("Barre",), ("Barre Town",), ("Stowe Village",), ("Stowe Town",), ("Troy",), ("TROY",)
    )

    police = match_town_police(agencies, towns=towns)

    assert dict(police.towns) == {1: "barre"}
    assert police.left == (2, 3, 4, 5, 6)


def test_the_result_does_not_depend_on_order() -> None:
    towns = towns_of("Rutland City", "Rutland Town", "Barre", "Stowe")
    agencies = agencies_of(("Rutland",), ("Rutland Town",), ("Barre",), ("Barre Town",), ("Essex",))

    police = match_town_police(agencies, towns=towns)
    backwards = match_town_police(agencies.reverse(), towns=towns.reverse())

    assert dict(backwards.towns) == dict(police.towns)
    assert backwards.left == police.left


def test_names_without_what_a_town_is() -> None:
    towns = towns_of("Rutland City", "Salem Town, Essex County", "Stowe")

    assert bare_slugs(towns) == {"rutland", "salem", "stowe"}

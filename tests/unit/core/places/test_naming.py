"""Slugs and display names."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import PlaceError
from core.places.naming import AgencyName, name_agencies, slug_of, title_case


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("New Haven", "new-haven"),
        ("St. Albans", "st-albans"),
        ("State Police: St. Albans", "state-police-st-albans"),
        ("Prince George's", "prince-georges"),
        ("Fish & Wildlife", "fish-and-wildlife"),
        ("Cañon  City ", "canon-city"),
        ("-- ' --", ""),
    ],
)
def test_slug(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("EAST CARROLL", "East Carroll"),
        ("ACADIA; EVANGELINE", "Acadia; Evangeline"),
        ("PRINCE GEORGE'S", "Prince George's"),
        ("MIAMI-DADE", "Miami-Dade"),
    ],
)
def test_title_case(text: str, title: str) -> None:
    assert title_case(text) == title


def agency(
    agency_id: int, name: str, *, ori: str = "", unit: str | None = None, kind: str = "City"
) -> AgencyName:
    return AgencyName(
        agency_id=agency_id, ori=ori or f"VT{agency_id:07}", name=name, unit=unit, type=kind
    )


def test_a_unique_name_needs_neither_unit_nor_type() -> None:
    named = name_agencies([agency(1, "University of Connecticut:", unit="All Campuses")])
    assert [(entry.slug, entry.name) for entry in named] == [
        ("university-of-connecticut", "University of Connecticut")
    ]


def test_one_name_is_told_apart_by_type_and_by_unit() -> None:
    named = name_agencies(
        [
            agency(1, "Bennington", kind="County"),
            agency(2, "Bennington"),
            agency(3, "State Police:", unit="St. Albans"),
            agency(4, "State Police:", unit="Derby"),
        ]
    )
    assert [(entry.agency_id, entry.slug, entry.name) for entry in named] == [
        (1, "bennington-county", "Bennington (County)"),
        (2, "bennington-city", "Bennington (City)"),
        (3, "state-police-st-albans", "State Police: St. Albans"),
        (4, "state-police-derby", "State Police: Derby"),
    ]


def test_one_name_and_one_type_are_told_apart_by_ori_then_by_agency_id() -> None:
    named = name_agencies(
        [
            agency(1, "Salem", ori="VT001"),
            agency(2, "Salem", ori="VT002"),
            agency(3, "Troy", ori="VT003"),
            agency(4, "Troy", ori="VT003"),
        ]
    )
    assert [entry.slug for entry in named] == [
        "salem-city-vt001",
        "salem-city-vt002",
        "troy-city-vt003-agency-3",
        "troy-city-vt003-agency-4",
    ]


def test_a_longer_name_never_takes_the_slug_of_another_agency() -> None:
    named = name_agencies(
        [agency(1, "Essex"), agency(2, "Essex", kind="County"), agency(3, "Essex City")]
    )
    slugs = [entry.slug for entry in named]
    assert slugs[1] == "essex-county"
    assert slugs[0] == "essex-city-vt0000001"
    assert slugs[2] == "essex-city-city"


def test_a_taken_slug_is_left_alone() -> None:
    (named,) = name_agencies([agency(1, "Windham", kind="County")], taken={"windham"})
    assert named.slug == "windham-county"


def test_the_same_agency_twice_cannot_be_told_apart() -> None:
    with pytest.raises(PlaceError, match=r"agency 7 .*Salem.*one agency id"):
        name_agencies([agency(7, "Salem"), agency(7, "Salem")])


NAMES = st.sampled_from(["Essex", "Essex:", "essex", "Essex City", "Saint-Denis", "市", "", "A B"])
UNITS = st.sampled_from([None, "City", "North", "№"])
KINDS = st.sampled_from(["City", "County"])


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.tuples(NAMES, UNITS, KINDS), max_size=12), st.randoms(use_true_random=False))
def test_slugs_are_unique_ascii_and_do_not_depend_on_order(
    rows: list[tuple[str, str | None, str]], random: Random
) -> None:
    agencies = [
        agency(number, name, unit=unit, kind=kind)
        for number, (name, unit, kind) in enumerate(rows, start=1)
    ]
    slugs = {entry.agency_id: entry.slug for entry in name_agencies(agencies, taken={"essex"})}
    assert len(set(slugs.values())) == len(agencies)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs.values())
    assert "essex" not in slugs.values()
    random.shuffle(agencies)
    again = {entry.agency_id: entry.slug for entry in name_agencies(agencies, taken={"essex"})}
    assert again == slugs

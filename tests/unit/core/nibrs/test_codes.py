"""What the names of selections stand for."""

import pytest

from core.nibrs.codes import ALL_OFFENCES, CATEGORIES, SELECTIONS, categories_of_selection


def test_all_is_every_category_and_a_category_is_itself() -> None:
    assert categories_of_selection(ALL_OFFENCES) == tuple(CATEGORIES.values())
    assert categories_of_selection("robbery") == (CATEGORIES["robbery"],)
    with pytest.raises(KeyError):
        categories_of_selection("weather")


def test_broad_groups_share_the_categories_out_among_themselves() -> None:
    groups = [name for name in SELECTIONS if name != ALL_OFFENCES and name not in CATEGORIES]

    shared = [category for name in groups for category in categories_of_selection(name)]

    assert len(groups) == 3
    assert sorted(category.slug for category in shared) == sorted(CATEGORIES)

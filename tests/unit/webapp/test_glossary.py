"""Definitions in place: every chart names the words that it needs, and each of them is defined."""

from core.nibrs.codes import SELECTIONS
from webapp import ids
from webapp.components.terms import choices_button, term_labels, terms_line, terms_of
from webapp.pages.router import PAGES
from webapp.urlstate import Measure, Unit
from webapp.views.glossary import CHOICE_TERMS, definitions


def test_every_chart_of_every_page_opens_at_least_one_definition() -> None:
    charts = {chart for page in PAGES for chart in page.charts} & set(ids.CHARTS)

    assert charts == set(ids.CHARTS)
    assert all(terms_of(chart) for chart in charts)


def test_every_word_with_a_button_is_defined() -> None:
    known = {*definitions(), "kinds"}
    assert {key for chart in ids.CHARTS for key in terms_of(chart)} == set(term_labels())

    assert {key for chart in ids.CHARTS for key in terms_of(chart)} <= known


def test_every_value_of_a_choice_has_its_definition() -> None:
    assert set(CHOICE_TERMS["measure"]) == set(Measure)
    assert set(CHOICE_TERMS["unit"]) == set(Unit)
    assert set(CHOICE_TERMS["of"]) == set(SELECTIONS)
    assert {key for keys in CHOICE_TERMS.values() for key in keys.values()} <= definitions().keys()


def test_a_definition_has_a_term_and_a_sentence() -> None:
    assert all(each.term and each.meaning.endswith(".") for each in definitions().values())
    assert definitions()["robbery"].term == "Robbery"


def test_a_card_tells_the_script_which_words_it_has() -> None:
    assert getattr(terms_line(ids.CHART_MAP), "data-terms") == "reported kinds"


def test_a_category_is_defined_with_the_codes_of_the_fbi() -> None:
    assert definitions()["robbery"].codes == "Robbery: 120"
    assert definitions()["rate"].codes == ""


def test_the_button_of_a_sentence_says_what_it_opens() -> None:
    assert getattr(choices_button(), "aria-label") == "What the chosen words mean"

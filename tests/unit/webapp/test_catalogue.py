"""The catalogue holds exactly what the pages say, and says all of it."""

import re
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from webapp.components.browser_words import browser_words
from webapp.components.terms import term_labels
from webapp.language import CATALOGUES, Language

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in Language if language is not Language.ENGLISH]

# Words that Spanish writes as English does.
SAME = {"Halloween", "Hotel/Motel/Etc.", "Juneteenth"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that collects the messages: it is in no package."""
    spec = spec_from_file_location("collect_messages", ROOT / "scripts" / "collect_messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entries(language: Language) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Context, English forms and translated forms of each message."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=str(language))
    for message in catalogue:
        if message.id:
            forms = message.id if isinstance(message.id, tuple | list) else (message.id,)
            said = message.string if isinstance(message.string, tuple | list) else (message.string,)
            yield message.context or "", tuple(forms), tuple(map(str, said))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_what_the_code_says_and_nothing_else(
    language: Language, script: ModuleType
) -> None:
    """Bring it up to date with ``python scripts/collect_messages.py``, then translate."""
    code = {
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in script.collected()
        if message.id
    }

    assert {(context, forms[0]) for context, forms, _ in entries(language)} == code


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_said(language: Language) -> None:
    assert [forms for _, forms, said in entries(language) if not all(said)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_placeholders_of_its_message(language: Language) -> None:
    wrong = [
        (english, told)
        for _, forms, said in entries(language)
        for english, told in zip(forms, said, strict=True)
        if placeholders(english) != placeholders(told)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_the_spaces_at_its_ends(language: Language) -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text[:1] == " ", text[-1:] == " "

    wrong = [
        (english, told)
        for _, forms, said in entries(language)
        for english, told in zip(forms, said, strict=True)
        if ends(english) != ends(told)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_hardly_a_message_is_left_in_english(language: Language) -> None:
    same = {forms[0] for _, forms, said in entries(language) if forms == said}

    assert {text for text in same if re.search(r"[a-z]{3}", text)} == SAME


def test_a_call_inside_an_f_string_is_found(tmp_path: Path, script: ModuleType) -> None:
    path = tmp_path / "page.py"
    path.write_text(
        "a = f\"{gettext('one')} {pgettext('of', 'two')}\"\n"
        "b = ngettext('{n} day', '{n} days', n, n=n)\n"
        "c = gettext('thr' 'ee', x=gettext('four'))\n"
        "d = gettext(e)\n",
        encoding="utf-8",
    )

    assert list(script.said_in(path)) == [
        (None, "one"),
        ("of", "two"),
        (None, ("{n} day", "{n} days")),
        (None, "three"),
        (None, "four"),
    ]


def test_scripts_say_the_words_that_they_are_given_and_no_others() -> None:
    scripts = "".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "assets").glob("*.js"))
    )
    said = set(re.findall(r'(?:words|pattern)\("([\w-]+)"', scripts))
    said |= set(re.findall(r'words\([^()]*?\? "([\w-]+)"', scripts))
    said |= {"selected", "pointed", "state", "found", "found-none"}
    said |= {f"term-{key}" for key in term_labels()}
    said |= {f"theme-{choice}" for choice in ("system", "light", "dark")}

    assert said == set(browser_words())

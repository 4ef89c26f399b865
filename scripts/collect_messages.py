"""Bring the catalogues in ``webapp/languages`` up to what the code says.

New messages are added without a translation, those that nobody says any more fall away; a test
holds the catalogues to this, and to being complete.

    python scripts/collect_messages.py
"""

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from webapp.language import CATALOGUES, Language
from webapp.vocabulary import core_messages

_KEYWORDS = {
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
_WIDTH = 100


def collected() -> Catalog:
    """Every message of the pages, with the files that say it."""
    catalogue = Catalog(project="CT-Crimes", charset="utf-8", fuzzy=False)
    folder = CATALOGUES.parent
    found = extract_from_dir(folder, keywords=_KEYWORDS, method_map=[("**.py", "python")])
    for file, _, message, _, context in sorted(found, key=lambda each: each[:2]):
        catalogue.add(message, context=context, locations=[(f"webapp/{file}", 0)])
    for message in core_messages():
        catalogue.add(message, locations=[("webapp/vocabulary.py", 0)])
    return catalogue


def main() -> None:
    """Write every catalogue but the English one, which is the code itself."""
    template = collected()
    for language in Language:
        if language is Language.ENGLISH:
            continue
        path = CATALOGUES / f"{language}.po"
        with path.open("rb") as file:
            catalogue = read_po(file, locale=str(language))
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        with path.open("wb") as file:
            write_po(
                file,
                catalogue,
                width=_WIDTH,
                include_lineno=False,
                ignore_obsolete=True,
                omit_header=True,
            )
        missing = sum(not _said(message.string) for message in catalogue if message.id)
        print(f"{path}: {len(catalogue)} messages, {missing} without a translation")


def _said(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


if __name__ == "__main__":
    main()

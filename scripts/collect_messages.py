"""Bring the catalogues in ``webapp/languages`` up to what the code says.

New messages are added without a translation, those that nobody says any more fall away; a test
holds the catalogues to this, and to being complete.

    python scripts/collect_messages.py
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from webapp.language import CATALOGUES, Language
from webapp.vocabulary import core_messages

_PLAIN = ("gettext", "gettext_noop")
_WIDTH = 100


def collected() -> Catalog:
    """Every message of the pages, with the files that say it."""
    catalogue = Catalog(project="CT-Crimes", charset="utf-8", fuzzy=False)
    folder = CATALOGUES.parent
    for path in sorted(folder.rglob("*.py")):
        place = path.relative_to(folder.parent).as_posix()
        for context, message in said_in(path):
            catalogue.add(message, context=context, locations=[(place, 0)])
    for message in core_messages():
        catalogue.add(message, locations=[("webapp/vocabulary.py", 0)])
    return catalogue


def said_in(path: Path) -> Iterator[tuple[str | None, str | tuple[str, str]]]:
    """Context and message (or its two forms) of each call, in the order of the file.

    The syntax tree is read, not the tokens: a call may stand inside an f-string.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        texts = [
            each.value
            for each in call.args
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if name in _PLAIN and len(texts) == 1:
            yield None, texts[0]
        elif name == "ngettext":
            one, many = texts
            yield None, (one, many)
        elif name == "pgettext":
            context, message = texts
            yield context, message


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

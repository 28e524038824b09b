"""Keep the Chinese catalogue in step with the sentences in the sources.

``translations.py update`` adds new sentences to the catalogue and drops unused ones;
``translations.py check`` fails, naming each place, when one lacks a finished translation.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from jinja2 import TemplateSyntaxError

SOURCES = Path("portal")
CATALOGUE = SOURCES / "translations/zh/LC_MESSAGES/messages.po"
MAPPING = SOURCES / "translations/babel.cfg"
KEYWORDS = parse_keywords(["_", "gettext", "ngettext:1,2", "lazy_gettext", "words"])
PLACE = re.compile(r"%(?:\((\w+)\))?[a-z]")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update"]:
            return update()
        case ["check"]:
            return check()
    print(__doc__, file=sys.stderr)
    return 2


def update() -> int:
    catalogue = stored()
    catalogue.update(sentences(), no_fuzzy_matching=True, update_creation_date=False)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=0, include_lineno=False, ignore_obsolete=True)
    print(f"{CATALOGUE}: {len(catalogue)} sentences")
    return 0


def check() -> int:
    catalogue, sources = stored(), sentences()
    if not len(sources):
        print(f"No sentences were found in {SOURCES}/: the extraction is broken.")
        return 1
    faults = [f"{where(m)}: {fault}" for m in sources if m.id for fault in faults_of(m, catalogue)]
    for fault in faults:
        print(fault)
    print(f"{len(sources)} sentences, {len(faults)} faults in {CATALOGUE}")
    if faults:
        print("To mend them: make translations, fill in what is empty, and run make check again.")
    return 1 if faults else 0


def sentences() -> Catalog:
    """Every sentence in the sources that is marked for translation, with its places."""
    with MAPPING.open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(locale=Locale("zh"), project="portal")
    file_name = ""

    def remember(name: str, _method: str, _options: object) -> None:
        nonlocal file_name
        file_name = name

    try:
        for name, line, message, _comments, context in extract_from_dir(
            SOURCES, methods, options, KEYWORDS, callback=remember
        ):
            found.add(message, locations=[(f"{SOURCES}/{name}", line)], context=context)
    except TemplateSyntaxError as fault:
        sys.exit(f"{SOURCES}/{file_name}:{fault.lineno}: {fault.message}")
    return found


def stored() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale=Locale("zh"), project="portal", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="zh", abort_invalid=True)


def faults_of(source: Message, catalogue: Catalog) -> Iterator[str]:
    name = source.id if isinstance(source.id, str) else source.id[0]
    translated = catalogue.get(name, source.context)
    if translated is None or not translated.string or not all(forms(translated.string)):
        yield f"not translated: {name!r}"
        return
    if translated.fuzzy:
        yield f"marked fuzzy: {name!r}"
    if forms(translated.id) != forms(source.id):
        yield f"its plural changed: {name!r}"
    # Chinese has one form for every number, and that form must name the number.
    expected = places(forms(source.id)[-1])
    for form in forms(translated.string):
        if places(form) != expected:
            yield f"other places than in English: {name!r} → {form!r}"


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> list[str]:
    """The ``%(name)s`` places of ``text``; positional ones count by their sign."""
    return sorted({m[1] or m[0] for m in PLACE.finditer(text.replace("%%", ""))})


def where(message: Message) -> str:
    file, line = message.locations[0]
    return f"{file}:{line}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

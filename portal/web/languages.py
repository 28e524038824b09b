"""Which language the reader has, and sentences in it.

Sentences are looked up in Babel's catalogs. A page asks for some sixty of them, so what was
found is kept per language: flask-babel's way of finding the catalog anew for each took as
long as everything else on the page.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request, session
from flask_login import current_user
from markupsafe import Markup

from portal.web.session import settings

LANGUAGES = {"zh": "中文", "en": "English"}
CATALOGS = Path(__file__).parents[1] / "translations"


def language() -> str:
    """The language of this request: the person's, else the cookie's, else the browser's.

    Outside a request (the worker writes mails) it is ``g.language``.
    """
    chosen: str | None = g.get("language")
    if chosen is None:
        if not has_request_context():
            return "en"
        if current_user.is_authenticated:
            chosen = current_user.reader.language
        else:
            chosen = session.get("language") or _browser_language()
        g.language = chosen
    return chosen


def _browser_language() -> str:
    return request.accept_languages.best_match(list(LANGUAGES)) or settings().language


def gettext(text: str, /, **values: Any) -> str:
    """``text`` in the reader's language, its ``%(name)s`` places filled with ``values``."""
    found = _found(language(), text)
    return found % values if values else found


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """The form of the sentence that fits ``num``, which also fills ``%(num)s``."""
    chosen = _catalog(language()).ngettext(singular, plural, num)
    return chosen % {"num": num, **values}


class Sentence:
    """A sentence that is looked up when it is shown: labels are made before any request."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __str__(self) -> str:
        return _found(language(), self.text)

    def __html__(self) -> str:
        return markup(self.text)

    def __mod__(self, values: Any) -> str:
        return str(self) % values


def lazy_gettext(text: str) -> Any:
    """``text`` in the language of whoever sees it."""
    return Sentence(text)


def markup(text: str, /, **values: Any) -> Markup:
    """``gettext`` for templates: our sentences are safe, what fills them is escaped."""
    found = _marked(language(), text)
    return found % values if values else found


def plural_markup(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """``ngettext`` for templates."""
    chosen = _catalog(language()).ngettext(singular, plural, num)
    return Markup(chosen) % {"num": num, **values}  # noqa: S704 - from our own catalog


@lru_cache(maxsize=4)
def _catalog(chosen: str) -> NullTranslations:
    return Translations.load(str(CATALOGS), [chosen])


@lru_cache(maxsize=4000)
def _found(chosen: str, text: str) -> str:
    return str(_catalog(chosen).gettext(text))


@lru_cache(maxsize=4000)
def _marked(chosen: str, text: str) -> Markup:
    return Markup(_found(chosen, text))  # noqa: S704 - from our own catalog

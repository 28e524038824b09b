"""Parts of pages that are made once: the row of a list, an entry of the menu, a finding.

``{{ part("claims/_row.html", row=row, waits_for=name) }}`` makes a small template and keeps
what came out of it. A kept part is neither ever stale nor ever somebody else's, because its
key holds all that can go into it:

- Its template sees the values it is given, the sentences and labels, the addresses of views
  and static files, and nothing more: no person, no request, no token. Naming one is an error.
- Values are text, numbers, days, moments and tuples or rows of them, which cannot change
  after they were looked at. Anything else (a list, a claim, a form) is refused.
- What sentences and filters look at besides their values is the reader's language, and the
  year, which short moments leave out: both belong to the key. Settings do not change.

Each process keeps its own; forgetting one costs the time to make it again.
"""

from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from flask import Flask
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from sqlalchemy import Row

from portal.core.clock import now
from portal.web import labels
from portal.web.i18n import (
    day,
    local,
    moment,
    money,
    named,
    number,
    share,
    short_moment,
    took,
)
from portal.web.languages import language, markup, plural_markup

MOST_PARTS = 4096
MOST_CHARACTERS = 8_000_000
"""What a process keeps at most, in parts and in characters of their markup."""

PLAIN = frozenset((str, Markup, int, bool, type(None), date, datetime, timedelta))
"""What a value may be. Numbers with a point are left out: 0.0 equals -0.0 and reads otherwise."""

GLOBALS = {"_": markup, "gettext": markup, "ngettext": plural_markup, "labels": labels}
FILTERS = {
    "money": money, "day": day, "moment": moment, "short_moment": short_moment, "took": took,
    "named": named, "number": number, "share": share,
}  # fmt: skip


class Kept:
    """Texts by key, in two halves: when the newer one is full, the older one is forgotten.

    What is asked for moves to the newer half, so what is in use stays.
    """

    def __init__(self, most: int, most_characters: int):
        self.most, self.most_characters = most // 2, most_characters // 2
        self.newer: dict[Any, Markup] = {}
        self.older: dict[Any, Markup] = {}
        self.characters = 0
        self.lock = Lock()

    def get(self, key: Any) -> Markup | None:
        """The text kept under ``key``."""
        text = self.newer.get(key)
        if text is None:
            text = self.older.get(key)
            if text is not None:
                self.put(key, text)
        return text

    def put(self, key: Any, text: Markup) -> None:
        """Keep ``text``, unless it alone is more than a half may hold."""
        if len(text) > self.most_characters:
            return
        with self.lock:
            full = self.characters + len(text) > self.most_characters
            if full or len(self.newer) >= self.most:
                self.older, self.newer, self.characters = self.newer, {}, 0
            self.newer[key] = text
            self.characters += len(text)


class Parts:
    """Makes parts and keeps them; one for an application."""

    def __init__(self, pages: Environment, **addresses: Any):
        self.templates = Environment(
            loader=pages.loader, autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True, auto_reload=pages.auto_reload,
        )  # fmt: skip
        # Jinja's own globals may stay but for those that answer differently each time.
        del self.templates.globals["lipsum"], self.templates.filters["random"]
        self.templates.globals.update(GLOBALS, **addresses)
        self.templates.filters.update(FILTERS)
        self.kept = Kept(MOST_PARTS, MOST_CHARACTERS)

    def part(self, template: str, /, **values: Any) -> Markup:
        """The markup of ``template`` filled with ``values`` in the reader's language.

        Raises ``TypeError`` for a value that could change, or equal another without being it.
        """
        shown_in = language()
        key = (template, shown_in, local(now()).year, *values, *exact(values.values()))
        text = self.kept.get(key)
        if text is None:
            made = self.templates.get_template(template).render(values, language=shown_in)
            text = Markup(made)  # noqa: S704 - made with escaping
            self.kept.put(key, text)
        return text


def init(app: Flask) -> None:
    """Teach templates ``part(template, **values)``. After all else that templates know."""
    pages = app.jinja_env
    parts = Parts(pages, url_for=pages.globals["url_for"], asset=pages.globals["asset"])
    pages.globals["part"] = parts.part


def exact(values: Any) -> tuple[Any, ...]:
    """``values`` with their types, so that 1 is not taken for True, nor text for markup."""
    kinds = tuple(map(type, values))
    if PLAIN.issuperset(kinds):
        return (*values, *kinds)
    return (*map(_exact, values), *kinds)


def _exact(value: Any) -> Any:
    if type(value) in PLAIN:
        return value
    if isinstance(value, Row):
        return (value._fields, exact(tuple(value)))
    if isinstance(value, tuple):
        return exact(value)
    raise TypeError(
        "a kept part takes text, whole numbers, days, moments, and tuples or rows of them, "
        f"not {type(value).__name__}"
    )

"""The reader's language: sentences, money, days and moments as they are shown."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, gettext, ngettext
from flask_login import current_user

from portal.core.words import Amount, Named, Value, Words
from portal.settings import Settings
from portal.web.session import settings

LANGUAGES = {"zh": "中文", "en": "English"}
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$", "JPY": "JP¥", "GBP": "£"}

babel = Babel()


def init(app: Flask, chosen: Settings) -> None:
    """Set up languages and the filters that templates use."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES="translations",
        BABEL_DEFAULT_TIMEZONE=chosen.timezone,
    )  # fmt: skip
    babel.init_app(app, locale_selector=language)
    app.jinja_env.filters.update(
        say=say, money=money, day=day, moment=moment, short_moment=short_moment, took=took,
        named=named,
    )  # fmt: skip


def language() -> str:
    """The language of this request: the person's, else the cookie's, else the browser's."""
    if not has_request_context():
        return str(g.get("language", "en"))
    chosen: str | None = g.get("language")
    if chosen is None:
        if current_user.is_authenticated:
            chosen = current_user.reader.language
        else:
            chosen = session.get("language") or _browser_language()
        g.language = chosen
    return chosen


def _browser_language() -> str:
    return request.accept_languages.best_match(list(LANGUAGES)) or settings().language


def say(sentence: Words) -> str:
    """A sentence of the rules in the reader's language."""
    text = gettext(sentence.text)
    if not sentence.values:
        return text
    return text % {name: _shown(value) for name, value in sentence.values.items()}


def _shown(value: Value) -> str:
    if isinstance(value, Amount):
        return money(value.minor, value.currency)
    if isinstance(value, Named):
        return named(value)
    if isinstance(value, date):
        return day(value)
    return str(value)


def named(thing: Named | Mapping[str, str]) -> str:
    """The name of a thing in the reader's language."""
    if isinstance(thing, Named):
        return thing.zh if language() == "zh" else thing.en
    return thing[language()]


def money(minor: int | None, currency: str = "CNY") -> str:
    """An amount with its symbol directly before the digits."""
    if minor is None:
        return "–"
    sign = "−" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 100)
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{whole:,}.{rest:02d}"


def day(value: date | None) -> str:
    """A day, the same in both languages and sortable by eye."""
    return value.isoformat() if value else "–"


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(value: datetime) -> datetime:
    """A moment on the company's clock."""
    return value.astimezone(_zone(settings().timezone))


def moment(value: datetime | None) -> str:
    """A moment on the company's clock."""
    return local(value).strftime("%Y-%m-%d %H:%M") if value else "–"


def short_moment(value: datetime | None) -> str:
    """A moment of this year without the year."""
    if value is None:
        return "–"
    shown = local(value)
    this_year = shown.year == datetime.now(shown.tzinfo).year
    return shown.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


def took(value: timedelta | int | None) -> str:
    """A span in the one unit that says enough."""
    if value is None:
        return "–"
    seconds = int(value.total_seconds()) if isinstance(value, timedelta) else value
    if seconds < 3600:
        return ngettext("%(num)s minute", "%(num)s minutes", max(1, round(seconds / 60)))
    if seconds < 36 * 3600:
        return ngettext("%(num)s hour", "%(num)s hours", round(seconds / 3600))
    return ngettext("%(num)s day", "%(num)s days", round(seconds / 86400))

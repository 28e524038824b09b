"""The reader's language: sentences, money, days and moments as they are shown."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask

from portal.core.clock import now
from portal.core.money import format_plain
from portal.core.words import Amount, Named, Value, Words
from portal.web.languages import gettext, language, markup, ngettext, plural_markup
from portal.web.session import settings

SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$", "JPY": "JP¥", "GBP": "£"}


def init(app: Flask) -> None:
    """Give templates their sentences and filters."""
    app.jinja_env.globals.update(_=markup, gettext=markup, ngettext=plural_markup)
    app.jinja_env.filters.update(
        say=say, money=money, day=day, moment=moment, short_moment=short_moment, took=took,
        named=named, number=number, share=share,
    )  # fmt: skip


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
    sign, symbol = "−" if minor < 0 else "", SYMBOLS.get(currency, currency + " ")
    if currency != "CNY":
        return f"{sign}{symbol}{format_plain(abs(minor), currency)}"
    whole, rest = divmod(abs(minor), 100)
    return f"{sign}{symbol}{whole:,}.{rest:02d}"


def number(value: Decimal | str | None) -> str:
    """A rate or a number of kilometres, without zeros after its last decimal."""
    if value is None:
        return "–"
    shown = value if isinstance(value, str) else format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def share(hundredths: int) -> str:
    """Hundredths of a per cent as people write them."""
    return number(Decimal(hundredths) / 100) + "%"


def day(value: date | None) -> str:
    """A day, the same in both languages and sortable by eye."""
    return value.isoformat() if value else "–"


@lru_cache(maxsize=1)
def _zone() -> ZoneInfo:
    return ZoneInfo(settings().timezone)


def local(value: datetime) -> datetime:
    """A moment on the company's clock."""
    return value.astimezone(_zone())


def moment(value: datetime | None) -> str:
    """A moment on the company's clock."""
    return local(value).isoformat(" ", "minutes")[:16] if value else "–"


def short_moment(value: datetime | None) -> str:
    """A moment of this year without the year."""
    shown = moment(value)
    return shown[5:] if value and shown[:4] == moment(now())[:4] else shown


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

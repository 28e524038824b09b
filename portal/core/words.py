"""Sentences for people, kept apart from the language they are shown in.

Rules and refusals are written below the web, where no reader and so no language is
known. They carry the English source sentence and its values; ``portal.web.i18n`` turns
both into the reader's language when the page, mail or file is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Amount:
    """A sum of money as a value in a sentence: minor units (cents) and ISO 4217 code."""

    minor: int
    currency: str = "CNY"


@dataclass(frozen=True)
class Named:
    """A thing with a name in both languages, as a value in a sentence."""

    zh: str
    en: str


Value = str | int | date | Amount | Named


@dataclass(frozen=True)
class Words:
    """An English source sentence with ``%(name)s`` places and the values that fill them."""

    text: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The English sentence, for logs and tests; pages translate instead."""
        if not self.values:
            return self.text
        return self.text % {name: _plain(value) for name, value in self.values.items()}


def words(text: str, /, **values: Value) -> Words:
    """Mark ``text`` for translation and keep the values that fill it."""
    return Words(text, values)


def to_data(sentence: Words) -> dict[str, Any]:
    """``sentence`` as JSON data, for events, notices and stored findings."""
    return {
        "text": sentence.text,
        "values": {name: _value_to_data(value) for name, value in sentence.values.items()},
    }


def from_data(data: Mapping[str, Any]) -> Words:
    """The sentence that ``to_data`` made ``data`` from."""
    values = {name: _value_from_data(value) for name, value in data["values"].items()}
    return words(data["text"], **values)


def _value_to_data(value: Value) -> Any:
    if isinstance(value, Amount):
        return {"minor": value.minor, "currency": value.currency}
    if isinstance(value, Named):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return value


def _value_from_data(value: Any) -> Value:
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    if "minor" in value:
        return Amount(value["minor"], value["currency"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    return Named(value["zh"], value["en"])


def _plain(value: Value) -> str:
    if isinstance(value, Amount):
        sign = "-" if value.minor < 0 else ""
        return f"{sign}{abs(value.minor) // 100:,}.{abs(value.minor) % 100:02d}"
    if isinstance(value, Named):
        return value.en
    return str(value)

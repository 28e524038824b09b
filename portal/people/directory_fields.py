"""A person's fields as people type them, in a form or in a cell of a table."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.text import fitting
from portal.core.words import Words, words
from portal.people.models import GRADES
from portal.people.roles import ROLES

COLUMNS = (
    "number",
    "email",
    "name",
    "department",
    "manager",
    "grade",
    "language",
    "hired_on",
    "active",
    "roles",
    "bank_name",
    "bank_account",
)
"""The fields that a form and a file share, in the order of a file's columns."""

LANGUAGES = ("zh", "en")
LONGEST = {
    "number": 40,
    "email": 254,
    "name": 120,
    "department": 40,
    "manager": 254,
    "bank_name": 120,
    "bank_account": 40,
}
EARLIEST_HIRED = 1940
YES = frozenset({"yes", "y", "true", "1", "是", "在职"})
NO = frozenset({"no", "n", "false", "0", "否", "离职"})

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
_ACCOUNT = re.compile(r"[0-9A-Za-z -]*")
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_BETWEEN_ROLES = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, at a column, and for a file at a row as a table counts them."""

    column: str
    says: Words
    row: int = 0


def understood(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The values of the cells that can be understood, and what is wrong with the others.

    An empty cell empties what may be empty and has no value where something must stand.
    Whether departments and managers exist is not asked here.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in COLUMNS:
        if column not in cells:
            continue
        try:
            value = _READERS[column](_plain(cells[column], column))
        except Invalid as refusal:
            problems.append(Problem(column, refusal.words))
            continue
        if value is not None or column == "hired_on":
            values[column] = value
    return values, problems


def _plain(cell: str, column: str) -> str:
    text = unicodedata.normalize("NFC", cell).strip()
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        raise Invalid(words("There is a line break or a control character in it. Take it out."))
    return fitting(text, LONGEST[column]) if column in LONGEST else text


def _needed(text: str) -> str:
    if not text:
        raise Invalid(words("This is needed."))
    return text


def _number(text: str) -> str:
    # People sign in with either: a number that looks like an address could be another's.
    if "@" in text or " " in text:
        raise Invalid(words("An employee number has no spaces and no @."))
    return _needed(text)


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(_needed(text)):
        raise Invalid(
            words("“%(typed)s” is not an e-mail address. Type it like name@example.com.",
                  typed=text[:60])
        )  # fmt: skip
    return text.lower()


def _grade(text: str) -> str | None:
    return _one_of(GRADES, text, words("There is no grade “%(typed)s”; there are %(known)s."))


def _language(text: str) -> str | None:
    return _one_of(LANGUAGES, text, words("There is no language “%(typed)s”; there are %(known)s."))


def _one_of(known: tuple[str, ...], text: str, otherwise: Words) -> str | None:
    if not text or text.lower() in known:
        return text.lower() or None
    raise Invalid(words(otherwise.text, typed=text[:30], known=" / ".join(known)))


def _hired_on(text: str) -> date | None:
    if not text:
        return None
    try:
        # People were hired before the first day that an expense may have.
        day = date.fromisoformat(text)
    except ValueError:
        return parse_day(text)
    return day if day.year >= EARLIEST_HIRED else parse_day(text)


def _active(text: str) -> bool | None:
    typed = text.lower()
    if typed in YES or typed in NO:
        return typed in YES
    if not typed:
        return None
    raise Invalid(words("“%(typed)s” is neither yes nor no.", typed=text[:30]))


def _roles(text: str) -> frozenset[str]:
    typed = [role for role in _BETWEEN_ROLES.split(text.lower()) if role]
    unknown = sorted(set(typed) - set(ROLES))
    if unknown:
        raise Invalid(
            words("There is no role “%(typed)s”; there are %(known)s.",
                  typed=" / ".join(unknown)[:60], known=" / ".join(ROLES))
        )  # fmt: skip
    return frozenset(typed)


def _account(text: str) -> str:
    if _SHORTENED.fullmatch(text):
        raise Invalid(
            words("A table program has shortened this number. Make the column text, type it again.")
        )
    if not _ACCOUNT.fullmatch(text):
        raise Invalid(words("An account number has only digits, letters, spaces and hyphens."))
    return text


def _text(text: str) -> str:
    return text


_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": _number,
    "email": _email,
    "name": _needed,
    "department": _needed,
    "manager": _text,
    "grade": _grade,
    "language": _language,
    "hired_on": _hired_on,
    "active": _active,
    "roles": _roles,
    "bank_name": _text,
    "bank_account": _account,
}

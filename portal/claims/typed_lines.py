"""Lines as people type them: every field as text, kept as it is until it can be understood."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from portal.claims.computing import parse_part, parse_quantity
from portal.claims.legs import KEYS, TIMES, parse_time
from portal.claims.models import Line, Split
from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.money import parse_amount
from portal.core.text import typed as typed_text
from portal.core.words import Words, words
from portal.rates.conversion import parse_currency

MOST_NIGHTS = 366
LENGTHS = {"purpose": 200, "merchant": 200, "city": 60, "attendees": 2000, "cost_centre": 40,
           "reason": 2000, "spent_on": 60, "amount": 60, "nights": 60, "quantity": 60,
           "unit_price": 60, "ends_on": 60, "currency_code": 20, "part": 60,
           "origin": 60, "left_at": 60, "destination": 60, "arrived_at": 60,
           "transport_number": 40}  # fmt: skip
"""Characters that each text may have, also an amount, day or number that is not understood."""

OTHER_CURRENCY = "other"
"""Chosen instead of a currency to type the code of one that is not listed."""


@dataclass(frozen=True)
class TypedPart:
    """A part of a line as it was typed."""

    id: int
    part: str = ""
    cost_centre: str = ""
    project: str = ""


@dataclass(frozen=True)
class TypedLine:
    """A line as it was typed, every field as text. No ``currency``: it stays as it is."""

    id: int
    spent_on: str = ""
    category: str = ""
    purpose: str = ""
    amount: str = ""
    city: str = ""
    nights: str = ""
    attendees: str = ""
    cost_centre: str = ""
    reason: str = ""
    currency: str = ""
    currency_code: str = ""
    quantity: str = ""
    unit_price: str = ""
    ends_on: str = ""
    project: str = ""
    merchant: str = ""
    origin: str = ""
    left_at: str = ""
    destination: str = ""
    arrived_at: str = ""
    transport_number: str = ""
    parts: tuple[TypedPart, ...] = ()


PLAIN = ("purpose", "merchant", "city", "attendees", "cost_centre", "reason")


def fill(line: Line, typed: TypedLine, cut: set[str], projects: Collection[int]) -> None:
    """Store what was typed. Names of texts that were too long join ``cut``.

    ``projects`` are those that there are; the line is put on no other.
    """
    day, currency = line.spent_on, line.currency
    line.category = typed_text(typed.category)[:40]
    for name in PLAIN:
        setattr(line, name, beginning(name, getattr(typed, name), cut))
    kept: dict[str, str] = {}
    _fill_currency(line, typed, kept, cut)
    for name, parse in PARSERS.items():
        text = beginning(name, getattr(typed, name), cut)
        setattr(line, COLUMNS.get(name, name), _understood(name, text, line.currency, parse, kept))
    line.leg = _leg(line, typed, kept, cut)
    line.project_id = _project(typed.project, projects)
    stored = {split.id: split for split in line.splits}
    for part in typed.parts:
        if part.id in stored:
            _fill_part(stored[part.id], part, kept, cut, projects)
    line.typed = kept
    if (line.spent_on, line.currency) != (day, currency):
        line.rate = line.rate_on = None


def _fill_currency(line: Line, typed: TypedLine, kept: dict[str, str], cut: set[str]) -> None:
    if not typed.currency:
        return
    chosen = typed.currency
    if chosen == OTHER_CURRENCY:
        chosen = beginning("currency_code", typed.currency_code, cut)
    try:
        line.currency = parse_currency(chosen)
    except Invalid:
        kept["currency_code"] = chosen[: LENGTHS["currency_code"]]


def _leg(line: Line, typed: TypedLine, kept: dict[str, str], cut: set[str]) -> dict[str, str]:
    leg: dict[str, str] = {}
    for name, key in KEYS.items():
        text = beginning(name, getattr(typed, name), cut)
        try:
            value = parse_time(name, text, leg, line.spent_on) if text and name in TIMES else text
        except Invalid:
            kept[name] = text
            continue
        if value:
            leg[key] = value
    return leg


def _fill_part(
    split: Split, typed: TypedPart, kept: dict[str, str], cut: set[str], projects: Collection[int]
) -> None:
    split.cost_centre = beginning("cost_centre", typed.cost_centre, cut)
    split.project_id = _project(typed.project, projects)
    text = beginning("part", typed.part, cut)
    part = _understood(part_name(split.id), text, "CNY", parse_part, kept)
    split.share, split.amount = (part.share, part.amount) if part else (None, 0)


def _understood(
    name: str, text: str, currency: str, parse: Callable[[str, str], Any], kept: dict[str, str]
) -> Any:
    """The value of a text; None for an empty one and for one that is kept as it is."""
    if not text:
        return None
    try:
        return parse(text, currency)
    except Invalid:
        kept[name] = text
        return None


def _project(text: str, projects: Collection[int]) -> int | None:
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    return number if number in projects else None


def part_name(split_id: int) -> str:
    """What a part's share or amount is called among what was typed on its line."""
    return f"split-{split_id}-part"


def misread(line: Line) -> dict[str, Words]:
    """For each field whose text could not be understood, what is wrong with it."""
    wrong: dict[str, Words] = {}
    for name, typed in line.typed.items():
        try:
            if name in TIMES:
                parse_time(name, typed, line.leg, line.spent_on)
                continue
            parse = parse_part if name.startswith("split-") else ALL_PARSERS[name]
            parse(typed, line.currency)
        except Invalid as refusal:
            wrong[name] = refusal.words
    return wrong


def beginning(name: str, text: str, cut: set[str]) -> str:
    """As much of a text as can be stored; its name joins ``cut`` when that is not all."""
    whole = typed_text(text).strip()
    if len(whole) > LENGTHS[name]:
        cut.add(name)
    return whole[: LENGTHS[name]]


def _nights(text: str) -> int:
    try:
        nights = int(text)
    except ValueError:
        nights = 0
    if not 1 <= nights <= MOST_NIGHTS:
        raise Invalid(words("Nights are a whole number, such as 2."))
    return nights


PARSERS: Mapping[str, Callable[[str, str], Any]] = {
    "spent_on": lambda text, _currency: parse_day(text),
    "ends_on": lambda text, _currency: parse_day(text),
    "nights": lambda text, _currency: _nights(text),
    "amount": parse_amount,
    "unit_price": parse_amount,
    "quantity": lambda text, _currency: parse_quantity(text),
}
ALL_PARSERS = {**PARSERS, "currency_code": lambda text, _currency: parse_currency(text)}
COLUMNS = {"amount": "original"}
"""Where a field is stored under another name: ``amount`` of a line is what it comes to."""

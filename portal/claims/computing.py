"""What a line comes to, worked out from what was typed, and how it is parted.

Nothing here knows a database or a page. Sums are minor units of the currency that is named.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from portal.core.errors import Invalid
from portal.core.money import LARGEST_TYPED, allocate, format_plain, parse_amount
from portal.core.words import words
from portal.policy.rules import MILEAGE, PER_DIEM, QUANTITY
from portal.rates.conversion import convert

WHOLE = 100_00
"""All of a line, in hundredths of a per cent."""

MOST_DAYS = 366
_PLAIN = str.maketrans("０１２３４５６７８９．，％　", "0123456789.,% ")
_COUNT = re.compile(r"(?:[0-9]{1,7}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2})(?:\.[0-9]{1,3})?")
_SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%")


@dataclass(frozen=True)
class Rate:
    """From ``on`` one unit of a currency is worth ``value`` units of the company's."""

    value: Decimal
    on: date


@dataclass(frozen=True)
class Given:
    """What was typed on a line.

    ``computed`` is how the amount of its category comes about, ``original`` minor units of
    ``currency``, ``quantity`` kilometres or pieces. ``unit_price`` is what one costs: typed in
    ``currency`` for pieces, and by the rules in the company's for a kilometre and for a day.
    """

    computed: str = ""
    currency: str = "CNY"
    original: int | None = None
    quantity: Decimal | None = None
    unit_price: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Price:
    """What a line comes to: ``amount`` in the company's currency, and what it was made of."""

    amount: int | None = None
    original: int | None = None
    quantity: Decimal | None = None
    unit_price: int | None = None
    rate: Decimal | None = None
    rate_on: date | None = None


def price(given: Given, base: str, rate: Rate | None) -> Price:
    """What the line comes to in ``base``; without an amount while something is missing.

    ``rate`` is that of the line's currency; one into itself needs none.
    """
    if given.computed == MILEAGE:
        return _at(given, given.quantity, base)
    if given.computed == PER_DIEM:
        days = days_from(given.first, given.last)
        return _at(given, None if days is None else Decimal(days), base)
    original = given.original
    if given.computed == QUANTITY:
        original = _times(given.quantity, given.unit_price, given.currency)
    found = Price(None, original, given.quantity, given.unit_price)
    if original is None:
        return found
    if given.currency == base:
        return Price(original, original, given.quantity, given.unit_price)
    if rate is None:
        return found
    amount = _within(convert(original, given.currency, base, rate.value), base)
    return Price(amount, original, given.quantity, given.unit_price, rate.value, rate.on)


def unpriced(given: Given, priced: Price) -> str:
    """The rule that says why there is no amount; empty when there is one, or nothing was typed."""
    if priced.amount is not None:
        return ""
    if given.computed == PER_DIEM:
        if given.first is None:
            return ""
        if days_from(given.first, given.last) is None:
            return "days_wrong"
    elif given.computed and given.quantity is None:
        return "quantity_missing"
    if given.computed and given.unit_price is None:
        return "unit_price_missing" if given.computed == QUANTITY else "allowance_missing"
    if given.computed in (MILEAGE, PER_DIEM):
        return "sum_too_large"
    if priced.original is None:
        return "sum_too_large" if given.computed else ""
    return "rate_missing" if priced.rate is None else "sum_too_large"


def days_from(first: date | None, last: date | None) -> int | None:
    """How many days there are from ``first`` to ``last``, both counted; without a last day one.

    None when there is no first day, or when the last is before it or a year after it.
    """
    if first is None:
        return None
    days = ((last or first) - first).days + 1
    return days if 1 <= days <= MOST_DAYS else None


def _at(given: Given, quantity: Decimal | None, base: str) -> Price:
    amount = _times(quantity, given.unit_price, base)
    return Price(amount, given.original, quantity, given.unit_price)


def _times(quantity: Decimal | None, unit_price: int | None, currency: str) -> int | None:
    """Rounded half away from zero to the minor unit, once."""
    if quantity is None or unit_price is None:
        return None
    exact = quantity * unit_price
    return _within(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)


def _within(minor: int, currency: str) -> int | None:
    """The sum unless it is larger than anybody may type."""
    return minor if minor * 100 <= LARGEST_TYPED * 10 ** get_currency_precision(currency) else None


@dataclass(frozen=True)
class Part:
    """A part of a line: by ``share`` in hundredths of a per cent, or by ``amount``."""

    share: int | None
    amount: int = 0


def part_amounts(total: int | None, parts: Sequence[Part]) -> list[int]:
    """What each part bears: shares follow the line to the cent, typed amounts stay."""
    shares = [part.share or 0 for part in parts]
    if total is None:
        return [0 if part.share is not None else part.amount for part in parts]
    if by_share(parts) and sum(shares) == WHOLE:
        return allocate(total, shares)
    return [part.amount if part.share is None else total * part.share // WHOLE for part in parts]


def add_up(total: int, parts: Sequence[Part]) -> bool:
    """Whether the parts are all of a line, and each is some of it."""
    if by_share(parts):
        return sum(part.share or 0 for part in parts) == WHOLE
    if any(part.share is not None for part in parts):
        return False
    return sum(part.amount for part in parts) == total and all(part.amount for part in parts)


def by_share(parts: Sequence[Part]) -> bool:
    """Whether every part has a share."""
    return all(part.share for part in parts)


def parse_quantity(text: str) -> Decimal:
    """Kilometres or pieces as typed: above zero, at most three decimals. Raises ``Invalid``."""
    plain = text.translate(_PLAIN).strip()
    number = Decimal(plain.replace(",", "")) if _COUNT.fullmatch(plain) else Decimal(0)
    if number <= 0:
        raise Invalid(words("Type how many as a number, such as 120 or 12.5."))
    return number


def parse_part(text: str, currency: str) -> Part:
    """A part as typed: ``33.33%`` of the line or an amount such as ``120.00``."""
    share = _SHARE.fullmatch(text.translate(_PLAIN).strip())
    if share is None:
        return Part(None, parse_amount(text, currency))
    hundredths = int(share[1]) * 100 + int((share[2] or "").ljust(2, "0"))
    if not 0 < hundredths <= WHOLE:
        raise Invalid(words("A share is more than 0 and at most 100 per cent."))
    return Part(hundredths)


def part_text(share: int | None, amount: int, currency: str) -> str:
    """A part as it is typed; empty while nothing was given."""
    if share:
        whole, rest = divmod(share, 100)
        return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
    return format_plain(amount, currency).replace(",", "") if amount else ""


def next_part(total: int | None, parts: Sequence[Part]) -> Part:
    """A part more that takes what the others leave."""
    if by_share(parts):
        return Part(max(WHOLE - sum(part.share or 0 for part in parts), 0))
    return Part(None, max((total or 0) - sum(part.amount for part in parts), 0))


def in_figures(price: Price, currency: str) -> str:
    """How an amount was worked out, in figures alone: ``USD 100.00 × 7.1234 (2026-11-20)``.

    Empty for an amount that was typed as it is. ``currency`` is that of what was typed.
    """
    steps = []
    counted = _times(price.quantity, price.unit_price, currency)
    if counted is not None and counted in (price.original, price.amount):
        steps.append(f"{price.quantity:f} × {format_plain(price.unit_price or 0, currency)}")
    if price.rate is not None and price.original is not None:
        sum_ = format_plain(price.original, currency)
        steps.append(f"{currency} {sum_} × {price.rate:f} ({price.rate_on})")
    return "; ".join(steps)

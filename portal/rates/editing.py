"""Entering exchange rates by hand, and the event that says who did and when.

A rate is never changed and never deleted: a later row for the same day replaces it for what is
not submitted yet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.core.days import parse_day
from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.text import fitting
from portal.core.words import words
from portal.rates import events
from portal.rates.conversion import parse_currency, parse_rate
from portal.rates.models import ExchangeRate

T = TypeVar("T")

LONGEST_SOURCE = 80
FARTHEST = timedelta(days=31)
"""How far ahead of today a rate may begin: some are published for the month to come."""


@dataclass(frozen=True)
class NewRate:
    """From ``on`` one unit of ``currency`` is worth ``rate`` units of the company's."""

    currency: str
    on: date
    rate: Decimal
    source: str = ""


def understood(
    currency: str, on: str, rate: str, source: str, *, base: str, today: date
) -> NewRate:
    """A rate as typed. Raises ``Invalid`` at the field that is wrong."""
    found = NewRate(
        _at("currency", parse_currency, currency),
        _at("on", parse_day, on),
        _at("rate", parse_rate, rate),
        fitting(source, LONGEST_SOURCE, "source"),
    )
    if found.currency == base:
        raise Invalid(words("This is the company's own currency; it needs no rate."), "currency")
    if found.on > today + FARTHEST:
        raise Invalid(words("A rate begins at most a month from now."), "on")
    return found


def _at(field: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except Invalid as refusal:
        raise Invalid(refusal.words, field) from None


def enter(session: Session, new: NewRate, *, base: str, by: int, at: datetime) -> ExchangeRate:
    """Store one rate that somebody typed."""
    [row] = store(session, [new], base=base, by=by, at=at)
    record(
        session, events.RATE_ENTERED, Subject("rate", row.id), by=by, at=at,
        currency=new.currency, rate=format(new.rate, "f"), valid_from=new.on.isoformat(),
    )  # fmt: skip
    return row


def store(
    session: Session, rates: Iterable[NewRate], *, base: str, by: int | None, at: datetime
) -> list[ExchangeRate]:
    """Add rows for ``rates``, which the caller has judged; the caller writes the event."""
    rows = [
        ExchangeRate(
            currency=new.currency, base=base, on=new.on, rate=new.rate, source=new.source,
            entered_by_id=by, entered_at=at,
        )
        for new in rates
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return rows

"""Named reads of exchange rates."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.core.db import Rows
from portal.people.models import Person
from portal.rates.models import ExchangeRate

PAGE = 50


def rate_on(session: Session, currency: str, base: str, day: date) -> ExchangeRate | None:
    """The rate in force on ``day``: the latest that begins on or before it. One query."""
    return session.scalars(
        select(ExchangeRate)
        .where(
            ExchangeRate.currency == currency, ExchangeRate.base == base, ExchangeRate.on <= day
        )
        .order_by(
            ExchangeRate.on.desc(), ExchangeRate.entered_at.desc(), ExchangeRate.id.desc()
        )
        .limit(1)
    ).first()  # fmt: skip


def shown_rates(session: Session, currency: str = "", before: int = 0) -> Rows:
    """A page of rates with who entered them, the last first, and a row more if there are more."""
    found = select(
        ExchangeRate.id, ExchangeRate.currency, ExchangeRate.base, ExchangeRate.on,
        ExchangeRate.rate, ExchangeRate.source, ExchangeRate.entered_at, Person.name,
    ).outerjoin(Person, Person.id == ExchangeRate.entered_by_id)  # fmt: skip
    if currency:
        found = found.where(ExchangeRate.currency == currency)
    if 0 < before < 2**31:
        found = found.where(ExchangeRate.id < before)
    return session.execute(found.order_by(ExchangeRate.id.desc()).limit(PAGE + 1)).all()


def known_currencies(session: Session, base: str) -> list[str]:
    """The currencies with a rate into ``base``, by code; ``base`` itself comes first."""
    found = session.scalars(
        select(ExchangeRate.currency).where(ExchangeRate.base == base).distinct()
    )
    return [base, *sorted(set(found) - {base})]


def rates_in_force(
    session: Session, base: str, needs: Collection[tuple[str, date]]
) -> dict[tuple[str, date], ExchangeRate]:
    """For each currency and day the rate that ``rate_on`` finds. One query, none for nothing."""
    if not needs:
        return {}
    wanted = [_between(base, code, [day for each, day in needs if each == code])
              for code in sorted({code for code, _day in needs})]  # fmt: skip
    rows = session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.base == base, or_(*wanted))
        .order_by(ExchangeRate.on, ExchangeRate.entered_at, ExchangeRate.id)
    ).all()
    found: dict[tuple[str, date], ExchangeRate] = {}
    for code, day in needs:
        begun = [row for row in rows if row.currency == code and row.on <= day]
        if begun:
            found[code, day] = begun[-1]
    return found


def _between(base: str, currency: str, days: Sequence[date]) -> ColumnElement[bool]:
    """The rates of a currency from the one in force on the first day to the last day."""
    earlier = aliased(ExchangeRate)
    begins = (
        select(func.max(earlier.on))
        .where(earlier.currency == currency, earlier.base == base, earlier.on <= min(days))
        .scalar_subquery()
    )
    return and_(
        ExchangeRate.currency == currency,
        ExchangeRate.on >= func.coalesce(begins, min(days)),
        ExchangeRate.on <= max(days),
    )

"""The demo company's payers at work: a batch a week, closed when the bank has paid."""

from datetime import date, datetime, timedelta
from functools import partial
from itertools import cycle

from sqlalchemy import select

from portal.claims import payment
from portal.claims.models import Batch, Payment
from portal.claims.payment_queries import to_pay
from portal.demo import sayings, seasons
from portal.demo.company import Company
from portal.demo.people import Colleague
from portal.people.roles import PAYER

FAILS_IN = (9, 31)
"""Weeks in which the bank sends one payment back."""


def plan_payments(company: Company, first: date, today: date) -> None:
    """Pay every week from ``first`` on, each legal entity from its account; the batches of two
    days ago stay open."""
    payers = [each for each in company.colleagues.values() if each.reader.has(PAYER)]
    last = seasons.workdays_before(today, 2)
    weeks = (last - first).days // 7
    for week, payer in zip(range(weeks, -1, -1), cycle(payers), strict=False):
        day = seasons.next_workday(last - timedelta(weeks=week))
        closes = week > 0
        if closes and day >= last:
            continue
        company.later(seasons.at(day, 15.2), partial(_pay, company, payer, week, closes))


def _pay(company: Company, payer: Colleague, week: int, closes: bool, at: datetime) -> None:
    own = payer.person.id
    approved: dict[int, list[int]] = {}
    for row in to_pay(company.session):
        if row.claimant_id != own:
            approved.setdefault(row.company_id, []).append(row.id)
    for claims in approved.values():
        _make_batch(company, payer, claims, week, closes, at)


def _make_batch(
    company: Company, payer: Colleague, claims: list[int], week: int, closes: bool, at: datetime
) -> None:
    batch = payment.start_batch(company.session, claims, by=payer.person.id, at=at)
    company.later(at + timedelta(minutes=25), partial(_export, company, payer, batch))
    if closes:
        next_day = seasons.next_workday(seasons.day_of(at) + timedelta(days=1))
        company.later(
            seasons.at(next_day, 10.4), partial(_close, company, payer, batch, week in FAILS_IN)
        )


def _export(company: Company, payer: Colleague, batch: Batch, at: datetime) -> None:
    payment.note_export(company.session, batch, by=payer.person.id, at=at)


def _close(company: Company, payer: Colleague, batch: Batch, fails: bool, at: datetime) -> None:
    day = seasons.day_of(at)
    failed: dict[int, str] = {}
    if fails:
        first = select(Payment.id).where(Payment.batch_id == batch.id).order_by(Payment.id).limit(1)
        reason = sayings.FAILURES[0].to(payer.english)
        failed = dict.fromkeys(company.session.scalars(first), reason)
    payment.close_batch(
        company.session, batch, day, f"CMB{day:%Y%m%d}-{batch.id:03d}", failed,
        shown=batch.version, by=payer.person.id, at=at, today=day,
    )  # fmt: skip

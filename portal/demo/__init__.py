"""A sample company with a year of claims, for trying the portal and for showing it.

Everything comes from one fixed seed and the day it is loaded on.
"""

from datetime import date, timedelta
from random import Random

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from portal.approvals.flow import start_with_default
from portal.core.files import Store
from portal.core.notices import Notice
from portal.demo import seasons
from portal.demo.beyond import stories_beyond
from portal.demo.books import plan_books
from portal.demo.cast import cast_stories, oddities
from portal.demo.company import UNREAD_DAYS, Company
from portal.demo.payday import plan_payments
from portal.demo.people import hire
from portal.demo.receipts import Drawer
from portal.demo.requests import plan_requests
from portal.demo.year import DAYS, ordinary_year, phone_bills
from portal.people.models import PORTAL_ONLY, Person
from portal.policy.queries import start_with_sample

SEED = 20260214
DRAWN_DAYS = 60
"""Receipts of so many days before today are drawn one by one."""


def is_empty(session: Session) -> bool:
    """Whether the database knows nobody yet, so that ``load`` may fill it."""
    return not session.scalar(select(exists().where(Person.id.is_not(None))))


def load(session: Session, store: Store, *, today: date, password_hash: str) -> None:
    """Fill an empty, migrated database with the demo company up to the eve of ``today``.

    Everybody gets ``password_hash``; receipts are kept in ``store``. Nothing of the past is
    left for the worker to mail. The caller opens the writing transaction and commits it.
    Raises ``ValueError`` when the database is not empty.
    """
    if not is_empty(session):
        raise ValueError("the demo company is only loaded into an empty database")
    rng = Random(SEED)  # noqa: S311 - the same company every time is the point
    first = today - timedelta(days=DAYS)
    start_with_sample(session, seasons.at(first, 0))
    start_with_default(session)
    session.flush()
    colleagues = hire(session, rng, today=today, password_hash=password_hash)
    drawer = Drawer(store, rng, today - timedelta(days=DRAWN_DAYS))
    company = Company(session, rng, colleagues, drawer, today)
    for stories in (
        ordinary_year(rng, colleagues, today),
        phone_bills(rng, colleagues, today),
        oddities(today),
        stories_beyond(today),
        cast_stories(today),
    ):
        for story in stories:
            company.play(story)
    plan_books(company, first, today)
    plan_payments(company, first, today)
    plan_requests(company, today)
    for week in range(1, (DAYS - UNREAD_DAYS) // 7):
        company.later(seasons.at(first + timedelta(weeks=week), 8.5), company.catch_up)
    company.run()
    drawer.keep()
    _back_to_wishes(company)
    session.flush()


def _back_to_wishes(company: Company) -> None:
    """Let people be told as they wish from now on, with the past counted as told."""
    session = company.session
    for colleague in company.colleagues.values():
        colleague.person.notices_by = colleague.wish
        colleague.person.active = colleague.left_on is None
    session.flush()
    mailed = select(Person.id).where(Person.notices_by != PORTAL_ONLY)
    session.execute(
        update(Notice)
        .where(Notice.person_id.in_(mailed))
        .values(mailed_at=Notice.at)
        .execution_options(synchronize_session=False)
    )

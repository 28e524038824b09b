"""Reminding those who owe an advance after its day: at most once a week each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from portal.core.events import record
from portal.prior import events
from portal.prior.balance import tell
from portal.prior.models import ADVANCE, PriorRequest

AGAIN_AFTER = timedelta(days=7) - timedelta(hours=2)
"""A week less what the worker's hour of the day may differ."""


def overdue(session: Session, today: date, at: datetime) -> Sequence[int]:
    """The advances to remind of now, by id: owed after their day, not reminded this week."""
    return session.scalars(
        select(PriorRequest.id).where(*_to_remind(today, at)).order_by(PriorRequest.id)
    ).all()


def remind(session: Session, advance_id: int, *, today: date, at: datetime) -> bool:
    """Remind the owner of an overdue advance; False when it needs none, or had one this week.

    Of several workers that ask at once one gets the answer. The caller opened a writing
    transaction and commits.
    """
    advance = session.scalars(
        update(PriorRequest)
        .where(PriorRequest.id == advance_id, *_to_remind(today, at))
        .values(reminded_at=at, beat=PriorRequest.beat + 1)
        .returning(PriorRequest)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if advance is None:
        return False
    record(session, events.OVERDUE, advance.subject, by=None, at=at, amount=advance.owed)
    tell(session, advance, events.OVERDUE, at)
    return True


def _to_remind(today: date, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        PriorRequest.kind == ADVANCE,
        PriorRequest.owed > 0,
        PriorRequest.ends_on < today,
        or_(PriorRequest.reminded_at.is_(None), PriorRequest.reminded_at <= at - AGAIN_AFTER),
    )

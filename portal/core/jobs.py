"""Work that waits for its transaction: mails, files, search.

A job is a row written in the transaction of the change that needs it, so it exists exactly
when the change does. Workers take one at a time by a conditional update and try again
later, ever more seldom, when it fails. A job is leased for seconds only and the lease renewed
while its worker lives, so that the job of a killed one is soon taken by another.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, Text, delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, dialect_of, fetch, fetch_many, table, upsert

MOST_ATTEMPTS = 12
LEASE = timedelta(seconds=6)
RENEWED_EVERY = timedelta(seconds=1.5)
KEPT = timedelta(days=30)

Handler = Callable[[Session, dict[str, Any], datetime], None]


OPEN = text("done_at IS NULL AND failed_at IS NULL")
URGENT, ORDINARY = 0, 1
"""Ranks: somebody waits for it at the screen, or nobody does."""


class Job(Base):
    """One piece of work. ``key`` is unique: the same work is never queued twice."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "done_at", "failed_at", "due_at"),
        Index("ix_jobs_open", "rank", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    data: Mapped[dict[str, Any]]
    rank: Mapped[int] = mapped_column(default=ORDINARY)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]


NEW_JOB = insert(table(Job))
_job = table(Job).c


def enqueue(
    session: Session, kind: str, *, due_at: datetime, key: str | None = None,
    rank: int = ORDINARY, **data: Any,
) -> bool:  # fmt: skip
    """Queue a job; False when one with the same ``key`` was queued before."""
    row = {"kind": kind, "key": key, "data": data, "due_at": due_at, "rank": rank, "attempts": 0}
    statement = (
        upsert(dialect_of(session), Job).values(row).on_conflict_do_nothing(index_elements=["key"])
    )
    return session.execute(statement.returning(Job.id)).first() is not None


def enqueue_each(
    session: Session, kind: str, many: Iterable[dict[str, Any]], *, due_at: datetime
) -> None:
    """Queue one job for each of the data in ``many``."""
    rows = [{"kind": kind, "data": data, "due_at": due_at, "attempts": 0} for data in many]
    fetch_many(session, NEW_JOB, rows)


def take(session: Session, at: datetime) -> Job | None:
    """Lease the job that is due longest, urgent ones first; None when nothing is due.

    The caller commits.
    """
    waiting = (
        select(Job.id)
        .where(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= at)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < at))
        .order_by(Job.rank, Job.due_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.execute(
        update(Job)
        .where(Job.id == waiting.scalar_subquery())
        .values(leased_until=at + LEASE, attempts=Job.attempts + 1)
        .returning(Job)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def renew(session: Session, job_id: int, attempt: int, until: datetime) -> bool:
    """Hold a job until then; False when it is done or another attempt at it was begun.

    The caller commits.
    """
    renewed = (
        update(table(Job))
        .where(_job.id == job_id, _job.attempts == attempt, _job.leased_until.is_not(None))
        .values(leased_until=until)
        .returning(_job.id)
    )
    return fetch(session, renewed).first() is not None


def is_held(session: Session, job_id: int, attempt: int) -> bool:
    """Whether a job is still this attempt's, and stays so until the caller commits."""
    held = select(_job.id).where(
        _job.id == job_id, _job.attempts == attempt, _job.leased_until.is_not(None)
    )
    return fetch(session, held.with_for_update()).first() is not None


def finish(session: Session, job: Job, at: datetime) -> None:
    """Mark ``job`` done. The caller commits."""
    job.done_at, job.leased_until, job.last_error = at, None, None
    session.add(job)


def put_back(session: Session, job: Job, at: datetime, error: str) -> None:
    """Queue ``job`` again later, or give it up after ``MOST_ATTEMPTS``. The caller commits."""
    job.leased_until, job.last_error = None, error[:2000]
    if job.attempts >= MOST_ATTEMPTS:
        job.failed_at = at
    else:
        job.due_at = at + min(timedelta(seconds=15 * 2**job.attempts), timedelta(hours=6))
    session.add(job)


def backlog(session: Session, at: datetime) -> tuple[int, int]:
    """How many jobs are overdue, and how many were given up."""
    open_jobs = select(func.count()).where(Job.done_at.is_(None), Job.failed_at.is_(None))
    overdue = session.scalar(open_jobs.where(Job.due_at <= at)) or 0
    failed = session.scalar(select(func.count()).where(Job.failed_at.is_not(None))) or 0
    return overdue, failed


def forget_done(session: Session, at: datetime) -> None:
    """Delete jobs done more than ``KEPT`` ago."""
    session.execute(delete(Job).where(Job.done_at < at - KEPT))

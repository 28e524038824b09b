"""Telling people: a row in the portal, and a mail when they want one.

Each person also has a beat, a number that grows with everything that concerns them, so that
an open page can ask in one indexed read whether anything changed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import (
    Executable,
    ForeignKey,
    Index,
    String,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core import jobs
from portal.core.db import Base, dialect_of, fetch_many, fetch_rows, table, upsert
from portal.core.events import Subject

AT_ONCE = "at_once"


class Notice(Base):
    """Something one person was told. ``data`` fills the sentence of its ``kind``."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person", "person_id", "id"),
        Index(
            "ix_notices_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class Beat(Base):
    __tablename__ = "beats"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Told(Protocol):
    """Who is told: anyone with an id and a wish about mails."""

    @property
    def id(self) -> int: ...

    @property
    def notices_by(self) -> str: ...


QUICKENED = "people to quicken"
NEW_NOTICE = insert(table(Notice)).returning(table(Notice).c.id, table(Notice).c.person_id)


def notify(
    session: Session,
    people: Iterable[Told],
    kind: str,
    about: Subject,
    *,
    at: datetime,
    **data: Any,
) -> None:
    """Tell each of ``people`` once; those who want mail at once get it from the worker."""
    told = {person.id: person for person in people}
    if not told:
        return
    rows = [
        {"person_id": person_id, "kind": kind, "subject_kind": about.kind,
         "subject_id": about.id, "data": data, "at": at}
        for person_id in sorted(told)
    ]  # fmt: skip
    written = fetch_rows(session, NEW_NOTICE, rows)
    mailed = [{"notice_id": row.id} for row in written if told[row.person_id].notices_by == AT_ONCE]
    jobs.enqueue_each(session, "mail_notice", mailed, due_at=at)
    quicken(session, told)


def quicken(session: Session, person_ids: Iterable[int]) -> None:
    """Let the open pages of these people know, when the transaction commits."""
    session.info.setdefault(QUICKENED, set()).update(person_ids)


def write_beats(session: Session) -> None:
    """Count the beats of everybody the transaction concerned, once each.

    Always in the same order, so that two transactions never wait for each other.
    """
    if session.in_nested_transaction():
        return
    concerned = session.info.pop(QUICKENED, None)
    if concerned:
        rows = [{"person_id": person_id, "count": 1} for person_id in sorted(concerned)]
        fetch_many(session, _count_beat(dialect_of(session)), rows)


@cache
def _count_beat(dialect: str) -> Executable:
    counted = upsert(dialect, Beat)
    return counted.on_conflict_do_update(
        index_elements=["person_id"], set_={"count": table(Beat).c.count + 1}
    )


# Before the events, so that the end of their chain is locked as short as can be.
event.listen(Session, "before_commit", write_beats, insert=True)


@event.listens_for(Session, "after_rollback")
def _forget_quickened(session: Session) -> None:
    session.info.pop(QUICKENED, None)


def mark_read(session: Session, person_id: int, at: datetime, about: Subject | None = None) -> None:
    """Mark all unread notices of the person read, or only those about one thing."""
    unread = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    if about is not None:
        unread = unread.where(Notice.subject_kind == about.kind, Notice.subject_id == about.id)
    session.execute(unread.values(read_at=at).execution_options(synchronize_session=False))


def notices_of(
    session: Session, person_id: int, most: int, before: int | None = None
) -> Sequence[Notice]:
    """The person's notices, newest first; those below the id ``before`` when given."""
    found = select(Notice).where(Notice.person_id == person_id)
    if before:
        found = found.where(Notice.id < before)
    return session.scalars(found.order_by(Notice.id.desc()).limit(most)).all()

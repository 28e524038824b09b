"""What happened: append-only, in past tense, chained by hashes.

An event is written in the transaction of the change it tells of. The timeline, the audit
log, the statistics and the notices all read events.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, bindparam, event, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, fetch, fetch_many, table

PENDING = "events to write"
START = "0" * 64


class Event(Base):
    """One thing that happened. ``id`` is its place in the chain, without gaps."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    actor_id: Mapped[int | None]
    for_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]
    seal: Mapped[str] = mapped_column(String(64))


class ChainEnd(Base):
    """The last event's place and seal: cutting the tail off the log shows here."""

    __tablename__ = "chain_end"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_id: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Subject:
    """What an event is about, such as ``Subject("claim", 12)``."""

    kind: str
    id: int


def record(
    session: Session,
    kind: str,
    about: Subject,
    *,
    by: int | None,
    at: datetime,
    on_behalf_of: int | None = None,
    **data: Any,
) -> None:
    """Write the event ``kind`` when the transaction commits.

    ``by`` is the id of the person who did it, None when the portal did; ``data`` is JSON.
    """
    session.info.setdefault(PENDING, []).append(
        {
            "at": at,
            "kind": kind,
            "subject_kind": about.kind,
            "subject_id": about.id,
            "actor_id": by,
            "for_id": on_behalf_of,
            "data": data,
        }
    )


def seal(previous: str, row: dict[str, Any]) -> str:
    """The hash that ties the event ``row`` to the one before it."""
    told = [
        row["id"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["kind"],
        row["subject_kind"],
        row["subject_id"],
        row["actor_id"],
        row["for_id"],
        row["data"],
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


_end = table(ChainEnd)
EXTEND = (
    update(_end)
    .where(_end.c.id == 1)
    .values(last_id=_end.c.last_id + bindparam("more"))
    .returning(_end.c.last_id, _end.c.seal)
)
SEAL_END = update(_end).where(_end.c.id == 1).values(seal=bindparam("last_seal"))
NEW_EVENT = insert(table(Event))


def write_pending(session: Session) -> None:
    """Append the transaction's events to the chain, as the last thing before it commits.

    The chain's end is locked only from here to the commit, so long transactions do not
    queue behind one another on PostgreSQL.
    """
    if session.in_nested_transaction():
        return
    pending = session.info.pop(PENDING, None)
    if not pending:
        return
    end = fetch(session, EXTEND, more=len(pending)).one_or_none()
    if end is None:
        raise RuntimeError("the event chain has no end: the database was not migrated")
    last = end.seal
    first = end.last_id - len(pending) + 1
    for number, row in enumerate(pending, start=first):
        row["id"] = number
        last = row["seal"] = seal(last, row)
    fetch_many(session, NEW_EVENT, pending)
    fetch(session, SEAL_END, last_seal=last)


event.listen(Session, "before_commit", write_pending)


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)


def broken_links(session: Session) -> Iterator[str]:
    """Sentences for the administrator about every place where the log was tampered with."""
    previous, expected = START, 0
    rows = session.execute(select(Event.__table__).order_by(Event.id)).yield_per(1000)
    for row in rows.mappings():
        expected += 1
        if row["id"] != expected:
            yield f"Event {expected} is missing: the next one is {row['id']}."
            expected = row["id"]
        if seal(previous, dict(row)) != row["seal"]:
            yield f"Event {row['id']} ({row['kind']}) does not match its seal."
        previous = row["seal"]
    end = session.get(ChainEnd, 1)
    if end is None:
        yield "The end of the chain is missing."
    elif end.last_id != expected:
        yield f"The log ends at event {expected}; it should end at {end.last_id}."
    elif end.seal != previous:
        yield "The last event does not match the end of the chain."


APPEND_ONLY = {
    sqlite.dialect.name: [
        f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
        "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    postgresql.dialect.name: [
        "CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$",
        "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events "
        "FOR EACH ROW EXECUTE FUNCTION events_append_only()",
    ],
}
"""Statements that make the database itself refuse to change an event."""

"""The log that cannot be rewritten unseen."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.core.db import begin_writing, db
from portal.core.events import ChainEnd, Event, Subject, broken_links, record

AT = datetime(2026, 3, 2, 2, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def written(session: Session) -> Session:
    """Three events, the second with Chinese and a sum."""
    for number, data in enumerate(({}, {"comment": "已核对", "total": 125050}, {}), start=1):
        record(session, "claim_created", Subject("claim", number), by=1, at=AT, **data)
        session.commit()
        begin_writing(session)
    return session


def tamper(session: Session, statement: str) -> list[str]:
    """Change the log as somebody with the database in hand would; what is found of it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
    else:
        for verb in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER events_no_{verb}"))
    session.execute(text(statement))
    session.expire_all()
    found = list(broken_links(session))
    session.rollback()
    return found


def test_a_log_left_alone_is_whole(written: Session) -> None:
    assert list(broken_links(written)) == []
    assert written.scalars(select(Event.id).order_by(Event.id)).all() == [1, 2, 3]


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE events SET actor_id = 2 WHERE id = 2", "Event 2"),
        ("UPDATE events SET data = '{}' WHERE id = 2", "Event 2"),
        ("UPDATE events SET at = '2026-03-01' WHERE id = 1", "Event 1"),
        ("UPDATE events SET for_id = 3 WHERE id = 3", "Event 3"),
        ("DELETE FROM events WHERE id = 1", "Event 1 is missing"),
        ("DELETE FROM events WHERE id = 2", "Event 2 is missing"),
        ("DELETE FROM events WHERE id = 3", "ends at event 2"),
        ("UPDATE chain_end SET last_id = 2", "ends at event 3"),
        ("UPDATE chain_end SET seal = 'x'", "does not match the end"),
        ("DELETE FROM chain_end", "end of the chain is missing"),
    ],
)
def test_tampering_is_found(written: Session, statement: str, says: str) -> None:
    assert any(says in sentence for sentence in tamper(written, statement))


@pytest.mark.parametrize("statement", ["UPDATE events SET kind = 'x'", "DELETE FROM events"])
def test_the_database_itself_refuses_to_change_an_event(written: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        written.execute(text(statement))


def test_what_was_rolled_back_leaves_no_event(session: Session) -> None:
    record(session, "claim_created", Subject("claim", 1), by=1, at=AT)
    session.rollback()
    begin_writing(session)
    session.commit()
    assert session.scalars(select(Event)).all() == []


def test_many_at_once_make_one_chain_without_gaps(app: Flask) -> None:
    def write() -> None:
        with app.app_context():
            for _ in range(5):
                begin_writing(db.session())
                record(db.session(), "claim_created", Subject("claim", 1), by=1, at=AT)
                record(db.session(), "claim_deleted", Subject("claim", 1), by=1, at=AT)
                db.session.commit()

    threads = [Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert list(broken_links(db.session())) == []
        end = db.session.get(ChainEnd, 1)
        assert end is not None
        assert end.last_id == 60

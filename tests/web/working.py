"""Telling people things, and letting the worker do what is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import begin_writing, db
from portal.core.events import Subject
from portal.core.notices import Notice, notify
from portal.people.models import Person
from portal.web import work

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai."""


def talk_to(app: Flask, monkeypatch: pytest.MonkeyPatch, mail_url: str) -> None:
    chosen = replace(
        app.extensions["settings"], mail_url=mail_url, mail_from="portal@example.com",
        base_url="https://claims.example.com",
    )  # fmt: skip
    monkeypatch.setitem(app.extensions, "settings", chosen)


def work_through(app: Flask, at: datetime = AT) -> int:
    """Do everything that is due; how many jobs that were."""
    done = 0
    while work.work_once(app, at):
        done += 1
        assert done < 50, "the worker never finishes"
    return done


def change(session: Session, number: str, **values: Any) -> Person:
    person = session.scalars(select(Person).where(Person.number == number)).one()
    for name, value in values.items():
        setattr(person, name, value)
    session.flush()
    return person


def tell(
    app: Flask, number: str, kind: str = "claim_returned", *, claim_id: int = 7,
    at: datetime = AT, **about_them: Any,
) -> int:  # fmt: skip
    """Tell somebody about a claim, as the workflow does; the notice's id."""
    with app.app_context():
        begin_writing(db.session())
        person = change(db.session(), number, **about_them)
        notify(
            db.session(), [person], kind, Subject("claim", claim_id), at=at,
            number="BX2026-000007", purpose="Trip to 上海", total=125050, who="Bob",
        )  # fmt: skip
        notice = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        db.session.commit()
        assert notice is not None
        return notice.id


def mailed(app: Flask) -> list[datetime | None]:
    with app.app_context():
        return list(db.session.scalars(select(Notice.mailed_at).order_by(Notice.id)))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def tick(app: Flask, at: datetime, workers: int = 1) -> None:
    """The duties of the hour and all that comes of them, on a clock eight hours ahead."""
    for _ in range(workers):
        with app.app_context():
            work.queue_duties(db.session(), at, at + timedelta(hours=8))
    work_through(app, at)

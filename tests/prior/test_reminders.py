"""Who owes an advance after its day is reminded, once a week and not twice."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core.db import db
from portal.core.events import Event
from portal.core.notices import Notice
from portal.people.models import Person
from portal.prior import events
from portal.prior.models import PriorRequest
from tests.claims.stories import writing
from tests.prior.requests import paid
from tests.web.working import tick

MONDAY = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai, after every day of settling here."""


def reminded(app: Flask) -> list[str]:
    with app.app_context():
        found = select(Person.number).join(Notice, Notice.person_id == Person.id)
        return list(db.session.scalars(found.where(Notice.kind == events.OVERDUE)))


@pytest.fixture
def advance(app: Flask) -> int:
    with writing(app) as session:
        return paid(session, 300_00).id


def test_the_owner_is_reminded_once_a_week_however_many_workers_ask(
    app: Flask, advance: int
) -> None:
    tick(app, MONDAY, workers=3)
    assert reminded(app) == ["alice"]
    for days in (1, 3, 6):
        tick(app, MONDAY + timedelta(days=days))
    assert reminded(app) == ["alice"]
    tick(app, MONDAY + timedelta(days=7))
    assert reminded(app) == ["alice", "alice"]
    with app.app_context():
        told = select(Event.data).where(Event.kind == events.OVERDUE)
        assert [data["amount"] for data in db.session.scalars(told)] == [300_00, 300_00]


@pytest.mark.parametrize("change", [{"owed": 0, "state": "settled"}, {"ends_on": MONDAY.date()}])
def test_nobody_is_reminded_of_what_is_settled_or_not_yet_due(
    app: Flask, advance: int, change: dict[str, object]
) -> None:
    with writing(app) as session:
        session.execute(update(PriorRequest).values(**change))
    tick(app, MONDAY)
    assert reminded(app) == []

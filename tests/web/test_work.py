"""What the worker does beside mails: reminders and tidying up. Once each."""

import os
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.approvals.models import OPEN, Flow, Route, Step, StepPerson
from portal.claims.models import SUBMITTED, Claim
from portal.core.db import begin_writing, db
from portal.core.events import Event as Happened
from portal.core.notices import Notice
from portal.people.companies import company_of
from portal.people.models import Person
from portal.web import work
from tests.postbox import Postbox
from tests.web.working import AT, change, tick


@pytest.fixture
def late(app: Flask) -> int:
    """A claim of alice that waits for bob and was due an hour ago; its id."""
    with app.app_context():
        session = db.session()
        begin_writing(session)
        alice, bob = change(session, "alice"), change(session, "bob")
        claim = Claim(
            number="BX2026-000001", claimant_id=alice.id, department_id=alice.department_id,
            company_id=company_of(session, alice.department_id),
            state=SUBMITTED, purpose="Late", total=100, created_at=AT, updated_at=AT,
        )  # fmt: skip
        session.add(claim)
        session.flush()
        flow = session.scalars(select(Flow).where(Flow.subject_kind == "claim")).one()
        drawn = flow.steps[0]
        route = Route(subject_kind="claim", subject_id=claim.id, round=1, flow_id=flow.id,
                      amount=100, planned_at=AT)  # fmt: skip
        session.add(route)
        session.flush()
        step = Step(
            route_id=route.id, flow_step_id=drawn.id, subject_kind="claim",
            subject_id=claim.id, position=1, state=OPEN, why={"text": "", "values": {}},
            opened_at=AT - timedelta(hours=49), due_at=AT - timedelta(hours=1),
        )  # fmt: skip
        session.add(step)
        session.flush()
        session.add(StepPerson(step_id=step.id, person_id=bob.id, waiting_since=step.opened_at))
        session.commit()
        return claim.id


def reminded(app: Flask) -> list[str]:
    """Who was reminded, in order."""
    with app.app_context():
        found = select(Person.number).join(Notice, Notice.person_id == Person.id)
        return list(db.session.scalars(
            found.where(Notice.kind == "claim_reminded").order_by(Notice.id)
        ))  # fmt: skip


def test_a_late_step_reminds_its_people_and_not_the_claimant(
    app: Flask, box: Postbox, late: int
) -> None:
    tick(app, AT)
    assert reminded(app) == ["bob"]
    assert [mail["To"].addresses[0].addr_spec for mail in box.received] == ["bob@example.com"]
    with app.app_context():
        [event] = db.session.scalars(select(Happened).where(Happened.subject_id == late))
        assert (event.kind, event.actor_id) == ("claim_reminded", None)


def test_it_reminds_once_a_day_however_many_workers_look(
    app: Flask, box: Postbox, late: int
) -> None:
    for hour in range(8):
        tick(app, AT + timedelta(hours=hour), workers=3)
    assert reminded(app) == ["bob"]
    tick(app, AT + timedelta(days=1))
    assert reminded(app) == ["bob", "bob"]


def test_a_worker_that_was_off_for_a_week_reminds_once(app: Flask, box: Postbox, late: int) -> None:
    tick(app, AT + timedelta(days=7))
    tick(app, AT + timedelta(days=7, hours=1))
    assert reminded(app) == ["bob"]


def test_nobody_is_reminded_at_night_or_of_what_is_not_late(
    app: Flask, box: Postbox, late: int
) -> None:
    tick(app, AT + timedelta(hours=12))
    assert reminded(app) == []
    with app.app_context():
        db.session.execute(update(Step).values(due_at=AT + timedelta(days=2)))
        db.session.commit()
    tick(app, AT + timedelta(days=1))
    assert reminded(app) == []


def test_a_decided_step_reminds_nobody(app: Flask, box: Postbox, late: int) -> None:
    with app.app_context():
        db.session.execute(update(Step).values(state="approved"))
        db.session.commit()
    tick(app, AT)
    assert reminded(app) == []


def test_files_that_nothing_names_are_swept_after_a_day(app: Flask) -> None:
    store = app.extensions["store"]
    fresh, old = store.put(b"fresh"), store.put(b"old")
    at = datetime.now(UTC)
    two_days_ago = (at - timedelta(days=2)).timestamp()
    os.utime(store.path(old), (two_days_ago, two_days_ago))
    tick(app, at)
    assert store.path(fresh).exists()
    assert not store.path(old).exists()


def test_the_worker_goes_on_after_the_database_was_away(
    app: Flask, box: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, looked = Event(), []

    def away_at_first(_app: Flask, _at: datetime) -> bool:
        looked.append(1)
        if len(looked) == 1:
            raise OSError("no space left on device")
        stop.set()
        return True

    monkeypatch.setattr(work, "work_once", away_at_first)
    monkeypatch.setattr(work, "PAUSE", 0.01)
    work.run(app, stop)
    assert len(looked) == 2

"""Moving along a route: one decides, the next is asked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.approvals import decide
from portal.approvals.flow import flow_for
from portal.approvals.models import APPROVED, OPEN, REJECTED, Step, StepPerson, UsualWait
from portal.approvals.routing import Plan, Subject, plan
from portal.core import events
from portal.core.clock import now
from portal.core.errors import Stale
from portal.people.queries import Organisation
from tests.claims.stories import person

ABOUT = events.Subject("trip", 7)


def planned(session: Session, amount: int = 25_000_00) -> Plan:
    alice = person(session, "alice")
    subject = Subject(alice.id, alice.department_id, amount)
    return plan(subject, flow_for(session, "claim"), Organisation(session))


def started(session: Session, amount: int = 25_000_00) -> decide.Moved:
    flow = flow_for(session, "claim")
    return decide.start(session, ABOUT, planned(session, amount), flow.id, amount, at=now())


def test_the_first_step_opens_with_a_due_time(session: Session) -> None:
    moved = started(session)
    assert moved.people == (person(session, "bob").id,)
    step = session.get_one(Step, moved.step_id)
    assert step.due_at == step.opened_at + timedelta(hours=48)


def test_a_step_is_decided_once(session: Session) -> None:
    moved = started(session)
    bob = person(session, "bob").id
    decide.decide(session, moved.step_id, APPROVED, by=bob, at=now())
    with pytest.raises(Stale):
        decide.decide(session, moved.step_id, REJECTED, by=bob, at=now())


def test_an_approval_asks_the_next_and_leaves_the_last_alone(session: Session) -> None:
    moved = started(session)
    bob = person(session, "bob").id
    moved = decide.decide(session, moved.step_id, APPROVED, by=bob, at=now())
    assert (moved.waited, moved.people) == ((bob,), (person(session, "carol").id,))
    waiting = select(StepPerson.person_id).where(StepPerson.waiting_since.is_not(None))
    assert session.scalars(waiting).all() == [person(session, "carol").id]


def test_a_refusal_ends_the_route(session: Session) -> None:
    moved = started(session)
    decide.decide(session, moved.step_id, REJECTED, by=person(session, "bob").id, at=now())
    states = set(session.scalars(select(Step.state)))
    assert states == {"rejected", "skipped", "ended"}


def test_the_last_approval_leaves_nothing_open(session: Session) -> None:
    moved = started(session, 500_00)
    for name in ("bob", "carol"):
        moved = decide.decide(
            session, moved.step_id, APPROVED, by=person(session, name).id, at=now()
        )
    assert moved.step_id is None
    assert session.scalar(select(func.count()).where(Step.state == OPEN)) == 0


def test_how_long_somebody_usually_takes_is_learned(session: Session) -> None:
    bob, start = person(session, "bob").id, now()
    for hours in (2, 4):
        moved = started(session)
        session.get_one(Step, moved.step_id).opened_at = start
        session.flush()
        decide.decide(session, moved.step_id, APPROVED, by=bob, at=start + timedelta(hours=hours))
    row = session.scalars(select(UsualWait).execution_options(populate_existing=True)).one()
    assert (row.decisions, row.mean_seconds) == (2, 3 * 3600)

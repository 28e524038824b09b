"""When people leave or lose a role: their undecided steps go to somebody who may decide them.

Who decides a step is worked out when its subject is submitted. Without this it would wait for
ever for somebody who left, and somebody without the role any more could still approve.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.approvals.flow import ROLE
from portal.approvals.models import OPEN, WAITING, Flow, FlowStep, Step, StepPerson
from portal.people.models import Person
from portal.people.queries import Organisation


def lost_steps(session: Session, person_id: int) -> Sequence[Step]:
    """The undecided steps of a person who left, or lost the role that they ask for."""
    active = bool(session.scalar(select(Person.active).where(Person.id == person_id)))
    who = Organisation(session)
    rows = session.execute(
        select(Step, FlowStep.decider)
        .join(StepPerson, StepPerson.step_id == Step.id)
        .join(FlowStep, FlowStep.id == Step.flow_step_id)
        .where(StepPerson.person_id == person_id, Step.state.in_((OPEN, WAITING)))
        .order_by(Step.id)
    ).all()
    return [
        step
        for step, decider in rows
        if not active
        or (
            decider.startswith(ROLE) and person_id not in who.holders_of(decider.removeprefix(ROLE))
        )
    ]


def replace(
    session: Session, step: Step, person_id: int, owner_id: int, *, at: datetime,
    filled_by: int | None = None,
) -> tuple[Sequence[int], Sequence[int]]:  # fmt: skip
    """Take the step from a person; returns to whom it went instead, and who had it anyway.

    A step keeps its other people. When none are left it goes to the holders of its role, to
    the leaver's own manager, or to the flow's fallback; never to the subject's owner or to
    who filled it for him.
    """
    session.execute(
        delete(StepPerson).where(StepPerson.step_id == step.id, StepPerson.person_id == person_id)
    )
    left = session.scalars(
        select(StepPerson.person_id)
        .join(Person, Person.id == StepPerson.person_id)
        .where(StepPerson.step_id == step.id, Person.active)
    ).all()
    new = () if left else _successors(session, step, person_id, {person_id, owner_id, filled_by})
    waiting_since = at if step.state == OPEN else None
    session.add_all(
        StepPerson(step_id=step.id, person_id=person, waiting_since=waiting_since) for person in new
    )
    return new, left


def _successors(
    session: Session, step: Step, person_id: int, left_out: set[int | None]
) -> tuple[int, ...]:
    who = Organisation(session)
    decider, fallback = session.execute(
        select(FlowStep.decider, Flow.fallback_role)
        .join(Flow, Flow.id == FlowStep.flow_id)
        .where(FlowStep.id == step.flow_step_id)
    ).one()
    if decider.startswith(ROLE):
        found = set(who.holders_of(decider.removeprefix(ROLE)))
    else:
        manager = who.manager_of(person_id)
        found = set() if manager is None else {manager}
    found -= left_out
    return tuple(sorted(found or set(who.holders_of(fallback)) - left_out))

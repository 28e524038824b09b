"""When people leave or lose a role: what waited for them goes to somebody who may decide it.

Who decides a step is worked out when the claim is submitted. Without this a claim would wait
for ever for somebody who left, and somebody without the role any more could still approve.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.approvals.flow import ROLE
from portal.approvals.models import OPEN, WAITING, Flow, FlowStep, Step, StepPerson
from portal.claims import events
from portal.claims.models import Claim
from portal.claims.workflow import tell
from portal.core.events import record
from portal.core.notices import quicken
from portal.people.models import Person
from portal.people.queries import Organisation


def hand_over(session: Session, person_ids: Iterable[int], *, by: int, at: datetime) -> int:
    """Take undecided steps from those who may not decide them any more; returns how many.

    A step keeps its other people. When none are left it goes to the holders of its role, to
    the leaver's own manager, or to the flow's fallback; never to the claimant.
    """
    moved = 0
    for person_id in sorted(set(person_ids)):
        for step in _lost(session, person_id):
            _replace(session, step, person_id, by=by, at=at)
            moved += 1
    return moved


def _lost(session: Session, person_id: int) -> Sequence[Step]:
    """The undecided steps of a person who left, or lost the role that they ask for."""
    active = bool(session.scalar(select(Person.active).where(Person.id == person_id)))
    who = Organisation(session)
    rows = session.execute(
        select(Step, FlowStep.decider)
        .join(StepPerson, StepPerson.step_id == Step.id)
        .join(FlowStep, FlowStep.id == Step.flow_step_id)
        .where(
            StepPerson.person_id == person_id,
            Step.state.in_((OPEN, WAITING)),
            Step.subject_kind == "claim",
        )
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


def _replace(session: Session, step: Step, person_id: int, *, by: int, at: datetime) -> None:
    session.execute(
        delete(StepPerson).where(StepPerson.step_id == step.id, StepPerson.person_id == person_id)
    )
    claim = session.get_one(Claim, step.subject_id)
    left = session.scalars(
        select(StepPerson.person_id)
        .join(Person, Person.id == StepPerson.person_id)
        .where(StepPerson.step_id == step.id, Person.active)
    ).all()
    new = () if left else _successors(session, step, person_id, claim.claimant_id)
    waiting_since = at if step.state == OPEN else None
    session.add_all(
        StepPerson(step_id=step.id, person_id=person, waiting_since=waiting_since) for person in new
    )
    session.execute(update(Claim).where(Claim.id == claim.id).values(beat=Claim.beat + 1))
    record(
        session, events.STEP_MOVED, claim.subject, by=by, at=at,
        step=step.id, taken_from=person_id, given_to=list(new),
    )  # fmt: skip
    if step.state == OPEN:
        tell(session, claim, new, events.SUBMITTED, at)
    quicken(session, {claim.claimant_id, person_id, *left})


def _successors(session: Session, step: Step, person_id: int, claimant_id: int) -> tuple[int, ...]:
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
    found -= {claimant_id, person_id}
    return tuple(sorted(found or set(who.holders_of(fallback)) - {claimant_id, person_id}))

"""Reminding those a late step waits for: at most once a day, however many workers ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.approvals.models import OPEN, Step, StepPerson
from portal.core.clock import day
from portal.core.events import Subject


@dataclass(frozen=True)
class Reminder:
    """A late step whose people are to be reminded now."""

    step_id: int
    about: Subject
    people: Sequence[int]


def late_steps(session: Session, at: datetime) -> Sequence[int]:
    """The open steps that were due before ``at``, longest due first."""
    late = select(Step.id).where(Step.state == OPEN, Step.due_at < at)
    return session.scalars(late.order_by(Step.due_at, Step.id)).all()


def remind(session: Session, step_id: int, *, at: datetime, timezone: str) -> Reminder | None:
    """Count today's reminder of a late step; None when it had one today or is not late.

    ``Step.reminders`` holds on which day of lateness the last one went, days being those of
    ``timezone``. So a worker that was off for a week reminds once and not seven times, and
    of several that ask at once one gets the answer. The caller opened a writing
    transaction, tells the people and commits.
    """
    due_at = session.scalar(select(Step.due_at).where(Step.id == step_id))
    if due_at is None or due_at >= at:
        return None
    day_of_lateness = (day(at, timezone) - day(due_at, timezone)).days + 1
    counted = session.execute(
        update(Step)
        .where(Step.id == step_id, Step.state == OPEN, Step.reminders < day_of_lateness)
        .values(reminders=day_of_lateness)
        .returning(Step.subject_kind, Step.subject_id)
    ).one_or_none()
    if counted is None:
        return None
    people = session.scalars(
        select(StepPerson.person_id)
        .where(StepPerson.step_id == step_id, StepPerson.waiting_since.is_not(None))
        .order_by(StepPerson.person_id)
    ).all()
    return Reminder(step_id, Subject(counted.subject_kind, counted.subject_id), people)

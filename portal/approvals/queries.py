"""Named reads about steps."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from portal.approvals.models import FlowStep, StepPerson, UsualWait
from portal.core.db import fetch


def waiting_count(person_id: Any) -> ColumnElement[int]:
    """How many steps wait for a person, as a part of a larger query."""
    return (
        select(func.count())
        .select_from(StepPerson)
        .where(StepPerson.person_id == person_id, StepPerson.waiting_since.is_not(None))
        .correlate_except(StepPerson)
        .scalar_subquery()
    )


USUAL_WAITS = (
    select(UsualWait.flow_step_id, UsualWait.person_id, UsualWait.mean_seconds)
    .join(FlowStep, FlowStep.id == UsualWait.flow_step_id)
    .where(
        FlowStep.flow_id == bindparam("flow_id"),
        UsualWait.person_id.in_(bindparam("people", expanding=True)),
    )
)


def usual_waits(
    session: Session, flow_id: int, people: Iterable[int]
) -> dict[tuple[int, int], int]:
    """Mean seconds by flow step and person, for some people in one flow. One query."""
    wanted = sorted(people)
    if not wanted:
        return {}
    rows = fetch(session, USUAL_WAITS, flow_id=flow_id, people=wanted)
    return {(row.flow_step_id, row.person_id): row.mean_seconds for row in rows}

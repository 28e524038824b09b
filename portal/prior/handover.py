"""Handing the approval steps of trip requests and advances over."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.approvals.handover import replace
from portal.approvals.models import OPEN, Step
from portal.core.events import record
from portal.core.notices import quicken
from portal.prior import events
from portal.prior.models import PriorRequest
from portal.prior.workflow import tell


def replace_at_request(
    session: Session, step: Step, person_id: int, *, by: int | None, at: datetime
) -> None:
    """Take a step from a person who may not decide it any more, and tell whoever gets it."""
    request = session.get_one(PriorRequest, step.subject_id)
    new, left = replace(
        session, step, person_id, request.owner_id, at=at, filled_by=request.entered_by_id
    )
    session.execute(
        update(PriorRequest).where(PriorRequest.id == request.id).values(beat=PriorRequest.beat + 1)
    )
    record(
        session, events.STEP_MOVED, request.subject, by=by, at=at,
        step=step.id, taken_from=person_id, given_to=list(new),
    )  # fmt: skip
    if step.state == OPEN:
        tell(session, request, new, events.SUBMITTED, at)
    quicken(session, {request.owner_id, person_id, *left})

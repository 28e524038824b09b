"""When people leave or lose a role: what waited for them goes to somebody who may decide it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.approvals.handover import lost_steps, replace
from portal.approvals.models import OPEN, Step
from portal.claims import events
from portal.claims.models import Claim
from portal.claims.workflow import tell
from portal.core.events import record
from portal.core.notices import quicken
from portal.prior.handover import replace_at_request


def hand_over(session: Session, person_ids: Iterable[int], *, by: int | None, at: datetime) -> int:
    """Take undecided steps from those who may not decide them any more; returns how many.

    Of claims, trip requests and advances: ``approvals.handover`` says to whom they go.
    """
    moved = 0
    for person_id in sorted(set(person_ids)):
        for step in lost_steps(session, person_id):
            replace_at = _replace_at_claim if step.subject_kind == "claim" else replace_at_request
            replace_at(session, step, person_id, by=by, at=at)
            moved += 1
    return moved


def _replace_at_claim(
    session: Session, step: Step, person_id: int, *, by: int | None, at: datetime
) -> None:
    claim = session.get_one(Claim, step.subject_id)
    new, left = replace(
        session, step, person_id, claim.claimant_id, at=at, filled_by=claim.entered_by_id
    )
    session.execute(update(Claim).where(Claim.id == claim.id).values(beat=Claim.beat + 1))
    record(
        session, events.STEP_MOVED, claim.subject, by=by, at=at,
        step=step.id, taken_from=person_id, given_to=list(new),
    )  # fmt: skip
    if step.state == OPEN:
        tell(session, claim, new, events.SUBMITTED, at)
    quicken(session, {claim.claimant_id, person_id, *left})

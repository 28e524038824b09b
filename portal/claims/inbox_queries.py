"""What waits for somebody's decision: claims, trip requests and advances in one list."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.approvals.models import FlowStep, Step, StepPerson
from portal.claims.models import Claim
from portal.claims.queries import PAGE
from portal.core.db import Rows, fetch, items_of
from portal.people.models import Person
from portal.prior.models import KINDS, PriorRequest


def either(of_claim: Any, of_request: Any) -> ColumnElement[Any]:
    """What the row says of its claim, or of its request: it has one of them."""
    return func.coalesce(of_claim, of_request)


INBOX = (
    select(
        Step.subject_kind.label("kind"),
        Step.subject_id.label("id"),
        either(Claim.number, PriorRequest.number).label("number"),
        either(Claim.purpose, PriorRequest.purpose).label("purpose"),
        either(Claim.total, PriorRequest.amount).label("total"),
        either(Claim.currency, PriorRequest.currency).label("currency"),
        either(Claim.version, PriorRequest.version).label("version"),
        either(items_of(Claim.findings), items_of(PriorRequest.findings)).label("findings"),
        Person.name.label("claimant"),
        StepPerson.waiting_since, Step.id.label("step_id"), Step.due_at,
        FlowStep.name_zh, FlowStep.name_en,
    )
    .select_from(StepPerson)
    .join(Step, Step.id == StepPerson.step_id)
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .outerjoin(Claim, and_(Step.subject_kind == "claim", Claim.id == Step.subject_id))
    .outerjoin(
        PriorRequest, and_(Step.subject_kind.in_(KINDS), PriorRequest.id == Step.subject_id)
    )
    .join(Person, Person.id == either(Claim.claimant_id, PriorRequest.owner_id))
    .where(
        StepPerson.person_id == bindparam("person_id"), StepPerson.waiting_since.is_not(None)
    )
    .order_by(StepPerson.waiting_since, StepPerson.step_id)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
AFTER = or_(
    StepPerson.waiting_since > bindparam("since"),
    and_(StepPerson.waiting_since == bindparam("since"), StepPerson.step_id > bindparam("step_id")),
)
LATER = INBOX.where(AFTER)


def inbox(
    session: Session, person_id: int, after: tuple[datetime, int] | None = None,
    *, most: int = PAGE + 1,
) -> Rows:  # fmt: skip
    """What waits for the person's decision, oldest first. ``after`` pages by key. One query."""
    if after is None:
        return fetch(session, INBOX, person_id=person_id, most=most).all()
    since, step_id = after
    return fetch(session, LATER, person_id=person_id, since=since, step_id=step_id, most=most).all()

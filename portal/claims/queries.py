"""Named reads about claims, each a fixed number of queries, in a stable order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.approvals.models import OPEN, FlowStep, Route, Step, StepPerson, UsualWait
from portal.claims.access import Seen
from portal.claims.models import (
    DRAFT,
    MOVING,
    RETURNED,
    WITHDRAWN,
    Claim,
    Line,
    Receipt,
)
from portal.core.db import Rows, fetch
from portal.core.events import Event
from portal.people.models import Person
from portal.people.roles import Reader

PAGE = 25


@dataclass(frozen=True)
class Filter:
    """What a list of claims is narrowed to. ``before`` pages by key: ids below it."""

    state: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    department_id: int | None = None
    before: int | None = None


WAITS = (
    select(Step.id)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .where(
        Step.subject_kind == "claim",
        Step.subject_id == Claim.id,
        Step.state == OPEN,
        StepPerson.person_id == bindparam("reader_id"),
    )
    .limit(1)
    .correlate(Claim)
    .scalar_subquery()
)
CAME = exists().where(
    Step.subject_kind == "claim",
    Step.subject_id == Claim.id,
    Step.opened_at.is_not(None),
    StepPerson.step_id == Step.id,
    StepPerson.person_id == bindparam("reader_id"),
)
SEEN = select(Claim, WAITS, CAME).where(Claim.id == bindparam("claim_id"))


def seen_by(session: Session, claim_id: int, reader: Reader) -> Seen | None:
    """The claim as it stands to the reader; the caller asks ``access``. One query."""
    row = session.execute(SEEN, {"claim_id": claim_id, "reader_id": reader.id}).one_or_none()
    return Seen(row[0], reader, row[1], row[2]) if row else None


LINES = (
    select(Line)
    .where(Line.claim_id == bindparam("claim_id"))
    .order_by(Line.position, Line.id)
    .execution_options(populate_existing=True)
)
RECEIPTS = (
    select(Receipt)
    .where(Receipt.claim_id == bindparam("claim_id"))
    .options(joinedload(Receipt.invoice))
    .order_by(Receipt.id)
    .execution_options(populate_existing=True)
)


def with_lines(session: Session, claim: Claim) -> Claim:
    """The same claim with its lines, receipts and invoices loaded. Two queries."""
    lines = session.scalars(LINES, {"claim_id": claim.id}).all()
    receipts = session.scalars(RECEIPTS, {"claim_id": claim.id}).all()
    set_committed_value(claim, "lines", list(lines))
    set_committed_value(claim, "receipts", list(receipts))
    return claim


LISTED = (
    Claim.id,
    Claim.number,
    Claim.state,
    Claim.purpose,
    Claim.total,
    Claim.currency,
    Claim.updated_at,
    Claim.submitted_at,
    Claim.asked_by_id,
)


OWN = select(*LISTED).where(Claim.claimant_id == bindparam("person_id"))
EVERYBODYS = (
    select(*LISTED, Person.name.label("claimant"))
    .join(Person, Person.id == Claim.claimant_id)
    .where(Claim.submitted_at.is_not(None), Claim.state != WITHDRAWN)
)


def claims_of(session: Session, person_id: int, wanted: Filter) -> Rows:
    """A page of the person's own claims, newest first, and one row more if there are more."""
    found = _narrowed(OWN, wanted).order_by(Claim.id.desc()).limit(PAGE + 1)
    return fetch(session, found, person_id=person_id).all()


def all_claims(session: Session, wanted: Filter) -> Rows:
    """A page of everybody's submitted claims, newest first, and one row more if there are."""
    found = _narrowed(EVERYBODYS, wanted).order_by(Claim.id.desc()).limit(PAGE + 1)
    return fetch(session, found).all()


def _narrowed(found: Any, wanted: Filter) -> Any:
    if wanted.state:
        found = found.where(Claim.state == wanted.state)
    if wanted.text:
        pattern = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = found.where(
            or_(
                Claim.number == wanted.text.upper(),
                Claim.purpose.ilike(f"%{pattern}%", escape="\\"),
            )
        )
    if wanted.since:
        found = found.where(Claim.updated_at >= wanted.since)
    if wanted.until:
        found = found.where(Claim.updated_at < wanted.until)
    if wanted.department_id:
        found = found.where(Claim.department_id == wanted.department_id)
    if wanted.before:
        found = found.where(Claim.id < wanted.before)
    return found


INBOX = (
    select(
        *LISTED, Claim.version, Claim.findings, Person.name.label("claimant"),
        StepPerson.waiting_since, Step.id.label("step_id"), Step.due_at,
        FlowStep.name_zh, FlowStep.name_en,
    )
    .select_from(StepPerson)
    .join(Step, Step.id == StepPerson.step_id)
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .join(Claim, and_(Step.subject_kind == "claim", Claim.id == Step.subject_id))
    .join(Person, Person.id == Claim.claimant_id)
    .where(
        StepPerson.person_id == bindparam("person_id"), StepPerson.waiting_since.is_not(None)
    )
    .order_by(StepPerson.waiting_since, StepPerson.step_id)
    .limit(PAGE + 1)
)  # fmt: skip


def inbox(session: Session, person_id: int, after: tuple[datetime, int] | None = None) -> Rows:
    """What waits for the person's decision, oldest first, and one row more if there are."""
    waiting = INBOX
    if after:
        since, step_id = after
        waiting = waiting.where(
            or_(
                StepPerson.waiting_since > since,
                and_(StepPerson.waiting_since == since, StepPerson.step_id > step_id),
            )
        )
    return fetch(session, waiting, person_id=person_id).all()


MOST_ON_HOME = 10
IN_HAND = (
    OWN.where(or_(Claim.state.in_((DRAFT, RETURNED)), Claim.asked_by_id.is_not(None)))
    .order_by(Claim.id.desc())
    .limit(MOST_ON_HOME)
)
ON_THE_WAY = OWN.where(Claim.state.in_(MOVING)).order_by(Claim.id.desc()).limit(MOST_ON_HOME)


def in_hand(session: Session, person_id: int) -> Rows:
    """The person's claims that need something from them: drafts, returned ones, questions."""
    return fetch(session, IN_HAND, person_id=person_id).all()


def on_the_way(session: Session, person_id: int) -> Rows:
    """The person's claims that somebody else has to move."""
    return fetch(session, ON_THE_WAY, person_id=person_id).all()


LAST_ROUTE = (
    select(func.max(Route.id))
    .where(Route.subject_kind == "claim", Route.subject_id == bindparam("claim_id"))
    .scalar_subquery()
)
STEPS = (
    select(
        Step.id, Step.position, Step.state, Step.why, Step.opened_at, Step.due_at,
        Step.decided_at, Step.decided_by_id, Step.comment, Step.flow_step_id,
        FlowStep.name_zh, FlowStep.name_en, Person.id.label("person_id"), Person.name,
    )
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .outerjoin(StepPerson, StepPerson.step_id == Step.id)
    .outerjoin(Person, Person.id == StepPerson.person_id)
    .where(Step.route_id == LAST_ROUTE)
    .order_by(Step.position, Person.id)
)  # fmt: skip


def steps_of(session: Session, claim_id: int) -> Rows:
    """The steps of the claim's last route with everyone who may decide them. One query."""
    return fetch(session, STEPS, claim_id=claim_id).all()


def usual_waits(session: Session, flow_id: int) -> dict[tuple[int, int], int]:
    """Mean seconds by flow step and person for one flow."""
    rows = session.execute(
        select(UsualWait.flow_step_id, UsualWait.person_id, UsualWait.mean_seconds)
        .join(FlowStep, FlowStep.id == UsualWait.flow_step_id)
        .where(FlowStep.flow_id == flow_id)
    )
    return {(row.flow_step_id, row.person_id): row.mean_seconds for row in rows}


TIMELINE = (
    select(Event.id, Event.at, Event.kind, Event.actor_id, Event.data, Person.name)
    .outerjoin(Person, Person.id == Event.actor_id)
    .where(Event.subject_kind == "claim", Event.subject_id == bindparam("claim_id"))
    .order_by(Event.id)
)


def timeline(session: Session, claim_id: int) -> Rows:
    """The claim's events with the names of those who acted, oldest first. One query."""
    return fetch(session, TIMELINE, claim_id=claim_id).all()


def participants(session: Session, claim: Claim) -> dict[int, str]:
    """Everybody the claim came to, and the claimant, by id: those a comment may mention."""
    rows = session.execute(
        select(Person.id, Person.name)
        .join(StepPerson, StepPerson.person_id == Person.id)
        .join(Step, Step.id == StepPerson.step_id)
        .where(
            Step.subject_kind == "claim",
            Step.subject_id == claim.id,
            Step.opened_at.is_not(None),
        )
        .union(select(Person.id, Person.name).where(Person.id == claim.claimant_id))
    )
    return {row[0]: row[1] for row in rows}


WAITING_NAMES = (
    select(Step.subject_id, Person.name)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .join(Person, Person.id == StepPerson.person_id)
    .where(
        Step.subject_kind == "claim",
        Step.subject_id.in_(bindparam("claim_ids", expanding=True)),
        Step.state == OPEN,
    )
    .order_by(Step.subject_id, Person.id)
)


def waiting_names(session: Session, claim_ids: Sequence[int]) -> dict[int, str]:
    """Who each of these claims waits for now. One query."""
    if not claim_ids:
        return {}
    names: dict[int, list[str]] = {}
    for claim_id, name in fetch(session, WAITING_NAMES, claim_ids=list(claim_ids)):
        names.setdefault(claim_id, []).append(name)
    return {claim_id: "、".join(found) for claim_id, found in names.items()}

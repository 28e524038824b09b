"""Named reads about trip requests and advances, each a fixed number of queries."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from portal.approvals.models import OPEN, FlowStep, Route, Step, StepPerson
from portal.core.db import Rows, fetch
from portal.people.models import Department, Deputy, Person, Project
from portal.people.roles import Reader
from portal.prior.access import Seen
from portal.prior.models import (
    ADVANCE,
    APPROVED,
    DRAFT,
    KINDS,
    PAID,
    PAYING,
    RETURNED,
    SUBMITTED,
    TRIP,
    Movement,
    PriorRequest,
)
from portal.prior.problems import Owed

PAGE = 25
RECENT = timedelta(days=366)
"""How long after its last day a trip is offered to new claims."""

_of_request = and_(Step.subject_kind == PriorRequest.kind, Step.subject_id == PriorRequest.id)
WAITS = (
    select(Step.id)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .where(_of_request, Step.state == OPEN, StepPerson.person_id == bindparam("reader_id"))
    .limit(1)
    .correlate(PriorRequest)
    .scalar_subquery()
)
CAME = exists().where(
    _of_request,
    Step.opened_at.is_not(None),
    StepPerson.step_id == Step.id,
    StepPerson.person_id == bindparam("reader_id"),
)
FILLS = and_(
    PriorRequest.entered_by_id == bindparam("reader_id"),
    exists().where(
        Deputy.person_id == PriorRequest.owner_id, Deputy.deputy_id == bindparam("reader_id")
    ),
)
SEEN = select(PriorRequest, WAITS, CAME, FILLS).where(PriorRequest.id == bindparam("request_id"))


def seen_by(session: Session, request_id: int, reader: Reader) -> Seen | None:
    """The request as it stands to the reader; the caller asks ``access``. One query."""
    row = session.execute(SEEN, {"request_id": request_id, "reader_id": reader.id}).one_or_none()
    return Seen(row[0], reader, row[1], row[2], bool(row[3])) if row else None


LISTED = (
    PriorRequest.id, PriorRequest.kind, PriorRequest.number, PriorRequest.state,
    PriorRequest.purpose, PriorRequest.amount, PriorRequest.currency, PriorRequest.owed,
    PriorRequest.starts_on, PriorRequest.ends_on, PriorRequest.updated_at,
    PriorRequest.asked_by_id,
)  # fmt: skip
MINE = select(*LISTED).where(PriorRequest.owner_id == bindparam("person_id"))


def mine(session: Session, person_id: int, kind: str, before: int | None = None) -> Rows:
    """A page of the person's own requests, newest first, and one row more if there are more."""
    found = MINE.where(PriorRequest.kind == kind)
    if before:
        found = found.where(PriorRequest.id < before)
    listed = found.order_by(PriorRequest.id.desc()).limit(PAGE + 1)
    return session.execute(listed, {"person_id": person_id}).all()


MOST_ON_HOME = 20
UNDER_WAY = (
    MINE.where(
        PriorRequest.state.in_((DRAFT, RETURNED, SUBMITTED))
        | and_(PriorRequest.state.in_((APPROVED, PAYING, PAID)), PriorRequest.kind == ADVANCE)
    )
    .order_by(PriorRequest.owed == 0, PriorRequest.ends_on.nulls_last(), PriorRequest.id)
    .limit(MOST_ON_HOME)
)


def under_way(session: Session, person_id: int) -> Rows:
    """The person's requests that are not done with, for Home: what is owed first. One query."""
    return fetch(session, UNDER_WAY, person_id=person_id).all()


FILLED = (
    select(*LISTED, Person.name.label("owner"))
    .join(Person, Person.id == PriorRequest.owner_id)
    .join(
        Deputy, and_(Deputy.person_id == Person.id, Deputy.deputy_id == PriorRequest.entered_by_id)
    )
    .where(
        PriorRequest.entered_by_id == bindparam("deputy_id"),
        PriorRequest.kind == bindparam("kind"),
    )
    .order_by(PriorRequest.id.desc())
    .limit(100)
)


def filled_by(session: Session, deputy_id: int, kind: str) -> Rows:
    """The last requests that this person filled for those who still allow it, newest first."""
    return fetch(session, FILLED, deputy_id=deputy_id, kind=kind).all()


LAST_ROUTE = (
    select(func.max(Route.id))
    .where(Route.subject_kind == bindparam("kind"), Route.subject_id == bindparam("request_id"))
    .scalar_subquery()
)
STEPS = (
    select(
        Step.id, Step.position, Step.state, Step.why, Step.opened_at, Step.due_at,
        Step.decided_at, Step.decided_by_id, Step.comment, Step.flow_step_id,
        FlowStep.name_zh, FlowStep.name_en, FlowStep.decider,
        Person.id.label("person_id"), Person.name,
    )
    .join(FlowStep, FlowStep.id == Step.flow_step_id)
    .outerjoin(StepPerson, StepPerson.step_id == Step.id)
    .outerjoin(Person, Person.id == StepPerson.person_id)
    .where(Step.route_id == LAST_ROUTE)
    .order_by(Step.position, Person.id)
)  # fmt: skip


def steps_of(session: Session, request: PriorRequest) -> Rows:
    """The steps of the last route with everyone who may decide them. One query."""
    return fetch(session, STEPS, kind=request.kind, request_id=request.id).all()


Filler = aliased(Person)


def whose(session: Session, request: PriorRequest) -> Any:
    """Owner, department, project, trip and who filled a request, by name. One query."""
    trip = select(PriorRequest.number).where(PriorRequest.id == request.trip_id)
    return session.execute(
        select(
            Person.name, Person.number.label("employee"), Person.grade,
            Department.name_zh, Department.name_en,
            Project.name_zh.label("project_zh"), Project.name_en.label("project_en"),
            trip.scalar_subquery().label("trip_number"), Filler.name.label("filled_by"),
        )
        .select_from(Person)
        .join(Department, Department.id == request.department_id)
        .outerjoin(Project, Project.id == request.project_id)
        .outerjoin(Filler, Filler.id == request.entered_by_id)
        .where(Person.id == request.owner_id)
    ).one()  # fmt: skip


WAITING_NAMES = (
    select(Step.subject_id, Person.name)
    .join(StepPerson, StepPerson.step_id == Step.id)
    .join(Person, Person.id == StepPerson.person_id)
    .where(
        Step.subject_kind.in_(KINDS),
        Step.subject_id.in_(bindparam("ids", expanding=True)),
        Step.state == OPEN,
    )
    .order_by(Step.subject_id, Person.id)
)


def waiting_names(session: Session, rows: Rows) -> dict[int, str]:
    """Who each of the submitted requests among ``rows`` waits for now. One query."""
    ids = [row.id for row in rows if row.state == SUBMITTED]
    names: dict[int, list[str]] = {}
    for request_id, name in fetch(session, WAITING_NAMES, ids=ids) if ids else ():
        names.setdefault(request_id, []).append(name)
    return {request_id: "、".join(found) for request_id, found in names.items()}


def trips_for(session: Session, person_id: int, today: date) -> Sequence[PriorRequest]:
    """The trips a new claim of the person may refer to: approved, not closed, recent."""
    return session.scalars(
        select(PriorRequest)
        .where(
            PriorRequest.owner_id == person_id,
            PriorRequest.kind == TRIP,
            PriorRequest.state == APPROVED,
            PriorRequest.ends_on >= today - RECENT,
        )
        .order_by(PriorRequest.starts_on.desc(), PriorRequest.id.desc())
    ).all()


def open_advances(session: Session, person_id: int) -> Sequence[PriorRequest]:
    """The advances on which the person owes something, the first due first. One query."""
    return session.scalars(
        select(PriorRequest)
        .where(
            PriorRequest.owner_id == person_id,
            PriorRequest.kind == ADVANCE,
            PriorRequest.owed > 0,
        )
        .order_by(PriorRequest.ends_on, PriorRequest.id)
    ).all()


def overdue_of(session: Session, person_id: int, today: date) -> list[Owed]:
    """The person's advances whose day of settling has passed. One query."""
    return [
        Owed(advance.number or "", advance.owed, advance.currency, advance.ends_on)
        for advance in open_advances(session, person_id)
        if advance.ends_on and advance.ends_on < today
    ]


def owed_by_all(session: Session, after: tuple[date, int] | None = None) -> Rows:
    """A page of what everybody owes, the longest due first, and one row more if there are.

    ``after`` pages by key: the day of settling and the id of the last advance seen.
    """
    found = (
        select(*LISTED, PriorRequest.paid_at, Person.name.label("owner"),
               Department.name_zh, Department.name_en)
        .join(Person, Person.id == PriorRequest.owner_id)
        .join(Department, Department.id == PriorRequest.department_id)
        .where(PriorRequest.kind == ADVANCE, PriorRequest.owed > 0)
        .order_by(PriorRequest.ends_on, PriorRequest.id)
        .limit(PAGE + 1)
    )  # fmt: skip
    if after:
        due_on, advance_id = after
        found = found.where(
            (PriorRequest.ends_on > due_on)
            | and_(PriorRequest.ends_on == due_on, PriorRequest.id > advance_id)
        )
    return session.execute(found).all()


def owed_in_all(session: Session, today: date) -> Mapping[str, tuple[int, int, int]]:
    """By currency: how many advances are owed, how much, and how much of it is overdue."""
    late = func.sum(PriorRequest.owed).filter(PriorRequest.ends_on < today)
    rows = session.execute(
        select(PriorRequest.currency, func.count(), func.sum(PriorRequest.owed), late)
        .where(PriorRequest.kind == ADVANCE, PriorRequest.owed > 0)
        .group_by(PriorRequest.currency)
        .order_by(PriorRequest.currency)
    )
    return {row[0]: (row[1], int(row[2]), int(row[3] or 0)) for row in rows}


def movements_of(session: Session, advance_id: int) -> Rows:
    """What changed the balance of an advance, oldest first. One query."""
    return session.execute(
        select(
            Movement.kind,
            Movement.amount,
            Movement.reference,
            Movement.on,
            Movement.claim_id,
            Person.name,
        )
        .join(Person, Person.id == Movement.by_id)
        .where(Movement.advance_id == advance_id)
        .order_by(Movement.id)
    ).all()


def projects(session: Session) -> Sequence[Project]:
    """The active projects by code. One query."""
    return session.scalars(select(Project).where(Project.active).order_by(Project.code)).all()

"""Looking people up, each read a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from portal.core.events import Event
from portal.people.models import Department, Person, RoleGrant

PAGE = 25
HISTORY = 20


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. ``after`` pages by key: the id of the last one shown."""

    text: str = ""
    department: str = ""
    role: str = ""
    active: bool | None = None
    after: int | None = None


def listed(session: Session, wanted: Wanted) -> Sequence[Row[Any]]:
    """A page of people by name, and one row more if there are more. One query."""
    manager = aliased(Person)
    roles = (
        select(func.aggregate_strings(RoleGrant.role, " "))
        .where(RoleGrant.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    found = (
        select(
            Person.id, Person.number, Person.name, Person.email, Person.grade, Person.active,
            Department.name_zh, Department.name_en, manager.name.label("manager"),
            roles.label("roles"),
        )
        .join(Department, Department.id == Person.department_id)
        .outerjoin(manager, manager.id == Person.manager_id)
    )  # fmt: skip
    if wanted.text:
        plain = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        columns = (Person.name, Person.number, Person.email)
        found = found.where(or_(*(c.ilike(f"%{plain}%", escape="\\") for c in columns)))
    if wanted.department:
        found = found.where(Department.code == wanted.department)
    if wanted.role:
        found = found.where(Person.grants.any(RoleGrant.role == wanted.role))
    if wanted.active is not None:
        found = found.where(Person.active == wanted.active)
    if wanted.after is not None:
        last = select(Person.name).where(Person.id == wanted.after).scalar_subquery()
        found = found.where(
            or_(Person.name > last, and_(Person.name == last, Person.id > wanted.after))
        )
    return session.execute(found.order_by(Person.name, Person.id).limit(PAGE + 1)).all()


def counts(session: Session) -> tuple[int, int]:
    """How many people work here, and in how many departments. One query."""
    working = select(func.count()).where(Person.active).scalar_subquery()
    departments = select(func.count(Department.id)).scalar_subquery()
    row = session.execute(select(working, departments)).one()
    return row[0], row[1]


def whole(session: Session, person_id: int) -> Person | None:
    """The person with department, manager and roles, None when there is nobody. Four queries."""
    return session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .options(
            selectinload(Person.department),
            selectinload(Person.manager),
            selectinload(Person.grants),
        )
    ).one_or_none()


def depends_on(session: Session, person_id: int) -> tuple[int, list[Department]]:
    """How many active people the person manages, and the departments he heads."""
    managed = session.scalar(
        select(func.count()).where(Person.manager_id == person_id, Person.active)
    )
    headed = select(Department).where(Department.head_id == person_id).order_by(Department.code)
    return managed or 0, list(session.scalars(headed))


def history(session: Session, person_id: int) -> Sequence[Row[Any]]:
    """What was last done with the person's record, newest first, and by whom. One query."""
    actor = aliased(Person)
    return session.execute(
        select(Event.at, Event.kind, Event.data, actor.name.label("actor"))
        .outerjoin(actor, actor.id == Event.actor_id)
        .where(Event.subject_kind == "person", Event.subject_id == person_id)
        .order_by(Event.id.desc())
        .limit(HISTORY)
    ).all()

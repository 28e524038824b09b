"""Named reads about people, in a stable order."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from portal.core.db import Rows, fetch
from portal.people.models import Department, Person, RoleGrant


class Organisation:
    """Who is who, for routing. Each answer is one query; inactive people are left out."""

    def __init__(self, session: Session):
        self.session = session

    def manager_of(self, person_id: int) -> int | None:
        """The next active person up the line: a leaver's people fall to his own manager."""
        seen: set[int] = set()
        current: int | None = person_id
        while current is not None and current not in seen:
            seen.add(current)
            manager_id: int | None = self.session.scalar(
                select(Person.manager_id).where(Person.id == current)
            )
            if manager_id is None or self._active(manager_id):
                return manager_id
            current = manager_id
        return None

    def head_of(self, department_id: int) -> int | None:
        """The head of the department, or of the nearest one above that has an active head."""
        seen: set[int] = set()
        current: int | None = department_id
        while current is not None and current not in seen:
            seen.add(current)
            row = self.session.execute(
                select(Department.parent_id, Person.id)
                .outerjoin(Person, (Person.id == Department.head_id) & Person.active)
                .where(Department.id == current)
            ).one()
            head_id: int | None = row[1]
            if head_id is not None:
                return head_id
            current = row[0]
        return None

    def company_head(self) -> int | None:
        """The active head of the topmost department."""
        return self.session.scalar(
            select(Person.id)
            .join(Department, Department.head_id == Person.id)
            .where(Department.parent_id.is_(None), Person.active)
            .order_by(Department.id)
            .limit(1)
        )

    def holders_of(self, role: str) -> Iterable[int]:
        """The active holders of a role, oldest first."""
        return self.session.scalars(_holders(role)).all()

    def _active(self, person_id: int) -> bool:
        return bool(self.session.scalar(select(Person.active).where(Person.id == person_id)))


def _holders(role: str) -> Select[int]:
    return (
        select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == role, Person.active)
        .order_by(Person.id)
    )


TOLD = select(Person.id, Person.notices_by).where(Person.id.in_(bindparam("ids", expanding=True)))


def told_people(session: Session, ids: Iterable[int]) -> Rows:
    """The people with these ids, with how they want to be told. One query."""
    wanted = sorted(set(ids))
    return fetch(session, TOLD, ids=wanted).all() if wanted else []


def people_by_id(session: Session, ids: Iterable[int]) -> dict[int, Person]:
    """The people with these ids. One query."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = session.scalars(select(Person).where(Person.id.in_(wanted)))
    return {person.id: person for person in found}


def names_by_id(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of the people with these ids. One query."""
    wanted = sorted({i for i in ids if i is not None})
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def find_by_sign_in(session: Session, name: str) -> Person | None:
    """The active person with this e-mail address or employee number."""
    wanted = name.strip()
    return session.scalars(
        select(Person).where(
            or_(Person.email == wanted.lower(), Person.number == wanted), Person.active
        )
    ).first()


def departments(session: Session) -> Sequence[Department]:
    """All departments by code."""
    return session.scalars(select(Department).order_by(Department.code)).all()

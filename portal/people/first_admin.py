"""The first administrator of a new installation, appointed from the command line."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.events import Subject, record
from portal.people import events, sessions
from portal.people.models import Company, Department, Person, RoleGrant
from portal.people.roles import ADMIN


def appoint(
    session: Session, *, number: str, email: str, name: str, language: str, at: datetime
) -> str:
    """Make the person with this employee number an administrator, and exist if need be.

    A new installation gets its topmost department with it. Returns the token of an
    invitation. The caller opens the writing transaction and commits it.
    """
    person = session.scalars(select(Person).where(Person.number == number)).one_or_none()
    kind = events.PERSON_CHANGED
    if person is None:
        kind = events.PERSON_CREATED
        person = Person(
            number=number, email=email.strip().lower(), name=name, language=language,
            department_id=_topmost(session, at).id,
        )  # fmt: skip
        session.add(person)
    person.active = True
    if ADMIN not in {grant.role for grant in person.grants}:
        person.grants.append(RoleGrant(role=ADMIN))
    session.flush()
    record(session, kind, Subject("person", person.id), by=None, at=at, fields=["roles"])
    return sessions.issue(session, person, sessions.INVITE, at)


def _topmost(session: Session, at: datetime) -> Department:
    top = session.scalars(
        select(Department).where(Department.parent_id.is_(None)).order_by(Department.id)
    ).first()
    if top is None:
        company = Company(code="company", name_zh="公司", name_en="Company")
        session.add(company)
        session.flush()
        top = Department(code="company", name_zh="公司", name_en="Company", company_id=company.id)
        session.add(top)
        session.flush()
        about = Subject("department", top.id)
        record(session, events.DEPARTMENT_CREATED, about, by=None, at=at)
    return top

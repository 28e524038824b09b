"""What a directory is shown: people as users, departments as groups."""

from datetime import datetime

from scim2_models import Group, GroupMember, Meta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.events import Event
from portal.core.versions import version_of
from portal.people.models import Department, DirectoryEntry, Person
from portal.people.scim_said import called
from portal.people.scim_users import Email, Employee, EnterpriseUser, Manager, Name, User


def user(
    session: Session, person: Person, entry: DirectoryEntry | None, at: datetime
) -> User[EnterpriseUser]:
    """The person with what the directory calls him; ``at`` stands for changes never recorded."""
    shown = Employee(
        id=str(person.id),
        external_id=entry.external_id if entry else None,
        user_name=entry.user_name if entry else person.email,
        name=Name(
            formatted=person.name,
            given_name=(entry and entry.given_name) or None,
            family_name=(entry and entry.family_name) or None,
        ),
        display_name=person.name,
        preferred_language=person.language,
        active=person.active,
        emails=[Email(value=person.email, type="work", primary=True)],
    )
    manager = person.manager
    shown[EnterpriseUser] = EnterpriseUser(
        employee_number=person.number,
        department=_department(session, person.department, entry),
        manager=Manager(value=str(manager.id), display_name=manager.name) if manager else None,
    )
    first, last = session.execute(
        select(func.min(Event.at), func.max(Event.at)).where(
            Event.subject_kind == "person", Event.subject_id == person.id
        )
    ).one()
    version = version_of(shown.model_dump())
    shown.meta = Meta(
        resource_type="User", created=first or at, last_modified=last or at,
        version=f'W/"{version}"',
    )  # fmt: skip
    return shown


def _department(session: Session, department: Department, entry: DirectoryEntry | None) -> str:
    """As the directory writes it, as long as it means this one."""
    said = entry.department if entry else ""
    meant = called(session, said) if said else None
    return said if meant is not None and meant.id == department.id else department.name_zh


def group(session: Session, department: Department) -> Group:
    """The department with the active people in it."""
    members = session.execute(
        select(Person.id, Person.name)
        .where(Person.department_id == department.id, Person.active)
        .order_by(Person.id)
    ).all()
    shown = Group(
        id=str(department.id),
        display_name=department.name_zh,
        members=[
            GroupMember.model_validate({"value": str(row.id), "display": row.name})
            for row in members
        ]
        or None,
    )
    shown.meta = Meta(resource_type="Group", version=f'W/"{version_of(shown.model_dump())}"')
    return shown

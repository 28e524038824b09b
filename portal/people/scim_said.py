"""What a directory says of a person, as an administrator would type it."""

import re
from typing import Any

from scim2_models import InvalidValueException
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.people.directory_fields import LANGUAGES
from portal.people.models import Department, DirectoryEntry, Person
from portal.people.scim_users import EnterpriseUser, User

_CHINESE = re.compile(r"[\u3400-\u9fff]")


def cells(
    session: Session, user: User[Any], person: Person | None, entry: DirectoryEntry
) -> dict[str, str]:
    """The cells that ``directory.create`` and ``change`` take; what is left out is not in.

    Raises ``InvalidValueException`` for departments and managers that do not exist.
    """
    found = {"email": _email(user), "name": _name(user, person, entry)}
    language = (user.preferred_language or "").lower()[:2]
    if language in LANGUAGES:
        found["language"] = language
    work = user[EnterpriseUser]
    if work is None:
        return found
    if work.employee_number:
        found["number"] = work.employee_number
    if work.department:
        found["department"] = _code_of(session, work.department)
    manager_id = work.manager.value if work.manager else None
    found["manager"] = _number_of(session, manager_id) if manager_id else ""
    return found


def given(session: Session, user: User[Any]) -> dict[str, str]:
    """What a new person needs, where the directory does not say it: the employee number is what
    stands before the @ of the user name, and the department the one at the top."""
    name = user.user_name or ""
    short = name.split("@")[0]
    taken = session.scalar(select(Person.id).where(Person.number == short))
    top = select(Department.code).where(Department.parent_id.is_(None)).order_by(Department.id)
    return {
        "number": name.replace("@", ".") if taken else short,
        "department": session.scalars(top).first() or "",
    }


def enter(entry: DirectoryEntry, user: User[Any]) -> bool:
    """Keep what the directory calls the person; whether that differs from before."""
    work = user[EnterpriseUser]
    said = {
        "user_name": user.user_name or "",
        "external_id": user.external_id,
        "given_name": ((user.name and user.name.given_name) or "")[:120],
        "family_name": ((user.name and user.name.family_name) or "")[:120],
        "department": ((work and work.department) or "")[:120],
        "deleted": False,
    }
    differs = any(getattr(entry, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(entry, name, value)
    return differs


def called(session: Session, department: str) -> Department | None:
    """The department with this code, or with this name in one of the languages."""
    wanted = department.strip().lower()
    return session.scalars(
        select(Department)
        .where(or_(*(func.lower(column) == wanted for column in _NAMES)))
        .order_by(Department.id)
    ).first()


_NAMES = (Department.code, Department.name_zh, Department.name_en)


def _code_of(session: Session, typed: str) -> str:
    department = called(session, typed)
    if department is None:
        raise InvalidValueException(detail=f"No department has the code or the name {typed!r}")
    return department.code


def _number_of(session: Session, person_id: str) -> str:
    number = None
    if person_id.isdecimal() and len(person_id) < 10:
        number = session.scalar(select(Person.number).where(Person.id == int(person_id)))
    if number is None:
        raise InvalidValueException(detail=f"No user has the id {person_id!r} of the manager")
    return str(number)


def _email(user: User[Any]) -> str:
    """The primary address, else that at work, else the first, else the user name."""
    emails = [email for email in user.emails or [] if email.value]
    emails.sort(key=lambda email: (not email.primary, email.type != "work"))
    return str(emails[0].value) if emails else user.user_name or ""


def _name(user: User[Any], person: Person | None, entry: DirectoryEntry) -> str:
    """The whole name: of its spellings the one that differs from what is known."""
    known = person.name if person else None
    name = user.name
    if user.display_name and user.display_name != known:
        return user.display_name
    if name is None:
        return user.display_name or known or user.user_name or ""
    if name.formatted and name.formatted != known:
        return name.formatted
    parts = (name.given_name or "", name.family_name or "")
    if any(parts) and (known is None or parts != (entry.given_name, entry.family_name)):
        return _joined(*parts)
    return known or user.user_name or ""


def _joined(given_name: str, family_name: str) -> str:
    if _CHINESE.search(given_name + family_name):
        return f"{family_name}{given_name}"
    return f"{given_name} {family_name}".strip()

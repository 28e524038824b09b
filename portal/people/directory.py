"""Who works here: taking people in, changing what is known of them, letting them go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.core import jobs
from portal.core.errors import Invalid, NotNow
from portal.core.events import Subject, record
from portal.core.notices import notify
from portal.core.versions import refuse_stale, version_of
from portal.core.words import Named, Words, words
from portal.people import events, sessions
from portal.people.directory_fields import Problem, understood
from portal.people.models import Department, Person, RoleGrant
from portal.people.roles import ADMIN

KEEP_YOUR_ROLE = words(
    "You cannot take the administrator's role from yourself. Another administrator can."
)
NOT_YOURSELF = words("You cannot deactivate yourself. Another administrator can.")
ADMIN_STAYS = words("Somebody has to be administrator, and nobody else is.")
OWN_MANAGER = words("Nobody can be their own manager.")
CIRCLE = words("This makes a circle of managers: %(circle)s.")

FIELDS = (
    "number",
    "email",
    "name",
    "department_id",
    "manager_id",
    "grade",
    "language",
    "hired_on",
    "active",
    "bank_name",
    "bank_account",
)
BANK = {"bank_name", "bank_account"}


class Incorrect(Invalid):
    """Several things are wrong at once; each of ``problems`` names its column."""

    def __init__(self, problems: Sequence[Problem]):
        super().__init__(problems[0].says, problems[0].column)
        self.problems = problems


def cells_of(person: Person) -> dict[str, str]:
    """What is known of the person, as a form shows it."""
    return {
        "number": person.number,
        "email": person.email,
        "name": person.name,
        "department": person.department.code,
        "manager": person.manager.number if person.manager else "",
        "grade": person.grade,
        "language": person.language,
        "hired_on": person.hired_on.isoformat() if person.hired_on else "",
        "roles": " ".join(sorted(grant.role for grant in person.grants)),
        "bank_name": person.bank_name,
        "bank_account": person.bank_account,
    }


def shown_version(person: Person) -> str:
    """What a form carries to ``change``: the state of the person that it shows."""
    return version_of(cells_of(person))


def create(session: Session, cells: Mapping[str, str], *, by: int | None, at: datetime) -> Person:
    """Take somebody in. ``cells`` are typed texts by column; raises ``Incorrect``."""
    person = new_person(_judged(session, cells, None, by))
    session.add(person)
    session.flush()
    record_created(session, person, by=by, at=at)
    return person


def change(
    session: Session, person: Person, cells: Mapping[str, str], *,
    shown: str, by: int | None, at: datetime,
) -> list[str]:  # fmt: skip
    """Change what is known of the person; the names of the fields that changed.

    Raises ``Stale`` when ``shown`` is not how the person stands now, and ``Incorrect``.
    """
    refuse_stale(shown, cells_of(person))
    return write(session, person, _judged(session, cells, person, by), by=by, at=at)


def deactivate(session: Session, person: Person, *, by: int | None, at: datetime) -> None:
    """Let the person go: no sign-in from now on; claims and history stay.

    Raises ``NotNow`` for oneself and for the last administrator.
    """
    if person.id == by:
        raise NotNow(NOT_YOURSELF)
    if _is_admin(person) and not other_admin(session, person.id):
        raise NotNow(ADMIN_STAYS)
    write(session, person, {"active": False}, by=by, at=at)


def reactivate(session: Session, person: Person, *, by: int | None, at: datetime) -> None:
    """Let the person sign in again."""
    write(session, person, {"active": True}, by=by, at=at)


def invite(session: Session, person: Person, *, by: int, at: datetime) -> None:
    """Send the person a link to choose a password. Raises ``NotNow`` for who has left."""
    if not person.active:
        raise NotNow(words("%(name)s has left and cannot be invited.", name=person.name))
    token = sessions.issue(session, person, sessions.INVITE, at)
    jobs.enqueue(session, "mail_token", due_at=at, person_id=person.id,
                 purpose=sessions.INVITE, token=token)  # fmt: skip
    record(session, events.PERSON_INVITED, Subject("person", person.id), by=by, at=at)


def new_person(values: Mapping[str, Any]) -> Person:
    """Somebody with these values, not yet in the session."""
    columns = {name: value for name, value in values.items() if name != "roles"}
    roles = sorted(values.get("roles", ()))
    return Person(**columns, grants=[RoleGrant(role=role) for role in roles])


def record_created(session: Session, person: Person, *, by: int | None, at: datetime) -> None:
    """Write down that the person was taken in."""
    given = sorted(grant.role for grant in person.grants)
    record(session, events.PERSON_CREATED, Subject("person", person.id), by=by, at=at,
           roles_given=given)  # fmt: skip


def write(
    session: Session, person: Person, values: Mapping[str, Any], *, by: int | None, at: datetime
) -> list[str]:
    """Set the values that differ, as one event; the names of the fields that changed.

    Who loses a role or his place is signed out everywhere, and whose bank account changes
    is told. The caller has judged the values.
    """
    changed = [f for f in FIELDS if f in values and getattr(person, f) != values[f]]
    for name in changed:
        setattr(person, name, values[name])
    held = {grant.role for grant in person.grants}
    wanted = set(values.get("roles", held))
    given, taken = sorted(wanted - held), sorted(held - wanted)
    if given or taken:
        kept = [grant for grant in person.grants if grant.role in wanted]
        person.grants = [*kept, *(RoleGrant(role=role) for role in given)]
    if not (changed or given or taken):
        return []
    about = Subject("person", person.id)
    told: dict[str, Any] = {"fields": changed}
    if given or taken:
        told |= {"roles_given": given, "roles_taken": taken}
    record(session, _kind(changed, person), about, by=by, at=at, **told)
    if taken or ("active" in changed and not person.active):
        sessions.end_all(session, person.id, at)
        sessions.end_tokens(session, person.id, at)
    if BANK.intersection(changed):
        notify(session, [person], events.BANK_ACCOUNT_CHANGED, about, at=at)
    return [*changed, *(["roles"] if given or taken else [])]


def _kind(changed: Sequence[str], person: Person) -> str:
    if "active" not in changed:
        return events.PERSON_CHANGED
    return events.PERSON_REACTIVATED if person.active else events.PERSON_DEACTIVATED


def _judged(
    session: Session, cells: Mapping[str, str], person: Person | None, by: int | None
) -> dict[str, Any]:
    """The values in ``cells``, with departments and managers found. Raises ``Incorrect``."""
    values, problems = understood(cells)
    problems += _taken(session, values, person)
    code, manager = values.pop("department", None), values.pop("manager", None)
    if code is not None:
        values["department_id"] = session.scalar(
            select(Department.id).where(Department.code == code)
        )
        if values["department_id"] is None:
            problems.append(Problem("department", no_department(code)))
    if manager is not None:
        try:
            values["manager_id"] = _manager_id(session, manager, person)
        except Invalid as refusal:
            problems.append(Problem("manager", refusal.words))
    if person and _is_admin(person) and ADMIN not in values.get("roles", {ADMIN}):
        if person.id == by:
            problems.append(Problem("roles", KEEP_YOUR_ROLE))
        elif person.active and not other_admin(session, person.id):
            problems.append(Problem("roles", ADMIN_STAYS))
    if problems:
        raise Incorrect(problems)
    return values


def _taken(session: Session, values: Mapping[str, Any], person: Person | None) -> list[Problem]:
    """What another person has already: numbers and e-mail addresses are one person's."""
    same = select(Person.id, Person.number, Person.email, Person.name).where(
        or_(Person.number == values.get("number"), Person.email == values.get("email"))
    )
    found = [
        Problem(column, belongs_to(other.name, other.number))
        for other in session.execute(same.order_by(Person.id))
        for column in ("number", "email")
        if getattr(other, column) == values.get(column) and (not person or other.id != person.id)
    ]
    return found


def no_department(code: str) -> Words:
    """The refusal of a department that does not exist."""
    return words("There is no department with the code “%(typed)s”.", typed=code)


def belongs_to(name: str | Named, number: str) -> Words:
    """The refusal of what another person or department has."""
    return words("This belongs to %(name)s (%(number)s) already.", name=name, number=number)


def nobody_called(typed: str) -> Words:
    """The refusal of a person who cannot be found."""
    return words("There is nobody with the number or e-mail “%(typed)s”.", typed=typed[:60])


def somebody(session: Session, typed: str) -> Person | None:
    """The person with this employee number or e-mail address; None when nothing is typed.

    Raises ``Invalid`` when there is nobody.
    """
    wanted = typed.strip()
    if not wanted:
        return None
    found = session.scalars(
        select(Person).where(or_(Person.number == wanted, Person.email == wanted.lower()))
    ).first()
    if found is None:
        raise Invalid(nobody_called(wanted))
    return found


def _manager_id(session: Session, typed: str, person: Person | None) -> int | None:
    manager = somebody(session, typed)
    if manager is None or person is None:
        return manager.id if manager else None
    if manager.id == person.id:
        raise Invalid(OWN_MANAGER)
    above = (
        select(Person.id, Person.manager_id)
        .where(Person.id == manager.id)
        .cte("above", recursive=True)
    )
    above = above.union(
        select(Person.id, Person.manager_id).join(above, Person.id == above.c.manager_id)
    )
    if session.scalar(select(above.c.id).where(above.c.id == person.id)) is not None:
        circle = f"{person.name} → {manager.name} → … → {person.name}"
        if manager.manager_id == person.id:
            circle = f"{person.name} → {manager.name} → {person.name}"
        raise Invalid(words(CIRCLE.text, circle=circle))
    return manager.id


def _is_admin(person: Person) -> bool:
    return any(grant.role == ADMIN for grant in person.grants)


def other_admin(session: Session, person_id: int) -> bool:
    """Whether an active administrator remains without this person."""
    # Locked, so that two who take the role from one another cannot both succeed.
    found = (
        select(Person.id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == ADMIN, Person.active, Person.id != person_id)
        .limit(1)
        .with_for_update()
    )
    return session.scalar(found) is not None

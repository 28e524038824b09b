"""Who may fill claims and requests for whom (代填): that person or an administrator allows it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from portal.core.db import Rows, fetch
from portal.core.errors import Invalid
from portal.core.events import Subject, record
from portal.core.notices import notify
from portal.core.words import words
from portal.people import events
from portal.people.directory import somebody
from portal.people.models import Deputy, Person

MAY_FILL_FOR = (
    select(Person.id, Person.name, Person.number, Person.department_id)
    .join(Deputy, Deputy.person_id == Person.id)
    .where(Deputy.deputy_id == bindparam("deputy_id"), Person.active)
    .order_by(Person.name, Person.id)
)


def may_fill_for(session: Session, deputy_id: int) -> Rows:
    """The active people for whom this person may fill claims, by name, with ``id``, ``name``,
    ``number`` and ``department_id``. One query."""
    return fetch(session, MAY_FILL_FOR, deputy_id=deputy_id).all()


def may_fill(session: Session, deputy_id: int, person_id: int) -> bool:
    """Whether the one may fill claims for the other now. One query."""
    found = (
        select(Deputy.deputy_id)
        .join(Person, Person.id == Deputy.person_id)
        .where(Deputy.person_id == person_id, Deputy.deputy_id == deputy_id, Person.active)
    )
    return session.scalar(found) is not None


def deputies_of(session: Session, person_id: int) -> Sequence[Person]:
    """Who may fill claims for this person, by name; also those who have left. One query."""
    found = select(Person).join(Deputy, Deputy.deputy_id == Person.id)
    return session.scalars(
        found.where(Deputy.person_id == person_id).order_by(Person.name, Person.id)
    ).all()


def allow(session: Session, person: Person, typed: str, *, by: int, at: datetime) -> Person:
    """Let somebody fill claims for ``person`` from now on; both are told.

    ``typed`` is the deputy's employee number or e-mail. Raises ``Invalid``.
    """
    if not typed.strip():
        raise Invalid(words("This is needed."), "deputy")
    try:
        deputy = somebody(session, typed)
    except Invalid as refusal:
        raise Invalid(refusal.words, "deputy") from None
    assert deputy is not None
    if deputy.id == person.id:
        raise Invalid(words("Everybody fills their own claims already."), "deputy")
    if not deputy.active:
        raise Invalid(words("%(name)s has left and can fill nothing.", name=deputy.name), "deputy")
    if session.get(Deputy, (person.id, deputy.id)) is not None:
        raise Invalid(words("%(name)s may do this already.", name=deputy.name), "deputy")
    session.add(Deputy(person_id=person.id, deputy_id=deputy.id, since=at))
    about = Subject("person", person.id)
    record(session, events.DEPUTY_ALLOWED, about, by=by, at=at, deputy=deputy.name)
    notify(session, [person], events.DEPUTY_ALLOWED, about, at=at, who=deputy.name)
    notify(session, [deputy], events.MADE_DEPUTY, about, at=at, who=person.name)
    return deputy


def revoke(session: Session, person: Person, deputy: Person, *, by: int, at: datetime) -> bool:
    """Let somebody fill claims for ``person`` no more; both are told. Whether he could before.

    Drafts that he began stay, and belong to ``person`` alone from now on.
    """
    ended = session.execute(
        delete(Deputy)
        .where(Deputy.person_id == person.id, Deputy.deputy_id == deputy.id)
        .returning(Deputy.deputy_id)
    ).first()
    if ended is None:
        return False
    about = Subject("person", person.id)
    record(session, events.DEPUTY_REVOKED, about, by=by, at=at, deputy=deputy.name)
    notify(session, [person], events.DEPUTY_REVOKED, about, at=at, who=deputy.name)
    notify(session, [deputy], events.DEPUTY_NO_MORE, about, at=at, who=person.name)
    return True

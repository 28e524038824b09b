"""Whose account at the company's identity provider (OpenID Connect) is whose here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.errors import NotAllowed, NotNow
from portal.core.events import Subject, record
from portal.core.words import words
from portal.people import events
from portal.people.models import Person
from portal.people.roles import ADMIN

UNKNOWN = words(
    "You are known there, but nobody here has your e-mail address. An administrator of the "
    "portal can add you, or correct the address."
)
LEFT = words("Your account here was deactivated. An administrator of the portal can tell you why.")
UNVERIFIED = words(
    "The provider has not verified your e-mail address, so it does not say who you are here. "
    "Ask those who run the provider."
)
ANOTHER = words(
    "Somebody has signed in here with another account of this e-mail address. An administrator "
    "of the portal can disconnect it."
)
LONGEST = 300
PASSWORDS_OFF = words("Passwords are switched off. Sign in with %(name)s.")


@dataclass(frozen=True)
class Identity:
    """Who somebody is by the word of a provider whose signature was checked.

    ``subject`` is the provider's own name for him, which never changes; ``email`` is empty
    unless the provider says that it has verified it.
    """

    issuer: str
    subject: str
    email: str = ""

    @property
    def key(self) -> str:
        """What is stored with the person: a subject means something at its issuer only."""
        return f"{self.issuer} {self.subject}"


def find(session: Session, identity: Identity, *, at: datetime) -> Person:
    """The active person with this identity; nobody is ever created.

    The first time he is known by his verified e-mail address, and the identity is connected.
    Afterwards the address does not matter. Raises ``NotAllowed`` for everybody else.
    """
    if len(identity.key) > LONGEST:
        raise NotAllowed(UNKNOWN)
    person = session.scalars(select(Person).where(Person.subject == identity.key)).one_or_none()
    if person is None:
        person = _connected(session, identity, at)
    if not person.active:
        raise NotAllowed(LEFT)
    return person


def _connected(session: Session, identity: Identity, at: datetime) -> Person:
    if not identity.email:
        raise NotAllowed(UNVERIFIED)
    found = select(Person).where(Person.email == identity.email.strip().lower())
    person = session.scalars(found).one_or_none()
    if person is None:
        raise NotAllowed(UNKNOWN)
    if not person.active:
        raise NotAllowed(LEFT)
    if person.subject is not None:
        raise NotAllowed(ANOTHER)
    person.subject = identity.key
    about = Subject("person", person.id)
    record(session, events.IDENTITY_LINKED, about, by=person.id, at=at, issuer=identity.issuer)
    return person


def disconnect(session: Session, person: Person, *, by: int, at: datetime) -> None:
    """Forget the person's identity: the next sign-in goes by the e-mail address again.

    Raises ``NotNow`` when there is none.
    """
    forgotten = session.execute(
        update(Person)
        .where(Person.id == person.id, Person.subject.is_not(None))
        .values(subject=None)
        .returning(Person.id)
    ).first()
    if forgotten is None:
        raise NotNow(words("No identity is connected."))
    record(session, events.IDENTITY_UNLINKED, Subject("person", person.id), by=by, at=at)


def may_use_password(person: Person | None, *, only_provider: bool) -> bool:
    """Whether a password may sign the person in: where only the provider does, it still may
    for administrators, who have to get in when the provider is dead."""
    if not only_provider:
        return True
    return person is not None and any(grant.role == ADMIN for grant in person.grants)

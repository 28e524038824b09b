"""What a person may change about himself: password, bank account, wishes, sign-ins."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotNow
from portal.core.events import Subject, record
from portal.core.words import words
from portal.people import events, passwords, sessions
from portal.people.directory import Incorrect, write
from portal.people.directory_fields import LANGUAGES, understood
from portal.people.models import AT_ONCE, DAILY, PORTAL_ONLY, Person, SignIn
from portal.people.sessions import LONGEST, SHARED_IDLE

NOTICES_BY = (AT_ONCE, DAILY, PORTAL_ONLY)
WRONG = words("This is not your current password.")


class WrongPassword(Invalid):
    """The present password was asked for and something else was typed."""


def live_sign_ins(
    session: Session, person_id: int, *, idle: timedelta, at: datetime
) -> list[SignIn]:
    """Where the person is signed in and still could go on, last used first."""
    return [
        found
        for found in sessions.open_sign_ins(session, person_id)
        if at - found.started_at <= LONGEST
        and at - found.seen_at <= (SHARED_IDLE if found.shared else idle)
    ]


def change_password(
    session: Session, person: Person, old: str, new: str, *, here: int, at: datetime
) -> None:
    """Set a new password and end every sign-in but ``here``.

    Raises ``WrongPassword``, and ``Invalid`` for a password that is too easy.
    """
    if not passwords.matches(person.password_hash, old):
        raise WrongPassword(WRONG, "old_password")
    passwords.check(new, person.name, person.email, person.number)
    if passwords.plain(new) == passwords.plain(old):
        raise Invalid(words("This is the password you have already."), "password")
    person.password_hash = passwords.hashed(new)
    sessions.end_all(session, person.id, at, but=here)
    sessions.end_tokens(session, person.id, at)
    about = Subject("person", person.id)
    record(session, events.PASSWORD_CHANGED, about, by=person.id, at=at)


def change_bank_account(
    session: Session, person: Person, bank_name: str, bank_account: str, password: str, *,
    at: datetime, confirmed: bool = False,
) -> None:  # fmt: skip
    """Have claims paid to another account; the person is told by a notice.

    Whoever has no password has ``confirmed`` his identity where he signs in.
    Raises ``WrongPassword``, and ``Invalid`` for what cannot be an account.
    """
    if not confirmed and not passwords.matches(person.password_hash, password):
        raise WrongPassword(WRONG, "password")
    values, problems = understood({"bank_name": bank_name, "bank_account": bank_account})
    if problems:
        raise Incorrect(problems)
    if bool(values["bank_name"]) != bool(values["bank_account"]):
        field = "bank_account" if values["bank_name"] else "bank_name"
        raise Invalid(words("Give the bank and the account number together."), field)
    write(session, person, values, by=person.id, at=at)


def choose(
    session: Session, person: Person, *, language: str, notices_by: str, at: datetime
) -> None:
    """Set the language and how notices reach the person. Raises ``NotNow`` for others."""
    if language not in LANGUAGES or notices_by not in NOTICES_BY:
        raise NotNow(words("Choose one of what is offered."))
    write(session, person, {"language": language}, by=person.id, at=at)
    person.notices_by = notices_by

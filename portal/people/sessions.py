"""Signing in: browsers that are signed in, and links sent by mail."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from portal.core.db import fetch, table
from portal.core.errors import Missing
from portal.core.notices import Beat, Notice
from portal.core.words import words
from portal.people.models import MailedToken, Person, RoleGrant, SignIn
from portal.people.roles import Reader

SHARED_IDLE = timedelta(minutes=5)
LONGEST = timedelta(hours=24)
TOUCH_AFTER = timedelta(seconds=20)
INVITE, RESET = "invite", "reset"
VALID = {INVITE: timedelta(days=7), RESET: timedelta(hours=1)}


def digest(token: str) -> str:
    """What is stored of a secret: reading the database signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def start(
    session: Session, person: Person, *, shared: bool, address: str, browser: str, at: datetime
) -> str:
    """Sign the person in; the token goes into the browser's cookie and nowhere else."""
    token = new_token()
    session.add(
        SignIn(
            token_hash=digest(token),
            person_id=person.id,
            started_at=at,
            seen_at=at,
            shared=shared,
            address=address[:45],
            browser=browser[:200],
        )
    )
    return token


ROLES = (
    select(func.aggregate_strings(RoleGrant.role, " "))
    .where(RoleGrant.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)
UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.person_id == Person.id, Notice.read_at.is_(None))
    .correlate(Person)
    .scalar_subquery()
)
BEAT = select(Beat.count).where(Beat.person_id == Person.id).correlate(Person).scalar_subquery()

SIGNED_IN = (
    select(
        SignIn.id, SignIn.shared, SignIn.seen_at, SignIn.started_at,
        Person.id.label("person_id"), Person.number, Person.name, Person.email,
        Person.department_id, Person.grade, Person.language,
        ROLES.label("roles"), UNREAD.label("unread"), BEAT.label("beat"),
    )
    .join(Person, Person.id == SignIn.person_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), Person.active
    )
)  # fmt: skip
"""Read with every request, so it is built once; others may add columns about ``Person``."""


def signed_in(
    session: Session, token: str, *, idle: timedelta, at: datetime,
    read: Select[*tuple[Any, ...]] = SIGNED_IN,
) -> tuple[Reader, bool] | None:  # fmt: skip
    """The person behind a cookie, and whether the visit should be noted. One query.

    None when the browser was signed out, was idle too long, or the person has left.
    ``read`` is ``SIGNED_IN``, which may have been given a column ``waiting``.
    """
    row = fetch(session, read, token_hash=digest(token)).one_or_none()
    if row is None or at - row.started_at > LONGEST:
        return None
    if at - row.seen_at > (SHARED_IDLE if row.shared else idle):
        return None
    reader = Reader(
        id=row.person_id,
        number=row.number,
        name=row.name,
        email=row.email,
        department_id=row.department_id,
        grade=row.grade,
        language=row.language,
        roles=frozenset((row.roles or "").split()),
        sign_in_id=row.id,
        shared=row.shared,
        waiting=getattr(row, "waiting", 0),
        unread=row.unread,
        beat=row.beat or 0,
    )
    return reader, at - row.seen_at > TOUCH_AFTER


TOUCH = (
    update(table(SignIn))
    .where(table(SignIn).c.id == bindparam("sign_in"), table(SignIn).c.ended_at.is_(None))
    .values(seen_at=bindparam("now"))
)


def touch(session: Session, sign_in_id: int, at: datetime) -> bool:
    """Note that the browser was used; False when it was signed out. The caller commits."""
    return fetch(session, TOUCH, sign_in=sign_in_id, now=at).rowcount > 0


def end(session: Session, person_id: int, sign_in_id: int, at: datetime) -> None:
    """Sign one browser of the person out."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_all(session: Session, person_id: int, at: datetime, *, but: int | None = None) -> None:
    """Sign the person out everywhere, or everywhere but in one browser."""
    ended = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but is not None:
        ended = ended.where(SignIn.id != but)
    session.execute(ended.values(ended_at=at))


def open_sign_ins(session: Session, person_id: int) -> list[SignIn]:
    """Where the person is signed in, last used first."""
    found = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    return list(session.scalars(found.order_by(SignIn.seen_at.desc(), SignIn.id)))


def issue(session: Session, person: Person, purpose: str, at: datetime) -> str:
    """A single-use token for a link in a mail; earlier ones of the kind end."""
    session.execute(
        update(MailedToken)
        .where(
            MailedToken.person_id == person.id,
            MailedToken.purpose == purpose,
            MailedToken.used_at.is_(None),
        )
        .values(used_at=at)
    )
    token = new_token()
    session.add(
        MailedToken(
            token_hash=digest(token),
            person_id=person.id,
            purpose=purpose,
            expires_at=at + VALID[purpose],
        )
    )
    return token


def holder(session: Session, token: str, purpose: str, at: datetime) -> Person:
    """Whom a mailed token belongs to, without using it. Raises ``Missing``."""
    person = session.scalars(
        select(Person)
        .join(MailedToken, MailedToken.person_id == Person.id)
        .where(
            MailedToken.token_hash == digest(token),
            MailedToken.purpose == purpose,
            MailedToken.used_at.is_(None),
            MailedToken.expires_at > at,
            Person.active,
        )
    ).one_or_none()
    if person is None:
        raise Missing(words("This link was used before or is too old. Ask for a new one."))
    return person


def redeem(session: Session, token: str, purpose: str, at: datetime) -> Person:
    """Use a mailed token; of several tries at once one succeeds. Raises ``Missing``."""
    person = holder(session, token, purpose, at)
    used = session.execute(
        update(MailedToken)
        .where(MailedToken.token_hash == digest(token), MailedToken.used_at.is_(None))
        .values(used_at=at)
        .returning(MailedToken.person_id)
    ).first()
    if used is None:
        raise Missing(words("This link was used before or is too old. Ask for a new one."))
    return person


def end_tokens(session: Session, person_id: int, at: datetime) -> None:
    """End every link that was mailed to the person and not used: a new password is set."""
    session.execute(
        update(MailedToken)
        .where(MailedToken.person_id == person_id, MailedToken.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )

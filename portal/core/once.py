"""Doing a thing once: one-time keys of forms, and what was typed into forms that could not
be taken because their reader was signed out."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, ForeignKey, String, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, dialect_of, fetch, table, upsert

KEYS_KEPT = timedelta(days=7)
FORMS_KEPT = timedelta(days=1)


class FormKey(Base):
    """A form that was acted on, and where its reader was sent."""

    __tablename__ = "form_keys"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
    location: Mapped[str | None] = mapped_column(String(500))


class KeptForm(Base):
    """What somebody typed and sent while signed out, for him alone."""

    __tablename__ = "kept_forms"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[list[Any]]
    kept_at: Mapped[datetime] = mapped_column(index=True)


REMEMBER = (
    update(table(FormKey))
    .where(table(FormKey).c.key == bindparam("used_key"))
    .values(location=bindparam("led_to"))
)
ANSWER = select(FormKey.location).where(FormKey.key == bindparam("used_key"))


def use_key(session: Session, key: str, at: datetime, location: str | None = None) -> bool:
    """Use a form's key; False when it was used before. A rollback frees it again.

    ``location`` is where a repetition is sent, when that is known by now.
    """
    statement = _use_key(dialect_of(session))
    return fetch(session, statement, key=key, used_at=at, location=location).first() is not None


@cache
def _use_key(dialect: str) -> Executable:
    columns = table(FormKey).c
    used = upsert(dialect, FormKey).values(
        {column.name: bindparam(column.name) for column in columns}
    )
    return used.on_conflict_do_nothing().returning(columns.key)


def remember_answer(session: Session, key: str, location: str | None) -> None:
    """Where a repetition of the same form is sent."""
    fetch(session, REMEMBER, used_key=key, led_to=location)


def answer_of(session: Session, key: str) -> str | None:
    """Where the form with this key had sent its reader."""
    return fetch(session, ANSWER, used_key=key).scalar()


def forget_old(session: Session, at: datetime) -> None:
    """Delete keys and kept forms that nobody will come back for."""
    session.execute(delete(FormKey).where(FormKey.used_at < at - KEYS_KEPT))
    session.execute(delete(KeptForm).where(KeptForm.kept_at < at - FORMS_KEPT))

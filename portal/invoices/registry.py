"""One invoice, once: which submitted claim holds which invoice, in the whole company."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core.db import dialect_of, upsert
from portal.core.errors import NotNow
from portal.core.words import words
from portal.invoices.models import InvoiceHold


class AlreadyClaimed(NotNow):
    """Another claim holds the invoice."""

    def __init__(self, key: str):
        super().__init__(words("Invoice %(number)s is already on another claim.", number=key[-8:]))


def held_elsewhere(session: Session, keys: Iterable[str], claim_id: int) -> set[str]:
    """Those of ``keys`` that a claim other than ``claim_id`` holds. One query."""
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    return set(
        session.scalars(
            select(InvoiceHold.key).where(
                InvoiceHold.key.in_(wanted), InvoiceHold.claim_id != claim_id
            )
        )
    )


def hold(session: Session, keys: Iterable[str], claim_id: int, *, at: datetime) -> None:
    """Hold ``keys`` for the claim. Raises ``AlreadyClaimed``; then the caller rolls back."""
    for key in sorted(set(keys)):
        held = upsert(dialect_of(session), InvoiceHold).values(
            key=key, claim_id=claim_id, held_at=at
        )
        session.execute(held.on_conflict_do_nothing())
        holder = session.scalar(select(InvoiceHold.claim_id).where(InvoiceHold.key == key))
        if holder != claim_id:
            raise AlreadyClaimed(key)


def release(session: Session, claim_id: int) -> None:
    """Free the invoices of a claim that was withdrawn, returned, rejected or deleted."""
    session.execute(delete(InvoiceHold).where(InvoiceHold.claim_id == claim_id))

"""Named reads about payments, each a fixed number of queries, in a stable order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from portal.claims.models import APPROVED, Batch, Claim, Payment
from portal.claims.queries import LISTED, PAGE
from portal.people.models import Person


def to_pay(session: Session) -> Sequence[Row[Any]]:
    """Approved claims that wait for money, oldest approval first."""
    return session.execute(
        select(*LISTED, Claim.claimant_id, Claim.decided_at, Person.name.label("claimant"),
               Person.bank_account)
        .join(Person, Person.id == Claim.claimant_id)
        .where(Claim.state == APPROVED)
        .order_by(Claim.decided_at, Claim.id)
        .limit(PAGE * 4)
    ).all()  # fmt: skip


def batches(session: Session, before: int | None = None) -> Sequence[Row[Any]]:
    """Batches with their sums, newest first."""
    found = (
        select(Batch, func.count(Payment.id), func.sum(Payment.amount))
        .join(Payment, Payment.batch_id == Batch.id)
        .group_by(Batch.id)
        .order_by(Batch.id.desc())
        .limit(PAGE + 1)
    )
    return session.execute(found.where(Batch.id < before) if before else found).all()


def payments_of(session: Session, batch_id: int) -> Sequence[Row[Any]]:
    """The payments of a batch by claim number. One query."""
    return session.execute(
        select(Payment.id, Payment.amount, Payment.state, Payment.reason, Claim.id.label("claim_id"),
               Claim.number, Claim.purpose, Person.name, Person.bank_name, Person.bank_account)
        .join(Claim, Claim.id == Payment.claim_id)
        .join(Person, Person.id == Claim.claimant_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Claim.number)
    ).all()  # fmt: skip


def payment_of(session: Session, claim_id: int) -> Row[Any] | None:
    """The payment of a claim that has not failed, with its batch."""
    return session.execute(
        select(Payment.state, Payment.amount, Batch.paid_on, Batch.reference, Batch.id)
        .join(Batch, Batch.id == Payment.batch_id)
        .where(Payment.claim_id == claim_id, Payment.state != "failed")
    ).one_or_none()

"""Paying approved claims: in batches, exported for the bank, each claim once.

A claim leaves ``approved`` by one conditional update, and a unique index allows one payment
per claim that has not failed: whatever is clicked, retried or raced, it is paid once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.claims import events
from portal.claims.models import (
    APPROVED,
    BATCH_CLOSED,
    BATCH_OPEN,
    PAID,
    PAYING,
    PAYMENT_FAILED,
    PAYMENT_PAID,
    Batch,
    Claim,
    Payment,
)
from portal.core.errors import Invalid, NotAllowed, Stale
from portal.core.events import Subject, record
from portal.core.notices import notify, quicken
from portal.core.words import words
from portal.people.models import Person
from portal.people.queries import people_by_id

MOST_IN_BATCH = 500


@dataclass(frozen=True)
class Transfer:
    """One row of the bank's file. ``amount`` is minor units of the yuan."""

    number: str
    payee: str
    bank: str
    account: str
    amount: int
    remark: str


def start_batch(session: Session, claim_ids: Iterable[int], *, by: int, at: datetime) -> Batch:
    """Put approved claims into a new batch.

    Raises ``Invalid`` without claims or with more than 500, ``NotAllowed`` for the payer's
    own claim, and ``Stale`` when somebody else took one of them; then nothing changes.
    """
    wanted = sorted(set(claim_ids))
    if not wanted:
        raise Invalid(words("Choose at least one claim."))
    if len(wanted) > MOST_IN_BATCH:
        raise Invalid(words("A batch has at most %(most)s claims.", most=MOST_IN_BATCH))
    taken = session.execute(
        update(Claim)
        .where(Claim.id.in_(wanted), Claim.state == APPROVED)
        .values(state=PAYING, version=Claim.version + 1, beat=Claim.beat + 1, updated_at=at)
        .returning(Claim.id, Claim.claimant_id, Claim.total)
        .execution_options(synchronize_session=False)
    ).all()
    if len(taken) != len(wanted):
        raise Stale(words("Some of these claims are in another batch by now. Nothing was changed."))
    if any(row.claimant_id == by for row in taken):
        raise NotAllowed(words("Your own claims have to be paid by somebody else."))
    batch = Batch(created_by_id=by, created_at=at)
    session.add(batch)
    session.flush()
    for row in sorted(taken):
        session.add(Payment(batch_id=batch.id, claim_id=row.id, amount=row.total))
        about = Subject("claim", row.id)
        record(session, events.PAYMENT_STARTED, about, by=by, at=at, batch=batch.id)
    record(session, events.BATCH_MADE, batch.subject, by=by, at=at, claims=wanted)
    quicken(session, {row.claimant_id for row in taken})
    return batch


def close_batch(
    session: Session, batch: Batch, paid_on: date, reference: str, failed: Mapping[int, str],
    *, shown: int, by: int, at: datetime, today: date,
) -> None:  # fmt: skip
    """Mark the batch paid, except the payments in ``failed`` (payment id to reason).

    A failed one goes back to the approved claims. Raises ``Invalid`` for a date in the
    future, a missing reference or reason, and ``Stale`` when it was closed already.
    """
    if paid_on > today:
        raise Invalid(words("The day of payment is in the future."), "paid_on")
    if not reference.strip():
        raise Invalid(
            words("Give the bank's reference, so that the payment is found."), "reference"
        )
    if any(not reason.strip() for reason in failed.values()):
        raise Invalid(words("Say why the payment failed, such as “account closed”."), "failed")
    _move_batch(
        session, batch, shown,
        state=BATCH_CLOSED, closed_at=at, paid_on=paid_on, reference=reference.strip()[:80],
    )  # fmt: skip
    payments = session.scalars(select(Payment).where(Payment.batch_id == batch.id)).all()
    for payment in payments:
        reason = failed.get(payment.id)
        if reason is None:
            _pay(session, payment, batch, by=by, at=at)
        else:
            _fail(session, payment, reason.strip()[:200], by=by, at=at)
    record(
        session, events.BATCH_CLOSED, batch.subject, by=by, at=at,
        reference=batch.reference, paid_on=paid_on.isoformat(), failed=len(failed),
    )  # fmt: skip


def note_export(session: Session, batch: Batch, *, by: int, at: datetime) -> None:
    """Remember that the bank's file was made."""
    session.execute(update(Batch).where(Batch.id == batch.id).values(exported_at=at))
    record(session, events.BATCH_EXPORTED, batch.subject, by=by, at=at)


def transfers(session: Session, batch: Batch) -> Sequence[Transfer]:
    """The batch as rows for the bank, by claim number. One query."""
    rows = session.execute(
        select(
            Claim.number, Person.name, Person.bank_name, Person.bank_account, Payment.amount,
            Claim.purpose,
        )
        .join(Claim, Claim.id == Payment.claim_id)
        .join(Person, Person.id == Claim.claimant_id)
        .where(Payment.batch_id == batch.id)
        .order_by(Claim.number)
    )  # fmt: skip
    return [Transfer(*row) for row in rows]


def _move_batch(session: Session, batch: Batch, shown: int, **values: Any) -> None:
    moved = session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.version == shown, Batch.state == BATCH_OPEN)
        .values(version=Batch.version + 1, **values)
        .returning(Batch)
        .execution_options(populate_existing=True)
    ).first()
    if moved is None:
        raise Stale(words("This batch was closed in the meantime. Nothing was paid twice."))


def _pay(session: Session, payment: Payment, batch: Batch, *, by: int, at: datetime) -> None:
    payment.state = PAYMENT_PAID
    claim = _settle(session, payment, PAID, at, paid_at=at)
    record(
        session, events.PAID, claim.subject, by=by, at=at,
        reference=batch.reference, amount=payment.amount, batch=batch.id,
        paid_on=batch.paid_on.isoformat() if batch.paid_on else None,
    )  # fmt: skip
    _tell(session, claim, events.PAID, at)


def _fail(session: Session, payment: Payment, reason: str, *, by: int, at: datetime) -> None:
    payment.state, payment.reason = PAYMENT_FAILED, reason
    claim = _settle(session, payment, APPROVED, at)
    record(
        session, events.PAYMENT_FAILED, claim.subject, by=by, at=at, comment=reason,
        batch=payment.batch_id,
    )  # fmt: skip
    _tell(session, claim, events.PAYMENT_FAILED, at)


def _settle(session: Session, payment: Payment, state: str, at: datetime, **values: Any) -> Claim:
    claim = session.scalars(
        update(Claim)
        .where(Claim.id == payment.claim_id, Claim.state == PAYING)
        .values(
            state=state, version=Claim.version + 1, beat=Claim.beat + 1, updated_at=at, **values
        )
        .returning(Claim)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if claim is None:
        raise Stale(words("One of the claims is not being paid any more. Nothing was changed."))
    return claim


def _tell(session: Session, claim: Claim, kind: str, at: datetime) -> None:
    notify(
        session, people_by_id(session, [claim.claimant_id]).values(), kind, claim.subject, at=at,
        number=claim.number, purpose=claim.purpose, total=claim.total, who="",
    )  # fmt: skip

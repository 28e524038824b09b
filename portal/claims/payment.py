"""Paying approved claims: in batches, exported for the bank, each claim once.

A claim leaves ``approved`` by one conditional update, and a unique index allows one payment
per claim that has not failed: whatever is clicked, retried or raced, it is paid once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.core.events import record
from portal.core.notices import notify, quicken
from portal.core.words import Words, words
from portal.people.models import Person
from portal.people.queries import people_by_id

MOST_IN_BATCH = 500

OWN = words("Your own claims have to be paid by somebody else.")

BATCH_CANCELLED = "cancelled"
"""State of a batch that was undone. Its payments count as failed, so that others may follow."""

BATCH_WAS_CANCELLED = "batch_cancelled"
"""Event of a batch."""


@dataclass(frozen=True)
class Transfer:
    """One row of the bank's file. ``amount`` is minor units of the yuan."""

    number: str
    payee: str
    bank: str
    account: str
    amount: int
    remark: str


def obstacle(claimant_id: int, bank_account: str, *, by: int) -> Words | None:
    """Why the payer ``by`` cannot put an approved claim into a batch; None when nothing does."""
    if claimant_id == by:
        return OWN
    if not bank_account.strip():
        return words("The bank account is missing. An administrator can enter it under People.")
    return None


def start_batch(session: Session, claim_ids: Iterable[int], *, by: int, at: datetime) -> Batch:
    """Put approved claims into a new batch.

    Raises ``Invalid`` without claims, with more than 500, or with a claimant whose bank
    account is missing; ``NotAllowed`` for the payer's own claim; and ``Stale`` when somebody
    else took one of them. Then nothing changes.
    """
    wanted = sorted(set(claim_ids))
    if not wanted:
        raise Invalid(words("Choose at least one claim."))
    if len(wanted) > MOST_IN_BATCH:
        raise Invalid(words("A batch has at most %(most)s claims.", most=MOST_IN_BATCH))
    taken = _move_claims(session, wanted, APPROVED, PAYING, at)
    if len(taken) != len(wanted):
        raise Stale(
            words(
                "%(numbers)s cannot be paid any more; most likely somebody else has put it into "
                "a batch. Nothing was changed. Open the payments again and choose once more.",
                numbers=_numbers(session, set(wanted) - {claim.id for claim in taken}),
            )
        )
    if any(claim.claimant_id == by for claim in taken):
        raise NotAllowed(OWN)
    payees = _payees(session, taken)
    batch = Batch(created_by_id=by, created_at=at)
    session.add(batch)
    session.flush()
    for claim in taken:
        payee = payees[claim.claimant_id]
        session.add(
            Payment(
                batch_id=batch.id, claim_id=claim.id, amount=claim.total, payee=payee.name,
                bank_name=payee.bank_name, bank_account=payee.bank_account,
            )
        )  # fmt: skip
        record(session, events.PAYMENT_STARTED, claim.subject, by=by, at=at, batch=batch.id)
    record(session, events.BATCH_MADE, batch.subject, by=by, at=at, claims=wanted)
    quicken(session, {claim.claimant_id for claim in taken})
    return batch


def close_batch(
    session: Session, batch: Batch, paid_on: date, reference: str, failed: Mapping[int, str],
    *, shown: int, by: int, at: datetime, today: date,
) -> None:  # fmt: skip
    """Mark the batch paid, except the payments in ``failed`` (payment id to reason).

    A failed one goes back to the approved claims. Raises ``Invalid`` for a date in the
    future or before the batch, a missing reference or reason; ``NotAllowed`` while the
    batch holds the payer's own claim; and ``Stale`` when it was closed already.
    """
    if paid_on > today:
        raise Invalid(words("The day of payment is in the future."), "paid_on")
    # A day of tolerance: the batch knows its moment in UTC and not the company's calendar.
    if paid_on < (batch.created_at - timedelta(days=1)).date():
        raise Invalid(words("The day of payment is earlier than the batch."), "paid_on")
    if not reference.strip():
        raise Invalid(
            words("Give the bank's reference, so that the payment is found."), "reference"
        )
    payments = _payments(session, batch)
    reasons = {number: failed[number].strip()[:200] for number in sorted(failed)}
    if not all(reasons.values()) or not reasons.keys() <= {payment.id for payment in payments}:
        raise Invalid(words("Say why the payment failed, such as “account closed”."), "failed")
    _move_batch(
        session, batch, shown,
        state=BATCH_CLOSED, closed_at=at, paid_on=paid_on, reference=reference.strip()[:80],
    )  # fmt: skip
    for payment in payments:
        payment.reason = reasons.get(payment.id, "")
        payment.state = PAYMENT_FAILED if payment.reason else PAYMENT_PAID
    paid = [p.claim_id for p in payments if p.state == PAYMENT_PAID]
    back = [p.claim_id for p in payments if p.state == PAYMENT_FAILED]
    settled = [
        *_move_claims(session, paid, PAYING, PAID, at, paid_at=at),
        *_move_claims(session, back, PAYING, APPROVED, at),
    ]
    _refuse_lost(payments, settled)
    if any(claim.claimant_id == by for claim in settled):
        raise NotAllowed(words("Your own claim is in this batch; another payer has to close it."))
    _tell_outcome(session, batch, payments, settled, by=by, at=at)
    record(
        session, events.BATCH_CLOSED, batch.subject, by=by, at=at,
        reference=batch.reference, paid_on=paid_on.isoformat(), failed=len(back),
    )  # fmt: skip


def cancel_batch(session: Session, batch: Batch, *, shown: int, by: int, at: datetime) -> None:
    """Undo a batch that was not paid: its claims wait for payment again. Raises ``Stale``."""
    _move_batch(session, batch, shown, state=BATCH_CANCELLED, closed_at=at)
    payments = _payments(session, batch)
    for payment in payments:
        payment.state = PAYMENT_FAILED
    back = _move_claims(session, [p.claim_id for p in payments], PAYING, APPROVED, at)
    _refuse_lost(payments, back)
    for claim in back:
        record(session, events.PAYMENT_CANCELLED, claim.subject, by=by, at=at, batch=batch.id)
    record(session, BATCH_WAS_CANCELLED, batch.subject, by=by, at=at)
    quicken(session, {claim.claimant_id for claim in back})


def note_export(session: Session, batch: Batch, *, by: int, at: datetime) -> None:
    """Remember that the bank's file was made.

    Raises ``NotNow`` once the batch is closed: a file given to the bank then pays twice.
    """
    noted = session.execute(
        update(Batch)
        .where(Batch.id == batch.id, Batch.state == BATCH_OPEN)
        .values(exported_at=at)
        .returning(Batch.id)
    ).first()
    if noted is None:
        raise NotNow(words("This batch is closed. Its file would make the bank pay once more."))
    record(session, events.BATCH_EXPORTED, batch.subject, by=by, at=at)


def transfers(session: Session, batch: Batch) -> Sequence[Transfer]:
    """The batch as rows for the bank, by claim number. One query."""
    rows = session.execute(
        select(
            Claim.number, Claim.purpose, Payment.payee, Payment.bank_name, Payment.bank_account,
            Payment.amount,
        )
        .join(Claim, Claim.id == Payment.claim_id)
        .where(Payment.batch_id == batch.id)
        .order_by(Claim.number)
    )  # fmt: skip
    return [
        Transfer(
            number=row.number or "",
            payee=row.payee,
            bank=row.bank_name,
            account=row.bank_account,
            amount=row.amount,
            remark=row.purpose,
        )
        for row in rows
    ]


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


def _move_claims(
    session: Session, ids: Sequence[int], old: str, new: str, at: datetime, **values: Any
) -> Sequence[Claim]:
    """Those of the claims that were in state ``old`` and now are in ``new``, by id."""
    # Locked in one order first, so that two batches with the same claims never deadlock.
    session.execute(select(Claim.id).where(Claim.id.in_(ids)).order_by(Claim.id).with_for_update())
    moved = session.scalars(
        update(Claim)
        .where(Claim.id.in_(ids), Claim.state == old)
        .values(state=new, version=Claim.version + 1, beat=Claim.beat + 1, updated_at=at, **values)
        .returning(Claim)
        .execution_options(populate_existing=True)
    ).all()
    return sorted(moved, key=lambda claim: claim.id)


def _payments(session: Session, batch: Batch) -> Sequence[Payment]:
    found = select(Payment).where(Payment.batch_id == batch.id).order_by(Payment.claim_id)
    return session.scalars(found).all()


def _refuse_lost(payments: Sequence[Payment], claims: Sequence[Claim]) -> None:
    if len(claims) != len(payments):
        raise Stale(words("One of the claims is not being paid any more. Nothing was changed."))


def _payees(session: Session, claims: Sequence[Claim]) -> Mapping[int, Person]:
    """The claimants by id. Raises ``Invalid`` when a bank account is missing."""
    people = people_by_id(session, (claim.claimant_id for claim in claims))
    without = sorted(p.name for p in people.values() if not p.bank_account.strip())
    if without:
        raise Invalid(
            words(
                "The bank account of %(names)s is missing. An administrator can enter it "
                "under People.",
                names=", ".join(without),
            )
        )
    return people


def _numbers(session: Session, ids: Iterable[int]) -> str:
    found = select(Claim.number).where(Claim.id.in_(sorted(ids)), Claim.number.is_not(None))
    return ", ".join(session.scalars(found.order_by(Claim.number))) or "?"


def _tell_outcome(
    session: Session, batch: Batch, payments: Sequence[Payment], claims: Sequence[Claim],
    *, by: int, at: datetime,
) -> None:  # fmt: skip
    """Write each claim's event and tell its claimant, in the order of people.

    Telling locks the claimant's row of beats; one order keeps two batches from deadlock.
    """
    people = people_by_id(session, (claim.claimant_id for claim in claims))
    made = {payment.claim_id: payment for payment in payments}
    for claim in sorted(claims, key=lambda claim: (claim.claimant_id, claim.id)):
        payment = made[claim.id]
        if payment.state == PAYMENT_PAID:
            kind = events.PAID
            told: dict[str, Any] = {
                "reference": batch.reference,
                "amount": payment.amount,
                "paid_on": batch.paid_on.isoformat() if batch.paid_on else None,
            }
        else:
            kind, told = events.PAYMENT_FAILED, {"comment": payment.reason}
        record(session, kind, claim.subject, by=by, at=at, batch=batch.id, **told)
        notify(
            session, [people[claim.claimant_id]], kind, claim.subject, at=at,
            number=claim.number, purpose=claim.purpose, total=claim.total, who="",
        )  # fmt: skip

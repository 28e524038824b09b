"""Paying approved claims and advances: in batches, exported for the bank, each once.

A claim leaves ``approved`` by one conditional update, and a unique index allows one payment
per claim that has not failed: whatever is clicked, retried or raced, it is paid once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.claims import events, outcome, payable, settling
from portal.claims.models import (
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
from portal.claims.payable import Documents
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.core.events import record
from portal.core.notices import quicken
from portal.core.words import Words, words
from portal.people.models import Person
from portal.people.queries import people_by_id
from portal.prior import balance
from portal.prior import events as prior
from portal.prior.models import PriorRequest

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


def obstacle(
    claimant_id: int, bank_account: str, *, by: int, transfers: bool = True
) -> Words | None:
    """Why the payer ``by`` cannot put an approved claim into a batch; None when nothing does.

    ``transfers``: whether the bank is to transfer anything, so that an account is needed.
    """
    if claimant_id == by:
        return OWN
    if transfers and not bank_account.strip():
        return words("The bank account is missing. An administrator can enter it under People.")
    return None


def start_batch(
    session: Session, claim_ids: Iterable[int], *, by: int, at: datetime,
    advance_ids: Iterable[int] = (),
) -> Batch:  # fmt: skip
    """Put approved claims and advances into a new batch.

    What a claim settles of its claimant's advances is settled here; the rest is transferred,
    which may be nothing. Raises ``Invalid`` without claims, with more than 500, of several
    companies, or with a payee whose bank account is missing; ``NotAllowed`` for the payer's
    own; and ``Stale`` when somebody else took one of them. Then nothing changes.
    """
    claims, advances = sorted(set(claim_ids)), sorted(set(advance_ids))
    wanted = len(claims) + len(advances)
    if not wanted:
        raise Invalid(words("Choose at least one claim."))
    if wanted > MOST_IN_BATCH:
        raise Invalid(words("A batch has at most %(most)s claims.", most=MOST_IN_BATCH))
    taken = payable.take(session, claims, advances, at)
    if len(taken) != wanted:
        lost_claims = set(claims) - {claim.id for claim in taken.claims}
        lost_advances = set(advances) - {advance.id for advance in taken.advances}
        raise Stale(
            words(
                "%(numbers)s cannot be paid any more; most likely somebody else has put it into "
                "a batch. Nothing was changed. Open the payments again and choose once more.",
                numbers=payable.numbers(session, lost_claims, lost_advances),
            )
        )
    if by in taken.owners:
        raise NotAllowed(OWN)
    if len(taken.companies) > 1:
        raise Invalid(
            words("These claims belong to several companies. Make one batch for each company.")
        )
    batch = Batch(created_by_id=by, created_at=at, company_id=taken.companies.pop())
    session.add(batch)
    session.flush()
    _add_payments(session, batch, taken, by=by, at=at)
    record(
        session, events.BATCH_MADE, batch.subject, by=by, at=at, claims=claims, advances=advances
    )
    quicken(session, taken.owners)
    return batch


def _add_payments(
    session: Session, batch: Batch, taken: Documents, *, by: int, at: datetime
) -> None:
    amounts = settling.settle(session, taken.claims, by=by, at=at, on=at.date())
    paid = [c.claimant_id for c in taken.claims if amounts[c.id]]
    payees = _payees(session, taken.owners, {*paid, *(a.owner_id for a in taken.advances)})

    def add(owner_id: int, amount: int, **document: int) -> None:
        payee = payees[owner_id]
        session.add(
            Payment(
                batch_id=batch.id, amount=amount, payee=payee.name, bank_name=payee.bank_name,
                bank_account=payee.bank_account, **document,
            )
        )  # fmt: skip

    for claim in taken.claims:
        add(claim.claimant_id, amounts[claim.id], claim_id=claim.id)
        record(session, events.PAYMENT_STARTED, claim.subject, by=by, at=at, batch=batch.id)
    for advance in taken.advances:
        add(advance.owner_id, advance.amount or 0, advance_id=advance.id)
        record(session, prior.PAYMENT_STARTED, advance.subject, by=by, at=at, batch=batch.id)


def close_batch(
    session: Session, batch: Batch, paid_on: date, reference: str, failed: Mapping[int, str],
    *, shown: int, by: int, at: datetime, today: date,
) -> None:  # fmt: skip
    """Mark the batch paid, except the payments in ``failed`` (payment id to reason).

    A failed one goes back to those approved. Raises ``Invalid`` for a date in the future or
    before the batch, a missing reference or reason; ``NotAllowed`` while the batch holds the
    payer's own claim; and ``Stale`` when it was closed already.
    """
    reference = outcome.checked(batch, paid_on, reference, today)
    payments = _payments(session, batch)
    reasons = {number: failed[number].strip()[:200] for number in sorted(failed)}
    if not all(reasons.values()) or not reasons.keys() <= {payment.id for payment in payments}:
        raise Invalid(words("Say why the payment failed, such as “account closed”."), "failed")
    _move_batch(
        session, batch, shown,
        state=BATCH_CLOSED, closed_at=at, paid_on=paid_on, reference=reference,
    )  # fmt: skip
    for payment in payments:
        payment.reason = reasons.get(payment.id, "")
        payment.state = PAYMENT_FAILED if payment.reason else PAYMENT_PAID
    failures = [p for p in payments if p.state == PAYMENT_FAILED]
    paid = payable.move(
        session, Claim, _claims([p for p in payments if p.state == PAYMENT_PAID]), PAYING, PAID, at,
        paid_at=at,
    )  # fmt: skip
    back = payable.give_back(session, _claims(failures), _advances(failures), at)
    advances = [
        balance.pay_out(session, number, on=paid_on, reference=reference, by=by, at=at)
        for number in _advances([p for p in payments if p.state == PAYMENT_PAID])
    ]
    settled = Documents([*paid, *back.claims], [*advances, *back.advances])
    _refuse_lost(payments, settled)
    if by in settled.owners:
        raise NotAllowed(words("Your own claim is in this batch; another payer has to close it."))
    settling.undo(session, back.claims, by=by, at=at, on=paid_on)
    outcome.tell(session, batch, payments, settled, by=by, at=at)
    record(
        session, events.BATCH_CLOSED, batch.subject, by=by, at=at,
        reference=batch.reference, paid_on=paid_on.isoformat(), failed=len(failures),
    )  # fmt: skip


def cancel_batch(session: Session, batch: Batch, *, shown: int, by: int, at: datetime) -> None:
    """Undo a batch that was not paid: its claims wait for payment again. Raises ``Stale``."""
    _move_batch(session, batch, shown, state=BATCH_CANCELLED, closed_at=at)
    payments = _payments(session, batch)
    for payment in payments:
        payment.state = PAYMENT_FAILED
    back = payable.give_back(session, _claims(payments), _advances(payments), at)
    _refuse_lost(payments, back)
    settling.undo(session, back.claims, by=by, at=at, on=at.date())
    for claim in back.claims:
        record(session, events.PAYMENT_CANCELLED, claim.subject, by=by, at=at, batch=batch.id)
    for advance in back.advances:
        record(session, prior.PAYMENT_CANCELLED, advance.subject, by=by, at=at, batch=batch.id)
    record(session, BATCH_WAS_CANCELLED, batch.subject, by=by, at=at)
    quicken(session, back.owners)


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
    """The batch as rows for the bank, by number; without what advances settle. One query."""
    number = func.coalesce(Claim.number, PriorRequest.number)
    rows = session.execute(
        select(
            number.label("number"), Payment.payee, Payment.bank_name, Payment.bank_account,
            func.coalesce(Claim.purpose, PriorRequest.purpose).label("purpose"), Payment.amount,
        )
        .outerjoin(Claim, Claim.id == Payment.claim_id)
        .outerjoin(PriorRequest, PriorRequest.id == Payment.advance_id)
        .where(Payment.batch_id == batch.id, Payment.amount > 0)
        .order_by(number)
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


def _claims(payments: Sequence[Payment]) -> list[int]:
    return [payment.claim_id for payment in payments if payment.claim_id is not None]


def _advances(payments: Sequence[Payment]) -> list[int]:
    return [payment.advance_id for payment in payments if payment.advance_id is not None]


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


def _payments(session: Session, batch: Batch) -> Sequence[Payment]:
    found = select(Payment).where(Payment.batch_id == batch.id)
    return session.scalars(found.order_by(Payment.claim_id, Payment.advance_id)).all()


def _refuse_lost(payments: Sequence[Payment], documents: Documents) -> None:
    if len(documents) != len(payments):
        raise Stale(words("One of the claims is not being paid any more. Nothing was changed."))


def _payees(session: Session, owners: set[int], transferred: set[int]) -> Mapping[int, Person]:
    """The owners by id. Raises ``Invalid`` when one gets money and has no bank account."""
    people = people_by_id(session, owners)
    without = sorted(people[each].name for each in transferred if not _account(people[each]))
    if without:
        raise Invalid(
            words(
                "The bank account of %(names)s is missing. An administrator can enter it "
                "under People.",
                names=", ".join(without),
            )
        )
    return people


def _account(person: Person) -> str:
    return person.bank_account.strip()

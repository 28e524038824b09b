"""What the bank did with a batch: checked, written on record and told."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.claims import events
from portal.claims.models import PAYMENT_FAILED, PAYMENT_PAID, Batch, Payment
from portal.claims.payable import Documents
from portal.core.errors import Invalid
from portal.core.events import record
from portal.core.notices import notify
from portal.core.words import words
from portal.people.queries import people_by_id
from portal.prior import balance
from portal.prior import events as prior


def checked(batch: Batch, paid_on: date, reference: str, today: date) -> str:
    """The bank's reference as it is kept. Raises ``Invalid`` at its field, or the day's."""
    if paid_on > today:
        raise Invalid(words("The day of payment is in the future."), "paid_on")
    # A day of tolerance: the batch knows its moment in UTC and not the company's calendar.
    if paid_on < (batch.created_at - timedelta(days=1)).date():
        raise Invalid(words("The day of payment is earlier than the batch."), "paid_on")
    if not reference.strip():
        raise Invalid(
            words("Give the bank's reference, so that the payment is found."), "reference"
        )
    return reference.strip()[:80]


def tell(
    session: Session, batch: Batch, payments: Sequence[Payment], documents: Documents,
    *, by: int, at: datetime,
) -> None:  # fmt: skip
    """Write each claim's event and tell its claimant, in the order of people.

    Telling locks the claimant's row of beats; one order keeps two batches from deadlock. Of
    a paid advance ``balance.pay_out`` has told already.
    """
    people = people_by_id(session, documents.owners)
    made = {payment.claim_id: payment for payment in payments}
    for claim in sorted(documents.claims, key=lambda claim: (claim.claimant_id, claim.id)):
        payment = made[claim.id]
        if payment.state == PAYMENT_PAID:
            kind = events.PAID
            told: dict[str, Any] = {
                "reference": batch.reference,
                "amount": payment.amount,
                "settled": claim.total - payment.amount,
                "paid_on": batch.paid_on.isoformat() if batch.paid_on else None,
            }
        else:
            kind, told = events.PAYMENT_FAILED, {"comment": payment.reason}
        record(session, kind, claim.subject, by=by, at=at, batch=batch.id, **told)
        notify(
            session, [people[claim.claimant_id]], kind, claim.subject, at=at,
            number=claim.number, purpose=claim.purpose, total=claim.total, who="",
        )  # fmt: skip
    for payment in payments:
        if payment.advance_id is not None and payment.state == PAYMENT_FAILED:
            advance = next(a for a in documents.advances if a.id == payment.advance_id)
            kind, reason = prior.PAYMENT_FAILED, payment.reason
            record(session, kind, advance.subject, by=by, at=at, batch=batch.id, comment=reason)
            balance.tell(session, advance, kind, at)

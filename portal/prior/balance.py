"""What is owed on an advance: paid out, settled by claims, returned in cash.

Every change is one conditional update of ``owed`` and one movement in the same transaction,
so the movements always add up to what is owed, and no order of changes makes it negative.
All amounts are minor units of the advance's currency.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotAllowed, Stale
from portal.core.events import record
from portal.core.money import parse_amount
from portal.core.notices import notify, quicken
from portal.core.words import Amount, words
from portal.people.queries import told_people
from portal.prior import events
from portal.prior.access import Seen, may_repay
from portal.prior.models import ADVANCE, PAID, PAYING, SETTLED, Movement, PriorRequest

PAID_OUT, SETTLED_BY, RESTORED, REPAID = "paid", "settled", "restored", "returned"
"""Kinds of movements: paid and restored add to what is owed, the others take from it."""

TELL_OWED = (events.SETTLED, events.RESTORED, events.OVERDUE)

CHANGED = words("The advance has changed since this page was shown.")


def pay_out(
    session: Session, advance_id: int, *, on: date, reference: str, by: int, at: datetime
) -> PriorRequest:
    """The bank has paid the advance: all of it is owed from now on. Raises ``Stale``."""
    paid = _changed(
        session, advance_id, PriorRequest.state == PAYING, at,
        state=PAID, owed=PriorRequest.amount, paid_at=at,
    )  # fmt: skip
    amount = paid.amount or 0
    _move(session, paid, PAID_OUT, amount, on=on, by=by, at=at, reference=reference)
    record(
        session, events.PAID, paid.subject, by=by, at=at,
        amount=amount, reference=reference, paid_on=on.isoformat(),
    )  # fmt: skip
    tell(session, paid, events.PAID, at)
    return paid


def settle(
    session: Session, advance_id: int, amount: int, *, claim_id: int, number: str, on: date,
    by: int, at: datetime,
) -> PriorRequest:  # fmt: skip
    """Settle ``amount`` by a claim that bears ``number``. Raises ``Stale`` when less is owed."""
    settled = _take(session, advance_id, amount, at)
    _move(session, settled, SETTLED_BY, -amount, on=on, by=by, at=at, claim_id=claim_id)
    record(session, events.SETTLED, settled.subject, by=by, at=at, amount=amount, claim=number)
    tell(session, settled, events.SETTLED, at)
    return settled


def restore(
    session: Session, advance_id: int, amount: int, *, claim_id: int, number: str, on: date,
    by: int, at: datetime,
) -> PriorRequest:  # fmt: skip
    """Owe again what a claim had settled, because its payment failed or was cancelled.

    Raises ``Stale`` when the claim has not settled that much of the advance.
    """
    # Locked first, so that of two who give it back at once the second sees what the first did.
    session.execute(select(PriorRequest.id).where(PriorRequest.id == advance_id).with_for_update())
    held = session.scalar(
        select(-func.sum(Movement.amount)).where(
            Movement.advance_id == advance_id, Movement.claim_id == claim_id
        )
    )
    if not 0 < amount <= (held or 0):
        raise Stale(CHANGED)
    restored = _changed(
        session, advance_id, PriorRequest.state.in_((PAID, SETTLED)), at,
        state=PAID, owed=PriorRequest.owed + amount,
    )  # fmt: skip
    _move(session, restored, RESTORED, amount, on=on, by=by, at=at, claim_id=claim_id)
    record(session, events.RESTORED, restored.subject, by=by, at=at, amount=amount, claim=number)
    tell(session, restored, events.RESTORED, at)
    return restored


def repay(
    session: Session, seen: Seen, amount: str, reference: str, *, on: date, today: date,
    shown: int, at: datetime,
) -> PriorRequest:  # fmt: skip
    """Note cash that the owner returned, as finance typed it.

    Raises ``Invalid`` for an amount that is none or more than is owed, a day in the future
    or before the advance was paid and a missing reference; ``NotAllowed``; and ``Stale``.
    """
    advance = seen.request
    if not may_repay(seen):
        raise NotAllowed(words("Only finance can note what is returned, and never their own."))
    try:
        returned = parse_amount(amount, advance.currency)
    except Invalid as refusal:
        raise Invalid(refusal.words, "amount") from None
    if returned > advance.owed:
        owed = Amount(advance.owed, advance.currency)
        raise Invalid(words("That is more than the %(owed)s still owed.", owed=owed), "amount")
    if on > today:
        raise Invalid(words("The day is in the future."), "on")
    if advance.paid_at and on < min(advance.paid_at.date(), today):
        raise Invalid(words("The day is earlier than the payment of the advance."), "on")
    if not reference.strip():
        raise Invalid(words("Give a reference, such as the receipt's number."), "reference")
    left = _take(session, advance.id, returned, at, shown=shown)
    reference = reference.strip()[:80]
    _move(session, left, REPAID, -returned, on=on, by=seen.reader.id, at=at, reference=reference)
    record(
        session, events.REPAID, left.subject, by=seen.reader.id, at=at,
        amount=returned, reference=reference, paid_on=on.isoformat(),
    )  # fmt: skip
    tell(session, left, events.REPAID, at, seen.reader.name)
    return left


def tell(session: Session, advance: PriorRequest, kind: str, at: datetime, who: str = "") -> None:
    """Tell the owner what became of the advance, and what is owed now where that is the point."""
    notify(
        session, told_people(session, [advance.owner_id]), kind, advance.subject, at=at,
        number=advance.number, purpose=advance.purpose, who=who,
        total=advance.owed if kind in TELL_OWED else advance.amount,
    )  # fmt: skip


def _take(
    session: Session, advance_id: int, amount: int, at: datetime, *, shown: int | None = None
) -> PriorRequest:
    if amount <= 0:
        raise ValueError("only a sum above zero can be taken from what is owed")
    enough = (PriorRequest.state == PAID) & (PriorRequest.owed >= amount)
    if shown is not None:
        enough &= PriorRequest.version == shown
    left = PriorRequest.owed - amount
    return _changed(
        session, advance_id, enough, at,
        owed=left, state=case((left == 0, SETTLED), else_=PAID),
    )  # fmt: skip


def _changed(
    session: Session, advance_id: int, still: Any, at: datetime, **values: Any
) -> PriorRequest:
    """The advance after one conditional update. Raises ``Stale`` when it was not ``still`` so."""
    session.flush()
    changed = session.scalars(
        update(PriorRequest)
        .where(PriorRequest.id == advance_id, PriorRequest.kind == ADVANCE, still)
        .values(
            version=PriorRequest.version + 1, beat=PriorRequest.beat + 1, updated_at=at, **values
        )
        .returning(PriorRequest)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if changed is None:
        raise Stale(CHANGED)
    quicken(session, [changed.owner_id])
    return changed


def _move(session: Session, advance: PriorRequest, kind: str, amount: int, **values: Any) -> None:
    by = values.pop("by")
    session.add(Movement(advance_id=advance.id, kind=kind, amount=amount, by_id=by, **values))
    session.flush()


def shares(owed: Mapping[int, int], wanted: Mapping[int, int], total: int) -> dict[int, int]:
    """How much of each advance (id to minor units owed) a claim of ``total`` settles.

    ``wanted`` limits single advances; one that is not named is settled as far as the claim
    goes. Those named first in ``owed`` come first. Nothing is ever more than is owed, and
    all together never more than ``total``.
    """
    left, parts = max(total, 0), {}
    for advance_id, most in owed.items():
        part = max(0, min(most, wanted.get(advance_id, most), left))
        if part:
            parts[advance_id] = part
            left -= part
    return parts

"""What a claimant chooses to settle of his advances by a claim (核销), see ``settling``.

What is chosen with the submission is kept for the claim until it is paid or given up: other
claims are offered only the rest. Amounts are minor units of the claim's currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.models import PAID, PAYING, REJECTED, Claim, Settlement
from portal.claims.settling import Payable, fits, owed_by, planned_for, reserved_by
from portal.core.errors import Invalid
from portal.core.words import Amount, Words, words
from portal.prior import balance
from portal.prior.models import PriorRequest


@dataclass(frozen=True)
class Offer:
    """An advance that a claim may settle.

    ``open`` is what is owed of it without what other claims under way will settle
    (``reserved``); ``amount`` is what this claim settles unless the claimant says otherwise.
    """

    advance: PriorRequest
    reserved: int
    open: int
    amount: int


@dataclass(frozen=True)
class Share:
    """What a claim settles of an advance, or shall when it is paid, of what was ``chosen``."""

    advance_id: int
    number: str
    chosen: int
    amount: int


def offers(session: Session, claim: Claim, *, lock: bool = False) -> Sequence[Offer]:
    """The advances that the claim may settle, the first due first. Three queries.

    What was chosen before stands, as far as it is still open and the claim comes to it.
    """
    advances = [each for each in owed_by(session, [claim], lock=lock) if fits(claim, each)]
    reserved = reserved_by(session, [each.id for each in advances], but=[claim.id])
    left = {each.id: max(0, each.owed - reserved[each.id]) for each in advances}
    chosen = {row.advance_id: row.amount for row in planned_for(session, [claim.id])}
    usual = balance.shares(left, chosen, claim.total)
    return [
        Offer(each, reserved[each.id], left[each.id], usual.get(each.id, 0)) for each in advances
    ]


def check_choice(claim: Payable, offered: Iterable[Offer], wanted: Mapping[int, int]) -> None:
    """Refuse what cannot be settled: ``Invalid`` at ``settle-<id>-amount`` of the advance.

    ``wanted`` is how much of which advance; each at most what is open of it, and all together
    at most what the claim comes to.
    """
    open_of = {offer.advance.id: offer.open for offer in offered}
    left = claim.total
    for advance_id, amount in wanted.items():
        at = f"settle-{advance_id}-amount"
        if advance_id not in open_of or amount < 0:
            raise Invalid(words("This advance cannot be settled by this claim."), at)
        if amount > open_of[advance_id]:
            most = Amount(open_of[advance_id], claim.currency)
            raise Invalid(words("Only %(most)s of this advance is open.", most=most), at)
        if amount > left:
            raise Invalid(_too_much(claim, left), at)
        left -= amount


def _too_much(claim: Payable, left: int) -> Words:
    total = Amount(claim.total, claim.currency)
    if left == claim.total:
        return words("That is more than the %(total)s that the claim comes to.", total=total)
    return words(
        "The amounts above leave only %(left)s of the %(total)s that the claim comes to.",
        left=Amount(left, claim.currency), total=total,
    )  # fmt: skip


def plan_settlement(session: Session, claim: Claim, wanted: Mapping[int, int]) -> None:
    """Keep how much of which advance the claimant wants the claim to settle.

    ``wanted`` replaces what was planned; 0 leaves an advance alone, and so does not naming it
    beside others. The caller has taken the version of the claim. Raises ``Invalid`` as
    ``check_choice`` does. The advances are locked first, so that of two claims sent at once
    the second sees what the first reserves.
    """
    check_choice(claim, offers(session, claim, lock=True) if wanted else (), wanted)
    planned = {row.advance_id: row for row in planned_for(session, [claim.id])}
    for advance_id, row in planned.items():
        if advance_id not in wanted:
            session.delete(row)
    for advance_id, amount in wanted.items():
        if advance_id in planned:
            planned[advance_id].amount = amount
        else:
            session.add(Settlement(claim_id=claim.id, advance_id=advance_id, amount=amount))
    session.flush()


def shares_of(session: Session, claim: Claim) -> Sequence[Share]:
    """What the claim settles, by number of the advances. One query.

    Before its payment what was chosen, as far as it is still owed; then what was settled. A
    rejected claim settles nothing.
    """
    rows = session.execute(
        select(Settlement, PriorRequest.number, PriorRequest.owed)
        .join(PriorRequest, PriorRequest.id == Settlement.advance_id)
        .where(Settlement.claim_id == claim.id, Settlement.amount > 0)
        .order_by(PriorRequest.number)
    )
    over = claim.state in (PAYING, PAID, REJECTED)
    return [
        Share(
            row.advance_id, number or "", row.amount,
            (row.settled or 0) if over else min(row.amount, owed),
        )
        for row, number, owed in rows
    ]  # fmt: skip

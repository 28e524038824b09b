"""Settling advances by claims (核销): what a claim leaves to be transferred.

The claimant chooses how much of which advance, see ``choosing``; a claim without a choice
settles as much as it can, the first due first. It happens when the claim is put into a payment
batch, and is undone when the payment fails or the batch is cancelled. Amounts are minor units.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.claims.models import (
    APPROVED,
    PAID,
    PAYING,
    SUBMITTED,
    Claim,
    Settlement,
)
from portal.prior import balance
from portal.prior.models import ADVANCE, PriorRequest


class Payable(Protocol):
    """A claim, or the row of one in a list."""

    @property
    def id(self) -> int: ...

    @property
    def state(self) -> str: ...

    @property
    def claimant_id(self) -> int: ...

    @property
    def company_id(self) -> int: ...

    @property
    def currency(self) -> str: ...

    @property
    def total(self) -> int: ...


@dataclass(frozen=True)
class Net:
    """What a claim settles, by advance, and what is left ``to_pay``."""

    to_pay: int
    settled: Mapping[int, int] = field(default_factory=dict)


def net(session: Session, claim: Payable) -> tuple[Mapping[int, int], int]:
    """What the claim settles by advance, and what is left to pay.

    Before its payment as things stand now, from then on as it was done.
    """
    if claim.state in (PAYING, PAID):
        rows = planned_for(session, [claim.id])
        done = {row.advance_id: row.settled for row in rows if row.settled}
        return done, claim.total - sum(done.values())
    found = nets(session, [claim])[claim.id]
    return found.settled, found.to_pay


def nets(session: Session, claims: Sequence[Payable], *, lock: bool = False) -> dict[int, Net]:
    """What approved claims settle if paid now, those named first served first. Three queries.

    A claim whose claimant chose settles that, or what is left of it; one without a choice
    leaves alone what other claims under way will settle.
    """
    chosen: dict[int, dict[int, int]] = {}
    for row in planned_for(session, [claim.id for claim in claims]):
        chosen.setdefault(row.claim_id, {})[row.advance_id] = row.amount
    by_owner: dict[int, list[PriorRequest]] = {}
    for advance in owed_by(session, claims, lock=lock):
        by_owner.setdefault(advance.owner_id, []).append(advance)
    left = {each.id: each.owed for owned in by_owner.values() for each in owned}
    reserved = reserved_by(session, left, but=[claim.id for claim in claims])
    for wanted in chosen.values():
        reserved.update(wanted)
    found = {}
    for claim in claims:
        fitting = [each.id for each in by_owner.get(claim.claimant_id, ()) if fits(claim, each)]
        if claim.id in chosen:
            wanted = chosen[claim.id]
            reserved.subtract(wanted)
            owed = {each: left[each] for each in fitting if each in wanted}
        else:
            wanted = {}
            owed = {each: max(0, left[each] - reserved[each]) for each in fitting}
        done = balance.shares(owed, wanted, claim.total)
        for advance_id, amount in done.items():
            left[advance_id] -= amount
        found[claim.id] = Net(claim.total - sum(done.values()), done)
    return found


def settle(
    session: Session, claims: Sequence[Claim], *, by: int, at: datetime, on: date
) -> dict[int, int]:
    """Settle advances by claims that are put into a batch; what is left to pay by claim.

    Raises ``Stale`` when somebody else settles the same advance at this moment.
    """
    found = nets(session, claims, lock=True)
    planned = {(r.claim_id, r.advance_id): r for r in planned_for(session, [c.id for c in claims])}
    for claim in claims:
        for advance_id, amount in found[claim.id].settled.items():
            balance.settle(
                session, advance_id, amount, claim_id=claim.id, number=claim.number or "",
                on=on, by=by, at=at,
            )  # fmt: skip
            row = planned.get((claim.id, advance_id))
            if row is None:
                row = Settlement(claim_id=claim.id, advance_id=advance_id, amount=amount)
                session.add(row)
            row.settled = amount
    session.flush()
    return {claim_id: each.to_pay for claim_id, each in found.items()}


def undo(session: Session, claims: Sequence[Claim], *, by: int, at: datetime, on: date) -> None:
    """Owe again what claims had settled that were not paid after all."""
    numbers = {claim.id: claim.number or "" for claim in claims}
    for row in sorted(planned_for(session, numbers), key=lambda row: row.advance_id):
        if row.settled:
            balance.restore(
                session, row.advance_id, row.settled, claim_id=row.claim_id,
                number=numbers[row.claim_id], on=on, by=by, at=at,
            )  # fmt: skip
            row.settled = None
    session.flush()


def planned_for(session: Session, claim_ids: Iterable[int]) -> Sequence[Settlement]:
    """What was chosen for the claims, and what of it they settled. One query."""
    found = select(Settlement).where(Settlement.claim_id.in_(sorted(claim_ids)))
    return session.scalars(found.order_by(Settlement.claim_id, Settlement.advance_id)).all()


def reserved_by(
    session: Session, advance_ids: Iterable[int], *, but: Collection[int]
) -> Counter[int]:
    """What submitted and approved claims, ``but`` for these, will settle of the advances."""
    rows = session.execute(
        select(Settlement.advance_id, func.sum(Settlement.amount))
        .join(Claim, Claim.id == Settlement.claim_id)
        .where(
            Settlement.advance_id.in_(sorted(advance_ids)),
            Settlement.claim_id.not_in(sorted(but)),
            Claim.state.in_((SUBMITTED, APPROVED)),
        )
        .group_by(Settlement.advance_id)
    )
    return Counter({advance_id: int(total) for advance_id, total in rows})


def owed_by(
    session: Session, claims: Sequence[Payable], *, lock: bool = False
) -> Sequence[PriorRequest]:
    """What the claimants owe, the first due first; locked in the order of ids."""
    owners = sorted({claim.claimant_id for claim in claims})
    found = (
        select(PriorRequest)
        .where(
            PriorRequest.owner_id.in_(owners),
            PriorRequest.kind == ADVANCE,
            PriorRequest.owed > 0,
        )
        .order_by(PriorRequest.id)
        .execution_options(populate_existing=True)
    )
    advances = session.scalars(found.with_for_update() if lock else found).all()
    return sorted(advances, key=lambda each: (each.ends_on or date.max, each.id))


def fits(claim: Payable, advance: PriorRequest) -> bool:
    """Whether the claim may settle the advance: same person, company and currency."""
    ours = (claim.claimant_id, claim.company_id, claim.currency)
    return ours == (advance.owner_id, advance.company_id, advance.currency)

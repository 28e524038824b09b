"""Settling advances by claims (核销): what a claim leaves to be transferred.

The claimant says how much of which advance; an advance he says nothing about is settled as
far as the claim goes, the first due first. It happens when the claim is put into a payment
batch, and is undone when the payment fails or the batch is cancelled. Amounts are minor units.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.models import Claim, Settlement
from portal.core.errors import Invalid
from portal.core.words import words
from portal.prior import balance
from portal.prior.models import ADVANCE, PriorRequest


class Payable(Protocol):
    """A claim, or the row of one in a list."""

    @property
    def id(self) -> int: ...

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


def plan_settlement(session: Session, claim: Claim, wanted: Mapping[int, int]) -> None:
    """Remember how much of which advance the claimant wants the claim to settle.

    ``wanted`` replaces what was planned; 0 leaves an advance alone. More than is owed, or than
    the claim comes to, is no fault: at payment it is cut to that. The caller has taken the
    version of the draft. Raises ``Invalid`` for an advance of somebody else, of another
    company or currency, and for less than nothing.
    """
    found = session.scalars(select(PriorRequest).where(PriorRequest.id.in_(sorted(wanted))))
    own = {each.id for each in found if each.kind == ADVANCE and _fits(claim, each)}
    if not wanted.keys() <= own or min(wanted.values(), default=0) < 0:
        raise Invalid(words("This advance cannot be settled by this claim."), "settle")
    planned = {row.advance_id: row for row in _planned(session, [claim.id])}
    for advance_id, row in planned.items():
        if advance_id not in wanted:
            session.delete(row)
    for advance_id, amount in wanted.items():
        if advance_id in planned:
            planned[advance_id].amount = amount
        else:
            session.add(Settlement(claim_id=claim.id, advance_id=advance_id, amount=amount))
    session.flush()


def net(session: Session, claim: Payable) -> tuple[Mapping[int, int], int]:
    """What the claim settles by advance, and what is left to pay. Two queries.

    Before its payment as things stand now, from then on as it was done.
    """
    found = nets(session, [claim])[claim.id]
    return found.settled, found.to_pay


def nets(session: Session, claims: Sequence[Payable], *, lock: bool = False) -> dict[int, Net]:
    """What ``net`` says for several claims, those named first served first. Two queries."""
    planned: dict[int, list[Settlement]] = {}
    for row in _planned(session, [claim.id for claim in claims]):
        planned.setdefault(row.claim_id, []).append(row)
    advances = _owed(session, claims, lock=lock)
    left = {advance.id: advance.owed for advance in advances}
    found = {}
    for claim in claims:
        rows = planned.get(claim.id, [])
        done = {row.advance_id: row.settled for row in rows if row.settled}
        if not done:
            owed = {each.id: left[each.id] for each in advances if _fits(claim, each)}
            wanted = {row.advance_id: row.amount for row in rows}
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
    planned = {(r.claim_id, r.advance_id): r for r in _planned(session, [c.id for c in claims])}
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
    for row in sorted(_planned(session, numbers), key=lambda row: row.advance_id):
        if row.settled:
            balance.restore(
                session, row.advance_id, row.settled, claim_id=row.claim_id,
                number=numbers[row.claim_id], on=on, by=by, at=at,
            )  # fmt: skip
            row.settled = None
    session.flush()


def _planned(session: Session, claim_ids: Iterable[int]) -> Sequence[Settlement]:
    found = select(Settlement).where(Settlement.claim_id.in_(sorted(claim_ids)))
    return session.scalars(found.order_by(Settlement.claim_id, Settlement.advance_id)).all()


def _owed(
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


def _fits(claim: Payable, advance: PriorRequest) -> bool:
    """Whether the claim may settle the advance: same person, company and currency."""
    ours = (claim.claimant_id, claim.company_id, claim.currency)
    return ours == (advance.owner_id, advance.company_id, advance.currency)

"""The trip that a claim refers to (事前申请), as the rules ask for it. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from portal.claims.models import DRAFT, EXPENSE, REJECTED, TRAVEL, WITHDRAWN, Claim
from portal.core.errors import Invalid
from portal.core.words import words
from portal.prior.models import APPROVED, TRIP, PriorRequest


@dataclass(frozen=True)
class TripFacts:
    """The budget of a trip, its first and last day, and what other live claims spent on it."""

    trip_budget: int | None = None
    trip_days: tuple[date, date] | None = None
    trip_spent_before: int = 0


def trip_facts(session: Session, claim: Claim) -> TripFacts:
    """What the policy asks about the claim's trip; nothing without one. Two queries at most."""
    if claim.trip_id is None:
        return TripFacts()
    trip = session.get_one(PriorRequest, claim.trip_id)
    spent = session.scalar(
        select(cast(func.sum(Claim.total), BigInteger)).where(
            Claim.trip_id == trip.id,
            Claim.id != claim.id,
            Claim.state.not_in((DRAFT, REJECTED, WITHDRAWN)),
        )
    )
    days = (trip.starts_on, trip.ends_on) if trip.starts_on and trip.ends_on else None
    return TripFacts(trip.amount, days, spent or 0)


def choose_trip(session: Session, claim: Claim, trip_id: int | None) -> None:
    """Let the claim refer to an approved trip of its claimant; None: to no trip.

    A claim of a trip prints as a travel form (差旅费报销单). The caller has taken the version
    of the draft. Raises ``Invalid`` for any other trip; the one it refers to already may stay
    although it was closed since.
    """
    claim.kind = EXPENSE if trip_id is None else TRAVEL
    if trip_id is None or trip_id == claim.trip_id:
        claim.trip_id = trip_id
        return
    found = session.scalar(
        select(PriorRequest.id).where(
            PriorRequest.id == trip_id,
            PriorRequest.kind == TRIP,
            PriorRequest.owner_id == claim.claimant_id,
            PriorRequest.state == APPROVED,
        )
    )
    if found is None:
        raise Invalid(words("This trip cannot be claimed for any more."), "trip_id")
    claim.trip_id = found

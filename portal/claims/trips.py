"""The trip that a claim refers to (事前申请), as the rules ask for it. Amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
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


def trip_facts(session: Session, claims: Sequence[Claim]) -> dict[int, TripFacts]:
    """By claim what the policy asks about its trip; nothing without one. Two queries at most."""
    trips = sorted({claim.trip_id for claim in claims if claim.trip_id is not None})
    if not trips:
        return {claim.id: TripFacts() for claim in claims}
    found = {
        trip.id: trip
        for trip in session.scalars(select(PriorRequest).where(PriorRequest.id.in_(trips)))
    }
    live = session.execute(
        select(Claim.trip_id, Claim.id, Claim.total).where(
            Claim.trip_id.in_(trips), Claim.state.not_in((DRAFT, REJECTED, WITHDRAWN))
        )
    ).all()
    facts: dict[int, TripFacts] = {}
    for claim in claims:
        trip = found.get(claim.trip_id) if claim.trip_id is not None else None
        if trip is None:
            facts[claim.id] = TripFacts()
            continue
        spent = sum(row.total for row in live if row.trip_id == trip.id and row.id != claim.id)
        days = (trip.starts_on, trip.ends_on) if trip.starts_on and trip.ends_on else None
        facts[claim.id] = TripFacts(trip.amount, days, spent)
    return facts


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

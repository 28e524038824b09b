"""The trip that a claim refers to."""

import pytest
from sqlalchemy.orm import Session

from portal.claims.trips import TripFacts, choose_trip, trip_facts
from portal.core.clock import now
from portal.core.errors import Invalid
from portal.prior import queries, workflow
from portal.prior.models import ADVANCE, TRIP
from tests.claims.stories import draft, person, send
from tests.prior import requests
from tests.prior.requests import approved, seen, today


def test_a_claim_knows_the_budget_and_what_others_spent_on_it(session: Session) -> None:
    trip = approved(session, TRIP, 1_000_00)
    earlier, rejected, claim = (draft(session, "alice", total) for total in (400_00, 90_00, 70_00))
    for each in (earlier, rejected, claim):
        choose_trip(session, each, trip.id)
    send(session, earlier)
    rejected.state = "rejected"
    assert trip.starts_on is not None
    assert trip.ends_on is not None
    wanted = TripFacts(1_000_00, (trip.starts_on, trip.ends_on), 400_00)
    without = draft(session, "alice")
    assert trip_facts(session, [claim, without]) == {claim.id: wanted, without.id: TripFacts()}


def test_only_an_approved_open_trip_of_the_claimant_can_be_chosen(session: Session) -> None:
    trip, waiting = approved(session, TRIP), requests.send(session, requests.draft(session, TRIP))
    advance, others = approved(session, ADVANCE), draft(session, "dan")
    claim, late = draft(session, "alice"), draft(session, "alice")
    choose_trip(session, claim, trip.id)
    for wrong in (waiting.id, advance.id, 999):
        with pytest.raises(Invalid):
            choose_trip(session, claim, wrong)
    with pytest.raises(Invalid):
        choose_trip(session, others, trip.id)
    mine = seen(session, trip.id, "alice")
    workflow.close(session, mine, shown=trip.version, at=now())
    with pytest.raises(Invalid):
        choose_trip(session, late, trip.id)
    choose_trip(session, claim, trip.id)
    assert claim.trip_id == trip.id


def test_trips_are_offered_for_a_year_after_their_last_day(session: Session) -> None:
    trip = approved(session, TRIP)
    alice = person(session, "alice").id
    assert [each.id for each in queries.trips_for(session, alice, today())] == [trip.id]
    assert trip.ends_on is not None
    later = trip.ends_on + queries.RECENT
    assert len(queries.trips_for(session, alice, later)) == 1
    assert queries.trips_for(session, alice, later.replace(year=later.year + 1)) == []

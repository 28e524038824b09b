"""Trip requests and advances on their way: the same engine as claims."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.handover import hand_over
from portal.core.clock import now
from portal.core.errors import Invalid, NotAllowed, NotNow, Stale
from portal.people.models import Company
from portal.prior import events, queries, workflow
from portal.prior.models import ADVANCE, TRIP
from tests.claims.stories import person, told
from tests.prior.requests import (
    approve,
    approved,
    draft,
    happened,
    judged,
    seen,
    send,
    today,
    waits_for,
)


def test_a_trip_goes_to_the_line_manager_and_is_approved(session: Session) -> None:
    trip = send(session, draft(session, TRIP))
    assert waits_for(session, trip) == ["bob"]
    assert told(session, "bob") == [events.SUBMITTED]
    approve(session, trip, "bob")
    assert (trip.state, trip.number) == ("approved", f"TR{today().year}-000001")
    assert told(session, "alice") == [events.APPROVED]
    assert happened(session, trip) == [events.CREATED, events.SUBMITTED, events.APPROVED]


def test_an_advance_also_needs_finance_and_a_large_one_the_executive(session: Session) -> None:
    small = send(session, draft(session, ADVANCE))
    approve(session, small, "bob")
    assert waits_for(session, small) == ["carol"]
    approve(session, small, "carol")
    assert small.state == "approved"
    large = send(session, draft(session, ADVANCE, 10_000_01))
    approve(session, large, "bob", "carol")
    assert waits_for(session, large) == ["grace"]


def test_numbers_run_by_kind_and_bear_the_prefix_of_the_company(session: Session) -> None:
    session.scalars(select(Company)).one().prefix = "SH-"
    year = today().year
    made = [send(session, draft(session, kind)).number for kind in (TRIP, ADVANCE, TRIP)]
    assert made == [f"SH-TR{year}-000001", f"SH-JK{year}-000001", f"SH-TR{year}-000002"]


def test_nobody_decides_on_his_own(session: Session) -> None:
    own = send(session, draft(session, TRIP, name="bob"))
    assert waits_for(session, own) == ["grace"]
    with pytest.raises(NotAllowed, match="own"):
        workflow.approve(session, seen(session, own.id, "bob"), shown=own.version, at=now())


def test_of_two_who_decide_the_second_is_told(session: Session) -> None:
    trip = send(session, draft(session, TRIP))
    first, second = seen(session, trip.id, "bob"), seen(session, trip.id, "bob")
    shown = trip.version
    workflow.approve(session, first, shown=shown, at=now())
    with pytest.raises(Stale):
        workflow.reject(session, second, "No.", shown=shown, at=now())
    assert trip.state == "approved"


def test_a_returned_request_comes_back_to_who_returned_it(session: Session) -> None:
    advance = send(session, draft(session, ADVANCE))
    approve(session, advance, "bob")
    looked = seen(session, advance.id, "carol")
    with pytest.raises(Invalid):
        workflow.return_(session, looked, " ", shown=advance.version, at=now())
    workflow.return_(session, looked, "How long?", shown=advance.version, at=now())
    session.commit()
    assert advance.state == "returned"
    assert waits_for(session, send(session, advance)) == ["carol"]
    assert advance.number == f"JK{today().year}-000001"


def test_a_rejected_request_is_over(session: Session) -> None:
    trip = send(session, draft(session, TRIP))
    looked = seen(session, trip.id, "bob")
    workflow.reject(session, looked, "Not this year.", shown=trip.version, at=now())
    assert trip.state == "rejected"
    with pytest.raises(NotNow):
        workflow.withdraw(session, seen(session, trip.id, "alice"), shown=trip.version, at=now())


def test_an_approved_advance_can_be_withdrawn_a_trip_only_closed(session: Session) -> None:
    advance, trip = approved(session, ADVANCE), approved(session, TRIP)
    mine = seen(session, advance.id, "alice")
    workflow.withdraw(session, mine, shown=advance.version, at=now())
    assert advance.state == "withdrawn"
    mine = seen(session, trip.id, "alice")
    with pytest.raises(NotNow):
        workflow.withdraw(session, mine, shown=trip.version, at=now())
    workflow.close(session, mine, shown=trip.version, at=now())
    assert trip.state == "closed"
    assert list(queries.trips_for(session, trip.owner_id, today())) == []


def test_what_stops_a_request_is_said_when_it_is_sent(session: Session) -> None:
    with pytest.raises(Invalid, match="1"):
        send(session, draft(session, TRIP, starts=9, ends=5))


def test_what_waits_for_a_leaver_goes_to_somebody_else(session: Session) -> None:
    trip = send(session, draft(session, TRIP))
    bob = person(session, "bob")
    bob.active = False
    session.flush()
    assert hand_over(session, [bob.id], by=person(session, "admin").id, at=now()) == 1
    session.commit()
    assert waits_for(session, trip) == ["grace"]
    assert happened(session, trip)[-1] == events.STEP_MOVED
    assert told(session, "grace") == [events.SUBMITTED]


def test_a_withdrawn_request_starts_from_the_beginning(session: Session) -> None:
    advance = send(session, draft(session, ADVANCE))
    approve(session, advance, "bob")
    mine = seen(session, advance.id, "alice")
    workflow.withdraw(session, mine, shown=advance.version, at=now())
    assert waits_for(session, advance) == []
    _findings, planned = judged(session, advance)
    assert [step.approved_before for step in planned.needed] == [False, False]

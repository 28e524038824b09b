"""Saving a request never refuses; what is wrong with it is found."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.errors import Stale
from portal.policy.findings import stopping
from portal.prior import drafting
from portal.prior.drafting import Typed
from portal.prior.models import ADVANCE, TRIP
from portal.prior.problems import Owed, problems
from tests.claims.stories import person
from tests.prior.requests import draft, today


def rules(found: object) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in found]  # type: ignore[attr-defined]


def test_what_cannot_be_understood_is_kept_as_typed_and_found(session: Session) -> None:
    trip = draft(session, TRIP)
    typed = Typed("Fair", "12oo", "soon", "2026-13-01")
    drafting.save(session, trip, typed, shown=trip.version, at=now())
    assert trip.typed == {"amount": "12oo", "starts_on": "soon", "ends_on": "2026-13-01"}
    assert (trip.amount, trip.starts_on, trip.ends_on) == (None, None, None)
    assert rules(problems(trip, [], today=today())) == [
        ("prior_not_understood", name) for name in ("amount", "starts_on", "ends_on")
    ]


@pytest.mark.parametrize(
    ("kind", "missing"),
    [(TRIP, ["purpose", "amount", "starts_on", "ends_on"]),
     (ADVANCE, ["purpose", "amount", "ends_on"])],
)  # fmt: skip
def test_an_empty_request_says_what_it_needs(
    session: Session, kind: str, missing: list[str]
) -> None:
    owner = person(session, "alice")
    empty = drafting.create(session, kind, by=owner.id, department_id=owner.department_id, at=now())
    found = problems(empty, [], today=today())
    assert rules(found) == [("prior_missing", name) for name in missing]
    assert len(stopping(found)) == len(missing)


def test_a_trip_in_the_past_needs_a_reason_and_the_remarks_give_it(session: Session) -> None:
    trip = draft(session, TRIP, starts=-2, ends=3)
    [found] = problems(trip, [], today=today())
    assert (found.rule, found.stops) == ("prior_begun", True)
    trip.remarks = "The customer called at night."
    [found] = problems(trip, [], today=today())
    assert not found.stops


@pytest.mark.parametrize(("starts", "ends"), [(5, 4), (0, 400)])
def test_days_that_cannot_be_stop_a_trip(session: Session, starts: int, ends: int) -> None:
    trip = draft(session, TRIP, starts=starts, ends=ends)
    assert rules(stopping(problems(trip, [], today=today()))) == [("prior_days", "ends_on")]


def test_an_advance_is_not_settled_in_the_past_nor_in_a_year(session: Session) -> None:
    past, far = draft(session, ADVANCE, ends=-1), draft(session, ADVANCE, ends=300)
    assert rules(stopping(problems(past, [], today=today()))) == [("prior_days", "ends_on")]
    assert rules(stopping(problems(far, [], today=today()))) == [("prior_far", "remarks")]


def test_whoever_owes_an_older_advance_says_why_he_needs_another(session: Session) -> None:
    older = Owed("JK2026-000001", 300_00, "CNY", today() - timedelta(days=4))
    [found] = problems(draft(session, ADVANCE), [older], today=today())
    assert found.rule == "advance_overdue"
    assert "300.00" in str(found.says)
    assert found.stops


def test_a_draft_that_was_changed_elsewhere_is_not_overwritten(session: Session) -> None:
    trip = draft(session, TRIP)
    with pytest.raises(Stale):
        drafting.save(session, trip, Typed("Other"), shown=trip.version - 1, at=now())
    assert trip.purpose == "Trade fair"


def test_an_advance_is_for_a_trip_of_the_same_person(session: Session) -> None:
    mine, other = draft(session, TRIP), draft(session, TRIP, name="dan")
    assert draft(session, ADVANCE, trip=mine).trip_id == mine.id
    assert draft(session, ADVANCE, trip=other).trip_id is None

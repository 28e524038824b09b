"""The trip that a claim is for, chosen on the claim form."""

from flask import Flask

from portal.prior.models import TRIP
from tests.blueprints.claims.pages import claim_id, editing, good, press, stored, value
from tests.browser import Visitor
from tests.claims.stories import writing
from tests.prior import requests


def a_trip(app: Flask, name: str = "alice", approver: str = "bob") -> tuple[int, str]:
    """An approved trip of somebody's: id and number."""
    with writing(app) as session:
        sent = requests.send(session, requests.draft(session, TRIP, name=name))
        trip = requests.approve(session, sent, approver)
        return trip.id, trip.number or ""


def test_a_claim_for_a_trip_prints_as_a_travel_form(alice: Visitor, app: Flask) -> None:
    trip_id, number = a_trip(app)
    editing(alice)
    alice.sees(number, "prints as a travel form")
    press(alice, "save", purpose="Visit", trip=str(trip_id), **good(alice, amount="80"))
    claim = stored(app, claim_id(alice))
    assert (claim.trip_id, claim.kind) == (trip_id, "travel")
    press(alice, "save", trip="")
    claim = stored(app, claim_id(alice))
    assert (claim.trip_id, claim.kind) == (None, "expense")


def test_nobody_claims_for_the_trip_of_another(alice: Visitor, app: Flask) -> None:
    a_trip(app)
    theirs, _number = a_trip(app, "dan", "grace")
    editing(alice)
    press(alice, "save", purpose="Kept all the same", trip=str(theirs))
    assert alice.status == 422
    alice.sees("This trip cannot be claimed for any more.")
    assert value(alice, "purpose") == "Kept all the same"


def test_whoever_has_no_trip_is_not_asked_for_one(alice: Visitor) -> None:
    editing(alice)
    alice.misses("Trip request")

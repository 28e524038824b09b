"""Sending, withdrawing and closing."""

from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.prior.pages import a_draft, a_sent
from tests.browser import Visitor


def test_it_works(app, alice: Visitor) -> None:
    path = a_draft(app)
    alice.go(path + "/submit").send("submit")
    assert alice.path == path
    alice.sees("Submitted.", "In approval", "Bob", "submitted it")


def test_what_is_not_ready_goes_back_to_the_form(app, alice: Visitor) -> None:
    alice.go(a_draft(app, starts=9, ends=5) + "/submit")
    alice.sees("The trip ends before it begins.", "Please look at this first")


def test_a_request_is_withdrawn_and_hidden_from_its_approver(
    app, alice: Visitor, bob: Visitor
) -> None:
    path = a_sent(app, TRIP, purpose="Secret fair")
    alice.go(path + "/withdraw").send("withdraw")
    alice.sees("Withdrawn.", "Change and submit again")
    bob.go(path).sees("This was taken back").misses("Secret fair")


def test_an_approved_trip_is_closed(app, alice: Visitor) -> None:
    path = a_sent(app, TRIP, "bob")
    alice.go(path + "/close").sees("Close this trip?").send("close")
    alice.sees("The trip is closed.", "Ended")
    assert alice.go(path + "/close").status == 403


def test_an_advance_is_not_closed(app, alice: Visitor) -> None:
    assert alice.go(a_sent(app, ADVANCE, "bob", "carol") + "/close").status == 403


def test_it_refuses_a_stranger(app, dan: Visitor) -> None:
    for step in ("submit", "withdraw", "close"):
        assert dan.go(f"{a_sent(app)}/{step}").status == 404

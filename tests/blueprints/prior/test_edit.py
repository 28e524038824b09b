"""Filling a request: saved however incomplete, and checked before it is sent."""

from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.prior.pages import a_draft, a_sent
from tests.browser import Visitor
from tests.prior.requests import in_days


def control(visitor: Visitor, name: str) -> str:
    [found] = visitor.find(f"[name={name}]")
    return found.attributes.get("value") or found.text()


def test_it_works(alice: Visitor) -> None:
    alice.go("/trips/").send("new")
    days = {"starts_on": in_days(4), "ends_on": in_days(6)}
    alice.send("prior-form", ("do", "save"), purpose="Fair", amount="3,000", **days)
    alice.sees("Saved.", "Who will approve", "Bob")
    assert (control(alice, "amount"), control(alice, "starts_on")) == ("3000.00", in_days(4))


def test_what_cannot_be_understood_is_kept_and_said_at_its_field(alice: Visitor) -> None:
    alice.go("/advances/").send("new")
    alice.send("prior-form", ("do", "check"), amount="a lot", ends_on="soon")
    alice.sees("Please look at this first", "This is not an amount", "“soon” is not a day")
    assert (control(alice, "amount"), control(alice, "ends_on")) == ("a lot", "soon")
    assert alice.find(".field-wrong #amount")


def test_a_good_request_goes_on_to_the_confirmation(app, alice: Visitor) -> None:
    alice.go(a_draft(app, ADVANCE) + "/edit").send("prior-form", ("do", "check"))
    assert alice.path.endswith("/submit")
    alice.sees("Submit this request?", "¥1,200.00", "Carol")


def test_two_windows_do_not_overwrite_each_other(app, alice: Visitor) -> None:
    path = a_draft(app) + "/edit"
    other = Visitor(app).signed_in("alice").go(path)
    alice.go(path).send("prior-form", ("do", "save"), purpose="First")
    other.send("prior-form", ("do", "save"), purpose="Second")
    assert other.status == 409
    other.sees("changed in another window")
    assert control(other, "purpose") == "Second"
    other.send("prior-form", ("do", "save"))
    assert control(other, "purpose") == "Second"


def test_the_language_changes_without_losing_anything(app, alice: Visitor) -> None:
    alice.go(a_draft(app) + "/edit")
    alice.send("prior-form", ("language", "zh"), purpose="Half fil")
    assert control(alice, "purpose") == "Half fil"
    alice.sees("由谁审批")


def test_a_draft_can_be_deleted(app, alice: Visitor) -> None:
    path = a_draft(app)
    alice.go(path + "/delete").sees("Delete this draft?").send("delete")
    alice.sees("The draft is deleted.")
    assert alice.go(path + "/edit").status == 404


def test_it_refuses_a_stranger_and_what_was_sent(app, alice: Visitor, dan: Visitor) -> None:
    assert dan.go(a_draft(app) + "/edit").status == 404
    assert alice.go(a_sent(app) + "/edit").status == 403


def test_a_trip_is_not_found_among_the_advances(app, alice: Visitor) -> None:
    path = a_draft(app, TRIP).replace("trips", "advances")
    assert alice.go(path + "/edit").status == 404

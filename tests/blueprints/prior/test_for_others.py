"""Filling trip requests and advances for colleagues who allow it."""

from flask import Flask
from sqlalchemy import select

from portal.prior import events
from portal.prior.models import ADVANCE, TRIP, PriorRequest
from tests.blueprints.claims.test_for_others import allow
from tests.blueprints.prior.pages import address
from tests.browser import Visitor
from tests.claims.stories import person, told, writing
from tests.prior.requests import approve, in_days, waits_for


def begun(deputy: Visitor, shelf: str = "trips") -> Visitor:
    """A draft for alice, as the deputy presses his button."""
    deputy.go(f"/{shelf}/for-others")
    [button] = [b for b in deputy.find("form#new button") if b.text() == "Alice"]
    return deputy.send("new", press=("owner", str(button.attributes["value"])))


def submitted(deputy: Visitor, shelf: str = "trips") -> str:
    """The address of a request of alice's that the deputy began, filled and sent."""
    begun(deputy, shelf).sees("You fill this for Alice.")
    days = {"starts_on": in_days(3)} if shelf == "trips" else {}
    deputy.send(
        "prior-form",
        ("do", "check"),
        purpose="Trade fair",
        amount="900",
        ends_on=in_days(5),
        **days,
    )
    return deputy.send("submit").path


def test_it_works_and_both_are_named(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    path = submitted(dan)
    dan.sees("Alice · filled by Dan", "Dan submitted it for Alice, ¥900.00.")
    with writing(app) as session:
        asked = session.scalars(select(PriorRequest)).one()
        assert asked.owner_id == person(session, "alice").id
        assert asked.entered_by_id == person(session, "dan").id
        assert events.FILLED_FOR_YOU in told(session, "alice")
        assert waits_for(session, asked) == ["bob"]
    dan.go("/trips/for-others").sees("Trade fair", "Alice", "In approval")
    alice = Visitor(app).signed_in("alice").go("/notices/")
    alice.sees("Dan submitted a request in your name; you can withdraw it")
    alice.go(path + "/withdraw").send("withdraw").sees("Withdrawn.")
    assert dan.go(path + "/withdraw").status == 403


def test_nobody_fills_for_those_who_do_not_allow_it(app: Flask, dan: Visitor) -> None:
    dan.go("/advances/for-others").sees("Nobody lets you fill requests yet.")
    with writing(app) as session:
        alice = person(session, "alice").id
    assert dan.post("/advances/new", {"owner": str(alice)}).status == 403


def test_who_filled_it_never_decides_on_it(app: Flask, bob: Visitor) -> None:
    """Bob is her manager, and would decide; nobody else but the fallback is left."""
    allow(app, "alice", "bob")
    path = submitted(bob)
    with writing(app) as session:
        asked = session.scalars(select(PriorRequest)).one()
        assert waits_for(session, asked) == ["admin"]
        tick = f"{asked.id}:{asked.version}"
        version = str(asked.version)
    assert not bob.go("/approvals/").find(f"a[href='{path}']")
    assert not bob.go(path).find("#decision")
    for decision in ("approve", "return", "reject", "ask"):
        form = {"decision": decision, "comment": "Mine", "version": version}
        assert bob.post(path + "/decide", form).status == 403
    assert bob.post("/approvals/several", {"request": tick}).status == 403
    with writing(app) as session:
        assert session.scalars(select(PriorRequest.state)).one() == "submitted"


def test_finance_that_filled_an_advance_leaves_its_review_to_others(app: Flask) -> None:
    """Carol is the only one in finance, so the fallback reviews what she filled."""
    allow(app, "alice", "carol")
    submitted(Visitor(app).signed_in("carol"), "advances")
    with writing(app) as session:
        asked = session.scalars(select(PriorRequest)).one()
        assert asked.kind == ADVANCE
        assert waits_for(session, approve(session, asked, "bob")) == ["admin"]


def test_drafts_are_out_of_reach_once_it_is_not_allowed_any_more(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    path = begun(dan).path
    alice = Visitor(app).signed_in("alice").go("/account/deputies/")
    button = alice.find("form#revoke button")[0].attributes["value"]
    alice.send("revoke", press=("deputy", str(button)))
    assert dan.go(path).status == 404
    assert alice.go(path).status == 200


def test_a_deputy_deletes_the_draft_he_began(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    path = begun(dan).path
    dan.go(path.replace("/edit", "/delete")).send("delete").sees("The draft is deleted.")
    with writing(app) as session:
        assert session.scalars(select(PriorRequest).where(PriorRequest.kind == TRIP)).all() == []


def test_a_stranger_and_another_deputy_see_nothing_of_a_draft(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    allow(app, "alice", "erin")
    begun(dan)
    with writing(app) as session:
        path = address(session.scalars(select(PriorRequest)).one())
    for name in ("erin", "carol"):
        assert Visitor(app).signed_in(name).go(path).status == 404

"""Filling claims for colleagues who allow it."""

from flask import Flask
from sqlalchemy import select

from portal.claims.models import Claim
from portal.core.db import db
from tests.browser import Visitor
from tests.claims.stories import (
    fill,
    give_receipts,
    happened,
    person,
    seen,
    told,
    waits_for,
    writing,
)


def allow(app: Flask, principal: str, deputy: str) -> None:
    Visitor(app).signed_in(principal).go("/account/deputies/").send("deputies", deputy=deputy)


def begun(deputy: Visitor, principal: str = "Alice") -> Visitor:
    """A draft for somebody, as the deputy presses his button."""
    deputy.go("/claims/for-others")
    [button] = [b for b in deputy.find("form#new button") if b.text() == principal]
    return deputy.send("new", press=("claimant", str(button.attributes["value"])))


def submitted(app: Flask, deputy: Visitor) -> Visitor:
    """A claim of alice's that the deputy began, filled and sent."""
    begun(deputy).sees("You fill this for Alice.")
    with writing(app) as session:
        claim = session.scalars(select(Claim)).one()
        fill(session, claim, 500_00, purpose="Office things")
        give_receipts(session, claim)
    return deputy.go(f"/claims/{claim.id}/submit").send("submit")


def the_claim(app: Flask) -> Claim:
    with app.app_context():
        return db.session.scalars(select(Claim)).one()


def test_it_works_and_both_are_named(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    submitted(app, dan).sees("Alice · filled by Dan", "Dan submitted the claim for Alice")
    with writing(app) as session:
        claim = session.scalars(select(Claim)).one()
        assert claim.claimant_id == person(session, "alice").id
        assert claim.entered_by_id == person(session, "dan").id
        assert claim.department_id == person(session, "alice").department_id
        assert "filled_for_you" in told(session, "alice")
        assert happened(session, claim) == ["claim_created", "claim_submitted"]
        assert waits_for(session, claim) == ["bob"]


def test_the_claimant_sees_it_among_hers_and_can_withdraw(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    submitted(app, dan)
    claim = the_claim(app)
    alice = Visitor(app).signed_in("alice").go("/claims/").sees("Office things")
    alice.go(f"/claims/{claim.id}/withdraw").send("withdraw")
    assert the_claim(app).state == "withdrawn"
    dan.go(f"/claims/{claim.id}/withdraw")
    assert dan.status == 403


def test_nobody_fills_for_those_who_do_not_allow_it(app: Flask, dan: Visitor) -> None:
    dan.go("/claims/for-others").sees("Nobody lets you fill claims yet.")
    with writing(app) as session:
        alice = person(session, "alice").id
    assert dan.post("/claims/new", {"claimant": str(alice)}).status == 403


def test_who_filled_it_never_decides_on_it(app: Flask, bob: Visitor) -> None:
    """Bob is her manager, and would decide; nobody else but the fallback is left."""
    allow(app, "alice", "bob")
    submitted(app, bob)
    with writing(app) as session:
        claim = session.scalars(select(Claim)).one()
        assert waits_for(session, claim) == ["admin"]
    bob.go("/approvals/")
    assert not bob.find(f"a[href='/claims/{claim.id}']")


def test_drafts_are_out_of_reach_once_it_is_not_allowed_any_more(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    begun(dan)
    path = dan.path
    alice = Visitor(app).signed_in("alice").go("/account/deputies/")
    button = alice.find("form#revoke button")[0].attributes["value"]
    alice.send("revoke", press=("deputy", str(button)))
    assert dan.go(path).status == 404
    assert alice.go(path).status == 200


def test_a_stranger_and_another_deputy_see_nothing_of_a_draft(app: Flask, dan: Visitor) -> None:
    allow(app, "alice", "dan")
    allow(app, "alice", "erin")
    begun(dan)
    for name in ("erin", "carol"):
        assert Visitor(app).signed_in(name).go(dan.path).status == 404


def test_limits_are_those_of_the_claimant(app: Flask) -> None:
    """Grace is a director and fills for alice, who is staff."""
    allow(app, "alice", "grace")
    grace = Visitor(app).signed_in("grace")
    begun(grace)
    with writing(app) as session:
        claim = session.scalars(select(Claim)).one()
        assert seen(session, claim.id, "grace").fills
        assert not seen(session, claim.id, "grace").mine

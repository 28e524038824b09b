"""Approving several at once: only clean ones, only after a page that names them."""

from flask import Flask
from sqlalchemy import select

from portal.prior.models import ADVANCE, TRIP, PriorRequest
from tests.blueprints.claims.pages import a_sent, stored
from tests.blueprints.prior.pages import a_sent as a_request
from tests.browser import Visitor
from tests.claims.stories import approve, draft, happened, seen, send, writing


def tick(app: Flask, *numbers: int) -> list[str]:
    return [f"{number}:{stored(app, number).version}" for number in numbers]


def test_it_works(bob: Visitor, app: Flask) -> None:
    numbers = [a_sent(app, 500_00 + n, purpose=f"Trip {n}") for n in range(3)]
    bob.go("/approvals/").send("inbox", claim=tick(app, *numbers[:2]))
    bob.sees("Approve 2 items?", "Trip 0", "Trip 1", "¥1,000.01").misses("Trip 2")
    assert stored(app, numbers[0]).version == stored(app, numbers[2]).version
    bob.send("confirm").sees("2 approved.", "Trip 2").misses("Trip 1")
    with writing(app) as session:
        for number in numbers[:2]:
            claim = seen(session, number, "bob").claim
            assert happened(session, claim)[-1] == "claim_step_approved"


def test_nothing_ticked_is_said(bob: Visitor, app: Flask) -> None:
    a_sent(app)
    bob.go("/approvals/").post("/approvals/confirm").sees("Choose at least one.")


def test_what_changed_meanwhile_is_left_out_and_named(
    bob: Visitor, alice: Visitor, app: Flask
) -> None:
    stays, changes = a_sent(app, 500_00), a_sent(app, 600_00)
    bob.go("/approvals/").send("inbox", claim=tick(app, stays, changes))
    alice.go(f"/claims/{changes}/withdraw").send("withdraw")
    bob.send("confirm").sees("1 approved.", "Changed in the meantime and not approved: BX")
    assert stored(app, changes).state == "withdrawn"


def test_no_one_approves_own_claim_among_several(bob: Visitor, app: Flask) -> None:
    mine, other = a_sent(app, 500_00, name="bob"), a_sent(app)
    bob.go("/approvals/").post("/approvals/several", {"claim": tick(app, other, mine)})
    with writing(app) as session:
        kinds = happened(session, seen(session, mine, "bob").claim)
    assert kinds == ["claim_created", "claim_submitted"]


def test_claims_with_findings_are_refused_even_by_hand(bob: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = draft(session, "alice", 500_00, category="local_transport")
        claim.lines[0].reason = "Night train"
        number = send(session, claim).id
    for path in ("confirm", "several"):
        bob.go("/approvals/").post(f"/approvals/{path}", {"claim": tick(app, number)})
        assert bob.status == 422
    assert stored(app, number).version == claim.version


def test_a_stranger_cannot_tell_which_claims_there_are(dan: Visitor, app: Flask) -> None:
    number = a_sent(app)
    for ticked in (f"{number}:3", f"{number + 1}:3"):
        assert dan.go("/approvals/").post("/approvals/several", {"claim": ticked}).status == 404


def test_bent_ticks_are_survived(bob: Visitor, app: Flask) -> None:
    for ticked in ("x", "1", "²:²", "1:99999999999999999999999", ":"):
        bob.go("/approvals/").post("/approvals/several", {"claim": ticked})
        assert bob.status in (200, 404), ticked


def test_a_double_click_approves_each_once(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    bob.go("/approvals/").send("inbox", claim=tick(app, number))
    fields = {
        node.attributes["name"] or "": node.attributes["value"] or ""
        for node in bob.find("form#confirm input")
    }
    for _click in range(2):
        assert bob.client.post("/approvals/several", data=fields).status_code == 303
    with writing(app) as session:
        claim = seen(session, number, "bob").claim
        assert happened(session, claim).count("claim_step_approved") == 1
        approve(session, claim, "carol")


def request_ticks(app: Flask) -> list[str]:
    """Every trip request and advance, as it is ticked now."""
    with writing(app) as session:
        found = session.scalars(select(PriorRequest).order_by(PriorRequest.id)).all()
        return [f"{each.id}:{each.version}" for each in found]


def test_claims_and_requests_are_approved_together(bob: Visitor, app: Flask) -> None:
    claim = a_sent(app, 500_00, purpose="Dinner")
    a_request(app, TRIP, purpose="Fair")
    a_request(app, ADVANCE, purpose="Deposit")
    chosen = {"claim": tick(app, claim), "request": request_ticks(app)}
    bob.go("/approvals/").send("inbox", **chosen)
    bob.sees("Approve 3 items?", "Dinner", "Trip request", "Fair", "Advance", "¥2,900.00")
    bob.send("confirm").sees("3 approved.", "Nothing waits for your decision.")


def test_a_request_that_changed_meanwhile_is_left_out_and_named(
    bob: Visitor, alice: Visitor, app: Flask
) -> None:
    path = a_request(app)
    bob.go("/approvals/").send("inbox", request=request_ticks(app))
    alice.go(path + "/withdraw").send("withdraw")
    bob.send("confirm").sees("Changed in the meantime and not approved: TR")


def test_requests_with_findings_have_to_be_opened(bob: Visitor, app: Flask) -> None:
    a_request(app, TRIP, starts=-2, remarks="The customer called")
    assert not bob.go("/approvals/").find("input[name=request]")
    for path in ("confirm", "several"):
        bob.go("/approvals/").post(f"/approvals/{path}", {"request": request_ticks(app)})
        assert bob.status == 422


def test_a_stranger_cannot_tell_which_requests_there_are(dan: Visitor, app: Flask) -> None:
    a_request(app)
    for ticked in (*request_ticks(app), "99:1"):
        assert dan.go("/approvals/").post("/approvals/several", {"request": ticked}).status == 404

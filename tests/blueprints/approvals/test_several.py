"""Approving several at once: only clean ones, only after a page that names them."""

from flask import Flask

from tests.blueprints.claims.pages import a_sent, stored
from tests.browser import Visitor
from tests.claims.stories import approve, draft, happened, seen, send, writing


def tick(app: Flask, *numbers: int) -> list[str]:
    return [f"{number}:{stored(app, number).version}" for number in numbers]


def test_it_works(bob: Visitor, app: Flask) -> None:
    numbers = [a_sent(app, 500_00, purpose=f"Trip {n}") for n in range(3)]
    bob.go("/approvals/").send("inbox", claim=tick(app, *numbers[:2]))
    bob.sees("Approve 2 claims?", "Trip 0", "Trip 1", "¥1,000.00").misses("Trip 2")
    assert stored(app, numbers[0]).version == stored(app, numbers[2]).version
    bob.send("confirm").sees("2 claims approved.", "Trip 2").misses("Trip 1")
    with writing(app) as session:
        for number in numbers[:2]:
            claim = seen(session, number, "bob").claim
            assert happened(session, claim)[-1] == "claim_step_approved"


def test_nothing_ticked_is_said(bob: Visitor, app: Flask) -> None:
    a_sent(app)
    bob.go("/approvals/").post("/approvals/confirm").sees("Choose at least one claim.")


def test_what_changed_meanwhile_is_left_out_and_named(
    bob: Visitor, alice: Visitor, app: Flask
) -> None:
    stays, changes = a_sent(app), a_sent(app)
    bob.go("/approvals/").send("inbox", claim=tick(app, stays, changes))
    alice.go(f"/claims/{changes}/withdraw").send("withdraw")
    bob.send("confirm").sees("1 claim approved.", "Changed in the meantime and not approved: BX")
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

"""Deciding on one claim, at most once, and never on one's own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from portal.core.events import broken_links
from tests.blueprints.claims.pages import a_sent, stored, value
from tests.browser import Visitor, filled
from tests.claims.stories import approve, happened, seen, sent, told, writing


def opened(visitor: Visitor, number: int) -> Visitor:
    return visitor.go(f"/claims/{number}")


def decide(visitor: Visitor, decision: str, **fields: str) -> Visitor:
    return visitor.send("decision", ("decision", decision), **fields)


def test_it_works(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    decide(opened(bob, number), "approve", comment="Fine").sees("Approved.", "To approve")
    opened(bob, number).sees("approved a step.", "Fine")
    assert not bob.find("#decision")


def test_a_return_says_why_for_each_line(bob: Visitor, alice: Visitor, app: Flask) -> None:
    number = a_sent(app, 500_00, 600_00)
    opened(bob, number)
    second = bob.find("textarea[name^=reason-]")[1].attributes["name"] or ""
    decide(bob, "return", comment="See line 2", **{second: "Which printer?"})
    bob.sees("Returned to the claimant.")
    opened(alice, number).sees("See line 2", "Which printer?", "Change and submit again")


@pytest.mark.parametrize("decision", ["return", "reject", "ask"])
def test_without_a_reason_nothing_is_decided_and_the_field_says_so(
    bob: Visitor, app: Flask, decision: str
) -> None:
    number = a_sent(app)
    decide(opened(bob, number), decision, comment="  ")
    assert (bob.status, stored(app, number).state) == (422, "submitted")
    assert bob.find("#error-summary a[href='#comment']")
    assert bob.find("#comment[aria-invalid=true]")
    decide(bob, decision, comment="Private")
    assert bob.status == 200


def test_a_remark_that_is_too_long_is_kept_and_explained(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    decide(opened(bob, number), "return", comment="x" * 2001)
    assert (bob.status, stored(app, number).state) == (422, "submitted")
    [remark] = bob.find("form#decision textarea[name=comment]")
    assert remark.text().strip() == "x" * 2001
    reason = bob.find("textarea[name^=reason-]")[0].attributes["name"] or ""
    decide(bob, "return", comment="See the line", **{reason: "y" * 2001})
    assert (bob.status, stored(app, number).state) == (422, "submitted")


def test_a_refused_return_keeps_the_reasons_of_lines(bob: Visitor, app: Flask) -> None:
    opened(bob, a_sent(app, 500_00))
    reason = bob.find("textarea[name^=reason-]")[0].attributes["name"] or ""
    decide(bob, "reject", **{reason: "Half typed"})
    assert (bob.status, value(bob, reason)) == (422, "Half typed")


def test_a_rejection_ends_it(bob: Visitor, alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    decide(opened(bob, number), "reject", comment="Private").sees("Rejected.")
    opened(alice, number).sees("Rejected", "Private", "Copy to a new claim")
    assert not alice.find("a[href$='/edit']")


@pytest.mark.parametrize("decision", ["approve", "return", "reject", "ask"])
def test_no_one_decides_on_his_own_claim(bob: Visitor, app: Flask, decision: str) -> None:
    number = a_sent(app, 500_00, name="bob")
    assert not opened(bob, number).find("#decision")
    version = str(stored(app, number).version)
    form = {"decision": decision, "version": version, "comment": "Mine"}
    bob.post(f"/approvals/{number}/decide", form)
    assert (bob.status, stored(app, number).state) == (403, "submitted")


@pytest.mark.parametrize(("name", "status"), [("dan", 404), ("ivan", 403), ("carol", 403)])
def test_it_refuses_whom_the_step_does_not_wait_for(app: Flask, name: str, status: int) -> None:
    number = a_sent(app)
    visitor = Visitor(app).signed_in(name)
    form = {"decision": "approve", "version": str(stored(app, number).version)}
    assert visitor.post(f"/approvals/{number}/decide", form).status == status
    assert stored(app, number).state == "submitted"


def test_it_rejects_get(bob: Visitor, app: Flask) -> None:
    assert bob.go(f"/approvals/{a_sent(app)}/decide").status == 405


@pytest.mark.parametrize(
    ("form", "status"),
    [({"decision": "bless", "version": "3"}, 422), ({}, 422), ({"decision": "approve"}, 409),
     ({"decision": "approve", "version": "x"}, 409)],
)  # fmt: skip
def test_a_bent_decision_is_refused_politely(
    bob: Visitor, app: Flask, form: dict[str, str], status: int
) -> None:
    number = a_sent(app)
    bob.post(f"/approvals/{number}/decide", form)
    assert (bob.status, stored(app, number).state) == (status, "submitted")


def test_a_stale_decision_tells_what_happened_and_keeps_the_remark(
    bob: Visitor, alice: Visitor, app: Flask
) -> None:
    number = a_sent(app)
    opened(bob, number)
    alice.go(f"/claims/{number}/withdraw").send("withdraw")
    decide(bob, "return", comment="Please name the customer")
    assert bob.status == 409
    bob.sees("Something changed in the meantime", "withdrew the claim", "Please name the customer")
    assert stored(app, number).state == "withdrawn"


def test_who_is_too_late_is_told_who_was_faster(carol: Visitor, app: Flask) -> None:
    with writing(app) as session:
        claim = sent(session, "alice", 500_00)
        approve(session, claim, "bob")
    opened(carol, claim.id)
    behind = filled(carol.find("form#decision")[0])
    decide(carol, "approve")
    behind["decision"] = "reject"
    behind["comment"] = "Second thoughts"
    behind["form_key"] = ""
    carol.post(f"/approvals/{claim.id}/decide", behind)
    assert (carol.status, stored(app, claim.id).state) == (409, "approved")
    carol.sees("approved the claim", "Second thoughts")


def test_a_double_click_approves_one_step(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    form = filled(opened(bob, number).find("form#decision")[0])
    form["decision"] = "approve"
    first, second = (bob.client.post(f"/approvals/{number}/decide", data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with writing(app) as session:
        kinds = happened(session, seen(session, number, "bob").claim)
    assert kinds.count("claim_step_approved") == 1


def test_of_fifty_approvals_at_once_one_happens(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    forms = []
    for _window in range(50):
        form = filled(opened(bob, number).find("form#decision")[0])
        form["decision"] = "approve"
        forms.append(form)
    cookie = bob.client.get_cookie("portal")
    assert cookie is not None

    def post(form: object) -> int:
        client = app.test_client()
        client.set_cookie("portal", cookie.value)
        return client.post(f"/approvals/{number}/decide", data=form).status_code  # type: ignore[arg-type]

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(post, forms))
    assert (statuses.count(303), statuses.count(409)) == (1, 49)
    with writing(app) as session:
        claim = seen(session, number, "bob").claim
        assert happened(session, claim).count("claim_step_approved") == 1
        assert told(session, "carol") == ["claim_submitted"]
        assert list(broken_links(session)) == []


def test_nothing_decides_by_opening_an_address(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    for address in (f"/claims/{number}", f"/claims/{number}?decision=approve",
                    f"/claims/{number}/changes"):  # fmt: skip
        bob.go(address)
    assert stored(app, number).state == "submitted"

"""Sending a claim, once, and taking it back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from portal.core.db import db
from portal.core.events import broken_links
from tests.blueprints.claims.pages import (
    a_draft,
    a_sent,
    editing,
    good,
    press,
    stored,
)
from tests.browser import Visitor, filled
from tests.claims.stories import attach_invoice, draft, happened, seen, sent, told, writing


def test_it_works(alice: Visitor, app: Flask) -> None:
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/edit")
    press(alice, "check").sees("Submit this claim?", "¥500.00", "Bob", "Carol")
    alice.send("submit").sees("Submitted. You can follow it here.", "In approval")
    with writing(app) as session:
        assert told(session, "bob") == ["claim_submitted"]


def test_it_is_not_offered_while_something_stops_it(alice: Visitor) -> None:
    editing(alice)
    press(alice, "check", **good(alice)).sees("The claim has no purpose.")
    assert alice.find("#error-summary")
    assert alice.go(alice.path.replace("/edit", "/submit").split("?")[0]).find("#error-summary")


def test_it_refuses_what_something_stops_even_when_posted_by_hand(
    alice: Visitor, app: Flask
) -> None:
    number = a_draft(app, 500_00, receipts=False)
    alice.go("/").post(f"/claims/{number}/submit", {"version": "2"})
    assert alice.status == 422
    assert stored(app, number).state == "draft"


def test_it_refuses_a_page_that_is_behind(alice: Visitor, app: Flask) -> None:
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/submit")
    [form] = alice.find("form#submit")
    behind = filled(form)
    press(alice.go(f"/claims/{number}/edit"), "save", purpose="Something else")
    alice.post(f"/claims/{number}/submit", behind)
    assert (alice.status, stored(app, number).state) == (409, "draft")


@pytest.mark.parametrize("version", ["", "abc", "0", "-1", "99999999999999999999999"])
def test_a_bent_version_is_refused_politely(alice: Visitor, app: Flask, version: str) -> None:
    number = a_draft(app, 500_00)
    alice.go("/").post(f"/claims/{number}/submit", {"version": version})
    assert alice.status in (400, 404, 409, 422)
    assert stored(app, number).state == "draft"


def test_a_small_claim_is_approved_at_once_and_says_so(alice: Visitor, app: Flask) -> None:
    alice.go(f"/claims/{a_draft(app, 300_00)}/submit").sees("Approved automatically")
    alice.send("submit").sees("Approved automatically: small and without findings.")


def test_an_invoice_of_another_claim_is_refused(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        for name in ("alice", "dan"):
            claim = draft(session, name, 500_00)
            attach_invoice(session, claim)
        mine = claim.id - 1
    alice.go(f"/claims/{mine}/submit")
    [form] = alice.find("form#submit")
    behind = filled(form)
    Visitor(app).signed_in("dan").go(f"/claims/{claim.id}/submit").send("submit").sees("Submitted.")
    alice.post(f"/claims/{mine}/submit", behind)
    assert (alice.status, stored(app, mine).state) == (422, "draft")
    alice.go(f"/claims/{mine}/edit").sees("This invoice is already on another claim.")


def test_a_double_click_is_one_action(alice: Visitor, app: Flask) -> None:
    number = a_draft(app, 500_00)
    alice.go(f"/claims/{number}/submit")
    [form] = alice.find("form#submit")
    first = alice.client.post(f"/claims/{number}/submit", data=filled(form))
    second = alice.client.post(f"/claims/{number}/submit", data=filled(form))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def at_once(app: Flask, visitor: Visitor, address: str, forms: list[Any]) -> list[int]:
    """Send all forms at the same time, each from a browser of its own; the statuses."""
    cookie = visitor.client.get_cookie("portal")
    assert cookie is not None

    def post(form: Any) -> int:
        client = app.test_client()
        client.set_cookie("portal", cookie.value)
        return client.post(address, data=form).status_code

    with app.app_context():
        db.session.remove()
    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(post, forms))


@pytest.mark.parametrize("windows", ["one", "fifty"])
def test_of_fifty_submits_at_once_one_happens(alice: Visitor, app: Flask, windows: str) -> None:
    number = a_draft(app, 500_00)
    forms = []
    for _window in range(50 if windows == "fifty" else 1):
        alice.go(f"/claims/{number}/submit")
        forms.append(filled(alice.find("form#submit")[0]))
    statuses = at_once(app, alice, f"/claims/{number}/submit", (forms * 50)[:50])
    assert set(statuses) <= {303, 409}
    if windows == "fifty":
        assert statuses.count(303) == 1
    with writing(app) as session:
        claim = seen(session, number, "alice").claim
        assert happened(session, claim) == ["claim_created", "claim_submitted"]
        assert told(session, "bob") == ["claim_submitted"]
        assert list(broken_links(session)) == []


def test_ten_claims_at_once_get_ten_numbers(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        ids = [draft(session, "alice", 10_00, receipts=False).id for _ in range(10)]
    token = alice.go("/").csrf_token()
    cookie = alice.client.get_cookie("portal")
    assert cookie is not None

    def post(number: int) -> int:
        client = app.test_client()
        client.set_cookie("portal", cookie.value)
        form = {"version": "2", "csrf_token": token}
        return client.post(f"/claims/{number}/submit", data=form).status_code

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(post, ids)) == [303] * 10
    assert len({stored(app, number).number for number in ids}) == 10


def test_withdrawing_asks_first(alice: Visitor, app: Flask) -> None:
    number = a_sent(app)
    alice.go(f"/claims/{number}/withdraw").sees("Withdraw this claim?", "¥500.00")
    assert stored(app, number).state == "submitted"
    alice.send("withdraw").sees("Withdrawn. You can change it and submit it again.")
    assert stored(app, number).state == "withdrawn"


def test_nobody_else_withdraws_it(bob: Visitor, app: Flask) -> None:
    number = a_sent(app)
    assert bob.go(f"/claims/{number}/withdraw").status == 403


def test_after_the_final_approval_it_cannot_be_withdrawn(alice: Visitor, app: Flask) -> None:
    with writing(app) as session:
        number = sent(session, "alice", 300_00).id
    alice.go("/").post(f"/claims/{number}/withdraw", {"version": "5"})
    assert (alice.status in (403, 409), stored(app, number).state) == (True, "approved")

"""Beginning and ending a draft."""

import pytest
from flask import Flask

from tests.blueprints.claims.pages import a_draft, a_sent, claim_id, lines, press, stored
from tests.browser import Visitor, filled


def test_it_begins_with_one_empty_line(alice: Visitor) -> None:
    alice.go("/claims/").send("new").sees("New claim", "Draft")
    assert len(lines(alice)) == 1


def test_a_double_click_begins_one_claim(alice: Visitor) -> None:
    alice.go("/claims/")
    fields = filled(alice.find("form#new")[0])
    first, second = (alice.client.post("/claims/new", data=fields) for _ in range(2))
    assert first.location == second.location


def test_it_rejects_get(alice: Visitor) -> None:
    assert alice.go("/claims/new").status == 405


def test_deleting_asks_first(alice: Visitor, app: Flask) -> None:
    number = a_draft(app)
    alice.go(f"/claims/{number}/delete").sees("Delete this draft?", "Customer visit", "¥500.00")
    assert stored(app, number)
    alice.send("delete").sees("The draft is deleted.")
    assert alice.go(f"/claims/{number}").status == 404


def test_a_draft_that_changed_meanwhile_is_not_deleted(alice: Visitor, app: Flask) -> None:
    number = a_draft(app)
    behind = filled(alice.go(f"/claims/{number}/delete").find("form#delete")[0])
    press(alice.go(f"/claims/{number}/edit"), "save", purpose="Changed my mind")
    assert alice.post(f"/claims/{number}/delete", behind).status == 409
    assert stored(app, number).purpose == "Changed my mind"


@pytest.mark.parametrize("then", ["sent", "withdrawn"])
def test_what_was_sent_once_stays_on_record(alice: Visitor, app: Flask, then: str) -> None:
    number = a_sent(app)
    if then == "withdrawn":
        alice.go(f"/claims/{number}/withdraw").send("withdraw")
    assert alice.go(f"/claims/{number}/delete").status == 403


def test_it_refuses_a_stranger(dan: Visitor, app: Flask) -> None:
    number = a_draft(app)
    assert dan.post(f"/claims/{number}/delete", {"version": "3"}).status == 404
    assert stored(app, number)


def test_half_a_day_later_it_is_still_there(alice: Visitor, app: Flask) -> None:
    alice.go("/").send("start-empty")
    number = claim_id(alice)
    press(alice, "save", purpose="Half done")
    assert Visitor(app).signed_in("alice").go("/").sees("Half done")
    assert stored(app, number).purpose == "Half done"

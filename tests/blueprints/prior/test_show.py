"""The page of a request, and decisions on it."""

import pytest

from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.prior.pages import a_draft, a_paid, a_sent
from tests.browser import Visitor


def test_it_works(app, bob: Visitor) -> None:
    path = a_sent(app, TRIP, purpose="Fair in Shanghai")
    bob.go("/approvals/").sees("Trips and advances", "Fair in Shanghai", "Alice")
    bob.go("/").sees("Waits for my decision")
    bob.go(path).sees("Fair in Shanghai", "Shanghai", "¥1,200.00", "What happened")
    bob.send("decision", ("decision", "approve"), comment="Enjoy")
    assert bob.path == "/approvals/"
    bob.sees("Approved.").misses("Fair in Shanghai")
    bob.go(path).sees("approved the request.", "Enjoy")


@pytest.mark.parametrize(
    ("decision", "says", "state"),
    [("return", "Returned for changes.", "Returned"), ("reject", "Rejected.", "Rejected")],
)
def test_a_refusal_needs_a_word(
    app, bob: Visitor, alice: Visitor, decision: str, says: str, state: str
) -> None:
    path = a_sent(app)
    bob.go(path).send("decision", ("decision", decision))
    assert bob.status == 422
    bob.send("decision", ("decision", decision), comment="Too dear")
    bob.sees(says)
    alice.go(path).sees(state, "Too dear")
    alice.go("/notices/").sees("Bob", "your request: Trade fair")


def test_who_comes_too_late_is_told(app, bob: Visitor) -> None:
    path = a_sent(app)
    late = Visitor(app).signed_in("bob").go(path)
    bob.go(path).send("decision", ("decision", "approve"))
    late.send("decision", ("decision", "reject"), comment="Too dear")
    assert late.status == 409
    late.sees("has changed since this page was shown")


def test_no_one_approves_own_request(app, alice: Visitor) -> None:
    path = a_sent(app)
    assert not alice.go(path).find("form#decision")
    assert alice.post(path + "/decide", {"decision": "approve", "version": "3"}).status == 403


def test_finance_and_auditors_see_it_and_decide_nothing(app) -> None:
    path = a_sent(app)
    for name in ("carol", "ivan"):
        reader = Visitor(app).signed_in(name).go(path)
        assert reader.status == 200
        assert not reader.find("form#decision")


def test_a_draft_is_nobody_elses(app, carol: Visitor, dan: Visitor, bob: Visitor) -> None:
    path = a_draft(app)
    assert [each.go(path).status for each in (carol, dan, bob)] == [404, 404, 404]


def test_it_refuses_a_stranger(app, dan: Visitor) -> None:
    assert dan.go(a_sent(app)).status == 404


def test_the_balance_of_an_advance_and_where_it_came_from(app, alice: Visitor) -> None:
    alice.go(a_paid(app, 300_00)).sees("Still owed", "¥300.00", "Paid out", "B-1")


def test_an_open_page_asks_whether_anything_changed(app, alice: Visitor, bob: Visitor) -> None:
    path = a_sent(app, ADVANCE)
    [asks] = alice.go(path).find("#beat")
    beat = (asks.attributes["hx-vals"] or "").split(": ")[1].rstrip("}")
    assert alice.client.get(path, query_string={"beat": beat}).status_code == 204
    bob.go(path).send("decision", ("decision", "approve"))
    assert alice.client.get(path, query_string={"beat": beat}).status_code == 200

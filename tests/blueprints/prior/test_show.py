"""The page of a request, and decisions on it."""

import pytest

from portal.prior import events
from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.conftest import CountQueries
from tests.blueprints.prior.pages import a_draft, a_paid, a_sent
from tests.browser import Visitor
from tests.claims.stories import told, writing

COPIED = ("purpose", "amount", "starts_on")


def test_it_works(app, bob: Visitor) -> None:
    path = a_sent(app, TRIP, purpose="Fair in Shanghai")
    bob.go("/approvals/").sees("Trip request · Alice", "Fair in Shanghai")
    bob.go("/").sees("Fair in Shanghai", "Trip request · Alice")
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


def test_who_comes_too_late_is_told_what_happened_and_keeps_the_remark(app, bob: Visitor) -> None:
    path = a_sent(app)
    late = Visitor(app).signed_in("bob").go(path)
    bob.go(path).send("decision", ("decision", "approve"), comment="Enjoy")
    late.send("decision", ("decision", "reject"), comment="Too dear")
    assert late.status == 409
    late.sees("Something changed in the meantime", "Bob approved the request.", "Enjoy", "Too dear")
    assert late.find(f"a.button[href='{path}']")


def test_a_decision_on_what_was_withdrawn_says_so(app, bob: Visitor, alice: Visitor) -> None:
    path = a_sent(app, ADVANCE)
    bob.go(path)
    alice.go(path + "/withdraw").send("withdraw")
    bob.send("decision", ("decision", "ask"), comment="Which fair?")
    assert bob.status == 409
    bob.sees("Alice withdrew the request.", "Which fair?")


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


def asks(visitor: Visitor) -> tuple[int, str]:
    """What the open page is answered when it asks whether anything changed."""
    address = visitor.find("#prior-status[hx-get]")[0].attributes["hx-get"]
    answer = visitor.client.get(str(address), headers={"HX-Request": "true"})
    return answer.status_code, answer.text


def test_an_open_page_asks_whether_anything_changed(app, alice: Visitor, bob: Visitor) -> None:
    path = a_sent(app, ADVANCE)
    alice.go(path)
    assert asks(alice) == (204, "")
    bob.go(path).send("decision", ("decision", "approve"))
    status, fragment = asks(alice)
    assert status == 200
    assert "Carol" in fragment
    assert "<html" not in fragment


def test_nothing_is_asked_of_the_framework_while_nothing_changed(
    app, alice: Visitor, count_queries: CountQueries
) -> None:
    alice.go(a_sent(app))
    with count_queries() as asked:
        assert asks(alice) == (204, "")
    assert len(asked) == 1


def test_it_stops_asking_when_nobody_else_can_change_it(app, alice: Visitor, bob: Visitor) -> None:
    path = a_sent(app, TRIP)
    alice.go(path)
    bob.go(path).send("decision", ("decision", "approve"))
    assert "hx-get" not in asks(alice)[1]
    assert not alice.go(path).find("[hx-get*=changes]")


def test_a_question_is_answered_by_the_owners_next_words(app, alice: Visitor, bob: Visitor) -> None:
    path = a_sent(app)
    bob.go(path).send("decision", ("decision", "ask"), comment="Which hotel?")
    assert bob.path == path
    bob.sees("Your question was sent. The request still waits for you.", "Which hotel?")
    alice.go("/notices/").sees("Bob has a question about your request: Trade fair")
    alice.go("/").sees("A question waits for your answer.")
    alice.go("/trips/").sees("waits for your answer")
    alice.go(path).sees("An approver asked you something")
    alice.send("comment-form", comment="The small one").misses("An approver asked you something")
    bob.go(path).sees("answered:", "The small one")
    assert bob.find("#decision"), "the request still waits for the one who asked"
    bob.go("/notices/").sees("Alice answered your question about the request: Trade fair")


def test_a_question_needs_words(app, bob: Visitor) -> None:
    bob.go(a_sent(app)).send("decision", ("decision", "ask"), comment=" ")
    assert bob.status == 422
    assert bob.find("#error-summary a[href='#comment']")


def test_those_mentioned_in_a_comment_are_told(app, alice: Visitor) -> None:
    alice.go(a_sent(app)).send("comment-form", comment="@Bob the fair was moved")
    alice.sees("Sent.", "@Bob the fair was moved")
    with writing(app) as session:
        assert told(session, "bob") == [events.SUBMITTED, events.COMMENTED]
        assert told(session, "alice") == []


def test_a_comment_that_cannot_be_taken_is_kept_and_explained(app, alice: Visitor) -> None:
    alice.go(a_sent(app)).send("comment-form", comment="x" * 2001)
    assert alice.status == 422
    assert alice.find("#error-summary a[href='#say-text']")
    assert alice.find("#say-text")[0].text().strip() == "x" * 2001


def test_an_auditor_reads_and_says_nothing(app) -> None:
    path = a_sent(app)
    ivan = Visitor(app).signed_in("ivan").go(path)
    assert not ivan.find("#decision, #comment-form")
    assert ivan.post(path + "/comment", {"comment": "Hello"}).status == 403


def test_approvers_see_what_was_found_and_explained(app, bob: Visitor) -> None:
    path = a_sent(app, TRIP, starts=-2, remarks="The customer called")
    bob.go(path).sees("before it is approved", "Explained", "The customer called")


def test_an_old_request_is_copied_without_its_days(app, alice: Visitor) -> None:
    alice.go(a_sent(app, TRIP, "bob", purpose="Fair in Shanghai")).send("copy")
    assert alice.path == "/trips/2/edit"
    alice.sees("This is a new draft.", "Fair in Shanghai", "Draft")
    values = {name: alice.find(f"[name={name}]")[0].attributes["value"] for name in COPIED}
    assert values == {"purpose": "Fair in Shanghai", "amount": "1200.00", "starts_on": ""}


def test_nobody_copies_what_another_asked_for(app, bob: Visitor) -> None:
    path = a_sent(app)
    assert not bob.go(path).find("form#copy")
    assert bob.post(path + "/copy").status == 403

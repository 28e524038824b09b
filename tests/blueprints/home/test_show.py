"""The first page: what waits for me, what I wait for, what I may start."""

from flask import Flask

from portal.prior.models import ADVANCE, TRIP
from tests.blueprints.claims.pages import a_draft, a_sent
from tests.blueprints.conftest import CountQueries
from tests.blueprints.prior.pages import a_draft as a_requested
from tests.blueprints.prior.pages import a_paid as an_owed
from tests.blueprints.prior.pages import a_sent as a_request
from tests.browser import Visitor
from tests.claims.stories import give_back, sent, writing


def section(visitor: Visitor, name: str) -> str:
    [found] = visitor.find(f"#{name}")
    return " ".join(found.text(separator=" ").split())


def test_it_works(alice: Visitor, app: Flask) -> None:
    a_draft(app, 20_00, purpose="Begun")
    a_sent(app, purpose="On its way")
    with writing(app) as session:
        give_back(session, sent(session, "alice", 500_00, purpose="Came back"), "bob")
    alice.go("/")
    assert "Begun" in section(alice, "waits-for-me")
    assert "Came back" in section(alice, "waits-for-me")
    assert "On its way" in section(alice, "i-wait-for")
    assert "Bob" in section(alice, "i-wait-for")
    order = [alice.text.index(title) for title in ("Waits for me", "I wait for", "I may start")]
    assert order == sorted(order)


def test_what_waits_for_a_decision_stands_here_with_its_due_time(bob: Visitor, app: Flask) -> None:
    a_sent(app, purpose="Fair in Hangzhou")
    bob.go("/")
    assert "Fair in Hangzhou" in section(bob, "waits-for-me")
    assert "due" in section(bob, "waits-for-me")


def test_requests_stand_among_what_waits_for_me_and_what_i_wait_for(
    alice: Visitor, bob: Visitor, app: Flask
) -> None:
    a_requested(app, TRIP, purpose="Half written")
    a_request(app, TRIP, purpose="Asked for")
    an_owed(app, 300_00, purpose="Drawn")
    a_request(app, ADVANCE, "bob", "carol", purpose="To be paid")
    alice.go("/")
    for purpose in ("Half written", "Drawn"):
        assert purpose in section(alice, "waits-for-me")
    for purpose in ("Asked for", "To be paid"):
        assert purpose in section(alice, "i-wait-for")
    assert "You owe ¥300.00 from advance JK" in section(alice, "waits-for-me")
    assert "Trip request · TR" in section(alice, "i-wait-for")
    assert alice.find("form#start-trips button, form#start-advances button")
    bob.go("/")
    assert "Asked for" in section(bob, "waits-for-me")


def test_an_empty_page_says_so_and_what_to_do_next(alice: Visitor) -> None:
    alice.go("/").sees("Nothing waits for you.", "Nothing of yours is on its way.")
    assert alice.find("form#start-empty button")


def test_a_visitor_is_asked_to_sign_in_and_comes_back(visitor: Visitor) -> None:
    assert visitor.go("/").path == "/sign-in?next=/"


def test_claims_of_others_are_not_here(alice: Visitor, app: Flask) -> None:
    a_sent(app, name="dan", purpose="His")
    alice.go("/").misses("His")


def test_it_asks_the_database_a_fixed_number_of_questions(
    bob: Visitor, app: Flask, count_queries: CountQueries
) -> None:
    counts = []
    for size in (2, 8):
        for _one in range(size):
            a_draft(app, 20_00, name="bob")
            a_sent(app, name="bob")
            a_sent(app)
            a_request(app)
            a_request(app, ADVANCE, name="bob")
        with count_queries() as asked:
            bob.go("/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, "\n".join(asked)

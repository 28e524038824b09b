"""All batches."""

from flask import Flask

from portal.claims.queries import PAGE
from tests.blueprints.payments.cases import store_batch
from tests.browser import Visitor


def test_it_works(app: Flask, carol: Visitor) -> None:
    store_batch(app, ("alice", 100_00), ("dan", 50_00))
    store_batch(app, ("alice", 7_00))
    carol.go("/payments/batches").sees("Payment batch 1", "¥150.00", "To be exported", "Carol")
    names = [link.text() for link in carol.find("td.main-cell a")]
    assert names == ["Payment batch 2", "Payment batch 1"], "the newest must come first"


def test_older_ones_follow_on_the_next_page(app: Flask, carol: Visitor) -> None:
    for _number in range(PAGE + 1):
        store_batch(app, ("alice", 1_00))
    [following] = carol.go("/payments/batches").find("a[rel=next]")
    carol.go(following.attributes["href"] or "")
    assert [link.text() for link in carol.find("td.main-cell a")] == ["Payment batch 1"]


def test_it_says_what_to_do_when_there_is_none(carol: Visitor) -> None:
    carol.go("/payments/batches").sees("There is no payment batch yet.")


def test_an_auditor_may_look(app: Flask) -> None:
    store_batch(app, ("alice", 100_00))
    Visitor(app).signed_in("ivan").go("/payments/batches").sees("Payment batch 1")


def test_it_refuses_a_stranger(dan: Visitor) -> None:
    assert dan.go("/payments/batches").status == 404

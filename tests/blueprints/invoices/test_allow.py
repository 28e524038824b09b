"""Letting one person claim an invoice once more."""

import pytest
from flask import Flask

from tests.blueprints.invoices.cases import on_claim
from tests.browser import Visitor
from tests.claims.stories import writing
from tests.invoices.holders import KEY, holders


def asked(visitor: Visitor, person: str = "dan") -> Visitor:
    """The page that asks, reached as finance does."""
    visitor.go(f"/invoices/{KEY}")
    form = visitor.find("form#allow")[0]
    return visitor.go(f"{form.attributes['action']}?person={person}")


def test_it_works(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol).sees("Allow this invoice once more for Dan?", "Alice", "In approval")
    carol.send("allow", reason="Half of a shared bill")
    carol.sees("Dan can claim this invoice once more.", "Half of a shared bill", "Not used yet")
    second = on_claim(app, "dan")
    with writing(app) as session:
        assert holders(session)[1] == (1, second)


def test_asking_changes_nothing(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol)
    carol.go(f"/invoices/{KEY}").sees("None: this invoice can be on one claim only.")


@pytest.mark.parametrize("person", ["dan", "Dan", "dan@example.com"])
def test_the_person_is_found_by_number_or_name(app: Flask, carol: Visitor, person: str) -> None:
    on_claim(app)
    asked(carol, person).sees("once more for Dan?")


def test_several_of_a_name_are_offered(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol, "an").sees("For whom shall this invoice be allowed?", "Dan", "Frank", "Ivan")
    [dan] = [link for link in carol.find("main li a") if link.text() == "Dan"]
    carol.go(dan.attributes["href"] or "").sees("once more for Dan?")


def test_nobody_of_that_name_is_said(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol, "zoe").sees("Nobody who works here has this name or number.")


def test_it_needs_a_reason(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol).send("allow", reason=" ")
    assert carol.status == 422
    carol.sees("Say why this invoice may be claimed once more.", "once more for Dan?")


def test_no_one_allows_himself(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    asked(carol, "carol").send("allow", reason="I need it")
    assert carol.status == 403
    carol.sees("Somebody else in finance has to allow it for you.")
    carol.go(f"/invoices/{KEY}").misses("Carol (carol) may claim")


def test_what_was_allowed_meanwhile_is_not_allowed_twice(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    other = asked(Visitor(app).signed_in("carol"))
    asked(carol).send("allow", reason="Shared bill")
    assert other.send("allow", reason="Shared bill").status == 409


def test_it_is_in_the_audit_log_in_words(app: Flask, carol: Visitor, admin: Visitor) -> None:
    on_claim(app)
    asked(carol).send("allow", reason="Half of a shared bill")
    admin.go("/audit/?kind=invoice_allowed").sees(
        "Invoice allowed once more",
        KEY,
        "Person: Dan dan",
        "Reason: Half of a shared bill",
        "Carol",
    )


@pytest.mark.parametrize("name", ["alice", "dan", "heidi", "ivan", "admin"])
def test_it_refuses_a_stranger(app: Flask, carol: Visitor, name: str) -> None:
    on_claim(app)
    visitor = Visitor(app).signed_in(name)
    assert visitor.go(f"/invoices/{KEY}/allow?person=dan").status == 404
    fields = {"person": "dan", "reason": "Please"}
    assert visitor.post(f"/invoices/{KEY}/allow", fields).status == 404
    carol.go(f"/invoices/{KEY}").sees("None: this invoice can be on one claim only.")

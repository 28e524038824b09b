"""What was typed while the session ended is not lost, and comes back to its owner alone."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal.core.clock import now
from tests.blueprints.claims.pages import (
    a_sent,
    claim_id,
    editing,
    lines,
    on_line,
    press,
    stored,
    value,
)
from tests.browser import Visitor
from tests.cast import PASSWORD


def ended(alice: Visitor, **fields: str) -> Visitor:
    """Save the form after the session ended; the sign-in page stands there then."""
    with time_machine.travel(now() + timedelta(hours=1)):
        press(alice, "save", **fields)
    return alice


def test_it_works(alice: Visitor, app: Flask) -> None:
    number = claim_id(editing(alice))
    ended(alice, purpose="Half an hour of typing", **on_line(alice, amount="12.345"))
    alice.sees("What you had typed is kept: sign in to go on.")
    assert stored(app, number).purpose == ""
    alice.send("sign-in", name="alice", password=PASSWORD)
    alice.sees("Nothing is lost", "Half an hour of typing", "12.345")
    alice.send("resume")
    assert alice.path == f"/claims/{number}/edit"
    assert value(alice, "purpose") == "Half an hour of typing"
    assert value(alice, f"{lines(alice)[0]}-amount") == "12.345"


def test_somebody_else_who_signs_in_sees_nothing_of_it(alice: Visitor) -> None:
    editing(alice)
    ended(alice, purpose="A secret purpose")
    alice.send("sign-in", name="dan", password=PASSWORD)
    alice.misses("A secret purpose")
    assert alice.path == "/"


def test_a_password_is_never_kept(alice: Visitor) -> None:
    editing(alice)
    token = (alice.find("input[name=form_key]")[0]).attributes["value"] or ""
    alice.go("/").post("/sign-out")
    form = {"form_key": token, "old_password": PASSWORD, "password": "a new paper boat"}
    alice.post("/account/password", form)
    alice.send("sign-in", name="alice", password=PASSWORD)
    assert alice.response is not None
    assert "paper boat" not in alice.response.text


def test_a_decision_made_too_late_is_kept_and_sent_after_signing_in(
    bob: Visitor, app: Flask
) -> None:
    number = a_sent(app)
    bob.go(f"/claims/{number}")
    with time_machine.travel(now() + timedelta(hours=1)):
        bob.send("decision", ("decision", "return"), comment="Which customer?")
    assert stored(app, number).state == "submitted"
    bob.send("sign-in", name="bob", password=PASSWORD).sees("Which customer?")
    bob.send("resume").sees("Returned to the claimant.")
    assert stored(app, number).state == "returned"


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500])
def test_a_made_up_address_leads_home(alice: Visitor, token: str) -> None:
    assert alice.go(f"/resume/{token}").path == "/"


def test_a_forged_key_keeps_nothing(visitor: Visitor) -> None:
    visitor.go("/sign-in")
    visitor.post("/claims/1/edit", {"form_key": "WzEsIngiXQ.forged", "purpose": "x"})
    assert "kept=" not in visitor.path

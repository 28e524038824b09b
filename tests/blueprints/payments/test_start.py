"""From ticked claims to a batch, with a last look between."""

from flask import Flask
from sqlalchemy import update

from portal.claims import events
from portal.core.db import begin_writing, db
from portal.people.models import Person
from tests.blueprints.payments.cases import (
    batch_states,
    happened,
    states,
    store_approved,
    store_batch,
)
from tests.browser import Visitor


def test_it_works(app: Flask, carol: Visitor) -> None:
    first, second, _third = store_approved(app, ("alice", 100_00), ("dan", 50_00), ("bob", 7_00))
    carol.go(f"/payments/new?claim={first}&claim={second}").sees("¥150.00", "Alice", "Dan")
    assert states(app) == ["approved"] * 3, "looking must not change anything"
    carol.send("start").sees("The batch is made.", "Payment batch 1", "¥150.00")
    assert states(app) == ["paying", "paying", "approved"]


def test_a_second_click_comes_to_the_same_batch(app: Flask, carol: Visitor) -> None:
    [claim] = store_approved(app, ("alice", 100_00))
    carol.go(f"/payments/new?claim={claim}")
    page = carol.response
    first = carol.send("start").path
    carol.response = page
    assert carol.send("start").path == first
    assert (batch_states(app), happened(app, events.PAYMENT_STARTED)) == (["open"], 1)


def test_the_slower_payer_is_told_and_nothing_changes(app: Flask, carol: Visitor) -> None:
    first, second = store_approved(app, ("alice", 100_00), ("dan", 50_00))
    heidi = Visitor(app).signed_in("heidi").go(f"/payments/new?claim={first}&claim={second}")
    carol.go(f"/payments/new?claim={first}").send("start")
    heidi.send("start").sees("Something changed in the meantime", "BX2026-000001")
    assert heidi.status == 409
    assert states(app) == ["paying", "approved"]


def test_a_claim_that_left_the_list_is_left_out_before(app: Flask, carol: Visitor) -> None:
    store_batch(app, ("alice", 100_00))
    [free] = store_approved(app, ("dan", 50_00))
    carol.go(f"/payments/new?claim=1&claim={free}").sees("was left out", "¥50.00")
    carol.send("start").sees("Payment batch 2")


def test_nothing_ticked_says_so(carol: Visitor) -> None:
    carol.go("/payments/new").sees("Choose at least one claim.")


def test_own_claims_are_refused_whatever_is_sent(app: Flask, carol: Visitor) -> None:
    own, _other = store_approved(app, ("carol", 10_00), ("alice", 20_00))
    carol.go(f"/payments/new?claim={own}").send("start").sees("paid by somebody else")
    assert carol.status == 403
    assert states(app) == ["approved", "approved"]


def test_a_missing_account_is_refused_on_the_page(app: Flask, carol: Visitor) -> None:
    [claim] = store_approved(app, ("dan", 10_00))
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Person).where(Person.number == "dan").values(bank_account=""))
        db.session.commit()
    carol.go(f"/payments/new?claim={claim}").send("start")
    carol.sees("The bank account of Dan is missing.", "Make this payment batch?")
    assert (carol.status, states(app)) == (422, ["approved"])


def test_it_refuses_a_stranger(app: Flask, dan: Visitor) -> None:
    [claim] = store_approved(app, ("alice", 100_00))
    assert dan.post("/payments/start", {"claim": claim}).status == 404
    assert states(app) == ["approved"]


def test_it_refuses_an_auditor(app: Flask) -> None:
    [claim] = store_approved(app, ("alice", 100_00))
    ivan = Visitor(app).signed_in("ivan")
    assert ivan.post("/payments/start", {"claim": claim}).status == 404
    assert states(app) == ["approved"]


def test_it_rejects_get(carol: Visitor) -> None:
    assert carol.go("/payments/start").status == 405

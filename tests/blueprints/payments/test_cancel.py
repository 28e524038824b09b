"""Undoing a batch that was not paid."""

import pytest
from flask import Flask

from portal.claims import events
from tests.blueprints.payments.cases import batch_states, happened, states, store_batch
from tests.browser import Visitor


def test_it_works(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00), ("dan", 50_00))
    carol.go(f"/payments/batches/{batch}/cancel").sees("Cancel this batch?", "¥150.00")
    assert batch_states(app) == ["open"], "asking must not change anything"
    carol.send("cancel").sees("The batch is cancelled.", "Alice", "Dan")
    assert (states(app), batch_states(app)) == (["approved", "approved"], ["cancelled"])
    carol.go(f"/payments/batches/{batch}").sees("Cancelled").misses("Record the payment")


def test_it_warns_when_the_bank_may_have_the_file(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    carol.go(f"/payments/batches/{batch}/cancel").misses("pay twice")
    carol.go(f"/payments/batches/{batch}").send("export", press=("kind", "csv"))
    carol.go(f"/payments/batches/{batch}/cancel").sees("or it will pay twice")


def test_the_claims_can_be_paid_in_another_batch(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    carol.go(f"/payments/batches/{batch}/cancel").send("cancel")
    carol.go("/payments/new?claim=1").send("start").sees("Payment batch 2")
    assert states(app) == ["paying"]


def test_the_slower_payer_is_told(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    heidi = Visitor(app).signed_in("heidi").go(f"/payments/batches/{batch}/cancel")
    carol.go(f"/payments/batches/{batch}/cancel").send("cancel")
    assert heidi.send("cancel").status == 409
    assert happened(app, events.PAYMENT_CANCELLED) == 1


@pytest.mark.parametrize("name", ["dan", "ivan"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    batch = store_batch(app, ("alice", 100_00))
    visitor = Visitor(app).signed_in(name).post(f"/payments/batches/{batch}/cancel")
    assert (visitor.status, batch_states(app)) == (404, ["open"])

"""Recording what the bank did."""

from datetime import date, timedelta

import pytest
from flask import Flask

from portal.claims import events
from portal.core.clock import day, now
from tests.blueprints.payments.cases import batch_states, happened, states, store_batch
from tests.browser import Visitor

TODAY = day(now(), "Asia/Shanghai")


def close(visitor: Visitor, batch: int, **fields: str) -> Visitor:
    visitor.go(f"/payments/batches/{batch}/close")
    return visitor.send("close", **{"paid_on": TODAY.isoformat(), "reference": "B-7"} | fields)


def test_it_works(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00), ("dan", 50_00))
    close(carol, batch).sees("The batch is closed", "B-7", TODAY.isoformat(), "Paid")
    assert states(app) == ["paid", "paid"]
    Visitor(app).signed_in("alice").go("/notices/").sees("Your claim is paid", "BX2026-000001")


def test_a_payment_the_bank_sent_back_waits_again(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00), ("dan", 50_00))
    fields = {"payment-2-failed": "y", "payment-2-reason": "account closed"}
    close(carol, batch, **fields).sees("Failed", "account closed")
    assert states(app) == ["paid", "approved"]
    carol.go("/payments/").sees("Dan").misses("Alice")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"paid_on": ""}, "This is needed."),
        ({"paid_on": "soon"}, "is not a day"),
        ({"paid_on": (TODAY + timedelta(days=2)).isoformat()}, "is in the future"),
        ({"paid_on": date(2020, 1, 1).isoformat()}, "earlier than the batch"),
        ({"reference": " "}, "Give the bank's reference"),
        ({"reference": "B" * 81}, "80"),
        ({"payment-1-failed": "y"}, "Say why the payment failed"),
        ({"payment-1-reason": "closed"}, "“Failed” is not ticked"),
    ],
)
def test_it_refuses_what_cannot_be_and_keeps_what_was_typed(
    app: Flask, carol: Visitor, fields: dict[str, str], says: str
) -> None:
    batch = store_batch(app, ("alice", 100_00))
    close(carol, batch, **fields).sees("Please look at this first", says)
    assert (carol.status, batch_states(app)) == (422, ["open"])
    typed = {"paid_on": TODAY.isoformat(), "reference": "B-7"} | fields
    for name in ("paid_on", "reference"):
        [control] = carol.find(f"#{name}")
        assert (control.attributes["value"] or "").strip() == typed[name].strip()


def test_a_second_click_comes_to_the_same_page(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    carol.go(f"/payments/batches/{batch}/close")
    page = carol.response
    for _click in range(2):
        carol.response = page
        carol.send("close", paid_on=TODAY.isoformat(), reference="B-7").sees("Paid")
    assert happened(app, events.PAID) == 1


def test_the_slower_payer_is_told(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    heidi = Visitor(app).signed_in("heidi").go(f"/payments/batches/{batch}/close")
    close(carol, batch)
    heidi.send("close", paid_on=TODAY.isoformat(), reference="B-8").sees("Nothing was paid twice")
    assert (heidi.status, happened(app, events.PAID)) == (409, 1)


def test_nobody_closes_a_batch_with_his_own_claim(app: Flask) -> None:
    batch = store_batch(app, ("heidi", 100_00))
    heidi = Visitor(app).signed_in("heidi")
    close(heidi, batch).sees("Your own claim is in this batch")
    assert (heidi.status, states(app), batch_states(app)) == (403, ["paying"], ["open"])


def test_a_version_that_is_no_number_is_stale(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    assert close(carol, batch, version="x").status == 409


def test_a_closed_batch_has_no_such_form(app: Flask, carol: Visitor) -> None:
    batch = store_batch(app, ("alice", 100_00))
    close(carol, batch)
    assert carol.go(f"/payments/batches/{batch}/close").path == f"/payments/batches/{batch}"


@pytest.mark.parametrize("name", ["dan", "ivan"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    batch = store_batch(app, ("alice", 100_00))
    visitor = Visitor(app).signed_in(name).post(f"/payments/batches/{batch}/close")
    assert (visitor.status, batch_states(app)) == (404, ["open"])

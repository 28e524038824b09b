"""Advances beside claims in the payments, and claims that settle them."""

import io

from openpyxl import load_workbook

from tests.blueprints.payments.cases import store_approved
from tests.blueprints.prior.pages import a_paid, an_approved_advance
from tests.browser import Visitor
from tests.prior.requests import in_days


def exported(visitor: Visitor, batch: int) -> list[tuple[object, ...]]:
    """The rows of the bank's file: payee and amount."""
    visitor.go(f"/payments/batches/{batch}")
    token = visitor.csrf_token()
    answer = visitor.client.post(
        f"/payments/batches/{batch}/export", data={"csrf_token": token, "kind": "xlsx"}
    )
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [(row[0], row[3]) for row in sheet.iter_rows(min_row=2, values_only=True)]


def paid(visitor: Visitor, batch: int) -> Visitor:
    visitor.go(f"/payments/batches/{batch}/close")
    return visitor.send("close", paid_on=in_days(0), reference="B-9")


def test_an_approved_advance_is_paid_beside_claims(app) -> None:
    path = an_approved_advance(app, 700_00)
    store_approved(app, ("dan", 100_00))
    heidi = Visitor(app).signed_in("heidi")
    heidi.go("/payments/?tick=all").sees("¥800.00", "2 payments ticked")
    heidi.go("/payments/new?claim=1&advance=1").sees("¥700.00", "¥100.00", "¥800.00")
    heidi.send("start").sees("The batch is made.")
    assert exported(heidi, 1) == [("Dan", 100), ("Alice", 700)]
    paid(heidi, 1).sees("The batch is closed")
    Visitor(app).signed_in("alice").go(path).sees("Still owed ¥700.00", "B-9")
    assert heidi.go("/payments/new?advance=1").sees("left out").status == 200


def test_a_claim_that_settles_an_advance_shows_what_is_left(app) -> None:
    path = a_paid(app, 300_00)
    store_approved(app, ("alice", 500_00))
    heidi = Visitor(app).signed_in("heidi").go("/payments/")
    heidi.sees("¥200.00 ¥500.00 less ¥300.00 that settles advances 1 payment")
    heidi.sees("¥500.00 ¥200.00 ¥300.00 settles advances")
    heidi.go("/payments/new?claim=1").send("start")
    heidi.sees("¥500.00 less ¥300.00 that settles advances", "Total ¥500.00 ¥200.00")
    heidi.go("/payments/batches").sees("¥500.00 ¥200.00 ¥300.00 settles advances")
    assert exported(heidi, 2) == [("Alice", 200)]
    paid(heidi, 2)
    Visitor(app).signed_in("alice").go(path).sees("Settled", "Settled by a claim", "−¥300.00")


def test_a_covered_claim_needs_no_account_and_no_row(app) -> None:
    a_paid(app, 600_00)
    store_approved(app, ("alice", 500_00))
    heidi = Visitor(app).signed_in("heidi")
    heidi.go("/payments/new?claim=1").sees("¥0.00").send("start")
    assert exported(heidi, 2) == []
    paid(heidi, 2).go("/payments/batches/2").sees("Paid")


def test_nobody_pays_his_own_advance(app, alice: Visitor) -> None:
    an_approved_advance(app)
    assert alice.go("/payments/").status == 404

"""Recording what the tax platform says."""

import pytest
from flask import Flask

from portal.core.clock import day, now
from tests.blueprints.invoices.cases import on_claim
from tests.browser import Visitor
from tests.claims.stories import ZONE
from tests.invoices.holders import KEY


def test_it_works(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    carol.go(f"/invoices/{KEY}").send("check", outcome="genuine", note="As printed")
    said = f"Checked by Carol on {day(now(), ZONE).isoformat()}: Genuine"
    carol.sees("The verification is recorded", said, "As printed").misses("Not verified")
    carol.go("/invoices/").sees(said)


def test_it_is_in_the_audit_log_in_words(app: Flask, carol: Visitor, admin: Visitor) -> None:
    on_claim(app)
    carol.go(f"/invoices/{KEY}").send("check", outcome="red", note="")
    admin.go("/audit/?kind=invoice_checked").sees(
        "Invoice verified", KEY, "The tax platform says: Taken back by a red invoice"
    )


def test_it_asks_for_the_outcome_and_keeps_the_note(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    carol.go(f"/invoices/{KEY}").send("check", note="No time")
    assert carol.status == 422
    carol.sees("Choose what the tax platform says.", "Not verified")
    assert carol.find("input[name=note]")[0].attributes["value"] == "No time"


@pytest.mark.parametrize("name", ["alice", "dan", "heidi", "ivan", "admin"])
def test_it_refuses_a_stranger(app: Flask, carol: Visitor, name: str) -> None:
    on_claim(app)
    visitor = Visitor(app).signed_in(name).post(f"/invoices/{KEY}/check", {"outcome": "genuine"})
    assert visitor.status == 404
    carol.go(f"/invoices/{KEY}").sees("Not verified")


def test_it_rejects_get(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    assert carol.go(f"/invoices/{KEY}/check").status == 405

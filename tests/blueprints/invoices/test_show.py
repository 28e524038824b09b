"""Everything about one invoice."""

import pytest
from flask import Flask

from tests.blueprints.invoices.cases import on_claim
from tests.browser import Visitor
from tests.claims.stories import writing
from tests.invoices.holders import KEY, OTHER, allow, claim_with, submit
from tests.invoices.samples import DIGITAL


@pytest.mark.parametrize("name", ["carol", "heidi", "ivan"])
def test_it_works(app: Flask, name: str) -> None:
    on_claim(app)
    visitor = Visitor(app).signed_in(name).go(f"/invoices/{KEY}")
    visitor.sees(
        f"Invoice {KEY}", DIGITAL.seller, DIGITAL.buyer_tax_id, "¥2,000.00", "¥113.21", "Alice",
        "In approval", "Not verified", "None: this invoice can be on one claim only.",
    )  # fmt: skip
    may_change = name == "carol"
    assert bool(visitor.find("form#check")) is may_change
    assert bool(visitor.find("form#allow")) is may_change


def test_it_tells_what_sources_disagree_about(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        claim = claim_with(session, "alice")
        [read] = [receipt.invoice for receipt in claim.receipts if receipt.invoice]
        read.disagreements = [{"field": "total", "source": "qr", "value": "318.00"}]
        submit(session, claim)
    carol.go(f"/invoices/{KEY}").sees("QR code: 318.00")


def test_it_shows_every_claim_with_the_invoice_and_the_used_exception(
    app: Flask, carol: Visitor
) -> None:
    on_claim(app)
    with writing(app) as session:
        allow(session, "dan", reason="Half of a shared bill")
    carol.go(f"/invoices/{KEY}").sees("Dan (dan) may claim it once more", "Not used yet")
    on_claim(app, "dan")
    carol.go(f"/invoices/{KEY}").sees("Half of a shared bill", "Used: BX").misses("Not used yet")
    assert len(carol.find("#invoice-claims tbody tr")) == 2


def test_drafts_of_others_stay_theirs(app: Flask, carol: Visitor) -> None:
    on_claim(app)
    on_claim(app, "dan", sent=False)
    carol.go(f"/invoices/{KEY}").misses("Dan")
    on_claim(app, "dan", OTHER, sent=False)
    assert carol.go(f"/invoices/{OTHER.number}").status == 404


@pytest.mark.parametrize("name", ["alice", "bob", "dan", "admin"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    on_claim(app)
    visitor, said = Visitor(app).signed_in(name), []
    for key in (KEY, "1"):
        assert visitor.go(f"/invoices/{key}").status == 404
        said.append(visitor.text.rpartition("Request")[0])
    assert said[0] == said[1], "a stranger learns which invoices there are"


def test_an_invoice_that_is_nowhere_is_missing(app: Flask, carol: Visitor) -> None:
    assert carol.go("/invoices/nothing").status == 404

"""Finding invoices in the whole company."""

import pytest
from flask import Flask

from portal.claims.models import Claim
from portal.claims.queries import PAGE
from tests.blueprints.conftest import CountQueries
from tests.blueprints.invoices.cases import on_claim
from tests.browser import Visitor
from tests.claims.stories import writing
from tests.invoices.holders import KEY, claim_with, put_invoice, submit
from tests.invoices.samples import DIGITAL

TRAIN = DIGITAL.but(
    number="26312000000000000777", date="2026-03-20", seller="中国铁路", net="500.00", tax="53.00",
    total="553.00", spelled="伍佰伍拾叁圆整",
)  # fmt: skip


@pytest.mark.parametrize("name", ["carol", "heidi", "ivan"])
def test_it_works(app: Flask, name: str) -> None:
    on_claim(app)
    visitor = Visitor(app).signed_in(name).go("/invoices/")
    visitor.sees("Invoices", KEY, DIGITAL.seller, "Alice", "In approval", "Not verified", "¥2,000")


@pytest.mark.parametrize(
    "query",
    [
        f"number={TRAIN.number}", "number=２６３１２０００００００００００ ０７７７", "seller=铁路",
        "day=2026-03-20", "amount=553", "amount=553.00&seller=中国", "state=approved",
    ],
)  # fmt: skip
def test_each_way_to_search_finds_the_one(app: Flask, carol: Visitor, query: str) -> None:
    on_claim(app)
    claim_id = on_claim(app, "dan", TRAIN)
    with writing(app) as session:
        session.get_one(Claim, claim_id).state = "approved"
    carol.go(f"/invoices/?{query}").sees(TRAIN.number).misses(KEY)


@pytest.mark.parametrize(
    ("query", "says"),
    [("amount=a%20lot", "not an amount"), ("day=yesterday", "is not a day"), ("number=1", "")],
)
def test_what_matches_nothing_or_is_nothing_is_said(
    app: Flask, carol: Visitor, query: str, says: str
) -> None:
    on_claim(app)
    carol.go(f"/invoices/?{query}").sees(says or "No invoices match.")


def test_the_same_invoice_from_two_files_is_one_row(app: Flask, carol: Visitor) -> None:
    with writing(app) as session:
        claim = claim_with(session, "alice")
        put_invoice(session, claim, DIGITAL, "ofd", "as OFD")
        submit(session, claim)
    carol.go("/invoices/").sees(KEY)
    assert len(carol.find("#invoices-list tbody tr")) == 1


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_what_the_claimant_keeps_to_himself_is_not_listed(
    app: Flask, carol: Visitor, state: str
) -> None:
    claim_id = on_claim(app, sent=state != "draft")
    if state == "withdrawn":
        with writing(app) as session:
            session.get_one(Claim, claim_id).state = state
    carol.go("/invoices/").sees("No invoices match.").misses(KEY)


def test_it_is_paged_and_asks_the_same_few_questions(
    app: Flask, carol: Visitor, count_queries: CountQueries
) -> None:
    samples = [DIGITAL.but(number=f"263120000000000{place:05d}") for place in range(PAGE + 1)]
    on_claim(app, "alice", *samples[:13])
    on_claim(app, "alice", *samples[13:])
    with count_queries() as asked:
        carol.go("/invoices/?seller=青禾")
    assert len([statement for statement in asked if "invoice" in statement]) == 2
    assert len(carol.find("#invoices-list tbody tr")) == PAGE
    [older] = carol.find("a[rel=next]")
    carol.go(older.attributes["href"] or "").sees(samples[0].number)
    assert len(carol.find("#invoices-list tbody tr")) == 1
    assert "seller=" in carol.path


@pytest.mark.parametrize("name", ["alice", "bob", "dan", "erin", "admin"])
def test_it_refuses_a_stranger(app: Flask, name: str) -> None:
    on_claim(app)
    visitor = Visitor(app).signed_in(name).go("/invoices/")
    assert visitor.status == 404
    visitor.misses(KEY)

"""Whether a printed form matches the record."""

import io
import re

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.blueprints.verify import FREE_FAILURES
from portal.claims import payment
from portal.claims.models import Line
from portal.core.db import begin_writing, db
from portal.people.models import Throttle
from tests.blueprints.verify.cases import AT, approve, reader, sent_claim
from tests.browser import Visitor

MATCHES, DIFFERS = "The paper matches the record", "This does not match the record"


@pytest.fixture
def code(app: Flask, alice: Visitor) -> str:
    """What stands on the paper of an approved claim of Alice's, read off the paper itself."""
    with app.app_context():
        begin_writing(db.session())
        approve(db.session(), sent_claim(db.session(), app), "bob", "carol")
        db.session.commit()
    alice.go("/claims/1/paper.pdf")
    assert alice.response is not None
    said = pypdf.PdfReader(io.BytesIO(alice.response.get_data())).pages[0].extract_text()
    found = re.search(r"/verify/(BX2026-000001(?:-[A-Z2-7]{4}){3})", said.replace("\n", ""))
    assert found, said
    return found[1]


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Line).values(**values))
        db.session.commit()


def failures(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.sum(Throttle.failures))) or 0


def test_it_works(code: str, visitor: Visitor) -> None:
    visitor.go(f"/verify/{code}")
    visitor.sees(MATCHES, "BX2026-000001", "¥1,234.50", "Approved", "2026-03-02")
    assert visitor.status == 200


def test_it_tells_a_holder_nothing_else(code: str, visitor: Visitor) -> None:
    visitor.go(f"/verify/{code}").misses("Alice", "Bob", "客户拜访", "Visit to a client", "6222")


def test_it_can_be_typed_as_it_is_read(code: str, visitor: Visitor) -> None:
    number, value = code[:13], code[14:]
    visitor.go("/verify").sees("Check a printed claim")
    visitor.go(f"/verify?number={number.lower()}&value=+{value.lower().replace('-', '+')}")
    visitor.sees(MATCHES)


def test_nothing_typed_is_no_failure(app: Flask, visitor: Visitor) -> None:
    assert visitor.go("/verify").status == 200
    assert failures(app) == 0


@pytest.mark.parametrize(
    "wrong",
    ["BX2026-000001-AAAA-BBBB-CCCC", "BX2026-999999-AAAA-BBBB-CCCC", "BX2026-000001", "x", "%00"],
)
def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(
    code: str, visitor: Visitor, wrong: str
) -> None:
    visitor.go(f"/verify/{wrong}").sees(DIFFERS).misses("¥", "Approved")
    assert visitor.status == 404


def test_a_paper_printed_earlier_still_matches_and_says_what_came_since(
    app: Flask, code: str, visitor: Visitor
) -> None:
    with app.app_context():
        begin_writing(db.session())
        session: Session = db.session()
        payment.start_batch(session, [1], by=reader(session, "heidi").id, at=AT)
        session.commit()
    visitor.go(f"/verify/{code}").sees(
        MATCHES, "Being paid", "it was printed the claim was “Approved”"
    )


@pytest.mark.parametrize(
    "changed", [{"amount": 999_00}, {"purpose": "x"}, {"amount": None}, {"spent_on": None}]
)
def test_a_claim_that_changed_matches_no_paper(
    app: Flask, code: str, visitor: Visitor, changed: dict[str, object]
) -> None:
    change(app, **changed)
    visitor.go(f"/verify/{code}").sees(DIFFERS)


def test_guessing_has_to_wait_and_a_right_code_with_it(
    app: Flask, code: str, visitor: Visitor
) -> None:
    for number in range(FREE_FAILURES):
        visitor.go(f"/verify/BX2026-{number:06d}-AAAA-BBBB-CCCC")
    visitor.go(f"/verify/{code}").sees("Too many wrong tries.").misses("¥")
    assert visitor.status == 429
    assert failures(app) == FREE_FAILURES, "a blocked try must not count again"


def test_guessing_here_keeps_nobody_from_signing_in(app: Flask, visitor: Visitor) -> None:
    for number in range(FREE_FAILURES + 1):
        visitor.go(f"/verify/BX2026-{number:06d}-AAAA-BBBB-CCCC")
    Visitor(app).signed_in("alice")


def test_it_rejects_post(code: str, visitor: Visitor) -> None:
    assert visitor.post("/verify").status == 405

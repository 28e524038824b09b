"""The printed advance (借款单)."""

import io

import pytest
from pypdf import PdfReader

from portal.prior.models import ADVANCE, TRIP, PriorRequest
from portal.web.paper_advance import printed_advance, recognise_advance
from tests.blueprints.prior.pages import a_draft, a_paid, a_sent
from tests.browser import Visitor
from tests.claims.stories import writing


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_it_works(app, alice: Visitor, size: str) -> None:
    path = a_paid(app, 1_680_32, purpose="展会定金")
    answer = alice.client.get(f"{path}/paper.pdf?size={size}")
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.data)).pages
    text = pages[0].extract_text().replace(" ", "")
    for wanted in ("Advanceform", "展会定金", "¥1,680.32", "人民币壹仟陆佰捌拾元叁角贰分",
                   "Bob", "Carol", "Heidi", "Receivedby"):  # fmt: skip
        assert wanted in text, f"{wanted} is not on the form"
    assert len(pages) == 1


def test_the_paper_is_recognised_and_a_changed_one_is_not(app, visitor: Visitor) -> None:
    a_sent(app, ADVANCE)
    with writing(app) as session, app.test_request_context():
        advance = session.get_one(PriorRequest, 1)
        form = printed_advance(advance)
        assert recognise_advance(form.number, form.check_value) is not None
        advance.amount = 9_999_00
        assert recognise_advance(form.number, form.check_value) is None
        session.rollback()
    visitor.go(f"/verify/{form.number}-{form.check_value}").sees(form.number, "¥1,200.00")


def test_a_draft_and_a_trip_have_no_paper(app, alice: Visitor) -> None:
    assert alice.go(a_draft(app, ADVANCE) + "/paper.pdf").status == 409
    assert alice.go(a_sent(app, TRIP) + "/paper.pdf").status == 403


def test_it_refuses_a_stranger(app, dan: Visitor) -> None:
    assert dan.go(a_sent(app, ADVANCE) + "/paper.pdf").status == 404

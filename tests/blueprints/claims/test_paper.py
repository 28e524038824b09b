"""The claim on paper: its PDF and what guards it."""

import io
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pypdf
import pytest
from flask import Flask
from sqlalchemy import update

from portal.claims import drafting, payment
from portal.core import pdf
from portal.core.db import begin_writing, db
from portal.people.models import Person
from portal.settings import Settings
from tests.blueprints.verify.cases import AT, approve, photo, reader, sent_claim
from tests.browser import Visitor


def document(visitor: Visitor, address: str = "/claims/1/paper.pdf") -> pypdf.PdfReader:
    visitor.go(address)
    assert visitor.status == 200, visitor.text
    assert visitor.response is not None
    return pypdf.PdfReader(io.BytesIO(visitor.response.get_data()))


def text(read: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


@pytest.fixture
def claim(app: Flask) -> int:
    """Alice's claim with a photo, approved by both who had to."""
    with app.app_context():
        begin_writing(db.session())
        made = sent_claim(db.session(), app, ("的士票.png", photo()))
        approve(db.session(), made, "bob", "carol")
        db.session.commit()
        return made.id


def test_it_works(claim: int, alice: Visitor) -> None:
    read = document(alice)
    said = text(read)
    for part in (
        *("Company", "BX2026-000001", "Alice", "Sales", "客户拜访", "Local transport", "1,234.50"),
        *(
            "人民币壹仟贰佰叁拾肆元伍角",
            "Line manager",
            "Bob",
            "Fine.",
            "Finance review",
            "Carol",
        ),
        *("2026-03-02 11:00", "/verify/", "BX2026-000001-", "Approved", "的士票.png"),
    ):
        assert part in said, f"the form does not say {part}:\n{said}"
    assert len(read.pages) == 2


def test_it_opens_in_the_browser_under_a_chinese_name(
    app: Flask, claim: int, alice: Visitor
) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Person).where(Person.number == "alice").values(language="zh"))
        db.session.commit()
    alice.go("/claims/1/paper.pdf")
    assert alice.response is not None
    assert alice.response.mimetype == "application/pdf"
    plain, _sign, encoded = alice.response.headers["Content-Disposition"].partition("*=UTF-8''")
    assert plain == 'inline; filename="BX2026-000001.pdf"; filename'
    name = unquote(encoded)
    assert name.endswith("BX2026-000001.pdf")
    assert "报销单" in name


def test_a5_fits_the_small_sheet(claim: int, alice: Visitor) -> None:
    box = document(alice, "/claims/1/paper.pdf?size=A5").pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 148)


def test_a_paid_claim_says_when_by_whom_and_under_which_reference(
    app: Flask, claim: int, alice: Visitor
) -> None:
    with app.app_context():
        begin_writing(db.session())
        session = db.session()
        by = reader(session, "heidi").id
        batch = payment.start_batch(session, [claim], by=by, at=AT)
        payment.close_batch(
            session, batch, date(2026, 3, 4), "B-0417", {},
            shown=1, by=by, at=AT + timedelta(days=2), today=date(2026, 3, 4),
        )  # fmt: skip
        session.commit()
    said = text(document(alice))
    assert all(part in said for part in ("Heidi", "2026-03-04", "B-0417", "Paid"))


def test_a_claim_that_nobody_had_to_decide_says_so(app: Flask, alice: Visitor) -> None:
    with app.app_context():
        begin_writing(db.session())
        sent_claim(db.session(), app, amount="20")
        db.session.commit()
    assert "Automatic approval" in text(document(alice))


def test_an_unchanged_claim_comes_from_the_cache(
    claim: int, alice: Visitor, bob: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = document(alice)
    monkeypatch.setattr(pdf, "render", lambda *_, **__: pytest.fail("it was made again"))
    monkeypatch.setattr(pdf, "receipt_pages", lambda *_, **__: pytest.fail("it was read again"))
    assert text(document(alice)) == text(document(bob)) == text(first)


def test_a_decision_makes_a_new_paper(app: Flask, claim: int, alice: Visitor) -> None:
    assert "Being paid" not in text(document(alice))
    with app.app_context():
        begin_writing(db.session())
        session = db.session()
        payment.start_batch(session, [claim], by=reader(session, "heidi").id, at=AT)
        session.commit()
    assert "Being paid" in text(document(alice))


def test_a_pdf_receipt_that_needs_a_password_becomes_a_page_that_says_so(
    app: Flask, alice: Visitor
) -> None:
    writer, data = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret")
    writer.write(data)
    with app.app_context():
        begin_writing(db.session())
        sent_claim(db.session(), app, ("locked.pdf", data.getvalue()))
        db.session.commit()
    assert "protected by a password" in text(document(alice))


def test_a_lost_file_becomes_a_page_that_says_so(
    app: Flask, settings: Settings, claim: int, alice: Visitor
) -> None:
    for path in (settings.instance / "uploads").glob("??/*"):
        path.unlink()
    assert "missing from the portal's storage" in text(document(alice))


def test_a_draft_is_not_printed(app: Flask, alice: Visitor) -> None:
    with app.app_context():
        begin_writing(db.session())
        someone = reader(db.session(), "alice")
        drafting.create(db.session(), by=someone.id, department_id=someone.department_id, at=AT)
        db.session.commit()
    alice.go("/claims/1/paper.pdf").sees("A claim can be printed once it is submitted")
    assert alice.status == 409


def test_a_server_without_weasyprint_says_what_to_install(
    claim: int, alice: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unavailable(*_: object, **__: object) -> bytes:
        raise pdf.PdfUnavailable(pdf._NO_WEASYPRINT, "no pango")

    monkeypatch.setattr(pdf, "cached", lambda _dir, _key, make: make())
    monkeypatch.setattr(pdf, "render", unavailable)
    alice.go("/claims/1/paper.pdf").sees("This server cannot make PDF files")
    assert alice.status == 503


def test_the_reader_gets_it_in_his_language(app: Flask, claim: int, alice: Visitor) -> None:
    with app.app_context():
        begin_writing(db.session())
        db.session.execute(update(Person).where(Person.number == "bob").values(language="zh"))
        db.session.commit()
    chinese, english = Visitor(app).signed_in("bob"), alice
    assert "市内交通" in text(document(chinese))
    assert "Local transport" in text(document(english))


@pytest.mark.parametrize(("name", "status"), [("bob", 200), ("ivan", 200), ("heidi", 200)])
def test_whoever_may_see_it_may_print_it(app: Flask, claim: int, name: str, status: int) -> None:
    assert Visitor(app).signed_in(name).go("/claims/1/paper.pdf").status == status


def test_it_refuses_a_stranger(claim: int, dan: Visitor) -> None:
    forbidden = dan.go("/claims/1/paper.pdf").status
    assert (forbidden, dan.go("/claims/999/paper.pdf").status) == (404, 404)


def test_a_claim_without_receipts_is_one_page(app: Flask, alice: Visitor) -> None:
    with app.app_context():
        begin_writing(db.session())
        sent_claim(db.session(), app)
        db.session.commit()
    assert len(document(alice).pages) == 1

"""The claim on paper: its PDF and what guards it."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pypdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.approvals.flow import flow_for
from portal.approvals.routing import plan
from portal.claims import drafting, payment, queries, workflow
from portal.claims.drafting import TypedLine
from portal.claims.judging import routed
from portal.claims.models import Claim, Line
from portal.claims.receipts import Upload, attach
from portal.core import files, pdf
from portal.core.db import begin_writing, db
from portal.people.models import Person
from portal.people.queries import Organisation
from portal.people.roles import Reader
from portal.settings import Settings
from tests.browser import Visitor

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TYPED = {
    "purpose": "Visit to a client", "spent_on": "2026-02-27", "category": "taxi",
    "amount": "1234.50", "city": "上海",
}  # fmt: skip


def reader(session: Session, name: str) -> Reader:
    person = session.scalars(select(Person).where(Person.number == name)).one()
    return Reader(
        id=person.id, number=name, name=person.name, email=person.email,
        department_id=person.department_id, grade=person.grade, language="en",
        roles=frozenset(grant.role for grant in person.grants), sign_in_id=0, shared=False,
    )  # fmt: skip


def sent_claim(session: Session, app: Flask, *uploads: tuple[str, bytes], **typed: str) -> Claim:
    """A claim of Alice's with one line, sent on its route."""
    alice = reader(session, "alice")
    claim = drafting.create(session, by=alice.id, department_id=alice.department_id, at=AT)
    line = claim.lines[0]
    drafting.save(
        session, claim, "客户拜访", [TypedLine(line.id, **TYPED | typed)],
        shown=claim.version, at=AT,
    )  # fmt: skip
    for name, data in uploads:
        accepted = files.accept(data, name)
        upload = Upload(accepted, app.extensions["store"].put(accepted.data))
        attach(session, claim, upload, line, shown=claim.version, at=AT)
    flow = flow_for(session, "claim")
    workflow.submit(
        session, claim, [], plan(routed(claim, []), flow, Organisation(session)), flow,
        policy_version=1, shown=claim.version, at=AT, on=date(2026, 3, 2),
    )  # fmt: skip
    return claim


def approve(session: Session, claim: Claim, *names: str) -> None:
    for hours, name in enumerate(names, start=1):
        seen = queries.seen_by(session, claim.id, reader(session, name))
        assert seen is not None
        workflow.approve(
            session, seen, shown=claim.version, at=AT + timedelta(hours=hours), comment="Fine."
        )


def photo(colour: str = "navy") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(data, "PNG")
    return data.getvalue()


def document(visitor: Visitor, address: str = "/claims/1/paper.pdf") -> pypdf.PdfReader:
    visitor.go(address)
    assert visitor.status == 200, visitor.text
    assert visitor.response is not None
    return pypdf.PdfReader(io.BytesIO(visitor.response.get_data()))


def text(read: pypdf.PdfReader) -> str:
    return "\n".join(page.extract_text() for page in read.pages)


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
        *("Company", "BX2026-000001", "Alice", "Sales", "客户拜访", "Taxi", "1,234.50"),
        *("人民币壹仟贰佰叁拾肆元伍角整", "Line manager", "Bob", "Fine.", "Finance review", "Carol"),
        *("2026-03-02 11:00", "/verify/BX2026-000001-", "Approved", "的士票.png"),
    ):
        assert part in said, f"the form does not say {part}:\n{said}"
    assert len(read.pages) == 2


def test_it_opens_in_the_browser_under_a_chinese_name(claim: int, alice: Visitor) -> None:
    alice.go("/claims/1/paper.pdf")
    assert alice.response is not None
    disposition = alice.response.headers["Content-Disposition"]
    assert disposition.startswith("inline")
    assert "BX2026-000001.pdf" in unquote(disposition)
    assert alice.response.mimetype == "application/pdf"


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
    alice.go("/claims/1/paper.pdf").sees("A claim is printed once it is sent")
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
    assert "出租车" in text(document(chinese))
    assert "Taxi" in text(document(english))


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


def test_a_line_that_lost_its_amount_matches_no_paper(app: Flask, claim: int) -> None:
    """What the check value is made of may go missing while a returned claim is edited."""
    with app.app_context():
        db.session.execute(update(Line).values(amount=None, spent_on=None))
        db.session.execute(delete(Line).where(Line.id == 0))
        assert db.session.scalars(select(Claim)).one().total == 1234_50
        db.session.rollback()

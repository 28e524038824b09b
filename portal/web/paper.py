"""A claim on paper: its rows put into words, its check value, and the PDF made of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from flask import current_app, render_template, url_for
from sqlalchemy import select

from portal.approvals.flow import ROLE
from portal.approvals.models import FlowStep
from portal.claims import events, queries
from portal.claims.models import APPROVED, EDITABLE, PAID, PAYING, STATES, Claim, Receipt
from portal.claims.printed import (
    Paper,
    PrintedClaim,
    PrintedLine,
    PrintedOpinion,
    PrintedPayment,
    PrintedReceipt,
    Problem,
    check_value,
    same_check_value,
)
from portal.core import pdf
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.events import Event
from portal.core.files import Store
from portal.core.money import in_words
from portal.core.text import typed as plain
from portal.core.words import words
from portal.invoices.models import Invoice
from portal.people.models import Department, Person
from portal.people.roles import FINANCE
from portal.policy.queries import categories
from portal.web import labels
from portal.web.i18n import day, local, money, named
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.session import settings


@dataclass(frozen=True)
class Recognised:
    """A claim whose printed form somebody holds. ``total`` is minor units of ``currency``.

    ``printed_state`` is the claim's state when it was printed, ``state`` that of now.
    """

    number: str
    total: int
    currency: str
    printed_state: str
    state: str
    day: date


def pdf_of(claim: Claim, paper: Paper) -> bytes:
    """The claim with its receipts as PDF, in the reader's language.

    Raises ``NotNow`` while the claim is not sent, ``PdfFailed`` and ``PdfUnavailable``.
    """
    if claim.state in EDITABLE or claim.number is None:
        raise NotNow(
            words("A claim can be printed once it is submitted; until then it can still change.")
        )
    files = _files(claim)
    form = printed(claim, files)
    static = Path(current_app.root_path) / "static"

    def make() -> bytes:
        html = _html(replace(form, receipts=_examined(form.receipts, files)), paper)
        return pdf.render(html, files=files, static_root=static)

    # What a receipt's file turns out to be follows from its bytes, so the key need not wait
    # for it: an unchanged claim never starts the renderer.
    key = pdf.cache_key(_html(form, paper), files, static)
    return pdf.cached(settings().instance / "cache" / "pdf", key, make)


def printed(claim: Claim, files: Mapping[str, Path]) -> PrintedClaim:
    """The claim, whose lines and receipts are loaded, as it goes on paper. Six queries."""
    session = db.session()
    claimant, department = session.execute(
        select(Person, Department)
        .join(Department, Department.id == claim.department_id)
        .where(Person.id == claim.claimant_id)
    ).one()
    company = session.scalars(
        select(Department).where(Department.parent_id.is_(None)).order_by(Department.id).limit(1)
    ).one()
    lines = _lines(claim, {each.code: named(each.name) for each in categories(session)})
    value = _check_value(claim, lines, claim.state)
    address = url_for("verify.show", code=f"{claim.number}-{value}")
    return PrintedClaim(
        company=named(company.name),
        title=_("Expense claim form"),
        number=claim.number or "",
        state=claim.state,
        state_label=str(labels.CLAIM_STATES[claim.state]),
        filled_on=local(claim.submitted_at or claim.updated_at).date(),
        claimant=claimant.name,
        employee_number=claimant.number,
        department=named(department.name),
        grade=str(labels.GRADES[claimant.grade]),
        purpose=claim.purpose,
        total=claim.total,
        total_in_words=in_words(claim.total),
        lines=lines,
        opinions=_opinions(claim),
        payment=_payment(claim),
        receipts=_receipts(claim, files),
        verify_url=settings().base_url.rstrip("/") + address,
        check_value=value,
        language="zh" if language() == "zh" else "en",
        as_of=local(claim.updated_at),
        currency=claim.currency,
    )


def recognise(number: str, typed: str) -> Recognised | None:
    """The sent claim whose printed form carries this number and check value; else None.

    A form printed before the claim moved on is recognised too, as long as it says the same.
    """
    session = db.session()
    claim = session.scalars(
        select(Claim).where(
            Claim.number == plain(number).strip().upper(), Claim.submitted_at.is_not(None)
        )
    ).one_or_none()
    if claim is None:
        return None
    lines = _lines(queries.with_lines(session, claim), {})
    for state in STATES:
        if same_check_value(typed, _check_value(claim, lines, state)):
            assert claim.submitted_at is not None
            return Recognised(
                number=claim.number or "",
                total=claim.total,
                currency=claim.currency,
                printed_state=state,
                state=claim.state,
                day=local(claim.submitted_at).date(),
            )
    return None


def _check_value(claim: Claim, lines: tuple[PrintedLine, ...], state: str) -> str:
    secret = settings().secret_key.encode()
    return check_value(
        secret, number=claim.number or "", total=claim.total, lines=lines, state=state
    )


def _lines(claim: Claim, names: Mapping[str, str]) -> tuple[PrintedLine, ...]:
    """The lines. One that lost its date or amount since it was printed matches no paper."""
    return tuple(
        PrintedLine(
            position=position,
            date=line.spent_on or date.min,
            category=names.get(line.category, line.category),
            category_code=line.category,
            description=line.purpose,
            city=line.city,
            amount=line.amount or 0,
        )
        for position, line in enumerate(claim.lines, start=1)
    )


def _opinions(claim: Claim) -> tuple[PrintedOpinion, ...]:
    session = db.session()
    of_finance = set(session.scalars(select(FlowStep.id).where(FlowStep.decider == ROLE + FINANCE)))
    opinions = tuple(
        PrintedOpinion(
            step=row.name_zh if language() == "zh" else row.name_en,
            decision=str(labels.STEP_STATES[row.state]),
            comment=row.comment,
            person=row.name,
            on_behalf_of=None,
            at=local(row.decided_at),
            is_finance=row.flow_step_id in of_finance,
        )
        for row in queries.steps_of(session, claim.id)
        if row.decided_at and row.person_id == row.decided_by_id
    )
    if not opinions and claim.decided_at and claim.state in (APPROVED, PAYING, PAID):
        opinions = (
            PrintedOpinion(
                step=_("Automatic approval"),
                decision=str(labels.STEP_STATES["approved"]),
                comment=_("Small amount and no findings"),
                person=_("Expense portal"),
                on_behalf_of=None,
                at=local(claim.decided_at),
            ),
        )
    return opinions


def _payment(claim: Claim) -> PrintedPayment | None:
    row = db.session.execute(
        select(Event.data, Person.name)
        .join(Person, Person.id == Event.actor_id)
        .where(Event.subject_kind == "claim", Event.subject_id == claim.id)
        .where(Event.kind == events.PAID)
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    paid_on, reference = date.fromisoformat(row.data["paid_on"]), row.data["reference"]
    return PrintedPayment(paid_on=paid_on, reference=reference, payer=row.name)


def _files(claim: Claim) -> dict[str, Path]:
    """The files of the claim's receipts that are there, by SHA-256."""
    store = cast(Store, current_app.extensions["store"])
    paths = {receipt.sha256: store.path(receipt.sha256) for receipt in claim.receipts}
    return {sha256: path for sha256, path in paths.items() if path.is_file()}


def _receipts(claim: Claim, files: Mapping[str, Path]) -> tuple[PrintedReceipt, ...]:
    place = {line.id: position for position, line in enumerate(claim.lines, start=1)}
    return tuple(
        PrintedReceipt(
            line=place[receipt.line_id],
            filename=receipt.filename,
            sha256=receipt.sha256,
            media_type=receipt.media_type,
            pages=receipt.pages or 1,
            values=_values(receipt),
            problem=None if receipt.sha256 in files else "missing",
        )
        for receipt in claim.receipts
    )


def _examined(
    receipts: tuple[PrintedReceipt, ...], files: Mapping[str, Path]
) -> tuple[PrintedReceipt, ...]:
    """The receipts with what the renderer finds in the PDF files among them."""
    found = {
        receipt.sha256: pdf.receipt_pages(files[receipt.sha256])
        for receipt in receipts
        if receipt.kind == "pdf"
    }
    return tuple(
        replace(
            receipt,
            pages=found[receipt.sha256].pages,
            problem=cast(Problem | None, found[receipt.sha256].problem),
        )
        if receipt.sha256 in found
        else receipt
        for receipt in receipts
    )


def _values(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    """What was read from an electronic invoice, for the paper that stands for it."""
    invoice: Invoice | None = receipt.invoice
    if invoice is None:
        return ()
    read = (
        (_("Invoice number"), " ".join(filter(None, (invoice.code, invoice.number)))),
        (_("Date"), day(invoice.issued_on) if invoice.issued_on else ""),
        (_("Seller"), invoice.seller),
        (_("Seller's tax number"), invoice.seller_tax_id),
        (_("Buyer"), invoice.buyer),
        (_("Buyer's tax number"), invoice.buyer_tax_id),
        (_("Net amount"), money(invoice.net) if invoice.net is not None else ""),
        (_("Tax"), money(invoice.tax) if invoice.tax is not None else ""),
        (_("Total with tax"), money(invoice.total) if invoice.total is not None else ""),
    )
    return tuple((label, value) for label, value in read if value)


def _html(form: PrintedClaim, paper: Paper) -> str:
    return render_template("claims/print.html", form=form, paper=paper)

"""A claim on paper: its rows put into words, its check value, and the PDF made of both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from flask import current_app, render_template, url_for
from sqlalchemy import select

from portal.approvals.flow import ROLE
from portal.approvals.models import FlowStep
from portal.claims import events, queries
from portal.claims.choosing import shares_of
from portal.claims.computing import in_figures
from portal.claims.models import (
    APPROVED,
    EDITABLE,
    PAID,
    PAYING,
    STATES,
    TRAVEL,
    Claim,
)
from portal.claims.pricing import price_of
from portal.claims.printed import (
    Paper,
    PrintedClaim,
    PrintedLine,
    PrintedOpinion,
    PrintedPayment,
    check_value,
    same_check_value,
)
from portal.claims.printed_travel import leg_of
from portal.core import pdf
from portal.core.db import Rows, db
from portal.core.errors import NotNow
from portal.core.events import Event, Subject
from portal.core.money import in_words
from portal.core.text import typed as plain
from portal.core.words import words
from portal.people.models import Company, Department, Person
from portal.people.roles import FINANCE
from portal.policy.queries import categories
from portal.web import labels
from portal.web.i18n import local, named
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.paper_receipts import examined, files_of, receipts_of
from portal.web.session import settings


@dataclass(frozen=True)
class Recognised:
    """A claim or advance whose printed form somebody holds.

    ``total`` is minor units of ``currency``; ``printed_state`` is the state when it was
    printed, ``state`` that of now.
    """

    number: str
    total: int
    currency: str
    printed_state: str
    state: str
    day: date
    advance: bool = False


def pdf_of(claim: Claim, paper: Paper) -> bytes:
    """The claim with its receipts as PDF, in the reader's language.

    Raises ``NotNow`` while the claim is not sent, ``PdfFailed`` and ``PdfUnavailable``.
    """
    if claim.state in EDITABLE or claim.number is None:
        raise NotNow(
            words("A claim can be printed once it is submitted; until then it can still change.")
        )
    files = files_of(claim)
    form = printed(claim, files)
    static = Path(current_app.root_path) / "static"

    def make() -> bytes:
        html = _html(replace(form, receipts=examined(form.receipts, files)), paper)
        return pdf.render(html, files=files, static_root=static)

    # What a receipt's file turns out to be follows from its bytes, so the key need not wait
    # for it: an unchanged claim never starts the renderer.
    key = pdf.cache_key(_html(form, paper), files, static)
    return pdf.cached(settings().instance / "cache" / "pdf", key, make)


def printed(claim: Claim, files: Mapping[str, Path]) -> PrintedClaim:
    """The claim, whose lines and receipts are loaded, as it goes on paper. Six queries."""
    session = db.session()
    claimant, department, company = session.execute(
        select(Person, Department, Company)
        .select_from(Person)
        .join(Department, Department.id == claim.department_id)
        .join(Company, Company.id == claim.company_id)
        .where(Person.id == claim.claimant_id)
    ).one()
    lines = _lines(claim, {each.code: named(each.name) for each in categories(session)})
    value = _check_value(claim, lines, claim.state)
    address = url_for("verify.show", code=f"{claim.number}-{value}")
    return PrintedClaim(
        company=named(company.name),
        title=_("Travel claim form") if claim.kind == TRAVEL else _("Expense claim form"),
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
        receipts=receipts_of(claim, files),
        verify_url=settings().base_url.rstrip("/") + address,
        check_value=value,
        language="zh" if language() == "zh" else "en",
        as_of=local(claim.updated_at),
        currency=claim.currency,
        entered_by=_name_of(claim.entered_by_id),
        kind=claim.kind,
        trip=(claim.trip.number or "") if claim.trip else "",
        settled=tuple((s.number, s.amount) for s in shares_of(session, claim) if s.amount),
    )


def _name_of(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else ""


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
            ends_on=line.ends_on,
            leg=leg_of(line.leg or {}),
            worked_out=in_figures(price_of(line), line.currency),
            tax=line.tax,
        )
        for position, line in enumerate(claim.lines, start=1)
    )


def opinions_of(rows: Rows) -> tuple[PrintedOpinion, ...]:
    """What was decided at the steps of a route. One query."""
    of_finance = set(
        db.session.scalars(select(FlowStep.id).where(FlowStep.decider == ROLE + FINANCE))
    )
    return tuple(
        PrintedOpinion(
            step=row.name_zh if language() == "zh" else row.name_en,
            decision=str(labels.STEP_STATES[row.state]),
            comment=row.comment,
            person=row.name,
            on_behalf_of=None,
            at=local(row.decided_at),
            is_finance=row.flow_step_id in of_finance,
        )
        for row in rows
        if row.decided_at and row.person_id == row.decided_by_id
    )


def _opinions(claim: Claim) -> tuple[PrintedOpinion, ...]:
    opinions = opinions_of(queries.steps_of(db.session(), claim.id))
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
    return payment_of(claim.subject, events.PAID)


def payment_of(about: Subject, paid: str) -> PrintedPayment | None:
    """Day, reference and payer of what was paid, as the event of kind ``paid`` says."""
    row = db.session.execute(
        select(Event.data, Person.name)
        .join(Person, Person.id == Event.actor_id)
        .where(Event.subject_kind == about.kind, Event.subject_id == about.id)
        .where(Event.kind == paid)
        .order_by(Event.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    paid_on, reference = date.fromisoformat(row.data["paid_on"]), row.data["reference"]
    return PrintedPayment(paid_on=paid_on, reference=reference, payer=row.name)


def _html(form: PrintedClaim, paper: Paper) -> str:
    return render_template("claims/print.html", form=form, paper=paper)

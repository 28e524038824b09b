"""An advance on paper (借款单): its values put into words, its check value, and the PDF."""

from pathlib import Path

from flask import current_app, render_template, url_for
from sqlalchemy import select

from portal.claims.printed import Paper, same_check_value
from portal.claims.printed_advance import PrintedAdvance, advance_check_value
from portal.core import pdf
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.money import in_words
from portal.core.text import typed as plain
from portal.core.words import words
from portal.people.models import Company
from portal.prior import events, queries
from portal.prior.models import ADVANCE, EDITABLE, STATES, PriorRequest
from portal.web import labels
from portal.web.i18n import local
from portal.web.i18n import named as name_of
from portal.web.languages import gettext as _
from portal.web.languages import language
from portal.web.paper import Recognised, opinions_of, payment_of
from portal.web.session import settings


def pdf_of_advance(advance: PriorRequest, paper: Paper) -> bytes:
    """The advance form as PDF, in the reader's language.

    Raises ``NotNow`` while the advance is not sent, ``PdfFailed`` and ``PdfUnavailable``.
    """
    if advance.state in EDITABLE or advance.number is None:
        raise NotNow(
            words("An advance can be printed once it is submitted; until then it can still change.")
        )
    html = render_template("prior/print.html", form=printed_advance(advance), paper=paper)
    static = Path(current_app.root_path) / "static"
    key = pdf.cache_key(html, {}, static)
    return pdf.cached(
        settings().instance / "cache" / "pdf", key,
        lambda: pdf.render(html, files={}, static_root=static),
    )  # fmt: skip


def printed_advance(advance: PriorRequest) -> PrintedAdvance:
    """The advance as it goes on paper. Five queries."""
    session = db.session()
    whose = queries.whose(session, advance)
    value = _check_value(advance, advance.state)
    address = url_for("verify.show", code=f"{advance.number}-{value}")
    assert advance.submitted_at is not None
    assert advance.ends_on is not None
    return PrintedAdvance(
        company=name_of(session.get_one(Company, advance.company_id).name),
        title=_("Advance form"),
        number=advance.number or "",
        state_label=str(labels.PRIOR_STATES[advance.state]),
        filled_on=local(advance.submitted_at).date(),
        claimant=whose.name,
        employee_number=whose.employee,
        department=whose.name_zh if language() == "zh" else whose.name_en,
        purpose=advance.purpose,
        trip=whose.trip_number or "",
        total=advance.amount or 0,
        total_in_words=in_words(advance.amount or 0),
        settle_by=advance.ends_on,
        remarks=advance.remarks,
        opinions=opinions_of(queries.steps_of(session, advance)),
        payment=payment_of(advance.subject, events.PAID),
        verify_url=settings().base_url.rstrip("/") + address,
        check_value=value,
        language="zh" if language() == "zh" else "en",
        as_of=local(advance.updated_at),
        currency=advance.currency,
        entered_by=whose.filled_by or "",
    )


def recognise_advance(number: str, typed: str) -> Recognised | None:
    """The sent advance whose printed form carries this number and check value; else None."""
    advance = db.session.scalars(
        select(PriorRequest).where(
            PriorRequest.number == plain(number).strip().upper(),
            PriorRequest.kind == ADVANCE,
            PriorRequest.submitted_at.is_not(None),
        )
    ).one_or_none()
    if advance is None:
        return None
    for state in STATES:
        if same_check_value(typed, _check_value(advance, state)):
            assert advance.submitted_at is not None
            return Recognised(
                number=advance.number or "",
                total=advance.amount or 0,
                currency=advance.currency,
                printed_state=state,
                state=advance.state,
                day=local(advance.submitted_at).date(),
                advance=True,
            )
    return None


def _check_value(advance: PriorRequest, state: str) -> str:
    return advance_check_value(
        settings().secret_key.encode(),
        number=advance.number or "", total=advance.amount or 0, purpose=advance.purpose,
        settle_by=advance.ends_on, state=state,
    )  # fmt: skip

"""What everybody owes on advances, and cash that comes back."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.prior import ONE, blueprint
from portal.core.clock import day, now
from portal.core.days import parse_day
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.prior import RepayForm
from portal.people.roles import AUDITOR, FINANCE, PAYER
from portal.prior import access, balance, queries
from portal.prior.access import Seen
from portal.prior.queries import PAGE
from portal.web.guards import prior, role
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get("/advances/owed")
@role(FINANCE, PAYER, AUDITOR)
def owed() -> Any:
    """Who owes what, and how old it is: the longest due first."""
    session = db.session()
    today = day(now(), settings().timezone)
    rows = queries.owed_by_all(session, _after(request.args.get("after", "")))
    shown, more = rows[:PAGE], None
    if len(rows) > PAGE:
        more = url_for("prior.owed", after=f"{shown[-1].ends_on}:{shown[-1].id}")
    return render_template(
        "prior/owed.html", rows=shown, more=more, today=today, at=now(),
        sums=queries.owed_in_all(session, today),
    )  # fmt: skip


def _after(key: str) -> tuple[date, int] | None:
    due_on, _colon, advance_id = key.partition(":")
    try:
        return date.fromisoformat(due_on), int(advance_id)
    except ValueError:
        return None


@blueprint.get(f"{ONE}/repay")
@prior(access.may_repay)
def repay(seen: Seen) -> Any:
    """Ask what was returned."""
    form = RepayForm(formdata=None, version=seen.request.version)
    form.on.data = day(now(), settings().timezone).isoformat()
    return _page(seen, form)


@blueprint.post(f"{ONE}/repay")
@prior(access.may_repay)
@writes()
def repay_post(seen: Seen) -> Any:
    """Note cash that was returned."""
    form, at = RepayForm(), now()
    try:
        balance.repay(
            db.session(), seen, form.amount.data or "", form.reference.data or "",
            on=_on(form), today=day(at, settings().timezone), shown=form.shown, at=at,
        )  # fmt: skip
    except Invalid as refusal:
        db.session.rollback()
        form.refuse(refusal)
        return _page(seen, form), 422
    flash(_("The return is noted."), "success")
    asked = seen.request
    return redirect(url_for("prior.show", shelf=asked.shelf, request_id=asked.id), 303)


def _on(form: RepayForm) -> date:
    try:
        return parse_day(form.on.data or "")
    except Invalid as refusal:
        raise Invalid(refusal.words, "on") from None


def _page(seen: Seen, form: RepayForm) -> str:
    whose = queries.whose(db.session(), seen.request)
    return render_template("prior/repay.html", asked=seen.request, whose=whose, form=form)

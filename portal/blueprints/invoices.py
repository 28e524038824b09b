"""The registry of invoices: which claim has which, whether it was verified, and exceptions."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal.claims import invoice_queries
from portal.claims.queries import PAGE
from portal.core.clock import now
from portal.core.db import Rows, db
from portal.core.errors import Invalid, Missing
from portal.forms.invoices import AllowForm, CheckForm, InvoiceFilterForm
from portal.invoices import checking, queries, registry
from portal.invoices.readers.invoice import SOURCES
from portal.people import directory_list
from portal.people.directory_list import Wanted
from portal.people.queries import find_by_sign_in
from portal.people.roles import AUDITOR, FINANCE, PAYER
from portal.web.guards import NO_SUCH_PAGE, reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes

blueprint = Blueprint("invoices", __name__, url_prefix="/invoices")


@blueprint.get("/", endpoint="list")
@role(FINANCE, PAYER, AUDITOR)
def list_invoices() -> Any:
    """Invoices on submitted claims, newest first."""
    form = InvoiceFilterForm(request.args)
    rows = invoice_queries.listed(db.session(), form.wanted(request.args.get("before", type=int)))
    shown = rows[:PAGE]
    older = None
    if len(rows) > PAGE:
        kept: dict[str, Any] = {key: value for key, value in request.args.items() if value}
        older = url_for("invoices.list", **{**kept, "before": shown[-1].id})
    return render_template(
        "invoices/list.html", form=form, rows=shown, older=older,
        checks=checking.checks_of(db.session(), [row.key for row in shown]),
    )  # fmt: skip


@blueprint.get("/<key>")
@role(FINANCE, PAYER, AUDITOR)
def show(key: str) -> Any:
    """Everything about one invoice."""
    return _shown(key, CheckForm(formdata=None))


def _shown(key: str, form: CheckForm) -> str:
    session, rows = db.session(), _readings(key)
    return render_template(
        "invoices/show.html", key=key, rows=rows, best=_best(rows), form=form,
        claims={row.claim_id: row for row in rows}, allowances=queries.allowances(session, key),
        history=checking.history(session, key), may_change=reader().has(FINANCE),
    )  # fmt: skip


@blueprint.post("/<key>/check")
@role(FINANCE)
@writes()
def check(key: str) -> Any:
    """Keep what somebody saw on the tax platform."""
    form = CheckForm()
    try:
        checking.check(
            db.session(), _best(_readings(key)), form.by_hand(), by=reader().id, at=now()
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return _shown(key, form), 422
    flash(_("The verification is recorded with your name and the date."), "success")
    return redirect(url_for("invoices.show", key=key), 303)


@blueprint.get("/<key>/allow")
@role(FINANCE)
def allow(key: str) -> Any:
    """Choose who may claim the invoice once more, and see what that means."""
    rows, text = _readings(key), request.args.get("person", "").strip()[:100]
    found = directory_list.listed(db.session(), Wanted(text=text, active=True)) if text else []
    people = [row for row in found if text in (row.number, row.name)] or found
    return _allow_page(key, rows, AllowForm(formdata=None), text, people)


@blueprint.post("/<key>/allow")
@role(FINANCE)
@writes()
def allow_post(key: str) -> Any:
    """Let one person claim the invoice once more."""
    session, rows, form = db.session(), _readings(key), AllowForm()
    person = find_by_sign_in(session, form.person.data or "")
    if person is None:
        return _allow_page(key, rows, form, form.person.data or "", []), 422
    try:
        registry.allow(session, key, person, form.reason.data or "", by=reader(), at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return _allow_page(key, rows, form, person.number, [person]), 422
    flash(_("%(name)s can claim this invoice once more.", name=person.name), "success")
    return redirect(url_for("invoices.show", key=key), 303)


def _allow_page(key: str, rows: Rows, form: AllowForm, text: str, people: Any) -> str:
    form.person.data = people[0].number if len(people) == 1 else ""
    return render_template(
        "invoices/allow.html", key=key, best=_best(rows), form=form, text=text, people=people,
        claims={row.claim_id: row for row in rows}, most=directory_list.PAGE,
    )  # fmt: skip


def _readings(key: str) -> Rows:
    """What was read of the invoice of an address. Raises ``Missing``."""
    rows = invoice_queries.readings(db.session(), key)
    if not rows:
        raise Missing(NO_SUCH_PAGE)
    return rows


def _best(rows: Rows) -> Any:
    """The reading that is trusted most."""
    trusted = {source: place for place, source in enumerate(SOURCES)}
    return min(
        (row.Invoice for row in rows), key=lambda each: trusted.get(each.source, len(trusted))
    )

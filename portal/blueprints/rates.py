"""Exchange rates: everybody reads them, finance enters and imports them."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.core import files
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.core.files import Store
from portal.core.words import words
from portal.forms.rates import ConfirmForm, ImportRatesForm, RateForm
from portal.people.companies import main_currency
from portal.people.roles import FINANCE
from portal.rates import editing, importing, queries
from portal.rates.importing import MOST_BYTES, Incorrect, Plan
from portal.web.guards import reader, role, signed_in
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes

blueprint = Blueprint("rates", __name__, url_prefix="/rates")

KEPT = timedelta(hours=2)
SHOWN = 200
"""Rates and problems on the page of a dry run."""


@blueprint.get("/")
@signed_in
def list() -> Any:
    """The rates, the last entered first."""
    currency = request.args.get("currency", "")[:3].upper()
    before = request.args.get("before", 0, int)
    rows = queries.shown_rates(db.session(), currency, before)
    base = main_currency(db.session())
    return render_template(
        "rates/list.html",
        rows=rows[: queries.PAGE],
        older=rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None,
        currency=currency,
        known=queries.known_currencies(db.session(), base)[1:],
        base=base,
        enters=reader().has(FINANCE),
    )


@blueprint.get("/new")
@role(FINANCE)
def new() -> Any:
    """An empty form for a rate of today."""
    form = RateForm(formdata=None, on=_today().isoformat())
    return render_template("rates/new.html", form=form, base=main_currency(db.session()))


@blueprint.post("/new")
@role(FINANCE)
@writes()
def new_post() -> Any:
    """Enter a rate."""
    form, base = RateForm(), main_currency(db.session())
    try:
        typed = editing.understood(
            *(form._fields[name].data or "" for name in ("currency", "on", "rate", "source")),
            base=base, today=_today(),
        )  # fmt: skip
    except Invalid as refusal:
        form.refuse(refusal)
        return render_template("rates/new.html", form=form, base=base), 422
    editing.enter(db.session(), typed, base=base, by=reader().id, at=now())
    flash(_("Entered. Claims that are not submitted yet follow it."), "success")
    return redirect(url_for("rates.list"), 303)


@blueprint.get("/import")
@role(FINANCE)
def import_() -> Any:
    """Choose a file."""
    return render_template("rates/import.html", form=ImportRatesForm(formdata=None))


@blueprint.post("/import")
@role(FINANCE)
def import_post() -> Any:
    """Keep the file and go on to its dry run; no row of the database is written."""
    form = ImportRatesForm()
    sent = request.files.get(form.file.name)
    try:
        if sent is None or not sent.filename:
            raise Invalid(words("Choose a file first."), "file")
        data = sent.stream.read(MOST_BYTES + 1)
        _planned(data)
    except Invalid as refusal:
        form.refuse(Invalid(refusal.words, "file"))
        return render_template("rates/import.html", form=form), 422
    name = files.clean_name(sent.filename)
    token = _signer().dumps([_store().put(data), name, reader().id])
    return redirect(url_for("rates.check_import", token=token), 303)


@blueprint.get("/import/<token>")
@role(FINANCE)
def check_import(token: str) -> Any:
    """The dry run: every problem by row, or the rates that will be new."""
    name, data = _kept(token)
    return _check(token, name, _planned(data))


@blueprint.post("/import/<token>")
@role(FINANCE)
@writes()
def apply_import(token: str) -> Any:
    """Enter all of them, or none."""
    name, data = _kept(token)
    planned, base = _planned(data), main_currency(db.session())
    try:
        count = importing.apply(db.session(), planned, base=base, by=reader().id, at=now())
    except Incorrect:
        return _check(token, name, planned), 422
    flash(_("Imported: %(count)s rates.", count=count), "success")
    return redirect(url_for("rates.list"), 303)


def _check(token: str, name: str, planned: Plan) -> str:
    return render_template(
        "rates/check_import.html",
        token=token,
        filename=name,
        planned=planned,
        shown=SHOWN,
        base=main_currency(db.session()),
        form=ConfirmForm(formdata=None),
    )


def _planned(data: bytes) -> Plan:
    base = main_currency(db.session())
    return importing.plan(db.session(), data, base=base, today=_today())


def _kept(token: str) -> tuple[str, bytes]:
    """The name and the content of the file that the reader uploaded. Raises ``Missing``."""
    try:
        sha256, name, person_id = _signer().loads(token, max_age=int(KEPT.total_seconds()))
    except BadSignature:
        person_id = None
    if person_id != reader().id:
        raise Missing(words("This file is no longer kept. Choose it again."))
    return name, _store().read(sha256)


def _today() -> date:
    return day(now(), settings().timezone)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="rates import")


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store

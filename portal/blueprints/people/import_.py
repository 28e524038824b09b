"""Everybody as a table: out, and in again after a dry run.

The uploaded file waits in the store under its content's hash. The address of the dry run
names it with a signature, so that what is applied is what was looked at, and only for the
person who uploaded it.
"""

from datetime import timedelta
from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from portal.blueprints.people import blueprint
from portal.claims.handover import hand_over
from portal.core import files
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.core.files import Store
from portal.core.words import words
from portal.forms.people import ConfirmForm, ImportForm
from portal.people import directory_csv
from portal.people.directory import Incorrect
from portal.people.directory_csv import MOST_BYTES, Rows
from portal.people.directory_fields import COLUMNS
from portal.people.directory_import import Plan, apply, plan
from portal.people.roles import ADMIN
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes

KEPT = timedelta(hours=2)
SHOWN = 200
"""Problems and changes on one page."""


@blueprint.get("/import")
@role(ADMIN)
def import_() -> Any:
    """Choose a file."""
    return _choose(ImportForm(formdata=None))


@blueprint.post("/import")
@role(ADMIN)
def import_post() -> Any:
    """Keep the file and go on to its dry run; no row of the database is written."""
    form = ImportForm()
    try:
        sent = request.files.get(form.file.name)
        if sent is None or not sent.filename:
            raise Invalid(words("Choose a file first."), "file")
        data = sent.stream.read(MOST_BYTES + 1)
        directory_csv.read(data)
    except Invalid as refusal:
        form.refuse(Invalid(refusal.words, "file"))
        return _choose(form), 422
    name = files.clean_name(sent.filename)
    token = _signer().dumps([_store().put(data), name, reader().id])
    return redirect(url_for("people.check_import", token=token), 303)


@blueprint.get("/import/<token>")
@role(ADMIN)
def check_import(token: str) -> Any:
    """The dry run: every problem by row, or what the import will change."""
    name, rows = _kept(token)
    return _check(token, name, plan(db.session(), rows, by=reader().id))


@blueprint.post("/import/<token>")
@role(ADMIN)
@writes()
def apply_import(token: str) -> Any:
    """Do all of it, or nothing when the portal changed such that it no longer fits."""
    name, rows = _kept(token)
    planned = plan(db.session(), rows, by=reader().id)
    try:
        apply(db.session(), planned, by=reader().id, at=now())
    except Incorrect:
        return _check(token, name, planned), 422
    lost = [
        entry.person_id
        for entry in planned.updated
        if entry.person_id and {"active", "roles"} & set(entry.fields)
    ]
    hand_over(db.session(), lost, by=reader().id, at=now())
    flash(
        _(
            "Imported: %(created)s added, %(updated)s updated, %(unchanged)s as they were.",
            created=len(planned.created),
            updated=len(planned.updated),
            unchanged=planned.unchanged,
        ),
        "success",
    )
    return redirect(url_for("people.list"), 303)


@blueprint.get("/export.csv")
@role(ADMIN)
def export() -> Any:
    """Everybody as a CSV file, which the import accepts."""
    response = make_response(directory_csv.export(db.session()))
    response.mimetype = "text/csv"
    today = day(now(), settings().timezone)
    response.headers.set("Content-Disposition", "attachment", filename=f"people-{today}.csv")
    return response


def _choose(form: ImportForm) -> str:
    required = directory_csv.REQUIRED
    return render_template("people/import.html", form=form, columns=COLUMNS, required=required)


def _check(token: str, name: str, planned: Plan) -> str:
    start = max(request.args.get("from", 0, int), 0)
    changes = (*planned.created, *planned.updated)
    listed = planned.problems or changes
    return render_template(
        "people/check_import.html",
        token=token,
        filename=name,
        planned=planned,
        problems=planned.problems[start : start + SHOWN],
        changes=changes[start : start + SHOWN],
        rows_with_problems=len({problem.row for problem in planned.problems}),
        earlier=max(start - SHOWN, 0) if start else None,
        later=start + SHOWN if start + SHOWN < len(listed) else None,
        form=ConfirmForm(formdata=None),
    )


def _kept(token: str) -> tuple[str, Rows]:
    """The name and the rows of the file that the reader uploaded. Raises ``Missing``."""
    try:
        sha256, name, person_id = _signer().loads(token, max_age=int(KEPT.total_seconds()))
    except BadSignature:
        person_id = None
    if person_id != reader().id:
        raise Missing(words("This file is no longer kept. Choose it again."))
    return name, directory_csv.read(_store().read(sha256))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="people import")


def _store() -> Store:
    store: Store = current_app.extensions["store"]
    return store

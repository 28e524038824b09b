"""Filling a trip request or an advance: one form, saved whole by each of its buttons."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.prior import ONE, blueprint
from portal.blueprints.prior.preview import Preview, preview
from portal.blueprints.session import switch_language
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Stale
from portal.forms.prior import FORMS, PriorForm
from portal.prior import access, drafting, queries
from portal.prior.access import Seen
from portal.prior.models import ADVANCE, PriorRequest
from portal.web.guards import prior
from portal.web.i18n import say
from portal.web.jinja import advice
from portal.web.languages import LANGUAGES
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get(f"{ONE}/edit")
@prior(access.may_edit)
def edit(seen: Seen) -> Any:
    """The draft as a form, with what is missing and who will approve."""
    draft = seen.request
    form = FORMS[draft.kind](formdata=None)
    form.fill(draft)
    return _page(draft, form, checked=request.args.get("checked") == "1")


@blueprint.post(f"{ONE}/edit")
@prior(access.may_edit)
@writes(repeatable=True)
def edit_post(seen: Seen) -> Any:
    """Save what was typed, then do what the button says."""
    draft, form = seen.request, FORMS[seen.request.kind]()
    try:
        drafting.save(db.session(), draft, form.typed, shown=form.shown, at=now())
    except Stale as stale:
        db.session.rollback()
        form.version.data = str(draft.version)
        form.show_text()
        return _page(draft, form, conflict=say(stale.words)), 409
    if request.form.get("language") in LANGUAGES:
        switch_language(request.form["language"])
    if request.form.get("do") != "check":
        flash(_("Saved."), "success")
        return redirect(_address("prior.edit", draft), 303)
    if preview(draft).stopping:
        return redirect(_address("prior.edit", draft, checked=1), 303)
    return redirect(_address("prior.submit", draft), 303)


def _page(
    draft: PriorRequest, form: PriorForm, *, checked: bool = False, conflict: str = ""
) -> Any:
    session, judged = db.session(), preview(draft)
    today = day(now(), settings().timezone)
    advance = draft.kind == ADVANCE
    trips = queries.trips_for(session, draft.owner_id, today) if advance else []
    form.offer(queries.projects(session), trips)
    if checked:
        _show_at_fields(judged, form)
    return render_template(
        "prior/edit.html", asked=draft, form=form, judged=judged, checked=checked,
        conflict=conflict,
    )  # fmt: skip


def _show_at_fields(judged: Preview, form: PriorForm) -> None:
    """Put what stops the request at its control, as any form shows its errors."""
    for finding in judged.stopping:
        field = form._fields[finding.field]
        field.errors = [*field.errors, advice(finding)]


def _address(endpoint: str, draft: PriorRequest, **more: Any) -> str:
    return url_for(endpoint, shelf=draft.shelf, request_id=draft.id, **more)

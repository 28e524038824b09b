"""Beginning and ending a draft."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.receipts import attach_received, receive
from portal.claims import access, drafting
from portal.claims.access import Seen
from portal.core.clock import now
from portal.core.db import db
from portal.forms.claims import ActionForm
from portal.web.guards import claim, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.post("/new")
@signed_in
@writes(before=receive)
def new() -> Any:
    """A new draft, filled from the files that were chosen."""
    someone = reader()
    draft = drafting.create(
        db.session(), by=someone.id, department_id=someone.department_id, at=now()
    )
    attach_received(draft)
    return redirect(url_for("claims.edit", claim_id=draft.id), 303)


@blueprint.get("/<int:claim_id>/delete")
@claim(access.may_delete)
def delete(seen: Seen) -> Any:
    """Ask whether the draft shall really go."""
    form = ActionForm(version=seen.claim.version)
    return render_template("claims/delete.html", claim=seen.claim, form=form)


@blueprint.post("/<int:claim_id>/delete")
@claim(access.may_delete)
@writes()
def delete_post(seen: Seen) -> Any:
    """Delete the draft."""
    form = ActionForm()
    drafting.delete(db.session(), seen.claim, shown=form.shown, at=now())
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("claims.list"), 303)

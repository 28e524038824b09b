"""Beginning and ending a draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.receipts import attach_received, receive
from portal.claims import access, drafting
from portal.claims.access import Seen
from portal.claims.list_queries import filled_by
from portal.claims.models import Claim
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.words import words
from portal.forms.claims import ActionForm
from portal.people.deputies import may_fill_for
from portal.web.guards import claim, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.post("/new")
@signed_in
@writes(before=receive)
def new() -> Any:
    """A new draft, filled from the files that were chosen; also for a colleague."""
    someone = reader()
    claimant = request.form.get("claimant", someone.id, int)
    if claimant == someone.id:
        draft = drafting.create(
            db.session(), by=someone.id, department_id=someone.department_id, at=now()
        )
    else:
        draft = _for_colleague(claimant)
    attach_received(draft)
    return redirect(url_for("claims.edit", claim_id=draft.id), 303)


def _for_colleague(claimant: int) -> Claim:
    """A draft of somebody who lets the reader fill claims."""
    me = reader().id
    principal = next((p for p in may_fill_for(db.session(), me) if p.id == claimant), None)
    if principal is None:
        raise NotAllowed(words("This person does not let you fill claims. Ask them to allow it."))
    return drafting.create(
        db.session(), by=principal.id, department_id=principal.department_id, at=now(),
        entered_by=me,
    )  # fmt: skip


@blueprint.get("/for-others")
@signed_in
def for_others() -> Any:
    """For whom the reader may fill claims, and those that he has begun."""
    me = reader().id
    return render_template(
        "claims/for_others.html",
        people=may_fill_for(db.session(), me),
        rows=filled_by(db.session(), me),
        form=ActionForm(formdata=None),
    )


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
    drafting.delete(db.session(), seen.claim, shown=form.shown, by=reader().id, at=now())
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("claims.list"), 303)

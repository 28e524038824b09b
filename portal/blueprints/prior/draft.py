"""Beginning a request, from nothing or from an old one, and ending its draft."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.prior import ONE, SHELF, blueprint
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import NotAllowed
from portal.core.words import words
from portal.forms.claims import ActionForm
from portal.people.deputies import may_fill_for
from portal.prior import access, drafting, queries
from portal.prior.access import Seen
from portal.prior.models import SHELVES, PriorRequest
from portal.web.guards import prior, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.post(f"{SHELF}/new")
@signed_in
@writes()
def new(shelf: str) -> Any:
    """Begin a request; also for a colleague."""
    someone = reader()
    owner = request.form.get("owner", someone.id, int)
    if owner == someone.id:
        draft = drafting.create(
            db.session(), SHELVES[shelf], by=someone.id, department_id=someone.department_id,
            at=now(),
        )  # fmt: skip
    else:
        draft = _for_colleague(SHELVES[shelf], owner)
    return _to_form(draft)


def _for_colleague(kind: str, owner: int) -> PriorRequest:
    """A draft of somebody who lets the reader fill for him."""
    me = reader().id
    principal = next((p for p in may_fill_for(db.session(), me) if p.id == owner), None)
    if principal is None:
        raise NotAllowed(words("This person does not let you fill requests. Ask them to allow it."))
    return drafting.create(
        db.session(), kind, by=principal.id, department_id=principal.department_id, at=now(),
        entered_by=me,
    )  # fmt: skip


@blueprint.get(f"{SHELF}/for-others")
@signed_in
def for_others(shelf: str) -> Any:
    """For whom the reader may fill requests, and those that he has begun."""
    me = reader().id
    return render_template(
        "prior/for_others.html",
        shelf=shelf,
        people=may_fill_for(db.session(), me),
        rows=queries.filled_by(db.session(), me, SHELVES[shelf]),
        form=ActionForm(formdata=None),
    )


@blueprint.post(f"{ONE}/copy")
@prior(access.may_copy)
@writes()
def copy(seen: Seen) -> Any:
    """A new draft like this request."""
    draft = drafting.copy(
        db.session(), seen.request, department_id=seen.reader.department_id, at=now()
    )
    flash(_("This is a new draft. Give it its days."), "info")
    return _to_form(draft)


def _to_form(draft: PriorRequest) -> Any:
    return redirect(url_for("prior.edit", shelf=draft.shelf, request_id=draft.id), 303)


@blueprint.get(f"{ONE}/delete")
@prior(access.may_delete)
def delete(seen: Seen) -> Any:
    """Ask whether the draft shall be deleted."""
    form = ActionForm(version=seen.request.version)
    return render_template("prior/delete.html", asked=seen.request, form=form)


@blueprint.post(f"{ONE}/delete")
@prior(access.may_delete)
@writes()
def delete_post(seen: Seen) -> Any:
    """Delete the draft for good."""
    drafting.delete(
        db.session(), seen.request, shown=ActionForm().shown, at=now(), by=seen.reader.id
    )
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("prior.list", shelf=seen.request.shelf), 303)

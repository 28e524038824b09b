"""Who may fill claims for somebody, as administrators arrange it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.people import blueprint
from portal.blueprints.people.list import found
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.deputies import DeputyForm
from portal.people import deputies as rules
from portal.people.models import Person
from portal.people.roles import ADMIN
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/<int:person_id>/deputies")
@role(ADMIN)
def deputies(person_id: int) -> Any:
    """The deputies of one person."""
    return _page(found(person_id), DeputyForm(formdata=None))


@blueprint.post("/<int:person_id>/deputies")
@role(ADMIN)
@writes()
def deputies_post(person_id: int) -> Any:
    """Let somebody fill claims for the person."""
    someone, form = found(person_id), DeputyForm()
    try:
        rules.allow(db.session(), someone, form.deputy.data or "", by=reader().id, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(someone, form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("people.deputies", person_id=someone.id), 303)


@blueprint.post("/<int:person_id>/deputies/revoke")
@role(ADMIN)
@writes()
def revoke_deputy(person_id: int) -> Any:
    """Let somebody fill claims for the person no more."""
    someone = found(person_id)
    deputy = db.session.get(Person, request.form.get("deputy", 0, int))
    if deputy and rules.revoke(db.session(), someone, deputy, by=reader().id, at=now()):
        flash(_("Saved."), "success")
    return redirect(url_for("people.deputies", person_id=someone.id), 303)


def _page(someone: Person, form: DeputyForm) -> str:
    return render_template(
        "people/deputies.html",
        someone=someone,
        form=form,
        deputies=rules.deputies_of(db.session(), someone.id),
        action=url_for("people.deputies_post", person_id=someone.id),
        revoke=url_for("people.revoke_deputy", person_id=someone.id),
    )

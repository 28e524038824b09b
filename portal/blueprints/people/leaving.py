"""Letting people go, taking them back, inviting them, forgetting who they are elsewhere."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select

from portal.approvals.queries import waiting_count
from portal.blueprints.people import blueprint
from portal.blueprints.people.list import found
from portal.claims.handover import hand_over
from portal.core.clock import now
from portal.core.db import db
from portal.forms.people import ConfirmForm
from portal.people import directory, directory_list, identities
from portal.people.roles import ADMIN
from portal.web.guards import reader, role
from portal.web.languages import gettext as _
from portal.web.writing import writes


@blueprint.get("/<int:person_id>/deactivate")
@role(ADMIN)
def deactivate(person_id: int) -> Any:
    """Name what ends when the person goes."""
    someone = found(person_id)
    managed, headed = directory_list.depends_on(db.session(), someone.id)
    return render_template(
        "people/deactivate.html",
        someone=someone,
        managed=managed,
        headed=headed,
        waiting=db.session.scalar(select(waiting_count(someone.id))),
        form=ConfirmForm(formdata=None),
    )


@blueprint.post("/<int:person_id>/deactivate")
@role(ADMIN)
@writes()
def deactivate_post(person_id: int) -> Any:
    """Let the person go."""
    someone = found(person_id)
    directory.deactivate(db.session(), someone, by=reader().id, at=now())
    moved = hand_over(db.session(), [someone.id], by=reader().id, at=now())
    if moved:
        flash(_("%(count)s approval steps were handed over.", count=moved), "info")
    flash(_("%(name)s can no longer sign in.", name=someone.name), "success")
    return redirect(url_for("people.show", person_id=someone.id), 303)


@blueprint.get("/<int:person_id>/reactivate")
@role(ADMIN)
def reactivate(person_id: int) -> Any:
    """Name what comes back with the person."""
    someone = found(person_id)
    form = ConfirmForm(formdata=None)
    return render_template("people/reactivate.html", someone=someone, form=form)


@blueprint.post("/<int:person_id>/reactivate")
@role(ADMIN)
@writes()
def reactivate_post(person_id: int) -> Any:
    """Let the person sign in again."""
    someone = found(person_id)
    directory.reactivate(db.session(), someone, by=reader().id, at=now())
    flash(_("%(name)s can sign in again.", name=someone.name), "success")
    return redirect(url_for("people.show", person_id=someone.id), 303)


@blueprint.post("/<int:person_id>/invite")
@role(ADMIN)
@writes()
def invite(person_id: int) -> Any:
    """Send the person a link to choose a password."""
    someone = found(person_id)
    directory.invite(db.session(), someone, by=reader().id, at=now())
    flash(_("The invitation to %(email)s is on its way.", email=someone.email), "success")
    return redirect(url_for("people.show", person_id=someone.id), 303)


@blueprint.post("/<int:person_id>/disconnect")
@role(ADMIN)
@writes()
def disconnect(person_id: int) -> Any:
    """Forget the person's account at the identity provider."""
    someone = found(person_id)
    identities.disconnect(db.session(), someone, by=reader().id, at=now())
    flash(_("Saved."), "success")
    return redirect(url_for("people.show", person_id=someone.id), 303)

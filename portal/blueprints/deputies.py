"""Who may fill claims and requests for the reader."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing
from portal.forms.deputies import DeputyForm
from portal.people import deputies
from portal.people.models import Person
from portal.web.guards import NO_SUCH_PAGE, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.writing import writes

blueprint = Blueprint("deputies", __name__, url_prefix="/account/deputies")


@blueprint.get("/")
@signed_in
def show() -> Any:
    """The reader's deputies, and those for whom he is one."""
    return _page(DeputyForm(formdata=None))


@blueprint.post("/")
@signed_in
@writes()
def allow() -> Any:
    """Let somebody fill claims for the reader."""
    form = DeputyForm()
    try:
        allowed = deputies.allow(
            db.session(), _myself(), form.deputy.data or "", by=reader().id, at=now()
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(form), 422
    said = _("%(name)s may fill claims and requests for you from now on.", name=allowed.name)
    flash(said, "success")
    return redirect(url_for("deputies.show"), 303)


@blueprint.post("/revoke")
@signed_in
@writes()
def revoke() -> Any:
    """Let somebody fill claims for the reader no more."""
    deputy = db.session.get(Person, request.form.get("deputy", 0, int))
    if deputy and deputies.revoke(db.session(), _myself(), deputy, by=reader().id, at=now()):
        said = _("%(name)s may not fill claims and requests for you any more.", name=deputy.name)
        flash(said, "success")
    return redirect(url_for("deputies.show"), 303)


def _myself() -> Person:
    someone = db.session.get(Person, reader().id)
    if someone is None:
        raise Missing(NO_SUCH_PAGE)
    return someone


def _page(form: DeputyForm) -> str:
    me = reader().id
    return render_template(
        "deputies/show.html",
        form=form,
        deputies=deputies.deputies_of(db.session(), me),
        fills_for=deputies.may_fill_for(db.session(), me),
        action=url_for("deputies.allow"),
        revoke=url_for("deputies.revoke"),
    )

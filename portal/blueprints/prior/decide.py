"""Deciding on a request."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.prior import ONE, blueprint
from portal.blueprints.prior.show import page_of
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.words import words
from portal.forms.approvals import DecisionForm
from portal.prior import access, workflow
from portal.prior.access import Seen
from portal.web.guards import prior
from portal.web.languages import lazy_gettext as _l
from portal.web.writing import writes

DECIDED = {
    "approve": _l("Approved."),
    "return": _l("Returned for changes."),
    "reject": _l("Rejected."),
}


@blueprint.post(f"{ONE}/decide")
@prior(access.may_see)
@writes()
def decide(seen: Seen) -> Any:
    """Approve, return or reject the request."""
    form, remark = DecisionForm(), request.form.get("comment", "")
    try:
        chosen = request.form.get("decision", "")
        if chosen not in DECIDED:
            raise Invalid(words("Choose what to do with the request."), "comment")
        if chosen == "approve":
            workflow.approve(db.session(), seen, shown=form.shown, at=now(), comment=remark)
        elif chosen == "return":
            workflow.return_(db.session(), seen, remark, shown=form.shown, at=now())
        else:
            workflow.reject(db.session(), seen, remark, shown=form.shown, at=now())
    except Invalid as refusal:
        db.session.rollback()
        form.refuse(refusal)
        context = page_of(seen) | {"decision_form": form}
        return render_template("prior/show.html", **context), 422
    flash(str(DECIDED[chosen]), "success")
    return redirect(url_for("approvals.inbox"), 303)

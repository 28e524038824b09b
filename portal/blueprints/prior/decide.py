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
from portal.prior import access, conversation, workflow
from portal.prior.access import Seen
from portal.web.guards import prior
from portal.web.languages import lazy_gettext as _l
from portal.web.writing import writes

DECIDED = {
    "approve": _l("Approved."),
    "return": _l("Returned for changes."),
    "reject": _l("Rejected."),
    "ask": _l("Your question was sent. The request still waits for you."),
}


@blueprint.post(f"{ONE}/decide")
@prior(access.may_see)
@writes()
def decide(seen: Seen) -> Any:
    """Approve, return or reject the request, or ask who asked for it."""
    form, chosen, asked = DecisionForm(), request.form.get("decision", ""), seen.request
    try:
        _decide(seen, chosen, form.comment.data or "", shown=form.shown)
    except Invalid as refusal:
        db.session.rollback()
        form.refuse(refusal)
        context = page_of(seen) | {"decision_form": form}
        return render_template("prior/show.html", **context), 422
    flash(str(DECIDED[chosen]), "success")
    if chosen == "ask":
        return redirect(url_for("prior.show", shelf=asked.shelf, request_id=asked.id), 303)
    return redirect(url_for("approvals.inbox"), 303)


def _decide(seen: Seen, decision: str, remark: str, *, shown: int) -> None:
    session, at = db.session(), now()
    if decision == "approve":
        workflow.approve(session, seen, shown=shown, at=at, comment=remark)
    elif decision == "return":
        workflow.return_(session, seen, remark, shown=shown, at=at)
    elif decision == "reject":
        workflow.reject(session, seen, remark, shown=shown, at=at)
    elif decision == "ask":
        conversation.ask(session, seen, remark, at=at)
    else:
        raise Invalid(words("Choose what to do with the request."), "comment")

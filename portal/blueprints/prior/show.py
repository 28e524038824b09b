"""A trip request or an advance: where it stands, what it says, what was said."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.approvals.conversation import mentioned, participants
from portal.approvals.timeline import timeline
from portal.blueprints.prior import ONE, blueprint
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.approvals import DecisionForm
from portal.forms.claims import CommentForm
from portal.prior import access, conversation, queries
from portal.prior.access import Seen
from portal.prior.models import ADVANCE, MOVING
from portal.web.guards import prior
from portal.web.kept_forms import kept_fields
from portal.web.languages import gettext as _
from portal.web.poll import signed
from portal.web.session import settings
from portal.web.shown import shown_findings, shown_steps
from portal.web.writing import writes


@blueprint.get(ONE)
@prior(access.may_see)
def show(seen: Seen) -> Any:
    """The page of the request, for whoever may see it."""
    asked = seen.request
    if seen.at_hand and asked.submitted_at is None:
        return redirect(url_for("prior.edit", shelf=asked.shelf, request_id=asked.id), 303)
    return render_template("prior/show.html", **page_of(seen))


def page_of(seen: Seen) -> dict[str, Any]:
    """What the page of a request shows. A view that refused what was typed puts its form here."""
    session, asked = db.session(), seen.request
    owed = asked.kind == ADVANCE and asked.paid_at is not None
    decision_form = DecisionForm(formdata=kept_fields())
    decision_form.version.data = str(asked.version)
    return {
        **status_of(seen),
        "whose": queries.whose(session, asked),
        "findings": shown_findings(asked.findings),
        "timeline": timeline(session, asked.subject),
        "currency": asked.currency,
        "movements": queries.movements_of(session, asked.id) if owed else [],
        "decision_form": decision_form,
        "comment_form": CommentForm(formdata=kept_fields()),
        "today": day(now(), settings().timezone),
    }


def status_of(seen: Seen) -> dict[str, Any]:
    """What changes by itself on the page of a request."""
    asked, at = seen.request, now()
    return {
        "seen": seen,
        "asked": asked,
        "steps": shown_steps(queries.steps_of(db.session(), asked), at),
        "moving": asked.state in MOVING[asked.kind],
        "at": at,
        "shown": signed(settings().secret_key, asked.subject, seen.reader.sign_in_id),
    }


@blueprint.get(f"{ONE}/changes")
@prior(access.may_see)
def poll(seen: Seen) -> Any:
    """Whether the request changed since ``beat``: 204 when not, else its status anew."""
    if request.args.get("beat", type=int) == seen.request.beat:
        return "", 204
    return render_template("prior/_status.html", **status_of(seen), overtaken=True)


@blueprint.post(f"{ONE}/comment")
@prior(access.may_comment)
@writes()
def comment(seen: Seen) -> Any:
    """Say something about the request."""
    form, asked = CommentForm(), seen.request
    said = form.comment.data or ""
    known = participants(db.session(), asked.subject, asked.owner_id)
    try:
        conversation.comment(db.session(), seen, said, mentioned(said, known), at=now())
    except Invalid as refusal:
        db.session.rollback()
        form.refuse(refusal)
        context = page_of(seen) | {"comment_form": form}
        return render_template("prior/show.html", **context), 422
    flash(_("Sent."), "success")
    address = url_for("prior.show", shelf=asked.shelf, request_id=asked.id, _anchor="happened")
    return redirect(address, 303)

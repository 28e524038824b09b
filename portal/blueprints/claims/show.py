"""A claim: where it stands, what is on it, what was said."""

import re
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.claims import access, changes, conversation, events, queries
from portal.claims.access import Seen
from portal.claims.judging import findings_from_data
from portal.claims.models import MOVING
from portal.claims.payment_queries import whose
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.words import from_data
from portal.forms.approvals import DecisionForm
from portal.forms.claims import ActionForm, CommentForm
from portal.policy.queries import categories
from portal.web.guards import claim
from portal.web.kept_forms import kept_fields
from portal.web.languages import gettext as _
from portal.web.poll import shown_signer
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get("/<int:claim_id>")
@claim(access.may_see)
def show(seen: Seen) -> Any:
    """The claim page, for its claimant, its approvers and whoever else may see it."""
    if seen.mine and seen.claim.submitted_at is None:
        return redirect(url_for("claims.edit", claim_id=seen.claim.id), 303)
    return render_template("claims/show.html", **page_of(seen))


def page_of(seen: Seen) -> dict[str, Any]:
    """What the claim page shows."""
    session = db.session()
    shown = queries.with_lines(session, seen.claim)
    told = queries.timeline(session, shown.id)
    return {
        **status_of(seen),
        "findings": findings_from_data(shown.findings),
        "categories": {category.code: category for category in categories(session)},
        "timeline": told,
        "changes": _changes(told),
        "comment_form": CommentForm(formdata=kept_fields()),
        "decision_form": DecisionForm(formdata=kept_fields(), version=shown.version),
        "action_form": ActionForm(formdata=None, version=shown.version),
    }


def status_of(seen: Seen) -> dict[str, Any]:
    """What changes by itself on the claim page."""
    session, shown = db.session(), seen.claim
    steps: dict[int, dict[str, Any]] = {}
    for row in queries.steps_of(session, shown.id):
        step = steps.setdefault(
            row.id, {"row": row, "why": from_data(row.why), "people": [], "by": None}
        )
        if row.name:
            step["people"].append(row.name)
        if row.person_id == row.decided_by_id:
            step["by"] = row.name
    return {
        "seen": seen,
        "claim": shown,
        "steps": list(steps.values()),
        "whose": whose(session, shown.id),
        "moving": shown.state in MOVING,
        "at": now(),
        "shown": shown_signer(settings().secret_key)
        .sign(f"{shown.id}-{seen.reader.sign_in_id}")
        .decode(),
    }


def _changes(told: Any) -> list[changes.Change]:
    """What the last submission changed, when the claim was sent again."""
    sent = [row.data["content"] for row in told if row.kind == events.SUBMITTED]
    return list(changes.changes(sent[-2], sent[-1])) if len(sent) > 1 else []


@blueprint.get("/<int:claim_id>/changes")
@claim(access.may_see)
def poll(seen: Seen) -> Any:
    """Whether the claim changed since ``beat``: 204 when not, else its status anew."""
    if request.args.get("beat", type=int) == seen.claim.beat:
        return "", 204
    return render_template("claims/_status.html", **status_of(seen), overtaken=True)


@blueprint.post("/<int:claim_id>/comment")
@claim(access.may_comment)
@writes()
def comment(seen: Seen) -> Any:
    """Say something about the claim."""
    form = CommentForm()
    said = form.comment.data or ""
    known = queries.participants(db.session(), seen.claim)
    mentioned = {
        person_id
        for person_id, name in known.items()
        if re.search(rf"[@＠]{re.escape(name)}", said)
    }
    try:
        conversation.comment(db.session(), seen, said, mentioned, at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        context = page_of(seen) | {"comment_form": form}
        return render_template("claims/show.html", **context), 422
    flash(_("Sent."), "success")
    return redirect(url_for("claims.show", claim_id=seen.claim.id, _anchor="happened"), 303)

"""A claim: where it stands, what is on it, what was said."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.approvals.conversation import mentioned, participants
from portal.approvals.timeline import Told, timeline
from portal.blueprints.claims import blueprint
from portal.claims import access, changes, choosing, conversation, events, queries
from portal.claims.access import Seen
from portal.claims.line_queries import shown_lines
from portal.claims.models import MOVING
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.forms.claims import CommentForm
from portal.people.projects import names_of
from portal.policy.queries import categories
from portal.web.guards import claim
from portal.web.kept_forms import typed
from portal.web.languages import gettext as _
from portal.web.poll import signed
from portal.web.session import settings
from portal.web.shown import shown_findings, shown_steps
from portal.web.writing import writes


@blueprint.get("/<int:claim_id>")
@claim(access.may_see)
def show(seen: Seen) -> Any:
    """The claim page, for its claimant, its approvers and whoever else may see it."""
    if seen.at_hand and seen.claim.submitted_at is None:
        return redirect(url_for("claims.edit", claim_id=seen.claim.id), 303)
    return render_template("claims/show.html", **page_of(seen))


def page_of(seen: Seen) -> dict[str, Any]:
    """What the claim page shows. A view that refused what was typed adds its form."""
    session = db.session()
    lines = shown_lines(session, seen.claim.id)
    told = timeline(session, seen.claim.subject)
    changed = _changes(told)
    decides = access.may_decide(seen)
    return {
        **status_of(seen),
        "lines": lines,
        "findings": shown_findings(seen.claim.findings),
        "settles": choosing.shares_of(session, seen.claim) if seen.whose.settles else (),
        "objections": tuple(typed(f"reason-{line.id}") for line in lines if decides),
        "timeline": told,
        "changes": changed,
        "categories": {each.code: each for each in categories(session)} if changed else {},
        "projects": names_of(session) if changed else {},
        "comment_form": None,
        "decision_form": None,
    }


def status_of(seen: Seen) -> dict[str, Any]:
    """What changes by itself on the claim page."""
    shown, at = seen.claim, now()
    return {
        "seen": seen,
        "claim": shown,
        "whose": seen.whose,
        "steps": shown_steps(queries.steps_of(db.session(), shown.id), at),
        "moving": shown.state in MOVING,
        "at": at,
        "shown": signed(settings().secret_key, shown.subject, seen.reader.sign_in_id),
    }


def _changes(told: Iterable[Told]) -> list[changes.Change]:
    """What the last submission changed, when the claim was sent again."""
    sent = [event for event in told if event.kind == events.SUBMITTED]
    if len(sent) < 2:
        return []
    before, after = (event.data["content"] for event in sent[-2:])
    return list(changes.changes(before, after))


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
    known = participants(db.session(), seen.claim.subject, seen.claim.claimant_id)
    try:
        conversation.comment(db.session(), seen, said, mentioned(said, known), at=now())
    except Invalid as refusal:
        form.refuse(refusal)
        context = page_of(seen) | {"comment_form": form}
        return render_template("claims/show.html", **context), 422
    flash(_("Sent."), "success")
    return redirect(url_for("claims.show", claim_id=seen.claim.id, _anchor="happened"), 303)

"""A claim: where it stands, what is on it, what was said."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for

from portal.approvals.models import OPEN, SKIPPED
from portal.blueprints.claims import blueprint
from portal.claims import access, changes, conversation, events, queries
from portal.claims.access import Seen
from portal.claims.judging import findings_from_data
from portal.claims.line_queries import shown_lines
from portal.claims.models import MOVING
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.words import Named, from_data
from portal.forms.claims import CommentForm
from portal.people.projects import names_of
from portal.policy.queries import categories
from portal.web.guards import claim
from portal.web.help import help_for
from portal.web.i18n import named, say
from portal.web.kept_forms import typed
from portal.web.languages import gettext as _
from portal.web.poll import shown_signer
from portal.web.session import settings
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
    told = queries.timeline(session, seen.claim.id)
    changed = _changes(told)
    decides = access.may_decide(seen)
    return {
        **status_of(seen),
        "lines": lines,
        "findings": tuple(_findings(seen.claim.findings)),
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
        "steps": tuple(_steps(queries.steps_of(db.session(), shown.id), at)),
        "moving": shown.state in MOVING,
        "at": at,
        "shown": shown_signer(settings().secret_key)
        .sign(f"{shown.id}-{seen.reader.sign_in_id}")
        .decode(),
    }


class ShownStep(NamedTuple):
    """A step of the route. ``by`` is who decided it, ``why`` the reason it was skipped."""

    name: str
    state: str
    late: bool
    people: tuple[str, ...]
    by: str | None
    opened_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    why: str


def _steps(rows: Iterable[Any], at: datetime) -> Iterable[ShownStep]:
    """The steps from their rows, of which there is one for each person."""
    for _id, of_step in groupby(rows, attrgetter("id")):
        people = list(of_step)
        row = people[0]
        yield ShownStep(
            name=named(Named(row.name_zh, row.name_en)),
            state=row.state,
            late=row.state == OPEN and row.due_at < at,
            people=tuple(each.name for each in people if each.name),
            by=next((each.name for each in people if each.person_id == row.decided_by_id), None),
            opened_at=row.opened_at,
            due_at=row.due_at,
            decided_at=row.decided_at,
            why=say(from_data(row.why)) if row.state == SKIPPED else "",
        )


class ShownFinding(NamedTuple):
    """A finding in the reader's language; ``line`` is None for the claim as a whole."""

    line: int | None
    severity: str
    says: str
    help_url: str
    reason: str


def _findings(stored: Sequence[Any]) -> Iterable[ShownFinding]:
    for found in findings_from_data(stored):
        yield ShownFinding(
            found.line, found.severity, say(found.says), help_for(found.rule), found.reason
        )


def _changes(told: Iterable[events.Told]) -> list[changes.Change]:
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
    known = conversation.participants(db.session(), seen.claim)
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

"""The approver's inbox and decisions."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal.blueprints.claims.show import page_of
from portal.claims import access, conversation, queries, workflow
from portal.claims.access import Seen
from portal.claims.list_queries import inbox as waiting_for
from portal.claims.queries import PAGE
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing, Stale
from portal.core.words import words
from portal.forms.approvals import BulkForm, DecisionForm
from portal.prior.queries import inbox as requests_of
from portal.web.guards import claim, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l
from portal.web.languages import ngettext
from portal.web.live import unchanged
from portal.web.writing import turn, writes

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")

MOST_AT_ONCE = 50
DECIDED = {
    "approve": _l("Approved."),
    "return": _l("Returned to the claimant."),
    "reject": _l("Rejected."),
    "ask": _l("Your question was sent. The claim still waits for you."),
}


@blueprint.get("/")
@signed_in
def inbox() -> Any:
    """What waits for the reader's decision, oldest first."""
    if unchanged():
        return "", 204
    rows = waiting_for(db.session(), reader().id, _after(request.args.get("after", "")))
    more = None
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        key = f"{last.waiting_since.timestamp():.6f}:{last.step_id}"
        more = url_for("approvals.inbox", after=key)
    return render_template(
        "approvals/inbox.html",
        rows=rows[:PAGE],
        more=more,
        at=now(),
        ticked=request.args.getlist("claim"),
        requests=requests_of(db.session(), reader().id),
    )


def _after(key: str) -> tuple[datetime, int] | None:
    stamp, _colon, step_id = key.partition(":")
    try:
        return datetime.fromtimestamp(float(stamp), now().tzinfo), int(step_id)
    except (ValueError, OverflowError, OSError):
        return None


@blueprint.post("/<int:claim_id>/decide")
@claim(access.may_see)
@writes(in_turn=True)
def decide(seen: Seen) -> Any:
    """Approve, return or reject the claim, or ask its claimant."""
    form = DecisionForm()
    decision = request.form.get("decision", "")
    asks = decision == "ask"
    next_page = (
        url_for("claims.show", claim_id=seen.claim.id) if asks else url_for("approvals.inbox")
    )
    try:
        with turn(leads_to=next_page):
            _decide(seen, decision, form.comment.data or "", shown=form.shown)
    except Invalid as refusal:
        form.refuse(refusal)
        context = page_of(seen) | {"decision_form": form}
        return render_template("claims/show.html", **context), 422
    flash(str(DECIDED[decision]), "success")
    return redirect(next_page, 303)


def _decide(seen: Seen, decision: str, remark: str, *, shown: int) -> None:
    session, at = db.session(), now()
    if decision == "approve":
        workflow.approve(session, seen, shown=shown, at=at, comment=remark)
    elif decision == "return":
        lines = queries.with_lines(session, seen.claim).lines
        reasons = {line.id: request.form.get(f"reason-{line.id}", "") for line in lines}
        workflow.return_(session, seen, remark, reasons, shown=shown, at=at)
    elif decision == "reject":
        workflow.reject(session, seen, remark, shown=shown, at=at)
    elif decision == "ask":
        # A question swaps on no version: what was seen before this turn is looked at again.
        session.expire(seen.claim)
        seen = queries.seen_by(session, seen.claim.id, seen.reader) or seen
        conversation.ask(session, seen, remark, at=at)
    else:
        raise Invalid(words("Choose what to do with the claim."), "comment")


@blueprint.post("/confirm")
@signed_in
def confirm() -> Any:
    """Name what will be approved before it is; nothing is changed here."""
    chosen = _chosen()
    if not chosen:
        flash(_("Choose at least one claim."), "problem")
        return redirect(url_for("approvals.inbox"), 303)
    return render_template(
        "approvals/confirm.html",
        chosen=[(seen, version) for seen, version in chosen],
        total=sum(seen.claim.total for seen, _version in chosen),
        form=BulkForm(),
    )


@blueprint.post("/several")
@signed_in
@writes()
def approve_several() -> Any:
    """Approve all that were confirmed; what changed meanwhile is left out and named."""
    session, at = db.session(), now()
    done, overtaken = 0, []
    for seen, version in _chosen():
        try:
            with session.begin_nested():
                workflow.approve(session, seen, shown=version, at=at)
            done += 1
        except Stale:
            overtaken.append(seen.claim.number or "")
    if done:
        flash(ngettext("%(num)s claim approved.", "%(num)s claims approved.", done), "success")
    if overtaken:
        numbers = _(", ").join(overtaken)
        flash(
            _("Changed in the meantime and not approved: %(numbers)s", numbers=numbers), "problem"
        )
    return redirect(url_for("approvals.inbox"), 303)


def _chosen() -> list[tuple[Seen, int]]:
    """The claims that were ticked, each with the version it was shown in."""
    found = []
    for ticked in request.form.getlist("claim")[:MOST_AT_ONCE]:
        claim_id, _colon, version = ticked.partition(":")
        if not (claim_id.isdecimal() and version.isdecimal() and len(ticked) < 30):
            continue
        seen = queries.seen_by(db.session(), int(claim_id), reader())
        if seen is None or not access.may_see(seen):
            raise Missing(words("There is no such claim."))
        if seen.claim.findings:
            raise Invalid(words("A claim with findings has to be opened before it is approved."))
        found.append((seen, int(version)))
    return found

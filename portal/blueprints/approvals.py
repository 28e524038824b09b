"""The approver's inbox and decisions."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal.blueprints.claims.show import page_of
from portal.claims import access, conversation, queries, workflow
from portal.claims.access import Seen
from portal.claims.inbox_queries import inbox as waiting_for
from portal.claims.queries import PAGE
from portal.core.clock import now
from portal.core.db import db
from portal.core.errors import Invalid, Missing, Stale
from portal.core.words import words
from portal.forms.approvals import BulkForm, DecisionForm
from portal.prior import access as prior_access
from portal.prior import queries as prior_queries
from portal.prior import workflow as prior_workflow
from portal.web.guards import claim, reader, signed_in
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l
from portal.web.languages import ngettext
from portal.web.live import unchanged
from portal.web.writing import turn, writes

blueprint = Blueprint("approvals", __name__, url_prefix="/approvals")

MOST_AT_ONCE = 50
APPROVE: dict[str, Callable[..., None]] = {
    "claim": workflow.approve,
    "request": prior_workflow.approve,
}
"""How what is ticked in the inbox is approved, by the name of its tick."""
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
        ticked={name: request.args.getlist(name) for name in APPROVE},
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
        flash(_("Choose at least one."), "problem")
        return redirect(url_for("approvals.inbox"), 303)
    totals: Counter[str] = Counter()
    for ticked in chosen:
        totals[ticked.seen.document.currency] += ticked.seen.document.total
    return render_template("approvals/confirm.html", chosen=chosen, totals=totals, form=BulkForm())


@blueprint.post("/several")
@signed_in
@writes()
def approve_several() -> Any:
    """Approve all that were confirmed; what changed meanwhile is left out and named."""
    session, at = db.session(), now()
    done, overtaken = 0, []
    for ticked in _chosen():
        try:
            with session.begin_nested():
                APPROVE[ticked.name](session, ticked.seen, shown=ticked.version, at=at)
            done += 1
        except Stale:
            overtaken.append(ticked.seen.document.number or "")
    if done:
        flash(ngettext("%(num)s approved.", "%(num)s approved.", done), "success")
    if overtaken:
        numbers = _(", ").join(overtaken)
        flash(
            _("Changed in the meantime and not approved: %(numbers)s", numbers=numbers), "problem"
        )
    return redirect(url_for("approvals.inbox"), 303)


class Ticked(NamedTuple):
    """A ``claim`` or a ``request`` that was ticked, in the version it was shown in."""

    name: str
    seen: Any
    version: int


def _chosen() -> list[Ticked]:
    """What was ticked. Raises ``Missing``, and ``Invalid`` for what has findings."""
    found = []
    for name in APPROVE:
        for text in request.form.getlist(name):
            number, _colon, version = text.partition(":")
            if number.isdecimal() and version.isdecimal() and len(text) < 30:
                found.append(Ticked(name, _clean(name, int(number)), int(version)))
    return found[:MOST_AT_ONCE]


def _clean(name: str, number: int) -> Any:
    """What was ticked as it stands to the reader, unless somebody has to look at it first."""
    seen: Any
    if name == "claim":
        seen = queries.seen_by(db.session(), number, reader())
        visible = seen is not None and access.may_see(seen)
    else:
        seen = prior_queries.seen_by(db.session(), number, reader())
        visible = seen is not None and prior_access.may_see(seen)
    if not visible:
        raise Missing(words("There is no such claim or request."))
    if seen.document.findings:
        raise Invalid(words("What has findings has to be opened before it is approved."))
    return seen

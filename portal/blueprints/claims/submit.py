"""Sending a claim, and taking it back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.preview import Preview, preview
from portal.claims import access, choosing, intake, queries, workflow
from portal.claims.access import Seen
from portal.claims.duplicates import told
from portal.claims.pricing import price
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import NotNow, Stale
from portal.core.words import words
from portal.forms.claims import ActionForm
from portal.forms.settling import SubmitForm
from portal.invoices.registry import AlreadyClaimed
from portal.policy.queries import current_policy
from portal.web.guards import claim, reader
from portal.web.i18n import say
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes

WORTH_OTHER = words(
    "A rate has changed since this page was shown, and with it the total. Look at it again."
)


@blueprint.get("/<int:claim_id>/submit")
@claim(access.may_edit)
def submit(seen: Seen) -> Any:
    """What will happen when the claim is sent, and with the amounts in the address settled."""
    draft = queries.with_lines(db.session(), seen.claim)
    try:
        intake.refuse_while_reading(db.session(), draft)
    except NotNow as refusal:
        flash(say(refusal.words), "problem")
        return redirect(url_for("claims.edit", claim_id=draft.id, _anchor="claim-reading"), 303)
    judged = preview(draft)
    if judged.stopping:
        return redirect(url_for("claims.edit", claim_id=draft.id, checked=1), 303)
    offers = choosing.offers(db.session(), draft)
    form = SubmitForm(draft, offers, version=draft.version, total=draft.total)
    return _page(seen, judged, form, can_settle=form.can_settle())


def _page(seen: Seen, judged: Preview, form: SubmitForm, *, can_settle: bool) -> str:
    return render_template(
        "claims/submit.html", claim=form.claim, mine=seen.mine, judged=judged, form=form,
        can_settle=can_settle,
    )  # fmt: skip


@blueprint.post("/<int:claim_id>/submit")
@claim(access.may_edit)
@writes()
def submit_post(seen: Seen) -> Any:
    """Send the claim on its route."""
    intake.refuse_while_reading(db.session(), seen.claim)
    draft = queries.with_lines(db.session(), seen.claim)
    at = now()
    on = day(at, settings().timezone)
    # What it comes to now is what it is sent with; from here on rates change nothing.
    price(db.session(), draft, current_policy(db.session(), on), on=on)
    db.session.flush()
    form = SubmitForm(draft, choosing.offers(db.session(), draft, lock=True))
    if form.total.data not in (None, "", str(draft.total)):
        raise Stale(WORTH_OTHER)
    judged = preview(draft)
    if not form.can_settle():
        return _page(seen, judged, form, can_settle=False), 422
    if request.form.get("do") == "count":
        here = url_for("claims.submit", claim_id=draft.id, _anchor="settle", **form.typed)
        return redirect(here, 303)
    if judged.plan is None:
        raise NotNow(
            words(
                "No approver can be found for this claim; "
                "an administrator has to correct the route."
            )
        )
    try:
        workflow.submit(
            db.session(), draft, judged.findings, judged.plan, judged.flow,
            judged_by=judged.policy,
            shown=form.shown,
            at=at, on=on, by=seen.reader, settles=form.wanted,
        )  # fmt: skip
    except AlreadyClaimed as refusal:
        # Somebody else was faster by a moment: the form shows at which line.
        db.session.rollback()
        flash(say(told(db.session(), refusal, reader())), "problem")
        return redirect(url_for("claims.edit", claim_id=seen.claim.id, checked=1), 303)
    flash(_("Submitted. You can follow it here."), "success")
    return redirect(url_for("claims.show", claim_id=draft.id), 303)


@blueprint.get("/<int:claim_id>/withdraw")
@claim(access.may_withdraw)
def withdraw(seen: Seen) -> Any:
    """Ask whether the claim shall be taken back."""
    form = ActionForm(version=seen.claim.version)
    return render_template("claims/withdraw.html", claim=seen.claim, form=form)


@blueprint.post("/<int:claim_id>/withdraw")
@claim(access.may_withdraw)
@writes()
def withdraw_post(seen: Seen) -> Any:
    """Take the claim back."""
    form = ActionForm()
    workflow.withdraw(db.session(), seen, shown=form.shown, at=now())
    flash(_("Withdrawn. You can change it and submit it again."), "success")
    return redirect(url_for("claims.show", claim_id=seen.claim.id), 303)

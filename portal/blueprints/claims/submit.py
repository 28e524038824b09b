"""Sending a claim, and taking it back."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.preview import preview
from portal.claims import access, queries, workflow
from portal.claims.access import Seen
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.words import words
from portal.forms.claims import ActionForm
from portal.web.guards import claim
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get("/<int:claim_id>/submit")
@claim(access.may_edit)
def submit(seen: Seen) -> Any:
    """What will happen when the claim is sent."""
    draft = queries.with_lines(db.session(), seen.claim)
    judged = preview(draft)
    if judged.stopping:
        return redirect(url_for("claims.edit", claim_id=draft.id, checked=1), 303)
    form = ActionForm(version=draft.version)
    return render_template("claims/submit.html", claim=draft, judged=judged, form=form)


@blueprint.post("/<int:claim_id>/submit")
@claim(access.may_edit)
@writes()
def submit_post(seen: Seen) -> Any:
    """Send the claim on its route."""
    draft = queries.with_lines(db.session(), seen.claim)
    judged = preview(draft)
    if judged.plan is None:
        raise NotNow(
            words(
                "No approver can be found for this claim; "
                "an administrator has to correct the route."
            )
        )
    at = now()
    workflow.submit(
        db.session(), draft, judged.findings, judged.plan, judged.flow,
        policy_version=judged.policy.version,
        shown=ActionForm().shown,
        at=at, on=day(at, settings().timezone),
    )  # fmt: skip
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

"""Sending a request, taking it back, and closing a trip."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from portal.blueprints.prior import ONE, blueprint
from portal.blueprints.prior.preview import preview
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.errors import NotNow
from portal.core.words import words
from portal.forms.claims import ActionForm
from portal.prior import access, workflow
from portal.prior.access import Seen
from portal.prior.models import PriorRequest
from portal.web.guards import prior
from portal.web.languages import gettext as _
from portal.web.session import settings
from portal.web.writing import writes


@blueprint.get(f"{ONE}/submit")
@prior(access.may_edit)
def submit(seen: Seen) -> Any:
    """What will happen when the request is sent."""
    draft = seen.request
    judged = preview(draft)
    if judged.stopping:
        return redirect(
            url_for("prior.edit", shelf=draft.shelf, request_id=draft.id, checked=1), 303
        )
    form = ActionForm(version=draft.version)
    return render_template("prior/submit.html", asked=draft, judged=judged, form=form)


@blueprint.post(f"{ONE}/submit")
@prior(access.may_edit)
@writes()
def submit_post(seen: Seen) -> Any:
    """Send the request on its route."""
    draft, at = seen.request, now()
    judged = preview(draft)
    if judged.plan is None:
        raise NotNow(
            words(
                "No approver can be found for this request; "
                "an administrator has to correct the route."
            )
        )
    workflow.submit(
        db.session(), draft, judged.findings, judged.plan, judged.flow,
        shown=ActionForm().shown, at=at, on=day(at, settings().timezone), by=seen.reader,
    )  # fmt: skip
    flash(_("Submitted. You can follow it here."), "success")
    return _to(draft)


@blueprint.get(f"{ONE}/withdraw")
@prior(access.may_withdraw)
def withdraw(seen: Seen) -> Any:
    """Ask whether the request shall be taken back."""
    form = ActionForm(version=seen.request.version)
    return render_template("prior/withdraw.html", asked=seen.request, form=form)


@blueprint.post(f"{ONE}/withdraw")
@prior(access.may_withdraw)
@writes()
def withdraw_post(seen: Seen) -> Any:
    """Take the request back."""
    workflow.withdraw(db.session(), seen, shown=ActionForm().shown, at=now())
    flash(_("Withdrawn. You can change it and submit it again."), "success")
    return _to(seen.request)


@blueprint.get(f"{ONE}/close")
@prior(access.may_close)
def close(seen: Seen) -> Any:
    """Ask whether the trip is over and done with."""
    form = ActionForm(version=seen.request.version)
    return render_template("prior/close.html", asked=seen.request, form=form)


@blueprint.post(f"{ONE}/close")
@prior(access.may_close)
@writes()
def close_post(seen: Seen) -> Any:
    """Close the trip: no further claim refers to it."""
    workflow.close(db.session(), seen, shown=ActionForm().shown, at=now())
    flash(_("The trip is closed."), "success")
    return _to(seen.request)


def _to(asked: PriorRequest) -> Any:
    return redirect(url_for("prior.show", shelf=asked.shelf, request_id=asked.id), 303)

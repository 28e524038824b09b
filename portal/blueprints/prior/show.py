"""A trip request or an advance: what it says, where it stands, what happened."""

from typing import Any

from flask import redirect, render_template, url_for

from portal.blueprints.prior import ONE, blueprint
from portal.core.clock import day, now
from portal.core.db import db
from portal.core.words import from_data
from portal.forms.approvals import DecisionForm
from portal.prior import access, queries
from portal.prior.access import Seen
from portal.prior.models import ADVANCE
from portal.web.guards import prior
from portal.web.kept_forms import kept_fields
from portal.web.live import unchanged
from portal.web.session import settings


@blueprint.get(ONE)
@prior(access.may_see)
def show(seen: Seen) -> Any:
    """The page of the request, for whoever may see it."""
    if unchanged():
        return "", 204
    asked = seen.request
    if seen.mine and asked.submitted_at is None:
        return redirect(url_for("prior.edit", shelf=asked.shelf, request_id=asked.id), 303)
    return render_template("prior/show.html", **page_of(seen))


def page_of(seen: Seen) -> dict[str, Any]:
    """What the page of a request shows."""
    session, asked, at = db.session(), seen.request, now()
    form = DecisionForm(formdata=kept_fields(), version=asked.version)
    owed = asked.kind == ADVANCE and asked.paid_at is not None
    return {
        "seen": seen,
        "asked": asked,
        "steps": _steps(seen),
        "whose": queries.whose(session, asked),
        "timeline": queries.timeline(session, asked),
        "movements": queries.movements_of(session, asked.id) if owed else [],
        "decision_form": form,
        "at": at,
        "today": day(at, settings().timezone),
    }


def _steps(seen: Seen) -> list[dict[str, Any]]:
    """The steps of the last route, each with its people and who decided."""
    steps: dict[int, dict[str, Any]] = {}
    for row in queries.steps_of(db.session(), seen.request):
        step = steps.setdefault(
            row.id, {"row": row, "why": from_data(row.why), "people": [], "by": None}
        )
        if row.name:
            step["people"].append(row.name)
        if row.person_id == row.decided_by_id:
            step["by"] = row.name
    return list(steps.values())

"""The reader's own trip requests and advances."""

from typing import Any

from flask import render_template, request, url_for

from portal.blueprints.prior import blueprint
from portal.core.clock import day, now
from portal.core.db import db
from portal.forms.claims import ActionForm
from portal.prior import queries
from portal.prior.models import SHELVES
from portal.prior.queries import PAGE
from portal.web.guards import reader, signed_in
from portal.web.live import unchanged
from portal.web.session import settings


@blueprint.get("/trips/", endpoint="list", defaults={"shelf": "trips"})
@blueprint.get("/advances/", endpoint="list", defaults={"shelf": "advances"})
@signed_in
def list_mine(shelf: str) -> Any:
    """The reader's own requests of one kind, newest first."""
    if unchanged():
        return "", 204
    session, at = db.session(), now()
    before = request.args.get("before", type=int)
    rows = queries.mine(session, reader().id, SHELVES[shelf], before)
    shown = rows[:PAGE]
    older = url_for("prior.list", shelf=shelf, before=shown[-1].id) if len(rows) > PAGE else None
    return render_template(
        "prior/list.html", shelf=shelf, rows=shown, older=older, at=at,
        today=day(at, settings().timezone), waits_for=queries.waiting_names(session, shown),
        form=ActionForm(formdata=None),
    )  # fmt: skip

"""What waits for me, what I wait for, what I may start."""

from typing import Any

from flask import Blueprint, render_template

from portal.claims import list_queries
from portal.claims.queries import waiting_names
from portal.core.clock import now
from portal.core.db import db
from portal.prior import queries as prior
from portal.web.guards import reader, signed_in
from portal.web.i18n import local
from portal.web.live import unchanged

blueprint = Blueprint("home", __name__)

SHOWN = 5


@blueprint.get("/")
@signed_in
def show() -> Any:
    """The first page after signing in."""
    if unchanged():
        return "", 204
    session, someone = db.session(), reader()
    on_the_way = list_queries.on_the_way(session, someone.id)
    return render_template(
        "home/show.html",
        inbox=list_queries.inbox(session, someone.id, most=SHOWN) if someone.waiting else [],
        in_hand=list_queries.in_hand(session, someone.id),
        on_the_way=on_the_way,
        waits_for=waiting_names(session, [row.id for row in on_the_way]),
        templates=list_queries.template_names(session, someone.id, SHOWN),
        requests=prior.inbox(session, someone.id, SHOWN) if someone.waiting else [],
        under_way=prior.under_way(session, someone.id),
        today=local(now()).date(),
        hour=local(now()).hour,
        at=now(),
    )

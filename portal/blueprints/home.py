"""What waits for me, what I wait for, what I may start."""

from typing import Any

from flask import Blueprint, render_template

from portal.claims import list_queries
from portal.claims.inbox_queries import inbox
from portal.claims.queries import waiting_names
from portal.core.clock import now
from portal.core.db import db
from portal.prior import queries as prior
from portal.prior.models import MOVING
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
    requests = prior.under_way(session, someone.id)
    requests_on_the_way = [row for row in requests if _others_move(row)]
    return render_template(
        "home/show.html",
        inbox=inbox(session, someone.id, most=SHOWN) if someone.waiting else [],
        in_hand=list_queries.in_hand(session, someone.id),
        requests_in_hand=[row for row in requests if not _others_move(row)],
        on_the_way=on_the_way,
        requests_on_the_way=requests_on_the_way,
        waits_for=waiting_names(session, [row.id for row in on_the_way]),
        requests_wait_for=prior.waiting_names(session, requests_on_the_way),
        templates=list_queries.template_names(session, someone.id, SHOWN),
        today=local(now()).date(),
        hour=local(now()).hour,
        at=now(),
    )


def _others_move(row: Any) -> bool:
    """Whether somebody else has to move the request, and not who asked for it."""
    return row.state in MOVING[row.kind] and row.asked_by_id is None

"""The form while files are still being read: what arrived since the page was shown."""

from typing import Any

from flask import redirect, render_template, request, url_for

from portal.blueprints.claims import blueprint
from portal.blueprints.claims.edit import form_context
from portal.claims import access, queries
from portal.claims.access import Seen
from portal.core.db import db
from portal.web.guards import claim


@blueprint.get("/<int:claim_id>/reading")
@claim(access.may_edit)
def reading(seen: Seen) -> Any:
    """204 while nothing changed since ``beat``, else the progress and the lines after ``after``.

    Nothing in it replaces a control that somebody may be typing in.
    """
    if "HX-Request" not in request.headers:
        return redirect(
            url_for("claims.edit", claim_id=seen.claim.id, _anchor="claim-reading"), 303
        )
    if request.args.get("beat", type=int) == seen.claim.beat:
        return "", 204
    draft = queries.with_lines(db.session(), seen.claim)
    return render_template(
        "claims/_read.html", **form_context(draft), after=request.args.get("after", 0, int)
    )

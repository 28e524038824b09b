"""The claim on paper."""

from typing import Any

from flask import make_response, request

from portal.blueprints.claims import blueprint
from portal.claims import access, queries
from portal.claims.access import Seen
from portal.core.db import db
from portal.web.downloads import named
from portal.web.guards import claim
from portal.web.languages import gettext as _
from portal.web.paper import pdf_of


@blueprint.get("/<int:claim_id>/paper.pdf")
@claim(access.may_print)
def paper(seen: Seen) -> Any:
    """The claim form with its receipts as PDF; ``?size=A5`` for the small sheet."""
    loaded = queries.with_lines(db.session(), seen.claim)
    made = pdf_of(loaded, "A5" if request.args.get("size") == "A5" else "A4")
    response = make_response(made)
    response.mimetype = "application/pdf"
    return named(response, _("Claim %(number)s", number=loaded.number) + ".pdf", inline=True)

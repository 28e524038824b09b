"""The advance on paper (借款单)."""

from typing import Any

from flask import make_response, request

from portal.blueprints.prior import ONE, blueprint
from portal.prior import access
from portal.prior.access import Seen
from portal.web.downloads import named
from portal.web.guards import prior
from portal.web.languages import gettext as _
from portal.web.paper_advance import pdf_of_advance


@blueprint.get(f"{ONE}/paper.pdf")
@prior(access.may_print)
def paper(seen: Seen) -> Any:
    """The advance form as PDF; ``?size=A5`` for the small sheet."""
    made = pdf_of_advance(seen.request, "A5" if request.args.get("size") == "A5" else "A4")
    response = make_response(made)
    response.mimetype = "application/pdf"
    number = seen.request.number
    return named(response, _("Advance %(number)s", number=number) + ".pdf", inline=True)

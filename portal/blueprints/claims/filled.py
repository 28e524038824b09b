"""What files filled, for pages: where values come from, and what still arrives."""

from typing import Any

from portal.blueprints.claims import blueprint
from portal.claims import arrivals, drafting, guessing
from portal.claims.line_queries import ShownOrigin, ShownReceipt, shown_origins, shown_receipt
from portal.claims.models import Claim, Line
from portal.claims.receipts import invoices_of
from portal.core.clock import now
from portal.core.db import db
from portal.policy.rules import Policy
from portal.web.guards import reader
from portal.web.i18n import say
from portal.web.poll import signed
from portal.web.session import settings


def arriving(draft: Claim) -> dict[str, Any]:
    """How far the files have come that were handed in, and how the page asks again."""
    found = arrivals.progress(db.session(), draft.id)
    if found is None:
        return {"reading": None, "joined": set()}
    return {
        "reading": found,
        "slow": found.is_slow(now()),
        "shown": signed(settings().secret_key, draft.subject, reader().sign_in_id),
        "joined": {line_id for told in found.told for line_id in told.lines},
        "newest_line": max((line.id for line in draft.lines), default=0),
    }


@blueprint.app_template_global()
def receipts_of(claim: Claim, line: Line) -> list[ShownReceipt]:
    """The receipts of one line of a draft."""
    return [shown_receipt(receipt) for receipt in drafting.receipts_of(claim, line)]


@blueprint.app_template_global()
def origins_of(claim: Claim, line: Line, policy: Policy) -> tuple[ShownOrigin, ...]:
    """Where the values of one line of a draft come from."""
    return shown_origins(line, invoices_of(claim, line), policy.cities)


@blueprint.app_template_global()
def guess_of(claim: Claim, line: Line) -> str:
    """What the category was guessed from, until somebody changes it or sends the claim with it."""
    sent = claim.submitted_at
    if not line.guess or line.guess != line.category:
        return ""
    if sent and all(each.added_at <= sent for each in drafting.receipts_of(claim, line)):
        return ""
    return say(guessing.explain(line.guess, invoices_of(claim, line)))

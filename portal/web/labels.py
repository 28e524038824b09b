"""Words on the screen for the states and kinds that the code names."""

from portal.people.models import AT_ONCE, DAILY, PORTAL_ONLY
from portal.web.languages import lazy_gettext as _l

CLAIM_STATES = {
    "draft": _l("Draft"),
    "submitted": _l("In approval"),
    "returned": _l("Returned"),
    "approved": _l("Approved"),
    "paying": _l("Being paid"),
    "paid": _l("Paid"),
    "rejected": _l("Rejected"),
    "withdrawn": _l("Withdrawn"),
}

STEP_STATES = {
    "waiting": _l("Not yet"),
    "open": _l("Now"),
    "approved": _l("Approved"),
    "returned": _l("Returned"),
    "rejected": _l("Rejected"),
    "skipped": _l("Skipped"),
    "ended": _l("Not needed any more"),
}

SEVERITIES = {
    "blocks": _l("To mend"),
    "needs_reason": _l("Needs a reason"),
    "warns": _l("Please check"),
}

ROLES = {
    "finance": _l("Finance"),
    "payer": _l("Payer"),
    "support": _l("Support agent"),
    "trainer": _l("Trainer"),
    "auditor": _l("Auditor"),
    "admin": _l("Administrator"),
}

GRADES = {
    "staff": _l("Staff"),
    "manager": _l("Manager"),
    "director": _l("Director"),
}

NOTICES_BY = {
    AT_ONCE: _l("By mail at once"),
    DAILY: _l("By one mail a day"),
    PORTAL_ONLY: _l("Only here in the portal"),
}

BATCH_STATES = {"open": _l("Open"), "closed": _l("Paid")}

PAYMENT_STATES = {"pending": _l("Waiting"), "paid": _l("Paid"), "failed": _l("Failed")}

FIELDS = {
    "purpose": _l("Purpose"),
    "total": _l("Total"),
    "line": _l("Line"),
    "spent_on": _l("Date"),
    "category": _l("Category"),
    "amount": _l("Amount"),
    "city": _l("City"),
    "nights": _l("Nights"),
    "attendees": _l("Guests"),
    "cost_centre": _l("Cost centre"),
    "reason": _l("Reason"),
    "receipts": _l("Receipts"),
}

CAST = {
    "alice": _l("an employee who claims"),
    "bob": _l("her line manager"),
    "carol": _l("finance, and pays"),
    "dan": _l("somebody of another department"),
    "erin": _l("a support agent"),
    "frank": _l("a trainer"),
    "grace": _l("the head of the company"),
    "admin": _l("an administrator"),
}
"""The demo people who stand on the sign-in page, in the order of a claim's way."""

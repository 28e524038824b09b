"""Words on the screen for the states and kinds that the code names."""

from portal.people.models import AT_ONCE, DAILY, PORTAL_ONLY
from portal.web.languages import lazy_gettext as _l

MENU = {
    "home.show": _l("Home"),
    "claims.list": _l("My claims"),
    "approvals.inbox": _l("To approve"),
    "claims.list_all": _l("All claims"),
    "payments.list": _l("Payments"),
    "people.list": _l("People"),
    "policy.categories": _l("Categories"),
    "audit.list": _l("Audit log"),
}
"""The endpoints that have an entry in the main menu, in the order of daily use."""

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
    "blocks": _l("Must be corrected"),
    "needs_reason": _l("Needs an explanation"),
    "warns": _l("Warning"),
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
    "line": _l("Whole line"),
    "spent_on": _l("Date"),
    "category": _l("Category"),
    "amount": _l("Amount"),
    "city": _l("City"),
    "nights": _l("Nights"),
    "attendees": _l("Attendees"),
    "cost_centre": _l("Cost centre"),
    "reason": _l("Explanation"),
    "receipts": _l("Receipts"),
}
LINE_FIELDS = FIELDS | {"purpose": _l("What for")}
"""What a claim and a line call their fields: a claim has a purpose, a line was for something."""

TIERS = {"1": _l("Tier 1"), "2": _l("Tier 2"), "3": _l("Other")}

CHANGED_FIELDS = {
    "number": _l("employee number"),
    "email": _l("e-mail"),
    "name": _l("name"),
    "department_id": _l("department"),
    "manager_id": _l("manager"),
    "grade": _l("grade"),
    "language": _l("language"),
    "hired_on": _l("date of hiring"),
    "active": _l("active or not"),
    "roles": _l("roles"),
    "bank_name": _l("bank"),
    "bank_account": _l("account number"),
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "code": _l("code"),
    "cost_centre": _l("cost centre"),
    "parent": _l("belongs to"),
    "head": _l("head"),
    "accounting_code": _l("accounting code"),
    "position": _l("place in the list"),
    "needs_city": _l("needs a city"),
    "needs_nights": _l("needs the number of nights"),
    "needs_attendees": _l("needs the attendees"),
    "reimbursable": _l("reimbursable"),
}
"""Fields of people, departments and categories, as lists of what was changed name them."""

CAST = {
    "alice": _l("an employee who claims"),
    "bob": _l("Alice's line manager"),
    "carol": _l("finance, and pays"),
    "dan": _l("somebody of another department"),
    "erin": _l("a support agent"),
    "frank": _l("a trainer"),
    "grace": _l("the head of the company"),
    "admin": _l("an administrator"),
}
"""The demo people who stand on the sign-in page, in the order of a claim's way."""

"""Words on the screen for the states and kinds that the code names."""

from portal.people.models import AT_ONCE, DAILY, PORTAL_ONLY
from portal.web.languages import lazy_gettext as _l

MENU = {
    "home.show": _l("Home"),
    "claims.list": _l("My claims"),
    "prior.list": _l("Trips and advances"),
    "approvals.inbox": _l("To approve"),
    "claims.list_all": _l("All claims"),
    "payments.list": _l("Payments"),
    "rates.list": _l("Exchange rates"),
    "invoices.list": _l("Invoices"),
    "people.list": _l("People"),
    "policy.show": _l("Rules"),
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

PRIOR_STATES = CLAIM_STATES | {
    "paid": _l("Paid out, to be settled"),
    "settled": _l("Settled"),
    "closed": _l("Ended"),
}
"""Of trip requests and advances."""

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

CHECK_OUTCOMES = {
    "genuine": _l("Genuine"),
    "void": _l("Void"),
    "red": _l("Taken back by a red invoice"),
    "unknown": _l("Not known to the platform"),
}

INVOICE_SOURCES = {
    "xml": _l("XML"),
    "ofd": _l("OFD"),
    "pdf": _l("PDF data"),
    "qr": _l("QR code"),
    "text": _l("text of the page"),
    "ocr": _l("picture"),
    "typed": _l("typed"),
}
"""Where a value of an invoice was read, from the one trusted most."""

READ_FROM = {
    "xml": _l("from the XML"),
    "ofd": _l("from the OFD"),
    "pdf": _l("from the data of the PDF"),
    "qr": _l("from the QR code"),
    "text": _l("from the text of the page"),
    "ocr": _l("from the print in the picture"),
}
"""The same, said of a value of a line."""

INVOICE_KINDS = {
    "digital": _l("Fully digital invoice"),
    "vat": _l("VAT invoice"),
    "rail": _l("Train ticket"),
    "flight": _l("Flight itinerary"),
    "toll": _l("Toll invoice"),
    "other": _l("Invoice"),
}

INVOICE_FIELDS = {
    "number": _l("Invoice number"),
    "code": _l("Invoice code"),
    "issued_on": _l("Date of the invoice"),
    "seller": _l("Seller"),
    "seller_tax_id": _l("Seller's tax number"),
    "buyer": _l("Buyer"),
    "buyer_tax_id": _l("Buyer's tax number"),
    "net": _l("Amount without tax"),
    "tax": _l("Tax"),
    "total": _l("Total"),
    "special": _l("Special or ordinary"),
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
    "merchant": _l("Merchant"),
    "nights": _l("Nights"),
    "leg": _l("Journey"),
    "origin": _l("Leaves from"),
    "left_at": _l("Departure time"),
    "destination": _l("Arrives in"),
    "arrived_at": _l("Arrival time"),
    "transport_number": _l("Train or flight"),
    "attendees": _l("Attendees"),
    "cost_centre": _l("Cost centre"),
    "reason": _l("Explanation"),
    "receipts": _l("Receipts"),
    "original": _l("Amount in that currency"),
    "rate": _l("Rate"),
    "quantity": _l("How many"),
    "unit_price": _l("Price of one"),
    "ends_on": _l("Last day"),
    "project": _l("Project"),
    "parts": _l("Parts"),
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
    "company": _l("company"),
    "tax_id": _l("tax number"),
    "prefix": _l("prefix of its numbers"),
    "owner": _l("owner"),
    "directory": _l("entry in the directory"),
    "parent": _l("belongs to"),
    "head": _l("head"),
    "accounting_code": _l("accounting code"),
    "position": _l("place in the list"),
    "needs_city": _l("needs a city"),
    "needs_nights": _l("needs the number of nights"),
    "needs_attendees": _l("needs the attendees"),
    "needs_project": _l("needs a project"),
    "needs_merchant": _l("needs the merchant"),
    "computed": _l("how the amount comes about"),
    "reimbursable": _l("reimbursable"),
}
"""Fields of people, departments and categories, as lists of what was changed name them."""

RULE_PARTS = {
    "receipt_above": _l("receipts"),
    "receipts": _l("receipts by category"),
    "oldest_days": _l("days in which to claim"),
    "weekend_categories": _l("weekends"),
    "holiday_categories": _l("holidays"),
    "tax_not_recovered": _l("tax not recovered"),
    "totals": _l("large claims"),
    "limits": _l("limits"),
    "cities": _l("cities"),
    "forbidden_merchants": _l("merchants"),
    "forbidden_words": _l("words"),
    "computed": _l("rates"),
    "severity": _l("severity"),
    "wording": _l("wording"),
    "articles": _l("articles"),
}
"""Parts of the rules, as lists of what was changed name them."""

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

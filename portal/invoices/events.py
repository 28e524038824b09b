"""What can happen to an invoice beyond the claims that it is on."""

ALLOWED = "invoice_allowed"
CHECKED = "invoice_checked"

ALL = (ALLOWED, CHECKED)

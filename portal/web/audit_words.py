"""What the audit log says: each kind of event and its details in the reader's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.claims import events as claims
from portal.claims import payment
from portal.invoices import events as invoices
from portal.people import events as people
from portal.policy import events as policy
from portal.prior import events as prior
from portal.rates import events as rates
from portal.web import labels
from portal.web.i18n import money
from portal.web.languages import gettext as _
from portal.web.languages import lazy_gettext as _l

EVENTS = {
    claims.CREATED: _l("Claim begun"),
    claims.DELETED: _l("Draft deleted"),
    claims.SUBMITTED: _l("Claim submitted"),
    claims.AUTO_APPROVED: _l("Claim approved automatically"),
    claims.STEP_APPROVED: _l("Step approved"),
    claims.APPROVED: _l("Claim approved"),
    claims.RETURNED: _l("Claim returned"),
    claims.REJECTED: _l("Claim rejected"),
    claims.WITHDRAWN: _l("Claim withdrawn"),
    claims.COMMENTED: _l("Comment written"),
    claims.ASKED: _l("Question asked"),
    claims.ANSWERED: _l("Question answered"),
    claims.REMINDED: _l("Approvers reminded"),
    claims.STEP_MOVED: _l("Approval step handed over"),
    claims.PAYMENT_STARTED: _l("Claim put into a payment batch"),
    claims.PAYMENT_FAILED: _l("Payment failed"),
    claims.PAYMENT_CANCELLED: _l("Claim taken out of the payment batch"),
    claims.PAID: _l("Claim paid"),
    claims.BATCH_MADE: _l("Payment batch made"),
    claims.BATCH_EXPORTED: _l("File for the bank downloaded"),
    claims.BATCH_CLOSED: _l("Payment batch paid"),
    payment.BATCH_WAS_CANCELLED: _l("Payment batch cancelled"),
    prior.CREATED: _l("Trip or advance begun"),
    prior.DELETED: _l("Draft of a trip or advance deleted"),
    prior.SUBMITTED: _l("Trip or advance submitted"),
    prior.STEP_APPROVED: _l("Step of a trip or advance approved"),
    prior.APPROVED: _l("Trip or advance approved"),
    prior.RETURNED: _l("Trip or advance returned"),
    prior.REJECTED: _l("Trip or advance rejected"),
    prior.WITHDRAWN: _l("Trip or advance withdrawn"),
    prior.COMMENTED: _l("Comment on a trip or advance written"),
    prior.ASKED: _l("Question about a trip or advance asked"),
    prior.ANSWERED: _l("Question about a trip or advance answered"),
    prior.REMINDED: _l("Approvers of a trip or advance reminded"),
    prior.STEP_MOVED: _l("Step of a trip or advance handed over"),
    prior.CLOSED: _l("Trip closed"),
    prior.PAYMENT_STARTED: _l("Advance put into a payment batch"),
    prior.PAYMENT_FAILED: _l("Payment of an advance failed"),
    prior.PAYMENT_CANCELLED: _l("Advance taken out of the payment batch"),
    prior.PAID: _l("Advance paid out"),
    prior.SETTLED: _l("Advance settled by a claim"),
    prior.RESTORED: _l("Settling of an advance undone"),
    prior.REPAID: _l("Advance returned in cash"),
    prior.OVERDUE: _l("Reminded of an overdue advance"),
    people.PERSON_CREATED: _l("Person added"),
    people.PERSON_CHANGED: _l("Person changed"),
    people.PERSON_DEACTIVATED: _l("Person deactivated"),
    people.PERSON_REACTIVATED: _l("Person reactivated"),
    people.PERSON_INVITED: _l("Person invited"),
    people.PASSWORD_CHANGED: _l("Password changed"),
    people.DEPARTMENT_CREATED: _l("Department added"),
    people.DEPARTMENT_CHANGED: _l("Department changed"),
    people.COMPANY_CREATED: _l("Company added"),
    people.COMPANY_CHANGED: _l("Company changed"),
    people.PROJECT_CREATED: _l("Project added"),
    people.PROJECT_CHANGED: _l("Project changed"),
    people.IDENTITY_LINKED: _l("Identity connected"),
    people.IDENTITY_UNLINKED: _l("Identity disconnected"),
    people.DEPUTY_ALLOWED: _l("Deputy allowed"),
    people.DEPUTY_REVOKED: _l("Deputy revoked"),
    rates.RATE_ENTERED: _l("Exchange rate entered"),
    rates.RATES_IMPORTED: _l("Exchange rates imported"),
    rates.RATES_FETCHED: _l("Exchange rates fetched"),
    invoices.ALLOWED: _l("Invoice allowed once more"),
    invoices.CHECKED: _l("Invoice verified"),
    policy.CATEGORY_CREATED: _l("Category added"),
    policy.CATEGORY_CHANGED: _l("Category changed"),
    policy.CALENDAR_DAY_ADDED: _l("Day added to the calendar"),
    policy.CALENDAR_DAY_REMOVED: _l("Day taken out of the calendar"),
    policy.CALENDAR_FILLED: _l("Calendar filled"),
    policy.DRAFT_STARTED: _l("Draft of the rules begun"),
    policy.DRAFT_CHANGED: _l("Draft of the rules changed"),
    policy.DRAFT_PROPOSED: _l("Draft of the rules proposed"),
    policy.DRAFT_DISCARDED: _l("Draft of the rules discarded"),
    policy.PUBLISHED: _l("Rules published"),
}
"""Every kind of event by name, in the order of the filter's list."""

SUBJECTS = {
    "claim": _l("Claim"),
    "batch": _l("Payment batch"),
    "trip": _l("Trip request"),
    "advance": _l("Advance"),
    "invoice": _l("Invoice"),
    "rate": _l("Exchange rate"),
    "person": _l("Person"),
    "department": _l("Department"),
    "company": _l("Company"),
    "project": _l("Project"),
    "policy": _l("Expense policy"),
}

DETAILS = {
    "purpose": _l("Purpose"),
    "total": _l("Total"),
    "amount": _l("Amount"),
    "lines": _l("Lines"),
    "claims": _l("Claims"),
    "advances": _l("Advances"),
    "claim": _l("Claim"),
    "settled": _l("Settled"),
    "comment": _l("Comment"),
    "batch": _l("Batch"),
    "reference": _l("Reference"),
    "paid_on": _l("Paid on"),
    "failed": _l("Failed payments"),
    "code": _l("Code"),
    "fields": _l("Changed fields"),
    "roles_given": _l("Roles given"),
    "roles_taken": _l("Roles taken"),
    "again": _l("Submitted again"),
    "copied": _l("Copied from another claim"),
    "day": _l("Day"),
    "days": _l("Days"),
    "year": _l("Year"),
    "works": _l("Working day"),
    "name": _l("Name"),
    "based_on": _l("Begun from version"),
    "restored": _l("Restored version"),
    "imported": _l("Imported from a file"),
    "parts": _l("Changed parts"),
    "version": _l("Version"),
    "valid_from": _l("In force from"),
    "currency": _l("Currency"),
    "rate": _l("Rate"),
    "rates": _l("Rates"),
    "changes": _l("What changes"),
    "invoice": _l("Invoice"),
    "person": _l("Person"),
    "reason": _l("Reason"),
    "outcome": _l("The tax platform says"),
    "note": _l("Note"),
    "port": _l("Verified by way of"),
    "deputy": _l("Deputy"),
    "issuer": _l("Identity provider"),
}


def subject(kind: str, number: int) -> str:
    """What an event is about, such as “Claim 7”; the policy has no number."""
    name = str(SUBJECTS.get(kind, kind))
    return f"{name} {number}" if number else name


def details(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """An event's data as labels with texts; of a submitted claim its purpose, total and size."""
    for name, value in data.items():
        if name == "content":
            yield from details(value)
        elif value and name != "step":
            yield str(DETAILS.get(name, name)), _TEXTS.get(name, _plain)(value)


def _plain(value: Any) -> str:
    return _("yes") if value is True else str(value)


def _count(value: Any) -> str:
    return str(len(value))


def _lines(value: Any) -> str:
    """How many lines there were, or the reasons that single lines were returned for."""
    return _("; ").join(value.values()) if isinstance(value, dict) else _count(value)


def _named_by(names: Mapping[str, Any]) -> Callable[[Any], str]:
    return lambda listed: _(", ").join(str(names.get(each, each)) for each in listed)


_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "total": money,
    "amount": money,
    "settled": money,
    "advances": _count,
    "lines": _lines,
    "claims": _count,
    "fields": _named_by(labels.CHANGED_FIELDS),
    "parts": _named_by(labels.RULE_PARTS),
    "changes": lambda changes: _("; ").join(changes),
    "outcome": lambda outcome: str(labels.CHECK_OUTCOMES.get(outcome, outcome)),
    "roles_given": _named_by(labels.ROLES),
    "roles_taken": _named_by(labels.ROLES),
}

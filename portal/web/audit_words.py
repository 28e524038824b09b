"""What the audit log says: each kind of event and its details in the reader's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from portal.claims import events as claims
from portal.claims import payment
from portal.people import events as people
from portal.policy import events as policy
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
    people.PERSON_CREATED: _l("Person added"),
    people.PERSON_CHANGED: _l("Person changed"),
    people.PERSON_DEACTIVATED: _l("Person deactivated"),
    people.PERSON_REACTIVATED: _l("Person reactivated"),
    people.PERSON_INVITED: _l("Person invited"),
    people.PASSWORD_CHANGED: _l("Password changed"),
    people.DEPARTMENT_CREATED: _l("Department added"),
    people.DEPARTMENT_CHANGED: _l("Department changed"),
    policy.CATEGORY_CREATED: _l("Category added"),
    policy.CATEGORY_CHANGED: _l("Category changed"),
}
"""Every kind of event by name, in the order of the filter's list."""

SUBJECTS = {
    "claim": _l("Claim"),
    "batch": _l("Payment batch"),
    "person": _l("Person"),
    "department": _l("Department"),
    "policy": _l("Expense policy"),
}

DETAILS = {
    "purpose": _l("Purpose"),
    "total": _l("Total"),
    "amount": _l("Amount"),
    "lines": _l("Lines"),
    "claims": _l("Claims"),
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
    "lines": _lines,
    "claims": _count,
    "fields": _named_by(labels.CHANGED_FIELDS),
    "roles_given": _named_by(labels.ROLES),
    "roles_taken": _named_by(labels.ROLES),
}

"""Named reads about invoices and the claims that they are on, in a stable order.

Drafts and withdrawn claims are their claimants' own and never read here.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from portal.claims.models import WITHDRAWN, Claim, Receipt
from portal.claims.queries import PAGE
from portal.core.db import Rows, fetch
from portal.invoices.keys import plain_number
from portal.invoices.models import Invoice
from portal.people.models import Person


@dataclass(frozen=True)
class InvoiceFilter:
    """What the list is narrowed to. ``amount`` is fen; ``before`` pages by key: ids below it."""

    number: str = ""
    seller: str = ""
    day: date | None = None
    amount: int | None = None
    state: str = ""
    before: int | None = None


SUBMITTED = and_(Claim.submitted_at.is_not(None), Claim.state != WITHDRAWN)
ON_CLAIM = (Claim.id.label("claim_id"), Claim.number.label("claim_number"), Claim.state)

_first, _first_receipt = aliased(Invoice), aliased(Receipt)
READ_BEFORE = exists().where(
    _first_receipt.claim_id == Receipt.claim_id,
    _first.id == _first_receipt.invoice_id,
    _first.key == Invoice.key,
    _first.id < Invoice.id,
)
"""The same invoice on the same claim, from another file."""

LISTED = (
    select(
        Invoice.id, Invoice.key, Invoice.number, Invoice.seller, Invoice.issued_on, Invoice.total,
        Person.name.label("claimant"), *ON_CLAIM,
    )
    .join(Receipt, Receipt.invoice_id == Invoice.id)
    .join(Claim, Claim.id == Receipt.claim_id)
    .join(Person, Person.id == Claim.claimant_id)
    .where(SUBMITTED, ~READ_BEFORE)
    .order_by(Invoice.id.desc())
    .limit(PAGE + 1)
)  # fmt: skip


def listed(session: Session, wanted: InvoiceFilter) -> Rows:
    """A page of invoices with their claims, newest first, and one row more if there are more."""
    found: Any = LISTED
    if wanted.number:
        number = plain_number(wanted.number)
        found = found.where(or_(Invoice.number == number, Invoice.key == number))
    if wanted.seller:
        plain = wanted.seller.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = found.where(Invoice.seller.ilike(f"%{plain}%", escape="\\"))
    if wanted.day:
        found = found.where(Invoice.issued_on == wanted.day)
    if wanted.amount is not None:
        found = found.where(Invoice.total == wanted.amount)
    if wanted.state:
        found = found.where(Claim.state == wanted.state)
    if wanted.before:
        found = found.where(Invoice.id < wanted.before)
    return fetch(session, found).all()


READINGS = (
    select(
        Invoice, Receipt.filename, Claim.submitted_at, Claim.paid_at,
        Person.name.label("claimant"), *ON_CLAIM,
    )
    .join(Receipt, Receipt.invoice_id == Invoice.id)
    .join(Claim, Claim.id == Receipt.claim_id)
    .join(Person, Person.id == Claim.claimant_id)
    .where(SUBMITTED, Invoice.key == bindparam("key"))
    .order_by(Claim.id, Invoice.id)
)  # fmt: skip


def readings(session: Session, key: str) -> Rows:
    """What was read of one invoice, with the claim of each file, oldest claim first. One query."""
    return session.execute(READINGS, {"key": key}).all()

"""Named reads about invoices, in a stable order."""

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from portal.core.db import Rows, fetch
from portal.invoices.models import InvoiceAllowance, InvoiceHold
from portal.people.models import Person

_for, _by = aliased(Person), aliased(Person)
ALLOWANCES = (
    select(
        InvoiceAllowance.share, InvoiceAllowance.reason, InvoiceAllowance.at,
        _for.name, _for.number, _by.name.label("by"), InvoiceHold.claim_id,
    )
    .join(_for, _for.id == InvoiceAllowance.person_id)
    .join(_by, _by.id == InvoiceAllowance.by_id)
    .outerjoin(
        InvoiceHold,
        and_(
            InvoiceHold.key == InvoiceAllowance.key, InvoiceHold.share == InvoiceAllowance.share
        ),
    )
    .where(InvoiceAllowance.key == bindparam("key"))
    .order_by(InvoiceAllowance.share)
)  # fmt: skip


def allowances(session: Session, key: str) -> Rows:
    """Who may claim the invoice once more, who allowed it, and the claim that used it."""
    return fetch(session, ALLOWANCES, key=key).all()

"""The input tax that the company recovers of the lines of a claim. Sums are fen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.claims.models import Claim
from portal.invoices.buyer import is_company
from portal.invoices.models import Invoice
from portal.invoices.readers.invoice import SOURCES
from portal.invoices.recoverable import PERCENT, recoverable
from portal.people.models import Company, Person
from portal.policy.rules import Policy

CURRENCY = "CNY"
"""What invoices are made out in."""


@dataclass(frozen=True)
class Recoverable:
    """The tax in the invoices of a line, and what they come to with it."""

    tax: int
    total: int

    def of(self, amount: int | None) -> int | None:
        """The tax of what is claimed, when that is less than the invoices say; None for none."""
        if not amount:
            return None
        return self.tax * min(amount, self.total) // self.total or None


def on_lines(session: Session, claim: Claim, policy: Policy) -> dict[int, Recoverable]:
    """By id the lines of which tax is recovered. At most two queries."""
    found = _invoices(claim, policy)
    if not found:
        return {}
    company = session.get_one(Company, claim.company_id)
    own = _own_people(session, [one for each in found.values() for one in each])
    taxes = {line: _together(invoices, company, own) for line, invoices in found.items()}
    return {line: tax for line, tax in taxes.items() if tax}


def _invoices(claim: Claim, policy: Policy) -> dict[int, list[Invoice]]:
    """The invoices of the lines that are in yuan and of a category whose tax is recovered."""
    lines = {
        line.id
        for line in claim.lines
        if line.currency == claim.currency == CURRENCY
        and policy.tax_not_recovered.isdisjoint(policy.above(line.category))
    }
    found: dict[int, list[Invoice]] = {}
    for receipt in claim.receipts:
        if receipt.invoice is not None and receipt.line_id in lines:
            found.setdefault(receipt.line_id, []).append(receipt.invoice)
    return found


def _own_people(session: Session, invoices: Sequence[Invoice]) -> frozenset[str]:
    """Those passengers who are the company's people."""
    named = {one.details.get("passenger", "") for one in invoices if one.kind in PERCENT} - {""}
    if not named:
        return frozenset()
    return frozenset(session.scalars(select(Person.name).where(Person.name.in_(named))))


def _together(
    invoices: Sequence[Invoice], company: Company, own: Collection[str]
) -> Recoverable | None:
    """Several files of one invoice are one: the best of them that tells speaks."""
    taxes: dict[object, int] = {}
    totals: dict[object, int] = {}
    for place, invoice in sorted(enumerate(invoices), key=lambda each: _rank(each[1])):
        key = invoice.key or place
        tax = recoverable(
            invoice,
            ours=not invoice.buyer or is_company(invoice.buyer, company) or _is_ticket(invoice),
            own_passenger=invoice.details.get("passenger", "") in own,
        )
        if invoice.total is not None and invoice.total > 0:
            totals.setdefault(key, invoice.total)
        if tax is not None:
            taxes.setdefault(key, tax)
    return Recoverable(sum(taxes.values()), sum(totals.values())) if taxes else None


def _is_ticket(invoice: Invoice) -> bool:
    """Whether a traveller may stand in the buyer's place."""
    return invoice.kind in PERCENT and not invoice.buyer_tax_id


def _rank(invoice: Invoice) -> int:
    return SOURCES.index(invoice.source) if invoice.source in SOURCES else len(SOURCES)

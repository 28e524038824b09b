"""A claim as the policy and the router see it."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from portal.approvals.routing import Subject
from portal.claims.drafting import misread, receipts_of
from portal.claims.duplicates import Other
from portal.claims.models import Claim, Line
from portal.claims.origins import JOURNEYS, READ_INTO, origins
from portal.claims.pricing import priced_facts
from portal.claims.receipts import invoices_of
from portal.claims.surroundings import Surroundings, surroundings
from portal.invoices.buyer import is_company, same_tax_id
from portal.invoices.models import Invoice
from portal.people.models import Company
from portal.policy.findings import ClaimFacts, Finding, InvoiceFacts, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import Policy

COMPARED = ("spent_on", "amount", "merchant")
"""The fields of a line that may not differ from its invoices without a word."""


def judge(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> list[Finding]:
    """What the policy finds in the claim as it is stored now."""
    return problems(facts(session, claim, policy, grade=grade, on=on), policy)


def facts(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> ClaimFacts:
    """The claim as the rules see it."""
    return _facts(claim, policy, surroundings(session, [claim], policy), grade, on)


def all_facts(
    session: Session, claims: Sequence[tuple[Claim, str, date]], policy: Policy
) -> list[ClaimFacts]:
    """Claims as the rules see them, each with the claimant's grade and the day it is judged.

    Their lines are loaded. As many queries as for one claim.
    """
    around = surroundings(session, [claim for claim, _grade, _on in claims], policy)
    return [_facts(claim, policy, around, grade, on) for claim, grade, on in claims]


def _facts(claim: Claim, policy: Policy, around: Surroundings, grade: str, on: date) -> ClaimFacts:
    return ClaimFacts(
        purpose=claim.purpose,
        grade=grade,
        on=on,
        lines=tuple(_line(claim, line, policy, around) for line in claim.lines),
        **vars(around.trips[claim.id]),
        **around.spent[claim.id],
    )


def invoice_facts(invoice: Invoice, company: Company) -> InvoiceFacts:
    """What one invoice says about itself, compared with the company that is to pay.

    Travellers stand in the buyer's place on tickets and itineraries: a person there is nobody
    else's company.
    """
    matches = is_company(invoice.buyer, company) if invoice.buyer else None
    if invoice.kind in JOURNEYS and not invoice.buyer_tax_id and not matches:
        matches = None
    return InvoiceFacts(
        buyer_matches=matches,
        tax_id_matches=same_tax_id(invoice.buyer_tax_id, company.tax_id),
        red=(invoice.total or invoice.net or 0) < 0,
        disagreements=tuple(dict.fromkeys(each["field"] for each in invoice.disagreements)),
    )


def _line(claim: Claim, line: Line, policy: Policy, around: Surroundings) -> LineFacts:
    receipts, invoices = receipts_of(claim, line), invoices_of(claim, line)
    like = _first(around.like_invoices.get((claim.id, each.id)) for each in invoices)
    same = _first(around.same_files.get((claim.id, each.sha256)) for each in receipts)
    company = around.companies[claim.company_id]
    return LineFacts(
        id=line.id,
        spent_on=line.spent_on,
        category=line.category,
        purpose=line.purpose,
        amount=line.amount,
        city=line.city,
        nights=line.nights,
        attendees=line.attendees,
        reason=line.reason,
        receipts=len(receipts),
        invoice_claimed=line.id in around.claimed,
        typed=misread(line),
        merchant=line.merchant,
        days=_days(line),
        invoice=_together(line, invoices, company, _named(like, claim)),
        same_file=_named(same, claim),
        like=_named(around.like_lines.get(line.id), claim),
        **priced_facts(line, policy, around.closed),
    )


def _first(others: Iterable[Other | None]) -> Other | None:
    return next((other for other in others if other), None)


def _together(
    line: Line, invoices: Sequence[Invoice], company: Company, like: str
) -> InvoiceFacts | None:
    """What the invoices of a line say together; what one of them gets wrong is wrong."""
    if not invoices:
        return None
    each = [invoice_facts(invoice, company) for invoice in invoices]
    said = {name: one for name, one in origins(line, invoices).items() if name in COMPARED}
    disputed = [name for one in each for name in one.disagreements]
    disputed += [READ_INTO[name] for name, one in said.items() if one.disagreements]
    typed = [name for name, one in said.items() if one.typed_differs and getattr(line, name)]
    return InvoiceFacts(
        buyer_matches=_all([one.buyer_matches for one in each]),
        tax_id_matches=_all([one.tax_id_matches for one in each]),
        red=any(one.red for one in each),
        disagreements=tuple(dict.fromkeys(disputed)),
        changed=tuple(typed),
        like=like,
    )


def _all(answers: Sequence[bool | None]) -> bool | None:
    known = [answer for answer in answers if answer is not None]
    return all(known) if known else None


def _named(other: Other | None, claim: Claim) -> str:
    return other.named_to(claim.claimant_id) if other else ""


def _days(line: Line) -> int:
    if line.spent_on is None or line.ends_on is None:
        return 1
    return max((line.ends_on - line.spent_on).days + 1, 1)


def routed(claim: Claim, findings: Sequence[Finding]) -> Subject:
    """The claim as the router sees it. Amounts are minor units."""
    return Subject(
        owner_id=claim.claimant_id,
        department_id=claim.department_id,
        amount=claim.total,
        has_findings=bool(findings),
        filled_by=claim.entered_by_id,
    )

"""A claim as the policy and the router see it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.approvals.routing import Subject
from portal.claims.drafting import misread, receipts_of
from portal.claims.duplicates import NOT_LIVE, Other, alike, same_files
from portal.claims.models import Claim, Line
from portal.claims.origins import JOURNEYS, READ_INTO, origins
from portal.claims.pricing import closed_projects, priced_facts
from portal.claims.receipts import invoices_of
from portal.claims.trips import trip_facts
from portal.core.words import from_data, to_data
from portal.invoices.buyer import is_company, same_tax_id
from portal.invoices.models import Invoice
from portal.invoices.registry import held_elsewhere
from portal.people.models import Company
from portal.policy.findings import ClaimFacts, Finding, InvoiceFacts, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import MONTH, TRIP, Policy
from portal.policy.spending import windows

COMPARED = ("spent_on", "amount", "merchant")
"""The fields of a line that may not differ from its invoices without a word."""


def judge(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> list[Finding]:
    """What the policy finds in the claim as it is stored now."""
    return problems(facts(session, claim, policy, grade=grade, on=on), policy)


def facts(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> ClaimFacts:
    """The claim as the rules see it."""
    return ClaimFacts(
        purpose=claim.purpose,
        grade=grade,
        on=on,
        lines=_lines(session, claim, policy),
        **vars(trip_facts(session, claim)),
        **_spent_before(session, claim, policy),
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


def _lines(session: Session, claim: Claim, policy: Policy) -> tuple[LineFacts, ...]:
    company = session.get_one(Company, claim.company_id)
    read = {line.id: invoices_of(claim, line) for line in claim.lines}
    claimed, closed = _claimed(session, claim), closed_projects(session, claim)
    likes = alike(session, [each for one in read.values() for each in one], claim.id)
    files = same_files(session, [each.sha256 for each in claim.receipts], claim.id)
    found = []
    for line in claim.lines:
        receipts, invoices = receipts_of(claim, line), read[line.id]
        like = next((likes[each.id] for each in invoices if each.id in likes), None)
        same = next((files[each.sha256] for each in receipts if each.sha256 in files), None)
        found.append(
            LineFacts(
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
                invoice_claimed=line.id in claimed,
                typed=misread(line),
                merchant=line.merchant,
                days=_days(line),
                invoice=_together(line, invoices, company, _named(like, claim)),
                same_file=_named(same, claim),
                **priced_facts(line, policy, closed),
            )
        )
    return tuple(found)


def _claimed(session: Session, claim: Claim) -> set[int]:
    """The lines with invoices that are on other claims, or on an earlier line of this one."""
    lines: dict[str, int] = {}
    claimed: set[int] = set()
    for receipt in claim.receipts:
        key = receipt.invoice.key if receipt.invoice else None
        if key and lines.setdefault(key, receipt.line_id) != receipt.line_id:
            claimed.add(receipt.line_id)
    held = held_elsewhere(session, lines, claim.id, claim.claimant_id)
    return claimed | {lines[key] for key in held}


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


def _spent_before(session: Session, claim: Claim, policy: Policy) -> dict[str, Any]:
    """What the claimant's other live claims spent where limits of several claims apply."""
    spent: dict[str, dict[Any, int]] = {
        "spent_before": {}, "spent_in_year": {}, "spent_on_trip": {},
    }  # fmt: skip
    for each in windows(policy, [(line.category, line.spent_on) for line in claim.lines]):
        narrowed = [Line.category.in_(each.codes)]
        if each.per == TRIP:
            if claim.trip_id is not None:
                spent["spent_on_trip"][each.limit] = _spent_by_others(
                    session, claim, [*narrowed, *_on_trip(claim)]
                )
            continue
        assert each.first is not None
        total = _spent_by_others(
            session, claim, [*narrowed, Line.spent_on.between(each.first, each.last)]
        )
        if each.per == MONTH:
            spent["spent_before"][each.limit, each.first] = total
        else:
            spent["spent_in_year"][each.limit, each.first.year] = total
    return spent


def _on_trip(claim: Claim) -> list[ColumnElement[bool]]:
    return [Claim.trip_id == claim.trip_id]


def _spent_by_others(
    session: Session, claim: Claim, narrowed: Sequence[ColumnElement[bool]]
) -> int:
    """The sum in minor units of such lines on the claimant's other live claims."""
    total = session.scalar(
        select(func.sum(Line.amount))
        .join(Claim, Claim.id == Line.claim_id)
        .where(
            Claim.claimant_id == claim.claimant_id,
            Claim.id != claim.id,
            Claim.state.not_in(NOT_LIVE),
            *narrowed,
        )
    )
    return int(total or 0)


def routed(claim: Claim, findings: Sequence[Finding]) -> Subject:
    """The claim as the router sees it. Amounts are minor units."""
    return Subject(
        owner_id=claim.claimant_id,
        department_id=claim.department_id,
        amount=claim.total,
        has_findings=bool(findings),
        filled_by=claim.entered_by_id,
    )


def findings_to_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON data, kept with the claim that was judged."""
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            "says": to_data(finding.says),
            "mend": to_data(finding.mend),
            "line": finding.line,
            "field": finding.field,
            "limit": finding.limit,
            "excess": finding.excess,
            "reason": finding.reason,
        }
        for finding in findings
    ]


def findings_from_data(stored: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """The findings that ``findings_to_data`` made ``stored`` from."""
    return [
        Finding(**{**row, "says": from_data(row["says"]), "mend": from_data(row["mend"])})
        for row in stored
    ]

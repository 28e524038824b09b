"""A claim as the policy and the router see it."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.approvals.routing import Subject
from portal.claims.drafting import misread, receipts_of
from portal.claims.models import DRAFT, REJECTED, WITHDRAWN, Claim, Line
from portal.core.words import from_data, to_data
from portal.invoices.registry import held_elsewhere
from portal.policy.findings import ClaimFacts, Finding, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import MONTH, Policy


def judge(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> list[Finding]:
    """What the policy finds in the claim as it is stored now."""
    return problems(facts(session, claim, policy, grade=grade, on=on), policy)


def facts(session: Session, claim: Claim, policy: Policy, *, grade: str, on: date) -> ClaimFacts:
    """The claim as the rules see it."""
    keys = {
        receipt.invoice.key: receipt.line_id
        for receipt in claim.receipts
        if receipt.invoice and receipt.invoice.key
    }
    claimed = {keys[key] for key in held_elsewhere(session, keys, claim.id)}
    seen: set[str] = set()
    for receipt in claim.receipts:
        key = receipt.invoice.key if receipt.invoice else None
        if key and key in seen:
            claimed.add(receipt.line_id)
        elif key:
            seen.add(key)
    return ClaimFacts(
        purpose=claim.purpose,
        grade=grade,
        on=on,
        lines=tuple(_line_facts(claim, line, line.id in claimed) for line in claim.lines),
        spent_before=_spent_before(session, claim, policy),
    )


def _line_facts(claim: Claim, line: Line, claimed: bool) -> LineFacts:
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
        receipts=len(receipts_of(claim, line)),
        invoice_claimed=claimed,
        typed=misread(line),
    )


def _spent_before(session: Session, claim: Claim, policy: Policy) -> Mapping[tuple[str, date], int]:
    """What the claimant's other live claims spent where a monthly limit applies."""
    wanted = {
        (limit.category, line.spent_on.replace(day=1))
        for line in claim.lines
        if line.spent_on
        for limit in policy.limits_on(line.category)
        if limit.per == MONTH
    }
    if not wanted:
        return {}
    spent: dict[tuple[str, date], int] = {}
    for category, month in sorted(wanted):
        codes = [
            code
            for code in policy.categories
            if any(limit.category == category for limit in policy.limits_on(code))
        ]
        total = session.scalar(
            select(func.sum(Line.amount))
            .join(Claim, Claim.id == Line.claim_id)
            .where(
                Claim.claimant_id == claim.claimant_id,
                Claim.id != claim.id,
                Claim.state.not_in((DRAFT, REJECTED, WITHDRAWN)),
                Line.category.in_(codes),
                Line.spent_on >= month,
                Line.spent_on <= month.replace(day=monthrange(month.year, month.month)[1]),
            )
        )
        spent[category, month] = int(total or 0)
    return spent


def routed(claim: Claim, findings: Sequence[Finding]) -> Subject:
    """The claim as the router sees it. Amounts are minor units."""
    return Subject(
        owner_id=claim.claimant_id,
        department_id=claim.department_id,
        amount=claim.total,
        has_findings=bool(findings),
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

"""What is judged and what is found, as plain values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.core.words import Words, from_data, to_data
from portal.policy.rules import BLOCKS, NEEDS_REASON

SOMEWHERE = "*"
"""Instead of a claim's number where the reader may only know that there is one."""


@dataclass(frozen=True)
class Finding:
    """One thing the policy says about a claim or one of its lines.

    ``line`` is the line's id, None for the claim as a whole; ``field`` the control to mend
    it at; ``limit`` and ``excess`` are minor units. ``reason`` is what the claimant answered.
    """

    rule: str
    severity: str
    says: Words
    mend: Words
    line: int | None = None
    field: str = "purpose"
    limit: int | None = None
    excess: int | None = None
    reason: str = ""

    @property
    def stops(self) -> bool:
        """Whether the claim cannot be submitted with this finding as it is."""
        return self.severity == BLOCKS or (self.severity == NEEDS_REASON and not self.reason)


@dataclass(frozen=True)
class InvoiceFacts:
    """What the invoices of a line say, taken together.

    ``buyer_matches`` and ``tax_id_matches`` are None where no buyer was read, or where a
    traveller stands in his place. ``disagreements`` and ``changed`` name fields of an invoice:
    those whose sources contradict one another, and those that were typed otherwise. ``like``
    is the number of another claim with an invoice of the same day, amount and seller,
    ``SOMEWHERE`` when the claimant may not know which, empty when there is none.
    """

    buyer_matches: bool | None = None
    tax_id_matches: bool | None = None
    red: bool = False
    disagreements: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    like: str = ""


@dataclass(frozen=True)
class LineFacts:
    """A line as the rules see it. ``typed`` holds what could not be understood, by field.

    ``days`` is how many days from ``spent_on`` on it covers; ``project`` anything that names
    what bears the cost. ``same_file`` is the other claim with the same bytes, and ``like`` that
    of the same person with the same day and amount, as in ``InvoiceFacts.like``. ``unpriced``
    is the rule that says why there is no amount.
    """

    id: int
    spent_on: date | None
    category: str
    purpose: str
    amount: int | None
    city: str = ""
    nights: int | None = None
    attendees: str = ""
    reason: str = ""
    receipts: int = 0
    invoice_claimed: bool = False
    typed: Mapping[str, Words] = field(default_factory=dict)
    merchant: str = ""
    project: str = ""
    days: int = 1
    invoice: InvoiceFacts | None = None
    same_file: str = ""
    like: str = ""
    unpriced: str = ""
    split_wrong: bool = False
    project_closed: bool = False


@dataclass(frozen=True)
class ClaimFacts:
    """A claim as the rules see it.

    ``on`` is the day it is judged. What the claimant's other live claims spent, in minor
    units: ``spent_before`` by category and first day of the month, ``spent_in_year`` by
    category and year, ``spent_on_trip`` by category on the same trip; ``spending.windows``
    says which are asked for. ``trip_budget``, ``trip_days`` and ``trip_spent_before`` (all
    categories) are those of the approved trip request that the claim refers to.
    """

    purpose: str
    grade: str
    on: date
    lines: tuple[LineFacts, ...]
    spent_before: Mapping[tuple[str, date], int] = field(default_factory=dict)
    spent_in_year: Mapping[tuple[str, int], int] = field(default_factory=dict)
    spent_on_trip: Mapping[str, int] = field(default_factory=dict)
    trip_budget: int | None = None
    trip_days: tuple[date, date] | None = None
    trip_spent_before: int = 0


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that keep the claim from being submitted."""
    return [finding for finding in findings if finding.stops]


def findings_to_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON data, kept with what was judged."""
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

"""What is judged and what is found, as plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.core.words import Words
from portal.policy.rules import BLOCKS, NEEDS_REASON


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
class LineFacts:
    """A line as the rules see it. ``typed`` holds what could not be understood, by field."""

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


@dataclass(frozen=True)
class ClaimFacts:
    """A claim as the rules see it.

    ``on`` is the day it is judged; ``spent_before`` what the claimant's other claims spent,
    in minor units by category and first day of the month.
    """

    purpose: str
    grade: str
    on: date
    lines: tuple[LineFacts, ...]
    spent_before: Mapping[tuple[str, date], int] = field(default_factory=dict)


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that keep the claim from being submitted."""
    return [finding for finding in findings if finding.stops]

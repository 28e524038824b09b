"""What the policy says about a claim: one list of findings for everybody.

The form, the approver's panel, the printed claim, the help links and the tests all read
this list. Nothing here knows a database or a page.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.core.words import Amount, Words, words
from portal.policy.rules import BLOCKS, DAY, HEAD, ITEM, MONTH, NEEDS_REASON, NIGHT, Limit, Policy


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


def problems(claim: ClaimFacts, policy: Policy) -> list[Finding]:
    """Everything the policy finds in ``claim``, in the order of its lines."""
    found: list[Finding] = []
    if not claim.purpose.strip():
        found.append(
            _blocks(
                "claim_purpose_missing",
                words("The claim has no purpose."),
                words("Say in a few words what the money was spent for."),
                field="purpose",
            )
        )
    if not claim.lines:
        found.append(
            _blocks(
                "no_lines",
                words("The claim has no expenses."),
                words("Add a line, or drop an e-invoice on the form."),
                field="add",
            )
        )
    sums = _Sums(claim, policy)
    for line in claim.lines:
        found += _missing(line, policy)
        found += _dates(line, claim.on, policy)
        found += _rules(line, policy)
        found += sums.over(line)
    return found


def attendee_count(attendees: str) -> int:
    """How many people were entertained, with the claimant: names parted by commas or lines."""
    for mark in ("，", "、", ";", "；", "\n"):
        attendees = attendees.replace(mark, ",")
    return 1 + sum(1 for name in attendees.split(",") if name.strip())


def _blocks(rule: str, says: Words, mend: Words, *, line: int | None = None, field: str) -> Finding:
    return Finding(rule, BLOCKS, says, mend, line, field)


def _missing(line: LineFacts, policy: Policy) -> Iterator[Finding]:
    category = policy.categories.get(line.category)
    for name, said in line.typed.items():
        kind = {"spent_on": "date", "nights": "nights"}.get(name, "amount")
        mend = words("Correct this field; what you typed is kept until you do.")
        yield _blocks(f"{kind}_not_understood", said, mend, line=line.id, field=name)
    if line.spent_on is None and "spent_on" not in line.typed:
        yield _blocks(
            "date_missing",
            words("The date is missing."),
            words("Give the day on the receipt, such as 2026-03-31."),
            line=line.id,
            field="spent_on",
        )
    if line.amount is None and "amount" not in line.typed:
        yield _blocks(
            "amount_missing",
            words("The amount is missing."),
            words("Type the amount on the receipt with tax, such as 128.50."),
            line=line.id,
            field="amount",
        )
    if category is None:
        yield _blocks(
            "category_missing",
            words("The category is missing."),
            words("Choose what the money was spent on."),
            line=line.id,
            field="category",
        )
    if not line.purpose.strip():
        yield _blocks(
            "purpose_missing",
            words("The purpose is missing."),
            words("Say what this was for, such as “taxi to the customer”."),
            line=line.id,
            field="purpose",
        )
    if category is None:
        return
    if category.needs_city and not line.city.strip():
        yield _blocks(
            "city_missing",
            words("%(category)s needs a city.", category=category.name),
            words("Give the city: the limit depends on it."),
            line=line.id,
            field="city",
        )
    if category.needs_nights and line.nights is None and "nights" not in line.typed:
        yield _blocks(
            "nights_missing",
            words("%(category)s needs the number of nights.", category=category.name),
            words("Count the nights on the hotel's receipt."),
            line=line.id,
            field="nights",
        )
    if category.needs_attendees and not line.attendees.strip():
        yield _blocks(
            "attendees_missing",
            words("%(category)s needs the people who took part.", category=category.name),
            words("Name the guests and their companies, parted by commas."),
            line=line.id,
            field="attendees",
        )
    if line.invoice_claimed:
        yield _blocks(
            "invoice_claimed",
            words("This invoice is already on another claim."),
            words("Remove the line, or attach the invoice that belongs to it."),
            line=line.id,
            field="files",
        )


def _dates(line: LineFacts, on: date, policy: Policy) -> Iterator[Finding]:
    if line.spent_on is None:
        return
    if line.spent_on > on:
        yield _blocks(
            "date_in_future",
            words("%(day)s is in the future.", day=line.spent_on),
            words("Expenses can be claimed once they are paid. Check the year and the month."),
            line=line.id,
            field="spent_on",
        )
    elif on - line.spent_on > timedelta(days=policy.oldest_days):
        yield Finding(
            "too_old",
            policy.severity["too_old"],
            words(
                "%(day)s is %(age)s days ago; claims are due within %(most)s days.",
                day=line.spent_on,
                age=(on - line.spent_on).days,
                most=policy.oldest_days,
            ),
            words("Say why it comes so late."),
            line.id,
            "reason",
            reason=line.reason,
        )
    if line.spent_on.weekday() >= 5 and line.category in policy.weekend_categories:
        yield Finding(
            "weekend",
            policy.severity["weekend"],
            words("%(day)s is a day of the weekend.", day=line.spent_on),
            words("Nothing to do if it was for work; the approver will see this note."),
            line.id,
            "spent_on",
            reason=line.reason,
        )


def _rules(line: LineFacts, policy: Policy) -> Iterator[Finding]:
    category = policy.categories.get(line.category)
    if category and not category.reimbursable:
        yield Finding(
            "not_reimbursable",
            policy.severity["not_reimbursable"],
            words("%(category)s is not reimbursable.", category=category.name),
            words("Remove the line, or choose the category that really fits."),
            line.id,
            "category",
            reason=line.reason,
        )
    if line.amount is not None and line.amount > policy.receipt_above and not line.receipts:
        yield Finding(
            "receipt_missing",
            policy.severity["receipt_missing"],
            words("Above %(limit)s a receipt is needed.", limit=Amount(policy.receipt_above)),
            words("Attach the invoice or a photo of the receipt to this line."),
            line.id,
            "files",
            limit=policy.receipt_above,
            reason=line.reason,
        )


class _Sums:
    """Adds up lines that share a limit; the line that crosses it carries the finding."""

    def __init__(self, claim: ClaimFacts, policy: Policy):
        self.claim, self.policy = claim, policy
        self.spent: dict[tuple[object, ...], int] = defaultdict(int)

    def over(self, line: LineFacts) -> Iterator[Finding]:
        if line.amount is None:
            return
        for limit in self.policy.limits_on(line.category):
            allowed = limit.amount(self.policy.tier(line.city), self.claim.grade)
            if allowed is None:
                continue
            spent, most = self._spent(line, limit, allowed)
            # Only the part above the limit that this line adds, so that a day's excess is
            # told once and not again at each later line.
            excess = min(spent - most, line.amount)
            if excess > 0:
                yield _over_limit(line, limit, allowed, excess, self.policy)

    def _spent(self, line: LineFacts, limit: Limit, allowed: int) -> tuple[int, int]:
        amount = line.amount or 0
        if limit.per == ITEM:
            return amount, allowed
        if limit.per == NIGHT:
            return amount, allowed * max(line.nights or 1, 1)
        if limit.per == HEAD:
            return amount, allowed * attendee_count(line.attendees)
        day = line.spent_on or self.claim.on
        if limit.per == DAY:
            key: tuple[object, ...] = (limit.category, DAY, day)
        else:
            month = day.replace(day=1)
            key = (limit.category, MONTH, month)
            if key not in self.spent:
                self.spent[key] = self.claim.spent_before.get((limit.category, month), 0)
        self.spent[key] += amount
        return self.spent[key], allowed


PER = {
    ITEM: words("The limit is %(limit)s per item; this is %(excess)s more."),
    DAY: words("The limit is %(limit)s per day; this is %(excess)s more."),
    NIGHT: words("The limit is %(limit)s per night; this is %(excess)s more."),
    MONTH: words("The limit is %(limit)s per month; this is %(excess)s more."),
    HEAD: words("The limit is %(limit)s per person; this is %(excess)s more."),
}


def _over_limit(
    line: LineFacts, limit: Limit, allowed: int, excess: int, policy: Policy
) -> Finding:
    rule = "over_limit_item" if limit.per == HEAD else f"over_limit_{limit.per}"
    return Finding(
        rule,
        policy.severity.get(rule, policy.severity["over_limit"]),
        words(PER[limit.per].text, limit=Amount(allowed), excess=Amount(excess)),
        words("Say why it was needed, or claim only what the limit allows."),
        line.id,
        "reason",
        limit=allowed,
        excess=excess,
        reason=line.reason,
    )


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that keep the claim from being submitted."""
    return [finding for finding in findings if finding.stops]

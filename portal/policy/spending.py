"""What lines spend together against the limits of the policy."""

from collections import defaultdict
from collections.abc import Iterator

from portal.core.words import Amount, words
from portal.policy.findings import ClaimFacts, Finding, LineFacts
from portal.policy.rules import DAY, HEAD, ITEM, MONTH, NIGHT, Limit, Policy


def attendee_count(attendees: str) -> int:
    """How many people were entertained, with the claimant: names parted by commas or lines."""
    for mark in ("，", "、", ";", "；", "\n"):
        attendees = attendees.replace(mark, ",")
    return 1 + sum(1 for name in attendees.split(",") if name.strip())


class Spending:
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

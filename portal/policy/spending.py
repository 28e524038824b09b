"""What lines spend together against limits, totals and the budget of a trip."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.words import Amount, Value
from portal.policy.findings import ClaimFacts, Finding, LineFacts
from portal.policy.rules import DAY, HEAD, ITEM, MONTH, NIGHT, TRIP, YEAR, Limit, Policy
from portal.policy.wording import finds


def attendee_count(attendees: str) -> int:
    """How many people were entertained, with the claimant: names parted by commas or lines."""
    for mark in ("，", "、", ";", "；", "\n"):
        attendees = attendees.replace(mark, ",")
    return 1 + sum(1 for name in attendees.split(",") if name.strip())


@dataclass(frozen=True)
class Window:
    """What is spent together by several claims: categories in a month, a year or on a trip.

    ``first`` and ``last`` are None for a trip, whose claims all count.
    """

    limit: str
    per: str
    codes: tuple[str, ...]
    first: date | None = None
    last: date | None = None


def windows(policy: Policy, lines: Iterable[tuple[str, date | None]]) -> list[Window]:
    """What of other claims these lines (category and day) have to be added to, in an order.

    The sums go into ``ClaimFacts``: a month's into ``spent_before[limit, first]``, a year's
    into ``spent_in_year[limit, first.year]``, a trip's into ``spent_on_trip[limit]``.
    """
    found: dict[Window, None] = {}
    for category, day in lines:
        for limit in policy.limits_on(category):
            span = _span(limit.per, day)
            if span is not None:
                codes = (c for c in policy.categories if limit.category in policy.above(c))
                found[Window(limit.category, limit.per, tuple(codes), *span)] = None
    return sorted(found, key=lambda one: (one.limit, one.per, one.first or date.min))


def _span(per: str, day: date | None) -> tuple[date | None, date | None] | None:
    if per == TRIP:
        return None, None
    if day is None or per not in (MONTH, YEAR):
        return None
    if per == MONTH:
        return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return date(day.year, 1, 1), date(day.year, 12, 31)


class Spending:
    """Adds up lines that share a limit; the line that crosses it carries the finding."""

    def __init__(self, claim: ClaimFacts, policy: Policy):
        self.claim, self.policy = claim, policy
        self.spent: dict[tuple[object, ...], int] = defaultdict(int)
        self.total = 0

    def over(self, line: LineFacts) -> Iterator[Finding]:
        """What this line exceeds together with those before it."""
        if line.amount is None:
            return
        for limit in self.policy.limits_on(line.category):
            allowed = limit.amount(self.policy.tier(line.city), self.claim.grade)
            if allowed is None:
                continue
            excess = self._excess(line, line.amount, limit, allowed)
            if excess > 0:
                yield from self._over_limit(line, limit, allowed, excess)
        yield from self._totals(line, line.amount)

    def _excess(self, line: LineFacts, amount: int, limit: Limit, allowed: int) -> int:
        if limit.per == ITEM:
            return amount - allowed
        if limit.per == NIGHT:
            return amount - allowed * max(line.nights or 1, 1)
        if limit.per == HEAD:
            return amount - allowed * attendee_count(line.attendees)
        day = line.spent_on or self.claim.on
        if limit.per == DAY:
            return sum(
                self._more((limit.category, DAY, day + timedelta(days=place)), share, allowed)
                for place, share in enumerate(_shares(amount, max(line.days, 1)))
            )
        key, before = self._period(limit, day)
        if key not in self.spent:
            self.spent[key] = before
        return self._more(key, amount, allowed)

    def _period(self, limit: Limit, day: date) -> tuple[tuple[object, ...], int]:
        """What the line is added to, and what other claims spent of it."""
        if limit.per == TRIP:
            return (limit.category, TRIP), self.claim.spent_on_trip.get(limit.category, 0)
        if limit.per == YEAR:
            before = self.claim.spent_in_year.get((limit.category, day.year), 0)
            return (limit.category, YEAR, day.year), before
        month = day.replace(day=1)
        before = self.claim.spent_before.get((limit.category, month), 0)
        return (limit.category, MONTH, month), before

    def _more(self, key: tuple[object, ...], amount: int, allowed: int) -> int:
        """What of ``amount`` lies above the limit.

        Only the part that this line adds, so that a day's excess is told once and not again
        at each later line.
        """
        self.spent[key] += amount
        return max(0, min(self.spent[key] - allowed, amount))

    def _over_limit(
        self, line: LineFacts, limit: Limit, allowed: int, excess: int
    ) -> Iterator[Finding]:
        category = self.policy.categories.get(line.category)
        values: dict[str, Value] = {
            "limit": Amount(allowed), "excess": Amount(excess),
            "category": category.name if category else line.category,
        }  # fmt: skip
        yield from finds(
            self.policy, f"over_limit_{limit.per}", line=line.id, reason=line.reason,
            limit=allowed, excess=excess, values=values,
        )  # fmt: skip

    def _totals(self, line: LineFacts, amount: int) -> Iterator[Finding]:
        before, self.total = self.total, self.total + amount
        crossed = [
            (most, severity)
            for severity, most in self.policy.totals.items()
            if before <= most < self.total
        ]
        if crossed:
            most, severity = max(crossed)
            yield from finds(
                self.policy, "total_over", line=line.id, reason=line.reason, severity=severity,
                limit=most, excess=self.total - most,
                values={"total": Amount(self.total), "limit": Amount(most)},
            )  # fmt: skip
        budget, spent = self.claim.trip_budget, self.claim.trip_spent_before + self.total
        if budget is not None and spent > budget:
            excess = min(spent - budget, amount)
            yield from finds(
                self.policy, "trip_over_budget", line=line.id, reason=line.reason,
                limit=budget, excess=excess,
                values={
                    "budget": Amount(budget), "spent": Amount(spent), "excess": Amount(excess),
                },
            )  # fmt: skip


def _shares(amount: int, days: int) -> list[int]:
    """``amount`` over so many days; what does not divide goes to the first ones."""
    each, rest = divmod(amount, days)
    return [each + (place < rest) for place in range(days)]

"""For each rule an expense that it finds, judged by the rules in force: an explanation that
cannot be out of date, because the engine itself makes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from portal.core.words import words
from portal.policy.catalogue.money import MONEY
from portal.policy.findings import ClaimFacts, Finding, InvoiceFacts, LineFacts
from portal.policy.problems import problems
from portal.policy.rules import HEAD, PERS, Category, Limit, Policy

ORDINARY = 20_00
BEYOND = 50_00
"""What an example exceeds a limit by, in minor units."""
COMPANIONS = "王芳，李雷"


@dataclass(frozen=True)
class Example:
    """An expense as it could be claimed, and what the rule says about it."""

    claim: ClaimFacts
    line: LineFacts | None
    finding: Finding


Facts = Iterator[ClaimFacts]


def example(policy: Policy, rule: str, *, grade: str, on: date) -> Example | None:
    """An expense that ``rule`` finds, None where the company's rules leave none."""
    for claim in _candidates(policy, rule, grade, on):
        for finding in problems(claim, policy):
            if finding.rule == rule:
                line = next((one for one in claim.lines if one.id == finding.line), None)
                return Example(claim, line, finding)
    return None


def _candidates(policy: Policy, rule: str, grade: str, on: date) -> Facts:
    start = _Start(policy, grade, on)
    per = rule.removeprefix("over_limit_")
    if per in PERS:
        yield from _over_limits(start, per)
    elif rule in CLAIMS:
        yield from CLAIMS[rule](start)
    elif rule in LINES:
        yield from (start.claim(line) for line in LINES[rule](start))


@dataclass(frozen=True)
class _Start:
    """The company, and a line to which nothing is wrong."""

    policy: Policy
    grade: str
    on: date

    def claim(self, *lines: LineFacts) -> ClaimFacts:
        return ClaimFacts("Customer visit", self.grade, self.on, lines)

    @property
    def good(self) -> LineFacts:
        return self.of(next(iter(self.kinds(lambda one: one.reimbursable)), None))

    def of(self, category: Category | None) -> LineFacts:
        """A complete line of a category."""
        city = next(iter(self.policy.cities), "上海")
        return LineFacts(
            1, self.on - timedelta(days=1), category.code if category else "", "Visit", ORDINARY,
            city=city, nights=1, attendees=COMPANIONS, receipts=1, merchant="Sample Ltd",
            project="P1",
        )  # fmt: skip

    def kinds(self, wanted: Callable[[Category], bool]) -> Iterator[Category]:
        """Categories that can be chosen, those without anything below them first."""
        parents = {one.parent for one in self.policy.categories.values()}
        usable = [one for one in self.policy.categories.values() if one.active and wanted(one)]
        yield from sorted(usable, key=lambda one: one.code in parents)


def _over_limits(start: _Start, per: str) -> Facts:
    for limit in start.policy.limits:
        category = start.policy.categories.get(limit.category)
        if limit.per != per or category is None:
            continue
        line = start.of(category)
        allowed = _allowed(start, limit, line)
        if allowed is not None:
            heads = 3 if per == HEAD else 1
            yield start.claim(replace(line, amount=allowed * heads + BEYOND))


def _allowed(start: _Start, limit: Limit, line: LineFacts) -> int | None:
    return limit.amount(start.policy.tier(line.city), start.grade)


def _detail(name: str) -> Callable[[_Start], Iterator[LineFacts]]:
    empty: dict[str, Any] = {name: None if name == "nights" else ""}

    def lines(start: _Start) -> Iterator[LineFacts]:
        for category in start.kinds(lambda one: bool(getattr(one, f"needs_{name}"))):
            yield replace(start.of(category), **empty)

    return lines


def _on_days(
    start: _Start, fits: Callable[[date], bool], kinds: frozenset[str]
) -> Iterator[LineFacts]:
    for back in range(400):
        day = start.on - timedelta(days=back)
        if fits(day):
            yield from (
                replace(start.of(start.policy.categories[code]), spent_on=day)
                for code in sorted(kinds & start.policy.categories.keys())
            )
            return


def _receipt(start: _Start) -> Iterator[LineFacts]:
    most = start.policy.receipt_above_for(start.good.category)
    yield replace(start.good, amount=most + 1_00, receipts=0)


def _total(start: _Start) -> Facts:
    for most in start.policy.totals.values():
        yield start.claim(replace(start.good, amount=most + BEYOND))


def _trip(start: _Start) -> Facts:
    first, last = start.on - timedelta(days=5), start.on - timedelta(days=3)
    line = replace(start.good, spent_on=first)
    yield replace(start.claim(line), trip_budget=ORDINARY - 1, trip_days=(first, last))
    yield replace(
        start.claim(replace(line, spent_on=last + timedelta(days=1))), trip_days=(first, last)
    )


def _invoice(**facts: Any) -> Callable[[_Start], Iterator[LineFacts]]:
    return lambda start: iter([replace(start.good, invoice=InvoiceFacts(**facts))])


def _changed(**facts: Any) -> Callable[[_Start], Iterator[LineFacts]]:
    return lambda start: iter([replace(start.good, **facts)])


CLAIMS: Mapping[str, Callable[[_Start], Facts]] = {
    "claim_purpose_missing": lambda start: iter([replace(start.claim(start.good), purpose="")]),
    "no_lines": lambda start: iter([start.claim()]),
    "total_over": _total,
    "trip_over_budget": _trip,
    "trip_outside_days": _trip,
}
"""Examples that are a whole claim."""

LINES: Mapping[str, Callable[[_Start], Iterator[LineFacts]]] = {
    "date_missing": _changed(spent_on=None),
    "amount_missing": _changed(amount=None),
    "category_missing": _changed(category=""),
    "purpose_missing": _changed(purpose=""),
    "date_not_understood": _changed(
        spent_on=None,
        typed={"spent_on": words("“%(typed)s” is not a day. Type it like 2026-03-31.",
                                 typed="31.13.")},
    ),
    "amount_not_understood": _changed(
        amount=None,
        typed={"amount": words(
            "This is not an amount. Type digits and one decimal point, such as 1,234.50.")},
    ),
    "nights_not_understood": _changed(
        nights=None, typed={"nights": words("Nights are a whole number, such as 2.")},
    ),
    **{rule.id: _changed(amount=None, unpriced=rule.id)
       for rule in MONEY if rule.id not in ("split_wrong", "project_closed")},
    "split_wrong": _changed(split_wrong=True),
    "project_closed": _changed(project_closed=True),
    **{f"{name}_missing": _detail(name)
       for name in ("city", "nights", "attendees", "project", "merchant")},
    "date_in_future": lambda start: iter(
        [replace(start.good, spent_on=start.on + timedelta(days=1))]),
    "too_old": lambda start: iter(
        [replace(start.good, spent_on=start.on - timedelta(days=start.policy.oldest_days + 1))]),
    "weekend": lambda start: _on_days(
        start, start.policy.is_weekend, start.policy.weekend_categories),
    "holiday": lambda start: _on_days(
        start, start.policy.is_holiday, start.policy.holiday_categories),
    "receipt_missing": _receipt,
    "not_reimbursable": lambda start: (
        start.of(one) for one in start.kinds(lambda one: not one.reimbursable)),
    "merchant_forbidden": lambda start: (
        replace(start.good, merchant=one.text) for one in start.policy.forbidden_merchants),
    "word_forbidden": lambda start: (
        replace(start.good, purpose=one.text) for one in start.policy.forbidden_words),
    "invoice_claimed": _changed(invoice_claimed=True),
    "same_file": _changed(same_file="BX-2026-00042"),
    "line_like_another": _changed(like="BX-2026-00042"),
    "invoice_like_another": _invoice(like="BX-2026-00042"),
    "buyer_name_other": _invoice(buyer_matches=False),
    "buyer_tax_id_other": _invoice(tax_id_matches=False),
    "invoice_red": _invoice(red=True),
    "invoice_unclear": _invoice(disagreements=("total", "issued_on")),
    "invoice_changed": _invoice(changed=("total",)),
}  # fmt: skip
"""Examples that are a line."""

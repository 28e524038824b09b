"""What the policy says about a claim: one list of findings for everybody.

The form, the approver's panel, the printed claim, the help links and the tests all read
this list. Nothing here knows a database or a page.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from portal.core.words import Amount, Named, Value
from portal.policy.findings import SOMEWHERE, ClaimFacts, Finding, InvoiceFacts, LineFacts
from portal.policy.rules import MILEAGE, PER_DIEM, Category, Policy
from portal.policy.spending import Spending
from portal.policy.wording import finds

NOT_UNDERSTOOD = {
    "spent_on": "date_not_understood",
    "ends_on": "date_not_understood",
    "left_at": "date_not_understood",
    "arrived_at": "date_not_understood",
    "nights": "nights_not_understood",
}
"""The rule of what was typed into a field; all others are amounts."""

DETAILS = ("city", "nights", "attendees", "project", "merchant")
"""What a category may need: ``needs_<detail>`` and the rule ``<detail>_missing``."""

INVOICE_FIELDS = {
    "number": Named("发票号码", "number"),
    "code": Named("发票代码", "code"),
    "issued_on": Named("开票日期", "date"),
    "total": Named("价税合计", "total"),
    "tax": Named("税额", "tax"),
    "net": Named("不含税金额", "amount without tax"),
    "seller": Named("销售方", "seller"),
    "seller_tax_id": Named("销售方税号", "seller's tax number"),
    "buyer": Named("购买方", "buyer"),
    "buyer_tax_id": Named("购买方税号", "buyer's tax number"),
    "amount": Named("金额", "amount"),
    "spent_on": Named("日期", "date"),
    "merchant": Named("商家", "merchant"),
}
"""The fields that a finding about an invoice can name."""

ANOTHER = Named("另一张报销单", "another claim")


def problems(claim: ClaimFacts, policy: Policy) -> list[Finding]:
    """Everything the policy finds in ``claim``, in the order of its lines."""
    found: list[Finding] = []
    if not claim.purpose.strip():
        found += finds(policy, "claim_purpose_missing")
    if not claim.lines:
        found += finds(policy, "no_lines")
    sums = Spending(claim, policy)
    for line in claim.lines:
        found += _missing(line, policy)
        found += _dates(line, claim.on, policy)
        found += _kinds(line, policy)
        found += _papers(line, policy)
        found += _trip(line, claim, policy)
        found += sums.over(line)
    return found


def _missing(line: LineFacts, policy: Policy) -> Iterator[Finding]:
    for name, said in line.typed.items():
        rule = NOT_UNDERSTOOD.get(name, "amount_not_understood")
        yield from finds(policy, rule, line=line.id, field=name, says=said)
    if line.spent_on is None and "spent_on" not in line.typed:
        yield from finds(policy, "date_missing", line=line.id)
    category = policy.categories.get(line.category)
    yield from _money(line, category, policy)
    if category is None:
        yield from finds(policy, "category_missing", line=line.id)
    if not line.purpose.strip():
        yield from finds(policy, "purpose_missing", line=line.id)
    if category is not None:
        yield from _details(line, category, policy)


def _money(line: LineFacts, category: Category | None, policy: Policy) -> Iterator[Finding]:
    if line.unpriced:
        yield from finds(policy, line.unpriced, line=line.id)
    elif (
        line.amount is None
        and not line.typed.keys() - NOT_UNDERSTOOD.keys()
        and not (category and category.computed)
    ):
        yield from finds(policy, "amount_missing", line=line.id)
    if line.split_wrong:
        yield from finds(policy, "split_wrong", line=line.id)
    if line.project_closed:
        yield from finds(policy, "project_closed", line=line.id)


def _details(line: LineFacts, category: Category, policy: Policy) -> Iterator[Finding]:
    for name in DETAILS:
        given = getattr(line, name)
        empty = given is None or (isinstance(given, str) and not given.strip())
        if getattr(category, f"needs_{name}") and empty and name not in line.typed:
            yield from finds(
                policy, f"{name}_missing", line=line.id, reason=line.reason,
                values={"category": category.name},
            )  # fmt: skip


def _dates(line: LineFacts, on: date, policy: Policy) -> Iterator[Finding]:
    day = line.spent_on
    if day is None:
        return
    if day > on:
        yield from finds(policy, "date_in_future", line=line.id, values={"day": day})
    elif on - day > timedelta(days=policy.oldest_days):
        values: dict[str, Value] = {
            "day": day, "age": (on - day).days, "most": policy.oldest_days,
        }  # fmt: skip
        yield from finds(policy, "too_old", line=line.id, reason=line.reason, values=values)
    kinds = {*policy.above(line.category)}
    if policy.is_weekend(day) and not kinds.isdisjoint(policy.weekend_categories):
        yield from finds(
            policy, "weekend", line=line.id, reason=line.reason, values={"day": day}
        )  # fmt: skip
    if policy.is_holiday(day) and not kinds.isdisjoint(policy.holiday_categories):
        yield from finds(
            policy, "holiday", line=line.id, reason=line.reason,
            values={"day": day, "holiday": policy.calendar[day].name},
        )  # fmt: skip


def _kinds(line: LineFacts, policy: Policy) -> Iterator[Finding]:
    category = policy.categories.get(line.category)
    if category and not category.reimbursable:
        yield from finds(
            policy, "not_reimbursable", line=line.id, reason=line.reason,
            values={"category": category.name},
        )  # fmt: skip
    most = policy.receipt_above_for(line.category)
    # Nobody hands out receipts for kilometres and days; a company may ask for some all the same.
    by_rules = category is not None and category.computed in (MILEAGE, PER_DIEM)
    asks = not by_rules or line.category in policy.receipts
    if asks and line.amount is not None and line.amount > most and not line.receipts:
        yield from finds(
            policy, "receipt_missing", line=line.id, reason=line.reason, limit=most,
            values={"limit": Amount(most), "category": category.name if category else ""},
        )  # fmt: skip
    for forbidden in policy.forbidden_merchants:
        if forbidden.stands_in(line.merchant):
            yield from finds(
                policy, "merchant_forbidden", line=line.id, reason=line.reason,
                values={"found": forbidden.text, "merchant": line.merchant},
            )  # fmt: skip
    for forbidden in policy.forbidden_words:
        if forbidden.stands_in(line.purpose):
            yield from finds(
                policy, "word_forbidden", line=line.id, reason=line.reason,
                values={"found": forbidden.text},
            )  # fmt: skip


def _papers(line: LineFacts, policy: Policy) -> Iterator[Finding]:
    if line.invoice_claimed:
        yield from finds(policy, "invoice_claimed", line=line.id)
    if line.same_file:
        yield from finds(
            policy, "same_file", line=line.id, reason=line.reason,
            values={"claim": _claim(line.same_file)},
        )  # fmt: skip
    elif line.like:
        yield from finds(
            policy, "line_like_another", line=line.id, reason=line.reason,
            values={"claim": _claim(line.like)},
        )  # fmt: skip
    if line.invoice is None:
        return
    for rule, values in _against(line.invoice):
        yield from finds(policy, rule, line=line.id, reason=line.reason, values=values)


def _against(invoice: InvoiceFacts) -> Iterator[tuple[str, dict[str, Value]]]:
    """The rules that an invoice breaks, with the values of their sentences."""
    if invoice.buyer_matches is False:
        yield "buyer_name_other", {}
    if invoice.tax_id_matches is False:
        yield "buyer_tax_id_other", {}
    if invoice.red:
        yield "invoice_red", {}
    if invoice.disagreements:
        yield "invoice_unclear", {"fields": _fields(invoice.disagreements)}
    if invoice.changed:
        yield "invoice_changed", {"fields": _fields(invoice.changed)}
    if invoice.like:
        yield "invoice_like_another", {"claim": _claim(invoice.like)}


def _claim(number: str) -> Value:
    return ANOTHER if number == SOMEWHERE else number


def _fields(names: tuple[str, ...]) -> Named:
    known = [INVOICE_FIELDS.get(name, Named(name, name)) for name in dict.fromkeys(names)]
    return Named("、".join(one.zh for one in known), ", ".join(one.en for one in known))


def _trip(line: LineFacts, claim: ClaimFacts, policy: Policy) -> Iterator[Finding]:
    if claim.trip_days is None or line.spent_on is None:
        return
    first, last = claim.trip_days
    if not first <= line.spent_on <= last:
        yield from finds(
            policy, "trip_outside_days", line=line.id, reason=line.reason,
            values={"day": line.spent_on, "first": first, "last": last},
        )  # fmt: skip

"""What the policy says about a claim: one list of findings for everybody.

The form, the approver's panel, the printed claim, the help links and the tests all read
this list. Nothing here knows a database or a page.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from portal.core.words import Amount, Words, words
from portal.policy.findings import ClaimFacts, Finding, LineFacts
from portal.policy.rules import BLOCKS, Category, Policy
from portal.policy.spending import Spending


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
                words("The claim has no lines."),
                words("Add a line, or drop an e-invoice on the form."),
                field="add",
            )
        )
    sums = Spending(claim, policy)
    for line in claim.lines:
        found += _missing(line, policy)
        found += _dates(line, claim.on, policy)
        found += _rules(line, policy)
        found += sums.over(line)
    return found


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
            words("It does not say what the money was for."),
            words("Say what this was for, such as “taxi to the customer”."),
            line=line.id,
            field="purpose",
        )
    if category is not None:
        yield from _missing_details(line, category)
    if line.invoice_claimed:
        yield _blocks(
            "invoice_claimed",
            words("This invoice is already on another claim."),
            words("Remove the line, or attach the invoice that belongs to it."),
            line=line.id,
            field="files",
        )


def _missing_details(line: LineFacts, category: Category) -> Iterator[Finding]:
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
            words("%(category)s needs the attendees.", category=category.name),
            words("Name the attendees and their companies, separated by commas."),
            line=line.id,
            field="attendees",
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
                "%(day)s is %(age)s days ago; expenses must be claimed within %(most)s days.",
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
            words("%(day)s falls on a weekend.", day=line.spent_on),
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

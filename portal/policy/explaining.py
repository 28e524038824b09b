"""A rule in force, in words: what it asks for, for whom, and where it does not apply."""

from collections.abc import Callable, Iterator, Mapping

from portal.core.words import Amount, Named, Words, words
from portal.policy.catalogue import RULES
from portal.policy.rules import OFF, Category, Forbidden, Policy


def severity_of(policy: Policy, rule: str) -> str:
    """How severe a rule is in this policy, ``off`` included."""
    known = RULES[rule]
    return known.severity if known.fixed else policy.severity.get(rule, known.severity)


def in_force(policy: Policy, rule: str) -> list[Words]:
    """The rule in sentences, with the values that the company chose."""
    if severity_of(policy, rule) == OFF:
        return [words("The company has switched this rule off.")]
    chosen = EXPLAINED[rule](policy) if rule in EXPLAINED else ()
    return [*([ABOUT[rule]] if rule in ABOUT else []), *chosen]


def _names(categories: Iterator[Category]) -> Named:
    named = [category.name for category in categories]
    return Named("、".join(one.zh for one in named), ", ".join(one.en for one in named))


def _coded(policy: Policy, codes: frozenset[str]) -> Named:
    return _names(one for one in policy.categories.values() if one.code in codes)


def _receipts(policy: Policy) -> Iterator[Words]:
    yield words("An expense above %(limit)s needs a receipt.", limit=Amount(policy.receipt_above))
    for code, most in policy.receipts.items():
        if code in policy.categories:
            yield words(
                "%(category)s needs one above %(limit)s.",
                category=policy.categories[code].name, limit=Amount(most),
            )  # fmt: skip


def _too_old(policy: Policy) -> Iterator[Words]:
    yield words(
        "An expense is claimed within %(most)s days; after that it has to be explained.",
        most=policy.oldest_days,
    )


def _weekend(policy: Policy) -> Iterator[Words]:
    if not policy.weekend_categories:
        yield words("No category is noted on weekends.")
        return
    yield words(
        "Noted on Saturdays and Sundays that are not worked: %(categories)s.",
        categories=_coded(policy, policy.weekend_categories),
    )


def _holiday(policy: Policy) -> Iterator[Words]:
    if not policy.holiday_categories:
        yield words("No category is noted on holidays.")
        return
    yield words(
        "Noted on the holidays of the company's calendar: %(categories)s.",
        categories=_coded(policy, policy.holiday_categories),
    )


TOTALS = {
    "warns": words("A claim above %(limit)s carries a warning."),
    "needs_reason": words("A claim above %(limit)s needs an explanation."),
    "blocks": words("A claim above %(limit)s cannot be submitted."),
}


def _totals(policy: Policy) -> Iterator[Words]:
    for severity in ("warns", "needs_reason", "blocks"):
        if severity in policy.totals:
            yield words(TOTALS[severity].text, limit=Amount(policy.totals[severity]))
    if not policy.totals:
        yield words("There is no limit on the total of a claim.")


def _not_paid(policy: Policy) -> Iterator[Words]:
    kinds = (one for one in policy.categories.values() if not one.reimbursable and one.active)
    yield words("Never paid: %(categories)s.", categories=_names(kinds))


def _needing(name: str) -> Callable[[Policy], Iterator[Words]]:
    def explained(policy: Policy) -> Iterator[Words]:
        kinds = [c for c in policy.categories.values() if getattr(c, f"needs_{name}") and c.active]
        if kinds:
            yield words("Asked for with: %(categories)s.", categories=_names(iter(kinds)))
        else:
            yield words("No category asks for it.")

    return explained


def _list(forbidden: tuple[Forbidden, ...]) -> Iterator[Words]:
    if forbidden:
        yield words("On the list: %(list)s.", list=", ".join(f"“{one.text}”" for one in forbidden))
        yield words("Small and capital letters, and wide and narrow ones, make no difference.")
    else:
        yield words("The list is empty.")


EXPLAINED: Mapping[str, Callable[[Policy], Iterator[Words]]] = {
    "receipt_missing": _receipts,
    "too_old": _too_old,
    "weekend": _weekend,
    "holiday": _holiday,
    "total_over": _totals,
    "not_reimbursable": _not_paid,
    "merchant_forbidden": lambda policy: _list(policy.forbidden_merchants),
    "word_forbidden": lambda policy: _list(policy.forbidden_words),
    **{
        f"{name}_missing": _needing(name)
        for name in ("city", "nights", "attendees", "project", "merchant")
    },
}
"""The rules whose explanation depends on what the company chose. Limits are shown as tables."""

_LINE = words("Nobody can approve or pay a line without it.")
_COUNTED = words("Where a category counts kilometres or pieces, the amount follows from them.")
_TYPED = words("What was typed has to be understood before it can be checked and paid.")

ABOUT: Mapping[str, Words] = {
    "claim_purpose_missing": words("A few words that tell the approver what the money was for."),
    "no_lines": words("A claim has at least one line."),
    "date_missing": _LINE,
    "amount_missing": _LINE,
    "category_missing": _LINE,
    "purpose_missing": _LINE,
    "date_not_understood": _TYPED,
    "amount_not_understood": _TYPED,
    "nights_not_understood": _TYPED,
    "rate_missing": words(
        "An amount in foreign money is turned into the company's by a dated rate, never by a guess."
    ),
    "quantity_missing": _COUNTED,
    "unit_price_missing": _COUNTED,
    "allowance_missing": words("Kilometres and days are paid at the rates of the rules."),
    "days_wrong": words("Allowances are paid for every day from the first to the last."),
    "sum_too_large": words("A line is worth at most 99,999,999.99."),
    "split_wrong": words("Every cent of a line is borne by somebody, and none by two."),
    "project_closed": words("A project that is not in use takes no new costs."),
    "date_in_future": words("Only what was spent already is paid back."),
    "over_limit_item": words("Each line is compared with the limit by itself."),
    "over_limit_day": words("All lines of the claim for the same day are added up."),
    "over_limit_night": words("The line is compared with the limit times the nights."),
    "over_limit_trip": words("All lines for the same trip are added up, also on other claims."),
    "over_limit_month": words("All lines of the same month are added up, also on other claims."),
    "over_limit_year": words("All lines of the same year are added up, also on other claims."),
    "over_limit_head": words(
        "The line is compared with the limit times the people, the claimant included."
    ),
    "invoice_claimed": words(
        "Every invoice is paid once in the whole company, whatever file it comes in."
    ),
    "invoice_like_another": words(
        "Two invoices of one day, one amount and one seller are often the same purchase twice."
    ),
    "same_file": words("One file proves one expense."),
    "line_like_another": words(
        "A line without an invoice is compared with the same person's other claims."
    ),
    "buyer_name_other": words(
        "The company can book an invoice only when it is made out to the company."
    ),
    "buyer_tax_id_other": words(
        "The tax number beside the buyer's name says which company an invoice belongs to."
    ),
    "invoice_red": words("A red invoice has a negative amount and cancels an earlier one."),
    "invoice_unclear": words(
        "What an invoice's file, its QR code and its text say has to be the same."
    ),
    "invoice_changed": words("What was typed is kept, and the approver sees where it differs."),
    "trip_over_budget": words(
        "All claims for a trip together stay within the budget it was approved with."
    ),
    "trip_outside_days": words("Expenses of a trip fall on its days."),
}
"""What a rule is about, where the company has nothing to choose but how severe it is."""

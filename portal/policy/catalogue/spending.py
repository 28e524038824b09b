"""What limits how much and what for."""

from portal.core.words import Words, words
from portal.policy.catalogue.rule import BY_AMOUNT, Rule
from portal.policy.rules import BLOCKS, DAY, HEAD, ITEM, MONTH, NEEDS_REASON, NIGHT, TRIP, YEAR

LESS = words("Say why it was needed, or claim only what the limit allows.")


def _limit(per: str, title: Words, says: Words) -> Rule:
    return Rule(
        f"over_limit_{per}", "limits", title, says, LESS,
        NEEDS_REASON, "travel-standards", "reason", ("limit", "excess", "category"),
    )  # fmt: skip


LIMITS = (
    _limit(ITEM, words("Limit per item"),
           words("The limit is %(limit)s per item; this is %(excess)s more.")),
    _limit(DAY, words("Limit per day"),
           words("The limit is %(limit)s per day; this is %(excess)s more.")),
    _limit(NIGHT, words("Limit per night"),
           words("The limit is %(limit)s per night; this is %(excess)s more.")),
    _limit(TRIP, words("Limit per trip"),
           words("The limit is %(limit)s per trip; this is %(excess)s more.")),
    _limit(MONTH, words("Limit per month"),
           words("The limit is %(limit)s per month; this is %(excess)s more.")),
    _limit(YEAR, words("Limit per year"),
           words("The limit is %(limit)s per year; this is %(excess)s more.")),
    _limit(HEAD, words("Limit per person"),
           words("The limit is %(limit)s per person; this is %(excess)s more.")),
    Rule(
        "total_over", "limits", words("Large claims"),
        words("With this line the claim comes to %(total)s, above %(limit)s."),
        words("Say why so much was needed, or claim it in parts as it was approved."),
        NEEDS_REASON, "travel-standards", "reason", ("total", "limit"), choices=BY_AMOUNT,
    ),
    Rule(
        "receipt_missing", "limits", words("A receipt above an amount"),
        words("Above %(limit)s a receipt is needed."),
        words("Attach the invoice or a photo of the receipt to this line."),
        BLOCKS, "receipts", "files", ("limit", "category"),
    ),
)  # fmt: skip

KINDS = (
    Rule(
        "not_reimbursable", "kinds", words("What is never paid"),
        words("%(category)s is not reimbursable."),
        words("Remove the line, or choose the category that really fits."),
        BLOCKS, "not-reimbursable", "category", ("category",),
    ),
    Rule(
        "merchant_forbidden", "kinds", words("Merchants that are not paid"),
        words("“%(found)s” in the name of the merchant is on the company's list."),
        words("Remove the line, or correct the merchant."),
        BLOCKS, "merchants-and-words", "merchant", ("found", "merchant"),
    ),
    Rule(
        "word_forbidden", "kinds", words("Words that need an explanation"),
        words("“%(found)s” stands in what it was for, and is on the company's list."),
        words("Say why it was needed for work."),
        NEEDS_REASON, "merchants-and-words", "reason", ("found",),
    ),
)  # fmt: skip

"""What every claim needs before anybody can judge it, and what single categories need."""

from portal.core.words import words
from portal.policy.catalogue.rule import FIXED, Rule
from portal.policy.rules import BLOCKS, NEEDS_REASON, WARNS

DETAILS, AMOUNTS = "required-details", "amounts-and-dates"
KEPT = words("Correct this field; what you typed is kept until you do.")

FILLING = (
    Rule(
        "claim_purpose_missing", "filling", words("The claim has a purpose"),
        words("The claim has no purpose."),
        words("Say in a few words what the money was spent for."),
        BLOCKS, DETAILS, "purpose", choices=FIXED,
    ),
    Rule(
        "no_lines", "filling", words("The claim has lines"),
        words("The claim has no lines."),
        words("Add a line, or drop an e-invoice on the form."),
        BLOCKS, DETAILS, "add", choices=FIXED,
    ),
    Rule(
        "date_missing", "filling", words("Each line has a date"),
        words("The date is missing."),
        words("Give the day on the receipt, such as 2026-03-31."),
        BLOCKS, AMOUNTS, "spent_on", choices=FIXED,
    ),
    Rule(
        "amount_missing", "filling", words("Each line has an amount"),
        words("The amount is missing."),
        words("Type the amount on the receipt with tax, such as 128.50."),
        BLOCKS, AMOUNTS, "amount", choices=FIXED,
    ),
    Rule(
        "category_missing", "filling", words("Each line has a category"),
        words("The category is missing."),
        words("Choose what the money was spent on."),
        BLOCKS, DETAILS, "category", choices=FIXED,
    ),
    Rule(
        "purpose_missing", "filling", words("Each line says what it was for"),
        words("It does not say what the money was for."),
        words("Say what this was for, such as “taxi to the customer”."),
        BLOCKS, DETAILS, "purpose", choices=FIXED,
    ),
    Rule(
        "date_not_understood", "filling", words("Days can be read"),
        words("This is not a day."), KEPT,
        BLOCKS, AMOUNTS, "spent_on", choices=FIXED, worded=False,
    ),
    Rule(
        "amount_not_understood", "filling", words("Amounts can be read"),
        words("This is not an amount."), KEPT,
        BLOCKS, AMOUNTS, "amount", choices=FIXED, worded=False,
    ),
    Rule(
        "nights_not_understood", "filling", words("Nights can be read"),
        words("This is not a number of nights."), KEPT,
        BLOCKS, AMOUNTS, "nights", choices=FIXED, worded=False,
    ),
)  # fmt: skip

DETAILED = (
    Rule(
        "city_missing", "details", words("Where a category needs the city"),
        words("%(category)s needs a city."),
        words("Give the city: the limit depends on it."),
        BLOCKS, DETAILS, "city", ("category",),
    ),
    Rule(
        "nights_missing", "details", words("Where a category needs the nights"),
        words("%(category)s needs the number of nights."),
        words("Count the nights on the hotel's receipt."),
        BLOCKS, DETAILS, "nights", ("category",),
    ),
    Rule(
        "attendees_missing", "details", words("Where a category needs the attendees"),
        words("%(category)s needs the attendees."),
        words("Name the attendees and their companies, separated by commas."),
        BLOCKS, DETAILS, "attendees", ("category",),
    ),
    Rule(
        "project_missing", "details", words("Where a category needs a project"),
        words("%(category)s needs a project."),
        words("Choose the project that bears the cost."),
        BLOCKS, DETAILS, "project", ("category",),
    ),
    Rule(
        "merchant_missing", "details", words("Where a category needs the merchant"),
        words("%(category)s needs the name of the merchant."),
        words("Give the seller as the receipt names it."),
        BLOCKS, DETAILS, "merchant", ("category",),
    ),
)  # fmt: skip

DATES = (
    Rule(
        "date_in_future", "dates", words("Nothing is claimed in advance"),
        words("%(day)s is in the future."),
        words("Expenses can be claimed once they are paid. Check the year and the month."),
        BLOCKS, AMOUNTS, "spent_on", ("day",), choices=FIXED,
    ),
    Rule(
        "too_old", "dates", words("Expenses are claimed in time"),
        words("%(day)s is %(age)s days ago; expenses must be claimed within %(most)s days."),
        words("Say why it comes so late."),
        NEEDS_REASON, AMOUNTS, "reason", ("day", "age", "most"),
    ),
    Rule(
        "weekend", "dates", words("Expenses on a weekend"),
        words("%(day)s falls on a weekend."),
        words("Nothing to do if it was for work; the approver will see this note."),
        WARNS, "weekends", "spent_on", ("day",),
    ),
    Rule(
        "holiday", "dates", words("Expenses on a holiday"),
        words("%(day)s is a holiday: %(holiday)s."),
        words("Nothing to do if it was for work; the approver will see this note."),
        WARNS, "weekends", "spent_on", ("day", "holiday"),
    ),
)  # fmt: skip

"""What keeps a sum from being worked out, or from being parted."""

from portal.core.words import words
from portal.policy.catalogue.rule import FIXED, Rule
from portal.policy.rules import BLOCKS

CURRENCIES, ALLOWANCES, PARTS = "currencies", "mileage-and-allowances", "splitting-costs"

MONEY = (
    Rule(
        "rate_missing", "filling", words("Foreign money has a rate"),
        words("There is no exchange rate for this currency and day."),
        words("Ask finance to enter the rate; what you typed is kept."),
        BLOCKS, CURRENCIES, "currency", choices=FIXED,
    ),
    Rule(
        "quantity_missing", "filling", words("What is counted has a number"),
        words("It does not say how many."),
        words("Type how many kilometres or pieces there were."),
        BLOCKS, ALLOWANCES, "quantity", choices=FIXED,
    ),
    Rule(
        "unit_price_missing", "filling", words("What is counted has a price"),
        words("It does not say what one costs."),
        words("Type the price of one with tax."),
        BLOCKS, ALLOWANCES, "unit_price", choices=FIXED,
    ),
    Rule(
        "allowance_missing", "filling", words("Allowances have a rate"),
        words("The rules pay nothing for this to people of your grade."),
        words("Choose another category, or ask finance to enter a rate in the rules."),
        BLOCKS, ALLOWANCES, "category", choices=FIXED,
    ),
    Rule(
        "days_wrong", "filling", words("The last day follows the first"),
        words("The last day lies before the first, or more than a year after it."),
        words("Correct one of the two days."),
        BLOCKS, ALLOWANCES, "ends_on", choices=FIXED,
    ),
    Rule(
        "sum_too_large", "filling", words("A line is not too large"),
        words("This comes to more than a line may be worth."),
        words("Correct what you typed, or use several lines."),
        BLOCKS, CURRENCIES, "category", choices=FIXED,
    ),
    Rule(
        "split_wrong", "filling", words("Parts add up to their line"),
        words("The parts do not add up to the line."),
        words("Give every part a share, or every part an amount, such that they add up."),
        BLOCKS, PARTS, "parts", choices=FIXED,
    ),
    Rule(
        "project_closed", "filling", words("Costs go to projects in use"),
        words("This project is no longer in use."),
        words("Choose another project, or none."),
        BLOCKS, PARTS, "project", choices=FIXED,
    ),
)  # fmt: skip
